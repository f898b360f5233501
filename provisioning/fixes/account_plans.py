"""The writes of the fixes around the account: its properties, the recycle bin, the service, directory sync."""

from provisioning.addresses import addresses_of, domain_of, local_part, own_addresses, proper_nickname
from provisioning.countries import COUNTRY_CODES
from provisioning.directory import Account, DeletedAccount, Snapshot
from provisioning.errors import BadOrder
from provisioning.findings import Risk
from provisioning.fixes.steps import (
    Ask,
    CallResyncWebhook,
    Choice,
    FixPlan,
    OrderAnew,
    PurgeDeleted,
    ReprocessLicenses,
    RestoreDeleted,
    RetryProvisioning,
    Step,
    Until,
    UpdateAccount,
    Wait,
    pick,
)
from provisioning.words import say

SYNC_SECONDS = 30 * 60  # a delta cycle takes minutes, and one may be running already
MOST_TRIES = 99


def account_of(snapshot: Snapshot) -> Account:
    if snapshot.account is None:
        sentence = say("There is no account {name}, so there is nothing to change.", name=snapshot.name)
        raise BadOrder(sentence.replace("  ", " "))
    return snapshot.account


def location_ask() -> Ask:
    """Nobody guesses a country: it decides which services and taxes apply."""
    return Ask("usage_location", say("Country (usage location)"))


def location_step(account: Account, location: str) -> str:
    return say("Set the usage location of {upn} to {country}.", upn=account.upn, country=location)


def set_usage_location(snapshot: Snapshot, choice: Choice) -> FixPlan:
    account = account_of(snapshot)
    location = choice.get("usage_location", "").strip().upper()
    if not location:
        return FixPlan("set-usage-location", Risk.REVERSIBLE, asks=(location_ask(),))
    if location not in COUNTRY_CODES:
        raise BadOrder(
            say("“{code}” is no country code. Use the two letters of ISO 3166, such as US or DE.", code=location[:10])
        )
    says = location_step(account, location)
    steps: list[Step] = [UpdateAccount(account.id, (("usageLocation", location),), says)]
    if any(state.error and state.assigned_by_group for state in account.license_states):
        steps.append(ReprocessLicenses(account.id, say("Process the group licenses again.")))
    return FixPlan("set-usage-location", Risk.REVERSIBLE, tuple(steps))


def correct_mail_nickname(snapshot: Snapshot, choice: Choice) -> FixPlan:
    account = account_of(snapshot)
    if account.is_mastered_on_premises:
        raise BadOrder(say("{upn} is mastered in Active Directory: correct the alias there.", upn=account.upn))
    nickname = choice.get("mail_nickname", "") or proper_nickname(account)
    says = say(
        "Change mailNickname of {upn} from “{before}” to “{after}”.",
        upn=account.upn,
        before=account.mail_nickname,
        after=nickname,
    )
    return FixPlan(
        "correct-mail-nickname",
        Risk.REVERSIBLE,
        (UpdateAccount(account.id, (("mailNickname", nickname),), says),),
    )


def retry_provisioning(snapshot: Snapshot, _: Choice) -> FixPlan:
    account = account_of(snapshot)
    says = say("Ask Microsoft 365 to provision {upn} in Exchange again.", upn=account.upn)
    return FixPlan("retry-provisioning", Risk.REVERSIBLE, (RetryProvisioning(account.id, says),))


def restore_account(snapshot: Snapshot, choice: Choice) -> FixPlan:
    deleted = _chosen_deleted(snapshot, choice)
    if isinstance(deleted, Ask):
        return FixPlan("restore-account", Risk.REVERSIBLE, asks=(deleted,))
    if snapshot.account and snapshot.account.upn.lower() == deleted.upn.lower():
        raise BadOrder(
            say(
                "{upn} exists again, so the deleted account of that name cannot be restored beside it.", upn=deleted.upn
            )
        )
    says = say("Restore {name} from the recycle bin.", name=deleted.display_name or deleted.upn)
    return FixPlan("restore-account", Risk.REVERSIBLE, (RestoreDeleted(deleted.id, says),))


def purge_deleted(snapshot: Snapshot, choice: Choice) -> FixPlan:
    deleted = _chosen_deleted(snapshot, choice)
    if isinstance(deleted, Ask):
        return FixPlan("purge-deleted", Risk.DATA_LOSS, asks=(deleted,))
    says = say("Delete {name} for good; it can never be restored.", name=deleted.display_name or deleted.upn)
    return FixPlan("purge-deleted", Risk.DATA_LOSS, (PurgeDeleted(deleted.id, says),))


def use_free_name(snapshot: Snapshot, _: Choice) -> FixPlan:
    upn = free_name(snapshot)
    return FixPlan("use-free-name", Risk.REVERSIBLE, (OrderAnew(upn, say("Order a new account as {upn}.", upn=upn)),))


def free_name(snapshot: Snapshot) -> str:
    """The next sign-in name that nothing in the snapshot holds: jane2@, jane3@ and so on."""
    name = snapshot.name or (snapshot.account.upn if snapshot.account else "")
    if "@" not in name:
        raise BadOrder(say("Name the account by its sign-in name, so that a free one like it can be found."))
    taken = {name.lower(), *(own_addresses(snapshot.account) if snapshot.account else ())}
    taken = taken.union(*map(addresses_of, snapshot.holders or ()), *map(addresses_of, snapshot.deleted or ()))
    candidates = (f"{local_part(name)}{number}@{domain_of(name)}" for number in range(2, MOST_TRIES))
    return next(candidate for candidate in candidates if candidate.lower() not in taken)


def resync_directory(snapshot: Snapshot, _: Choice) -> FixPlan:
    since = snapshot.organization.last_sync if snapshot.organization else None
    steps = (
        CallResyncWebhook(say("Ask the sync server for a delta synchronization.")),
        Wait(Until.SYNC_MOVED, SYNC_SECONDS, say("Wait until Microsoft 365 shows a new synchronization."), since),
    )
    return FixPlan("resync-directory", Risk.REVERSIBLE, steps)


def re_check(_: Snapshot, __: Choice) -> FixPlan:
    """Nothing to write: the new snapshot that ends every fix is the point."""
    return FixPlan("re-check", Risk.NONE)


def _chosen_deleted(snapshot: Snapshot, choice: Choice) -> DeletedAccount | Ask:
    found = snapshot.deleted or ()
    if not found:
        raise BadOrder(say("The recycle bin holds nobody with these addresses."))
    newest_first = sorted(found, key=lambda one: one.deleted_at.timestamp() if one.deleted_at else 0, reverse=True)
    options = tuple((one.id, _label(one)) for one in newest_first)
    ask = Ask("deleted", say("Deleted account"), options, options[0][0])
    chosen = pick(choice, ask)
    return next((one for one in found if one.id == chosen), ask)


def _label(deleted: DeletedAccount) -> str:
    name = deleted.display_name or deleted.upn
    if deleted.deleted_at is None:
        return f"{name} ({deleted.upn})"
    return say("{name} ({upn}, deleted {day})", name=name, upn=deleted.upn, day=f"{deleted.deleted_at:%Y-%m-%d}")
