"""`provision` by message, form and restore card: every way in, and every bad input with its sentence."""

from dataclasses import replace

import pytest
from support.desk import GROUP, HELGA, JANE, MONA, ORDER, Desk, buttons, inputs, words
from support.fake_directory import BUSINESS_PREMIUM, E3, FLOW_FREE

from provisioning.case import CaseState, Problem, fail
from provisioning.errors import GraphThrottled, GraphTrace, GraphUnavailable

FULL = 'provision jane@contoso.com name="Jane Doe" license=E3 location=US'
FORM = {"upn": JANE, "display_name": "Jane Doe", "usage_location": "US", "license": E3.id, "restore": ""}


async def test_a_complete_order_starts_at_once():
    desk = Desk()
    assert await desk.say(FULL + " manager=mona@contoso.com department=Sales", MONA, GROUP) is None
    case = desk.only_case()
    assert case.requester == MONA
    assert case.order.upn == JANE
    assert (case.order.display_name, case.order.usage_location, case.order.license) == ("Jane Doe", "US", E3.id)
    assert (case.order.manager_name, case.order.department) == ("Mona Manager", "Sales")
    assert [(call.method, call.conversation_id) for call in desk.jobs.calls] == [("start", GROUP.id)]


async def test_what_is_missing_is_asked_for():
    desk = Desk()
    reply = await desk.say("provision jane@contoso.com")
    assert inputs(reply) == {"display_name", "usage_location", "license"}
    assert "22 of 25 free" in words(reply)
    assert desk.changes() == []
    reply = await desk.say("provision jane@contoso.com name=Jane location=US")
    assert inputs(reply) == {"license"}


async def test_the_default_location_is_used_where_it_is_set():
    desk = Desk(settings={"default_usage_location": "DE"})
    assert inputs(await desk.say("provision jane@contoso.com name=Jane")) == {"license"}


async def test_the_label_of_an_address_is_the_name():
    assert inputs(await Desk().say('provision "Jane Doe" <jane@contoso.com> location=US')) == {"license"}


async def test_the_form_places_the_order():
    desk = Desk()
    reply = await desk.click("order", MONA, GROUP, **FORM, manager="helga@contoso.com", department="Sales")
    assert "Order placed for jane@contoso.com" in words(reply)
    assert reply.replace
    case = desk.only_case()
    assert case.requester == MONA  # whoever clicks, never what the data says
    assert (case.order.display_name, case.order.manager_name) == ("Jane Doe", "Helga Desk")


async def test_a_form_with_gaps_comes_back():
    desk = Desk()
    reply = await desk.click("order", **FORM | {"license": " ", "display_name": ""})
    assert inputs(reply) == {"license", "display_name"}
    assert desk.changes() == []


async def test_the_recycle_bin_is_asked_about():
    desk = Desk()
    desk.directory.delete("mona@contoso.com")
    reply = await desk.say('provision mona@contoso.com name="Mona Neu" location=DE license=E3')
    assert "recycle bin" in words(reply)
    restore = buttons(reply)["Restore the account"]
    assert desk.changes() == []
    reply = await desk.click(**restore)
    assert "Order placed" in words(reply)
    assert desk.only_case().order.restore_id == MONA.id


async def test_restoring_uses_the_name_in_the_bin_and_asks_for_the_rest():
    desk = Desk()
    desk.directory.delete("mona@contoso.com")
    reply = await desk.click("restore", upn="mona@contoso.com", choice="yes")
    assert inputs(reply) == {"usage_location", "license"}
    assert "Mona Manager" in words(reply)
    assert reply.replace
    hidden = buttons(reply)["Provision"]
    assert hidden["restore"] == "yes"
    await desk.click(**hidden | {"usage_location": "DE", "license": E3.id})
    assert desk.only_case().order.restore_id == MONA.id


async def test_creating_anew_beside_the_bin():
    desk = Desk()
    desk.directory.delete("mona@contoso.com")
    await desk.click("restore", choice="no", **FORM | {"upn": "mona@contoso.com"})
    assert desk.only_case().order.restore_id == ""


async def test_nothing_left_to_restore():
    desk = Desk()
    reply = await desk.click("restore", choice="yes", **FORM)
    assert "no longer in the recycle bin" in words(reply)
    assert desk.changes() == []


async def test_an_account_with_a_license_needs_nothing_more():
    desk = Desk()
    assert await desk.say("provision mona@contoso.com") is None
    order = desk.only_case().order
    assert (order.display_name, order.usage_location, order.license) == ("Mona Manager", "US", "")


