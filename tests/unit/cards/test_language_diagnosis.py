"""A diagnosis in German: whatever it says of a person, no English words are left in it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.causes import CAUSES
from support.snapshots import E3, healthy, missing, stuck, synced

from cards.language import speaking, told
from provisioning import fixes
from provisioning.diagnosis import PARTS, diagnose
from provisioning.directory import Snapshot
from provisioning.errors import BadOrder, GraphTrace
from provisioning.fixes import FIXES
from provisioning.order_words import all_in_use, in_use, listed
from provisioning.scheduled import moment_in, said

ENGLISH = re.compile(r"\b(the|of|is|are|and|with|for|has|not|to|no|free|in use)\b")


def sentences(snapshot: Snapshot) -> Iterator[str]:
    diagnosis = diagnose(snapshot)
    yield diagnosis.summary
    yield from diagnosis.checked
    yield from (one.sentence for one in diagnosis.unread)
    for finding in diagnosis.findings:
        yield finding.sentence
        if finding.proof:
            yield finding.proof
    yield from what_fixes_say(snapshot)


def what_fixes_say(snapshot: Snapshot) -> Iterator[str]:
    for fix_id, builder in FIXES.items():
        try:
            fix = builder(snapshot)
            yield from (fix.title, fix.changes)
            plan = fixes.plan(fix_id, snapshot, {"usage_location": "DE"})
        except BadOrder as error:
            yield error.sentence
            continue
        yield from (step.says for step in plan.steps)
        for ask in plan.asks:
            yield ask.label
            if ask.name != "keep":  # whose options are the licenses' own names
                yield from (label for _, label in ask.options)


def leaves_no_english(english: str) -> None:
    with speaking("de-DE"):
        german = told(english)
    assert german != english
    assert not ENGLISH.search(german), german


@pytest.mark.parametrize("cause", sorted(CAUSES))
def test_whatever_is_found_and_offered(cause: str) -> None:
    for english in sentences(CAUSES[cause](stuck(timedelta(minutes=70)))):
        leaves_no_english(english)


@pytest.mark.parametrize("snapshot", [healthy(), missing(), missing(""), synced(stuck(timedelta(days=3)))])
def test_whatever_is_said_without_a_certain_cause(snapshot: Snapshot) -> None:
    for english in sentences(snapshot):
        leaves_no_english(english)


@pytest.mark.parametrize("status", [0, 403, 429, 503])
def test_what_could_not_be_read(status: int) -> None:
    unread = tuple((part, GraphTrace(status, "UnknownError")) for part in PARTS)
    for one in diagnose(replace(stuck(), unread=unread)).unread:
        leaves_no_english(one.sentence)


def test_every_license_of_a_list() -> None:
    full = [replace(E3, name=f"License {n} (no Teams)", consumed=E3.enabled) for n in range(10)]
    english = [in_use(full[:3]), all_in_use(full[0], full[1:3]), listed(full), listed([])]
    with speaking("de"):
        german = [told(one) for one in english]
    assert german[0].count(f"({E3.enabled} von {E3.enabled} belegt)") == 3
    assert german[1].startswith("Keine Lizenz frei: Bei License 0 (no Teams) sind ")
    assert german[2].endswith(" und weitere")
    assert german[3] == "keine"


def test_when_an_order_begins_and_large_numbers() -> None:
    when = said(datetime(2026, 12, 1, 7, tzinfo=UTC), "Europe/Berlin")
    with speaking("de"):
        assert told(when) == "Dienstag, 1. Dezember 2026, 08:00 (Europe/Berlin)"
        assert told("The list has 12,000 people; I take up to 5,000. Split it.").startswith("Die Liste hat 12.000 P")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "America/Port-au-Prince", "Etc/GMT+5"])
def test_what_is_said_of_a_moment_can_be_read_again(zone: str) -> None:
    moment = datetime(2026, 11, 5, 23, 59, tzinfo=UTC)
    assert moment_in(said(moment, zone)) == moment


@pytest.mark.parametrize(
    "text", ["", "Tuesday", "Someday, 1 December 2026, 08:00 (UTC)", "Monday, 40 May 2026, 08:00 (UTC)"]
)
def test_no_other_text_is_a_moment(text: str) -> None:
    assert moment_in(text) is None
