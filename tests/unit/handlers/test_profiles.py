"""`provision … as sales`, `profiles`, and orders for later."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.contoso import BUSINESS_PREMIUM, E3, MONA
from support.desk import ADAM, JANE, Desk, buttons, inputs, words

from provisioning.follow_ups import FollowUpKind, Group
from provisioning.profiles import Message, Profile

GROUP, TEAM = "6f0e1d2c-0000-4000-8000-0000000000d1", "6f0e1d2c-0000-4000-8000-0000000000d2"
SALES = Profile(
    "sales",
    license="Microsoft 365 E3",
    license_group=GROUP,
    usage_location="US",
    department="Sales",
    manager=MONA.upn,
    groups=(TEAM,),
    welcome=Message("Welcome, {name}", "Hello"),
)
FIELD = Profile("field", license="Microsoft 365 E3", disabled_plans=("teams1",), usage_location="DE")
TOMORROW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # 08:00 in Berlin


@pytest.fixture
def desk() -> Desk:
    desk = Desk(settings={"profiles": (SALES, FIELD)})
    desk.directory.known_groups = {
        GROUP: Group(GROUP, "Sales licenses", licenses=(E3.id,)),
        TEAM: Group(TEAM, "Sales team"),
    }
    return desk


async def test_the_profile_says_what_nobody_typed(desk: Desk):
    assert await desk.say(f'provision {JANE} as sales name="Jane Doe" department=Export') is None
    order = desk.only_case().order
    assert (order.profile, order.usage_location, order.department) == ("sales", "US", "Export")
    assert (order.license, order.license_group, order.manager_id) == (E3.id, GROUP, MONA.id)
    assert [one.kind for one in order.follow_ups] == [FollowUpKind.GROUP, FollowUpKind.WELCOME]


async def test_another_license_is_assigned_directly_and_whole(desk: Desk):
    await desk.say(f'provision {JANE} as sales name="Jane Doe" license="{BUSINESS_PREMIUM.name}"')
    order = desk.only_case().order
    assert (order.license, order.license_group, order.disabled_plans) == (BUSINESS_PREMIUM.id, "", ())
    assert order.follow_ups


async def test_the_profiles_own_license_typed_is_still_given_its_way(desk: Desk):
    await desk.say(f'provision {JANE} as field name="Jane Doe" license=E3')
    assert desk.only_case().order.disabled_plans == (E3.plans[1].id,)


async def test_an_unknown_profile_is_told_with_the_one_that_was_meant(desk: Desk):
    said = words(await desk.say(f"provision {JANE} as slaes"))
    assert "There is no profile “slaes”. Did you mean sales?" in said
    assert desk.changes() == []


@pytest.mark.parametrize(
    ("group", "says"),
    [
        (Group(GROUP, "Sales licenses"), "The group Sales licenses does not assign Microsoft 365 E3."),
        (Group(GROUP, "Rules", is_dynamic=True, licenses=(E3.id,)), "The members of Rules come from a rule"),
        (Group(GROUP, "Admins", is_for_roles=True, licenses=(E3.id,)), "The group Admins can hold directory roles"),
        (None, f"there is no group {GROUP} in this tenant"),
    ],
)
async def test_a_group_that_cannot_give_the_license_stops_the_order(desk: Desk, group, says):
    desk.directory.known_groups = {GROUP: group} if group else {}
    assert says in words(await desk.say(f'provision {JANE} as sales name="Jane Doe"'))
    assert desk.changes() == []


async def test_the_form_offers_the_profiles_and_asks_only_for_what_none_says(desk: Desk):
    form = await desk.say(f"provision {JANE}")
    assert inputs(form) == {"profile", "display_name", "usage_location", "license"}
    data = {**buttons(form)["Provision"], "display_name": "Jane Doe", "profile": "sales"}
    await desk.click(data.pop("verb"), **data)
    assert desk.only_case().order.license_group == GROUP


async def test_the_form_behind_a_named_profile_keeps_it(desk: Desk):
    form = await desk.say(f"provision {JANE} as sales")
    assert inputs(form) == {"display_name"}
    data = {**buttons(form)["Provision"], "display_name": "Jane Doe"}
    await desk.click(data.pop("verb"), **data)
    assert (desk.only_case().order.profile, desk.only_case().order.license_group) == ("sales", GROUP)


async def test_the_profiles_are_shown_with_what_is_wrong(desk: Desk):
    del desk.directory.known_groups[TEAM]
    said = words(await desk.say("profiles"))
    assert "2 profiles, 1 to correct" in said
    assert "Microsoft 365 E3, by the group Sales licenses" in said
    assert f"There is no group {TEAM} in this tenant." in said
    assert "Did you mean field?" in words(await desk.say("profiles feild"))


async def test_without_profiles_it_says_where_they_come_from():
    assert "MAILROOM_PROFILES" in words(await Desk().say("profiles"))
    assert "none are set up" in words(await Desk().say(f"provision {JANE} as sales"))


async def test_an_order_for_later_is_kept_and_shown_with_date_and_zone(desk: Desk):
    said = words(await desk.say(f'provision {JANE} as sales at 08:00 tomorrow name="Jane Doe"'))
    assert "Jane Doe — scheduled" in said
    assert "Tuesday, 24 November 2026, 08:00 (Europe/Berlin)" in said
    assert "Begins in 22 h" in said
    assert desk.jobs.cases == {}
    [one] = desk.schedules.rows.values()
    assert (one.starts_at, one.request.profile, one.request.license) == (TOMORROW, "sales", "")
    assert "Tuesday, 24 November 2026" in words(await desk.say("status"))
    assert "is scheduled" in words(await desk.say(f"status {JANE}"))
    assert "is scheduled" in words(await desk.say(f"provision {JANE} as field"))


async def test_what_is_wrong_with_it_is_told_before_it_is_kept(desk: Desk):
    assert "is not a verified domain" in words(await desk.say("provision jane@fabrikam.com as sales tomorrow"))
    assert "has passed already" in words(await desk.say(f"provision {JANE} as sales at 2026-11-20 08:00"))
    assert desk.schedules.rows == {}


async def test_a_form_of_an_order_for_later_keeps_its_time(desk: Desk):
    form = await desk.say(f"provision {JANE} as sales at 08:00 tomorrow")
    assert "Tuesday, 24 November 2026, 08:00 (Europe/Berlin)" in words(form)
    data = {**buttons(form)["Provision"], "display_name": "Jane Doe"}
    verb = data.pop("verb")
    await desk.click(verb, click_id="c", **data)
    await desk.click(verb, click_id="c", **data)
    assert [one.starts_at for one in desk.schedules.rows.values()] == [TOMORROW]
    desk.schedules.rows.clear()
    desk.clock.moment = TOMORROW + timedelta(minutes=1)
    assert "has passed meanwhile" in words(await desk.click(verb, **data))


async def test_it_can_be_dropped_or_begun_at_once(desk: Desk):
    await desk.say(f'provision {JANE} as sales on monday name="Jane Doe"')
    assert "is dropped. Nothing was changed." in words(await desk.say(f"cancel {JANE}"))
    card = await desk.say(f'provision {JANE} as sales on monday name="Jane Doe"')
    begin, drop = buttons(card)["Begin now"], buttons(card)["Drop the order"]
    assert "begins now" in words(await desk.click(begin["verb"], schedule=begin["schedule"]))
    assert desk.schedules.begun == [begin["schedule"]]
    assert "is dropped" in words(await desk.click(drop["verb"], ADAM, schedule=drop["schedule"]))
    assert "has begun, or was dropped" in words(await desk.click(drop["verb"], schedule=drop["schedule"]))


async def test_failed_follow_ups_are_done_again_by_a_click(desk: Desk):
    case = desk.ready_case()
    desk.jobs.put(replace(case, order=replace(case.order, profile="sales")))
    await desk.click("follow-up-again", case=case.id)
    assert "follow_up_again" in desk.jobs.methods()
