"""The diagnosis card: any diagnosis fits, six buttons at most are in sight, nothing from outside takes effect."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from support import card_checks, diagnosis_samples
from support.causes import CAUSES
from support.snapshots import healthy, stuck

from cards.code import code
from cards.diagnosis import TELLING, diagnosis_card
from provisioning.causes import CAUSES as KNOWN
from provisioning.checks import CHECKS
from provisioning.diagnosis import Diagnosis, Unread, diagnose
from provisioning.errors import GraphTrace
from provisioning.findings import Evidence, Finding, Fix, FixKind, Risk, Source

texts = st.one_of(
    st.text(max_size=60), st.sampled_from([diagnosis_samples.HOSTILE, diagnosis_samples.LONG, "界" * 700, '"\\' * 300])
)
names = st.one_of(st.text(max_size=113), st.sampled_from([diagnosis_samples.HOSTILE, "界" * 113]))
few = {"max_size": 9}
some_fixes = st.builds(
    Fix,
    st.sampled_from(["retry-provisioning", "contact-support", "re-check", "resync-directory"]),
    texts,
    st.sampled_from(FixKind),
    st.sampled_from(Risk),
    texts,
    st.one_of(texts, st.lists(texts, max_size=40).map("\n".join)),
    st.booleans(),
)
some_findings = st.builds(
    Finding,
    names,
    texts,
    texts,
    st.lists(st.builds(Evidence, texts, texts), max_size=12).map(tuple),
    st.lists(some_fixes, **few).map(tuple),
    st.builds(Source, texts, texts),
    st.integers(0, 99),
    st.booleans(),
    texts,
    st.booleans(),
)
traces = st.builds(GraphTrace, st.integers(0, 599), texts, texts, texts, texts)
diagnoses = st.builds(
    Diagnosis,
    names,
    st.booleans(),
    texts,
    st.lists(some_findings, max_size=12).map(tuple),
    st.lists(st.builds(Unread, texts, texts, texts, traces), **few).map(tuple),
    st.lists(texts, max_size=40).map(tuple),
    st.lists(some_fixes, max_size=2).map(tuple),
)
quick = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a smaller example of so much text takes minutes to find
)


def buttons(card: dict[str, Any], *, hidden: bool = False) -> list[dict[str, Any]]:
    """Those in sight; with `hidden`, those that open on a click too."""

    def look(value: Any) -> list[dict[str, Any]]:
        if isinstance(value, list):
            return [found for one in value for found in look(one)]
        if not isinstance(value, dict) or (value.get("isVisible") is False and not hidden):
            return []
        if value.get("type") == "Action.Execute":
            return [value]
        return [found for name, one in value.items() if name not in ("data", "fallback") for found in look(one)]

    return look(card["body"])


def fix_buttons(card: dict[str, Any], *, hidden: bool = False) -> list[str]:
    return [one["data"]["fix"] for one in buttons(card, hidden=hidden) if one["verb"] == "fix"]


def scripts(card: dict[str, Any]) -> list[str]:
    return [item["codeSnippet"] for item in card_checks.walk(card) if item["type"] == "CodeBlock"]


@quick
@given(diagnoses, st.booleans(), st.sampled_from(["", "case-1"]))
def test_any_diagnosis_fits(diagnosis: Diagnosis, can_resync: bool, case_id: str) -> None:
    card = diagnosis_card(diagnosis, can_resync=can_resync, case_id=case_id)
    assert card_checks.schema_errors(card) == []
    assert card_checks.size(card) <= card_checks.SIZE_LIMIT
    in_sight = buttons(card)
    assert 1 <= len(in_sight) <= 6
    assert any(one["verb"] == "diagnose" and one["title"] == "Re-check" for one in in_sight)
    assert sum(one.get("style") == "positive" for one in in_sight) <= 1
    for item in card_checks.walk(card):
        if item["type"] == "TextBlock":
            assert "<at>" not in item["text"]
            assert "](" not in item["text"] or "](https://" in item["text"]


@pytest.mark.parametrize("cause", sorted(CAUSES))
def test_every_known_cause_is_drawn_whole(cause: str) -> None:
    diagnosis = diagnose(CAUSES[cause](stuck()))
    card = diagnosis_card(diagnosis)
    words = json.dumps(card, ensure_ascii=False)
    assert card_checks.size(card) <= card_checks.SIZE_LIMIT
    assert "left out, to keep" not in words
    wanted = [fix.id for finding in diagnosis.findings for fix in finding.fixes if fix.kind is FixKind.GRAPH]
    assert sorted(fix_buttons(card, hidden=True)) == sorted(fix_id for fix_id in wanted if fix_id != "re-check")
    for finding in diagnosis.findings:
        assert f"]({finding.source.url})" in words
        assert f"Known as {finding.cause}, {finding.slug}" in words
        assert all(fix.script in scripts(card) for fix in finding.fixes if fix.kind is FixKind.POWERSHELL)


def test_every_source_can_be_a_link() -> None:
    base = diagnose(CAUSES["C05"](stuck()))
    for known in KNOWN.values():
        card = diagnosis_card(replace(base, findings=(replace(base.findings[0], source=known.source),)))
        assert f"]({known.source.url})" in json.dumps(card)


def test_safe_fixes_come_first_and_risky_ones_beside_their_price() -> None:
    card = diagnosis_card(diagnose(CAUSES["C21"](stuck())))
    assert fix_buttons(card) == ["restore-account", "retry-provisioning", "purge-deleted"]
    assert [one.get("style") for one in buttons(card)] == ["positive", None, None, None]
    words = json.dumps(card)
    assert words.index("**Data may be lost.** The deleted account") < words.index('"fix": "purge-deleted"')
    assert buttons(card)[0]["data"] == {
        "verb": "fix",
        "user": "jane@contoso.com",
        "fix": "restore-account",
        "cause": "C21",
    }


def test_what_has_to_be_done_by_hand_first_lies_open() -> None:
    card = diagnosis_card(diagnose(CAUSES["C19"](stuck())))
    assert fix_buttons(card) == ["retry-provisioning"]
    assert not any(one.get("style") for one in buttons(card))
    words = json.dumps(card)
    assert words.index("CodeBlock") < words.index("retry-provisioning")
    assert "Show the PowerShell" not in words


def test_directory_sync_is_a_button_only_with_a_webhook() -> None:
    diagnosis = diagnose(diagnosis_samples.hybrid())
    without, with_one = diagnosis_card(diagnosis), diagnosis_card(diagnosis, can_resync=True)
    assert fix_buttons(without, hidden=True) == []
    assert fix_buttons(with_one) == ["resync-directory"]
    assert len(scripts(without)) == len(scripts(with_one)) + 1


def test_likely_is_said_with_what_would_prove_it() -> None:
    card = diagnosis_card(diagnose(diagnosis_samples.late()), case_id="case-1")
    words = json.dumps(card)
    assert "likely cause found" in card["speak"]
    assert '"Likely cause"' in words
    assert "What would prove it: Invoke-ProvisioningRecipientDiagnostic" in words
    assert buttons(card)[-1]["data"] == {"verb": "escalate", "user": "jane@contoso.com", "case": "case-1"}
    assert buttons(card)[-2]["data"] == {"verb": "diagnose", "user": "jane@contoso.com", "case": "case-1"}


def test_support_is_offered_only_where_a_finding_does() -> None:
    assert "escalate" not in {one["verb"] for one in buttons(diagnosis_card(diagnose(CAUSES["C05"](stuck()))))}


def test_healthy_says_how_that_was_checked() -> None:
    card = diagnosis_card(diagnose(healthy()))
    words = json.dumps(card, ensure_ascii=False)
    assert card["speak"] == "jane@contoso.com — nothing is wrong"
    assert "✓ A license is assigned" in words
    assert "Clear the browser cache" in words
    assert [one["verb"] for one in buttons(card)] == ["diagnose"]


def test_the_telling_checks_exist() -> None:
    assert set(TELLING) <= {check.words for check in CHECKS}


@pytest.mark.parametrize("cause", ["C01", "C24b", "C43"])
def test_what_only_takes_time_is_no_alarm(cause: str) -> None:
    card = diagnosis_card(diagnose(CAUSES[cause](stuck())))
    assert card["speak"] == "jane@contoso.com — nothing to repair yet"
    assert '"attention"' not in json.dumps(card)


def test_unread_parts_name_the_permission() -> None:
    words = json.dumps(diagnosis_card(diagnose(diagnosis_samples.unreadable())))
    assert "the permission LicenseAssignment.Read.All would allow it" in words
    assert "skus: 403" in words
    assert "nothing is wrong" not in words


def test_many_findings_stay_within_the_limit_and_are_counted() -> None:
    finding = diagnose(CAUSES["C05"](stuck())).findings[0]
    many = tuple(replace(finding, rank=rank) for rank in range(40))
    diagnosis = Diagnosis("jane@contoso.com", False, "", many)
    card = diagnosis_card(diagnosis)
    assert card_checks.size(card) <= card_checks.SIZE_LIMIT
    assert "33 more left out" in json.dumps(card)
    assert "40 causes found" in card["speak"]


def test_commands_are_copied_to_the_character() -> None:
    script = "Get-Mailbox -Filter 'a*' | % { $_ }\n# {{DATE(2020-01-01T00:00:00Z)}} <x> [y](z)\n\n$x = @{a='1'}"
    block = code(script, "PowerShell").render()
    assert block["codeSnippet"] == script
    lines = ["".join(run["text"] for run in one["inlines"]) for one in block["fallback"]["items"]]
    assert lines == [line for line in script.splitlines() if line]
    assert not any("{{" in run["text"] for one in block["fallback"]["items"] for run in one["inlines"])


def test_long_commands_end_with_a_whole_line() -> None:
    script = "\n".join(f"Get-Mailbox -Identity 'user{n}@contoso.com'" for n in range(400))
    kept = code(script, "PowerShell").render()["codeSnippet"]
    *lines, last = kept.splitlines()
    assert script.startswith("\n".join(lines) + "\n")
    assert last == f"# … {400 - len(lines)} more lines are left out here"
    assert code(script, "PowerShell").render()["fallback"]["type"] == "TextBlock"
