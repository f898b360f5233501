"""Fixes from the chat: what is shown before, what is asked, who may, and that one click is one repair."""

import json
from dataclasses import replace

import pytest
from support.contoso import E3
from support.desk import HELGA, MONA, Desk, buttons, inputs, words

from provisioning.directory import AssignedLicense
from provisioning.fixes.steps import AssignLicenses
from provisioning.repair import RepairState, end

LEE = "lee@contoso.com"


def desk_with_lee(**settings: object) -> Desk:
    """Lee exists, has a usage location, and no license."""
    desk = Desk(settings=settings)
    mona = desk.directory.accounts[MONA.id]
    lee = replace(mona, id="6f0e1d2c-0000-4000-8000-0000000000b1", upn=LEE, display_name="Lee", licenses=(), plans=())
    desk.directory.accounts[lee.id] = replace(lee, license_states=(), mail="", proxy_addresses=())
    return desk


async def test_the_diagnosis_offers_the_fix_and_a_click_only_shows_it():
    desk = desk_with_lee()
    offered = [data for data in buttons(await desk.say(f"diagnose {LEE}")).values() if data["verb"] == "fix"]
    assert offered[0] == {"verb": "fix", "user": LEE, "fix": "assign-license", "cause": "C05"}
    reply = await desk.click(**offered[0])
    assert "license" in inputs(reply)
    assert desk.changes() == []


async def test_the_confirmed_fix_is_one_repair_however_often_it_is_clicked():
    desk = desk_with_lee()
    data = {"user": LEE, "fix": "assign-license", "cause": "C05", "license": E3.id}
    assert "started" in words(await desk.click("fix-confirmed", **data, click_id="once"))
    await desk.click("fix-confirmed", **data, click_id="once")
    reply = await desk.click("fix-confirmed", **data, click_id="another")
    [repair] = desk.jobs.repairs.values()
    assert (repair.user, repair.cause, repair.requester) == (LEE, "C05", HELGA)
    [step] = desk.jobs.steps[repair.id]
    assert isinstance(step, AssignLicenses)
    assert step.add == (AssignedLicense(E3.id),)
    assert step.says in words(reply)


async def test_after_a_repair_has_ended_the_fix_may_run_again_but_not_by_the_same_click():
    desk = desk_with_lee()
    data = {"user": LEE, "fix": "assign-license", "cause": "C05", "license": E3.id}
    await desk.click("fix-confirmed", **data, click_id="once")
    [repair] = desk.jobs.repairs.values()
    desk.jobs.repairs[repair.id] = end(repair, RepairState.NOT_CURED, "Still there.", desk.clock.now())
    assert "Still there." in words(await desk.click("fix-confirmed", **data, click_id="once"))
    assert len(desk.jobs.repairs) == 1
    await desk.click("fix-confirmed", **data, click_id="another")
    assert len(desk.jobs.repairs) == 2


async def test_what_is_missing_is_asked_again_and_nothing_runs():
    desk = desk_with_lee()
    reply = await desk.click("fix-confirmed", user=LEE, fix="assign-license", cause="C05")
    assert "license" in inputs(reply)
    assert desk.jobs.repairs == {}


@pytest.mark.parametrize("verb", ["fix", "fix-confirmed"])
async def test_who_is_protected_may_be_diagnosed_but_not_fixed(verb):
    desk = desk_with_lee()
    [lee] = [account for account in desk.directory.accounts.values() if account.upn == LEE]
    desk.directory.roles[lee.id] = ("Global Administrator",)
    assert "fix" in [data["verb"] for data in buttons(await desk.say(f"diagnose {LEE}")).values()]
    reply = await desk.click(verb, user=LEE, fix="assign-license", cause="C05", license=E3.id)
    assert "Lee holds the directory role Global Administrator" in words(reply)
    assert desk.changes() == []


async def test_a_viewer_may_diagnose_but_not_fix():
    desk = desk_with_lee(viewers=(HELGA.id,))
    assert buttons(await desk.say(f"diagnose {LEE}"))
    reply = await desk.click("fix-confirmed", user=LEE, fix="assign-license", cause="C05", license=E3.id)
    assert "operator" in words(reply)
    assert desk.jobs.repairs == {}


async def test_without_approvals_a_fix_of_data_loss_wants_an_admin_where_there_are_some_and_the_typed_name():
    click = {"user": "mona@contoso.com", "fix": "recreate-mailbox", "cause": "C04"}
    operator = desk_with_lee(operators=(HELGA.id,), admins=(MONA.id,), approval_risk=None)
    operator.directory.make_ready("mona@contoso.com")
    assert "admin" in words(await operator.click("fix-confirmed", **click, confirm="mona@contoso.com"))
    anyone = desk_with_lee()
    anyone.directory.make_ready("mona@contoso.com")
    assert "to confirm" in words(await anyone.click("fix-confirmed", **click, confirm="mona"))
    assert operator.jobs.repairs == anyone.jobs.repairs == {}
    await anyone.click("fix-confirmed", **click, confirm="Mona@contoso.com")
    [repair] = anyone.jobs.repairs.values()
    assert repair.is_running


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"user": LEE},
        {"user": LEE, "fix": "no-such-fix"},
        {"user": LEE, "fix": "migrate-mailbox"},
        {"user": "nobody at all", "fix": "assign-license"},
        {"user": LEE, "fix": "assign-license", "license": "no-such-license", "cause": "C05"},
    ],
)
async def test_a_button_that_was_tampered_with_changes_nothing(data):
    desk = desk_with_lee()
    assert words(await desk.click("fix-confirmed", **data))
    assert desk.changes() == []


async def test_the_support_bundle_of_a_person_and_of_a_case():
    desk = desk_with_lee()
    assert "No Exchange Online mailbox for lee@contoso.com" in json.dumps((await desk.click("escalate", user=LEE)).card)
    desk.open_case(account_id=MONA.id)
    reply = await desk.click("escalate", case="case-1")
    assert "Contact Microsoft Support" in words(reply)
    assert reply is not None
    assert reply.is_new
    assert desk.changes() == []


async def test_a_repair_can_be_looked_at_again():
    desk = desk_with_lee()
    await desk.click("fix-confirmed", user=LEE, fix="assign-license", cause="C05", license=E3.id)
    [repair] = desk.jobs.repairs
    assert "Lee" in words(await desk.click("repair", repair=repair)) or LEE in words(
        await desk.click("repair", repair=repair)
    )
    assert words(await desk.refresh(verb="repair-refresh", repair=repair))
    assert "no longer know" in words(await desk.click("repair", repair="unknown"))
