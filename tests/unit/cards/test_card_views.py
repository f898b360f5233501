"""Cards without the buttons that a reader may not use."""

import copy

import pytest
from support import card_checks, card_samples

from cards import views

CARDS = card_samples.all_cards()
every_card = pytest.mark.parametrize("name", CARDS)


def verbs(card):
    return [node["verb"] for node in card_checks.walk(card) if node.get("type") == "Action.Execute" and "title" in node]


def allows(*known):
    return lambda verb, data: verb in known


@every_card
def test_nothing_changes_for_someone_who_may_everything(name):
    assert views.allowed(CARDS[name], lambda verb, data: True) is CARDS[name]


@every_card
def test_someone_who_may_nothing_sees_no_button_and_every_word(name):
    before = copy.deepcopy(CARDS[name])
    bare = views.allowed(CARDS[name], lambda verb, data: False)
    assert verbs(bare) == []
    assert not any(node.get("type") == "ActionSet" and not node["actions"] for node in card_checks.walk(bare))
    words = [node["text"] for node in card_checks.walk(CARDS[name]) if node.get("type") == "TextBlock"]
    assert [node["text"] for node in card_checks.walk(bare) if node.get("type") == "TextBlock"] == words
    assert CARDS[name] == before
    assert bare.get("refresh") == before.get("refresh")


@every_card
def test_what_everyone_sees_has_one_button_where_there_were_some(name):
    everyones = views.shared(CARDS[name], "refresh", {"case": "c1"})
    assert verbs(everyones) == (["refresh"] if verbs(CARDS[name]) else [])
    assert card_checks.schema_errors(everyones) == []
    assert card_checks.teams_errors(everyones) == []


def test_some_buttons_go_and_others_stay():
    card = CARDS["progress_waiting"]
    assert verbs(card) == ["check-now", "diagnose", "cancel"]
    assert verbs(views.allowed(card, allows("diagnose"))) == ["diagnose"]


def test_a_row_that_cannot_be_opened_stays_a_row():
    bare = views.allowed(CARDS["cases"], allows())
    assert not any("selectAction" in node for node in card_checks.walk(bare))
