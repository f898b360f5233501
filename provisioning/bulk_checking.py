"""The whole list against the tenant, before anything starts: what each line will do, or why it cannot. Pure.

Each line is planned as a single order is (provisioning/orders.py). What only a list can have comes on top: the same
person twice, and seats that are enough for some of it.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from provisioning.bulk import Answers, BulkLine, Origin, Seats
from provisioning.case import Order
from provisioning.directory import Lookup, Lookups, Sku
from provisioning.errors import BadOrder
from provisioning.follow_ups import Group
from provisioning.orders import Complete, Incomplete, OrderRequest, Restorable, plan
from provisioning.placing import Terms, on_terms
from provisioning.profiles import Profile, find_profile, with_profile
from provisioning.words import say

NEEDED = {
    "display_name": say("a name"),
    "usage_location": say("a usage location"),
    "license": say("a license"),
}


@dataclass(frozen=True)
class Checked:
    """`missing`: how many lines lack what could be said once for all of them."""

    lines: tuple[BulkLine, ...]
    seats: tuple[Seats, ...] = ()
    missing: Mapping[str, int] = field(default_factory=dict)

    @property
    def origins(self) -> Mapping[Origin, int]:
        return Counter(line.origin for line in self.lines if line.is_startable)


@dataclass(frozen=True)
class Known:
    """What the lines are held against. `taken`: why somebody cannot be ordered now, by UPN in lower case."""

    lookups: Lookups
    taken: Mapping[str, str] = field(default_factory=dict)
    terms: Terms = Terms()
    groups: Mapping[str, Group | None] = field(default_factory=dict)  # of the profiles, by lower-case id


@dataclass
class _Tally:
    """What the lines before this one have taken."""

    seen: dict[str, int] = field(default_factory=dict)
    needed: Counter[str] = field(default_factory=Counter)


def check(lines: Sequence[BulkLine], known: Known, answers: Answers) -> Checked:
    tally = _Tally()
    checked = tuple(_check(line, known, answers, tally) for line in lines)
    skus = {sku.id: sku for sku in known.lookups.skus}
    seats = tuple(Seats(skus[sku_id].name, needed, skus[sku_id].free) for sku_id, needed in tally.needed.items())
    missing = Counter(what for line in checked for what in line.missing)
    return Checked(checked, seats, missing)


def profiles_of(lines: Sequence[BulkLine], profiles: Sequence[Profile]) -> tuple[Profile, ...]:
    """Those that the lines name."""
    named = {line.request.profile.lower() for line in lines if line.request}
    return tuple(profile for profile in profiles if profile.name.lower() in named)


def name_from(upn: str) -> str:
    """`jane.doe@…` is Jane Doe: only where a person said that it may be so, and is shown it before."""
    words = re.split(r"[._\-+]+", upn.partition("@")[0])
    return " ".join(word[:1].upper() + word[1:] for word in words if word) or upn


def _check(line: BulkLine, known: Known, answers: Answers, tally: _Tally) -> BulkLine:
    fresh = replace(line, order=None, missing=(), problem=line.problem if line.request is None else "")
    if fresh.request is None:
        return fresh
    try:
        profile = find_profile(fresh.request.profile, known.terms.profiles)
        request = with_profile(fresh.request, profile)
        lookup = known.lookups.of(request.upn, request.manager)
        _refuse_second(fresh, lookup, tally)
        planned = plan(_filled(request, answers, lookup), _with_seats(lookup), known.terms.default_location)
        if isinstance(planned, Complete) and profile:
            planned = Complete(on_terms(planned.order, profile, lookup.skus, known.groups))
        return _planned(fresh, planned, lookup, known, tally)
    except BadOrder as error:
        return replace(fresh, problem=error.sentence)


def _planned(
    line: BulkLine, planned: Complete | Incomplete | Restorable, lookup: Lookup, known: Known, tally: _Tally
) -> BulkLine:
    match planned:
        case Incomplete(missing=missing):
            return replace(line, missing=missing, problem=_lacks(missing))
        case Restorable():
            raise BadOrder(
                say(
                    "{who} is in the recycle bin. Say restore=yes to take the account out of it, or restore=no "
                    "for a new one.",
                    who=line.who,
                )
            )
        case Complete(order=order):
            if order.upn.lower() in known.taken:
                raise BadOrder(known.taken[order.upn.lower()])
            if lookup.account and lookup.account.id in known.lookups.refusals:
                raise BadOrder(known.lookups.refusals[lookup.account.id])
            _take_seat(order, lookup, tally)
            return replace(line, order=order, origin=_origin(order, lookup))


def _lacks(missing: Sequence[str]) -> str:
    match [NEEDED[what] for what in missing]:
        case [one]:
            return say("The line lacks {one}.", one=one)
        case [one, two]:
            return say("The line lacks {one} and {two}.", one=one, two=two)
        case [one, two, three]:
            return say("The line lacks {one} and {two} and {three}.", one=one, two=two, three=three)
    raise ValueError(f"nothing that is known is missing: {missing}")


def _refuse_second(line: BulkLine, lookup: Lookup, tally: _Tally) -> None:
    """By the account where there is one: two addresses may be the same person's."""
    key = lookup.account.id if lookup.account else lookup.upn.lower()
    if key in tally.seen:
        raise BadOrder(say("The same person as in line {line}.", line=tally.seen[key]))
    tally.seen[key] = line.number


def _filled(request: OrderRequest, answers: Answers, lookup: Lookup) -> OrderRequest:
    """The list's own answers, where neither the line nor the account has one."""
    account = lookup.account
    name = request.display_name
    if not name and account is None and answers.names_from_addresses:
        name = name_from(request.upn)
    has_license = request.license or (account and account.mailbox_plan)
    has_location = request.usage_location or (account and account.usage_location)
    return replace(
        request,
        display_name=name,
        license=request.license if has_license else answers.license,
        usage_location=request.usage_location if has_location else answers.usage_location,
    )


def _with_seats(lookup: Lookup) -> Lookup:
    """As if every license had a seat: they are counted for the whole list."""
    return replace(lookup, skus=tuple(_roomy(sku) for sku in lookup.skus))


def _roomy(sku: Sku) -> Sku:
    return replace(sku, enabled=max(sku.enabled, sku.consumed + 1))


def _take_seat(order: Order, lookup: Lookup, tally: _Tally) -> None:
    held = {one.sku_id for one in lookup.account.licenses} if lookup.account else set()
    if not order.license or order.license in held:
        return
    sku = next(sku for sku in lookup.skus if sku.id == order.license)
    tally.needed[sku.id] += 1
    if tally.needed[sku.id] > sku.free:
        raise BadOrder(
            say(
                "No seat is left in {license}: {seats} free, and this line would need one more.",
                license=sku.name,
                seats=sku.free,
            )
        )


def _origin(order: Order, lookup: Lookup) -> Origin:
    if lookup.account is None:
        return Origin.RESTORE if order.restore_id else Origin.CREATE
    return Origin.LICENSED if lookup.account.mailbox_plan else Origin.ADOPT
