"""From activities to requests and from replies to activities, over HTTP."""

import asyncio

import pytest
from support.activities import BOT, HELGA_ID, MENTION, TENANT_ID, activity, click, in_group
from support.connector import Answer
from support.edge import CARD

from bot.turns import ANSWERED, BELOW, STILL_ASKING, TOO_LONG
from handlers.requests import Reply

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
LINE_TYPE = "application/vnd.microsoft.activity.message"


async def test_a_message_becomes_a_request(edge):
    await edge.post(activity(edge.connector.url, text="provision jane@contoso.com"))
    [request] = edge.requests
    assert request.text == "provision jane@contoso.com"
    person, conversation = request.person, request.conversation
    assert (person.id, person.name, person.channel_id) == (HELGA_ID, "Helga Desk", "29:helga")
    assert (person.tenant_id, person.locale) == (TENANT_ID, "en-US")
    assert (conversation.id, conversation.kind, conversation.is_personal) == ("a:helga-personal", "personal", True)
    assert (conversation.bot_id, conversation.bot_name) == (BOT["id"], "Mailroom")
    assert (conversation.service_url, conversation.tenant_id) == (edge.connector.url, TENANT_ID)


async def test_the_tenant_of_the_conversation_does_when_channel_data_has_none(edge):
    await edge.post(activity(edge.connector.url, channelData=None))
    assert edge.requests[0].person.tenant_id == TENANT_ID


@pytest.mark.parametrize(
    ("text", "entities", "left"),
    [
        ("<at>Mailroom</at> help", [MENTION], "help"),
        ("help <at>Mailroom</at>", [MENTION], "help"),
        ("<at>Mailroom</at>\nhelp", [MENTION], "help"),
        ("<at>Mailroom</at> help", [{"type": "mention", "mentioned": BOT}], "help"),
        ('<at id="0">mailroom</at> help', [{"type": "mention", "mentioned": BOT}], "help"),
        (
            "<at>Mailroom</at> status <at>Mona</at>",
            [MENTION, {"type": "mention", "mentioned": {"id": "29:mona", "name": "Mona"}, "text": "<at>Mona</at>"}],
            "status <at>Mona</at>",
        ),
        ("help", [{"type": "mention"}], "help"),
        ("help", None, "help"),
    ],
)
async def test_only_our_own_mention_is_cut(edge, text, entities, left):
    await edge.post(activity(edge.connector.url, text=text, entities=entities))
    assert edge.requests[0].text == left


async def test_a_reply_goes_to_the_thread_that_asked(edge):
    thread = {"conversationType": "channel", "id": "19:joiners@thread.tacv2;messageid=17", "isGroup": True}
    await edge.post(activity(edge.connector.url, id="in1", conversation=thread))
    [call] = edge.connector.calls
    assert call.path == ("19:joiners@thread.tacv2;messageid=17", "activities", "in1")
    assert edge.requests[0].conversation.kind == "channel"
    assert call.body["conversation"]["id"] == thread["id"]
    assert call.body["from"]["id"] == BOT["id"]
    assert call.body["replyToId"] == "in1"


async def test_a_text_reply_has_text_and_summary(edge):
    edge.reply = Reply(text="Sorry.")
    await edge.post(activity(edge.connector.url))
    assert (edge.connector.calls[0].body["text"], edge.connector.calls[0].body["summary"]) == ("Sorry.", "Sorry.")


async def test_no_reply_sends_nothing(edge):
    edge.reply = None
    assert (await edge.post(activity(edge.connector.url)))[0] == 200
    assert edge.connector.calls == []


async def test_a_bare_mention_is_answered_too(edge):
    await edge.post(activity(edge.connector.url, text="<at>Mailroom</at> ", entities=[MENTION]))
    assert [request.text for request in edge.requests] == [""]


async def test_execute_answers_the_card(edge):
    status, body = await edge.post(click(edge.connector.url, "status", {"case": "c1"}))
    assert (status, body) == (200, {"statusCode": 200, "type": CARD_TYPE, "value": CARD})
    [request] = edge.requests
    assert (request.verb, request.data["case"], request.message_id) == ("status", "c1", "m7")
    assert not request.is_refresh
    assert edge.connector.calls == []


async def test_execute_with_replace_changes_the_message_for_everyone_too(edge):
    edge.reply = Reply(card=CARD, replace=True)
    _, body = await edge.post(click(edge.connector.url, "order"))
    assert body["value"] == CARD
    [call] = await edge.connector.wait_for(1)
    assert (call.method, call.path) == ("PUT", ("a:helga-personal", "activities", "m7"))
    assert call.card == CARD


