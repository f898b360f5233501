"""`history`, and the refusals that it can show."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.desk import ADAM, HELGA, JANE, MONA, PERSONAL, Desk, words

from handlers import refusals
from handlers.registry import dispatch
from handlers.requests import Request
from provisioning.audit import AuditRecord, Kind
from provisioning.case import Person

ROLES = {"operators": (HELGA.id,), "admins": (ADAM.id,), "viewers": (MONA.id,)}


async def test_it_shows_who_did_what_newest_first():
    desk = Desk()
    change = {"before": {"usageLocation": None}, "after": {"usageLocation": "US"}}
    await desk.audit.record(AuditRecord(Kind.ORDER, HELGA, "Helga Desk ordered a mailbox.", JANE))
    await desk.audit.record(AuditRecord(Kind.CHANGE, MONA, "Changed the account.", JANE, "c", change, "req-7"))
    await desk.audit.record(AuditRecord(Kind.ORDER, HELGA, "Somebody else's.", "lee@contoso.com"))
    shown = words(await desk.say("history Jane@Contoso.com"))
    assert shown.index("Changed the account.") < shown.index("Helga Desk ordered a mailbox.")
    for part in ("2 entries", "usageLocation: nothing → US", "Mona Manager", "{{TIME(", "req-7"):
        assert part in shown
    assert "Somebody else's." not in shown


async def test_at_most_twenty_and_where_the_rest_is():
    desk = Desk()
    for number in range(33):
        await desk.audit.record(AuditRecord(Kind.ORDER, HELGA, f"Order {number:02}.", JANE))
    shown = words(await desk.say(f"history {JANE}"))
    assert ("Order 32." in shown, "Order 13." in shown, "Order 12." in shown) == (True, True, False)
    assert "And 13 more: python -m bot.audit export" in shown


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"history {JANE}", f"Nothing is written down about {JANE}."),
        ("history", "For whom?"),
        ("history jane", "is not an address"),
        (f"history {JANE} limit=5", "There is no option"),
    ],
)
async def test_what_it_says_when_there_is_nothing(text, says):
    assert says in words(await Desk().say(text))


async def test_it_is_for_operators():
    desk = Desk(settings=ROLES)
    assert "You need to be an operator" in words(await desk.say(f"history {JANE}", MONA))
    assert "Nothing is written down" not in words(await desk.say(f"history {JANE}", HELGA))


async def test_a_refusal_is_written_down_with_who_what_and_on_whom():
    desk = Desk(settings=ROLES)
    await desk.say(f"provision {JANE}", MONA)
    [entry] = desk.audit.entries
    assert (entry.kind, entry.actor_id, entry.subject) == ("refusal", MONA.id, JANE)
    assert entry.sentence.startswith("Mona Manager was refused “provision”: You need to be an operator to do this.")
    assert entry.details == {"command": "provision", "conversation": PERSONAL.id}


@pytest.mark.parametrize(
    ("verb", "data", "subject", "what"),
    [
        ("cancel", {"case": "case-1"}, JANE, "cancel"),
        ("fix", {"user": "Lee@Contoso.com"}, "lee@contoso.com", "fix"),
        ("order", {"upn": JANE}, JANE, "order"),
        ("run", {"text": f"provision {JANE}"}, JANE, "provision"),
        ("cancel", {"case": "no-such-case"}, "", "cancel"),
        ("fix", {"user": ["no text"]}, "", "fix"),
        ("fix", {"user": "x" * 999}, "", "fix"),
    ],
)
async def test_a_refused_click_names_whom_it_was_about(verb, data, subject, what):
    desk = Desk(settings=ROLES)
    desk.open_case()
    stranger = replace(MONA, id="6f0e1d2c-0000-4000-8000-0000000000b1")
    reply = await desk.click(verb, stranger, **data)
    assert "You need to be" in words(reply)
    [entry] = desk.audit.entries
    assert (entry.subject, f"“{what}”" in entry.sentence, entry.details["button"]) == (subject, True, what)


async def test_a_flood_of_clicks_is_one_entry_a_minute():
    desk = Desk(settings=ROLES)
    desk.open_case()
    for _ in range(50):
        await desk.click("cancel", MONA, case="case-1")
    assert len(desk.audit.entries) == 1
    await desk.click("cancel", replace(MONA, id=ADAM.id.replace("a7", "b7")), case="case-1")
    desk.clock.moment += timedelta(seconds=61)
    await desk.click("cancel", MONA, case="case-1")
    assert len(desk.audit.entries) == 3


async def test_memory_of_refusals_is_bounded(monkeypatch):
    monkeypatch.setattr(refusals, "MOST_REMEMBERED", 5)
    desk = Desk(settings=ROLES)
    for number in range(20):
        await desk.say("cancel", replace(MONA, id=f"6f0e1d2c-0000-4000-8000-0000000001{number:02}"))
    assert len(desk.services.refusals) <= 5
    assert len(desk.audit.entries) == 20


async def test_a_trail_that_cannot_be_written_does_not_hide_the_refusal(caplog):
    desk = Desk(settings=ROLES)
    desk.audit.failure = RuntimeError("disk full")
    assert "You need to be an operator" in words(await desk.say(f"cancel {JANE}", MONA))
    assert "could not be written to the audit trail" in caplog.text


async def test_what_a_client_asks_by_itself_is_not_written_down():
    desk = Desk(settings=ROLES)
    desk.open_case()
    assert await desk.refresh(replace(MONA, id="6f0e1d2c-0000-4000-8000-0000000000b1"), case="case-1") is None
    assert desk.audit.entries == []


async def test_somebody_whom_teams_does_not_name():
    desk = Desk()
    await dispatch(Request(Person("", ""), PERSONAL, f"status {JANE}"), desk.services)
    assert desk.audit.sentences()[0].startswith("Somebody whom Teams did not name was refused “status”: Teams does not")
