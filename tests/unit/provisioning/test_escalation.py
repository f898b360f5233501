"""The support bundle: complete, of 60 KB at most, and free of secrets and of people whom it is not about."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support import causes, diagnosis_samples, snapshots
from support.diagnosis_samples import HELGA, JANE, REFUSED, REQUEST_ID, case, late, repair_failed
from support.snapshots import NOW, changed, healthy, missing, stuck

from provisioning.case import Explanation, Problem
from provisioning.diagnosis import diagnose
from provisioning.directory import DeletedAccount, ProvisioningError, Snapshot
from provisioning.errors import GraphTrace
from provisioning.escalation import BYTES, as_text, bundle
from provisioning.recipients import AddressHolder, Attempt, HolderKind, Operation
from provisioning.redaction import LEFT_OUT, redactor
from provisioning.repair import Repair, RepairStep

# A secret that is marked: it begins and ends like a word, and has anything a name may have inside.
marks = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")),
    min_size=3,
    max_size=24,
).map(lambda text: f"ZQ{' '.join(text.split())}QZ")
quick = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def text_of(snapshot: Snapshot, *repairs: Repair, with_case: bool = True) -> str:
    return as_text(bundle(case() if with_case else None, snapshot, diagnose(snapshot), repairs, NOW))


def test_everything_that_support_asks_for_is_there() -> None:
    text = as_text(diagnosis_samples.support_bundle())
    for wanted in (
        JANE,
        snapshots.JANE,
        f"request-id {REQUEST_ID}",
        "date Mon, 23 Nov 2026 11:59:58 GMT",
        "404 MailboxNotEnabledForRESTAPI",
        "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
        "License assignment failed because service plan efb87545-963c-4e0d-99df-69c6916d9eb0 is invalid.",
        "EXCHANGE_S_ENTERPRISE (efb87545-963c-4e0d-99df-69c6916d9eb0): Enabled since 2026-11-22 06:00:00Z",
        "Likely: jane@contoso.com likely never reached Exchange",
        "2026-11-23 11:56:00Z: Reassign the license, not cured.",
        "Looked at the mailbox 212 times since 2026-11-22 06:00:00Z.",
        "2026-11-22 06:00:00Z: Provisioning was ordered.",
        "Please check the user's forward synchronization",
        "- a license is assigned",
    ):
        assert wanted in text


def test_the_tenant_is_named() -> None:
    organization = replace(snapshots.CONTOSO, id="6f0e1d2c-0000-4000-8000-000000000001")
    snapshot = replace(late(), organization=organization)
    made = bundle(case(), snapshot, diagnose(snapshot), (), NOW)
    assert made.tenant_id == organization.id
    assert f"Tenant id: {organization.id}" in made.description


def test_the_draft_is_ready_to_paste() -> None:
    made = diagnosis_samples.support_bundle()
    assert made.title == f"No Exchange Online mailbox for {JANE}"
    assert made.description.startswith(
        f"{JANE} has no working Exchange Online mailbox, although an Exchange Online plan has been assigned since"
    )
    assert len(made.description) <= 4000
    assert made.file_name == "mailroom-jane_contoso.com-20261123T1200Z.md"


def test_the_timeline_is_in_order() -> None:
    moments = [moment.at for moment in diagnosis_samples.support_bundle().timeline]
    assert moments == sorted(moments)
    assert len(moments) > 10


def test_people_whom_it_is_not_about_are_left_out() -> None:
    text = as_text(diagnosis_samples.support_bundle())
    for private in ("Mona", "Helga", "Sales", "Jane Doe", "29:helga"):
        assert private not in text


def test_whoever_holds_the_address_is_named_by_id() -> None:
    holder = AddressHolder(
        "6f0e1d2c-0000-4000-8000-00000000bbbb",
        HolderKind.USER,
        "Mona Manager",
        "mona@contoso.com",
        "mona@contoso.com",
        ("SMTP:mona@contoso.com", f"smtp:{JANE}"),
    )
    snapshot = replace(stuck(), holders=(holder,))
    assert "Mona Manager" in diagnose(snapshot).findings[0].sentence
    text = text_of(snapshot)
    assert "mona" not in text.lower()
    assert "another user (6f0e1d2c-0000-4000-8000-00000000bbbb)" in text
    assert JANE in text


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("password: Vora-28-kelim-77", "password: (left out)"),
        ('{"client_secret":"k7.x~Q"}', '{"client_secret":(left out)}'),
        ("sent Bearer abc.def-ghi now", "sent Bearer (left out) now"),
        ("token eyJ0eXAiOiJKV1Qi.eyJhdWQiOiJ.c2ln end", "token (left out) end"),
        ("call +49 170 1234567 back", "call (left out) back"),
        ("at 2026-11-23T10:00:00+00:00", "at 2026-11-23T10:00:00+00:00"),
        ("id 6f0e1d2c-0000-4000-8000-0000000000a1", "id 6f0e1d2c-0000-4000-8000-0000000000a1"),
        ("error code: 404", "error code: 404"),
    ],
)
def test_secrets_go_and_what_is_needed_stays(said: str, kept: str) -> None:
    assert redactor(None, healthy(), ())(said) == kept


def test_a_name_inside_the_users_own_address_stays_there() -> None:
    snapshot = changed(healthy(), display_name="Jane", department="contoso.com")
    redact = redactor(None, snapshot, ())
    assert redact(f"Jane, {JANE}") == f"Jane, {JANE}"  # jane is the mailNickname
    assert redactor(None, changed(snapshot, mail_nickname="j"), ())(f"Jane, {JANE}") == f"{LEFT_OUT}, {JANE}"


@quick
@given(st.lists(marks, min_size=9, max_size=9, unique=True))
@example([f"ZQ{mark}QZ" for mark in ("\u1f80", "\u00df", "\u0130", "\ufb01", "a", "b", "c", "d", "e")])
def test_marked_secrets_never_appear(secrets: list[str]) -> None:
    manager, manager_upn, department, name, helga, holder, deleted, password, phone = secrets
    words = f"By {helga}: {manager} ({manager_upn}), {department}; {name}/{holder}, {deleted}. password='{password}'"
    phone = f"+49 170 {sum(map(ord, phone)):08d}"
    trace = GraphTrace(400, "Request_BadRequest", f"{words} {phone}", words, words)
    order = replace(
        case().order,
        display_name=name,
        manager_name=manager,
        manager_upn=manager_upn,
        manager_id=manager,
        department=department,
    )
    person = replace(HELGA, name=helga, id=helga, channel_id=helga)
    whole = replace(
        case(),
        order=order,
        requester=person,
        problem=Problem(words, trace),
        ended_at=NOW,
        ended_by=helga,
        explanation=Explanation("C04", words, True, NOW),
        stages=tuple(replace(stage, note=words, started_at=NOW, ended_at=NOW) for stage in case().stages),
    )
    fixed = replace(
        repair_failed(),
        title=words,
        requester=person,
        outcome=words,
        problem=Problem(words, trace),
        steps=(RepairStep(words, ended_at=NOW),),
    )
    error = ProvisioningError("exchange", words, category=words, property=words, value=words)
    snapshot = replace(
        changed(causes.c04_error(late()), display_name=name, department=department, service_errors=(error,)),
        holders=(
            AddressHolder("h", HolderKind.USER, holder, f"{holder}@contoso.com", proxy_addresses=(f"smtp:{JANE}",)),
        ),
        deleted=(DeletedAccount("d", JANE, deleted, NOW),),
        attempts=(Attempt(Operation.ASSIGN, NOW, trace),),
        unread=(("skus", trace),),
    )
    text = as_text(bundle(whole, snapshot, diagnose(snapshot), (fixed,), NOW))
    for secret in (*secrets[:8], phone):
        assert secret.casefold() not in text.casefold()


@quick
@given(st.text(max_size=200), st.text(max_size=200))
def test_redacting_never_fails_and_stays_on_one_line(name: str, text: str) -> None:
    redact = redactor(None, changed(healthy(), display_name=name), ())
    assert len(redact(text).splitlines()) <= 1


def test_it_stays_within_its_size() -> None:
    error = ProvisioningError("exchange", "ü" * 5000)
    steps = tuple(RepairStep("界" * 900, ended_at=NOW) for _ in range(9))
    repairs = [
        replace(
            repair_failed(), id=str(n), steps=steps, problem=Problem("界" * 900, GraphTrace(n, "x" * 999, "é" * 3000))
        )
        for n in range(200)
    ]
    snapshot = changed(late(), service_errors=(error,) * 500, proxy_addresses=("smtp:x@y.z",) * 3000)
    text = text_of(snapshot, *repairs)
    assert len(text.encode()) <= BYTES
    assert text.endswith("(The rest is left out: the text would be too long.)\n")
    assert "Please check the user's forward synchronization" in text


def test_without_a_case_or_an_account() -> None:
    text = text_of(missing(), with_case=False)
    assert f"# No Exchange Online mailbox for {JANE}" in text
    assert "Object id: none" in text


def test_a_working_mailbox_is_not_called_missing() -> None:
    made = bundle(None, healthy(), diagnose(healthy()), (), NOW)
    assert made.title == f"The mailbox of {JANE} needs to be looked at"
    assert "no working" not in made.description


def test_answers_are_told_once_and_with_their_date() -> None:
    again = (repair_failed(), replace(repair_failed(), id="repair-2"))
    answers = bundle(case(), late(), diagnose(late()), again, NOW).answers
    assert [answer.trace for answer in answers if answer.trace.status == 400] == [REFUSED]


def test_a_case_that_goes_on_tells_when_it_was_last_looked_at() -> None:
    text = text_of(late())
    assert f"{NOW - timedelta(minutes=9):%Y-%m-%d %H:%M:%S}Z: Last of 212 looks at the mailbox." in text
