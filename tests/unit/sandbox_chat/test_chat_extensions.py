"""The message extension as the bot sees it, in the shapes that Teams documents; and what people see of its answers."""

from support.chat import Teams
from support.fake_bot import card, text

ADAPTIVE = "application/vnd.microsoft.card.adaptive"
CARD = card(text("Jane Doe"))


async def test_a_search_asks_as_teams_does_and_shows_previews(teams: Teams) -> None:
    tap = {"type": "invoke", "value": {"user": "jane"}}
    preview = {"contentType": "x", "content": {"title": "Jane", "text": "works", "tap": tap}}
    found = {"contentType": ADAPTIVE, "content": CARD, "preview": preview}
    teams.bot.answers["composeExtension/query"] = {"composeExtension": {"type": "result", "attachments": [found]}}
    shown = await teams.post("extension/query", "helga", "group", text="jane")
    assert shown == {
        "kind": "result",
        "results": [{"title": "Jane", "text": "works", "card": CARD, "item": {"user": "jane"}}],
        "text": "",
    }
    asked = teams.bot.of_type("invoke")[-1]
    assert asked["name"] == "composeExtension/query"
    assert asked["value"]["commandId"] == "find"
    assert asked["value"]["parameters"] == [{"name": "who", "value": "jane"}]
    assert asked["value"]["queryOptions"] == {"skip": 0, "count": 25}
    assert asked["channelData"]["source"] == {"name": "compose"}
    await teams.post("extension/query", "helga", "group", text="")
    assert teams.bot.of_type("invoke")[-1]["value"]["parameters"] == [{"name": "initialRun", "value": "true"}]


async def test_a_tap_sends_its_value_alone(teams: Teams) -> None:
    teams.bot.answers["composeExtension/selectItem"] = {"composeExtension": {"type": "message", "text": "Nobody."}}
    shown = await teams.post("extension/select", "helga", "group", item={"user": "jane"})
    assert (shown["kind"], shown["text"]) == ("message", "Nobody.")
    assert teams.bot.of_type("invoke")[-1]["value"] == {"user": "jane"}


async def test_a_posted_card_is_the_persons_own_message(teams: Teams) -> None:
    posted = await teams.call(
        "POST", "/chat/extension/post", {"as": "helga", "conversation": "group", "card": CARD}, 201
    )
    assert (posted["sender"], posted["attachments"][0]["content"]) == ("helga", CARD)
    assert teams.bot.of_type("message") == []


async def test_an_action_gets_the_message_and_a_dialog(teams: Teams) -> None:
    said = await teams.say("mona", "group", "Please: Jane <jane@contoso.com>")
    task = {"type": "continue", "value": {"title": "Order", "card": {"contentType": ADAPTIVE, "content": CARD}}}
    teams.bot.answers["composeExtension/fetchTask"] = {"task": task}
    shown = await teams.post("extension/open", "helga", "group", message=said["id"])
    assert shown == {"kind": "dialog", "title": "Order", "card": CARD, "text": ""}
    value = teams.bot.of_type("invoke")[-1]["value"]
    assert (value["commandId"], value["commandContext"]) == ("provision", "message")
    payload = value["messagePayload"]
    assert payload["body"] == {"contentType": "html", "content": "<div>Please: Jane &lt;jane@contoso.com&gt;</div>"}
    assert payload["from"]["user"]["displayName"] == "Mona Manager"


async def test_a_filled_dialog_sends_data_and_may_close(teams: Teams) -> None:
    said = await teams.say("mona", "group", "Jane")
    teams.bot.answers["composeExtension/submitAction"] = {"task": {"type": "message", "value": "Done."}}
    filled = {"message": said["id"], "data": {"verb": "v"}, "inputs": {"a": "1"}}
    shown = await teams.post("extension/submit", "helga", "group", **filled)
    assert (shown["kind"], shown["text"]) == ("message", "Done.")
    assert teams.bot.of_type("invoke")[-1]["value"]["data"] == {"verb": "v", "a": "1"}
    teams.bot.answers["composeExtension/submitAction"] = {}
    assert (await teams.post("extension/submit", "helga", "group", **filled))["kind"] == "nothing"


async def test_a_bot_that_takes_longer_than_five_seconds_is_given_up(teams: Teams) -> None:
    await teams.call("PUT", "/chat/bot", {"extensionSeconds": 0.05})
    teams.bot.invoke_delay = 1
    shown = await teams.post("extension/query", "helga", "group", text="jane")
    assert (shown["kind"], shown["text"]) == ("error", "Something went wrong. Please try again.")
