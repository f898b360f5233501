"""The Bot Connector over HTTP, as a bot uses it."""

import io
from urllib.parse import quote

from support.chat import Teams

from sandbox.people import BOT_CHANNEL_ID, CHANNEL, GROUP_CHAT, HELGA, MONA

CONVERSATIONS = "/connector/v3/conversations"
HELLO = {"type": "message", "text": "Hello"}


def path(conversation: str, *rest: str) -> str:
    return "/".join([CONVERSATIONS, quote(conversation, safe=""), *rest])


async def test_send_edit_delete(teams: Teams) -> None:
    sent = await teams.call("POST", path(HELGA.personal_chat, "activities"), HELLO, 201)
    edited = {"type": "message", "text": "Hello again"}
    assert await teams.call("PUT", path(HELGA.personal_chat, "activities", sent["id"]), edited) == sent
    (message,) = await teams.messages("helga", "personal")
    assert (message["text"], message["version"], message["sender"]) == ("Hello again", 2, "bot")
    assert message["editedAt"]
    await teams.call("DELETE", path(HELGA.personal_chat, "activities", sent["id"]))
    (message,) = await teams.messages("helga", "personal")
    assert message["deleted"]
    answer = await teams.call("PUT", path(HELGA.personal_chat, "activities", sent["id"]), edited, 404)
    assert answer["error"]["code"] == "ActivityNotFoundInConversation"


async def test_an_edit_does_not_notify(teams: Teams) -> None:
    sent = await teams.call("POST", path(HELGA.personal_chat, "activities"), HELLO, 201)
    await teams.call("PUT", path(HELGA.personal_chat, "activities", sent["id"]), HELLO)
    await teams.call("POST", path(HELGA.personal_chat, "activities"), {"type": "typing"}, 201)
    log = await teams.log()
    seen = [(one["method"], one["operation"], one["type"], one["notified"]) for one in log["received"]]
    assert seen == [
        ("POST", "send", "message", True),
        ("PUT", "edit", "message", False),
        ("POST", "send", "typing", False),
    ]
    assert log["counters"]["notified"] == 1
    assert log["counters"]["edit 200"] == 1
    assert log["received"][1]["id"] == sent["id"]


async def test_a_personal_chat_is_made_once(teams: Teams) -> None:
    for wanted in (MONA.channel_id, MONA.object_id, MONA.channel_id):
        body = {"isGroup": False, "members": [{"id": wanted}], "tenantId": MONA.tenant_id}
        assert await teams.call("POST", CONVERSATIONS, body, 201) == {"id": MONA.personal_chat}
    body = {"members": [{"id": MONA.channel_id}], "activity": HELLO}
    created = await teams.call("POST", CONVERSATIONS, body, 201)
    (message,) = await teams.messages("mona", "personal")
    assert created == {"id": MONA.personal_chat, "activityId": message["id"]}


async def test_a_thread_in_a_channel(teams: Teams) -> None:
    body = {"isGroup": True, "channelData": {"channel": {"id": CHANNEL.id}}, "activity": HELLO}
    created = await teams.call("POST", CONVERSATIONS, body, 201)
    assert created["id"] == f"{CHANNEL.id};messageid={created['activityId']}"
    await teams.call("POST", path(created["id"], "activities"), HELLO, 201)
    await teams.call("POST", path(CHANNEL.id, "activities", created["activityId"]), HELLO, 201)
    await teams.call("POST", path(CHANNEL.id, "activities"), HELLO, 201)
    roots = [one["root"] for one in await teams.messages("adam", "channel")]
    assert roots[:3] == [created["activityId"]] * 3
    assert roots[3] not in roots[:3]
    unknown = path(f"{CHANNEL.id};messageid=1", "activities")
    assert (await teams.call("POST", unknown, HELLO, 404))["error"]["code"] == "ConversationNotFound"


