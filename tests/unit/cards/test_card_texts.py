"""Words on cards: hostile text stays text, times and durations."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import cards
from cards.texts import LIMIT, at, at_day, at_time, duration, plain

NOW = datetime(2026, 11, 23, 10, 55, tzinfo=UTC)
MARKDOWN = MarkdownIt("commonmark").enable(["strikethrough", "table"])
PIECES = [
    "**",
    "*",
    "_",
    "__",
    "`",
    "~~",
    "[a](b)",
    "[",
    "](http://x.y)",
    "<at>",
    "</at>",
    "<b>",
    "&lt;",
    "&#60;",
    "![x]",
    "\\",
]
STARTS = [
    "# ",
    "- ",
    "+ ",
    "1. ",
    "12) ",
    "> ",
    "---",
    "===",
    "***",
    "    x",
    "\t",
    "\n",
    "\r\n\r\n",
    "| a |",
    "{{TIME(",
    "{",
    "{{{",
    "}}",
]
LINKS = ["http://evil.example", "https://", "www.evil.example", "mailto:", "javascript:x", "<http://x.y>"]
hostile = st.lists(st.one_of(st.sampled_from(PIECES + STARTS + LINKS), st.text(max_size=6)), max_size=12).map("".join)


@given(hostile)
@example("--- ---")
@example("[a]: http://evil.example")
@example("\\[a](http://evil.example)")
@example("&amp;lt;at&amp;gt;")
@example("___")
@example("- - -")
def test_hostile_text_is_one_plain_paragraph(text: str) -> None:
    shown = plain(text)
    tokens = MARKDOWN.parse(shown)
    assert [token.type for token in tokens] in ([], ["paragraph_open", "inline", "paragraph_close"])
    for token in tokens:
        for child in token.children or []:
            assert child.type == "text"
    assert not set("<>[]*`\n\r\t\x00\u202e") & set(shown)
    assert "{{" not in shown
    assert "://" not in shown
    assert len(shown) <= LIMIT + 12
    shown.encode()


@given(st.text(st.characters(categories=["Cf", "Cc", "Mn", "Me", "Zs", "Zl", "Zp", "Lu"]), max_size=30))
def test_nothing_unseen_is_left_and_nothing_piles_up(text: str) -> None:
    shown = plain(text)
    unseen = {character for character in shown if unicodedata.category(character) in ("Cc", "Zl", "Zp")}
    assert not unseen
    assert not set(shown) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200b\ufeff\u00ad\u034f\ufffb")
    assert not re.search("[\u0300-\u036f]{4}", shown)


@given(hostile)
def test_what_is_plain_stays_plain(text: str) -> None:
    once = plain(plain(text))
    assert plain(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "Jane Doe",
        "jane_m.doe-smith@contoso.com",
        "Anne-Marie O'Neil (Sales)",
        "Müller & Söhne GmbH & Co. KG",
        "李小龍",
        "محمد علی",
        "می‌خواهم",
        "👩‍💻 Ada",
        "CONTOSO\\jane",
        "E3: 12 of 50",
    ],
)
def test_ordinary_text_is_untouched(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Jane [Contractor]", "Jane (Contractor)"),
        ("<at>Mona</at>", "‹at›Mona‹/at›"),
        ("a\u202eb\u200bc", "abc"),
        ("two\r\nlines", "two lines"),
        ("# 1", "#\u00a01"),
        ("x" * 300, "x" * 199 + "…"),
        ("{{{TIME(2026-11-23T10:00:00Z)}}", "{ { {TIME(2026-11-23T10:00:00Z)}}"),
        ("a\u034fb\u3164\ufff9c\U000e0041", "abc"),
        ("Z" + "\u0301" * 50 + "oe", "Z\u0301\u0301\u0301oe"),
    ],
)
def test_dangerous_text_stays_readable(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "under 1 s"),
        (0.4, "under 1 s"),
        (12, "12 s"),
        (60, "1 min"),
        (359, "5 min"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (86400, "1 day"),
        (86400 * 3 + 4 * 3600, "3 days 4 h"),
    ],
)
def test_duration_in_words(seconds: float, words: str) -> None:
    assert duration(timedelta(seconds=seconds)) == words


def test_times_are_macros_in_utc() -> None:
    berlin = datetime(2026, 11, 23, 11, 55, 3, 900, tzinfo=timezone(timedelta(hours=1)))
    assert at_time(berlin) == "{{TIME(2026-11-23T10:55:03Z)}}"
    assert at_day(berlin) == "{{DATE(2026-11-23T10:55:03Z,SHORT)}}"


def test_the_day_is_named_when_it_may_be_another() -> None:
    assert at(NOW - timedelta(hours=3), NOW) == at_time(NOW - timedelta(hours=3))
    assert at(NOW - timedelta(hours=13), NOW).startswith("{{DATE(")


def test_a_card_without_words_has_no_summary() -> None:
    assert cards.summary_of({}) == ""
