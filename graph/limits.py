"""What Microsoft Graph allows one app in one tenant, and what each request takes of it. Pure.

The figures and costs are those of learn.microsoft.com/graph/throttling-limits: "Identity and access service limits"
(units, writes), "Identity and access reports service limits", "Service Communications service limits" and "Outlook
service limits". Each request of a `$batch` counts by itself (learn.microsoft.com/graph/throttling).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kiota_abstractions.request_information import RequestInformation

from graph.batch import call_of
from provisioning.buckets import Limit
from provisioning.pacing import Cost

UNITS = "units"
WRITES = "writes"
REPORTS = "reports"
HEALTH_A_MINUTE = "health a minute"
HEALTH_AN_HOUR = "health an hour"
MAILBOX = "mailbox"
BATCHES = "batches"

PUBLISHED: Mapping[str, Limit] = {
    # Of a tenant of up to 50 users, the smallest; 5,000 up to 500 users, 8,000 above.
    UNITS: Limit(3_500, 10, burst=0.2),
    WRITES: Limit(3_000, 150),
    REPORTS: Limit(5, 10),
    HEALTH_A_MINUTE: Limit(240, 60),
    HEALTH_AN_HOUR: Limit(800, 3600),
    MAILBOX: Limit(10_000, 600, at_once=4, each=True),
    BATCHES: Limit(at_once=4),  # our own: Graph does not say how many `$batch` posts it takes beside each other
}

# Base costs in resource units where they are not 1. What is said of me/ holds for users/{id}/ as well.
_UNITS = {
    "GET /users": 2,
    "GET /subscribedSkus": 3,
    "GET /users/{user-id}/licenseDetails": 2,
    "GET /users/{user-id}/memberOf": 2,
    "GET /users/{user-id}/transitiveMemberOf/graph.directoryRole": 2,
    "GET /groups/{group-id}/transitiveMembers/graph.user": 5,
    "GET /groups/{group-id}/members": 3,
    "POST /users/{user-id}/checkMemberGroups": 4,
}
_POSTS_THAT_READ = frozenset({"POST /users/{user-id}/checkMemberGroups"})
_OUTLOOK = ("/users/{user-id}/mailboxSettings", "/users/{user-id}/mailFolders", "/users/{user-id}/sendMail")
_FEW = 20  # $top below this makes a request cheaper


def cost_of(request: RequestInformation) -> Cost:
    """What one request takes, directly or as a member of a `$batch`. Of the directory, also of its path."""
    call = call_of(request)
    if call.path.startswith("/auditLogs/"):
        return {REPORTS: 1}
    if call.path.startswith("/admin/serviceAnnouncement/"):
        return {HEALTH_A_MINUTE: 1, HEALTH_AN_HOUR: 1}
    if call.path.startswith(_OUTLOOK):
        return {mailbox(str(request.path_parameters.get("user%2Did", ""))): 1}
    units = _UNITS.get(str(call), 1) + _surcharge(request.query_parameters)
    is_write = call.method != "GET" and str(call) not in _POSTS_THAT_READ
    cost = {UNITS: float(max(1, units)), str(call): 1.0}
    return cost | {WRITES: 1.0} if is_write else cost


def mailbox(user: str) -> str:
    """The name of the limit of one mailbox."""
    return f"{MAILBOX}/{user.lower()}"


def total(costs: Iterable[Cost]) -> Cost:
    """What they take together."""
    together: dict[str, float] = {}
    for cost in costs:
        for name, amount in cost.items():
            together[name] = together.get(name, 0) + amount
    return together


def scaled(factor: float, limits: Mapping[str, Limit] = PUBLISHED) -> dict[str, Limit]:
    """The same windows with `factor` times as much in them."""
    return {
        name: limit if limit.amount is None else replace(limit, amount=limit.amount * factor)
        for name, limit in limits.items()
    }


def _surcharge(query: Mapping[str, object]) -> int:
    """$select makes it one unit cheaper, $expand dearer, a small $top cheaper."""
    top = query.get("%24top")
    is_few = isinstance(top, int) and top < _FEW
    return int("%24expand" in query) - int("%24select" in query) - int(is_few)
