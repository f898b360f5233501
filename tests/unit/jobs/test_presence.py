"""Signs of life, and who takes over from whom: a PostgreSQL with several processes' rows."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from support.postgres import Cluster

from jobs import presence
from jobs.migrations import migrate
from jobs.presence import Presence, own_id
from jobs.tables import open_engine, processes


@pytest.fixture
def engine(postgres: Cluster) -> Iterator[sa.Engine]:
    engine = open_engine(postgres.new_database())
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(processes.delete())
    yield engine
    engine.dispose()


def die(engine: sa.Engine, process_id: str) -> None:
    """Its last sign of life is as long ago as it takes."""
    with engine.begin() as connection:
        its = processes.update().where(processes.c.id == process_id)
        connection.execute(its.values(seen_at=processes.c.seen_at - presence.DEAD_AFTER_SECONDS - 1))


def buried_by(one: Presence) -> list[str]:
    buried: list[str] = []
    one.bury_dead(buried.append)
    return buried


def test_every_process_on_postgresql_has_an_id_of_its_own(engine: sa.Engine) -> None:
    assert own_id(engine) != own_id(engine)


def test_one_process_on_sqlite_keeps_its_id_for_its_next_start() -> None:
    assert own_id(sa.create_engine("sqlite://")) == "mailroom"


def test_a_living_process_is_left_alone_and_a_dead_one_buried_once(engine: sa.Engine) -> None:
    one, other, third = (Presence(engine, name) for name in ("one", "other", "third"))
    for process in (one, other, third):
        process.beat()
    assert buried_by(one) == []
    die(engine, "third")
    assert buried_by(one) == ["third"]
    assert buried_by(other) == []


def test_a_process_that_signed_off_is_taken_over_soon(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "LEAVING_SECONDS", -1)
    one, other = Presence(engine, "one"), Presence(engine, "other")
    one.beat()
    other.beat()
    other.leave()
    assert buried_by(one) == ["other"]


def test_of_many_at_once_one_takes_over(engine: sa.Engine) -> None:
    Presence(engine, "dead").beat()
    die(engine, "dead")
    heirs = [Presence(engine, f"heir {number}") for number in range(8)]
    barrier = Barrier(len(heirs))

    def bury(heir: Presence) -> list[str]:
        barrier.wait()
        return buried_by(heir)

    with ThreadPoolExecutor(len(heirs)) as threads:
        assert [name for names in threads.map(bury, heirs) for name in names] == ["dead"]


def test_a_takeover_that_fails_is_tried_again(engine: sa.Engine) -> None:
    one, dead = Presence(engine, "one"), Presence(engine, "dead")
    dead.beat()
    die(engine, "dead")

    def fail(process_id: str) -> None:
        raise RuntimeError(process_id)

    with pytest.raises(RuntimeError, match="dead"):
        one.bury_dead(fail)
    assert buried_by(one) == ["dead"]


def test_a_process_that_was_only_slow_gives_signs_of_life_again(engine: sa.Engine) -> None:
    one, slow = Presence(engine, "one"), Presence(engine, "slow")
    slow.beat()
    die(engine, "slow")
    assert buried_by(one) == ["slow"]
    slow.beat()
    assert buried_by(one) == []


def test_a_workflow_whose_processes_keep_dying_is_not_taken_over_for_ever(engine: sa.Engine) -> None:
    one = Presence(engine, "one")
    for _ in range(presence.TAKEOVERS):
        assert one.count_takeovers(["poison"]) == ["poison"]
    assert one.count_takeovers(["poison", "healthy"]) == ["healthy"]
