"""Every known cause of a stuck mailbox: id, slug, rank among the findings, and the source that states it.

Lower ranks are named first. What Exchange says itself comes before what blocks the license, then the license,
directory sync, names, the service; what only elimination names is ranked among itself.
"""

from dataclasses import dataclass

from provisioning.findings import Evidence, Finding, Fix, Source

_SUPPORT = "https://support.microsoft.com/help/"
_ENTRA = "https://learn.microsoft.com/entra/"
_GRAPH = "https://learn.microsoft.com/graph/api/"
_EXCHANGE = "https://learn.microsoft.com/exchange/"

_DELAYS = Source(
    "Delays in provisioning of a user or mailbox",
    f"{_EXCHANGE}troubleshoot/user-and-shared-mailboxes/delays-provision-mailbox-sync-changes",
)
_LICENSING = Source("Resolve license assignment problems", f"{_ENTRA}identity/users/licensing-groups-resolve-problems")
_PLAN_IDS = Source(
    "Product names and service plan identifiers for licensing",
    f"{_ENTRA}identity/users/licensing-service-plan-reference",
)
_PLAN_INFO = Source("servicePlanInfo resource type", f"{_GRAPH}resources/serviceplaninfo")
_PROXY_USED = Source("Proxy address is already being used (KB 3042584)", f"{_SUPPORT}3042584")
_RECONNECT = Source("Reconnect inactive or soft-deleted mailboxes (KB 4337973)", f"{_SUPPORT}4337973")
_CLEAR_PREVIOUS = Source(
    "Permanently Clear Previous Mailbox Info",
    "https://techcommunity.microsoft.com/blog/exchange/permanently-clear-previous-mailbox-info/607619",
)
_VALIDATE = Source("Troubleshoot directory synchronization (KB 4051375)", f"{_SUPPORT}4051375")


@dataclass(frozen=True)
class Cause:
    id: str
    slug: str
    rank: int
    source: Source


