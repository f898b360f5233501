"""`licenses`, `health`, `cases`, `report`, `watch` and `settings`: what they show, to whom, and what they refuse."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.desk import ADAM, HELGA, JANE, MONA, ORDER, Desk, buttons, inputs, words
from support.fake_directory import E3
from support.fake_jobs import NOW

from cards.inforce import SettingLine
from provisioning.case import Case, CaseState, Explanation, Stage, enter, wait
from provisioning.directory import HealthIssue, ServiceHealth
from provisioning.figures import FEWEST, Took

ROLES = {"viewers": (MONA.id,), "operators": (HELGA.id,), "admins": (ADAM.id,)}


def with_roles(**more: Any) -> Desk:
    return Desk(settings={**ROLES, **more})


@pytest.mark.parametrize("command", ["licenses", "health", "cases", "report"])
async def test_viewers_may_look(command: str) -> None:
    assert "You need to be" not in words(await with_roles().say(command, MONA))


@pytest.mark.parametrize(
    ("command", "person", "role"),
    [("watch jane@contoso.com", MONA, "an operator"), ("settings", HELGA, "an admin")],
)
async def test_what_needs_a_higher_role_is_refused(command: str, person: Any, role: str) -> None:
    desk = with_roles()
    assert f"You need to be {role}" in words(await desk.say(command, person))
    assert desk.changes() == []


async def test_licenses_names_what_runs_out_and_who_waits() -> None:
    desk = Desk(settings={"seats_warning": 5})
    desk.directory.skus[E3.id] = replace(E3, enabled=50, consumed=46)
    desk.open_case(explanation=Explanation("C12", "No seats are free.", False, NOW))
    seen = words(await desk.say("licenses"))
    assert f"Low: {E3.name}" in seen
    assert "4 seats free" in seen
    assert "1 person waits for a license" in seen
    assert "Low means 5 seats free or fewer" in seen


async def test_the_warning_that_an_admin_sets_counts_is_written_down_and_can_be_taken_back() -> None:
    desk = with_roles(seats_warning=5)
    shown = await desk.say("settings seats-warning=40", ADAM)
    assert "set in the chat" in words(shown)
    assert "Low means 40 seats free or fewer" in words(await desk.say("licenses", MONA))
    await desk.click("settings-save", ADAM, seats_warning="41")
    assert "Low means 41 seats" in words(await desk.say("licenses", MONA))
    assert "MAILROOM_SEATS_WARNING" in words(await desk.click("settings-reset", ADAM))
    assert "Low means 5 seats" in words(await desk.say("licenses", MONA))
    assert desk.audit.sentences() == [
        "Adam Admin set seats-warning from the default to 40.",
        "Adam Admin set seats-warning from 40 to 41.",
        "Adam Admin set seats-warning from 41 to the default.",
    ]


@pytest.mark.parametrize("value", ["-1", "x", "1000000", "1.5", "٣"])
async def test_a_warning_that_is_no_number_changes_nothing(value: str) -> None:
    desk = with_roles()
    assert "whole number" in words(await desk.say(f"settings seats-warning={value}", ADAM))
    assert "whole number" in words(await desk.click("settings-save", ADAM, seats_warning=value))
    assert "whole number" in words(await desk.click("settings-save", ADAM))
    assert desk.preferences.kept == {}


async def test_settings_show_what_is_in_force() -> None:
    lines = (SettingLine("MAILROOM_POLL_SECONDS", "45", "", False), SettingLine("MAILROOM_PORT", "3978", "", True))
    reply = await with_roles(in_force=lines).say("settings", ADAM)
    assert "**MAILROOM_POLL_SECONDS** 45" in words(reply)
    assert "**MAILROOM_PORT** 3978" in words(reply)
    assert inputs(reply) == {"seats_warning"}


async def test_health_says_what_an_incident_means_for_those_who_wait() -> None:
    desk = Desk()
    assert "Nothing at Microsoft holds up mailboxes, and nobody is waiting" in words(await desk.say("health"))
    issue = HealthIssue("EX1", "Delays in provisioning", "incident", "Provisioning")
    desk.directory.health = ServiceHealth("serviceDegradation", (issue,))
    desk.open_case()
    reply = await desk.say("health")
    assert "1 person may have to wait longer" in words(reply)
    assert "Mailboxes that are being prepared may take longer." in words(reply)
    assert "Show who waits" in buttons(reply)


async def test_cases_are_chosen_by_options_and_turned_by_buttons() -> None:
    desk = Desk()
    for number in range(10):
        case = Case(f"case-{number}", replace(ORDER, upn=f"u{number}@contoso.com"), HELGA, NOW)
        desk.jobs.put(wait(enter(case, Stage.MAILBOX, "Preparing.", NOW), NOW))
    reply = await desk.say("cases by=me stage=mailbox older=0m")
    assert "Cases: open, at mailbox, asked by me" in words(reply)
    assert "10 cases, newest first · page 1 of 2" in words(reply)
    older = buttons(reply)["Older ›"]
    wanted = desk.records.asked[-1]
    assert (wanted.asker_id, wanted.stage, wanted.states) == (
        HELGA.id,
        Stage.MAILBOX,
        (CaseState.RUNNING, CaseState.WAITING),
    )
    second = await desk.click(**older)
    assert "page 2 of 2" in words(second)
    assert desk.records.asked[-1] == wanted
    assert "‹ Newer" in buttons(second)
    shown = buttons(second)["Show Jane Doe"]
    assert "Check now" in buttons(await desk.click(**shown))


async def test_the_state_may_be_named_alone() -> None:
    desk = Desk()
    await desk.say("cases late")
    assert desk.records.asked[-1].late_before == NOW - timedelta(minutes=30)
    await desk.say("cases given up")
    assert desk.records.asked[-1].states == (CaseState.GIVEN_UP,)
    await desk.say("cases all newer=3d by=Mona")
    assert (desk.records.asked[-1].after, desk.records.asked[-1].asker) == (NOW - timedelta(days=3), "Mona")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cases state=sleepy", "There is no state"),
        ("cases sleepy", "There is no state"),
        ("cases late state=ready", "I do not know what “late” means here"),
        ("cases stage=lunch", "There is no stage"),
        ("cases older=soon", "is no age"),
        ("cases newer=99999999999d", "is no age"),
        ("cases page=0", "is no page"),
        ("cases page=99999999999999999999", "is no page"),
        ("cases page=x", "is no page"),
        ("cases size=3", "There is no option"),
        ("report weeks=0", "1 to 52 weeks"),
        ("report weeks=53", "1 to 52 weeks"),
        ("report weeks=many", "1 to 52 weeks"),
        ("licenses all=yes", "There is no option"),
    ],
)
async def test_what_cannot_be_listed_is_answered_with_what_can(text: str, says: str) -> None:
    assert says in words(await Desk().say(text))


async def test_a_report_shows_its_figures() -> None:
    desk = Desk()
    assert "Nobody was waited for" in words(await desk.say("report"))
    desk.records.took = [Took(60.0 * (1 + number), E3.id, NOW, NOW) for number in range(11)]
    reply = await desk.say("report weeks=4")
    assert "Mailboxes in the last 4 weeks" in words(reply)
    assert "Half were ready within 6 min, 9 in 10 within 10 min" in words(reply)
    assert set(buttons(reply)) == {"12 weeks", "26 weeks"}


async def test_the_estimate_stands_on_the_card_of_who_waits_and_on_the_list() -> None:
    desk = Desk()
    case = desk.open_case()
    few = words(await desk.click("status", case=case.id))
    assert f"No finished case here yet: {FEWEST} are needed" in few
    assert "usually under 30 minutes, up to 24 hours" in few
    desk.records.took = [Took(720, ORDER.license, NOW - timedelta(hours=3), NOW)] * FEWEST
    own = words(await desk.click("status", case=case.id))
    assert "12 min, 9 in 10 within 12 min (10 cases with this license)" in own
    assert "up to 24 hours" not in own
    assert "Usually ready within 12 min" in words(await desk.say("status"))


async def test_watching_starts_a_case_and_changes_nothing_in_the_tenant() -> None:
    desk = Desk()
    assert await desk.say("watch mona@contoso.com") is None  # the card comes from the job
    case = desk.only_case()
    assert (case.is_watch, case.state, case.order.upn) == (True, CaseState.WAITING, "mona@contoso.com")
    assert desk.changes() == ["watch"]
    assert "is already being watched" in words(await desk.say("watch mona@contoso.com"))
    assert "There is no account" in words(await desk.say("watch nobody@contoso.com"))


async def test_who_is_being_provisioned_is_not_watched_as_well() -> None:
    desk = Desk()
    desk.open_case()
    assert "is already being provisioned" in words(await desk.say(f"watch {JANE}"))
    assert desk.jobs.methods() == ["show"]


async def test_an_order_takes_the_place_of_a_watch() -> None:
    desk = Desk()
    await desk.say("watch mona@contoso.com")
    watch = desk.only_case()
    await desk.say("provision mona@contoso.com")
    assert desk.jobs.cases[watch.id].state is CaseState.CANCELLED
    assert [case.is_watch for case in desk.jobs.cases.values() if case.is_open] == [False]
