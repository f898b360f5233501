"""The directory as Mailroom sees it: accounts, licenses, the tenant. Read from Graph, free of Graph's types.

Times are timezone-aware UTC. Property names follow Microsoft Graph v1.0's `user`, `subscribedSku` and
`organization` resources (learn.microsoft.com/graph/api/resources).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from provisioning.errors import GraphTrace
from provisioning.recipients import AddressHolder, Attempt, Domain

# Service plans that carry an Exchange Online mailbox, by id: names mislead (EXCHANGE_S_FOUNDATION and the
# archive plans are no mailbox). From Microsoft's "Product names and service plan identifiers for licensing".
MAILBOX_PLANS: dict[str, str] = {
    "9aaf7827-d63c-4b61-89c3-182f06f82e5c": "EXCHANGE_S_STANDARD",
    "efb87545-963c-4e0d-99df-69c6916d9eb0": "EXCHANGE_S_ENTERPRISE",
    "4a82b400-a79f-41a4-b4e2-e94f5787b113": "EXCHANGE_S_DESKLESS",
    "90927877-dcff-4af6-b346-2332c0b15bb7": "EXCHANGE_B_STANDARD",
    "d42bdbd6-c335-4231-ab3d-c8f348d5aff5": "EXCHANGE_L_STANDARD",
    "1126bef5-da20-4f07-b45e-ad25d2581aa8": "EXCHANGE_S_ESSENTIALS",
    "fc52cc4b-ed7d-472d-bbe7-b081c23ecc56": "EXCHANGE_S_STANDARD_MIDMARKET",
    "8c3069c0-ccdb-44be-ab77-986203a67df2": "EXCHANGE_S_ENTERPRISE_GOV",
    "e9b4930a-925f-45e2-ac2a-3f7788ca6fdd": "EXCHANGE_S_STANDARD_GOV",
    "88f4d7ef-a73b-4246-8047-516022144c9f": "EXCHANGE_S_DESKLESS_GOV",
}


@dataclass(frozen=True)
class ServicePlan:
    """One plan inside a SKU (`subscribedSku.servicePlans[]`)."""

    id: str
    name: str
    provisioning_status: str = "Success"


@dataclass(frozen=True)
class Sku:
    """A subscription of the tenant. `name` is Microsoft's product name, or the part number if unknown."""

    id: str
    part_number: str
    name: str
    enabled: int
    consumed: int
    capability_status: str = "Enabled"
    plans: tuple[ServicePlan, ...] = ()

    @property
    def free(self) -> int:
        return max(0, self.enabled - self.consumed)

    @property
    def mailbox_plans(self) -> tuple[ServicePlan, ...]:
        return tuple(plan for plan in self.plans if plan.id in MAILBOX_PLANS)


@dataclass(frozen=True)
class AssignedLicense:
    """`user.assignedLicenses[]`."""

    sku_id: str
    disabled_plans: tuple[str, ...] = ()


@dataclass(frozen=True)
class AssignedPlan:
    """`user.assignedPlans[]`; capability_status is Enabled, Warning, Suspended, Deleted or LockedOut."""

    id: str
    service: str
    capability_status: str
    assigned_at: datetime | None = None


@dataclass(frozen=True)
class ProvisionedPlan:
    """`user.provisionedPlans[]`: no plan id in it, only the service. Success, Error, PendingInput and so on."""

    service: str
    capability_status: str
    provisioning_status: str


@dataclass(frozen=True)
class LicenseState:
    """`user.licenseAssignmentStates[]`; `error` is "" when Graph says null or "None"."""

    sku_id: str
    state: str
    error: str = ""
    assigned_by_group: str = ""
    disabled_plans: tuple[str, ...] = ()
    updated_at: datetime | None = None


@dataclass(frozen=True)
class ProvisioningError:
    """`user.serviceProvisioningErrors[]` (Exchange's own words) or `onPremisesProvisioningErrors[]`.

    Of the latter, `category`, `property` and `value` are category, propertyCausingError and value.
    """

    service: str
    detail: str
    is_resolved: bool = False
    at: datetime | None = None
    category: str = ""
    property: str = ""
    value: str = ""


