"""The service health: two services in one `$batch`, whichever name Entra has in the tenant."""

import pytest
from support.graph_app import Reply, ScriptedGraph

from graph.client import open_client
from graph.credentials import StaticCredential
from graph.directory import GraphDirectory
from graph.health import HEALTH_SECONDS
from provisioning.directory import ENTRA, EXCHANGE
from provisioning.errors import GraphDenied

PATH = "/admin/serviceAnnouncement/healthOverviews/"
ISSUE = {
    "id": "EX1",
    "title": "Delays",
    "classification": "incident",
    "impactDescription": "They wait.",
    "isResolved": False,
}
FINE = Reply(200, {"status": "serviceOperational", "issues": []})
BAD = Reply(200, {"status": "serviceDegradation", "issues": [ISSUE, {**ISSUE, "id": "EX0", "isResolved": True}]})
DENIED = Reply(403, {"error": {"code": "Forbidden", "message": "No."}})


class Watch:
    """A clock that a test moves."""

    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize("name", ["Microsoft Entra", "Identity Service"])
async def test_both_services_are_read_at_once_and_kept_for_some_seconds(name):
    watch = Watch()
    async with ScriptedGraph() as graph, open_client(graph.base_url, StaticCredential()) as client:
        graph.on("GET", PATH + "Exchange Online", BAD, FINE)
        graph.on("GET", PATH + name, FINE)
        directory = GraphDirectory(client, clock=watch)
        exchange, entra = await directory.service_health()
        assert (exchange.service, entra.service) == (EXCHANGE, ENTRA)
        assert [(one.id, one.impact) for one in exchange.issues] == [("EX1", "They wait.")]
        await directory.service_health()
        assert len(graph.posts()) == 1
        watch.seconds += HEALTH_SECONDS
        assert (await directory.service_health())[0].issues == ()
    asked = [one for one in graph.asked if one.in_batch]
    assert len(graph.posts()) == 2
    assert len(asked) == 3 + 2  # the name that this tenant does not know is asked for once


async def test_what_cannot_be_read_is_left_out_and_nothing_at_all_is_an_error():
    async with ScriptedGraph() as graph, open_client(graph.base_url, StaticCredential()) as client:
        graph.on("GET", PATH + "Exchange Online", DENIED)
        graph.on("GET", PATH + "Identity Service", FINE)
        [only] = await GraphDirectory(client).service_health()
        assert only.service == ENTRA
        graph.on("GET", PATH + "Identity Service", DENIED)
        with pytest.raises(GraphDenied, match=r"ServiceHealth\.Read\.All"):
            await GraphDirectory(client).service_health()
