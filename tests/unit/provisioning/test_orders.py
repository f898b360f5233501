"""From a request and what the directory says to a plan: properties, and the sentences of what is wrong."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.fake_directory import BUSINESS_PREMIUM, CONTOSO, E3, FLOW_FREE, PEOPLE

from cards.countries import country_names
from provisioning.countries import COUNTRY_CODES
from provisioning.directory import Account, AssignedLicense, AssignedPlan, DeletedAccount, Lookup
from provisioning.errors import BadOrder
from provisioning.orders import Complete, Incomplete, OrderRequest, Restorable, find_sku, mailbox_skus, plan

JANE = "jane@contoso.com"
SKUS = (E3, BUSINESS_PREMIUM, FLOW_FREE)
MONA = PEOPLE[1]
DELETED = DeletedAccount("deleted-id", JANE, "Jane Deleted")
REQUEST = OrderRequest(JANE, "Jane Doe", "US", "E3")


def lookup(account=None, deleted=None, skus=SKUS, manager=None, upn=JANE):
    return Lookup(upn, account, deleted, CONTOSO, skus, manager)


def refusal(request, found):
    with pytest.raises(BadOrder) as caught:
        plan(request, found)
    assert len(caught.value.sentence) < 500
    return caught.value.sentence


names = st.sampled_from(["", "Jane Doe", "Jane Typed"])
locations = st.sampled_from(["", "US", "de"])
licenses = st.sampled_from(["", "E3", BUSINESS_PREMIUM.id, "Microsoft 365 E3"])
requests = st.builds(
    OrderRequest,
    st.just(JANE),
    names,
    locations,
    licenses,
    st.sampled_from(["", "mona@contoso.com"]),
    st.sampled_from(["", "Sales"]),
    st.sampled_from([None, True, False]),
)
accounts = st.builds(
    Account,
    id=st.just("account-id"),
    upn=st.just(JANE),
    display_name=st.sampled_from(["", "Jane Account"]),
    usage_location=st.sampled_from(["", "FR"]),
    licenses=st.sampled_from([(), (AssignedLicense(E3.id),), (AssignedLicense(FLOW_FREE.id),)]),
    plans=st.sampled_from([(), (AssignedPlan(E3.plans[0].id, "exchange", "Enabled"),)]),
)
lookups = st.builds(
    lookup,
    st.none() | accounts,
    st.sampled_from([None, DELETED]),
    st.sampled_from([SKUS, (E3,), (FLOW_FREE,), (replace(E3, consumed=25), BUSINESS_PREMIUM), ()]),
    st.sampled_from([None, MONA]),
)


@given(requests, lookups, st.sampled_from(["", "GB"]))
@settings(max_examples=500)
def test_nothing_is_ever_guessed(request, found, default):
    try:
        planned = plan(request, found, default)
    except BadOrder as error:
        assert error.sentence.endswith((".", "!"))  # noqa: PT017 (most orders are refused for a reason)
        return
    account = found.account
    if isinstance(planned, Restorable):
        assert account is None
        assert request.restore is None
        assert planned.deleted is found.deleted
        return
    got = planned.order if isinstance(planned, Complete) else planned.request
    in_bin = found.deleted.display_name if found.deleted and request.restore and not account else ""
    known_name = account.display_name if account else in_bin
    known_location = account.usage_location if account else ""
    assert got.display_name == (request.display_name or known_name)
    assert got.usage_location == (request.usage_location or known_location or default).upper()
    assert got.department == request.department
    if isinstance(planned, Complete):
        assert bool(got.license) == bool(request.license)
        assert not got.license or got.license == find_sku(request.license, found.skus).id
        assert got.display_name
        assert got.usage_location
        assert (got.manager_id == MONA.id) is bool(found.manager and request.manager)
        assert got.restore_id == ("deleted-id" if request.restore and not account else "")
    else:
        assert planned.missing
        assert all(not getattr(got, field) for field in planned.missing)
        assert all(sku.mailbox_plans for sku in planned.skus)


@given(requests, lookups)
@settings(max_examples=200)
def test_filling_in_what_is_missing_completes_the_order(request, found):
    try:
        planned = plan(request, found)
    except BadOrder:
        return
    if not isinstance(planned, Incomplete):
        return
    free = [sku.id for sku in planned.skus if sku.free]
    answers = {"display_name": "Jane Form", "usage_location": "AT", "license": free[0] if free else "E3"}
    filled = replace(planned.request, **{field: answers[field] for field in planned.missing})
    assert isinstance(plan(filled, found), Complete)


def test_a_license_that_was_named_is_in_the_form_by_its_id():
    request = OrderRequest("jane@contoso.com", license="E3")
    planned = plan(request, lookup())
    assert isinstance(planned, Incomplete)
    assert planned.request.license == E3.id
    assert "license" not in planned.missing


@given(st.text(max_size=30), lookups.filter(lambda found: found.skus))
def test_any_license_name_is_one_license_or_a_sentence(name, found):
    try:
        assert find_sku(name, found.skus) in found.skus
    except BadOrder as error:
        assert "license" in error.sentence  # noqa: PT017


@pytest.mark.parametrize(
    ("name", "sku"),
    [
        ("E3", E3),
        ("e3", E3),
        ("SPE_E3", E3),
        ("spe e3", E3),
        ("365 e3", E3),
        ("Microsoft 365 E3", E3),
        (E3.id.upper(), E3),
        ("Business", BUSINESS_PREMIUM),
        ("business premium", BUSINESS_PREMIUM),
        ("SPB", BUSINESS_PREMIUM),
        ("flow_free", FLOW_FREE),
        ("Automate", FLOW_FREE),
    ],
)
def test_licenses_by_any_of_their_names(name, sku):
    assert find_sku(name, SKUS) is sku


@pytest.mark.parametrize("name", ["", "!!", "E5", "Microsoft", "365", "E3 E3x"])
def test_no_license_is_taken_by_accident(name):
    with pytest.raises(BadOrder):
        find_sku(name, SKUS)


def test_an_exact_name_wins_over_a_longer_one():
    longer = replace(E3, id="x", part_number="SPE_E3_NO_TEAMS", name="Microsoft 365 E3 (no Teams)")
    assert find_sku("Microsoft 365 E3", (longer, E3)) is E3
    with pytest.raises(BadOrder, match="More than one"):
        find_sku("E3", (longer, E3))


def test_what_can_be_chosen_has_a_mailbox_and_free_seats_come_first():
    full = replace(E3, consumed=25)
    dead = replace(E3, id="dead", capability_status="Suspended")
    assert mailbox_skus((full, FLOW_FREE, dead, BUSINESS_PREMIUM)) == (BUSINESS_PREMIUM, full)


@pytest.mark.parametrize(
    ("changes", "found", "sentence"),
    [
        ({"upn": "jane@fabrikam.com"}, lookup(), "fabrikam.com is not a verified domain"),
        ({"upn": "ja+ne@contoso.com"}, lookup(), "“ja+ne” as a sign-in name"),
        ({"upn": "jane.@contoso.com"}, lookup(), "no dot at the end"),
        ({"upn": f"{'j' * 65}@contoso.com"}, lookup(), "65 characters"),
        ({"display_name": "x" * 257}, lookup(), "257 characters; Microsoft 365 allows 256"),
        ({"department": "x" * 65}, lookup(), "65 characters; Microsoft 365 allows 64"),
        ({"usage_location": "ZZ"}, lookup(), "“ZZ” is no country code"),
        ({"usage_location": "uk"}, lookup(), "GB"),
        ({"usage_location": "x" * 200}, lookup(), "no country code"),
        ({"license": "x" * 200}, lookup(), "There is no license"),
        ({"license": "FLOW_FREE"}, lookup(), "no Exchange Online mailbox plan"),
        ({}, lookup(skus=(replace(E3, capability_status="Suspended"),)), "is suspended"),
        ({}, lookup(skus=(replace(E3, consumed=25),)), "25 of 25 in use. Free or buy one."),
        ({}, lookup(skus=(replace(E3, consumed=30, enabled=25), BUSINESS_PREMIUM)), "Business Premium (5)"),
        ({"license": ""}, lookup(skus=(replace(E3, consumed=25),)), "No seats are free in any license with a mailbox"),
        ({"license": ""}, lookup(skus=(FLOW_FREE,)), "no active license with an Exchange Online mailbox"),
        ({"manager": "boss@contoso.com"}, lookup(), "The manager boss@contoso.com was not found"),
        ({"restore": True}, lookup(), "no longer in the recycle bin"),
        ({}, lookup(replace(MONA, user_type="Guest")), "is a guest"),
        ({}, lookup(replace(MONA, upn="jane_fabrikam.com#EXT#@contoso.com")), "is a guest"),
    ],
)
def test_what_cannot_be_carried_out(changes, found, sentence):
    assert sentence in refusal(replace(REQUEST, **changes), found)


def test_an_existing_account_may_have_any_name():
    account = replace(MONA, upn="o+dd@legacy.example")
    planned = plan(OrderRequest("o+dd@legacy.example"), lookup(account))
    assert planned.order.upn == "o+dd@legacy.example"


def test_a_held_license_needs_no_free_seat():
    planned = plan(OrderRequest(MONA.upn, license="E3"), lookup(MONA, skus=(replace(E3, consumed=25),)))
    assert planned.order.license == E3.id


def test_a_license_so_fresh_that_its_plans_do_not_show_yet_counts():
    fresh = replace(MONA, plans=())
    assert isinstance(plan(OrderRequest(MONA.upn), lookup(fresh)), Complete)
    switched_off = replace(fresh, licenses=(AssignedLicense(E3.id, (E3.plans[0].id,)),))
    assert plan(OrderRequest(MONA.upn), lookup(switched_off)).missing == ("license",)


def test_names_are_tidied():
    planned = plan(
        replace(REQUEST, display_name="  Jane \n Doe ", usage_location=" us ", department=" Sales "), lookup()
    )
    assert (planned.order.display_name, planned.order.usage_location, planned.order.department) == (
        "Jane Doe",
        "US",
        "Sales",
    )


def test_the_form_offers_exactly_the_countries_that_are_taken():
    assert set(country_names()) == COUNTRY_CODES
