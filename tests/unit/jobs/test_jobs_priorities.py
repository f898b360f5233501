"""How urgent what the jobs ask of Graph is: a click before the steps of a case, these before the watcher's looks."""

from collections.abc import Callable

import pytest
from support.office import CHAT, HELGA, JANE, Office, eventually

from provisioning.case import CaseState
from provisioning.priority import Priority, priority


@pytest.fixture
def asked(office: Office, monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, Priority]]:
    seen: set[tuple[str, Priority]] = set()
    enter: Callable[[str, str], None] = office.directory._enter

    def note(method: str, subject: str = "") -> None:
        seen.add((method, priority()))
        enter(method, subject)

    monkeypatch.setattr(office.directory, "_enter", note)
    return seen


async def test_steps_are_work_and_looks_are_background(office: Office, asked: set[tuple[str, Priority]]) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    waiting = await office.until_state(case, CaseState.WAITING)

    async def looked() -> bool:
        return ("probe_mailboxes", Priority.BACKGROUND) in asked

    await eventually(looked)
    office.directory.make_ready(waiting.account_id)
    await office.until_state(case, CaseState.READY)
    assert ("create_account", Priority.WORK) in asked
    assert not [method for method, urgency in asked if urgency is Priority.INTERACTIVE]


async def test_a_look_that_somebody_asked_for_is_interactive(office: Office, asked: set[tuple[str, Priority]]) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.until_state(case, CaseState.WAITING)
    await office.jobs.check_now(case.id)
    assert ("probe_mailboxes", Priority.INTERACTIVE) in asked
