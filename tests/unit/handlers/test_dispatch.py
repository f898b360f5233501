"""The door: what is unknown, hostile, failing or automatic gets an answer, and never an exception."""

import logging
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.desk import GROUP, HELGA, JANE, OTTO, PERSONAL, Desk, buttons, words

import handlers
from handlers import registry
from handlers.access import Role
from handlers.registry import action, command, dispatch
from handlers.requests import Request
from provisioning.case import Person

COMMANDS = ["provision", "bulk", "profiles", "watch", "status", "cases", "cancel", "diagnose", "approvals"]
COMMANDS += ["licenses", "health", "report", "history", "quiet", "mute", "unmute", "settings", "help"]
VERBS = [
    "escalate",
    "fix",
    "fix-confirmed",
    "repair",
    "repair-refresh",
    "run",
    "order",
    "restore",
    "refresh",
    "check-now",
    "cancel",
    "cancel-confirmed",
    "status",
    "diagnose",
    "reveal",
    "ready-refresh",
    "hand-over",
    "approve",
    "decline",
    "withdraw",
    "settings-save",
    "settings-reset",
    "bulk-check",
    "bulk-start",
    "bulk-discard",
    "bulk-refresh",
    "bulk-show",
    "bulk-diagnose",
    "bulk-stop",
    "bulk-stop-confirmed",
    "bulk-again",
    "bulk-results",
    "bulk-file",
    "bulk-sign-in",
    "bulk-sign-in-chosen",
    "fix-all",
    "fix-all-confirmed",
    "follow-up-again",
    "schedule-show",
    "schedule-now",
    "schedule-drop",
    "check-again",
]


def test_every_command_and_button_of_the_contract_is_there():
    assert [one.usage.split()[0] for one in registry.helps()] == COMMANDS
    assert sorted(registry._actions) == sorted(VERBS)
    assert registry.names() == {*COMMANDS, *VERBS}
    assert len(handlers.HANDLERS) == len(set(handlers.HANDLERS))


def test_two_handlers_for_one_name_are_refused():
    with pytest.raises(ValueError, match="help"):
        command("help me", summary="", example="", role=None)(registry._commands["help"].run)
    with pytest.raises(ValueError, match="run"):
        action("run", role=None)(registry._actions["run"].run)


@pytest.mark.parametrize("text", ["help", "Help!", "/help", "", "<at>Mailroom</at>&nbsp;", "hello"])
async def test_help(text):
    reply = await Desk().say(text)
    shown = words(reply)
    assert all(name in shown for name in COMMANDS)
    assert buttons(reply)["provision jane@contoso.com"] == {"verb": "run", "text": "provision jane@contoso.com"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("provison jane@contoso.com", "provision jane@contoso.com"),
        ("Porvision JANE@contoso.com name=„Jane Doe“", 'provision JANE@contoso.com name="Jane Doe"'),
        ("provision: jane@contoso.com", None),
        ("stauts", "status"),
        ("cancle jane@contoso.com", "cancel jane@contoso.com"),
        ("diagnos jane@contoso.com", "diagnose jane@contoso.com"),
        ("hlep", "help"),
        ("jane@contoso.com", "provision jane@contoso.com"),
    ],
)
async def test_did_you_mean(text, meant):
    desk = Desk()
    reply = await desk.say(text)
    if meant is None:
        assert "Did you mean" not in words(reply)
        return
    assert "Did you mean" in words(reply)
    assert buttons(reply)[meant] == {"verb": "run", "text": meant}
    assert desk.changes() == []


async def test_the_suggestion_runs():
    desk = Desk()
    reply = await desk.say("provison jane@contoso.com name='Jane Doe' license=E3 location=US")
    reply = await desk.click(**next(iter(buttons(reply).values())))
    assert "Order placed for jane@contoso.com" in words(reply)
    assert not reply.replace  # somebody else's help card stays theirs
    assert desk.jobs.methods() == ["start"]


@pytest.mark.parametrize("text", ["make me a sandwich", "42", "¿qué?", "🙂", "x" * 4000, "=", "<<<", "a = b"])
async def test_nothing_near_is_help_or_a_sentence(text):
    desk = Desk()
    assert words(await desk.say(text))
    assert desk.changes() == []


async def test_nothing_near_says_so():
    reply = await Desk().say("make me a sandwich")
    assert reply.text == "I do not know “make”. This is what I can do:"
    assert "provision" in words(reply)


async def test_a_long_message_is_refused():
    assert "I read up to 4,000" in words(await Desk().say("provision " + "x" * 4000))


@pytest.mark.parametrize("text", [None, 5, "", "x" * 4001, ["status"], "<p></p>"])
async def test_hostile_run_data(text):
    desk = Desk()
    assert words(await desk.click("run", text=text))
    assert desk.changes() == []


