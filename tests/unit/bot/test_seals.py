"""Seals: our own buttons in their own chat are let in, anything else is not, whatever was changed."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.card_checks import size
from support.card_samples import all_cards

from bot.seals import FIELD, LIVES, BadSeal, Seals
from handlers import registry
from handlers.requests import Request
from provisioning.case import Conversation, Person

KEY = b"k" * 32
CHAT = "19:joiners@thread.tacv2"
HELGA = Person("6f0e1d2c-0000-4000-8000-0000000000a1", "Helga Desk")
CARDS = all_cards()
TEAMS_LIMIT = 28 * 1024  # "Format your bot messages", learn.microsoft.com: of a whole message


class Watch:
    """Epoch seconds that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


def seals(watch: Watch | None = None, key: bytes = KEY) -> Seals:
    return Seals(key, registry.lifetimes(), watch or Watch())


def click(verb: str, data: dict[str, Any], chat: str = CHAT) -> Request:
    return Request(HELGA, Conversation(chat, "channel", "http://127.0.0.1:1/"), verb=verb, data=data)


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    for item in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        yield from nodes(item)
    if isinstance(value, dict):
        yield value


def buttons(card: Any) -> list[dict[str, Any]]:
    return [node for node in nodes(card) if node.get("type") in ("Action.Execute", "Action.Submit")]


def input_ids(card: Any) -> set[str]:
    return {node["id"] for node in nodes(card) if str(node.get("type", "")).startswith("Input.")}


FORM = seals().seal(CARDS["form_all"], CHAT)
[EXECUTE] = [one for one in buttons(FORM) if one["type"] == "Action.Execute"]
FILLED = {"display_name": "Jane", "usage_location": "US", "license": "x"}


@pytest.mark.parametrize("name", CARDS)
def test_every_button_of_every_card_is_let_in_as_it_was_drawn(name):
    before = deepcopy(CARDS[name])
    sealed = seals().seal(CARDS[name], CHAT)
    assert CARDS[name] == before, "the card itself stays as it was"
    for drawn, made in zip(buttons(before), buttons(sealed), strict=True):
        verb = made.get("verb") or made["data"]["verb"]
        checked = seals().check(click(verb, made["data"]))
        assert checked.data == drawn.get("data", {})
        assert checked.click_id
    assert size(sealed) < TEAMS_LIMIT - 1024


@pytest.mark.parametrize("name", CARDS)
def test_what_can_be_filled_in_is_nothing_that_a_button_says(name):
    ids = input_ids(CARDS[name])
    assert all(part.isidentifier() for part in ids), "the seal is written with dots and commas"
    for button in buttons(CARDS[name]):
        assert not ids & set(button.get("data", {})), "an input would take the place of a sealed field"


def test_a_button_and_what_stands_in_for_it_are_one_click():
    assert EXECUTE["data"] == EXECUTE["fallback"]["data"]
    ids = [seals().check(click(one["verb"], one["data"])).click_id for one in buttons(CARDS_SEALED) if "verb" in one]
    assert len(ids) == len(set(ids)) > 1


CARDS_SEALED = seals().seal(CARDS["progress_waiting"], CHAT)


def test_what_is_filled_in_is_the_persons_own():
    checked = seals().check(click("order", {**EXECUTE["data"], **FILLED}))
    assert {name: checked.data[name] for name in FILLED} == FILLED
    assert FIELD not in checked.data


def test_in_a_channel_the_thread_is_the_same_place():
    assert seals().check(click("order", EXECUTE["data"], f"{CHAT};messageid=17")).click_id


def refused(request: Request, by: Seals | None = None) -> str:
    with pytest.raises(BadSeal) as raised:
        (by or seals()).check(request)
    return raised.value.sentence


