"""What is wrong with a person's mailbox, how we know, and what can be done about it.

The likeliest cause in full, the others in a line each, what could not be read, and never more than six buttons in
sight. A card has a size limit, so what is least needed goes first, and the card says so.
"""

from collections.abc import Sequence

from cards import offers, parts
from cards.elements import Action, Container, Element
from cards.language import counted, say, told
from cards.offers import Offers
from cards.parts import Card, plain
from provisioning.diagnosis import Diagnosis, Unread
from provisioning.findings import Evidence, Finding, Fix

BYTES = 21_000  # for the body before the last buttons; a whole card has 25 KB
MOST_FURTHER = 6
MOST_EVIDENCE = 8
MOST_UNREAD = 6

# Of what was checked, what a person asks about first; the words are those of the checks, in English as they are stored.
TELLING = (
    "a license is assigned",
    "the Exchange plan is switched on",
    "the usage location is set",
    "directory sync left no errors",
    "Exchange reports no error for the account",
    "Microsoft reports no incident in provisioning",
)

Group = tuple[list[Element], ...]
"""The same thing to show, in forms that take less and less room."""

_ALARM = ("DismissCircle", "✕", "Attention")
_MAYBE = ("QuestionCircle", "?", "Warning")
_FINE = ("CheckmarkCircle", "✓", "Good")
_WAIT = ("Clock", "◷", "Accent")
_NOTE = ("Info", "i", "Accent")


def diagnosis_card(diagnosis: Diagnosis, *, can_resync: bool = False, case_id: str = "") -> Card:
    """`can_resync`: the operator has set up a webhook for directory sync. `case_id`: of the case it belongs to."""
    title = f"{plain(diagnosis.user, 80)} — {_verdict(diagnosis)}"
    standing = _standing(diagnosis, case_id)
    problem = _problem(diagnosis)
    room = parts.BUTTON_LIMIT - len(standing)
    further = [finding for finding in diagnosis.findings if finding is not problem]
    groups = [
        *(_cause(problem, diagnosis, room, can_resync=can_resync) if problem else _no_cause(diagnosis)),
        (_unread(diagnosis.unread),),
        *_further(further[:MOST_FURTHER], diagnosis.user, problem.fixes if problem else (), can_resync=can_resync),
        (_in_order(diagnosis.checked) if not diagnosis.is_healthy else [], []),
    ]
    body = _fitting([parts.header(title, style=_style(diagnosis))], groups, len(further[MOST_FURTHER:]))
    return parts.card([*body, parts.buttons(standing)], title, wide=True)


def _problem(diagnosis: Diagnosis) -> Finding | None:
    return next((finding for finding in diagnosis.findings if not finding.is_note), None)


def _verdict(diagnosis: Diagnosis) -> str:
    problems = [finding for finding in diagnosis.findings if not finding.is_note]
    certain = sum(not finding.is_likely for finding in problems)
    if diagnosis.is_healthy:
        return say("nothing is wrong")
    if problems and all(_takes_time(finding) for finding in problems):
        return say("nothing to repair yet")
    if certain:
        return counted("cause found", "{n} causes found", certain)
    if problems:
        return counted("likely cause found", "{n} likely causes", len(problems))
    return say("not everything could be read") if diagnosis.unread else say("no cause found")


def _takes_time(finding: Finding) -> bool:
    """It says what is going on; the way out is to wait."""
    return bool(finding.fixes) and finding.fixes[0].id in (offers.WAIT, offers.RE_CHECK)


def _style(diagnosis: Diagnosis) -> str:
    problem = _problem(diagnosis)
    if diagnosis.is_healthy:
        return "good"
    if problem and _takes_time(problem):
        return "emphasis"
    return "attention" if problem and not problem.is_likely else "warning"


def _standing(diagnosis: Diagnosis, case_id: str) -> list[Action]:
    about = {"user": diagnosis.user, **({"case": case_id} if case_id else {})}
    again: list[Action] = [parts.button(say("Re-check"), "diagnose", about)]
    if diagnosis.is_missing and "@" in diagnosis.user and not offers.offers_restore(diagnosis.findings):
        style = "default" if diagnosis.findings else "positive"
        return [parts.button(say("Provision"), "run", {"text": f"provision {diagnosis.user}"}, style=style), *again]
    support = parts.button(say("Contact Microsoft Support"), "escalate", about)
    return [*again, support] if offers.offers_support(diagnosis.findings) else again


