"""Any case, form and listing renders to a valid card, whatever the texts; buttons follow the state."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import card_checks, card_samples

from cards.confirm import cancel_card
from cards.countries import country_names
from cards.form import form_card
from cards.helping import CommandHelp, help_card
from cards.listing import cases_card
from cards.people import retry_text
from cards.problem import problem_card
from cards.progress import progress_card
from cards.ready import ready_card
from handlers.grammar import options_of, parse
from provisioning.case import (
    AccountOrigin,
    Case,
    CaseState,
    Order,
    Person,
    Problem,
    Stage,
    StageRecord,
    StageState,
)
from provisioning.directory import Sku
from provisioning.errors import GraphTrace
from provisioning.orders import Incomplete, OrderRequest

NOW = card_samples.NOW
texts = st.one_of(st.just(""), st.text(max_size=40), st.sampled_from([card_samples.HOSTILE, card_samples.LONG]))
moments = st.one_of(
    st.none(),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC)),
)
traces = st.builds(GraphTrace, st.integers(0, 599), texts, texts, texts, texts)
orders = st.builds(Order, texts, texts, texts, texts, texts, texts, texts, texts, texts)
stages = st.tuples(
    *[st.builds(StageRecord, st.just(stage), st.sampled_from(StageState), texts, moments, moments) for stage in Stage]
)
all_cases = st.builds(
    Case,
    id=st.just("case-1"),
    order=orders,
    requester=st.builds(Person, texts, texts),
    created_at=st.just(NOW - timedelta(hours=1)),
    state=st.sampled_from(CaseState),
    stages=stages,
    account_origin=st.sampled_from(AccountOrigin),
    problem=st.one_of(st.none(), st.builds(Problem, texts, traces)),
    waiting_since=moments,
    next_check_at=moments,
    last_check_at=moments,
    ended_at=moments,
    ended_by=texts,
    mail=texts,
    credential_shown_at=moments,
)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def assert_sound(card: dict[str, Any]) -> None:
    assert card_checks.schema_errors(card) == []
    assert card_checks.size(card) <= card_checks.SIZE_LIMIT
    json.dumps(card, ensure_ascii=False).encode()
    for item in card_checks.walk(card):
        if item["type"] == "TextBlock":
            assert "<at>" not in item["text"]
            assert "](" not in item["text"]


def verbs(card: dict[str, Any]) -> list[str]:
    found = [item["verb"] for item in card_checks.walk(card) if item["type"] == "Action.Execute"]
    return [verb for verb in found if verb != "refresh"]


@quick
@given(all_cases, st.lists(st.text(max_size=20), max_size=80))
def test_any_case_renders(case: Case, people: list[str]) -> None:
    assert_sound(progress_card(case, NOW, refresh_for=people))
    assert_sound(cases_card([case], NOW))
    assert_sound(cancel_card(case))
    rendered = ready_card(case)
    assert card_checks.schema_errors(rendered) == []


@quick
@given(texts, traces, texts)
def test_any_problem_renders(sentence: str, trace: GraphTrace, retry: str) -> None:
    assert_sound(problem_card(sentence, trace, retry_text=retry))


@quick
@given(texts, texts, st.sets(st.sampled_from(["display_name", "usage_location", "license"])))
def test_any_form_renders_and_asks_for_what_is_missing(upn: str, manager: str, missing: set[str]) -> None:
    incomplete = Incomplete(OrderRequest(upn, manager=manager), tuple(sorted(missing)), (card_samples.E3,))
    card = form_card(incomplete)
    assert_sound(card)
    inputs = {item["id"] for item in card_checks.walk(card) if item["type"].startswith("Input.")}
    assert inputs == missing
    assert not any("value" in item for item in card_checks.walk(card) if item["type"].startswith("Input."))


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (card_samples.at_license(), ["check-now", "diagnose", "cancel"]),
        (card_samples.waiting(), ["check-now", "diagnose", "cancel"]),
        (card_samples.ready(), []),
        (card_samples.failed(), ["run", "diagnose"]),
        (card_samples.given_up(), ["run", "diagnose", "escalate"]),
        (replace(card_samples.waiting(), state=CaseState.CANCELLED), ["run"]),
    ],
)
def test_buttons_follow_the_state(case: Case, expected: list[str]) -> None:
    assert verbs(progress_card(case, NOW)) == expected


def test_refresh_only_for_those_named() -> None:
    assert "refresh" not in progress_card(card_samples.waiting(), NOW)
    refresh = progress_card(card_samples.waiting(), NOW, refresh_for=[f"29:{n}" for n in range(70)])["refresh"]
    assert refresh["action"]["data"] == {"verb": "refresh", "case": "case-1"}
    assert len(refresh["userIds"]) == 60


@pytest.mark.parametrize(
    ("origin", "shown", "expected"),
    [
        (AccountOrigin.CREATED, None, ["reveal", "hand-over"]),
        (AccountOrigin.CREATED, NOW, []),
        (AccountOrigin.ADOPTED, None, []),
        (AccountOrigin.RESTORED, None, []),
    ],
)
def test_reveal_is_offered_once_and_only_for_new_accounts(
    origin: AccountOrigin, shown: datetime | None, expected: list[str]
) -> None:
    case = replace(card_samples.ready(origin), credential_shown_at=shown)
    assert verbs(ready_card(case)) == expected


def test_full_licenses_cannot_be_chosen() -> None:
    card = form_card(Incomplete(OrderRequest("jane@contoso.com"), ("license",), (card_samples.E3, card_samples.E5)))
    (field,) = [item for item in card_checks.walk(card) if item["type"] == "Input.ChoiceSet"]
    assert field["choices"] == [{"title": "Office 365 E3 — 12 of 50 free", "value": card_samples.E3.id}]
    assert "Office 365 E5 (all 10 used)" in json.dumps(card, ensure_ascii=False)


def test_form_stays_small_with_many_licenses() -> None:
    skus = tuple(Sku(f"{n:036d}", f"SKU_{n}", f"Microsoft 365 product number {n}", 9, 1) for n in range(30))
    missing = ("display_name", "usage_location", "license")
    assert_sound(form_card(Incomplete(OrderRequest("jane@contoso.com"), missing, skus)))


def test_countries_have_names() -> None:
    names = country_names()
    assert names["DE"] == "Germany"
    assert all(code != name for code, name in names.items())
    assert list(names)[:3] == ["AF", "AL", "DZ"]


def test_form_takes_other_country_names() -> None:
    card = form_card(Incomplete(OrderRequest("jane@contoso.com"), ("usage_location",), ()), {"DE": "Deutschland"})
    assert "Deutschland (DE)" in json.dumps(card)


def test_the_same_order_again_is_understood() -> None:
    case = card_samples.started(display_name='Jane "JD" “Doe”', department="R&D")
    command = parse(retry_text(case))
    names = {name: name for name in ("name", "location", "license", "department")}
    assert command.args == ("jane@contoso.com",)
    assert options_of(command, names) == {
        "name": "Jane JD Doe",
        "location": "US",
        "license": "Office 365 E3",
        "department": "R&D",
    }


def test_help_has_six_buttons_at_most() -> None:
    commands = [CommandHelp(f"word{n} <upn>", "It does.", f"word{n} jane@contoso.com") for n in range(9)]
    assert len(verbs(help_card(commands))) == 6