async def test_execute_answered_with_words_or_nothing(edge):
    edge.reply = Reply(text="Done already.")
    assert (await edge.post(click(edge.connector.url, "cancel")))[1] == {
        "statusCode": 200,
        "type": LINE_TYPE,
        "value": "Done already.",
    }
    edge.reply = None
    _, body = await edge.post(click(edge.connector.url, "cancel"))
    assert (body["type"], body["value"]) == (LINE_TYPE, "Done.")


async def test_an_automatic_refresh_is_told_apart(edge):
    edge.reply = None
    _, body = await edge.post(click(edge.connector.url, "refresh", trigger="automatic"))
    assert edge.requests[0].is_refresh
    assert (body["type"], body["value"]) == (LINE_TYPE, "")


async def test_execute_without_a_trigger_is_a_click(edge):
    invoke = click(edge.connector.url, "status")
    del invoke["value"]["trigger"]
    await edge.post(invoke)
    assert not edge.requests[0].is_refresh


@pytest.mark.parametrize(
    "value",
    [
        None,
        "x",
        [],
        {},
        {"action": "x"},
        {"action": {}},
        {"action": {"verb": 3}},
        {"action": {"verb": "v", "data": "x"}},
    ],
)
async def test_a_malformed_execute_is_answered_400_inside_200(edge, value):
    status, body = await edge.post(click(edge.connector.url, "x", value=value))
    assert (status, body["statusCode"], body["type"]) == (200, 400, "application/vnd.microsoft.error")
    assert edge.requests == []


@pytest.mark.parametrize("name", ["composeExtension/query", "task/fetch", "signin/verifyState", None])
async def test_unknown_invokes_are_501(edge, name):
    status, _ = await edge.post(click(edge.connector.url, "x", name=name))
    assert status == 501


def submit(url: str, **changes: object) -> dict:
    return activity(url, **{"text": None, "value": {"verb": "cancel", "case": "c1"}, "replyToId": "m7", **changes})


async def test_submit_is_the_same_request_and_changes_the_card_in_a_personal_chat(edge):
    await edge.post(submit(edge.connector.url))
    [request] = edge.requests
    assert (request.verb, request.data["case"], request.message_id, request.text) == ("cancel", "c1", "m7", "")
    [call] = edge.connector.calls
    assert (call.method, call.path[-1], call.body["id"]) == ("PUT", "m7", "m7")


async def test_submit_in_a_group_posts_unless_the_reply_replaces(edge):
    group = in_group(edge.connector.url)["conversation"]
    await edge.post(submit(edge.connector.url, conversation=group))
    edge.reply = Reply(card=CARD, replace=True)
    await edge.post(submit(edge.connector.url, conversation=group))
    assert [call.method for call in edge.connector.calls] == ["POST", "PUT"]


async def test_a_mere_line_takes_no_card_s_place(edge):
    edge.reply = Reply(text="Nothing was shown.")
    await edge.post(submit(edge.connector.url))
    [call] = edge.connector.calls
    assert (call.method, call.body["text"]) == ("POST", "Nothing was shown.")


async def test_when_the_clicked_message_is_gone_the_answer_is_posted(edge):
    edge.connector.answer_next(Answer(404, "ActivityNotFoundInConversation"))
    await edge.post(submit(edge.connector.url))
    assert [call.method for call in edge.connector.calls] == ["PUT", "POST"]


@pytest.mark.parametrize("status", [403, 404, 500, 400])
async def test_an_answer_that_teams_does_not_take_is_no_error_of_the_turn(edge, status):
    edge.connector.answer_next(Answer(status))
    assert (await edge.post(activity(edge.connector.url)))[0] == 200


class Gate:
    """A handler that answers when the test lets it."""

    def __init__(self, reply: Reply | None) -> None:
        self.reply = reply
        self.open = asyncio.Event()

    async def __call__(self, request: object) -> Reply | None:
        await self.open.wait()
        return self.reply


async def test_a_slow_message_is_told_so_and_the_answer_takes_the_line(open_edge):
    async with open_edge(message_seconds=0.01) as edge:
        edge.handler = gate = Gate(Reply(card=CARD))
        turn = asyncio.create_task(edge.post(activity(edge.connector.url)))
        typing, line = await edge.connector.wait_for(2)
        assert (typing.body["type"], line.body["text"]) == ("typing", STILL_ASKING)
        gate.open.set()
        await turn
        edit = edge.connector.calls[2]
        assert (edit.method, edit.path[-1], edit.card) == ("PUT", "m2", CARD)


async def test_a_slow_message_without_an_answer_leaves_no_waiting_line(open_edge):
    async with open_edge(message_seconds=0.01) as edge:
        edge.handler = gate = Gate(None)
        turn = asyncio.create_task(edge.post(activity(edge.connector.url)))
        await edge.connector.wait_for(2)
        gate.open.set()
        await turn
        assert edge.connector.calls[2].body["text"] == ANSWERED