def _fitting(body: list[Element], groups: Sequence[Group], left_out: int) -> list[Element]:
    """Of each group the first form for which there is room; a sentence stands for what has none."""
    used = parts.size(body)
    for group in groups:
        fitting = next((form for form in group if used + parts.size(form) <= BYTES), None)
        if fitting is None:
            left_out += 1
            continue
        body.extend(fitting)
        used += parts.size(fitting)
    if left_out:
        words = say("{count} more left out, to keep this card short.", count=left_out)
        body.append(parts.small(words, spacing="Medium"))
    return body


def _cause(finding: Finding, diagnosis: Diagnosis, room: int, *, can_resync: bool) -> list[Group]:
    """The likeliest one, in full."""
    some = offers.offers(finding, diagnosis.user, can_resync=can_resync)
    label = say("Likely cause") if finding.is_likely else say("Cause")
    icon = parts.icon(*_look(finding), weight="Bolder")
    words = [
        parts.text(label, weight="Bolder"),
        parts.text(plain(told(finding.sentence), 600), spacing="None"),
        *_proof(finding),
        *parts.evidence(say("How we know"), _evidence(finding), "top-evidence"),
    ]
    return [([parts.row(icon, words, spacing="Medium")],), *((way,) for way in _ways(some, room))]


def _look(finding: Finding) -> tuple[str, str, str]:
    if finding.is_note:
        return _NOTE
    if finding.is_likely:
        return _MAYBE
    return _WAIT if _takes_time(finding) else _ALARM


def _ways(some: Offers, room: int) -> list[list[Element]]:
    """What has to be done by hand first, safe buttons, what else can be done by hand, then what is risky."""
    safe = some.safe[: max(0, room - min(len(some.risky), 2))]
    risky = some.risky[: room - len(safe)]
    rest = [*some.safe[len(safe) :], *some.risky[len(risky) :]]
    more = [element for fix in rest for element in offers.risky_button(some, fix)]
    return [
        *_by_hand(some.first, "first", is_open=True),
        offers.safe_buttons(some, safe, has_primary=not some.first),
        *_by_hand(some.by_hand, "then", is_open=False),
        *[offers.risky_button(some, fix) for fix in risky],
        *([parts.evidence(say("More fixes"), more, "more-fixes")] if more else []),
    ]


def _by_hand(fixes: Sequence[Fix], name: str, *, is_open: bool) -> list[list[Element]]:
    """The first of them may lie open; the others open on a click."""
    ids = ["" if is_open and index == 0 else f"{name}-{index}" for index in range(len(fixes))]
    return [offers.by_hand(fix, toggle) for fix, toggle in zip(fixes, ids, strict=True)]


def _proof(finding: Finding) -> list[Element]:
    if not finding.is_likely:
        return []
    words = [say("Microsoft Graph cannot show it, so it is named by elimination.")]
    if finding.proof:
        words.append(say("What would prove it: {proof}", proof=plain(told(finding.proof), 400)))
    return [parts.small(" ".join(words), spacing="Small")]


def _evidence(finding: Finding) -> list[Element]:
    lines = [_shown(one) for one in finding.evidence[:MOST_EVIDENCE]]
    if len(finding.evidence) > MOST_EVIDENCE:
        lines.append(parts.small(say("And {count} more.", count=len(finding.evidence) - MOST_EVIDENCE)))
    source = say("Source: {link}", link=parts.link(finding.source.title, finding.source.url))
    known_as = say("Known as {cause}, {slug}", cause=plain(finding.cause, 20), slug=plain(finding.slug, 60))
    return [*lines, parts.small(f"{source} · {known_as}", spacing="Small")]


def _shown(one: Evidence) -> Element:
    name, value = plain(told(one.property), 120), plain(told(one.value), 300) or say("none")
    return parts.text(f"{name}: **{value}**", size="Small", spacing="Small")


