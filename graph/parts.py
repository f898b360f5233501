"""From the answers of a snapshot's batches to the Snapshot: what each part says, and which could not be read. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from graph import errors, reading, surroundings
from graph.answers import Answer, Json
from graph.values import objects, text
from provisioning.addresses import smtp_addresses
from provisioning.directory import Account, DeletedAccount, Probe, ProbeResult, ServiceHealth, Snapshot
from provisioning.errors import GraphTrace
from provisioning.recipients import AddressHolder, HolderKind

T = TypeVar("T")

Answers = Mapping[str, Answer]

# Which of these comes for a mailbox that is not there yet changes from call to call.
NOT_READY_CODES = frozenset({"MailboxNotEnabledForRESTAPI", "MailboxNotSupportedForRESTAPI", "ResourceNotFound"})
PERSONAL = frozenset({"account", "mailbox", "license_details", "primary_mailbox_id", "sync_behavior"})
# A refusal of these says only that the tenant, the cloud or the permission does not offer them.
OPTIONAL = frozenset({"license_details", "primary_mailbox_id", "sync_behavior", "license_removed_at"})


def part_of(key: str) -> str:
    return key.partition("/")[0]


def is_missing(answers: Answers) -> bool:
    """Graph knows no user by the name."""
    return answers["account"].status == 404


def snapshot(name: str, answers: Answers, health: ServiceHealth | None, addresses: Collection[str]) -> Snapshot:
    """`health` is the one that is known already; `addresses` are those that the holders were asked about."""
    account = _account(answers)
    skus = _read(answers, "skus", reading.skus)
    return Snapshot(
        taken_at=date_of(answers["account"]) or datetime.now(UTC),
        account=account,
        organization=_read(answers, "organization", reading.organization),
        skus=skus,
        health=_read(answers, "health", reading.service_health) if "health" in answers else health,
        mailbox=None if is_missing(answers) else probe_of(answers["mailbox"]),
        unread=_unread(answers, account),
        name=name,
        mailbox_purpose=_read(answers, "mailbox", lambda body: text(body.get("userPurpose"))) or "",
        deleted=_deleted(answers, addresses),
        domains=_read(answers, "domains", surroundings.domains),
        holders=_holders(answers, addresses, account),
        license_details=_read(answers, "license_details", reading.license_details),
        primary_mailbox_id=_primary_mailbox(answers.get("primary_mailbox_id")),
        license_removed_at=_read(
            answers, "license_removed_at", lambda body: surroundings.license_removed_at(body, skus or ())
        ),
    )


def alias_of(name: str, answers: Answers) -> Account | None:
    """The user who has the name as an address, from the question about its holders: not all properties are there."""
    found = _of_part(answers, f"holders/{HolderKind.USER}")
    return only_user(name, [reading.account(item) for answer in found if answer.ok for item in _items(answer)])


def only_user(address: str, users: Collection[Account]) -> Account | None:
    """The one who has it as proxy address, else the only one with that `mail`; None where two may be meant."""
    wanted = address.lower()
    by_proxy = [user for user in users if wanted in smtp_addresses(user.proxy_addresses)]
    found = by_proxy or [user for user in users if user.mail.lower() == wanted]
    return found[0] if len(found) == 1 else None


def probe_of(answer: Answer) -> Probe:
    if answer.ok:
        return Probe(ProbeResult.READY)
    trace = errors.trace_of(answer)
    not_ready = answer.status == 404 and trace.code in NOT_READY_CODES
    return Probe(ProbeResult.NOT_READY if not_ready else ProbeResult.UNKNOWN, trace)


def date_of(answer: Answer) -> datetime | None:
    """Graph's own clock."""
    try:
        moment = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _account(answers: Answers) -> Account | None:
    account = _read(answers, "account", reading.account)
    is_cloud_managed = _read(answers, "sync_behavior", lambda body: body.get("isCloudManaged") is True)
    return replace(account, is_cloud_managed=bool(is_cloud_managed)) if account else None


def _deleted(answers: Answers, addresses: Collection[str]) -> tuple[DeletedAccount, ...] | None:
    asked = _of_part(answers, "deleted")
    found = {one.id: one for a in asked if a.ok for one in surroundings.deleted(a.body or {}, addresses)}
    return _if_read(asked, surroundings.newest_first(found.values()))


def _holders(answers: Answers, addresses: Collection[str], own: Account | None) -> tuple[AddressHolder, ...] | None:
    found: dict[str, AddressHolder] = {}
    for kind in HolderKind:
        for answer in _of_part(answers, f"holders/{kind}"):
            found |= {one.id: one for one in surroundings.holders(answer.body or {}, kind, addresses) if answer.ok}
    if own:
        found.pop(own.id, None)
    return _if_read(_of_part(answers, "holders"), tuple(found.values()))


def _if_read(asked: Collection[Answer], found: tuple[T, ...]) -> tuple[T, ...] | None:
    """Nothing found says something only where all of it was read; what was found stands."""
    return found if found or (asked and all(answer.ok for answer in asked)) else None


def _primary_mailbox(answer: Answer | None) -> str | None:
    if answer is None or (not answer.ok and answer.status != 404):
        return None
    return text((answer.body or {}).get("primaryMailboxId")) if answer.ok else ""


def _unread(answers: Answers, account: Account | None) -> tuple[tuple[str, GraphTrace], ...]:
    """By part, the first refusal of each."""
    unread: dict[str, GraphTrace] = {}
    for key, answer in answers.items():
        if not answer.ok and not _is_no_loss(part_of(key), answer, answers, account):
            unread.setdefault(part_of(key), errors.trace_of(answer))
    return tuple(unread.items())


def _is_no_loss(part: str, answer: Answer, answers: Answers, account: Account | None) -> bool:
    """That there is nothing is an answer as well."""
    if part in PERSONAL and is_missing(answers):
        return True
    if part == "mailbox":
        return probe_of(answer).result is ProbeResult.NOT_READY
    if part == "sync_behavior" and (account is None or not account.synced):
        return True
    return part in OPTIONAL and 400 <= answer.status < 500 and answer.status != 429


def _of_part(answers: Answers, prefix: str) -> list[Answer]:
    return [answer for key, answer in answers.items() if key == prefix or key.startswith(f"{prefix}/")]


def _read(answers: Answers, key: str, read: Callable[[Json], T]) -> T | None:
    answer = answers.get(key)
    return read(answer.body or {}) if answer is not None and answer.ok else None


def _items(answer: Answer) -> list[Json]:
    return list(objects((answer.body or {}).get("value")))
