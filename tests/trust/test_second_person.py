"""Risky fixes need a second person, whoever clicks what."""

import pytest
from support.trust_site import ADAM, HELGA, MONA, VERA, answers_to, button, buttons, running_trust_site, text_of

USER = "sofia.reyes@contoso.com"


@pytest.fixture
def site(tmp_path):
    with running_trust_site(tmp_path, OPERATORS=f"{HELGA.id},{MONA.id}", ADMINS=ADAM.id) as running:
        yield running


@pytest.fixture
def asked(site):
    """The card on which Adam is asked about the riskiest fix, which Helga wants."""
    fix = buttons(site.diagnosis(HELGA, USER), "fix")[-1]
    plan = site.click(HELGA, fix)["value"]
    confirm, *_ = buttons(plan, "fix-confirmed")
    site.click(HELGA, confirm, **answers_to(plan))
    return site.sees(USER, button="Approve", conversation=ADAM.chat["id"])


def decisions(site):
    return [
        (entry["actor_name"], entry["details"]["decision"]) for entry in site.audit() if entry["kind"] == "decision"
    ]


def test_nothing_happens_before_and_the_requester_cannot_approve(site, asked):
    before = site.effects()
    approve = button(asked, "Approve")
    for who, place in ((HELGA, None), (HELGA, ADAM.chat), (MONA, ADAM.chat), (VERA, ADAM.chat)):
        assert site.click(who, approve, place)["type"].endswith("activity.message")
    assert site.effects() == before
    assert decisions(site) == []


def test_an_approved_fix_runs_once_and_the_trail_says_who_agreed(site, asked):
    site.click(ADAM, button(asked, "Approve"), reason="Agreed by phone.")
    site.sees(USER, "Adam Admin approved")
    after = site.sees(USER, button="Diagnose again") and site.effects()
    assert after["licenses_removed"] + after["provisioning_retried"] + after["licenses_assigned"] > 0
    site.click(ADAM, button(asked, "Approve"), reason="Once more.")
    site.click(ADAM, button(asked, "Decline"), reason="No, rather not.")
    assert site.effects() == after
    assert decisions(site) == [("Adam Admin", "running")]


def test_while_graph_does_not_answer_nobody_approves(site, asked):
    """Not even who is named by id: a guest or a disabled account could be."""
    site.graph("PATCH", f"/users/{ADAM.id}", {"accountEnabled": False})
    site.restart_bot()
    before = site.effects()
    assert "disabled" in text_of(site.click(ADAM, button(asked, "Approve")))
    site.fault(path=f"/users/{ADAM.id}", status=503)
    site.restart_bot()
    site.click(ADAM, button(asked, "Approve"))
    assert site.effects() == before
    assert decisions(site) == []


def test_several_requests_at_once_are_one(site):
    plans = [site.click(HELGA, buttons(site.diagnosis(HELGA, USER), "fix")[-1])["value"] for _ in range(3)]
    clicks = [site.invoke(HELGA, buttons(plan, "fix-confirmed")[0], **answers_to(plan)) for plan in plans]
    site.post_many([(click, {"Authorization": site.header()}) for click in clicks])
    assert site.rows("repairs") == {"repairs": 1}


def test_a_declined_fix_never_runs(site, asked):
    before = site.effects()
    site.click(ADAM, button(asked, "Decline"), reason="Not in the middle of the day.")
    site.sees(USER, "Not in the middle of the day.")
    site.click(ADAM, button(asked, "Approve"))
    assert site.effects() == before
    assert decisions(site) == [("Adam Admin", "declined")]


def test_a_request_lapses(tmp_path):
    settings = {"OPERATORS": HELGA.id, "ADMINS": ADAM.id, "APPROVAL_HOURS": "0.0005"}
    with running_trust_site(tmp_path, **settings) as site:
        before = site.effects()
        fix = buttons(site.diagnosis(HELGA, USER), "fix")[-1]
        plan = site.click(HELGA, fix)["value"]
        confirm, *_ = buttons(plan, "fix-confirmed")
        site.click(HELGA, confirm, **answers_to(plan))
        asked = site.sees(USER, button="Approve", conversation=ADAM.chat["id"])
        site.sees(USER, "not approved in time")
        site.click(ADAM, button(asked, "Approve"))
        assert site.effects() == before
        assert decisions(site) == [("Mailroom", "expired")]
