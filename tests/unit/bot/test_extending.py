"""Message extensions over HTTP: what Teams sends, what it gets, and in time."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from support.activities import TENANT_ID, activity
from support.edge import CARD, Edge

from bot.adapter import MailroomAdapter
from bot.connector import Connector
from bot.extending import GOES_ON, TOO_LONG, Extending
from bot.gate import Gate
from bot.health import HealthCheck
from bot.metrics import Metrics
from bot.outbound import OutboundToken
from bot.seals import Seals
from bot.server import web_application
from bot.stack import open_stack
from bot.turns import Turns
from handlers.extensions import Ask, ExtensionReply, Found
from handlers.requests import Reply, Request
from provisioning.errors import NotAllowed

BUTTON = {"type": "Action.Execute", "title": "Check again", "verb": "check-again", "data": {"user": "jane"}}
FORM = {
    **CARD,
    "body": [
        {"type": "Input.Text", "id": "address0", "label": "Address"},
        {"type": "ActionSet", "actions": [{"type": "Action.Submit", "title": "Go", "data": {"verb": "order"}}]},
    ],
}


class Desk:
    """What the handlers were asked, and what they answer."""

    def __init__(self) -> None:
        self.asked: list[tuple[Ask, str, Request]] = []
        self.refused: list[NotAllowed] = []
        self.reply = ExtensionReply(text="Nobody.")
        self.pause: asyncio.Event | None = None

    async def extend(self, ask: Ask, name: str, request: Request) -> ExtensionReply:
        self.asked.append((ask, name, request))
        if self.pause:
            await self.pause.wait()
        return self.reply

    async def handle(self, request: Request) -> Reply | None:
        return None

    async def note(self, error: NotAllowed, request: Request) -> None:
        self.refused.append(error)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def edge(session, connector, tokens, desk, stack_name) -> AsyncIterator[Edge]:
    adapter = MailroomAdapter(open_stack(stack_name, Connector(session, OutboundToken(None))), None)
    metrics = Metrics()
    gate = Gate(desk.handle, Seals(b"k" * 32, {}), 20, desk.note)
    extensions = Extending(gate, desk.extend, adapter.start, metrics, seconds=0.2)
    turns = Turns(gate, (TENANT_ID,), adapter.start, metrics, frozenset(), desk.note, extensions=extensions)
    opened = Edge("", session, connector, tokens, adapter)
    async with TestServer(web_application(adapter, turns, HealthCheck({}), metrics)) as server:
        opened.url = str(server.make_url("")).rstrip("/")
        yield opened
        await adapter.close()


async def ask(edge: Edge, name: str, value: Any, **changes: Any) -> Any:
    named = {"type": "invoke", "name": f"composeExtension/{name}", "text": None, "value": value}
    status, body = await edge.post(activity(edge.connector.url, **{**named, **changes}))
    assert status == 200
    return body


def query(text: str) -> dict[str, Any]:
    parameters = [{"name": "who", "value": text}]
    return {"commandId": "find", "parameters": parameters, "queryOptions": {"skip": 0, "count": 25}}


def submit(data: dict[str, Any]) -> dict[str, Any]:
    return {"commandId": "provision", "commandContext": "message", "data": data}


async def dialog(edge: Edge, desk: Desk) -> dict[str, Any]:
    """The data of the button of a form that was opened."""
    desk.reply = ExtensionReply(dialog=FORM, title="Order")
    body = await ask(edge, "fetchTask", {"commandId": "provision", "messagePayload": {}})
    sealed: dict[str, Any] = body["task"]["value"]["card"]["content"]["body"][1]["actions"][0]["data"]
    return sealed


async def test_a_search_is_answered_with_previews_that_can_be_tapped(edge, desk):
    card = {**CARD, "body": [*CARD["body"], {"type": "ActionSet", "actions": [BUTTON]}]}
    desk.reply = ExtensionReply(found=(Found("Jane Doe", "jane@contoso.com", card, {"user": "jane"}),))
    body = await ask(edge, "query", query("jane"))
    result = body["composeExtension"]
    assert (result["type"], result["attachmentLayout"]) == ("result", "list")
    [attachment] = result["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["preview"]["contentType"] == "application/vnd.microsoft.card.thumbnail"
    shown = attachment["preview"]["content"]
    assert (shown["title"], shown["tap"]) == ("Jane Doe", {"type": "invoke", "value": {"user": "jane"}})
    assert attachment["content"]["body"][-1]["actions"][0]["data"]["seal"]  # its button works where it is posted
    assert [(kind, name, request.text) for kind, name, request in desk.asked] == [(Ask.QUERY, "find", "jane")]


async def test_the_initial_run_has_no_text_and_a_client_may_leave_the_command_out(edge, desk):
    body = await ask(edge, "query", {"parameters": [{"name": "initialRun", "value": "true"}]})
    assert body == {"composeExtension": {"type": "message", "text": "Nobody."}}
    assert [(name, request.text) for _, name, request in desk.asked] == [("", "")]


async def test_a_chosen_result_comes_back_as_it_left(edge, desk):
    await ask(edge, "selectItem", {"user": "jane"})
    assert desk.asked[0][2].data == {"user": "jane"}


async def test_a_message_reaches_the_handler_with_what_is_attached(edge, desk):
    attachments = [{"name": "new.docx", "content": None}, {"name": None, "content": "jane@contoso.com"}]
    payload = {"body": {"contentType": "html", "content": "<p>Hi</p>"}, "attachments": attachments}
    body = await ask(edge, "fetchTask", {"commandId": "provision", "messagePayload": payload})
    assert body == {"task": {"type": "message", "value": "Nobody."}}
    assert desk.asked[0][2].text == "<p>Hi</p><br>new.docx<br>jane@contoso.com"


async def test_a_filled_dialog_is_taken_from_whom_it_was_shown_to_wherever_it_opened(edge, desk):
    data = await dialog(edge, desk)
    elsewhere = {"conversationType": "groupChat", "tenantId": TENANT_ID, "id": "19:other@thread.v2"}
    await ask(edge, "submitAction", submit({**data, "address0": "jane@contoso.com"}), conversation=elsewhere)
    kind, name, request = desk.asked[-1]
    assert (kind, name, request.data["address0"]) == (Ask.SUBMIT, "provision", "jane@contoso.com")
    assert request.click_id
    assert request.conversation.id == "19:other@thread.v2"
    assert desk.refused == []


@pytest.mark.parametrize("forged", [{}, {"verb": "order"}, {"verb": "order", "seal": "v1.1.a..b"}])
async def test_a_dialog_that_mailroom_did_not_show_is_refused(edge, desk, forged):
    body = await ask(edge, "submitAction", submit({**forged, "address0": "jane@contoso.com"}))
    assert "was not made by Mailroom" in body["task"]["value"]
    assert desk.asked == []
    assert len(desk.refused) == 1


async def test_somebody_elses_dialog_is_refused(edge, desk):
    data = await dialog(edge, desk)
    mona = {"id": "29:mona", "name": "Mona", "aadObjectId": "6f0e1d2c-0000-4000-8000-0000000000a2"}
    body = await ask(edge, "submitAction", submit(data), from_=mona)
    assert "was not made by Mailroom" in body["task"]["value"]


async def test_strangers_are_told_in_the_shape_that_is_shown(edge, desk):
    elsewhere = {"tenant": {"id": "6f0e1d2c-0000-4000-8000-0000000000ff"}}
    body = await ask(edge, "query", query("jane"), channelData=elsewhere)
    assert "another organization" in body["composeExtension"]["text"]
    body = await ask(edge, "fetchTask", {"commandId": "provision"}, channelData=elsewhere)
    assert "another organization" in body["task"]["value"]
    assert desk.asked == []
    assert len(desk.refused) == 2


async def test_teams_is_answered_in_time(edge, desk):
    data = await dialog(edge, desk)
    desk.pause = asyncio.Event()
    assert (await ask(edge, "query", query("jane")))["composeExtension"]["text"] == TOO_LONG
    assert (await ask(edge, "submitAction", submit(data)))["task"]["value"] == GOES_ON
    desk.pause.set()


async def test_whoever_is_too_fast_is_told(edge, desk):
    said = [await ask(edge, "query", query("jane")) for _ in range(41)]
    assert "too fast" in said[-1]["composeExtension"]["text"]
    assert len(desk.asked) == 40


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "x",
        {"parameters": 5},
        {"messagePayload": {"attachments": [7]}},
        {"messagePayload": {"attachments": 7}},
    ],
)
async def test_what_is_not_as_documented_is_answered_too(edge, desk, value):
    assert "composeExtension" in await ask(edge, "query", value)
    assert "task" in await ask(edge, "fetchTask", value)
