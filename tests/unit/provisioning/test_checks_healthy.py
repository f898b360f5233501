"""A varied fleet of healthy users: no finding for any of them, however odd; and the diagnosis is a pure function."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from support import causes, snapshots
from support.causes import CAUSES
from support.snapshots import E3, ENTERPRISE, FLOW, GROUP, NOW, PLAN_1, TEAMS, YAMMER, healthy, stuck

from provisioning.diagnosis import diagnose
from provisioning.directory import (
    AssignedLicense,
    AssignedPlan,
    DeletedAccount,
    LicenseState,
    Probe,
    ProbeResult,
    ProvisionedPlan,
    ProvisioningError,
    ServiceHealth,
    Snapshot,
)
from provisioning.errors import GraphTrace
from provisioning.recipients import AddressHolder, HolderKind

FULL = tuple(replace(sku, consumed=sku.enabled) for sku in (E3, PLAN_1, FLOW))
PARTS = ("organization", "skus", "health", "deleted", "domains", "holders", "license_details", "primary_mailbox_id")
names = st.sampled_from(["jane", "o'brien", "jane.doe", "j-1", "x_y", "müller", "jane1234"])
moments = st.timedeltas(timedelta(0), timedelta(days=3000)).map(lambda age: NOW - age)
licenses = st.sampled_from(
    [
        (AssignedLicense(E3.id),),
        (AssignedLicense(E3.id, (YAMMER.id,)),),
        (AssignedLicense(E3.id), AssignedLicense(FLOW.id)),
        (AssignedLicense(PLAN_1.id), AssignedLicense(E3.id, (ENTERPRISE.id,))),
        (AssignedLicense(E3.id), AssignedLicense("00000000-0000-4000-8000-00000000dead")),
        (),  # a shared mailbox or a room
    ]
)


@st.composite
def healthy_users(draw: st.DrawFn) -> Snapshot:
    """Working mailboxes with what real tenants have beside them: old errors, twins, odd names, stale sync."""
    upn = f"{draw(names)}@{draw(st.sampled_from(['contoso.com', 'contoso.onmicrosoft.com', 'signin.example']))}"
    base = healthy(upn)
    assert base.account
    held, since = draw(licenses), draw(moments)
    group = draw(st.sampled_from(["", GROUP]))
    visio = LicenseState("c5928f49-12ba-48f7-ada3-0d743a3601d5", "Error", "CountViolation", GROUP)
    states = tuple(LicenseState(one.sku_id, "Active", assigned_by_group=group, updated_at=since) for one in held)
    old_error = ProvisioningError("exchange/NAM", draw(st.sampled_from(["", "<a/>", causes.ARCHIVE_TEXT])), True, since)
    account = replace(
        base.account,
        mail=draw(st.sampled_from([upn, "first.last@contoso.com"])),
        mail_nickname=draw(st.sampled_from(["", "jdoe", upn.partition("@")[0]])),
        proxy_addresses=draw(st.sampled_from([(), base.account.proxy_addresses, ("x500:/o=ExchangeLabs/cn=old",)])),
        usage_location=draw(st.sampled_from(["US", "DE", ""])),
        enabled=bool(held) and draw(st.booleans()),
        created_at=since,
        synced=draw(st.booleans()),
        sam_account_name=draw(st.sampled_from(["", "jdoe"])),
        licenses=held,
        plans=draw(st.sampled_from([(), (AssignedPlan(ENTERPRISE.id, "exchange", "Enabled", since),)])) if held else (),
        license_states=(*states, *draw(st.sampled_from([(), (visio,)]))),
        service_errors=draw(st.sampled_from([(), (old_error,)])),
        provisioned_plans=(ProvisionedPlan("exchange", "Enabled", draw(st.sampled_from(["Success", "PendingInput"]))),),
    )
    is_twin_free = not account.proxy_addresses and not upn.endswith(snapshots.INITIAL)
    theirs = (f"smtp:{upn.partition('@')[0]}@{snapshots.INITIAL}",) if is_twin_free else ("smtp:roe@contoso.com",)
    twin = AddressHolder("u9", HolderKind.USER, "Jane Roe", "jane@fabrikam.com", proxy_addresses=theirs)
    gone = DeletedAccount("d9", "someone@contoso.com", "Someone", since)
    organization = base.organization
    assert organization
    snapshot = replace(
        base,
        account=account,
        organization=replace(organization, synced=account.synced, last_sync=draw(moments)),
        health=draw(st.sampled_from([ServiceHealth("serviceOperational"), causes.c02(base).health])),
        holders=draw(st.sampled_from([(), (twin,)])),
        deleted=draw(st.sampled_from([(), (gone,)])),
        skus=(E3, PLAN_1, FLOW)
        if draw(st.booleans())
        else tuple(replace(s, consumed=s.enabled) for s in (E3, PLAN_1, FLOW)),
        mailbox_purpose="user" if account.enabled else draw(st.sampled_from(["user", "shared", "room", "linked"])),
        license_details=(ENTERPRISE, TEAMS) if held else (),
    )
    part = draw(st.sampled_from(("", *PARTS)))
    if not part:
        return snapshot
    without: dict[str, object] = {part: None}
    return replace(snapshot, unread=((part, GraphTrace(403)),), **without)  # type: ignore[arg-type]


@settings(max_examples=1000, deadline=None)
@given(healthy_users())
def test_no_finding_for_a_healthy_user(snapshot: Snapshot) -> None:
    diagnosis = diagnose(snapshot)
    assert diagnosis.findings == ()
    assert diagnosis.is_healthy
    assert diagnosis.checked
    assert [fix.id for fix in diagnosis.advice] == ["clear-browser-cache", "re-check"]
    assert "Nothing is wrong" in diagnosis.summary


@settings(max_examples=300, deadline=None)
@given(healthy_users())
def test_an_unreadable_mailbox_of_a_licensed_user_raises_no_alarm(snapshot: Snapshot) -> None:
    if not snapshot.account or not snapshot.account.licenses or snapshot.skus is None:
        return
    diagnosis = diagnose(replace(snapshot, mailbox=Probe(ProbeResult.UNKNOWN, GraphTrace(503)), mailbox_purpose=""))
    assert diagnosis.findings == ()
    assert not diagnosis.is_healthy


@settings(max_examples=200, deadline=None)
@given(healthy_users(), st.lists(st.sampled_from(sorted(CAUSES)), max_size=4))
def test_any_mixture_gives_the_same_sound_answer_twice(snapshot: Snapshot, several: list[str]) -> None:
    for cause in several:
        if snapshot.account is not None:
            snapshot = CAUSES[cause](snapshot)
    diagnosis = diagnose(snapshot)
    assert diagnosis == diagnose(snapshot)
    assert list(diagnosis.findings) == sorted(diagnosis.findings, key=lambda finding: finding.order)
    named = [finding.cause for finding in diagnosis.findings]
    assert len(named) == len(set(named))
    assert all(finding.evidence and finding.fixes and finding.source.url for finding in diagnosis.findings)
    assert "C01" not in named or all(finding.is_note for finding in diagnosis.findings if finding.cause != "C01")


def test_a_healthy_user_is_told_what_was_checked() -> None:
    diagnosis = diagnose(healthy())
    assert len(diagnosis.checked) > 30
    assert "a license is assigned" in diagnosis.checked
    assert diagnosis.user == "jane@contoso.com"


def test_asked_for_by_an_alias_a_healthy_user_stays_healthy() -> None:
    diagnosis = diagnose(causes.c24b(healthy()))
    assert diagnosis.is_healthy
    assert [(finding.cause, finding.is_note) for finding in diagnosis.findings] == [("C24b", True)]


def test_certain_before_likely_before_notes() -> None:
    snapshot = causes.c24b(causes.c22(stuck()))
    kinds = [(finding.is_note, finding.is_likely) for finding in diagnose(snapshot).findings]
    assert kinds == [(False, False), (False, True), (False, True), (True, False)]
