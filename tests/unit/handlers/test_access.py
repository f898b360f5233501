"""Who may do what."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.desk import ADAM, ELSEWHERE, HELGA, JANE, MONA, TENANT, Desk, words

from handlers.access import Role, admit, require
from provisioning.case import Person
from provisioning.errors import GraphDenied, GraphUnavailable, NotAllowed

GROUP_ID = "aaaaaaaa-0000-4000-8000-000000000001"


async def allowed(desk, role, person=HELGA):
    try:
        admit(person, desk.services)
        await require(role, person, desk.services)
    except NotAllowed:
        return False
    return True


@pytest.mark.parametrize(
    ("settings", "highest"),
    [
        ({}, Role.OPERATOR),  # without any role everybody is operator, nobody admin
        ({"viewers": (HELGA.id,)}, Role.VIEWER),
        ({"operators": (HELGA.id,)}, Role.OPERATOR),
        ({"admins": (HELGA.id,)}, Role.ADMIN),
        ({"viewers": (HELGA.id,), "admins": (HELGA.id.upper(),)}, Role.ADMIN),
        ({"viewers": (GROUP_ID,)}, Role.VIEWER),
        ({"operators": (GROUP_ID,)}, Role.OPERATOR),
        ({"admins": (MONA.id, GROUP_ID)}, Role.ADMIN),
        ({"operators": (GROUP_ID,), "viewers": (HELGA.id,)}, Role.OPERATOR),
        ({"operators": (MONA.id,)}, None),
        ({"admins": ("another-group",), "viewers": ()}, None),
    ],
)
@pytest.mark.parametrize("role", list(Role))
async def test_roles(settings, highest, role):
    desk = Desk(settings=settings)
    desk.directory.groups[GROUP_ID] = {HELGA.id}
    assert await allowed(desk, role) is (highest is not None and role <= highest)


@pytest.mark.parametrize(
    ("tenants", "person_tenant", "is_let_in"),
    [
        ((), ELSEWHERE, True),
        ((TENANT,), TENANT, True),
        ((TENANT.upper(),), TENANT, True),
        ((TENANT, ELSEWHERE), ELSEWHERE, True),
        ((TENANT,), ELSEWHERE, False),
        ((TENANT,), "", False),
    ],
)
async def test_tenants(tenants, person_tenant, is_let_in):
    desk = Desk(settings={"allowed_tenants": tenants})
    person = Person(HELGA.id, "Helga", person_tenant)
    assert await allowed(desk, Role.OPERATOR, person) is is_let_in


async def test_nobody_without_an_entra_account():
    assert not await allowed(Desk(settings={"allowed_tenants": ()}), Role.VIEWER, Person("", "Nobody"))


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("help", None),
        ("status", Role.VIEWER),
        ("status jane@contoso.com", Role.VIEWER),
        ("diagnose mona@contoso.com", Role.VIEWER),
        ("provision jane@contoso.com", Role.OPERATOR),
        ("cancel jane@contoso.com", Role.OPERATOR),
    ],
)
@pytest.mark.parametrize(("person", "held"), [(ADAM, Role.ADMIN), (HELGA, Role.OPERATOR), (MONA, Role.VIEWER)])
async def test_commands(text, role, person, held):
    desk = Desk(settings={"admins": (ADAM.id,), "operators": (HELGA.id,), "viewers": (MONA.id,)})
    desk.open_case()
    reply = await desk.say(text, person)
    refused = reply is not None and "You need to be" in words(reply)
    assert refused is (role is not None and held < role)


@pytest.mark.parametrize("verb", ["check-now", "cancel", "cancel-confirmed", "reveal", "hand-over", "order", "restore"])
async def test_viewers_cannot_click_what_changes_something(verb):
    desk = Desk(settings={"viewers": (MONA.id,)})
    desk.ready_case(requester=MONA)
    reply = await desk.click(verb, MONA, case="case-1", upn=JANE, choice="yes")
    assert "You need to be an operator" in words(reply)
    assert desk.changes() == []


@pytest.mark.parametrize("verb", ["status", "refresh", "diagnose", "ready-refresh"])
async def test_viewers_can_look(verb):
    desk = Desk(settings={"viewers": (MONA.id,)})
    desk.ready_case()
    assert "You need" not in words(await desk.click(verb, MONA, case="case-1"))


async def test_memberships_are_remembered_for_a_minute():
    desk = Desk(settings={"operators": (GROUP_ID,)})
    assert not await allowed(desk, Role.OPERATOR)
    desk.directory.groups[GROUP_ID] = {HELGA.id}
    desk.clock.moment += timedelta(seconds=59)
    assert not await allowed(desk, Role.OPERATOR)
    desk.clock.moment += timedelta(seconds=2)
    assert await allowed(desk, Role.OPERATOR)
    assert await allowed(desk, Role.OPERATOR)
    assert desk.directory.count("standing") == 2


async def test_one_look_serves_every_role():
    desk = Desk(settings={"operators": (GROUP_ID,), "admins": ("another-group",), "viewers": (HELGA.id,)})
    for role in (*Role, *Role):
        await allowed(desk, role)
    assert desk.directory.count("standing") == 1


async def test_what_cannot_be_read_is_no():
    desk = Desk(settings={"operators": (GROUP_ID,)})
    desk.directory.fail("standing", *[GraphUnavailable("Microsoft Graph did not answer.")] * 2)
    reply = await desk.say('provision jane@contoso.com name="Jane" license=E3 location=US')
    assert "did not answer" in words(reply)
    assert desk.changes() == []


@pytest.mark.parametrize(
    ("settings", "role", "is_let_in"),
    [
        ({}, None, True),
        ({}, Role.VIEWER, True),
        ({}, Role.OPERATOR, False),
        ({"operators": (HELGA.id,)}, Role.VIEWER, True),
        ({"operators": (HELGA.id,)}, Role.OPERATOR, False),
        ({"operators": (GROUP_ID,)}, None, True),
        ({"operators": (GROUP_ID,)}, Role.VIEWER, False),
    ],
)
async def test_while_graph_does_not_answer_only_looking_goes_on(settings, role, is_let_in):
    desk = Desk(settings=settings)
    desk.directory.fail("standing", GraphUnavailable("Microsoft Graph did not answer."))
    try:
        await require(role, HELGA, desk.services)
    except GraphUnavailable:
        assert not is_let_in
    else:
        assert is_let_in


async def test_a_missing_permission_lets_nobody_in():
    desk = Desk()
    desk.directory.fail("standing", GraphDenied("User.Read.All is missing."))
    with pytest.raises(GraphDenied):
        await require(Role.VIEWER, HELGA, desk.services)


@pytest.mark.parametrize("settings", [{}, {"admins": (HELGA.id,)}, {"operators": (GROUP_ID,)}])
@pytest.mark.parametrize("text", ["help", "status", "hello", "provision jane@contoso.com"])
@pytest.mark.parametrize(
    ("changes", "sentence"), [({"user_type": "Guest"}, "Guests may not"), ({"enabled": False}, "is disabled")]
)
async def test_guests_and_disabled_accounts_are_refused(settings, text, changes, sentence):
    desk = Desk(settings=settings)
    desk.directory.groups[GROUP_ID] = {HELGA.id}
    helga = desk.directory.accounts[HELGA.id]
    desk.directory.accounts[HELGA.id] = replace(helga, **changes)
    assert sentence in words(await desk.say(text))
    assert desk.changes() == []


async def test_someone_unknown_to_graph_holds_only_what_the_settings_name():
    stranger = Person("6f0e1d2c-0000-4000-8000-00000000dead", "Sam", TENANT)
    assert await allowed(Desk(settings={"operators": (stranger.id,)}), Role.OPERATOR, stranger)
    assert not await allowed(Desk(settings={"operators": (GROUP_ID,)}), Role.VIEWER, stranger)