@pytest.mark.parametrize(
    "change",
    [
        {"upn": "eve@contoso.com"},
        {"upn": None},
        {"extra": "x"},
        {"": "x"},
        {"choice": "yes"},
        {FIELD: None},
        {FIELD: ""},
        {FIELD: 7},
        {FIELD: ["v1"]},
        {FIELD: "v1.9999999999.n.display_name.x"},
        {FIELD: "v1.....x"},
        {FIELD: "v1.²³.n..x"},
        {FIELD: "é" * 60},
        {FIELD: "v1." + "9" * 5000 + ".n..x"},
    ],
)
def test_a_changed_button_is_refused(change):
    data = {name: value for name, value in {**EXECUTE["data"], **change}.items() if value is not None}
    assert "not made by Mailroom" in refused(click("order", data))


@pytest.mark.parametrize("part", range(5))
def test_no_part_of_a_seal_can_be_changed(part):
    parts = EXECUTE["data"][FIELD].split(".")
    parts[part] = {0: "v2", 1: "9999999999", 3: parts[3] + ",upn"}.get(part, parts[part][::-1])
    assert "not made by Mailroom" in refused(click("order", {**EXECUTE["data"], FIELD: ".".join(parts)}))


def test_another_chat_verb_or_key_is_refused():
    assert "not made" in refused(click("order", EXECUTE["data"], "19:other@thread.tacv2"))
    assert "not made" in refused(click("restore", EXECUTE["data"]))
    assert "not made" in refused(click("order", EXECUTE["data"]), seals(key=b"x" * 32))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.text() | st.sampled_from(sorted(EXECUTE["data"])), JSON_VALUES))
def test_whatever_comes_is_let_in_only_unchanged(changes):
    data = {**EXECUTE["data"], **changes}
    sealed = {name: value for name, value in data.items() if name not in FILLED}
    if sealed == EXECUTE["data"]:
        assert seals().check(click("order", data)).click_id
    else:
        assert refused(click("order", data))


@pytest.mark.parametrize(
    ("verb", "lives"),
    [
        ("fix-confirmed", timedelta(minutes=30)),
        ("cancel-confirmed", timedelta(minutes=30)),
        ("order", timedelta(hours=24)),
        ("restore", timedelta(hours=24)),
        ("run", timedelta(days=7)),
        ("refresh", timedelta(days=30)),
        ("unheard-of", LIVES),
    ],
)
def test_a_button_is_good_for_its_time(verb, lives):
    watch = Watch()
    card = seals(watch).seal({"type": "AdaptiveCard", "actions": [{"type": "Action.Execute", "verb": verb}]}, CHAT)
    data = card["actions"][0]["data"]
    watch.seconds += lives.total_seconds() - 1
    assert seals(watch).check(click(verb, data)).click_id
    watch.seconds += 2
    assert "out of date" in refused(click(verb, data), seals(watch))


def test_a_card_inside_a_card_sends_its_own_inputs_and_those_around_it():
    inside = {"type": "AdaptiveCard", "body": [{"type": "Input.Text", "id": "b"}],
              "actions": [{"type": "Action.Submit", "data": {"verb": "in"}}]}  # fmt: skip
    card = {
        "type": "AdaptiveCard",
        "body": [{"type": "Container", "items": [{"type": "Input.Text", "id": "a"}],
                  "selectAction": {"type": "Action.Execute", "verb": "select"}}],
        "refresh": {"action": {"type": "Action.Execute", "verb": "refresh"}},
        "actions": [{"type": "Action.ShowCard", "card": inside}, {"type": "Action.Execute", "verb": "out"},
                    {"type": "Action.Execute", "verb": "back", "associatedInputs": "none"}],
    }  # fmt: skip
    made = {one.get("verb") or one["data"]["verb"]: one["data"] for one in buttons(seals().seal(card, CHAT))}
    inputs = {verb: data[FIELD].split(".")[3] for verb, data in made.items()}
    assert inputs == {"select": "a", "refresh": "a", "out": "a", "back": "", "in": "a,b"}
    assert seals().check(click("in", {**made["in"], "a": "1", "b": "2"})).click_id
    assert "not made" in refused(click("out", {**made["out"], "b": "2"}))
    assert "not made" in refused(click("back", {**made["back"], "a": "1"}))


def test_a_sealed_card_is_still_plain_json_and_says_nothing_of_the_key():
    assert KEY.decode() not in json.dumps(FORM)
