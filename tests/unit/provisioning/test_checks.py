"""Cause by cause: the top finding is right and nothing false stands beside it; pairs of causes are both named."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from support import causes, snapshots
from support.causes import CAUSES
from support.snapshots import NOW, changed, healthy, stuck, synced

from provisioning.diagnosis import diagnose
from provisioning.directory import Probe, ProbeResult, ServiceHealth, Snapshot
from provisioning.errors import GraphTrace
from provisioning.findings import FixKind
from provisioning.fixes import FIXES, PLANNERS

# What is named for each cause, in order. Where more than one is, each is true of the same evidence.
EXPECTED: dict[str, tuple[str, ...]] = {cause: (cause,) for cause in CAUSES} | {
    "C22": ("C19", "C22", "C23"),  # Exchange names the address, nobody visible has it: who it is stays open
    "C24": ("C24",),
    "C24b": ("C01", "C24b"),  # a note, beside normal latency
    "C29": ("C29", "C28"),
    "C29b": ("C29b", "C28", "C30"),
    "C30": ("C30", "C04"),
    "C31": ("C31", "C28"),
    "C37": ("C37", "C05"),
    "C38": ("C28", "C38", "C04"),
    "C41": ("C05", "C41"),
    "C42": ("C01", "C42"),
}
LIKELY = {"C22", "C23", "C28", "C29", "C29b", "C30", "C31", "C36", "C38"}


def causes_of(snapshot: Snapshot) -> list[str]:
    return [finding.cause for finding in diagnose(snapshot).findings]


@pytest.mark.parametrize("cause", sorted(CAUSES))
def test_each_cause_is_named_and_nothing_else(cause: str) -> None:
    diagnosis = diagnose(CAUSES[cause](stuck()))

    assert tuple(finding.cause for finding in diagnosis.findings) == EXPECTED[cause]
    assert not diagnosis.is_healthy
    for finding in diagnosis.findings:
        assert finding.evidence
        assert finding.fixes
        assert finding.source.url.startswith("https://")
        assert finding.source.title
        assert finding.slug
        assert "  " not in finding.sentence
        assert finding.sentence.endswith(".")
        assert finding.is_likely == bool(finding.proof)
        for item in finding.evidence:
            assert item.property
            assert item.value
        for fix in finding.fixes:
            assert FIXES[fix.id]
            assert fix.changes
            assert (fix.kind is FixKind.POWERSHELL) == bool(fix.script)
            assert (fix.kind is FixKind.GRAPH or fix.runs_by_webhook) == (fix.id in PLANNERS)


@pytest.mark.parametrize("cause", sorted(LIKELY & set(CAUSES)))
def test_what_graph_cannot_show_is_marked_likely(cause: str) -> None:
    finding = next(one for one in diagnose(CAUSES[cause](stuck())).findings if one.cause == cause)
    assert finding.is_likely
    assert finding.proof


def test_recycle_bin_without_an_account() -> None:
    diagnosis = diagnose(causes.c21_missing(stuck()))
    assert [finding.cause for finding in diagnosis.findings] == ["C21"]
    assert diagnosis.findings[0].fixes[0].id == "restore-account"


def test_exchange_error_in_unknown_words_is_certain() -> None:
    finding = diagnose(causes.c04_error(stuck())).findings[0]
    assert (finding.cause, finding.is_likely) == ("C04", False)
    assert "0x8004" in finding.evidence[0].value


# Pairs. Those on one axis exclude each other: a user cannot have no license and one with its plan off.
AXES = (
    {"C05", "C06", "C07", "C11", "C12", "C13", "C15", "C16", "C17", "C37", "C41", "C08", "C09", "C14"},
    {"C10"},
    {"C02"},
    {"C19", "C32"},
    {"C20"},
    {"C21"},
    {"C25", "C27"},
    {"C26"},
    {"C34", "C35"},
)
PAIRS = [
    pair for one, other in itertools.combinations(AXES, 2) for pair in itertools.product(sorted(one), sorted(other))
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_both_of_a_pair_are_named_and_no_third(first: str, second: str) -> None:
    allowed = {first, second}.union(EXPECTED[first], EXPECTED[second])
    for order in ((first, second), (second, first)):
        snapshot = stuck()
        for cause in order:
            snapshot = CAUSES[cause](snapshot)
        named = causes_of(snapshot)
        assert {first, second} <= set(named), (order, named)
        assert set(named) <= allowed, (order, named)


def test_latency_changes_with_age() -> None:
    assert causes_of(stuck(timedelta(minutes=5))) == ["C01"]
    late = diagnose(stuck(timedelta(hours=5))).findings[0]
    assert late.cause == "C01"
    assert "300 minutes" in late.sentence
    assert causes_of(stuck(timedelta(hours=24))) == ["C04"]
    assert causes_of(synced(stuck(timedelta(minutes=59)))) == ["C01"]


def test_resolved_errors_mean_nothing() -> None:
    snapshot = causes.c19(stuck())
    assert snapshot.account
    resolved = tuple(replace(error, is_resolved=True) for error in snapshot.account.service_errors)
    assert causes_of(replace(changed(snapshot, service_errors=resolved), holders=())) == ["C01"]


def test_errors_of_other_services_mean_nothing() -> None:
    snapshot = causes.c04_error(stuck())
    assert snapshot.account
    other = tuple(replace(error, service="sharepoint/NAM") for error in snapshot.account.service_errors)
    assert causes_of(changed(snapshot, service_errors=other)) == ["C01"]


def test_other_features_incidents_do_not_hold_a_mailbox_up() -> None:
    incident = causes.c02(stuck())
    assert incident.health
    mail_flow = tuple(replace(i, feature="E-Mail timely delivery", feature_group="") for i in incident.health.issues)
    assert causes_of(replace(incident, health=ServiceHealth("serviceDegradation", mail_flow))) == ["C01"]
    assert causes_of(replace(incident, health=ServiceHealth("serviceInterruption"))) == ["C02"]


def test_grace_period_is_only_likely() -> None:
    base = stuck(timedelta(hours=2))
    skus = tuple(replace(sku, capability_status="Warning") for sku in base.skus or ())
    finding = diagnose(replace(base, skus=skus)).findings[0]
    assert (finding.cause, finding.is_likely) == ("C13", True)
    assert causes_of(replace(stuck(), skus=skus)) == ["C01"]


def test_no_seat_anywhere_is_named_with_the_missing_license() -> None:
    base = causes.c05(stuck())
    full = tuple(replace(sku, consumed=sku.enabled) for sku in base.skus or ())
    assert causes_of(replace(base, skus=full)) == ["C12", "C05"]
    one_left = tuple(replace(sku, consumed=sku.enabled - 1) for sku in full)
    assert causes_of(replace(base, skus=one_left)) == ["C05"]


def test_holder_without_an_error_is_enough() -> None:
    assert causes_of(replace(causes.c19(stuck()), account=stuck().account)) == ["C19"]


def test_a_license_that_was_off_for_a_moment_tells_of_no_old_mailbox() -> None:
    """Off, save, on: nothing was disconnected, and whatever held the mailbox up still does."""
    since = NOW - timedelta(minutes=9)
    again = replace(stuck(timedelta(minutes=9)), license_removed_at=since - timedelta(minutes=5))
    assert causes_of(again) == ["C01"]
    returned = replace(again, license_removed_at=since - timedelta(days=5))
    assert [(one.cause, one.is_likely) for one in diagnose(returned).findings] == [("C41", True)]
    late = replace(stuck(timedelta(hours=30)), license_removed_at=NOW - timedelta(days=5))
    assert causes_of(late) == ["C04"]


def test_who_has_the_sign_in_name_is_well_and_the_newcomer_has_no_account() -> None:
    taken = replace(healthy(), attempts=causes.c24(stuck()).attempts)
    diagnosis = diagnose(taken)
    assert [(one.cause, one.is_note) for one in diagnosis.findings] == [("C24", True)]
    assert diagnosis.is_healthy
    assert causes_of(changed(taken, created_at=NOW + timedelta(hours=1))) == []


def test_a_group_that_has_the_wanted_address_is_named_without_an_account() -> None:
    snapshot = replace(snapshots.missing(), holders=causes.c19(stuck()).holders)
    assert causes_of(snapshot) == ["C19"]


def test_stale_sync_explains_a_missing_account() -> None:
    snapshot = causes.c36(stuck())
    assert snapshot.organization
    stale = replace(snapshot.organization, last_sync=NOW - timedelta(days=2))
    assert causes_of(replace(snapshot, organization=stale)) == ["C35"]


def test_domain_of_nobody() -> None:
    assert causes_of(snapshots.missing("x@elsewhere.example")) == ["C26"]
    without = replace(snapshots.missing("x@elsewhere.example"), domains=None)
    assert causes_of(without) == ["C26"]
    assert diagnose(snapshots.missing("who@contoso.com")).summary == (
        "There is no account who@contoso.com in this tenant. Provision it."
    )


def test_substitute_of_a_quarantined_name_is_only_likely() -> None:
    upn = "jane4711@contoso.onmicrosoft.com"
    findings = diagnose(replace(changed(synced(stuck()), upn=upn), name=upn)).findings
    assert [(finding.cause, finding.is_likely) for finding in findings] == [("C34", True)]


def test_group_license_goes_to_the_group() -> None:
    snapshot = causes.c07(stuck())
    assert snapshot.account
    states = tuple(replace(state, assigned_by_group=snapshots.GROUP) for state in snapshot.account.license_states)
    fix = diagnose(changed(snapshot, license_states=states)).findings[0].fixes[0]
    assert fix.risk == 2
    assert snapshots.GROUP in fix.changes


def test_working_mailbox_with_errors_that_matter() -> None:
    """An archive mismatch, a refused license and a quarantined attribute are wrong although mail works."""
    for damage in (causes.c32, causes.c34, causes.c19):
        assert causes_of(damage(healthy())) == [damage.__name__.upper()]


# What could not be read.


def unread(snapshot: Snapshot, part: str, status: int, **nothing: object) -> Snapshot:
    trace = GraphTrace(status, "Authorization_RequestDenied" if status == 403 else "TooManyRequests")
    return replace(snapshot, unread=((part, trace),), **nothing)  # type: ignore[arg-type]


def test_unread_parts_are_named_with_their_permission() -> None:
    diagnosis = diagnose(unread(causes.c06(stuck()), "skus", 403, skus=None))
    assert diagnosis.findings == ()
    assert diagnosis.unread[0].permission == "LicenseAssignment.Read.All"
    assert "LicenseAssignment.Read.All" in diagnosis.unread[0].sentence
    assert "does not say why" in diagnosis.summary


def test_throttled_part_is_no_missing_permission() -> None:
    diagnosis = diagnose(unread(stuck(), "health", 429, health=None))
    assert diagnosis.unread[0].permission == ""
    assert "throttling" in diagnosis.unread[0].sentence
    assert "Microsoft reports no incident in provisioning" not in diagnosis.checked


def test_unreadable_account_says_nothing() -> None:
    snapshot = unread(snapshots.missing(), "account", 403)
    for sync in (snapshot, replace(snapshot, organization=causes.c36(stuck()).organization)):
        diagnosis = diagnose(sync)
        assert diagnosis.findings == ()
        assert not diagnosis.is_healthy
        assert "Could not read the account" in diagnosis.summary


def test_unreadable_mailbox_is_neither_healthy_nor_stuck() -> None:
    snapshot = replace(stuck(), mailbox=Probe(ProbeResult.UNKNOWN, GraphTrace(403)))
    for damage in (lambda s: s, causes.c20, causes.c21, causes.c25, causes.c02, causes.c35):
        diagnosis = diagnose(unread(damage(snapshot), "mailbox", 403))
        assert diagnosis.findings == ()
        assert not diagnosis.is_healthy
        assert "could not be checked" in diagnosis.summary


@pytest.mark.parametrize("part", ["organization", "skus", "health", "deleted", "domains", "holders"])
@pytest.mark.parametrize("cause", ["C01", "C05", "C07", "C10", "C19", "C32", "C34"])
def test_an_unread_part_makes_no_finding_false(part: str, cause: str) -> None:
    snapshot = unread(CAUSES[cause](stuck()), part, 403, **{part: None})
    assert causes_of(snapshot)[:1] == [cause]
    assert set(causes_of(snapshot)) <= {cause}


@pytest.mark.parametrize("part", ["organization", "skus", "health", "deleted", "domains", "holders"])
def test_a_healthy_user_stays_healthy_when_a_part_is_unread(part: str) -> None:
    diagnosis = diagnose(unread(healthy(), part, 403, **{part: None}))
    assert diagnosis.is_healthy
    assert len(diagnosis.unread) == 1


def test_the_snapshot_of_before_still_gives_a_diagnosis() -> None:
    """Nothing but the account and the mailbox was asked for."""
    assert causes_of(Snapshot(NOW, stuck().account, mailbox=snapshots.NOT_READY)) == ["C01"]


def test_plan_status_comes_from_whichever_source_shows_it() -> None:
    by_service = replace(causes.c09(stuck()), license_details=(snapshots.ENTERPRISE,))
    assert causes_of(by_service) == ["C09"]
    by_plan = changed(causes.c08(stuck()), provisioned_plans=())
    assert causes_of(by_plan) == ["C08"]
    pending = changed(stuck(), provisioned_plans=(snapshots.ProvisionedPlan("exchange", "Enabled", "PendingInput"),))
    assert causes_of(pending) == ["C01"]
