"""What an operator sees of a real bot: one trace from the click to Graph through a kill, log lines with their case."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.fleet import Fleet
from support.otlp import Receiver, Seen, receiving
from support.processes import Process, Processes, wait_until

UPN = "jane.doe@contoso.com"
ASSIGN = "POST /users/{user-id}/assignLicense"
PATIENCE = 60.0  # only so that a broken test ends
NEVER_SAID = ("jane", "contoso.com", "helga", "Helga")


def lines_of(process: Process) -> list[dict[str, Any]]:
    """Every line of the log; what a person at a terminal is told at the start is none."""
    return [json.loads(line) for line in process.printed.splitlines() if not line.startswith("Mailroom listening")]


def ancestors(receiver: Receiver, span: Seen) -> set[str]:
    """The names of what a span is part of."""
    by_id, names = {span.id: span for span in receiver.spans}, set()
    while span.parent in by_id:
        span = by_id[span.parent]
        names.add(span.name)
    return names


@pytest.mark.timeout(240)
def test_one_order_is_followed_from_the_click_to_graph_also_through_a_kill(processes: Processes, tmp_path: Path):
    with receiving() as receiver:
        fleet = Fleet(processes, f"sqlite:///{tmp_path}/mailroom.db", tmp_path)
        told = {
            "MAILROOM_LOG_FORMAT": "json",
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        killed = fleet.start_ready(**told)
        fleet.fault(method="POST", path="assignLicense", status=503)
        killed.order(UPN)
        wait_until(lambda: bool(receiver.named(ASSIGN)), "the license is refused", PATIENCE)
        wait_until(lambda: bool(receiver.named("turn message")), "the turn is told", PATIENCE)
        killed.process.kill()
        fleet.heal()

        bot = fleet.start_ready(**told)
        wait_until(lambda: bool(fleet.effects()[UPN].get("licenses_assigned")), "the license is assigned", PATIENCE)
        fleet.mailbox_answers(UPN)
        wait_until(lambda: fleet.notifications(UPN) == 1, "the ready message", PATIENCE)
        wait_until(lambda: bool(receiver.named("card ready")), "its span", PATIENCE)
        numbers = bot.numbers()
        assert bot.process.stop() == 0

    [turn] = receiver.named("turn message")
    its = [span for span in receiver.spans if span.trace == turn.trace]
    before = {"handle provision", "create_account", "POST /users"}
    after = {"assign_license", ASSIGN, "finish", "card live", "card ready"}
    assert before | after <= {span.name for span in its}
    [*_, assigned] = receiver.named(ASSIGN)
    assert assigned.attributes["http.response.status_code"] == "200"
    assert {"assign_license", "provision", "handle provision", "turn message"} <= ancestors(receiver, assigned)
    assert any(turn.trace in span.links for span in receiver.named("look"))
    [write] = [span for span in receiver.named("POST /users") if span.trace == turn.trace]
    assert "create_account" in ancestors(receiver, write)  # whose own parent died before it was told
    assert write.attributes["http.response.status_code"] == "201"
    assert write.attributes["mailroom.graph.request_id"]
    assert not [span.words for span in receiver.spans if any(word in span.words for word in NEVER_SAID)]

    lines = lines_of(killed.process) + lines_of(bot.process)
    [ordered] = [line for line in lines if "ordered by" in line["event"]]
    case = ordered["case"]
    assert case in ordered["event"]
    assert all(line.get("case") == case for line in lines if case in line["event"])
    writes = [line for line in lines if line["event"].startswith(("Graph: POST /users", "Graph: PATCH"))]
    assert {line["case"] for line in writes} == {case}
    assert {line["trace_id"] for line in writes} == {turn.trace}
    assert write.attributes["mailroom.graph.request_id"] in {line["graph_request_id"] for line in writes}
    assert ordered["activity"] == turn.attributes["mailroom.activity"]

    assert "mailroom_time_to_ready_seconds_count 1.0" in numbers
    assert re.search(
        r'mailroom_graph_requests_total\{.*outcome="2xx",path="/users/\{user-id\}/assignLicense"\} 1', numbers
    )
    assert 'mailroom_card_updates_total{kind="ready",outcome="posted"} 1.0' in numbers
    assert not [word for word in NEVER_SAID if word in numbers]