@dataclass(frozen=True)
class Account:
    """A user. `synced` is onPremisesSyncEnabled; `plans` and `license_states` are as Graph last wrote them.

    All from `GET /users/{name}?$select=…` (first batch), except `is_cloud_managed`:
    `GET /users/{name}/onPremisesSyncBehavior` (first batch; User-OnPremisesSyncBehavior.Read.All; 404 is False).
    """

    id: str
    upn: str
    display_name: str
    mail: str = ""
    mail_nickname: str = ""
    proxy_addresses: tuple[str, ...] = ()
    usage_location: str = ""
    user_type: str = "Member"
    enabled: bool = True
    department: str = ""
    created_at: datetime | None = None
    synced: bool = False
    last_sync: datetime | None = None
    licenses: tuple[AssignedLicense, ...] = ()
    plans: tuple[AssignedPlan, ...] = ()
    license_states: tuple[LicenseState, ...] = ()
    service_errors: tuple[ProvisioningError, ...] = ()
    sync_errors: tuple[ProvisioningError, ...] = ()
    sam_account_name: str = ""  # onPremisesSamAccountName
    immutable_id: str = ""  # onPremisesImmutableId
    provisioned_plans: tuple[ProvisionedPlan, ...] = ()  # provisionedPlans
    is_cloud_managed: bool = False

    @property
    def is_mastered_on_premises(self) -> bool:
        """Active Directory is where its names and addresses are changed; a PATCH in the cloud is refused."""
        return self.synced and not self.is_cloud_managed

    @property
    def is_guest(self) -> bool:
        return self.user_type == "Guest" or "#EXT#" in self.upn

    @property
    def mailbox_plan(self) -> AssignedPlan | None:
        """The enabled plan that carries the mailbox, if any. Warning still serves mail (grace period)."""
        serving = ("Enabled", "Warning")
        return next((p for p in self.plans if p.id in MAILBOX_PLANS and p.capability_status in serving), None)


@dataclass(frozen=True)
class DeletedAccount:
    """A user in the recycle bin (`directory/deletedItems`), restorable for 30 days. `upn` as it was before."""

    id: str
    upn: str
    display_name: str
    deleted_at: datetime | None = None
    mail: str = ""
    proxy_addresses: tuple[str, ...] = ()
    immutable_id: str = ""


@dataclass(frozen=True)
class Organization:
    """The tenant. `domains` are the verified ones, lower case."""

    id: str
    name: str
    domains: tuple[str, ...]
    synced: bool = False
    last_sync: datetime | None = None
    initial_domain: str = ""  # verifiedDomains[].isInitial


@dataclass(frozen=True)
class Lookup:
    """What an order needs to know before it starts, read in one `$batch`."""

    upn: str
    account: Account | None
    deleted: DeletedAccount | None
    organization: Organization
    skus: tuple[Sku, ...]
    manager: Account | None = None


@dataclass(frozen=True)
class Lookups:
    """The same for many orders. `accounts`, `deleted`, `managers`: by the name asked for, in lower case.

    `refusals`: why an account is protected, by its id.
    """

    organization: Organization
    skus: tuple[Sku, ...]
    accounts: Mapping[str, Account] = field(default_factory=dict)
    deleted: Mapping[str, DeletedAccount] = field(default_factory=dict)
    managers: Mapping[str, Account] = field(default_factory=dict)
    refusals: Mapping[str, str] = field(default_factory=dict)

    def of(self, upn: str, manager: str = "") -> Lookup:
        """What `look_up` would have answered."""
        account, deleted = self.accounts.get(upn.lower()), self.deleted.get(upn.lower())
        boss = self.managers.get(manager.lower()) if manager else None
        return Lookup(upn, account, deleted, self.organization, self.skus, boss)


@dataclass(frozen=True)
class Match:
    """Somebody whom a search found. `matched` says by what, e.g. "proxy address"; `is_deleted`: in the recycle bin."""

    id: str
    upn: str
    display_name: str
    matched: str
    is_deleted: bool = False


@dataclass(frozen=True)
class Standing:
    """Who a caller is to the tenant. `exists` is False on 404; `groups`: those of the asked ones they are in."""

    id: str
    exists: bool = True
    is_guest: bool = False
    is_enabled: bool = True
    groups: frozenset[str] = frozenset()


