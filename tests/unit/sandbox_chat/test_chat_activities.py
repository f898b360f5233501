"""The shapes that reach the bot, compared with recorded Teams-like activities."""

import pytest
from support.chat import Teams

from sandbox.chat.activities import mark_mentions, mentions_bot
from sandbox.people import BOT_CHANNEL_ID, CHANNEL, GROUP_CHAT, HELGA, OTHER_TENANT_ID, TENANT_ID


async def test_a_personal_message(teams: Teams) -> None:
    sent = await teams.say("helga", "personal", "hello there")
    (activity,) = teams.bot.of_type("message")
    for changing in ("timestamp", "localTimestamp"):
        assert activity.pop(changing)
    assert activity == {
        "type": "message",
        "id": sent["id"],
        "localTimezone": "America/New_York",
        "channelId": "msteams",
        "serviceUrl": f"{teams.url}/connector",
        "from": {"id": "29:helga", "name": "Helga Desk", "aadObjectId": HELGA.object_id},
        "conversation": {"conversationType": "personal", "tenantId": TENANT_ID, "id": HELGA.personal_chat},
        "recipient": {"id": BOT_CHANNEL_ID, "name": "Mailroom"},
        "text": "hello there",
        "textFormat": "plain",
        "locale": "en-US",
        "entities": [
            {
                "type": "clientInfo",
                "locale": "en-US",
                "country": "US",
                "platform": "Web",
                "timezone": "America/New_York",
            }
        ],
        "channelData": {"tenant": {"id": TENANT_ID}},
    }


async def test_a_mention_in_a_group(teams: Teams) -> None:
    await teams.say("mona", "group", "@mailroom  status")
    (activity,) = teams.bot.of_type("message")
    assert activity["text"] == "<at>Mailroom</at>  status"
    mention, client = activity["entities"]
    mentioned = {"id": BOT_CHANNEL_ID, "name": "Mailroom"}
    assert mention == {"type": "mention", "mentioned": mentioned, "text": "<at>Mailroom</at>"}
    assert (client["locale"], client["country"], client["timezone"]) == ("de-DE", "DE", "Europe/Berlin")
    conversation = {"isGroup": True, "conversationType": "groupChat", "tenantId": TENANT_ID, "id": GROUP_CHAT.id}
    assert activity["conversation"] == conversation
    (html,) = activity["attachments"]
    assert html["contentType"] == "text/html"
    assert "http://schema.skype.com/Mention" in html["content"]


async def test_a_channel_post_and_its_reply(teams: Teams) -> None:
    post = await teams.say("adam", "channel", "@Mailroom help")
    await teams.say("helga", CHANNEL.id, "@Mailroom status", root=post["root"])
    first, reply = teams.bot.of_type("message")
    thread = f"{CHANNEL.id};messageid={post['id']}"
    assert first["conversation"]["id"] == reply["conversation"]["id"] == thread
    data = first["channelData"]
    assert (data["teamsChannelId"], data["teamsTeamId"]) == (CHANNEL.id, CHANNEL.team_id)
    assert (data["channel"], data["team"]["name"]) == ({"id": CHANNEL.id}, "IT Helpdesk")
    roots = {one["root"] for one in await teams.messages("helga", "channel")}
    assert roots == {post["id"]}


async def test_somebody_of_another_tenant(teams: Teams) -> None:
    await teams.say("otto", "personal", "help")
    await teams.say("otto", "group", "@Mailroom help")
    alone, in_group = teams.bot.of_type("message")
    assert alone["conversation"]["tenantId"] == alone["channelData"]["tenant"]["id"] == OTHER_TENANT_ID
    assert in_group["channelData"]["tenant"]["id"] == OTHER_TENANT_ID


async def test_opening_a_conversation_installs_the_bot_once(teams: Teams) -> None:
    for _ in range(2):
        assert (await teams.post("open", "helga", "personal"))["opened"]
    update, installation = teams.bot.received
    assert update["type"] == "conversationUpdate"
    added = [{"id": "29:helga", "aadObjectId": HELGA.object_id}, {"id": BOT_CHANNEL_ID}]
    assert update["membersAdded"] == added
    assert "name" not in update["from"]
    assert (installation["type"], installation["action"], installation["locale"]) == (
        "installationUpdate",
        "add",
        "en-US",
    )
    await teams.post("open", "mona", "channel")
    in_channel = teams.bot.of_type("conversationUpdate")[-1]
    assert in_channel["channelData"]["eventType"] == "teamMemberAdded"
    assert in_channel["membersAdded"] == [{"id": BOT_CHANNEL_ID}]


async def test_submit_and_execute(teams: Teams) -> None:
    await teams.say("helga", "personal", "form")
    card = (await teams.messages("helga", "personal"))[-1]
    await teams.post("submit", "helga", "personal", message=card["id"], data={"verb": "order"}, inputs={"name": "J"})
    submitted = teams.bot.of_type("message")[-1]
    assert "text" not in submitted
    assert submitted["value"] == {"verb": "order", "name": "J"}
    assert submitted["replyToId"] == card["id"]
    assert submitted["channelData"]["source"] == {"name": "message"}
    action = {"type": "Action.Execute", "title": "Order", "verb": "order", "data": {"upn": "j@contoso.com"}}
    await teams.post("execute", "helga", "personal", message=card["id"], action=action, inputs={"name": "J"})
    (invoke,) = teams.bot.of_type("invoke")
    assert (invoke["name"], invoke["replyToId"]) == ("adaptiveCard/action", card["id"])
    wanted = {**action, "data": {"upn": "j@contoso.com", "name": "J"}}
    assert invoke["value"] == {"action": wanted, "trigger": "manual"}


async def test_html_is_handed_on(teams: Teams) -> None:
    text = "<p><at>Mailroom</at>&nbsp;status <a href='mailto:j@contoso.com'>j@contoso.com</a></p>"
    await teams.say("helga", "group", text, textFormat="xml")
    (activity,) = teams.bot.of_type("message")
    assert (activity["text"], activity["textFormat"]) == (text, "xml")
    assert "mailto:j@contoso.com" in activity["attachments"][0]["content"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Mailroom help", "<at>Mailroom</at> help"),
        ("hi @MAILROOM, help", "hi <at>Mailroom</at>, help"),
        ('<at id="0">Mailroom</at> help', "<at>Mailroom</at> help"),
        ("@Mailrooms help", "@Mailrooms help"),
        ("me@mailroom.com", "me@mailroom.com"),
        ("Mailroom help", "Mailroom help"),
    ],
)
def test_mentions(text: str, expected: str) -> None:
    assert mark_mentions(text) == expected
    assert mentions_bot(text) == (text != expected)
