"""auditLogs/directoryAudits: the license changes of the tenant."""

from sandbox.graph.calls import Answer, Call, Json, route
from sandbox.graph.filters import Read
from sandbox.graph.odata import filtered, ordered, page

PROPERTIES = (
    "id",
    "activityDateTime",
    "activityDisplayName",
    "additionalDetails",
    "category",
    "correlationId",
    "initiatedBy",
    "loggedByService",
    "operationType",
    "result",
    "resultReason",
    "targetResources",
)
_CANONICAL = {name.lower(): name for name in PROPERTIES}
_ORDERABLE = {"activitydatetime": "activityDateTime"}


@route("GET", "auditLogs/directoryAudits")
def list_audits(call: Call) -> Answer:
    """Newest first, as in Entra."""
    condition = filtered(call, _CANONICAL, "directoryAudit")
    newest = sorted(call.tenant.audits, key=lambda entry: str(entry["activityDateTime"]), reverse=True)
    hits = [entry for entry in newest if condition is None or condition.test(_reader(entry))]
    found = ordered(call, hits, lambda entry, name: entry[name], _ORDERABLE)
    return Answer(body=page(call, found, dict, "auditLogs/directoryAudits"))


def _reader(entry: Json) -> Read:
    return lambda path: entry.get(_CANONICAL[path.partition("/")[0].lower()])