async def test_run_asks_for_the_role_of_its_command():
    desk = Desk(settings={"viewers": (HELGA.id,)})
    reply = await desk.click("run", text="provision jane@contoso.com")
    assert "You need to be an operator" in words(reply)


@pytest.mark.parametrize("verb", ["", "explode", "__class__", "run_command", "x" * 999])
async def test_unknown_buttons(verb):
    desk = Desk()
    assert words(await desk.click(verb, case="case-1"))
    assert desk.changes() == []


OF_A_CASE = ["refresh", "check-now", "cancel", "cancel-confirmed", "status", "diagnose", "reveal"]


@pytest.mark.parametrize("verb", OF_A_CASE)
@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("gone", "no longer know the order behind this button"),
        (None, "does not say which order"),
        ("", "does not say which order"),
        (1, "that is no text"),
        ({"id": "case-1"}, "that is no text"),
        ("x" * 101, "101 characters"),
    ],
)
async def test_a_button_without_its_case(verb, case, sentence):
    desk = Desk()
    desk.open_case()
    assert sentence in words(await desk.click(verb, case=case))
    assert desk.changes() == []


async def test_an_unexpected_error_has_a_number_that_is_in_the_log(caplog):
    desk = Desk()
    desk.directory.fail("look_up", RuntimeError("the details"))
    with caplog.at_level(logging.ERROR):
        reply = await desk.say("provision jane@contoso.com")
    shown = words(reply)
    number = re.search(r"\(id ([0-9a-f]{8})\)", shown).group(1)
    assert "Something went wrong in Mailroom" in shown
    assert "the details" not in shown
    assert number in caplog.text
    assert "the details" in caplog.text
    assert buttons(reply)["Try again"]["text"] == "provision jane@contoso.com"


async def test_a_refresh_shows_the_newest_card_and_changes_nothing():
    desk = Desk()
    case = desk.open_case()
    reply = await desk.refresh(case=case.id)
    assert "Jane Doe" in words(reply)
    assert reply.card["refresh"]["userIds"] == [HELGA.channel_id]
    assert not reply.replace
    assert desk.changes() == []


@pytest.mark.parametrize("verb", [verb for verb in VERBS if "refresh" not in verb])
async def test_a_refresh_is_never_taken_for_a_click(verb):
    desk = Desk()
    desk.ready_case()
    data = {"upn": JANE, "text": "cancel jane@contoso.com", "choice": "yes", "restore": "", "case": "case-1"}
    assert await desk.refresh(verb=verb, **data) is None
    assert desk.changes() == []


async def test_a_refresh_that_fails_leaves_the_card_alone():
    desk = Desk()
    assert await desk.refresh(case="gone") is None
    assert await desk.refresh(OTTO, case="gone") is None
    desk.jobs.cases = None
    assert await desk.refresh(case="case-1") is None


NOBODY = Person("", "Nobody", HELGA.tenant_id, "29:nobody")


@pytest.mark.parametrize(
    ("person", "sentence"),
    [(OTTO, "you are of another one"), (NOBODY, "which Microsoft Entra account you are")],
)
@pytest.mark.parametrize("text", ["help", "", "status", "provision jane@contoso.com", "x" * 9999])
async def test_strangers_get_a_refusal_whatever_they_say(person, sentence, text):
    desk = Desk()
    assert sentence in words(await desk.say(text, person, GROUP))
    assert desk.changes() == []
    assert desk.asked() == []


@pytest.mark.parametrize("verb", VERBS)
async def test_strangers_get_a_refusal_whatever_they_click(verb):
    desk = Desk()
    desk.ready_case(requester=OTTO)
    reply = await desk.click(verb, OTTO, PERSONAL, case="case-1", upn=JANE, text="status")
    assert "you are of another one" in words(reply)
    assert desk.changes() == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
field_names = st.sampled_from(["case", "upn", "text", "choice", "restore", "license", "display_name", "manager"])


@given(st.sampled_from(VERBS), st.dictionaries(field_names, json_values), st.booleans())
@settings(max_examples=150)
async def test_any_data_gets_an_answer(verb, data, is_refresh):
    desk = Desk()
    desk.open_case()
    request = Request(HELGA, GROUP, verb=verb, data=data, is_refresh=is_refresh)
    reply = await dispatch(request, desk.services)
    if not is_refresh:
        assert "went wrong" not in words(reply)
    assert desk.changes() == []


async def test_commands_without_a_role_are_for_everyone_allowed():
    desk = Desk(settings={"admins": ("somebody-else",)})
    stranger = replace(HELGA, id="6f0e1d2c-0000-4000-8000-0000000000a2")
    assert "provision" in words(await desk.say("help", stranger))
    assert registry._commands["help"].role is None
    assert registry._actions["fix"].role is Role.OPERATOR