async def test_a_running_case_is_shown_instead():
    desk = Desk()
    await desk.say(FULL)
    reply = await desk.say("Provision JANE@Contoso.com.", MONA, GROUP)
    assert "already being provisioned, for Helga Desk" in words(reply)
    assert [(call.method, call.conversation_id) for call in desk.jobs.calls][1:] == [("show", GROUP.id)]
    assert desk.directory.count("look_up") == 1
    reply = await desk.click("order", **FORM)
    assert "for you" in words(reply)
    assert reply.replace


async def test_an_alias_of_someone_who_is_worked_on_shows_that_case():
    desk = Desk()
    await desk.say("provision mona@contoso.com")
    mona = desk.directory.accounts[MONA.id]
    desk.directory._find = lambda name: mona  # as Graph finds a proxy address
    reply = await desk.say("provision boss@contoso.com")
    assert "mona@contoso.com is already being provisioned" in words(reply)
    assert desk.jobs.methods() == ["start", "show"]


@pytest.mark.parametrize("state", [CaseState.FAILED, CaseState.CANCELLED, CaseState.GIVEN_UP, CaseState.READY])
async def test_after_the_end_a_new_case_starts(state):
    desk = Desk()
    desk.jobs.put(replace(desk.open_case(), state=state))
    assert await desk.say(FULL) is None
    assert desk.jobs.methods() == ["start"]
    assert len(desk.jobs.cases) == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("provision", "For whom?"),
        ("provision jane", "“jane” is not an address"),
        (
            "provision jane@fabrikam.com",
            "fabrikam.com is not a verified domain of this tenant. Use one of: contoso.com",
        ),
        ("provision jane+news@contoso.com", "does not take “jane+news” as a sign-in name"),
        ("provision jäne@contoso.com", "does not take “jäne” as a sign-in name"),
        (f"{FULL.replace('Jane Doe', 'x' * 300)}", "The display name has 300 characters; Microsoft 365 allows 256."),
        (f"provision {'x' * 65}@contoso.com", "part before the @ has 65 characters; Microsoft 365 allows 64"),
        (FULL + f" department={'x' * 65}", "The department has 65 characters; Microsoft 365 allows 64."),
        (FULL.replace("E3", "E7"), "There is no license “E7” in this tenant. Licenses with a mailbox: Microsoft 365 B"),
        (FULL.replace("E3", "FLOW_FREE"), "Microsoft Power Automate Free has no Exchange Online mailbox plan"),
        (FULL.replace("E3", '"Power Automate"'), "Power Automate Free has no Exchange Online mailbox plan"),
        (FULL.replace("E3", '"Microsoft 365"'), "More than one license is called “Microsoft 365”"),
        (FULL.replace("US", "Germany"), "“GERMANY” is no country code"),
        (FULL.replace("US", "UK"), "The United Kingdom is GB"),
        (FULL + " manager=nobody@contoso.com", "The manager nobody@contoso.com was not found"),
        (FULL + " manager=Mona", "“mona” is not an address"),
        (FULL + " colour=red", "There is no option “colour”"),
        (FULL + " bob@contoso.com", "one person at a time"),
    ],
)
async def test_bad_input_gets_one_sentence_and_changes_nothing(text, sentence):
    desk = Desk()
    reply = await desk.say(text)
    assert sentence in words(reply)
    assert desk.changes() == []


@pytest.mark.parametrize("options", ["", " license=E3"], ids=["a form would be missing something", "complete"])
async def test_who_is_protected_is_told_at_once(options):
    desk = Desk()
    assert "Adam Admin holds the directory role" in words(await desk.say(f"provision adam@contoso.com{options}"))
    assert desk.changes() == []


async def test_protection_that_cannot_be_read_is_no():
    desk = Desk()
    desk.directory.fail("check_changeable", GraphUnavailable("Microsoft Graph did not answer."))
    assert "did not answer" in words(await desk.say("provision mona@contoso.com license=E3"))
    assert desk.changes() == []


async def test_a_guest_is_refused():
    desk = Desk()
    desk.directory.accounts[MONA.id] = replace(desk.directory.accounts[MONA.id], user_type="Guest")
    assert "is a guest" in words(await desk.say("provision mona@contoso.com"))
    assert desk.changes() == []


