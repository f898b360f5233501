"""Activities to and from JSON, beside botbuilder's own serialiser."""

import json
from copy import deepcopy

import pytest
from botbuilder import schema
from hypothesis import given
from hypothesis import strategies as st
from support.activities import MENTION, activity, click, in_group

from bot import wire
from bot.activity import Activity, Attachment
from bot.wire import Frozen, WireError

URL = "http://127.0.0.1:1/connector"
BUTTON = click(URL, "status", {"case": "c1"})
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
KEYS = sorted(
    {*activity(URL), *BUTTON, "membersAdded", "attachments", "relatesTo", "suggestedActions", "semanticAction"}
)


@pytest.mark.parametrize("body", [activity(URL), BUTTON, in_group(URL)])
def test_what_comes_in_goes_out_unchanged(body):
    again = json.loads(wire.write(wire.read(body)))
    again["timestamp"] = body["timestamp"]
    assert again == body


@pytest.mark.parametrize("body", [activity(URL), BUTTON, in_group(URL)])
def test_it_reads_as_botbuilder_reads(body):
    ours, theirs = wire.read(body), schema.Activity().deserialize(body)
    for name in ("type", "id", "name", "service_url", "channel_id", "locale", "text", "reply_to_id"):
        assert getattr(ours, name) == (getattr(theirs, name) or ""), name
    assert (ours.value, ours.channel_data) == (theirs.value, theirs.channel_data)
    for name in ("id", "name", "aad_object_id"):
        assert getattr(ours.sender, name) == getattr(theirs.from_property, name)
    assert ours.conversation.id == theirs.conversation.id
    assert ours.conversation.tenant_id == body["conversation"]["tenantId"]  # botbuilder: None


def test_entities_keep_what_botbuilder_does_not_model():
    assert wire.read(in_group(URL)).entities[0].more["text"] == MENTION["text"]


def test_cards_stay_as_they_are():
    card = {"body": [{"items": [{"text": "\ud800 lone", "list": [1, 2.5, None, True]}]}]}
    message = Activity(type="message", attachments=[Attachment(content_type="x", content=card)])
    sent = json.loads(wire.write(message))["attachments"][0]["content"]
    assert sent["body"][0]["items"][0]["list"] == [1, 2.5, None, True]


def test_a_finished_card_is_not_copied():
    card = Frozen({"body": []})
    assert deepcopy(card) is card


def test_what_has_no_json_is_said():
    with pytest.raises(TypeError):
        wire.write(Activity(type="message", value=object()))


@given(st.dictionaries(st.sampled_from(KEYS), JSON_VALUES))
def test_any_json_is_an_activity_or_a_wire_error(changes):
    try:
        read = wire.read({**activity(URL), **changes})
    except WireError:
        return
    assert read.type
