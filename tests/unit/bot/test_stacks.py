"""Both SDKs behind the port: the same in, the same out. What asks for an edge runs on either (conftest.py)."""

import subprocess
import sys
from typing import Any

import pytest
from botbuilder.schema import Activity
from support.activities import BOT, HELGA_ID, TENANT_ID, activity, click
from support.edge import CARD, Edge
from support.processes import ROOT, clean_env

from bot.settings import SettingsError
from bot.stack import open_stack
from bot.stack_botbuilder import BotbuilderStack
from handlers.requests import Reply

HELGA = {"id": "29:helga", "name": "Helga Desk", "aadObjectId": HELGA_ID}
CHAT = {"id": "a:helga-personal", "conversationType": "personal", "tenantId": TENANT_ID}


def addressed(edge: Edge, **said: Any) -> dict[str, Any]:
    """A message to Helga in her chat."""
    place = {"channelId": "msteams", "serviceUrl": edge.connector.url, "conversation": CHAT}
    return {"type": "message", "from": BOT, "recipient": HELGA, "locale": "en-US", **place, **said}


def attached(card: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}]


async def test_an_answer_is_addressed_where_the_message_came_from(edge):
    said = activity(edge.connector.url, text="help")
    assert await edge.post(said) == (200, None)
    [call] = edge.connector.calls
    assert (call.method, call.path) == ("POST", ("a:helga-personal", "activities", said["id"]))
    answer = {"summary": "A card", "attachments": attached(CARD), "inputHint": "acceptingInput"}
    assert call.body == addressed(edge, replyToId=said["id"], **answer)


async def test_an_edit_names_the_message_that_it_replaces(edge):
    edge.reply = Reply(card=CARD, replace=True)
    clicked = click(edge.connector.url, "refresh")
    status, answer = await edge.post(clicked)
    assert (status, answer["value"]) == (200, CARD)
    [call] = await edge.connector.wait_for(1)
    assert (call.method, call.path) == ("PUT", ("a:helga-personal", "activities", "m7"))
    answer = {"summary": "A card", "attachments": attached(CARD)}
    assert call.body == addressed(edge, id="m7", replyToId=clicked["id"], **answer)


@pytest.mark.parametrize(
    "change",
    [
        {"channelId": "a:b:c"},
        {"locale": ""},
        {"name": ""},
        {"id": ""},
        {"recipient": None},
        {"recipient": {}},
        {"from_": {"id": "", "name": None, "aadObjectId": HELGA_ID, "role": ""}},
        {"conversation": {"id": "a:x", "tenantId": TENANT_ID, "isGroup": None, "name": "", "conversationType": ""}},
        {"attachments": [{}]},
        {"attachments": [{"contentType": "", "name": None, "thumbnailUrl": ""}]},
        {"entities": [{"type": "mention", "mentioned": {"id": ""}}, {"type": "ProductInfo"}]},
        {"deliveryMode": "expectReplies"},
        {"timestamp": None, "localTimezone": "", "callerId": "urn:botframework:azure", "importance": ""},
        {"suggestedActions": {"actions": None}, "relatesTo": 3, "semanticAction": "x"},
    ],
)
async def test_what_is_odd_is_answered_like_everything_else(edge, change):
    """The models of the Agents SDK refuse much of this."""
    assert (await edge.post(activity(edge.connector.url, **change)))[0] == 200
    assert [call.card for call in edge.connector.calls] == [CARD]


@pytest.mark.parametrize("kind", ["messageReaction", "messageUpdate", "messageDelete", "event", "typing", "unheard-of"])
async def test_what_nobody_waits_for_is_let_pass(edge, kind):
    told = activity(edge.connector.url, type=kind, text=None, reactionsAdded=[{"type": "like"}], replyToId="m7")
    assert await edge.post(told) == (200, None)
    assert (edge.requests, edge.connector.calls) == ([], [])


@pytest.mark.parametrize(("chosen", "other"), [("agents", "botbuilder"), ("botbuilder", "microsoft_agents")])
def test_only_the_chosen_one_is_imported(chosen, other):
    program = (
        "import sys, bot.app, bot.stack\n"
        "before = {name.partition('.')[0] for name in sys.modules}\n"
        f"bot.stack.open_stack({chosen!r}, None)\n"
        "after = {name.partition('.')[0] for name in sys.modules}\n"
        "print(*before & {'botbuilder', 'microsoft_agents'}, '|', *after & {'botbuilder', 'microsoft_agents'})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=clean_env(), capture_output=True, text=True, check=True
    )
    none, _, imported = done.stdout.partition("|")
    assert none.strip() == ""
    assert imported.split() == [{"botbuilder": "microsoft_agents", "microsoft_agents": "botbuilder"}[other]]


@pytest.mark.parametrize(
    ("name", "package", "file"),
    [
        ("agents", "microsoft_agents", "requirements-agents.txt"),
        ("botbuilder", "botbuilder", "requirements.txt"),
    ],
)
def test_one_that_is_not_installed_is_a_sentence(monkeypatch, name, package, file):
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"bot.stack_{name}", raising=False)
    with pytest.raises(SettingsError, match=f"MAILROOM_STACK is {name}, but {package} .* pip install -r {file}"):
        open_stack(name, None)


async def test_botbuilders_own_way_in_lets_nobody_in(connector):
    said = Activity().deserialize(activity(connector.url))
    stack = BotbuilderStack(None)
    with pytest.raises(PermissionError):
        await stack._adapter.process_activity("Bearer x", said, None)