def _no_cause(diagnosis: Diagnosis) -> list[Group]:
    look = _FINE if diagnosis.is_healthy else _MAYBE
    words = [parts.text(plain(told(diagnosis.summary), 600))]
    summary: list[Element] = [parts.row(parts.icon(*look, weight="Bolder"), words, spacing="Medium")]
    if not diagnosis.is_healthy:
        return [(summary,)]
    advice = [offers.by_hand(fix) for fix in diagnosis.advice if fix.id != offers.RE_CHECK]
    return [(summary,), (_how_checked(diagnosis.checked),), *((one,) for one in advice)]


def _how_checked(checked: Sequence[str]) -> list[Element]:
    """The most telling in sight, all the others on a click."""
    if not checked:
        return []
    telling = [words for words in TELLING if words in checked]
    rest = [words for words in checked if words not in telling]
    first = [parts.text(say("How that was checked"), weight="Bolder", spacing="Medium"), *_ticks(telling)]
    if not rest:
        return first
    return [*first, *parts.evidence(say("{count} more checks", count=len(rest)), [_together(rest)], "all-checks")]


def _in_order(checked: Sequence[str]) -> list[Element]:
    if not checked:
        return []
    label = say("What is in order ({count} checks)", count=len(checked))
    return [Container(items=parts.evidence(label, [_together(checked)], "in-order"), spacing="Medium")]


def _ticks(checked: Sequence[str]) -> list[Element]:
    shown = map(told, checked)
    return [parts.small(f"✓ {words[:1].upper()}{words[1:]}", spacing="Small") for words in shown]


def _together(checked: Sequence[str]) -> Element:
    return parts.small(" · ".join(f"✓ {plain(told(words), 120)}" for words in checked), spacing="Small")


def _further(findings: Sequence[Finding], user: str, shown: Sequence[Fix], *, can_resync: bool) -> list[Group]:
    """`shown`: the fixes that stand above them already."""
    if not findings:
        return []
    heading: list[Element] = [parts.text(say("Also found"), weight="Bolder", spacing="Large", separator=True)]
    offered = [offers.offers(finding, user, can_resync=can_resync) for finding in findings]
    pairs = enumerate(zip(findings, offered, strict=True))
    return [(heading,), *(_compact(finding, some, index, shown) for index, (finding, some) in pairs)]


def _compact(finding: Finding, some: Offers, index: int, shown: Sequence[Fix]) -> Group:
    """A sentence; everything else on a click."""

    def by_hand(fixes: Sequence[Fix]) -> list[Element]:
        ways = (offers.see_above(fix) if fix in shown else offers.by_hand(fix) for fix in fixes)
        return [element for way in ways for element in way]

    details: list[Element] = [
        *_proof(finding),
        *_evidence(finding),
        *by_hand(some.first),
        *offers.safe_buttons(some, some.safe, has_primary=False),
        *by_hand(some.by_hand),
        *[element for fix in some.risky for element in offers.risky_button(some, fix)],
    ]
    word = say("Note") if finding.is_note else say("Likely") if finding.is_likely else say("Certain")
    says = parts.text(plain(told(finding.sentence), 600))
    aside = parts.small(word, horizontal_alignment="Right")

    row: Element = parts.row(parts.icon(*_look(finding), weight="Bolder"), [says], aside, spacing="Medium")
    return [row, *parts.evidence(say("Evidence and fixes"), details, f"further-{index}")], [row]


def _unread(unread: Sequence[Unread]) -> list[Element]:
    if not unread:
        return []
    lines = [parts.small(plain(told(one.sentence), 300), spacing="Small") for one in unread[:MOST_UNREAD]]
    if len(unread) > MOST_UNREAD:
        lines.append(parts.small(say("And {count} more parts.", count=len(unread) - MOST_UNREAD), spacing="Small"))
    said = [parts.small(_answer(one), spacing="Small") for one in unread[:MOST_UNREAD]]
    items: list[Element] = [
        parts.text(say("Could not be read"), weight="Bolder"),
        *lines,
        *parts.evidence(say("What Microsoft 365 said"), said, "unread-said"),
    ]
    return [Container(items=items, style="warning", spacing="Medium")]


def _answer(one: Unread) -> str:
    trace = one.trace
    words = [
        str(trace.status or say("no answer")),
        plain(trace.code, 80),
        plain(trace.message, 200),
        plain(trace.request_id),
    ]
    return f"{plain(one.part, 40)}: " + " · ".join(word for word in words if word)