_ALL = (
    Cause("C01", "normal-latency", 90, _DELAYS),
    Cause("C02", "service-incident", 70, _DELAYS),
    Cause(
        "C03",
        "replication-lag",
        1,
        Source("Resource does not exist", "https://github.com/Azure/azure-powershell/issues/6493"),
    ),
    Cause(
        "C04",
        "exchange-never-heard",
        75,
        Source("user: retryServiceProvisioning", f"{_GRAPH}user-retryserviceprovisioning"),
    ),
    Cause("C05", "no-license", 38, _DELAYS),
    Cause("C06", "license-without-mailbox", 39, _PLAN_IDS),
    Cause("C07", "exchange-plan-off", 40, _PLAN_INFO),
    Cause("C08", "plan-not-activated", 42, _PLAN_INFO),
    Cause("C09", "plan-error", 41, _PLAN_INFO),
    Cause("C10", "no-usage-location", 30, _LICENSING),
    Cause("C11", "not-sold-in-location", 31, _LICENSING),
    Cause("C12", "no-seats", 35, _LICENSING),
    Cause(
        "C13", "subscription-not-active", 36, Source("subscribedSku resource type", f"{_GRAPH}resources/subscribedsku")
    ),
    Cause("C14", "conflicting-licenses", 32, _LICENSING),
    Cause("C15", "missing-dependent-plan", 33, _LICENSING),
    Cause("C16", "address-not-unique-for-license", 34, _LICENSING),
    Cause("C17", "group-license-blocked-by-sibling", 29, _LICENSING),
    Cause("C19", "address-held-by-another", 24, _PROXY_USED),
    Cause(
        "C20",
        "initial-address-clash",
        22,
        Source("Phantom proxy addresses", "https://a6n.co.uk/2023/09/phantom-proxyaddress-with-exo.html"),
    ),
    Cause(
        "C21",
        "recycle-bin-holds-address",
        23,
        Source("Restore deleted directory object", f"{_GRAPH}directory-deleteditems-restore"),
    ),
    Cause(
        "C22",
        "soft-deleted-mailbox",
        25,
        Source(
            "How to purge a soft-deleted mailbox",
            "https://learn.microsoft.com/archive/blogs/exovoice/how-to-purge-a-soft-deleted-mailbox-in-office-365",
        ),
    ),
    Cause("C23", "inactive-mailbox", 26, _RECONNECT),
    Cause("C24", "sign-in-name-taken", 5, Source("Create user", f"{_GRAPH}user-post-users")),
    Cause(
        "C24b",
        "known-by-another-name",
        95,
        Source("Offboarding by mail address", "https://github.com/KelvinTegelaar/CIPP/issues/1212"),
    ),
    Cause(
        "C25",
        "wrong-mail-nickname",
        62,
        Source(
            "mailnickname-alias-exchange-online-not-match-on-premises",
            "https://github.com/MicrosoftDocs/SupportArticles-docs",
        ),
    ),
    Cause(
        "C26",
        "domain-not-ready",
        60,
        Source(
            "Organization diagnostic cmdlets",
            f"{_EXCHANGE}monitoring/diagnostic-cmdlets/organization-diagnostic-cmdlets",
        ),
    ),
    Cause("C27", "invalid-characters", 61, Source("Create user", f"{_GRAPH}user-post-users")),
    Cause("C28", "mailbox-on-premises", 10, _CLEAR_PREVIOUS),
    Cause("C28b", "second-mailbox", 99, _CLEAR_PREVIOUS),
    Cause(
        "C29",
        "still-marked-migrated",
        9,
        Source(
            "Dude, why isn't a mailbox being provisioned",
            "https://learn.microsoft.com/archive/blogs/benw/dude-why-isnt-a-mailbox-being-provisioned-created-in-exchange-online-after-licensing",
        ),
    ),
    Cause("C29b", "returning-employee", 8, _RECONNECT),
    Cause("C30", "previous-mailbox-pointers", 15, _CLEAR_PREVIOUS),
    Cause(
        "C31",
        "marked-deprovisioned",
        7,  # its sign, no address outside the initial domain, is rarer than what C28 rests on
        Source(
            "Values of msExchRemoteRecipientType",
            "https://connectioncloudsupport.zendesk.com/hc/en-us/articles/14887715789209",
        ),
    ),
    Cause(
        "C32",
        "archive-guid-mismatch",
        20,
        Source("Validation errors for the archive GUID (KB 4053483)", f"{_SUPPORT}4053483"),
    ),
    Cause("C33", "wrong-mailbox-type", 65, Source("Shared mailbox converted back (KB 2710029)", f"{_SUPPORT}2710029")),
    Cause(
        "C34",
        "attribute-quarantined",
        50,
        Source(
            "Duplicate attribute resiliency",
            f"{_ENTRA}identity/hybrid/connect/how-to-connect-syncservice-duplicate-attribute-resiliency",
        ),
    ),
    Cause(
        "C35",
        "directory-sync-stale",
        52,
        Source(
            "Prevent accidental deletes",
            f"{_ENTRA}identity/hybrid/connect/how-to-connect-sync-feature-prevent-accidental-deletes",
        ),
    ),
    Cause("C36", "not-in-sync-scope", 54, _VALIDATE),
    Cause(
        "C37", "license-makes-the-mailbox", 37, Source("From user to mail user", "https://timmcmic.blog/2024/01/30/")
    ),
    Cause(
        "C38",
        "exchange-attributes-in-the-cloud",
        18,
        Source("Exchange SOA Manager", "https://github.com/mardahl/Exchange-SOA-Manager/wiki"),
    ),
    Cause(
        "C39",
        "mastered-on-premises",
        80,
        Source("onPremisesSyncBehavior resource type", f"{_GRAPH}resources/onpremisessyncbehavior"),
    ),
    Cause("C40", "guest", 2, Source("user resource type", f"{_GRAPH}resources/user")),
    Cause(
        "C41",
        "old-mailbox-waits",
        44,
        Source("No soft-deleted mailbox after license removal (KB 3158794)", f"{_SUPPORT}3158794"),
    ),
    Cause(
        "C42",
        "follow-up-too-early",
        96,
        Source("Follow-ups before the mailbox", "https://github.com/KelvinTegelaar/CIPP/issues/2546"),
    ),
    Cause(
        "C43",
        "works-but-not-by-rest",
        3,
        Source(
            "404 although the mailbox works", "https://github.com/microsoftgraph/msgraph-sdk-javascript/issues/1756"
        ),
    ),
)
CAUSES: dict[str, Cause] = {cause.id: cause for cause in _ALL}

# Named by elimination or by how long the wait is, which a repair itself can hide: only a mailbox that answers proves
# that one of these is gone.
PROVEN_BY_MAILBOX = frozenset({"C01", "C04", "C22", "C23", "C28", "C29", "C29b", "C30", "C31", "C33", "C38"})


def found(
    cause_id: str,
    sentence: str,
    evidence: tuple[Evidence, ...],
    fixes: tuple[Fix, ...],
    *,
    is_note: bool = False,
) -> Finding:
    """A finding that the evidence itself shows."""
    cause = CAUSES[cause_id]
    return Finding(cause.id, cause.slug, sentence, evidence, fixes, cause.source, cause.rank, is_note=is_note)


def likely(cause_id: str, sentence: str, evidence: tuple[Evidence, ...], fixes: tuple[Fix, ...], proof: str) -> Finding:
    """A finding by elimination; `proof`: what would prove it."""
    cause = CAUSES[cause_id]
    return Finding(
        cause.id, cause.slug, sentence, evidence, fixes, cause.source, cause.rank, is_likely=True, proof=proof
    )