async def test_no_free_seats():
    desk = Desk()
    desk.directory.skus[E3.id] = replace(E3, consumed=25)
    reply = await desk.say(FULL)
    assert "No seats are free: Microsoft 365 E3 has 25 of 25 in use. Free: Microsoft 365 Business Pr" in words(reply)
    assert inputs(await desk.say("provision jane@contoso.com name=Jane location=US")) == {"license"}
    desk.directory.skus[BUSINESS_PREMIUM.id] = replace(BUSINESS_PREMIUM, consumed=5)
    assert "No seats are free in any license with a mailbox" in words(await desk.say("provision jane@contoso.com"))
    desk.directory.skus = {FLOW_FREE.id: FLOW_FREE}
    assert "no active license with an Exchange Online mailbox" in words(await desk.say("provision jane@contoso.com"))
    assert desk.changes() == []


HTML = GraphUnavailable(
    "Microsoft Graph answered with a page instead of data. Try again in a minute.",
    GraphTrace(status=502, code="BadGateway", message="<html>", request_id="0f8f-request", date="2026-11-23"),
)


@pytest.mark.parametrize("error", [HTML, GraphThrottled("Microsoft 365 is busy.", retry_after=30)])
async def test_graph_down_offers_to_try_again(error):
    desk = Desk()
    desk.directory.fail("look_up", error)
    reply = await desk.say(f"<p>{FULL}</p>")
    assert error.sentence in words(reply)
    assert error.trace.request_id in words(reply)
    again = buttons(reply)["Try again"]
    assert again["verb"] == "run"
    assert desk.changes() == []
    assert "Order placed" in words(await desk.click(**again))
    assert desk.only_case().order == ORDER


async def test_graph_down_keeps_what_was_filled_in():
    desk = Desk()
    desk.directory.fail("look_up", HTML)
    reply = await desk.click("order", **FORM, department='R&D "East"')
    reply = await desk.click(**buttons(reply)["Try again"])
    assert "Order placed" in words(reply)
    assert desk.only_case().order == replace(ORDER, department='R&D "East"')


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"upn": None},
        {"upn": 7},
        {"upn": ["jane@contoso.com"]},
        {"upn": {"$ne": ""}},
        {"upn": "x" * 5000},
        FORM | {"display_name": {"a": 1}},
        FORM | {"display_name": "x" * 301},
        FORM | {"usage_location": "<script>"},
        FORM | {"license": True},
        FORM | {"license": "00000000-0000-0000-0000-000000000000"},
        FORM | {"restore": "maybe"},
        FORM | {"restore": None, "manager": "not an address"},
        FORM | {"department": "x" * 100},
    ],
)
async def test_hostile_form_data(data):
    desk = Desk()
    reply = await desk.click("order", HELGA, GROUP, **data)
    assert "went wrong" not in words(reply)
    assert words(reply)
    assert desk.changes() == []


@pytest.mark.parametrize("choice", ["", None, "YES", 1, "restore"])
async def test_hostile_restore_data(choice):
    desk = Desk()
    desk.directory.delete("mona@contoso.com")
    reply = await desk.click("restore", choice=choice, **FORM | {"upn": "mona@contoso.com"})
    assert words(reply)
    assert desk.changes() == []


async def test_the_same_message_orders_once_and_is_answered_once_even_when_the_case_has_ended():
    desk = Desk()
    await desk.say(FULL, message="17")
    assert await desk.say(FULL, message="17") is None
    desk.jobs.put(fail(desk.only_case(), Problem("No."), desk.clock.now()))
    assert await desk.say(FULL, message="17") is None
    assert desk.jobs.methods() == ["start"]


async def test_the_same_click_is_the_same_case_even_when_that_has_ended():
    desk = Desk()
    assert "Order placed" in words(await desk.click("order", **FORM, click_id="once"))
    case = desk.jobs.put(fail(desk.only_case(), Problem("No."), desk.clock.now()))
    reply = await desk.click("order", **FORM, click_id="once")
    assert "was already ordered by this button" in words(reply)
    assert desk.only_case() == case
    assert desk.jobs.methods() == ["start", "show"]
    assert "Order placed" in words(await desk.click("order", **FORM, click_id="another"))
    assert len(desk.jobs.cases) == 2


async def test_a_command_behind_a_button_is_run_once_too():
    desk = Desk()
    text = f'provision {JANE} name="Jane Doe" license=E3 location=US'
    for _ in range(2):
        await desk.click("run", text=text, click_id="once")
        desk.jobs.put(fail(desk.only_case(), Problem("No."), desk.clock.now()))
    await desk.say(text)
    assert len(desk.jobs.cases) == 2


async def test_a_form_that_left_something_open_may_be_sent_again():
    desk = Desk()
    assert "license" in inputs(await desk.click("order", **{**FORM, "license": ""}, click_id="once"))
    assert "Order placed" in words(await desk.click("order", **FORM, click_id="once"))
