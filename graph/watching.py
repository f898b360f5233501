"""What is seen of an exchange with Graph from outside: a span, a count of each request in it, a line in the log.

Each exchange carries a `client-request-id` of its own: with it Microsoft finds a request whose answer never came
(learn.microsoft.com/graph/best-practices-concept, "Reliability and support"). Nothing here holds a name: paths are
templates.
"""

import logging
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from kiota_abstractions.request_information import RequestInformation
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

from graph.answers import Answer, Call
from graph.batch import call_of, statuses_of
from provisioning.tally import Tally

CLIENT_REQUEST_ID = "client-request-id"
NO_ANSWER = "no_answer"
THROTTLED = "throttled"
UNREADABLE = "unreadable"
BATCH = "/$batch"

log = logging.getLogger(__name__)
tracer = trace.get_tracer("mailroom")


@dataclass
class Exchange:
    """`carried`: the requests in it; more than one only in a `$batch`, which is not counted itself."""

    call: Call
    carried: Mapping[int, Call]
    client_request_id: str
    answer: Answer | None = None


@contextmanager
def watched(request: RequestInformation, carried: Mapping[int, Call], tally: Tally) -> Iterator[Exchange]:
    """Around one attempt; whoever gets the answer puts it into what is yielded."""
    call = call_of(request)
    exchange = Exchange(call, carried, str(uuid.uuid4()))
    request.headers.remove(CLIENT_REQUEST_ID)  # of the attempt before
    request.headers.try_add(CLIENT_REQUEST_ID, exchange.client_request_id)
    attributes = {"http.request.method": call.method, "url.template": call.path}
    # Without what an exception says: that may name somebody.
    with tracer.start_as_current_span(
        str(call), kind=SpanKind.CLIENT, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield exchange
        finally:
            _count(exchange, span, tally)
            _note(exchange)
            if span.is_recording():
                _describe(span, exchange)


def outcome_of(status: int, *, is_json: bool = True) -> str:
    """As a label: 2xx, 4xx, 5xx, or what they do not tell. Status 0: none came."""
    if not status:
        return NO_ANSWER
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return THROTTLED
    return f"{status // 100}xx" if is_json else UNREADABLE


def _count(exchange: Exchange, span: trace.Span, tally: Tally) -> None:
    """Each request by its own answer; of a `$batch` that failed as a whole, by that."""
    answer, members = exchange.answer, _members(exchange)
    for call, status in members:
        tally.graph_answered(call.method, call.path, outcome_of(status, is_json=answer is None or answer.is_json))
        if exchange.call.path == BATCH and span.is_recording():
            span.add_event(str(call), {"http.response.status_code": status})


def _members(exchange: Exchange) -> Iterable[tuple[Call, int]]:
    answer = exchange.answer
    if exchange.call.path != BATCH or answer is None or not answer.ok:
        status = answer.status if answer else 0
        return [(call, status) for call in exchange.carried.values()]
    statuses = statuses_of(answer)
    return [(call, statuses.get(str(key), 0)) for key, call in exchange.carried.items()]


def _note(exchange: Exchange) -> None:
    """Writes, and what Graph did not answer well; the many looks only for who debugs."""
    answer = exchange.answer
    is_routine = exchange.call.method == "GET" or exchange.call.path == BATCH
    level = logging.DEBUG if is_routine and answer is not None and answer.status in (200, 404) else logging.INFO
    ids = {"graph_request_id": _request_id(answer), "client_request_id": exchange.client_request_id}
    log.log(level, "Graph: %s: %s", exchange.call, answer.status if answer else NO_ANSWER, extra=ids)


def _describe(span: trace.Span, exchange: Exchange) -> None:
    answer = exchange.answer
    span.set_attribute("mailroom.graph.client_request_id", exchange.client_request_id)
    if answer is not None:
        span.set_attribute("http.response.status_code", answer.status)
        span.set_attribute("mailroom.graph.request_id", _request_id(answer))
    if answer is None or not answer.ok:
        span.set_status(StatusCode.ERROR)


def _request_id(answer: Answer | None) -> str:
    return answer.headers.get("request-id", "") if answer else ""
