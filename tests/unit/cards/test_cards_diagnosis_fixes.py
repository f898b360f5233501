"""The card before a fix, the live repair, the choices and the escalation: buttons, inputs, states, size."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from support import card_checks, diagnosis_samples
from support.diagnosis_samples import HELGA, HOSTILE, JANE, LONG, NOW

from cards.approval import approval_card, decision_card
from cards.choices import choices_card
from cards.escalation import escalation_card
from cards.fixing import confirm_card
from cards.repair import repair_card
from provisioning.case import Conversation, Person, Problem, StageState
from provisioning.directory import Match
from provisioning.errors import GraphTrace
from provisioning.escalation import SUPPORT_URL, Answer, Bundle, Moment
from provisioning.findings import Fix, FixKind, Risk
from provisioning.fixes.steps import Ask, FixPlan, OrderAnew, RetryProvisioning
from provisioning.repair import Approval, Repair, RepairState, RepairStep, end

CARDS = diagnosis_samples.diagnosis_cards()
texts = st.one_of(st.text(max_size=60), st.sampled_from([HOSTILE, LONG, "界" * 700, '"\\' * 300]))
names = st.one_of(st.text(max_size=113), st.sampled_from([diagnosis_samples.HOSTILE, "界" * 113]))
days = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
moments = st.one_of(st.none(), days)
traces = st.builds(GraphTrace, st.integers(0, 599), texts, texts, texts, texts)
approvals = st.builds(
    Approval,
    st.lists(st.builds(Person, texts, texts), max_size=20).map(tuple),
    days,
    st.sampled_from(Risk),
    texts,
    texts,
    st.sampled_from([None, Conversation("c", "groupChat", "https://teams.example/")]),
    st.one_of(st.none(), st.builds(Person, texts, texts)),
    moments,
    texts,
)
repairs = st.builds(
    Repair,
    st.just("repair-1"),
    names,
    texts,
    texts,
    texts,
    st.builds(Person, texts, texts),
    days,
    st.lists(st.builds(RepairStep, texts, st.sampled_from(StageState), moments, moments), max_size=6).map(tuple),
    state=st.sampled_from(RepairState),
    outcome=texts,
    problem=st.one_of(st.none(), st.builds(Problem, texts, traces)),
    ended_at=moments,
    approval=st.one_of(st.none(), approvals),
)
lines = st.lists(texts, max_size=40).map(tuple)
bundles = st.builds(
    Bundle,
    user=names,
    tenant_id=texts,
    made_at=st.just(NOW),
    findings=lines,
    facts=st.lists(st.tuples(texts, texts), max_size=20).map(tuple),
    timeline=st.lists(st.builds(Moment, days, texts), max_size=20).map(tuple),
    answers=st.lists(st.builds(Answer, texts, traces), max_size=9).map(tuple),
    errors=lines,
    steps_taken=lines,
    checked=lines,
    unread=lines,
    case_id=st.sampled_from(["", "case-1"]),
    title=texts,
    description=st.lists(texts, max_size=60).map("\n".join).map(lambda text: text[:4000]),
)
found_people = st.builds(Match, st.text(min_size=1, max_size=9), texts, texts, texts, st.booleans())
quick = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a smaller example of so much text takes minutes to find
)


def assert_sound(card: dict[str, Any]) -> None:
    assert card_checks.schema_errors(card) == []
    assert card_checks.size(card) <= card_checks.SIZE_LIMIT
    for item in card_checks.walk(card):
        if item["type"] == "TextBlock":
            assert "<at>" not in item["text"]
            assert "](" not in item["text"].replace(f"]({SUPPORT_URL})", "")


def executes(card: dict[str, Any]) -> list[dict[str, Any]]:
    found = [item for item in card_checks.walk(card["body"]) if item["type"] == "Action.Execute"]
    return [item for item in found if item["title"]]


def inputs(card: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["id"]: item for item in card_checks.walk(card) if item["type"].startswith("Input.")}


@quick
@given(repairs)
def test_any_repair_renders(repair: Repair) -> None:
    assert_sound(repair_card(repair, NOW, refresh_for=["29:a"]))
    if repair.approval:
        assert_sound(approval_card(repair, repair.approval, NOW))
        assert_sound(decision_card(repair, repair.approval))


@quick
@given(texts, st.lists(found_people, max_size=13))
def test_any_choice_renders(typed: str, people: list[Match]) -> None:
    card = choices_card(typed, people)
    assert_sound(card)
    assert len(executes(card)) == min(len(people), 10)


@quick
@given(bundles)
def test_any_bundle_renders(bundle: Bundle) -> None:
    assert_sound(escalation_card(bundle))


@quick
@given(texts, texts, st.sampled_from(Risk), st.lists(texts, max_size=6), st.lists(texts, max_size=3), names)
def test_any_plan_renders(title: str, changes: str, risk: Risk, says: list[str], options: list[str], user: str) -> None:
    fix = Fix("retry-provisioning", title, FixKind.GRAPH, risk, changes)
    steps = tuple(RetryProvisioning("a", one) for one in says)
    asks = (Ask("license", title, tuple((str(n), one) for n, one in enumerate(options)), "0"),) if options else ()
    assert_sound(confirm_card(fix, FixPlan(fix.id, risk, steps, asks), user, "C05"))


@pytest.mark.parametrize(
    ("name", "style", "confirms"),
    [
        ("fixing_retry", "positive", False),
        ("fixing_conflict", "destructive", False),
        ("fixing_recreate", "destructive", True),
        ("fixing_purge_choose", "destructive", True),
    ],
)
def test_the_riskier_the_more_it_takes(name: str, style: str, confirms: bool) -> None:
    card = CARDS[name]
    do_it, back = executes(card)
    assert (do_it["title"], do_it["verb"], do_it["style"]) == ("Do it", "fix-confirmed", style)
    assert do_it["associatedInputs"] == "auto"
    assert (back["title"], back["data"]) == ("Back", {"verb": "diagnose", "user": JANE})
    assert ("confirm" in inputs(card)) == confirms


def test_every_step_is_shown_before_the_click() -> None:
    words = json.dumps(CARDS["fixing_recreate"], ensure_ascii=False)
    for number in range(1, 6):
        assert f'"{number}.\u00a0"' in words
    assert "Wait until the mailbox no longer answers." in words
    assert "**Data may be lost.**" in words


def test_the_higher_risk_of_fix_and_plan_counts() -> None:
    fix = Fix("reassign-license", "Reassign", FixKind.GRAPH, Risk.REVERSIBLE, "It changes.")
    assert "confirm" in inputs(confirm_card(fix, FixPlan(fix.id, Risk.DATA_LOSS), JANE, "C04"))


def test_what_is_open_is_asked_and_what_was_chosen_travels() -> None:
    asked, chosen = CARDS["fixing_choose_license"], CARDS["fixing_chosen"]
    assert set(inputs(asked)) == {"license", "usage_location"}
    assert {"title": "Germany (DE)", "value": "DE"} in inputs(asked)["usage_location"]["choices"]
    assert "What Mailroom will do" not in json.dumps(asked)
    data = executes(chosen)[0]["data"]
    assert inputs(chosen) == {}
    assert data["usage_location"] == "US"
    assert data["fix"] == "assign-license"


def test_a_choice_cannot_change_what_the_button_does() -> None:
    fix = Fix("retry-provisioning", "Retry", FixKind.GRAPH, Risk.REVERSIBLE, "It changes.")
    sly = {"user": "mona@contoso.com", "fix": "purge-deleted", "verb": "cancel-confirmed"}
    data = executes(confirm_card(fix, FixPlan(fix.id, Risk.REVERSIBLE), JANE, "C04", sly))[0]["data"]
    assert (data["verb"], data["user"], data["fix"]) == ("fix-confirmed", JANE, "retry-provisioning")


def test_a_new_order_promises_no_look() -> None:
    fix = Fix("use-free-name", "Use a free name", FixKind.GRAPH, Risk.REVERSIBLE, "It changes.")
    plan = FixPlan(fix.id, Risk.REVERSIBLE, (OrderAnew("jane2@contoso.com", "Order jane2@contoso.com."),))
    assert "Look again" not in json.dumps(confirm_card(fix, plan, JANE, "C24"))


@pytest.mark.parametrize(
    ("name", "says", "share", "verbs"),
    [
        ("repair_running", "at work", 38, []),
        ("repair_looking", "at work", 88, []),
        ("repair_cured", "the cause is gone", 100, ["diagnose"]),
        ("repair_not_cured", "not solved yet", 100, ["diagnose", "escalate"]),
        ("repair_failed", "stopped", 25, ["diagnose", "escalate"]),
    ],
)
def test_the_repair_card_follows_the_state(name: str, says: str, share: int, verbs: list[str]) -> None:
    card = CARDS[name]
    assert card["speak"] == f"{JANE}: Reassign the license — {says}"
    (bar,) = [item for item in card_checks.walk(card) if item["type"] == "ProgressBar"]
    assert bar["value"] == share
    assert [one["verb"] for one in executes(card)] == verbs
    assert ("refresh" in card) == (name in ("repair_running", "repair_looking"))


def test_only_a_new_snapshot_says_gone() -> None:
    writes_done = diagnosis_samples.all_done()
    assert "gone." not in json.dumps(repair_card(writes_done, NOW)).replace("Exchange plan as off.", "")
    unknown = end(writes_done, RepairState.NOT_CURED, "The new snapshot could not read: account.", NOW)
    words = json.dumps(repair_card(unknown, NOW))
    assert "could not read: account" in words
    assert "still there" not in words.lower()


def test_a_stop_shows_what_graph_said() -> None:
    words = json.dumps(CARDS["repair_failed"])
    assert "**Stopped.** Microsoft 365 refused the license." in words
    assert diagnosis_samples.REQUEST_ID in words


def test_a_repair_without_steps_only_looks() -> None:
    repair = Repair("r", JANE, "re-check", "Check again", "C05", HELGA, NOW, ())
    assert "Look again whether the cause is gone" in json.dumps(repair_card(repair, NOW))


def test_each_choice_runs_the_command() -> None:
    card = CARDS["choices"]
    assert [one["data"]["text"] for one in executes(card)][:2] == [
        "diagnose jane@contoso.com",
        "diagnose jane.dorsey@contoso.com",
    ]
    assert "In the recycle bin" in json.dumps(card)


def test_a_sly_name_cannot_become_a_command() -> None:
    sly = Match("the-id", 'jane@contoso.com" license=E5', "Jane", "mail")
    (button,) = executes(choices_card("jane", [sly]))
    assert button["data"]["text"] == "diagnose the-id"


def test_the_draft_can_be_copied_and_nothing_is_sent() -> None:
    bundle = diagnosis_samples.support_bundle()
    card = escalation_card(bundle)
    snippets = [item["codeSnippet"] for item in card_checks.walk(card) if item["type"] == "CodeBlock"]
    assert snippets[:2] == [bundle.title, bundle.description]
    assert f"]({SUPPORT_URL})" in json.dumps(card)
    assert "Nothing has been sent" in json.dumps(card)
    assert executes(card)[0]["data"] == {"verb": "diagnose", "user": JANE, "case": "case-1"}


def test_a_bundle_too_long_for_the_card_is_cut() -> None:
    bundle = replace(diagnosis_samples.support_bundle(), errors=("x" * 500,) * 60)
    card = escalation_card(bundle)
    assert card_checks.size(card) <= card_checks.SIZE_LIMIT
    assert "more lines are left out here" in json.dumps(card)
