"""The seats of the tenant by license: which are low, who waits for one, and a chart."""

from collections.abc import Sequence
from datetime import datetime

from cards import parts
from cards.charts import Series, bars
from cards.elements import Element
from cards.language import counted, marked, say, told
from cards.parts import Card, plain
from cards.texts import duration
from provisioning.directory import Sku
from provisioning.listing import CaseLine
from provisioning.seats import is_low, is_usable, low_ones, with_mailbox

MOST_ROWS = 10
MOST_WAITING = 6
# capabilityStatus of a subscription that gives no license; one that we do not know is shown as it is.
_STATUSES = {
    "Suspended": marked("suspended"),
    "Deleted": marked("deleted"),
    "LockedOut": marked("lockedout"),
}


def licenses_card(skus: Sequence[Sku], warning: int, waiting: Sequence[CaseLine], now: datetime) -> Card:
    """`warning`: a license with so few free seats, or fewer, is low."""
    mailbox = with_mailbox(skus)
    if not mailbox:
        words = say("No license of this tenant has an Exchange Online mailbox.")
        return parts.card([parts.text(words), *_others(skus)], words)
    low = low_ones(mailbox, warning)
    says = _says(low, len(mailbox))
    body: list[Element] = [
        parts.header(say("Licenses with a mailbox"), says, "warning" if low else "good"),
        *(_row(sku, warning) for sku in mailbox[:MOST_ROWS]),
        *_more(len(mailbox) - MOST_ROWS),
        *_chart(mailbox[:MOST_ROWS]),
        *_waiting(waiting, now),
        *_others(skus),
        parts.small(_low_means(warning), spacing="Medium"),
    ]
    return parts.card(body, say("Licenses with a mailbox. {sentence}.", sentence=says), wide=True)


def _says(low: Sequence[Sku], count: int) -> str:
    out = [sku for sku in low if not sku.free]
    if not low:
        return say("Every one has free seats") if count > 1 else say("It has free seats")
    names = ", ".join(plain(sku.name, 40) for sku in low[:3])
    if len(low) > 3:
        names = say("{licenses} and {count} more", licenses=names, count=len(low) - 3)
    return (
        say("Used up: {licenses}", licenses=names) if len(out) == len(low) else say("Low: {licenses}", licenses=names)
    )


def _low_means(warning: int) -> str:
    if not warning:
        return say("Low means no seats free or fewer.")
    return counted("Low means 1 seat free or fewer.", "Low means {n} seats free or fewer.", warning)


def _row(sku: Sku, warning: int) -> Element:
    mark = parts.icon("CheckmarkCircle", "✓", "Good")
    color = None
    if not is_usable(sku) or not sku.free:
        mark, color = parts.icon("DismissCircle", "✕", "Attention"), "Attention"
    elif is_low(sku, warning):
        mark, color = parts.icon("Warning", "!", "Warning"), "Warning"
    used = say("{used} of {all} in use", used=sku.consumed, all=sku.enabled)
    below = parts.small(f"{used} · {plain(sku.part_number, 60)}", spacing="None")
    words: list[Element] = [parts.text(plain(sku.name, 80), weight="Bolder"), below]
    aside = parts.text(_free(sku), size="Small", color=color, horizontal_alignment="Right")
    return parts.row(mark, words, aside, spacing="Small")


def _free(sku: Sku) -> str:
    status = sku.capability_status
    if not is_usable(sku):
        return told(_STATUSES[status]) if status in _STATUSES else plain(status, 20).lower()
    return counted("1 seat free", "{n} seats free", sku.free) if sku.free else say("no seats free")


def _more(count: int) -> list[Element]:
    return [parts.small(say("And {count} more.", count=count))] if count > 0 else []


def _chart(skus: Sequence[Sku]) -> list[Element]:
    series = [
        Series(say("in use"), tuple(sku.consumed for sku in skus), "categoricalBlue"),
        Series(say("free"), tuple(sku.free for sku in skus), "neutral"),
    ]
    chart = bars(say("Seats"), [plain(sku.name, 60) for sku in skus], series)
    chart.spacing = "Medium"
    return [chart]


def _waiting(waiting: Sequence[CaseLine], now: datetime) -> list[Element]:
    """People whose case stopped or stands still for want of a seat; a click shows the case with its buttons."""
    if not waiting:
        return []
    title = counted("1 person waits for a license", "{n} people wait for a license", len(waiting))
    rows = [_waiter(line, now) for line in waiting[:MOST_WAITING]]
    return [
        parts.text(title, weight="Bolder", separator=True, spacing="Medium"),
        *rows,
        *_more(len(waiting) - MOST_WAITING),
    ]


def _waiter(line: CaseLine, now: datetime) -> Element:
    who = plain(line.name or line.upn, 80)
    wanted = plain(line.license_name, 60) or say("A license")
    below = " · ".join((wanted, say("for {span}", span=duration(now - line.created_at))))
    return parts.row(
        parts.icon("Person", "●", "Warning"),
        [parts.text(who), parts.small(below, spacing="None")],
        parts.text(say("Show ›"), size="Small", color="Accent", horizontal_alignment="Right"),
        select_action=parts.button(say("Show {who}", who=who), "status", {"case": line.id}),
        spacing="Small",
    )


def _others(skus: Sequence[Sku]) -> list[Element]:
    others = [sku for sku in skus if not sku.mailbox_plans]
    if not others:
        return []
    rows = [(plain(sku.name, 60), say("{free} of {all} free", free=sku.free, all=sku.enabled)) for sku in others[:20]]
    return parts.evidence(say("Licenses without a mailbox"), [parts.facts(rows)], "others")