async def test_members(teams: Teams) -> None:
    everyone = await teams.call("GET", path(GROUP_CHAT.id, "members"))
    assert [one["name"] for one in everyone] == ["Helga Desk", "Mona Manager", "Adam Admin", "Otto Outside"]
    assert everyone[0]["userPrincipalName"] == "helga@contoso.com"
    assert everyone[3]["tenantId"] != everyone[0]["tenantId"]
    first = await teams.call("GET", path(GROUP_CHAT.id, "pagedmembers") + "?pageSize=3")
    token = first["continuationToken"]
    rest = await teams.call("GET", path(GROUP_CHAT.id, "pagedmembers") + f"?pageSize=3&continuationToken={token}")
    assert first["members"] + rest["members"] == everyone
    assert "continuationToken" not in rest
    for wanted in (HELGA.channel_id, HELGA.object_id):
        assert await teams.call("GET", path(GROUP_CHAT.id, "members", wanted)) == everyone[0]
    assert (await teams.call("GET", path(GROUP_CHAT.id, "members", BOT_CHANNEL_ID)))["name"] == "Mailroom"
    answer = await teams.call("GET", path(MONA.personal_chat, "members", HELGA.channel_id), None, 404)
    assert answer["error"]["code"] == "MemberNotFoundInConversation"


async def test_refusals(teams: Teams) -> None:
    async def code(method: str, where: str, body: object, status: int) -> str:
        return str((await teams.call(method, where, body, status))["error"]["code"])

    personal = path(HELGA.personal_chat, "activities")
    assert await code("POST", path("a:nobody", "activities"), HELLO, 404) == "ConversationNotFound"
    assert await code("PUT", f"{personal}/1", HELLO, 404) == "ActivityNotFoundInConversation"
    assert await code("POST", personal, ["no", "object"], 400) == "BadSyntax"
    assert await code("POST", personal, {"type": "message"}, 400) == "BadSyntax"
    assert await code("POST", personal, {"type": "dance", "text": "x"}, 400) == "BadArgument"
    assert await code("POST", personal, {"type": "message", "text": "x" * 110_000}, 413) == "MessageSizeTooBig"
    assert await code("POST", CONVERSATIONS, {"members": [{"id": "29:nobody"}]}, 400) == "BadArgument"
    assert await code("POST", CONVERSATIONS, {"members": []}, 400) == "BadArgument"
    assert (
        await code("POST", CONVERSATIONS, {"channelData": {"channel": {"id": "19:no"}}}, 404) == "ConversationNotFound"
    )
    for body, status, expected in ((b"{not json", 400, "BadSyntax"), (b"x" * 1_500_000, 413, "MessageSizeTooBig")):
        async with teams.session.post(teams.url + personal, data=io.BytesIO(body)) as response:
            assert (response.status, (await response.json())["error"]["code"]) == (status, expected)


async def test_only_its_own_messages(teams: Teams) -> None:
    said = await teams.say("helga", "group", "Hello colleagues")
    answer = await teams.call("PUT", path(GROUP_CHAT.id, "activities", said["id"]), HELLO, 403)
    assert answer["error"]["code"] == "Forbidden"


async def test_a_removed_bot_is_refused(teams: Teams) -> None:
    await teams.post("membership", "helga", "personal", installed=False)
    await teams.post("membership", "helga", "group", installed=False)
    answer = await teams.call("POST", path(HELGA.personal_chat, "activities"), HELLO, 403)
    assert answer["error"]["code"] == "MessageWritesBlocked"
    answer = await teams.call("POST", path(GROUP_CHAT.id, "activities"), HELLO, 403)
    assert answer["error"]["code"] == "BotNotInConversationRoster"
    assert [one["action"] for one in teams.bot.of_type("installationUpdate")] == ["remove", "remove"]
    await teams.post("membership", "helga", "personal", installed=True)
    await teams.call("POST", path(HELGA.personal_chat, "activities"), HELLO, 201)
    assert teams.bot.of_type("installationUpdate")[-1]["action"] == "add"
