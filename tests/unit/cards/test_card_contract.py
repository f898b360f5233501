"""Every card in every state: golden JSON, Microsoft's schema and models, size, accessibility, the button contract.

`REGENERATE_GOLDEN=1 pytest tests/unit/cards` writes the golden files anew; look at the diff.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from support import card_checks, card_samples

import cards

GOLDEN = Path(__file__).parent / "golden"
CARDS = card_samples.all_cards()
VERBS = {
    "bulk-check": {"bulk"},
    "bulk-start": {"bulk"},
    "bulk-discard": {"bulk"},
    "bulk-refresh": {"bulk"},
    "bulk-show": {"bulk"},
    "bulk-diagnose": {"user"},
    "bulk-stop": {"bulk"},
    "bulk-stop-confirmed": {"bulk"},
    "bulk-again": {"bulk", "round"},
    "bulk-results": {"bulk"},
    "bulk-sign-in": {"bulk"},
    "bulk-sign-in-chosen": {"bulk"},
    "fix-all": {"users", "cause"},
    "fix-all-confirmed": {"users", "cause", "fix"},
    "run": {"text"},
    "order": {"upn", "manager", "department", "restore"},
    "restore": {"upn", "choice"},
    "refresh": {"case"},
    "check-now": {"case"},
    "cancel": {"case"},
    "cancel-confirmed": {"case"},
    "status": {"case"},
    "diagnose": set(),
    "reveal": {"case"},
    "hand-over": {"case"},
    "ready-refresh": {"case"},
    "fix": {"user", "fix", "cause"},
    "fix-confirmed": {"user", "fix", "cause"},
    "repair-refresh": {"repair"},
    "approve": {"repair"},
    "decline": {"repair"},
    "withdraw": {"repair"},
    "escalate": set(),
    "settings-save": set(),
    "settings-reset": set(),
    "follow-up-again": {"case"},
    "schedule-show": {"schedule"},
    "schedule-now": {"schedule"},
    "schedule-drop": {"schedule"},
    "check-again": {"user"},
}

every_card = pytest.mark.parametrize("name", CARDS)


@every_card
def test_is_the_golden_card(name: str, regenerate_golden: bool) -> None:
    path, card = GOLDEN / f"{name}.json", card_checks.without_pictures(CARDS[name])
    if regenerate_golden:
        path.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n")
    assert json.loads(path.read_text()) == card


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(CARDS)


@every_card
def test_downlevel_card_fits_the_official_schema(name: str) -> None:
    assert card_checks.schema_errors(CARDS[name]) == []


@every_card
def test_full_card_fits_the_models_of_teams(name: str) -> None:
    assert card_checks.teams_errors(CARDS[name]) == []


@every_card
def test_is_small_and_plain_json(name: str) -> None:
    card = CARDS[name]
    assert card["version"] == "1.5"
    assert card_checks.size(card) <= card_checks.SIZE_LIMIT
    assert json.loads(json.dumps(card)) == card


@every_card
def test_says_its_first_words_without_a_card(name: str) -> None:
    card = CARDS[name]
    words = cards.summary_of(card)
    assert words
    assert "{{" not in words
    assert card["speak"] == card["fallbackText"] == words


@every_card
def test_text_wraps_and_inputs_are_labelled(name: str) -> None:
    for item in card_checks.walk(CARDS[name]):
        if item["type"] == "TextBlock":
            assert item["wrap"] is True
        if item["type"].startswith("Input."):
            assert item["label"]
            assert "optional" in item["label"] or (item["isRequired"] is True and item["errorMessage"])


@every_card
def test_ids_are_unique_and_toggles_find_theirs(name: str) -> None:
    items = list(card_checks.walk(CARDS[name]))
    ids = [item["id"] for item in items if "id" in item]
    assert len(ids) == len(set(ids))
    for item in items:
        if item["type"] == "Action.ToggleVisibility":
            assert set(item["targetElements"]) <= set(ids)


@every_card
def test_buttons_keep_the_contract(name: str) -> None:
    for item in card_checks.walk(CARDS[name]):
        if item["type"] == "ActionSet":
            assert 1 <= len(item["actions"]) <= 6
        if item["type"] == "Action.Execute":
            _check_button(item, is_refresh=item["verb"].endswith("refresh"))


def _check_button(button: dict[str, Any], *, is_refresh: bool) -> None:
    data = button["data"]
    assert data["verb"] == button["verb"]
    assert set(data) >= VERBS[button["verb"]]
    if is_refresh and "title" not in button:
        return
    assert button["title"]
    fallback = button["fallback"]
    assert fallback["type"] == "Action.Submit"
    assert fallback["data"] == data
    assert fallback["title"] == button["title"]


def test_no_secret_outside_the_sign_in_card() -> None:
    secrets = ("k7_*Hd-29[x]Q", "Vora-28-kelim-77")
    holding = {name for name, card in CARDS.items() if any(secret in json.dumps(card) for secret in secrets)}
    assert holding == {"sign_in_pass", "sign_in_password"}
    for name in holding:
        assert not any(secret in cards.summary_of(CARDS[name]) for secret in secrets)
