"""What is wrong with a person's mailbox, how we know, and what can be done about it.

The likeliest cause in full, the others in a line each, what could not be read, and never more than six buttons in
sight. A card has a size limit, so what is least needed goes first, and the card says so.
"""

import json
from collections.abc import Sequence

from cards import offers, parts
from cards.elements import Action, Container, Element
from cards.offers import Offers
from cards.parts import Card, plain
from provisioning.diagnosis import Diagnosis, Unread
from provisioning.findings import Evidence, Finding

BYTES = 21_000  # for the body before the last buttons; a whole card has 25 KB
MOST_FURTHER = 6
MOST_EVIDENCE = 8
MOST_UNREAD = 6
SHORT_LIST = 5

_ALARM = ("DismissCircle", "✕", "Attention")
_MAYBE = ("QuestionCircle", "?", "Warning")
_FINE = ("CheckmarkCircle", "✓", "Good")
_NOTE = ("Info", "i", "Accent")


def diagnosis_card(diagnosis: Diagnosis, *, can_resync: bool = False, case_id: str = "") -> Card:
    """`can_resync`: the operator has set up a webhook for directory sync. `case_id`: of the case it belongs to."""
    title = f"{plain(diagnosis.user, 80)} — {_verdict(diagnosis)}"
    standing = _standing(diagnosis, case_id)
    problem = _problem(diagnosis)
    room = parts.BUTTON_LIMIT - len(standing)
    body = [parts.header(title, style=_style(diagnosis))]
    _add(body, _cause(problem, diagnosis, room, can_resync=can_resync) if problem else _no_cause(diagnosis))
    _add(body, [_unread(diagnosis.unread)] if diagnosis.unread else [])
    further = [finding for finding in diagnosis.findings if finding is not problem]
    _add(body, _further(further, diagnosis.user, can_resync=can_resync), limit=MOST_FURTHER + 1)
    if not diagnosis.is_healthy:
        _add(body, [_in_order(diagnosis.checked)] if diagnosis.checked else [])
    return parts.card([*body, parts.buttons(standing)], title, wide=True)


def _problem(diagnosis: Diagnosis) -> Finding | None:
    return next((finding for finding in diagnosis.findings if not finding.is_note), None)


def _verdict(diagnosis: Diagnosis) -> str:
    problems = [finding for finding in diagnosis.findings if not finding.is_note]
    certain = sum(not finding.is_likely for finding in problems)
    if diagnosis.is_healthy:
        return "nothing is wrong"
    if certain:
        return "cause found" if certain == 1 else f"{certain} causes found"
    if problems:
        return "likely cause found" if len(problems) == 1 else f"{len(problems)} likely causes"
    return "not everything could be read" if diagnosis.unread else "no cause found"


def _style(diagnosis: Diagnosis) -> str:
    problem = _problem(diagnosis)
    if diagnosis.is_healthy:
        return "good"
    return "attention" if problem and not problem.is_likely else "warning"


def _standing(diagnosis: Diagnosis, case_id: str) -> list[Action]:
    about = {"user": diagnosis.user, **({"case": case_id} if case_id else {})}
    again: list[Action] = [parts.button("Re-check", "diagnose", about)]
    support = parts.button("Contact Microsoft Support", "escalate", about)
    return [*again, support] if offers.offers_support(diagnosis.findings) else again


def _add(body: list[Element], groups: Sequence[Sequence[Element]], limit: int = 99) -> None:
    """As many groups as there is room for; a sentence stands for the others."""
    for index, group in enumerate(groups):
        if index >= limit or _size([*body, *group]) > BYTES:
            left_out = len(groups) - index
            body.append(parts.small(f"{left_out} more left out, to keep this card short.", spacing="Medium"))
            return
        body.extend(group)


def _size(elements: Sequence[Element]) -> int:
    rendered = [element.render() for element in elements]
    return len(json.dumps(rendered, ensure_ascii=False).encode("utf-8", "replace"))


def _cause(finding: Finding, diagnosis: Diagnosis, room: int, *, can_resync: bool) -> list[list[Element]]:
    """The likeliest one, in full."""
    some = offers.offers(finding, diagnosis.user, can_resync=can_resync)
    label = "Likely cause" if finding.is_likely else "Cause"
    icon = parts.icon(*(_MAYBE if finding.is_likely else _ALARM), weight="Bolder")
    words = [
        parts.text(label, weight="Bolder"),
        parts.text(plain(finding.sentence, 600), spacing="None"),
        *_proof(finding),
        *parts.evidence("How we know", _evidence(finding), "top-evidence"),
    ]
    return [[parts.row(icon, words, spacing="Medium")], *_ways(some, room)]


def _ways(some: Offers, room: int) -> list[list[Element]]:
    """Safe buttons, advice, commands, then what is risky; the commands lie open where they are the only way."""
    safe = some.safe[: max(0, room - min(len(some.risky), 2))]
    risky = some.risky[: room - len(safe)]
    rest = [*some.safe[len(safe) :], *some.risky[len(risky) :]]
    is_open = not some.safe and not some.risky and not some.advice
    ids = ["" if is_open and index == 0 else f"top-script-{index}" for index in range(len(some.scripts))]
    more = [element for fix in rest for element in offers.risky_button(some, fix)]
    return [
        offers.safe_buttons(some, safe, has_primary=True),
        *[offers.advice(fix) for fix in some.advice],
        *[offers.script(fix, toggle) for fix, toggle in zip(some.scripts, ids, strict=True)],
        *[offers.risky_button(some, fix) for fix in risky],
        *([parts.evidence("More fixes", more, "more-fixes")] if more else []),
    ]


