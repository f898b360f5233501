"""The page, the dashboard and the alert rules speak of the metrics that there are, of all of them, and of no other."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml
from support.office import CHAT, HELGA

from bot.metrics import Metrics
from handlers.requests import Request
from jobs.depth import Depth
from provisioning.priority import Priority

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs/metrics.md"
DASHBOARD = ROOT / "infra/grafana/mailroom.json"
ALERTS = ROOT / "infra/prometheus/alerts.yaml"
NAME = re.compile(r"\bmailroom_\w+")
SELECTOR = re.compile(r"(mailroom_\w+)\{([^}]*)\}")
GROUPING = re.compile(r"by \(([^)]*)\)")
OF_HISTOGRAMS = re.compile(r"_(bucket|count|sum)$")
FROM_PROMETHEUS = {"le", "instance"}


@pytest.fixture
async def exposed() -> dict[str, set[str]]:
    """The labels of every metric by its name, as Prometheus sees it."""

    async def measure() -> Depth:
        return Depth({("waiting", "mailbox"): 1}, 0, 0.0, 0, 0.0, 0)

    metrics = Metrics()
    metrics.watch(measure)
    metrics.turn(Request(HELGA, CHAT, "help"), "ok", 0.1)
    metrics.connector("post", "ok")
    metrics.answered(401)
    metrics.graph_answered("GET", "/users", "2xx")
    metrics.graph_waited("units", Priority.WORK, 0.1)
    metrics.case_ready(60)
    metrics.card_sent("live", is_update=True, merged=1)
    metrics.repair_ended("assign-license", "cured")
    metrics.audited("refusal", is_written=True)
    await metrics.text()
    found: dict[str, set[str]] = {}
    for family in metrics.registry.collect():
        name = family.name + ("_total" if family.type == "counter" else "")
        found[name] = {label for sample in family.samples for label in sample.labels} - FROM_PROMETHEUS
    return found


def test_the_page_names_every_metric_with_its_labels_and_none_besides(exposed: dict[str, set[str]]) -> None:
    rows = re.findall(r"^\| `(mailroom_\w+)` \| \w+ \| (.*?) \|", PAGE.read_text(), re.MULTILINE)
    assert {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows} == exposed
    assert {OF_HISTOGRAMS.sub("", name) for name in NAME.findall(PAGE.read_text())} <= set(exposed)


def queries() -> Iterable[str]:
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    for group in yaml.safe_load(ALERTS.read_text())["groups"]:
        yield from (rule["expr"] for rule in group["rules"])


@pytest.mark.parametrize("query", list(queries()))
def test_a_query_asks_for_what_there_is(query: str, exposed: dict[str, set[str]]) -> None:
    names = {OF_HISTOGRAMS.sub("", name) for name in NAME.findall(query)}
    assert names
    assert names <= set(exposed)
    known = FROM_PROMETHEUS.union(*(exposed[name] for name in names))
    grouped = {label.strip() for labels in GROUPING.findall(query) for label in labels.split(",")}
    matched = {label for _, matchers in SELECTOR.findall(query) for label in re.findall(r"(\w+)\s*[=!]", matchers)}
    assert grouped | matched <= known


def test_the_dashboard_shows_every_metric(exposed: dict[str, set[str]]) -> None:
    shown = {OF_HISTOGRAMS.sub("", name) for name in NAME.findall(DASHBOARD.read_text())}
    assert shown == set(exposed)