class ProbeResult(StrEnum):
    """What `mailboxSettings` said."""

    READY = "ready"  #: 200: the mailbox answers
    NOT_READY = "not_ready"  #: 404 MailboxNotEnabledForRESTAPI or ResourceNotFound, which come in turn
    UNKNOWN = "unknown"  #: anything else (throttled, 5xx, 403): says nothing about the mailbox


@dataclass(frozen=True)
class Probe:
    """One look at a mailbox. `trace` is Graph's answer when it was not 200."""

    result: ProbeResult
    trace: GraphTrace = field(default_factory=GraphTrace)


@dataclass(frozen=True)
class HealthIssue:
    """`serviceHealthIssue`: an incident or advisory that is not resolved."""

    id: str
    title: str
    classification: str
    feature: str = ""
    started_at: datetime | None = None
    feature_group: str = ""
    impact: str = ""


EXCHANGE, ENTRA = "Exchange Online", "Microsoft Entra ID"


@dataclass(frozen=True)
class ServiceHealth:
    """A service's health; `status` as Graph's serviceHealthStatus, e.g. serviceOperational."""

    status: str
    issues: tuple[HealthIssue, ...] = ()
    service: str = EXCHANGE


@dataclass(frozen=True)
class Snapshot:
    """Everything readable about a user at one moment, from one `$batch`, a second one only for what depends on it.

    A part that could not be read is None, and named in `unread` with Graph's reason; a part that was not asked
    for is None without being in `unread`. `taken_at` is Graph's own clock (its Date header), so that ages are
    right even where ours is not. First batch: all that needs the name alone. Second batch, only where the
    mailbox is not ready or the name was an alias: what needs the account's id and addresses.

    name             what was asked for: a UPN, mail or other address, or an id. No request.
    mailbox_purpose  `userPurpose` of the same GET /users/{name}/mailboxSettings that `mailbox` comes from. First.
    deleted          GET /directory/deletedItems/graph.user by former UPN, mail or proxy address. First batch by
                     `name`; second batch by the account's addresses. Those that have one of them, no others.
    domains          GET /domains?$select=id,isVerified,isInitial,supportedServices. First.
    holders          GET /users, /groups, /contacts?$filter=proxyAddresses/any(p:p eq 'smtp:…') or mail eq '…' with
                     ConsistencyLevel eventual, over provisioning.addresses.wanted(). First batch for `name` where
                     it is an address, second batch for the account's. Without the account itself.
    license_details  GET /users/{name}/licenseDetails: its servicePlans[]. First. Optional: the documentation
                     contradicts itself on application permissions, so a 403 here is no entry in `unread`.
    primary_mailbox_id  GET /users/{name}/settings/exchange: primaryMailboxId, "" on 404. First. Optional likewise.
    license_removed_at  GET /auditLogs/directoryAudits?$filter=activityDisplayName eq 'Change user license' and
                     targetResources/any(t:t/id eq '{id}'): the last removal of a mailbox license. Second. Optional.
    attempts         what the case itself tried, newest last. No request.
    """

    taken_at: datetime
    account: Account | None
    organization: Organization | None = None
    skus: tuple[Sku, ...] | None = None
    health: ServiceHealth | None = None
    mailbox: Probe | None = None
    unread: tuple[tuple[str, GraphTrace], ...] = ()
    name: str = ""
    mailbox_purpose: str = ""
    deleted: tuple[DeletedAccount, ...] | None = None
    domains: tuple[Domain, ...] | None = None
    holders: tuple[AddressHolder, ...] | None = None
    license_details: tuple[ServicePlan, ...] | None = None
    primary_mailbox_id: str | None = None
    license_removed_at: datetime | None = None
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, repr=False)
class Credential:
    """A first sign-in secret. Never stored, logged or printed: its repr hides it."""

    kind: str  # "Temporary Access Pass" or "One-time password"
    secret: str
    valid_minutes: int | None = None
    id: str = ""  # of the Temporary Access Pass, by which it can be revoked

    def __repr__(self) -> str:
        return f"Credential({self.kind!r}, secret=***)"