def _proof(finding: Finding) -> list[Element]:
    if not finding.is_likely:
        return []
    sure = "Microsoft Graph cannot show it, so it is named by elimination."
    proof = f" What would prove it: {plain(finding.proof, 400)}" if finding.proof else ""
    return [parts.small(sure + proof, spacing="Small")]


def _evidence(finding: Finding) -> list[Element]:
    lines = [_shown(one) for one in finding.evidence[:MOST_EVIDENCE]]
    if len(finding.evidence) > MOST_EVIDENCE:
        lines.append(parts.small(f"And {len(finding.evidence) - MOST_EVIDENCE} more."))
    source = f"Source: {parts.link(finding.source.title, finding.source.url)}"
    known_as = f"Known as {plain(finding.cause, 20)}, {plain(finding.slug, 60)}"
    return [*lines, parts.small(f"{source} · {known_as}", spacing="Small")]


def _shown(one: Evidence) -> Element:
    return parts.text(
        f"{plain(one.property, 120)}: **{plain(one.value, 300) or 'none'}**", size="Small", spacing="Small"
    )


def _no_cause(diagnosis: Diagnosis) -> list[list[Element]]:
    look = _FINE if diagnosis.is_healthy else _MAYBE
    summary = parts.row(parts.icon(*look, weight="Bolder"), [parts.text(plain(diagnosis.summary, 600))])
    if not diagnosis.is_healthy:
        return [[summary]]
    advice = [offers.advice(fix) for fix in diagnosis.advice if fix.id != offers.RE_CHECK]
    return [[summary], _how_checked(diagnosis.checked), *advice]


def _how_checked(checked: Sequence[str]) -> list[Element]:
    """The first few in sight, all of them on a click."""
    if not checked:
        return []
    first = [parts.text("How that was checked", weight="Bolder", spacing="Medium"), *_ticks(checked[:SHORT_LIST])]
    rest = checked[SHORT_LIST:]
    return [*first, *(parts.evidence(f"{len(rest)} more checks", _ticks(rest), "all-checks") if rest else [])]


def _in_order(checked: Sequence[str]) -> list[Element]:
    label = f"What is in order ({len(checked)} checks)"
    return parts.evidence(label, _ticks(checked), "in-order")


def _ticks(checked: Sequence[str]) -> list[Element]:
    lines = (plain(words, 120) for words in checked)
    return [parts.small(f"✓ {line[:1].upper()}{line[1:]}", spacing="Small") for line in lines]


def _further(findings: Sequence[Finding], user: str, *, can_resync: bool) -> list[list[Element]]:
    if not findings:
        return []
    heading = parts.text("Also found", weight="Bolder", spacing="Large", separator=True)
    groups = [_compact(finding, index, user, can_resync=can_resync) for index, finding in enumerate(findings)]
    return [[heading, *groups[0]], *groups[1:]]


def _compact(finding: Finding, index: int, user: str, *, can_resync: bool) -> list[Element]:
    """A sentence; everything else on a click."""
    look, word = (
        (_NOTE, "Note") if finding.is_note else (_MAYBE, "Likely") if finding.is_likely else (_ALARM, "Certain")
    )
    some = offers.offers(finding, user, can_resync=can_resync)
    details: list[Element] = [
        *_proof(finding),
        *_evidence(finding),
        *offers.safe_buttons(some, some.safe, has_primary=False),
        *[element for fix in some.advice for element in offers.advice(fix)],
        *[element for fix in some.scripts for element in offers.script(fix, "")],
        *[element for fix in some.risky for element in offers.risky_button(some, fix)],
    ]
    words: list[Element] = [
        parts.text(plain(finding.sentence, 600)),
        *parts.evidence("Evidence and fixes", details, f"further-{index}"),
    ]
    aside = parts.small(word, horizontal_alignment="Right")
    return [parts.row(parts.icon(*look, weight="Bolder"), words, aside, spacing="Medium")]


def _unread(unread: Sequence[Unread]) -> list[Element]:
    lines = [parts.small(plain(one.sentence, 300), spacing="Small") for one in unread[:MOST_UNREAD]]
    if len(unread) > MOST_UNREAD:
        lines.append(parts.small(f"And {len(unread) - MOST_UNREAD} more parts.", spacing="Small"))
    said = [parts.small(_answer(one), spacing="Small") for one in unread[:MOST_UNREAD]]
    items: list[Element] = [
        parts.text("Could not be read", weight="Bolder"),
        *lines,
        *parts.evidence("What Microsoft 365 said", said, "unread-said"),
    ]
    return [Container(items=items, style="warning", spacing="Medium")]


def _answer(one: Unread) -> str:
    trace = one.trace
    words = [
        str(trace.status or "no answer"),
        plain(trace.code, 80),
        plain(trace.message, 200),
        plain(trace.request_id),
    ]
    return f"{plain(one.part, 40)}: " + " · ".join(word for word in words if word)
