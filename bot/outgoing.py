"""From a card or a sentence to what Teams takes: an activity, or the body of an invoke's answer."""

from http import HTTPStatus
from typing import Any

import cards
from bot.activity import MESSAGE, PLAIN, Activity, Attachment, InvokeAnswer
from bot.wire import Frozen
from cards.language import told
from cards.texts import plain
from handlers.requests import Card, Reply

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
MESSAGE_TYPE = "application/vnd.microsoft.activity.message"
ERROR_TYPE = "application/vnd.microsoft.error"
LINE_LIMIT = 1000  # characters of a sentence

_ALERT = {"notification": {"alert": True}}


def line(text: str) -> str:
    """A sentence that may repeat words from outside, in the reader's language; no client reads markdown in it."""
    return plain(told(text), LINE_LIMIT)


def card_activity(card: Card, text: str = "", *, alert: bool = False) -> Activity:
    """A message with `card`. `summary` is what a toast shows; `alert` puts it into the activity feed as well."""
    words = line(text)
    return Activity(
        type=MESSAGE,
        text=words,
        text_format=PLAIN if words else "",
        summary=cards.summary_of(card)[:LINE_LIMIT] or words,
        attachments=[Attachment(content_type=CARD_TYPE, content=Frozen(card))],
        channel_data=_ALERT if alert else None,
    )


def text_activity(text: str) -> Activity:
    words = line(text)
    return Activity(type=MESSAGE, text=words, text_format=PLAIN, summary=words)


def reply_activity(reply: Reply) -> Activity:
    """A message: everyone in the conversation sees it."""
    card = reply.public or reply.card
    return card_activity(card, reply.text) if card is not None else text_activity(reply.text)


def invoke_reply(reply: Reply) -> InvokeAnswer:
    """The clicker's new view of the card, or a line on it."""
    return _invoke(CARD_TYPE, reply.card) if reply.card is not None else invoke_message(reply.text)


def invoke_message(text: str) -> InvokeAnswer:
    return _invoke(MESSAGE_TYPE, line(text))


def invoke_error(status: HTTPStatus, sentence: str) -> InvokeAnswer:
    """HTTP 200 all the same: the status inside is the card's (Universal Action Model)."""
    return _invoke(ERROR_TYPE, {"code": status.phrase.replace(" ", ""), "message": line(sentence)}, int(status))


def _invoke(kind: str, value: Any, status: int = 200) -> InvokeAnswer:
    return InvokeAnswer(status=200, body={"statusCode": status, "type": kind, "value": value})
