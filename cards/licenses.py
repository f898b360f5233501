"""The seats of the tenant by license: which are low, who waits for one, and a chart."""

from collections.abc import Sequence
from datetime import datetime

from cards import parts
from cards.charts import Series, bars
from cards.elements import Element
from cards.parts import Card, plain
from cards.texts import duration
from provisioning.directory import Sku
from provisioning.listing import CaseLine
from provisioning.seats import is_low, is_usable, low_ones, with_mailbox

MOST_ROWS = 10
MOST_WAITING = 6


def licenses_card(skus: Sequence[Sku], warning: int, waiting: Sequence[CaseLine], now: datetime) -> Card:
    """`warning`: a license with so few free seats, or fewer, is low."""
    mailbox = with_mailbox(skus)
    if not mailbox:
        words = "No license of this tenant has an Exchange Online mailbox."
        return parts.card([parts.text(words), *_others(skus)], words)
    low = low_ones(mailbox, warning)
    says = _says(low, len(mailbox))
    body: list[Element] = [
        parts.header("Licenses with a mailbox", says, "warning" if low else "good"),
        *(_row(sku, warning) for sku in mailbox[:MOST_ROWS]),
        *_more(len(mailbox) - MOST_ROWS),
        *_chart(mailbox[:MOST_ROWS]),
        *_waiting(waiting, now),
        *_others(skus),
        parts.small(f"Low means {_seats(warning)} free or fewer.", spacing="Medium"),
    ]
    return parts.card(body, f"Licenses with a mailbox. {says}.", wide=True)


def _says(low: Sequence[Sku], count: int) -> str:
    out = [sku for sku in low if not sku.free]
    if not low:
        return "Every one has free seats" if count > 1 else "It has free seats"
    names = ", ".join(plain(sku.name, 40) for sku in low[:3])
    more = f" and {len(low) - 3} more" if len(low) > 3 else ""
    return f"{'Used up' if len(out) == len(low) else 'Low'}: {names}{more}"


def _row(sku: Sku, warning: int) -> Element:
    mark = parts.icon("CheckmarkCircle", "✓", "Good")
    color = None
    if not is_usable(sku) or not sku.free:
        mark, color = parts.icon("DismissCircle", "✕", "Attention"), "Attention"
    elif is_low(sku, warning):
        mark, color = parts.icon("Warning", "!", "Warning"), "Warning"
    free = f"{_seats(sku.free)} free" if is_usable(sku) else plain(sku.capability_status, 20).lower()
    below = f"{sku.consumed} of {sku.enabled} in use · {plain(sku.part_number, 60)}"
    words: list[Element] = [parts.text(plain(sku.name, 80), weight="Bolder"), parts.small(below, spacing="None")]
    aside = parts.text(free, size="Small", color=color, horizontal_alignment="Right")
    return parts.row(mark, words, aside, spacing="Small")


def _more(count: int) -> list[Element]:
    return [parts.small(f"And {count} more.")] if count > 0 else []


def _chart(skus: Sequence[Sku]) -> list[Element]:
    series = [
        Series("in use", tuple(sku.consumed for sku in skus), "categoricalBlue"),
        Series("free", tuple(sku.free for sku in skus), "neutral"),
    ]
    chart = bars("Seats", [plain(sku.name, 60) for sku in skus], series)
    chart.spacing = "Medium"
    return [chart]


def _waiting(waiting: Sequence[CaseLine], now: datetime) -> list[Element]:
    """People whose case stopped or stands still for want of a seat; a click shows the case with its buttons."""
    if not waiting:
        return []
    title = "1 person waits for a license" if len(waiting) == 1 else f"{len(waiting)} people wait for a license"
    rows = [_waiter(line, now) for line in waiting[:MOST_WAITING]]
    return [
        parts.text(title, weight="Bolder", separator=True, spacing="Medium"),
        *rows,
        *_more(len(waiting) - MOST_WAITING),
    ]


def _waiter(line: CaseLine, now: datetime) -> Element:
    who = plain(line.name or line.upn, 80)
    below = f"{plain(line.license_name, 60) or 'A license'} · for {duration(now - line.created_at)}"
    return parts.row(
        parts.icon("Person", "●", "Warning"),
        [parts.text(who), parts.small(below, spacing="None")],
        parts.text("Show ›", size="Small", color="Accent", horizontal_alignment="Right"),
        select_action=parts.button(f"Show {who}", "status", {"case": line.id}),
        spacing="Small",
    )


def _others(skus: Sequence[Sku]) -> list[Element]:
    others = [sku for sku in skus if not sku.mailbox_plans]
    if not others:
        return []
    rows = [(plain(sku.name, 60), f"{sku.free} of {sku.enabled} free") for sku in others[:20]]
    return parts.evidence("Licenses without a mailbox", [parts.facts(rows)], "others")


def _seats(count: int) -> str:
    return "1 seat" if count == 1 else f"{count or 'no'} seats"
