"""The job engine over a directory and a messenger in memory: real DBOS, real SQLite and PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from support.contoso import ADAM
from support.fake_directory import unavailable
from support.office import CHAT, GROUP, HELGA, JANE, Office, eventually

from provisioning.acting import Acting
from provisioning.case import AccountOrigin, CaseState, Order, Stage, StageState
from provisioning.errors import (
    AuditUnavailable,
    ConversationGone,
    GraphRejected,
    GraphTrace,
    MessengerUnavailable,
    ObjectConflict,
)


async def test_an_order_becomes_a_ready_mailbox_and_one_notification(office: Office) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    waiting = await office.until_state(case, CaseState.WAITING)
    assert waiting.account_origin is AccountOrigin.CREATED
    assert waiting.stage(Stage.SYNC).state is StageState.NOT_NEEDED
    assert "Preparing a mailbox for this user" in waiting.stage(Stage.MAILBOX).note

    office.directory.make_ready(waiting.account_id)
    ready = await office.until(case, lambda c: c.stage(Stage.NOTIFICATION).state is StageState.DONE)
    assert ready.state is CaseState.READY
    assert ready.mail == "jane@contoso.com"
    assert office.messenger.kinds().count("posted") == 1
    assert office.messenger.kinds().count("ready") == 1
    assert office.directory.count("create_account") == 1
    assert office.directory.count("assign_license") == 1
    account = await office.directory.get_account("jane@contoso.com")
    assert account is not None
    assert (account.department, account.usage_location) == ("Sales", "US")


async def test_the_same_order_twice_is_one_case_with_a_card_in_each_conversation(office: Office) -> None:
    first = await office.jobs.start(JANE, HELGA, CHAT)
    second = await office.jobs.start(replace(JANE, upn="Jane@Contoso.com"), HELGA, GROUP)
    assert first.id == second.id
    waiting = await office.until_state(first, CaseState.WAITING)
    office.directory.make_ready(waiting.account_id)

    async def both_told() -> bool:
        told = {sent.conversation_id for sent in office.messenger.sent if sent.kind == "ready"}
        return told == {CHAT.id, GROUP.id}

    await eventually(both_told)
    assert office.directory.count("create_account") == 1


async def test_an_id_that_exists_is_that_case_even_when_it_has_ended(office: Office) -> None:
    first = await office.jobs.start(JANE, HELGA, CHAT, "once")
    await office.jobs.cancel(first.id, HELGA)
    again = await office.jobs.start(JANE, HELGA, GROUP, "once")
    assert (first.id, again.id, again.state) == ("once", "once", CaseState.CANCELLED)
    await office.jobs.start(JANE, HELGA, CHAT, "another")
    assert (await office.jobs.start(JANE, HELGA, CHAT, "once")).state is CaseState.CANCELLED, "not the open one"
    assert [case.id for case in await office.jobs.open_cases()] == ["another"]


async def test_a_shown_card_moves_down_and_leaves_a_pointer(office: Office) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.until_state(case, CaseState.WAITING)
    await eventually(lambda: _has(office, "posted"))
    await office.jobs.show(case.id, CHAT)
    await eventually(lambda: _has(office, "moved", then="posted"))


async def test_graph_down_is_shown_and_waited_out(office: Office) -> None:
    office.directory.fail("create_account", unavailable(), unavailable())
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.until_state(case, CaseState.WAITING)
    assert office.directory.count("create_account") == 3


async def test_graph_down_for_good_ends_the_case_with_its_sentence(office: Office) -> None:
    office.directory.fail("create_account", *[unavailable() for _ in range(4)])
    case = await office.jobs.start(JANE, HELGA, CHAT)
    failed = await office.until_state(case, CaseState.FAILED)
    assert failed.problem is not None
    assert failed.problem.sentence == unavailable().sentence
    assert failed.stage(Stage.ACCOUNT).state is StageState.FAILED


async def test_a_refused_license_fails_the_case_with_graphs_words(office: Office) -> None:
    trace = GraphTrace(400, "Request_BadRequest", "no licenses", "req-1", "today")
    office.directory.fail("assign_license", GraphRejected("No seats are free.", trace))
    case = await office.jobs.start(JANE, HELGA, CHAT)
    failed = await office.until_state(case, CaseState.FAILED)
    assert failed.problem is not None
    assert failed.problem.trace.request_id == "req-1"
    assert failed.stage(Stage.LICENSE).state is StageState.FAILED


async def test_an_account_that_became_protected_ends_the_case_with_the_reason(office: Office) -> None:
    office.directory.accounts["jane-1"] = replace(ADAM, id="jane-1", upn=JANE.upn, display_name="Jane Doe", licenses=())
    office.directory.roles["jane-1"] = ("User Administrator",)
    case = await office.jobs.start(JANE, HELGA, CHAT)
    case = await office.until_state(case, CaseState.FAILED)
    assert case.problem is not None
    assert case.problem.sentence.startswith("Jane Doe holds the directory role User Administrator, so Mailroom")
    assert office.directory.accounts["jane-1"].licenses == ()


async def test_a_write_that_was_not_audited_ends_the_case_and_is_not_repeated(office: Office) -> None:
    office.directory.fail("create_account", AuditUnavailable("Created the account. This could not be written."))
    case = await office.jobs.start(JANE, HELGA, CHAT)
    case = await office.until_state(case, CaseState.FAILED)
    assert case.problem is not None
    assert case.problem.sentence == "Created the account. This could not be written."
    assert office.directory.count("create_account") == 1


async def test_what_a_case_writes_is_written_for_whoever_ordered_it(office: Office) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.until_state(case, CaseState.WAITING)
    written = [call for call in office.directory.calls if call.method in ("create_account", "assign_license")]
    assert len(written) == 2
    assert {call.behalf for call in written} == {Acting(HELGA, JANE.upn, case.id)}


async def test_a_create_whose_answer_was_lost_is_not_repeated(office: Office) -> None:
    """The account was made, the answer never came, and reads do not show it yet: ObjectConflict is our own."""
    conflict = ObjectConflict("Taken.", GraphTrace(400), "userPrincipalName")
    made = office.directory.create_account

    async def create_and_lose(order: Order, password: str) -> None:
        await made(order, password)
        office.directory.create_account = refuse  # type: ignore[method-assign, assignment]
        raise unavailable()

    async def refuse(order: Order, password: str) -> None:
        raise conflict

    office.directory.create_account = create_and_lose  # type: ignore[method-assign, assignment]
    case = await office.jobs.start(JANE, HELGA, CHAT)
    waiting = await office.until_state(case, CaseState.WAITING)
    assert waiting.account_origin is AccountOrigin.CREATED


async def test_an_address_that_another_object_has_is_told_at_once(office: Office) -> None:
    async def refuse(order: Order, password: str) -> None:
        raise ObjectConflict("Another object already has this mail address.", GraphTrace(400), "proxyAddresses")

    office.directory.create_account = refuse  # type: ignore[method-assign, assignment]
    case = await office.jobs.start(JANE, HELGA, CHAT)
    failed = await office.until_state(case, CaseState.FAILED)
    assert failed.problem is not None
    assert failed.problem.sentence == "Another object already has this mail address."


async def test_an_account_that_exists_is_adopted_and_gets_no_credential(office: Office) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    waiting = await office.until_state(case, CaseState.WAITING)
    await office.jobs.claim_credential(case.id, HELGA)
    await office.jobs.cancel(case.id, HELGA)
    again = await office.jobs.start(replace(JANE, license=""), HELGA, CHAT)
    assert again.id != case.id
    adopted = await office.until_state(again, CaseState.WAITING)
    assert adopted.account_id == waiting.account_id
    assert adopted.account_origin is AccountOrigin.ADOPTED


async def test_a_second_try_inherits_the_right_to_the_first_credential(office: Office) -> None:
    office.directory.fail("assign_license", GraphRejected("No seats are free.", GraphTrace(400)))
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.until_state(case, CaseState.FAILED)
    again = await office.jobs.start(JANE, HELGA, CHAT)
    retried = await office.until_state(again, CaseState.WAITING)
    assert retried.account_origin is AccountOrigin.CREATED
    assert office.directory.count("create_account") == 1


async def test_only_the_first_claim_of_a_credential_counts(office: Office) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    claims = await asyncio.gather(*(office.jobs.claim_credential(case.id, HELGA) for _ in range(5)))
    assert sorted(claims) == [False] * 4 + [True]
    await office.jobs.release_credential(case.id)
    assert await office.jobs.claim_credential(case.id, HELGA)


async def test_a_credential_is_claimed_once_an_account_not_once_a_case(office: Office) -> None:
    first = await office.jobs.start(JANE, HELGA, CHAT)
    await office.until_state(first, CaseState.WAITING)
    await office.jobs.cancel(first.id, HELGA)
    second = await office.jobs.start(JANE, HELGA, CHAT)
    retried = await office.until_state(second, CaseState.WAITING)
    assert retried.account_origin is AccountOrigin.CREATED
    assert await office.jobs.claim_credential(first.id, HELGA)
    assert not await office.jobs.claim_credential(second.id, HELGA)


async def test_cancel_stops_the_looks(office: Office) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    waiting = await office.until_state(case, CaseState.WAITING)
    cancelled = await office.jobs.cancel(case.id, HELGA)
    assert (cancelled.state, cancelled.ended_by) == (CaseState.CANCELLED, "Helga Desk")
    office.directory.make_ready(waiting.account_id)
    assert (await office.jobs.check_now(case.id)).state is CaseState.CANCELLED
    assert "ready" not in office.messenger.kinds()


async def test_check_now_looks_at_once(office: Office) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    waiting = await office.until_state(case, CaseState.WAITING)
    checked = await office.jobs.check_now(case.id)
    assert checked.checks > waiting.checks


async def test_a_mailbox_that_never_comes_is_given_up_after_three_days(office: Office) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.until_state(case, CaseState.WAITING)
    office.clock.shift = timedelta(hours=25)
    late = await office.until(case, lambda c: "24 hours: contact" in c.stage(Stage.MAILBOX).note)
    assert late.is_open
    office.clock.shift = timedelta(hours=73)
    given_up = await office.until_state(case, CaseState.GIVEN_UP)
    assert given_up.problem is not None
    assert "Microsoft Support" in given_up.problem.sentence


async def test_a_connector_that_is_down_gets_the_card_later(office: Office) -> None:
    office.messenger.fail(MessengerUnavailable("Teams is down.", retry_after=0.05))
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.until_state(case, CaseState.WAITING)
    await eventually(lambda: _has(office, "posted"))


async def test_a_conversation_that_is_gone_is_left_alone_and_the_case_goes_on(office: Office) -> None:
    office.messenger.fail(*[ConversationGone("The bot was removed.")] * 3)
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.until_state(case, CaseState.WAITING)
    assert "posted" not in office.messenger.kinds()[:1]


async def test_a_deleted_card_is_posted_anew(office: Office) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.until_state(case, CaseState.WAITING)
    await eventually(lambda: _has(office, "posted"))
    office.messenger.deleted.add(office.messenger.sent[0].activity_id)
    await office.jobs.cancel(case.id, HELGA)

    async def posted_again() -> bool:
        return office.messenger.kinds().count("posted") == 2

    await eventually(posted_again)


async def test_waiting_cases_survive_a_restart(office: Office) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    waiting = await office.until_state(case, CaseState.WAITING)
    await office.jobs.close()
    office.directory.make_ready(waiting.account_id)
    await office.open()
    await office.until(case, lambda c: c.stage(Stage.NOTIFICATION).state is StageState.DONE)
    assert office.messenger.kinds().count("ready") == 1
    await office.jobs.check()
    assert (await office.jobs.depth()).cases == {("ready", ""): 1}


async def _has(office: Office, kind: str, then: str = "") -> bool:
    """`then`: and that right after it."""
    kinds = office.messenger.kinds()
    return (kind, then) in pairwise(kinds) if then else kind in kinds
