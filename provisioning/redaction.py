"""What must not leave the tenant in a support bundle: secrets, and people whom the matter is not about. Pure.

A bundle is built from named fields, so that most of it never gets there. This is for the free text in it: notes,
errors, sentences that name somebody.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from provisioning.addresses import addresses_of, own_addresses, wanted
from provisioning.case import Case
from provisioning.directory import Snapshot
from provisioning.powershell import visible
from provisioning.repair import Repair

LEFT_OUT = "(left out)"
SHORTEST = 2  # a single letter would tear up every sentence

_SECRETS = re.compile(
    r"eyJ[\w-]{8,}\.[\w.-]+"  # a JSON Web Token
    r"|(?<=Bearer )\S+"
    r"|(?<!\w)\+\d[\d ()/.-]{6,}\d(?!\w)",  # a telephone number
    re.IGNORECASE,
)
# `password: x`, `"client_secret":"x"`, `sig=x`: the name stays, the value goes.
_NAMED_SECRETS = re.compile(
    r"(?P<name>\b(?:\w*password|passwd|pwd|\w*secret|access[_ ]?pass|token|api[_-]?key|sig)\b[\"']?\s*[:=]\s*)"
    r"(?P<value>\"[^\"]*\"|'[^']*'|[^\s,;&}]+)",
    re.IGNORECASE,
)

Redact = Callable[[str], str]


def redactor(case: Case | None, snapshot: Snapshot, repairs: Iterable[Repair]) -> Redact:
    """A function that puts any text on one line without secrets, and without the names that these hold."""
    kept = {_line(name) for name in _needed(case, snapshot)}
    private = {_line(name): instead for name, instead in _private(case, snapshot, repairs).items()}
    private = {name: instead for name, instead in private.items() if len(name) >= SHORTEST}
    pattern = _any_of({*private, *kept})
    needed = {name.casefold() for name in kept}
    stand_ins = {name.casefold(): instead for name, instead in private.items()}

    def stand_in(found: re.Match[str]) -> str:
        name = found.group().casefold()
        return found.group() if name in needed else stand_ins.get(name, LEFT_OUT)

    def redact(text: str) -> str:
        line = _NAMED_SECRETS.sub(rf"\g<name>{LEFT_OUT}", _line(text))
        return pattern.sub(stand_in, _SECRETS.sub(LEFT_OUT, line))

    return redact


def _line(text: str) -> str:
    return visible(" ".join(text.split()))


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Whole words only, the longest first: a name inside an address that is needed stays with the address."""
    longest_first = sorted(filter(None, names), key=len, reverse=True)
    words = "|".join(re.escape(name) for name in longest_first)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)" if words else r"(?!)", re.IGNORECASE)


def _needed(case: Case | None, snapshot: Snapshot) -> Iterable[str]:
    """What the bundle is about: Microsoft finds nothing without it."""
    account, organization = snapshot.account, snapshot.organization
    yield from (snapshot.name, *wanted(snapshot))
    if case:
        yield from (case.order.upn, case.mail, case.id)
    if account:
        yield from (account.id, account.upn, account.mail_nickname, *own_addresses(account))
    if organization:
        yield from (organization.id, organization.initial_domain, *organization.domains)


def _private(case: Case | None, snapshot: Snapshot, repairs: Iterable[Repair]) -> Mapping[str, str]:
    """Names, and what stands for them."""
    names: dict[str, str] = {}
    people = [repair.requester for repair in repairs]
    if case:
        order = case.order
        people.append(case.requester)
        names |= dict.fromkeys((order.manager_name, order.manager_upn, order.manager_id), LEFT_OUT)
        names |= dict.fromkeys((order.department, order.display_name), LEFT_OUT)
        names[case.ended_by] = "an operator"
    for person in people:
        names |= dict.fromkeys((person.name, person.id, person.channel_id), "an operator")
    for holder in snapshot.holders or ():
        names |= dict.fromkeys((holder.name, *addresses_of(holder)), f"another {holder.kind} ({holder.id})")
    for deleted in snapshot.deleted or ():
        names |= dict.fromkeys((deleted.display_name, *addresses_of(deleted)), f"a deleted user ({deleted.id})")
    if snapshot.account:
        account = snapshot.account
        names |= dict.fromkeys((account.department, account.display_name, account.sam_account_name), LEFT_OUT)
    return names
