"""Follow-ups and licenses by group: real DBOS, real SQLite and PostgreSQL, a directory in memory."""

from dataclasses import replace

import pytest
from support.contoso import HELGA as DESK
from support.contoso import MONA
from support.fake_answers import NOT_READY
from support.fake_directory import E3, unavailable
from support.office import CHAT, HELGA, JANE, Office

from provisioning.case import Case, CaseState, Order
from provisioning.errors import GraphDenied, GraphRejected, GraphTrace
from provisioning.follow_ups import FollowUp, FollowUpKind, FollowUpState, Group, Mail, MailboxSettings
from provisioning.following_up import next_to_do

TEAM, NEWS, LICENSES = (f"6f0e1d2c-0000-4000-8000-0000000000{suffix}" for suffix in ("d1", "d2", "d3"))
WELCOME = FollowUp(FollowUpKind.WELCOME, subject="Welcome, {name}", text="You are {address}, {manager} knows.")
TO_MANAGER = FollowUp(FollowUpKind.MANAGER, subject="{name} can be reached", text="At {address}.")
EVERYTHING = (
    FollowUp(FollowUpKind.GROUP, TEAM),
    FollowUp(FollowUpKind.GROUP, NEWS),
    FollowUp(FollowUpKind.SETTINGS, time_zone="Europe/Berlin", language="de-DE"),
    FollowUp(FollowUpKind.SHARED_MAILBOX, "sales@contoso.com"),
    WELCOME,
    TO_MANAGER,
)
MANAGED = replace(JANE, manager_id=MONA.id, manager_upn=MONA.upn, manager_name=MONA.display_name)


@pytest.fixture
async def office(database_url: str):
    office = Office(database_url)
    office.mail_sender = DESK.upn
    office.directory.groups = {TEAM: set(), LICENSES: set()}
    office.directory.known_groups = {
        NEWS: Group(NEWS, "News", "news@contoso.com", is_mail_enabled=True),
        LICENSES: Group(LICENSES, "Licenses", licenses=(E3.id,)),
    }
    await office.open()
    yield office
    await office.jobs.close()


async def follow(office: Office, *follow_ups: FollowUp, order: Order = MANAGED) -> Case:
    """The case when its follow-ups have come to their end."""
    case = await office.jobs.start(replace(order, profile="sales", follow_ups=follow_ups), HELGA, CHAT)
    waiting = await office.until_state(case, CaseState.WAITING)
    assert not office.directory.mails, "nothing before the mailbox is ready"
    office.directory.make_ready(waiting.account_id)
    return await office.until(case, lambda c: c.state is CaseState.READY and next_to_do(c) is None)


def states(case: Case) -> list[FollowUpState]:
    return [one.state for one in case.follow_ups]


async def test_everything_is_done_once_the_mailbox_is_ready(office: Office) -> None:
    case = await follow(office, *EVERYTHING)
    by_hand, done = FollowUpState.BY_HAND, FollowUpState.DONE
    assert states(case) == [done, by_hand, done, by_hand, done, done]
    assert case.account_id in office.directory.groups[TEAM]
    assert "Add-DistributionGroupMember -Identity 'news@contoso.com' -Member 'jane" in case.follow_ups[1].script
    assert office.directory.settings[case.account_id] == MailboxSettings("Europe/Berlin", "de-DE")
    assert "Add-MailboxPermission -Identity 'sales@contoso.com' -User 'jane" in case.follow_ups[3].script
    assert [(mail.to, mail.subject) for _, mail in office.directory.mails] == [
        ("jane@contoso.com", "Welcome, Jane Doe"),
        ("mona@contoso.com", "Jane Doe can be reached"),
    ]
    assert office.directory.mails[0][1].text == "You are jane@contoso.com, Mona Manager knows."
    trail = await office.jobs.audit.history("jane@contoso.com")
    assert trail[0].sentence == "The follow-ups for jane@contoso.com came to their end: 2 of 6 need somebody."
    assert office.messenger.kinds().count("ready") == 1


