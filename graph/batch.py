"""The `$batch` envelope: many requests in one post, and their answers out of it. Pure.

msgraph_core's own batch loses the bodies of the answers and misspells dependsOn (microsoft/kiota-python issue 737),
so the envelope is built here, from the very request informations that the SDK's builders make.
learn.microsoft.com/graph/json-batching: at most 20 requests, ids are strings, urls are relative to the version.
"""

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from kiota_abstractions.request_information import RequestInformation

from graph.answers import Answer, Call, from_json
from provisioning.errors import GraphTrace, GraphUnavailable
from provisioning.words import say

LIMIT = 20

# What a member may carry (never the token), spelt as in the examples of the documentation: the SDK lower-cases.
_HEADERS = {"accept": "Accept", "content-type": "Content-Type", "consistencylevel": "ConsistencyLevel"}
_PARAMETER = re.compile(r"\{([^{}]+)\}")


def call_of(request: RequestInformation) -> Call:
    """`{+baseurl}/users/{user%2Did}{?%24select}` becomes `/users/{user-id}`."""
    template = str(request.url_template or "").removeprefix("{+baseurl}").partition("{?")[0]
    return Call(request.http_method.value, template.replace("%2D", "-").replace("%24", "$"))


def is_read(request: RequestInformation) -> bool:
    """A question, which may be asked again. So is checkMemberGroups, though it is posted."""
    return request.http_method.value == "GET" or call_of(request).path.endswith("/checkMemberGroups")


def chunks(count: int) -> Iterator[range]:
    return (range(start, min(start + LIMIT, count)) for start in range(0, count, LIMIT))


def envelope(requests: Mapping[int, RequestInformation], base_url: str, in_order: bool = False) -> dict[str, Any]:
    """The body to post. The ids are the keys; with `in_order` each request waits for the one before."""
    members = [_member(key, request, base_url) for key, request in requests.items()]
    if in_order:
        for before, member in itertools.pairwise(members):
            member["dependsOn"] = [before["id"]]
    return {"requests": members}


def members_of(answer: Answer, requests: Mapping[int, RequestInformation]) -> dict[int, Answer]:
    """The answers by key, in whatever order they came. The envelope's request-id and date are passed down."""
    by_id = _by_id(answer)
    missing = [key for key in requests if str(key) not in by_id]
    if missing:
        trace = GraphTrace(
            status=answer.status, message=f"$batch: {len(missing)} of {len(requests)} answers are missing"
        )
        raise GraphUnavailable(
            say("Microsoft Graph left part of the question unanswered. Try again in a minute."), trace
        )
    return {key: _answer(call_of(requests[key]), by_id[str(key)], answer.headers) for key in requests}


def statuses_of(answer: Answer) -> dict[str, int]:
    """By id, of those members that were answered."""
    return {key: _status(response) for key, response in _by_id(answer).items()}


def _by_id(answer: Answer) -> dict[str, dict[str, Any]]:
    responses = (answer.body or {}).get("responses")
    return {str(r.get("id")): r for r in responses if isinstance(r, dict)} if isinstance(responses, list) else {}


def _status(response: Mapping[str, Any]) -> int:
    status = response.get("status")
    return int(status) if status else 0


def _member(key: int, request: RequestInformation, base_url: str) -> dict[str, Any]:
    member: dict[str, Any] = {
        "id": str(key),
        "method": request.http_method.value,
        "url": _url(request, base_url),
    }
    headers = {_HEADERS[name]: value for name, value in request.request_headers.items() if name in _HEADERS}
    if headers:
        member["headers"] = headers
    if request.content:
        member["body"] = json.loads(request.content)
    return member


def _url(request: RequestInformation, base_url: str) -> str:
    """The SDK's, which expands templates letter by letter; the plain ones, of a thousand looks a minute, we fill in."""
    if request.query_parameters or not request.path_parameters:
        return _relative(str(request.url), base_url)
    path = str(request.url_template).removeprefix("{+baseurl}").partition("{?")[0]
    return _PARAMETER.sub(lambda name: quote(str(request.path_parameters.get(name[1], "")), safe=""), path)


def _relative(url: str, base_url: str) -> str:
    """Relative to the version, with plain `$` in names: the SDK writes %24 and decodes it only when it sends."""
    path, mark, query = url.removeprefix(base_url).partition("?")
    parameters = (parameter.partition("=") for parameter in query.split("&"))
    return path + mark + "&".join(name.replace("%24", "$") + equals + value for name, equals, value in parameters)


def _answer(call: Call, response: Mapping[str, Any], outer: Mapping[str, str]) -> Answer:
    own = response.get("headers")
    headers = {str(k).lower(): str(v) for k, v in own.items()} if isinstance(own, dict) else {}
    inherited = {name: outer[name] for name in ("request-id", "date") if name in outer}
    return from_json(call, _status(response), {**inherited, **headers}, response.get("body"))


def unanswered(answers: Mapping[int, Answer], statuses: frozenset[int]) -> Sequence[int]:
    """The keys whose answer says "not now"."""
    return [key for key, answer in answers.items() if answer.status in statuses]