@pytest.mark.parametrize("is_personal", [True, False])
async def test_a_slow_click_is_answered_in_time_and_the_outcome_follows(open_edge, is_personal):
    async with open_edge(invoke_seconds=0.01) as edge:
        edge.handler = gate = Gate(Reply(card=CARD))
        changes = {} if is_personal else {"conversation": in_group(edge.connector.url)["conversation"]}
        _, body = await edge.post(click(edge.connector.url, "check-now", **changes))
        assert (body["type"], body["value"]) == (LINE_TYPE, STILL_ASKING)
        assert edge.connector.calls == []
        gate.open.set()
        [call] = await edge.connector.wait_for(1)
        assert (call.method, call.card) == ("PUT" if is_personal else "POST", CARD)


async def test_a_card_of_its_own_leaves_the_clicked_one_alone(edge):
    edge.handler = Gate(Reply(card=CARD, is_new=True))
    edge.handler.open.set()
    _, body = await edge.post(click(edge.connector.url, "diagnose"))
    assert (body["type"], body["value"]) == (LINE_TYPE, BELOW)
    [call] = await edge.connector.wait_for(1)
    assert (call.method, call.card) == ("POST", CARD)


async def test_a_secret_that_comes_late_is_cut_off_and_never_posted(open_edge):
    async with open_edge(invoke_seconds=0.01, secret_seconds=0.01) as edge:
        edge.handler = gate = Gate(Reply(card=CARD))
        _, body = await edge.post(click(edge.connector.url, "reveal"))
        assert (body["type"], body["value"]) == (LINE_TYPE, TOO_LONG)
        gate.open.set()
        await edge.adapter.close()
        assert edge.connector.calls == []


async def test_a_slow_refresh_changes_nothing_afterwards(open_edge):
    async with open_edge(invoke_seconds=0.01) as edge:
        edge.handler = gate = Gate(Reply(card=CARD))
        await edge.post(click(edge.connector.url, "refresh", trigger="automatic"))
        gate.open.set()
        await edge.adapter.close()
        assert edge.connector.calls == []


async def fails(request: object) -> Reply:
    raise RuntimeError("a fault of ours")


async def test_a_fault_of_ours_still_answers_the_click(edge):
    edge.handler = fails
    assert (await edge.post(click(edge.connector.url, "status")))[0] == 500
    assert (await edge.post(activity(edge.connector.url)))[0] == 200


def installed(url: str, **changes: object) -> dict:
    return activity(url, **{"type": "installationUpdate", "action": "add", "text": None, **changes})


async def test_after_a_second_it_types_and_in_a_channel_it_does_not(open_edge):
    channel = {"isGroup": True, "conversationType": "channel", "tenantId": TENANT_ID, "id": "19:c@thread.tacv2"}
    async with open_edge(typing_seconds=0.0, message_seconds=30) as edge:
        for conversation in ({}, {"conversation": channel}):
            edge.handler = gate = Gate(Reply(card=CARD))
            posting = asyncio.create_task(edge.post(activity(edge.connector.url, **conversation)))
            if not conversation:
                [typing] = await edge.connector.wait_for(1)
                assert typing.body["type"] == "typing"
            gate.open.set()
            await posting
        assert [call.body["type"] for call in edge.connector.calls] == ["typing", "message", "message"]


async def test_what_teams_tells_of_an_installation_is_an_event(edge):
    added = [BOT, {"id": "29:helga"}]
    joined = activity(edge.connector.url, type="conversationUpdate", text=None, membersAdded=added)
    left = activity(edge.connector.url, type="conversationUpdate", text=None, membersRemoved=[BOT])
    other = activity(edge.connector.url, type="conversationUpdate", text=None, membersAdded=[{"id": "29:mona"}])
    removed = installed(edge.connector.url, action="remove-upgrade")
    for update in (joined, installed(edge.connector.url), other, left, removed):
        await edge.post(update)
    assert [request.event for request in edge.requests] == ["installed", "installed", "removed", "removed"]
    assert all(not request.text and not request.verb for request in edge.requests)


async def test_strangers_are_not_greeted(edge):
    elsewhere = {"tenant": {"id": "6f0e1d2c-0000-4000-8000-0000000000ff"}}
    await edge.post(installed(edge.connector.url, channelData=elsewhere))
    assert edge.requests == []


async def test_teams_is_answered_before_it_would_repeat_a_message(edge, monkeypatch):
    monkeypatch.setattr("bot.adapter.PATIENCE_SECONDS", 0.01)
    edge.handler = gate = Gate(Reply(card=CARD))
    assert (await edge.post(activity(edge.connector.url)))[0] == 202
    gate.open.set()
    assert (await edge.connector.wait_for(1))[0].card == CARD
