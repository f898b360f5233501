"""What leaves: words of people stay words, whatever they hold, and never become a mention, a link or another card."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from support.activities import activity
from support.card_samples import all_cards
from support.connector import FakeConnector
from support.desk import HELGA, Desk

from bot import outgoing, wire
from bot.incoming import NAME_LIMIT, conversation_of, person_of
from bot.outgoing import LINE_LIMIT
from handlers.requests import Reply

MARKDOWN = MarkdownIt("commonmark", {"linkify": False}).enable(["strikethrough", "table"])
HOSTILE = [
    "<at>Mona Manager</at>",
    "[Sign in](https://evil.example)",
    "https://evil.example",
    "www.evil.example",
    "<https://evil.example>",
    "**bold**",
    "# heading",
    "- list",
    "<b>x</b>",
    "&lt;at&gt;Mona&lt;/at&gt;",
    '","attachments":[{"contentType":"x"}],"text":"',
    "{{TIME(2026-11-23T10:00:00Z)}}",
    "line\r\nline\u2028line",
    "\u202egnp.exe",
    "```\ncode",
]
WORDS = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=8), max_size=8).map(" ".join)


def assert_mere_words(shown: str) -> None:
    tokens = MARKDOWN.parse(shown)
    assert [token.type for token in tokens] in ([], ["paragraph_open", "inline", "paragraph_close"]), shown
    assert all(child.type == "text" for token in tokens for child in token.children or []), shown
    assert not {"<", ">", "`", "\n", "\r", "\u2028", "\u202e"} & set(shown)
    assert "://" not in shown
    assert "{{" not in shown


@given(WORDS)
def test_a_line_is_mere_words(text):
    sent = {"text": "", "summary": ""} | json.loads(wire.write(outgoing.text_activity(text)))
    assert_mere_words(sent["text"])
    assert sent["summary"] == sent["text"]
    assert sent["textFormat"] == "plain"
    assert set(sent) == {"type", "text", "summary", "textFormat", "conversation"}
    assert_mere_words(outgoing.invoke_message(text).body["value"])
    with_card = outgoing.reply_activity(Reply(card={"type": "AdaptiveCard"}, text=text))
    assert_mere_words(with_card.text or "")


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("said", ["{}", "{} jane@contoso.com", "provision {}", "provision jane@contoso.com name={}",
                                  'status jane@contoso.com "{}"', "diagnose {} x"])  # fmt: skip
async def test_what_is_typed_comes_back_as_mere_words(said, hostile):
    """Nobody can make Mailroom say something that looks as if it were its own, or another's."""
    reply = await Desk().say(said.format(hostile))
    if reply and reply.text:
        assert_mere_words(outgoing.reply_activity(reply).text or "")
    reply = await Desk().click("status", case=hostile)
    assert_mere_words(outgoing.reply_activity(reply).text or "")


def test_nothing_that_is_said_is_long():
    endless = "x" * 100_000
    assert len(outgoing.text_activity(endless).text) <= LINE_LIMIT
    assert len(outgoing.invoke_message(endless).body["value"]) <= LINE_LIMIT
    assert len(outgoing.card_activity({"fallbackText": endless}).summary) <= LINE_LIMIT
    for name, card in all_cards().items():
        assert len(card["fallbackText"]) <= LINE_LIMIT, name


def test_a_name_from_outside_is_clipped_before_anybody_keeps_it():
    endless = "x" * 100_000
    sent = activity("http://127.0.0.1:1/", from_={"id": "29:x", "aadObjectId": HELGA.id, "name": endless},
                    recipient={"id": "28:y", "name": endless}, locale=endless)  # fmt: skip
    read = wire.read(sent)
    person, conversation = person_of(read), conversation_of(read)
    assert max(len(person.name), len(conversation.bot_name), len(person.locale)) <= NAME_LIMIT


async def test_a_reply_by_way_of_http_is_one_activity_without_entities(edge: Any, connector: FakeConnector):
    edge.reply = Reply(text=f"No {HOSTILE[10]}.")
    await edge.post(activity(connector.url))
    [call] = connector.calls
    assert "attachments" not in call.body
    assert "entities" not in call.body
