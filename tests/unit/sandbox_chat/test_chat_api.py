"""The chat API over HTTP: the way to drive the simulated Teams without a browser."""

import asyncio
import hashlib
import json
import re
from pathlib import Path

import pytest
from support.chat import Json, Teams

from sandbox.people import HELGA

VENDOR = Path(__file__).parents[3] / "sandbox" / "chat" / "vendor"


def words(message: Json) -> str:
    return json.dumps(message["attachments"])


async def click(teams: Teams, who: str, card: Json, verb: str, **more: object) -> Json:
    action = {"verb": verb, "data": {"verb": verb}}
    return await teams.post("execute", who, card["conversation"], message=card["id"], action=action, **more)


async def card_in_group(teams: Teams) -> Json:
    await teams.say("helga", "group", "@Mailroom card")
    return (await teams.messages("helga", "group"))[-1]


async def test_people_and_conversations(teams: Teams) -> None:
    people = (await teams.call("GET", "/chat/people"))["people"]
    assert [(one["key"], one["locale"]) for one in people] == [
        ("helga", "en-US"),
        ("mona", "de-DE"),
        ("adam", "en-GB"),
        ("otto", "en-US"),
    ]
    conversations = (await teams.call("GET", "/chat/conversations?as=mona"))["conversations"]
    assert [(one["kind"], one["name"]) for one in conversations] == [
        ("personal", "Mailroom"),
        ("groupChat", "Helpdesk group"),
        ("channel", "Joiners"),
    ]


async def test_a_message_and_its_answer(teams: Teams) -> None:
    sent = await teams.say("helga", "personal", "card")
    assert (sent["sender"], sent["delivery"]) == ("helga", "sent")
    _, card = await teams.messages("helga", "personal")
    assert (card["sender"], card["preview"], card["personalView"]) == ("bot", "40%", False)


async def test_in_a_group_only_mentions_reach_the_bot(teams: Teams) -> None:
    assert (await teams.say("helga", "group", "lunch?"))["delivery"] == "none"
    assert teams.bot.of_type("message") == []
    assert (await teams.say("helga", "group", "@Mailroom lunch?"))["delivery"] == "sent"
    assert len(teams.bot.of_type("message")) == 1


async def test_a_failing_bot_loses_nothing(teams: Teams) -> None:
    teams.bot.failing = True
    sent = await teams.say("helga", "personal", "hello")
    assert (sent["delivery"], sent["failure"]) == ("failed", "The bot answered with HTTP 500.")
    (mine,) = await teams.messages("helga", "personal")
    assert mine["text"] == "hello"
    teams.bot.failing = False
    again = await teams.post("retry", "helga", "personal", message=sent["id"])
    assert again["delivery"] == "sent"
    (activity,) = teams.bot.of_type("message")
    assert (activity["id"], activity["text"]) == (sent["id"], "hello")
    assert teams.bot.of_type("installationUpdate")
    await teams.call("POST", "/chat/retry", {"as": "helga", "conversation": "personal", "message": sent["id"]}, 400)


async def test_a_bot_that_is_not_there(teams: Teams) -> None:
    bot = await teams.call("PUT", "/chat/bot", {"url": "http://127.0.0.1:1/api/messages"})
    assert not bot["up"]
    sent = await teams.say("helga", "personal", "hello")
    assert (sent["delivery"], sent["failure"]) == ("failed", "The bot cannot be reached.")


async def test_an_answer_to_a_click_is_for_the_clicker_alone(teams: Teams) -> None:
    card = await card_in_group(teams)
    clicked = await click(teams, "mona", card, "check")
    assert (clicked["kind"], clicked["status"]) == ("card", 200)
    assert "check by Mona Manager (manual)" in words(clicked["message"])
    seen_by_mona = (await teams.messages("mona", "group"))[-1]
    assert seen_by_mona["personalView"]
    assert (await teams.messages("helga", "group"))[-1] == card
    assert seen_by_mona["state"] != card["state"]


async def test_an_edit_ends_personal_views(teams: Teams) -> None:
    card = await card_in_group(teams)
    await click(teams, "mona", card, "check")
    await teams.bot.update(teams.bot.last_card["to"], card["id"], {"type": "message", "text": "Done"})
    for person in ("mona", "helga"):
        seen = (await teams.messages(person, "group"))[-1]
        assert (seen["text"], seen["personalView"], seen["version"]) == ("Done", False, 2)


async def test_other_answers_to_a_click(teams: Teams) -> None:
    card = await card_in_group(teams)
    said = await click(teams, "helga", card, "say")
    assert (said["kind"], said["text"]) == ("message", "Working on it")
    failed = await click(teams, "helga", card, "fail")
    assert (failed["kind"], failed["text"], failed["code"]) == ("error", "No seats are left", "NoSeats")
    assert (await teams.messages("helga", "group"))[-1] == card


async def test_a_slow_or_broken_answer_to_a_click(teams: Teams) -> None:
    card = await card_in_group(teams)
    await teams.call("PUT", "/chat/bot", {"invokeSeconds": 0.05})
    teams.bot.invoke_delay = 5
    slow = await click(teams, "helga", card, "check")
    assert (slow["kind"], slow["text"]) == ("error", "Something went wrong. Please try again.")
    teams.bot.failing = True
    broken = await click(teams, "helga", card, "check")
    assert (broken["kind"], broken["text"]) == ("error", "Unable to reach app. Please try again.")
    submitted = await teams.post("submit", "helga", "group", message=card["id"], data={})
    assert submitted["kind"] == "error"


