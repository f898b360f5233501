"""SIGTERM: load balancers are told, who waits is answered, and the process is gone within ten seconds."""

import signal
import threading
from pathlib import Path

import pytest
from support.fleet import Bot, Fleet
from support.postgres import Cluster
from support.processes import Processes, answers, wait_until

PROMISED = 10.0  # seconds
PATIENCE = 60.0  # only so that a broken test ends


def in_flight(fleet: Fleet, bot: Bot, text: str) -> threading.Thread:
    """A message whose answer takes so long that the person was told to be patient."""
    typing = threading.Thread(target=bot.say, kwargs={"text": text})
    typing.start()
    wait_until(lambda: any("Still asking" in sent for sent in fleet.sent()), "the turn is in flight", PATIENCE)
    return typing


@pytest.mark.timeout(240)
def test_a_turn_in_flight_is_answered_while_the_bot_is_not_ready_any_more(processes: Processes, tmp_path: Path):
    fleet = Fleet(processes, f"sqlite:///{tmp_path}/mailroom.db", tmp_path)
    bot = fleet.start_ready()
    fleet.fault(path="batch", delay_seconds=3.5, times=1)
    typing = in_flight(fleet, bot, "diagnose mona@contoso.com")
    bot.process.popen.send_signal(signal.SIGTERM)
    wait_until(lambda: answers(f"{bot.url}/readyz", 503), "it says that it stops", PROMISED)
    assert bot.process.popen.wait(PROMISED) == 0
    typing.join()
    assert any("nothing is wrong" in sent for sent in fleet.sent("send", "edit"))
    assert not [sent for sent in fleet.sent("send", "edit") if "being restarted" in sent]


@pytest.mark.timeout(240)
def test_it_stops_in_time_though_graph_stalls_and_the_database_is_gone(
    processes: Processes, postgres: Cluster, tmp_path: Path
):
    fleet = Fleet(processes, postgres.new_database(), tmp_path)
    bot = fleet.start_ready()
    fleet.fault(method="POST", path="assignLicense", delay_seconds=30)
    bot.order("jane@contoso.com")
    wait_until(lambda: "jane@contoso.com" in fleet.effects(), "the order is at work", PATIENCE)
    fleet.fault(path="batch", delay_seconds=30)
    typing = in_flight(fleet, bot, "diagnose mona@contoso.com")
    postgres.stop()
    try:
        bot.process.popen.send_signal(signal.SIGTERM)
        assert bot.process.popen.wait(PROMISED) == 0
    finally:
        postgres.start()
    typing.join()
    assert [sent for sent in fleet.sent("send", "edit") if "being restarted" in sent]
