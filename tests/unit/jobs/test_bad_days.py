"""What bench/chaos.py found, one by one: clocks that jump, answers that say nothing, one message that comes twice."""

from datetime import timedelta

import pytest
from support.office import CHAT, HELGA, JANE, Office, eventually

from provisioning.case import AccountOrigin, Case, CaseState
from provisioning.errors import GraphTrace, GraphUnavailable, MessengerUnavailable

AHEAD = timedelta(hours=2)


async def test_a_clock_that_is_put_back_makes_no_case_wait_for_it(office: Office) -> None:
    office.clock.shift = AHEAD
    case = await office.jobs.start(JANE, HELGA, CHAT)
    waiting = await office.until(case, lambda one: one.state is CaseState.WAITING and one.checks > 1)
    office.clock.shift = timedelta()
    office.directory.make_ready(waiting.account_id)
    await office.until_state(case, CaseState.READY)


async def test_a_clock_that_is_put_back_makes_no_message_wait_for_it(office: Office) -> None:
    office.clock.shift = AHEAD
    office.messenger.fail(MessengerUnavailable("Teams is down.", retry_after=30))
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.until_state(case, CaseState.WAITING)
    await eventually(lambda: _has_failed(office))
    office.clock.shift = timedelta()
    await office.jobs.cancel(case.id, HELGA)
    await eventually(lambda: _shown(office))


async def _has_failed(office: Office) -> bool:
    return not office.messenger.failures


async def _shown(office: Office) -> bool:
    return bool(office.messenger.sent)


@pytest.mark.parametrize("status", [0, 201, 502, 504], ids=["nothing", "half an answer", "502", "504"])
async def test_an_account_that_we_made_is_ours_whatever_came_in_place_of_the_answer(
    office: Office, status: int
) -> None:
    made = office.directory.create_account

    async def create_and_lose(*args: object) -> None:
        office.directory.create_account = made  # type: ignore[method-assign]
        await made(*args)  # type: ignore[arg-type]
        raise GraphUnavailable("Microsoft Graph has a problem of its own.", GraphTrace(status))

    office.directory.create_account = create_and_lose  # type: ignore[method-assign, assignment]
    case = await office.jobs.start(JANE, HELGA, CHAT)
    waiting = await office.until_state(case, CaseState.WAITING)
    assert waiting.account_origin is AccountOrigin.CREATED


async def test_the_very_same_order_once_more_moves_no_card(office: Office) -> None:
    first = await office.jobs.start(JANE, HELGA, CHAT, "one-message")
    await office.until_state(first, CaseState.WAITING)
    await eventually(lambda: _shown(office))
    assert (await office.jobs.start(JANE, HELGA, CHAT, "one-message")).id == "one-message"
    await office.jobs.cancel(first.id, HELGA)
    await eventually(lambda: _is_cancelled(office))
    assert office.messenger.kinds().count("posted") == 1
    assert "moved" not in office.messenger.kinds()


async def _is_cancelled(office: Office) -> bool:
    shown = office.messenger.sent[-1].case
    return isinstance(shown, Case) and shown.state is CaseState.CANCELLED
