"""Service health: admin/serviceAnnouncement/healthOverviews and issues."""

from sandbox.clock import timestamp
from sandbox.failures import GraphFailure
from sandbox.graph.calls import Answer, Call, Json, route
from sandbox.graph.odata import context, page
from sandbox.tenant.organization import Incident

SERVICES = {
    "Exchange Online": "Exchange",
    "Identity Service": "OrgLiveID",
    "Microsoft 365 suite": "OSDPPlatform",
    "Microsoft Teams": "microsoftteams",
    "SharePoint Online": "SharePoint",
}
ROOT = "admin/serviceAnnouncement"


@route("GET", f"{ROOT}/healthOverviews")
def list_overviews(call: Call) -> Answer:
    return Answer(body=page(call, list(SERVICES), lambda name: _overview(call, name), f"{ROOT}/healthOverviews"))


@route("GET", f"{ROOT}/healthOverviews/{{service}}")
def get_overview(call: Call) -> Answer:
    wanted = call.params["service"].lower()
    for name, identity in SERVICES.items():
        if wanted in (name.lower(), identity.lower()):
            body = {"@odata.context": context(call, f"{ROOT}/healthOverviews"), **_overview(call, name)}
            return Answer(body=body)
    raise GraphFailure(404, "NotFound", f"The service '{call.params['service']}' was not found.")


@route("GET", f"{ROOT}/issues")
def list_issues(call: Call) -> Answer:
    return Answer(body=page(call, call.tenant.incidents, issue_view, f"{ROOT}/issues"))


@route("GET", f"{ROOT}/issues/{{id}}")
def get_issue(call: Call) -> Answer:
    for incident in call.tenant.incidents:
        if incident.id.lower() == call.params["id"].lower():
            return Answer(body={"@odata.context": context(call, f"{ROOT}/issues"), **issue_view(incident)})
    raise GraphFailure(404, "NotFound", f"The issue '{call.params['id']}' was not found.")


def _overview(call: Call, name: str) -> Json:
    incidents = [incident for incident in call.tenant.incidents if incident.service == name]
    status = next((i.status for i in incidents if i.resolved_at is None), "serviceOperational")
    status = call.tenant.health.get(name, status)
    overview: Json = {"service": name, "status": status, "id": SERVICES[name]}
    if call.option("expand").lower() == "issues":
        overview["issues"] = [issue_view(incident) for incident in incidents]
    return overview


def issue_view(incident: Incident) -> Json:
    return {
        "startDateTime": timestamp(incident.started_at),
        "endDateTime": timestamp(incident.resolved_at) if incident.resolved_at else None,
        "lastModifiedDateTime": timestamp(incident.resolved_at or incident.started_at),
        "title": incident.title,
        "id": incident.id,
        "impactDescription": incident.impact,
        "classification": incident.classification,
        "origin": "microsoft",
        "status": "serviceRestored" if incident.resolved_at else incident.status,
        "service": incident.service,
        "feature": incident.feature,
        "featureGroup": incident.feature_group,
        "isResolved": incident.resolved_at is not None,
        "details": [],
        "posts": [
            {
                "createdDateTime": timestamp(incident.started_at),
                "postType": "regular",
                "description": {"contentType": "html", "content": incident.impact},
            }
        ],
    }
