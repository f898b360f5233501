"""The chain: whatever is done to a log, the check finds it; a whole log passes, also as JSON Lines."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.audit import (
    GENESIS,
    Anchor,
    AuditEntry,
    AuditRecord,
    Kind,
    NotAnEntry,
    check,
    cut_of,
    digest,
    entry_in,
    entry_of,
    line_of,
)
from provisioning.case import Person
from provisioning.keeping import trail_cut

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TEXTS = ("at", "kind", "actor_id", "actor_name", "sentence", "subject", "case", "request_id", "previous", "hash")

text = st.text(st.characters(), max_size=20)  # half surrogate pairs and NUL too: Teams' JSON can hold them
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
records = st.builds(
    AuditRecord,
    kind=st.sampled_from(Kind),
    actor=st.builds(Person, text, text),
    sentence=text,
    subject=text,
    case=text,
    details=st.dictionaries(text, values, max_size=3),
    request_id=text,
)


def chain(wanted: list[AuditRecord]) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for number, record in enumerate(wanted, start=1):
        previous = entries[-1].hash if entries else GENESIS
        entries.append(entry_of(record, number, AT + timedelta(seconds=number), previous))
    return entries


def head_of(entries: list[AuditEntry]) -> Anchor:
    return Anchor(entries[-1].seq, entries[-1].hash)


logs = st.lists(records, min_size=1, max_size=6).map(chain)


@given(logs)
def test_a_whole_log_passes_as_it_is_and_as_lines(entries):
    again = [entry_in(line_of(entry).encode("utf-8").decode()) for entry in entries]
    assert again == entries
    verdict = check(again, [head_of(entries)])
    assert (verdict.fault, verdict.count, verdict.newest) == ("", len(entries), entries[-1].hash)


@given(logs, st.data())
def test_any_edit_is_found(entries, data):
    at = data.draw(st.integers(0, len(entries) - 1))
    name = data.draw(st.sampled_from((*TEXTS, "seq", "details")))
    drawn = {"seq": st.integers(), "details": st.dictionaries(text, values, max_size=2)}.get(name, text)
    edited = replace(entries[at], **{name: data.draw(drawn)})
    if digest(edited) == digest(entries[at]) and edited.hash == entries[at].hash:
        return  # the very same words
    entries_now = [*entries[:at], edited, *entries[at + 1 :]]
    assert check(entries_now, [head_of(entries)]).fault
    resealed = replace(edited, hash=digest(edited))  # by somebody who knows how
    if resealed != entries[at]:
        assert check([*entries[:at], resealed, *entries[at + 1 :]], [head_of(entries)]).fault


@given(logs, st.data())
def test_any_removal_is_found(entries, data):
    start = data.draw(st.integers(0, len(entries) - 1))
    end = data.draw(st.integers(start + 1, len(entries)))
    assert check([*entries[:start], *entries[end:]], [head_of(entries)]).fault


@given(st.lists(records, min_size=2, max_size=6).map(chain), st.data())
def test_any_swap_is_found(entries, data):
    first, second = data.draw(st.lists(st.integers(0, len(entries) - 1), min_size=2, max_size=2, unique=True))
    swapped = list(entries)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    assert check(swapped, [head_of(entries)]).fault


@given(logs, records, st.data())
def test_any_insertion_is_found(entries, record, data):
    at = data.draw(st.integers(0, len(entries)))
    previous = entries[at - 1].hash if at else GENESIS
    forged = entry_of(record, at + 1, AT, previous)
    if at < len(entries):
        assert check([*entries[:at], forged, *entries[at:]], [head_of(entries)]).fault
    rewritten = [*entries[:at], forged]  # and everything after it anew
    for number, entry in enumerate(entries[at:], start=at + 2):
        rewritten.append(
            replace(unsealed := replace(entry, seq=number, previous=rewritten[-1].hash), hash=digest(unsealed))
        )
    verdict = check(rewritten, [head_of(entries)])
    assert verdict.fault or rewritten[: len(entries)] == entries  # an honest log that goes on
    assert check(rewritten).fault == ""  # without an anchor nobody can know


def test_what_is_wrong_is_said_with_the_number():
    entries = chain([AuditRecord(Kind.ORDER, Person("h", "Helga"), f"Order {number}.") for number in range(4)])
    head = head_of(entries)
    assert check([*entries[:1], *entries[2:]]).fault == "entry 2 is missing: 3 stands in its place"
    edited = replace(entries[2], sentence="Nothing happened.")
    assert check([*entries[:2], edited, entries[3]]).fault == "entry 3 was changed after it was written"
    resealed = replace(edited, hash=digest(edited))
    assert check([*entries[:2], resealed, entries[3]]).fault == "entry 4 does not follow the one before it"
    assert check([*entries[:2], resealed], [Anchor(3, entries[2].hash)]).fault == (
        "entry 3 is not the one that its anchor speaks of"
    )
    cut = check(entries[:2], [head])
    assert cut.fault == "entry 3 is missing: the log is cut, there were at least 4 entries"
    assert (cut.count, cut.newest) == (2, entries[1].hash)
    assert check([]).fault == check([], [Anchor(0, GENESIS)]).fault == ""


def test_the_same_moment_is_the_same_entry_in_any_zone():
    record = AuditRecord(Kind.ORDER, Person("h", "Helga"), "Order.", "Jane@Contoso.com")
    there = AT.astimezone(timezone(timedelta(hours=5)))
    assert entry_of(record, 1, AT, GENESIS) == entry_of(record, 1, there, GENESIS)
    assert entry_of(record, 1, AT, GENESIS).at == "2026-11-23T09:00:00.000+00:00"
    assert entry_of(record, 1, AT, GENESIS).subject == "jane@contoso.com"


def good_line(**changes: object) -> str:
    [entry] = chain([AuditRecord(Kind.ORDER, Person("h", "Helga"), "Order.")])
    return json.dumps({**json.loads(line_of(entry)), **changes})


@pytest.mark.parametrize(
    "line",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        "1",
        "[" * 100_000,
        good_line(more=1),
        good_line(seq="1"),
        good_line(seq=True),
        good_line(seq=1.0),
        good_line(sentence=None),
        good_line(details=[]),
        good_line().replace('{"seq": 1', '{"sentence": "Nothing.", "seq": 1'),  # a name that stands twice
        good_line()[:-5],
    ],
)
def test_a_line_that_is_no_entry_is_told(line):
    with pytest.raises(NotAnEntry):
        entry_in(line)


def test_a_broken_line_ends_the_check_with_its_reason():
    def lines():
        yield from chain([AuditRecord(Kind.ORDER, Person("h", "Helga"), "Order.")])
        raise NotAnEntry("line 2 is no entry")

    verdict = check(lines())
    assert (verdict.count, verdict.fault) == (1, "line 2 is no entry")


@given(st.lists(records, min_size=2, max_size=6).map(chain), st.data())
def test_a_log_may_begin_later_only_where_it_says_so_itself(entries, data):
    at = data.draw(st.integers(1, len(entries) - 1))
    newest = Anchor(at, entries[at - 1].hash)
    said = entry_of(trail_cut(newest, AT), len(entries) + 1, AT, entries[-1].hash)
    cuts = [cut_of(said)]
    assert cuts == [newest]
    left = [*entries[at:], said]
    verdict = check(left, [head_of(left)], cuts)
    assert (verdict.fault, verdict.removed, verdict.count) == ("", at, len(entries) + 1)
    assert check(left, [head_of(left)]).fault.startswith("entry 1 is missing")  # nobody says so
    assert check(left[1:], [], cuts).fault.startswith("entry 1 is missing")  # more is missing than was cut
    assert check([*entries, said], [head_of(left)], cuts).removed == 0  # not deleted yet
    assert "does not follow" in check(left, [], [Anchor(at, "0" * 64)]).fault


def test_only_an_entry_of_retention_that_names_an_earlier_one_is_a_cut():
    def entry(kind: Kind, details: dict) -> AuditEntry:
        return entry_of(AuditRecord(kind, Person("h", "Helga"), "x", details=details), 5, AT, GENESIS)

    good = {"cut": {"seq": 4, "hash": "0" * 64}}
    assert cut_of(entry(Kind.RETENTION, good)) == Anchor(4, "0" * 64)
    assert cut_of(entry(Kind.ORDER, good)) is None
    for bad in ({}, {"cut": 4}, {"cut": {"seq": True, "hash": ""}}, {"cut": {"seq": 5, "hash": ""}}):
        assert cut_of(entry(Kind.RETENTION, bad)) is None