async def test_a_refresh_happens_once_a_version(teams: Teams) -> None:
    card = await card_in_group(teams)
    first = await click(teams, "helga", card, "refresh", trigger="automatic")
    second = await click(teams, "helga", card, "refresh", trigger="automatic")
    assert (first["kind"], second["kind"]) == ("card", "nothing")
    assert second["message"] == first["message"]
    await click(teams, "mona", card, "refresh", trigger="automatic")
    edited = {"type": "message", "attachments": card["attachments"]}
    await teams.bot.update(teams.bot.last_card["to"], card["id"], edited)
    await click(teams, "helga", card, "refresh", trigger="automatic")
    triggers = [(one["from"]["id"], one["value"]["trigger"]) for one in teams.bot.of_type("invoke")]
    assert triggers == [("29:helga", "automatic"), ("29:mona", "automatic"), ("29:helga", "automatic")]


async def test_an_old_client_cannot_execute(teams: Teams) -> None:
    card = await card_in_group(teams)
    changed = await teams.call("POST", "/chat/settings", {"as": "helga", "oldClient": True})
    assert changed["oldClient"]
    assert (await click(teams, "helga", card, "check"))["kind"] == "error"
    assert teams.bot.of_type("invoke") == []


async def test_unread_counts(teams: Teams) -> None:
    await teams.say("helga", "group", "@Mailroom hello")

    async def unread(person: str) -> int:
        conversations = (await teams.call("GET", f"/chat/conversations?as={person}"))["conversations"]
        return int(conversations[1]["unread"])

    assert (await unread("helga"), await unread("mona")) == (1, 2)
    await teams.post("read", "mona", "group")
    assert await unread("mona") == 0


async def test_a_removed_bot_gets_nothing(teams: Teams) -> None:
    await teams.post("membership", "helga", "personal", installed=False)
    assert (await teams.say("helga", "personal", "hello"))["delivery"] == "none"
    assert teams.bot.of_type("message") == []


async def test_the_log_of_what_was_delivered(teams: Teams) -> None:
    await teams.say("helga", "personal", "hello")
    delivered = (await teams.log())["delivered"]
    assert [(one["type"], one["status"]) for one in delivered] == [
        ("conversationUpdate", 201),
        ("installationUpdate", 201),
        ("message", 201),
    ]
    assert delivered[-1]["sender"] == "29:helga"


async def next_event(stream: asyncio.StreamReader | object) -> tuple[str, Json]:
    name, data = "", {}
    async for line in stream:  # type: ignore[union-attr]
        text = line.decode().strip()
        if text.startswith("event:"):
            name = text.removeprefix("event:").strip()
        elif text.startswith("data:"):
            data = json.loads(text.removeprefix("data:"))
        elif not text and name:
            break
    return name, data


async def test_the_stream(teams: Teams) -> None:
    async with teams.session.get(f"{teams.url}/chat/stream?as=helga") as response:
        assert response.headers["Content-Type"] == "text/event-stream"
        assert (await next_event(response.content))[0] == "hello"
        await teams.post("typing", "mona", "group")
        assert (await next_event(response.content))[1]["who"] == "mona"
        await teams.say("mona", "group", "hi")
        name, message = await next_event(response.content)
        assert (name, message["text"], message["sender"]) == ("message", "hi", "mona")
        await teams.say("mona", "personal", "not for Helga")
        await teams.say("helga", "personal", "typing")
        seen = [await next_event(response.content) for _ in range(4)]
        assert {one[1]["conversation"] for one in seen} == {HELGA.personal_chat}
        assert {one[0] for one in seen} == {"message", "typing"}
        await teams.post("reset", "helga", "personal")
        assert (await next_event(response.content))[0] == "reset"
    assert await teams.messages("helga", "group") == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/chat/messages", {"as": "nobody", "conversation": "personal", "text": "x"}, 404),
        ("/chat/messages", {"as": "helga", "conversation": "a:mona-personal", "text": "x"}, 404),
        ("/chat/messages", {"as": "helga", "conversation": "personal", "text": "  "}, 400),
        ("/chat/messages", {"as": "helga", "conversation": "personal", "text": "x" * 120_000}, 413),
        ("/chat/messages", {"as": "helga", "conversation": "personal", "text": "x", "textFormat": "loud"}, 400),
        ("/chat/messages", {"as": "helga", "conversation": "channel", "text": "x", "root": "1"}, 404),
        ("/chat/messages", ["no"], 400),
        ("/chat/execute", {"as": "helga", "conversation": "personal", "message": "1"}, 404),
    ],
)
async def test_wrong_arguments(teams: Teams, path: str, body: object, status: int) -> None:
    answer = await teams.call("POST", path, body, status)
    assert answer["error"]["message"]


async def test_the_page_asks_nobody_else(teams: Teams) -> None:
    async with teams.session.get(teams.url) as response:
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        page = await response.text()
    assert not re.findall(r"https?://", page)
    for address in re.findall(r'(?:src|href)="(/chat/[^"]+)"', page):
        async with teams.session.get(teams.url + address) as response:
            assert response.status == 200, address


@pytest.mark.parametrize("path", ["static/../routes.py", "static/..%2froutes.py", "vendor/nothing.js", "static/cards"])
async def test_nothing_else_is_served(teams: Teams, path: str) -> None:
    async with teams.session.get(f"{teams.url}/chat/{path}") as response:
        assert response.status == 404


def test_vendored_files_are_those_that_the_readme_names() -> None:
    named = dict(
        re.findall(r"^\| `([^`]+)` \|.*`([0-9a-f]{64})` \|$", (VENDOR / "README.md").read_text(), re.MULTILINE)
    )
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in VENDOR.glob("*.js")}
    assert named == found