async def test_what_fails_is_told_and_holds_nothing_up(office: Office) -> None:
    denied = GraphDenied("Mailroom may not do this (Mail.Send).", GraphTrace(403, "ErrorAccessDenied", "No."))
    office.directory.fail("send_mail", denied)
    office.directory.fail("get_groups", GraphRejected("No.", GraphTrace(400)))
    case = await follow(office, *EVERYTHING)
    assert office.messenger.kinds().count("ready") == 1
    assert states(case)[0] is FollowUpState.FAILED
    assert (states(case)[4], case.follow_ups[4].note) == (FollowUpState.FAILED, denied.sentence)
    assert case.follow_ups[4].trace.status == 403
    again = await office.jobs.follow_up_again(case.id, HELGA, "click")
    done = await office.until(again, lambda c: next_to_do(c) is None)
    assert {states(done)[0], states(done)[4]} == {FollowUpState.DONE}
    assert len(office.directory.mails) == 2


async def test_graph_down_is_waited_out(office: Office) -> None:
    office.directory.fail("get_groups", unavailable(), unavailable())
    assert states(await follow(office, EVERYTHING[0])) == [FollowUpState.DONE]


async def test_a_mail_whose_answer_was_lost_is_found_and_not_sent_again(office: Office) -> None:
    send = office.directory.send_mail

    async def send_and_lose(sender: str, mail: Mail) -> None:
        await send(sender, mail)
        raise unavailable()

    office.directory.send_mail = send_and_lose  # type: ignore[method-assign]
    case = await follow(office, WELCOME)
    assert (states(case), len(office.directory.mails)) == ([FollowUpState.DONE], 1)
    assert case.follow_ups[0].note == "Was sent to jane@contoso.com."


async def test_a_mail_that_never_went_out_is_sent_after_looking(office: Office) -> None:
    office.directory.fail("send_mail", unavailable())
    case = await follow(office, WELCOME)
    assert (states(case), len(office.directory.mails)) == ([FollowUpState.DONE], 1)
    assert office.directory.count("has_sent") > 1


async def test_without_a_look_into_sent_items_a_mail_is_never_sent_twice(office: Office) -> None:
    office.directory.fail("send_mail", unavailable())
    office.directory.fail("has_sent", GraphDenied("No.", GraphTrace(403)))
    case = await follow(office, WELCOME)
    assert (states(case), office.directory.count("send_mail")) == ([FollowUpState.NOT_KNOWN], 1)
    assert (await office.jobs.follow_up_again(case.id, HELGA, "click")).follow_ups == case.follow_ups


async def test_a_mail_that_graph_refused_was_not_sent(office: Office) -> None:
    office.directory.probes[DESK.id] = NOT_READY
    case = await follow(office, WELCOME)
    assert (states(case), case.follow_ups[0].begun_at) == ([FollowUpState.FAILED], None)


async def test_without_a_manager_there_is_nobody_to_write_to(office: Office) -> None:
    assert states(await follow(office, TO_MANAGER, order=JANE)) == [FollowUpState.NOT_NEEDED]


async def test_a_license_comes_from_its_group_and_is_never_assigned_directly(office: Office) -> None:
    case = await follow(office, order=replace(JANE, license_group=LICENSES))
    account = await office.directory.get_account(case.account_id)
    assert account is not None
    assert [state.assigned_by_group for state in account.license_states] == [LICENSES]
    assert office.directory.count("assign_license") == 0
    assert office.directory.count("add_to_group") == 1


async def test_a_group_that_gives_no_license_ends_the_case_with_the_reason(office: Office) -> None:
    case = await office.jobs.start(replace(JANE, license_group=TEAM), HELGA, CHAT)
    failed = await office.until_state(case, CaseState.FAILED)
    assert failed.problem is not None
    assert "but the license did not come from it" in failed.problem.sentence
    assert office.directory.count("assign_license") == 0


async def test_plans_that_the_profile_switches_off_are_off(office: Office) -> None:
    case = await follow(office, order=replace(JANE, disabled_plans=(E3.plans[1].id,)))
    account = await office.directory.get_account(case.account_id)
    assert account is not None
    assert account.licenses[0].disabled_plans == (E3.plans[1].id,)
