"""The one card of a bulk: a bar, how many stand how, and the ones that need somebody, with their buttons."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cards import parts, steps
from cards.elements import Action, Container, Element
from cards.language import counted, marked, number, say, told
from cards.parts import Card, plain
from cards.people import asked_for_by
from cards.texts import duration
from provisioning.bulk import BulkKind, BulkState, BulkSummary, CauseCount, Fate, Outcome

# In the order of the card; the word for an order, and for a repair.
_ROWS: tuple[tuple[str, str, str], ...] = (
    ("ready", marked("Ready"), ""),
    ("cured", "", marked("Solved")),
    ("waiting", marked("Being prepared"), ""),
    ("running", marked("At work"), marked("At work")),
    ("awaiting", "", marked("Waiting for approval")),
    (Fate.TO_DO, marked("To do"), marked("To do")),
    ("failed", marked("Failed"), marked("Stopped")),
    ("given_up", marked("No mailbox in time"), ""),
    ("not_cured", "", marked("Not solved yet")),
    ("declined", "", marked("Declined")),
    ("expired", "", marked("Not approved in time")),
    ("unreached", "", marked("Nobody could be asked")),
    ("withdrawn", "", marked("Withdrawn")),
    ("cancelled", marked("Cancelled"), ""),
    (Fate.STOPPED, marked("Stopped before they began"), ""),
    (Fate.ELSEWHERE, marked("Already ordered by somebody else"), marked("Another fix was at work")),
    (Fate.REFUSED, marked("Not startable"), ""),
)
_MARKS: Mapping[bool, tuple[str, str, str]] = {
    True: ("DismissCircle", "✕", "Attention"),
    False: ("Warning", "▲", "Warning"),
}


def bulk_card(summary: BulkSummary, now: datetime, *, refresh_for: Sequence[str] = ()) -> Card:
    """`refresh_for` are the Teams ids of those whose clients ask for news by themselves."""
    title = title_of(summary)
    is_open = summary.bulk.state is BulkState.RUNNING
    style, color = _look(summary)
    body: list[Element] = [
        parts.header(title, plain(told(summary.bulk.title), 120), style),
        steps.bar(summary.share, color),
        parts.facts(_counts(summary), spacing="Medium"),
        *_failing(summary),
        *_causes(summary),
        *_buttons(summary),
        parts.small(_footer(summary, now), spacing="Medium"),
    ]
    refresh = steps.refresh("bulk-refresh", {"bulk": summary.id}, refresh_for if is_open else ())
    return parts.card(body, title, refresh=refresh, wide=True)


def ended_card(summary: BulkSummary) -> Card:
    """The message at the end, which notifies."""
    title = title_of(summary)
    style, _ = _look(summary)
    show = parts.button(say("Show the list"), "bulk-show", {"bulk": summary.id})
    body = [
        parts.header(title, plain(told(summary.bulk.title), 120), style),
        parts.facts(_counts(summary)),
        parts.buttons([show, *_results(summary)]),
    ]
    return parts.card(body, title)


def stop_card(summary: BulkSummary) -> Card:
    """“Really stop?”"""
    left = summary.counts.get(Fate.TO_DO, 0)
    question = counted("Stop 1 person that have not begun?", "Stop {n} people that have not begun?", left)
    body = [
        parts.header(question, plain(told(summary.bulk.title), 120), "warning"),
        parts.text(say("Those that have begun go on. To stop one of them, type cancel and the sign-in name.")),
        parts.buttons(
            [
                parts.button(say("Stop"), "bulk-stop-confirmed", {"bulk": summary.id}, style="destructive"),
                parts.button(say("Back"), "bulk-refresh", {"bulk": summary.id}),
            ]
        ),
    ]
    return parts.card(body, question)


def bulk_row(summary: BulkSummary) -> Element:
    """One line among the open cases."""
    return parts.row(
        parts.icon("ArrowSyncCircle", "●", "Accent"),
        [
            parts.text(title_of(summary)),
            parts.small(
                f"{plain(told(summary.bulk.title), 80)} · {plain(summary.bulk.requester.name, 60)}", spacing="None"
            ),
        ],
        parts.text(say("Show ›"), size="Small", color="Accent", horizontal_alignment="Right"),
        select_action=parts.button(say("Show the list"), "bulk-show", {"bulk": summary.id}),
    )


def title_of(summary: BulkSummary) -> str:
    done, size = summary.ready, summary.bulk.size
    is_repairs = summary.bulk.kind is BulkKind.REPAIRS
    people = counted("1 person", "{n} people", size)
    is_open = summary.bulk.state is BulkState.RUNNING
    if done == size and not is_open:
        every = say("all solved") if is_repairs else say("all ready")
        return f"{people} — {every}"
    words = [
        *([] if is_open else [say("ended")]),
        say("{count} solved", count=done) if is_repairs else say("{count} ready", count=done),
        *([say("{count} failed", count=summary.failed)] if summary.failed else []),
    ]
    return f"{people} — {', '.join(words)}"


def _look(summary: BulkSummary) -> tuple[str, str]:
    if summary.bulk.state is BulkState.RUNNING:
        return "emphasis", "Accent"
    if summary.failed:
        return "warning", "Warning"
    return ("good", "Good") if summary.ready == summary.bulk.size else ("emphasis", "Accent")


def _counts(summary: BulkSummary) -> list[tuple[str, str]]:
    is_repairs = summary.bulk.kind is BulkKind.REPAIRS
    found = [(repair if is_repairs else order, summary.counts.get(state, 0)) for state, order, repair in _ROWS]
    return [(told(word), number(count)) for word, count in found if word and count]


def _failing(summary: BulkSummary) -> list[Element]:
    if not summary.failing:
        return []
    lines: list[Element] = [parts.text(say("Need somebody"), weight="Bolder"), *map(_trouble, summary.failing)]
    return [Container(items=lines, separator=True, spacing="Medium")]


def _trouble(outcome: Outcome) -> Element:
    """The whole line is the button, so that ten of them stay short; it says so at its end."""
    icon, mark, color = _MARKS[not outcome.cause or outcome.state in ("failed", "given_up")]
    return parts.row(
        parts.icon(icon, mark, color),
        [
            parts.text(plain(outcome.upn, 120), weight="Bolder"),
            parts.small(plain(told(outcome.sentence), 160) or say("It stopped."), spacing="None"),
        ],
        parts.text(say("Diagnose ›"), size="Small", color="Accent", horizontal_alignment="Right"),
        select_action=parts.button(
            say("Diagnose {who}", who=plain(outcome.upn, 120)), "bulk-diagnose", {"user": outcome.upn}
        ),
        spacing="Small",
    )


def _causes(summary: BulkSummary) -> list[Element]:
    if not summary.causes:
        return []
    lines: list[Element] = [parts.text(say("What several have in common"), weight="Bolder")]
    for cause in summary.causes:
        such_as = plain(told(cause.sentence), 200)
        words = say("{count} people, such as: {sentence}", count=cause.count, sentence=such_as)
        lines.append(parts.text(words, spacing="Small"))
        lines.append(parts.buttons([fix_all_button(cause)]))
    return [Container(items=lines, separator=True, spacing="Medium")]


def fix_all_button(cause: CauseCount) -> Action:
    words = say("Fix all {count}", count=cause.count)
    if cause.count > len(cause.users):
        words = say("Fix the first {count}", count=len(cause.users))
    return parts.button(words, "fix-all", {"users": " ".join(cause.users), "cause": cause.cause}, style="positive")


def _buttons(summary: BulkSummary) -> list[Element]:
    bulk = {"bulk": summary.id}
    is_orders = summary.bulk.kind is BulkKind.ORDERS
    actions: list[Action] = []
    if summary.counts.get(Fate.TO_DO):
        actions.append(parts.button(say("Stop the rest"), "bulk-stop", bulk))
    if is_orders and summary.bulk.state is BulkState.ENDED:
        failed = summary.failed + summary.counts.get(Fate.STOPPED, 0) + summary.counts.get("cancelled", 0)
        if failed:
            again = {**bulk, "round": summary.bulk.round}
            actions.append(parts.button(say("Order {count} again", count=failed), "bulk-again", again))
    if is_orders and summary.ready:
        actions.append(parts.button(say("Sign-in details"), "bulk-sign-in", bulk))
    actions += _results(summary)
    return [parts.buttons(actions)]


def _results(summary: BulkSummary) -> list[Action]:
    return [parts.button(say("Results as CSV"), "bulk-results", {"bulk": summary.id})]


def _footer(summary: BulkSummary, now: datetime) -> str:
    bulk = summary.bulk
    words = [asked_for_by(bulk.requester, bulk.started_at or bulk.created_at, now)]
    if bulk.stopped_by:
        words.append(say("the rest stopped by {who}", who=plain(bulk.stopped_by, 60)))
    if bulk.ended_at and bulk.started_at:
        words.append(say("took {span}", span=duration(bulk.ended_at - bulk.started_at)))
    return " · ".join(words)
