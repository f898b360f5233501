"""What the operator is told, for every way in which Graph can refuse or fail."""

import json
from datetime import UTC, datetime

import aiohttp
import httpx
import pytest
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from hypothesis import given
from hypothesis import strategies as st

from graph.answers import Answer, Call, from_http
from graph.errors import broken, error_of, no_token, retry_after_of, timed_out, trace_of
from provisioning.errors import (
    GraphDenied,
    GraphError,
    GraphNotFound,
    GraphRejected,
    GraphThrottled,
    GraphUnavailable,
    ObjectConflict,
)

ASSIGN = Call("POST", "/users/{user-id}/assignLicense")
CREATE = Call("POST", "/users")
READ = Call("GET", "/users/{user-id}")
MAILBOX = Call("GET", "/users/{user-id}/mailboxSettings")
INNER = {"date": "2026-11-23T09:00:00", "request-id": "aaaa", "client-request-id": "bbbb"}


def answer(call, status, body=None, headers=None):
    content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    return from_http(call, status, headers or {}, content)


def graph_error(code, message, **more):
    return {"error": {"code": code, "message": message, "innerError": INNER, **more}}


def conflict(target, **detail):
    message = f"Another object with the same value for property {target} already exists."
    return graph_error("Request_BadRequest", message, details=[{"code": "ObjectConflict", "target": target, **detail}])


LICENSE_REFUSALS = [
    "License assignment cannot be done for user with invalid usage location.",
    "Subscription with SKU 05e9a617-0261-4cee-bb44-138d3ef5d965 does not have any available licenses.",
    "License assignment failed because service plans 19ec0d23-8335-4cbd-94ac-6050e30712fa, "
    "efb87545-963c-4e0d-99df-69c6916d9eb0 are mutually exclusive.",
    "License assignment failed because service plan fe71d6c3-a2ea-4499-9778-da042bf08063 depends on the service "
    "plan(s) 5dbe027f-2339-4123-9542-606e4d348a72",
]


@pytest.mark.parametrize("message", LICENSE_REFUSALS)
def test_a_refused_license_is_told_in_graphs_words(message):
    error = error_of(answer(ASSIGN, 400, graph_error("Request_BadRequest", message)))
    assert type(error) is GraphRejected
    assert error.sentence.startswith("Microsoft Graph refused to assign the license: ")
    assert message.rstrip(".") in error.sentence
    assert error.trace.request_id == "aaaa"
    assert error.trace.date == "2026-11-23T09:00:00"
    assert error.trace.code == "Request_BadRequest"


def test_a_400_without_inner_error():
    body = {"error": {"code": "Request_BadRequest", "message": "No.", "innerError": {"code": "x", "ids": ["a"]}}}
    error = error_of(answer(ASSIGN, 400, body, {"request-id": "from-header", "Date": "Mon, 23 Nov 2026 09:00:00 GMT"}))
    assert error.trace.request_id == "from-header"
    assert error.trace.date == "Mon, 23 Nov 2026 09:00:00 GMT"


def test_patching_what_is_mastered_on_premises():
    message = (
        "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects "
        "currently undergoing migration."
    )
    error = error_of(answer(Call("PATCH", "/users/{user-id}"), 400, graph_error("Request_BadRequest", message)))
    assert type(error) is GraphRejected
    assert "on-premises mastered" in error.sentence


@pytest.mark.parametrize(
    ("body", "target"),
    [
        (conflict("userPrincipalName", message="Another object …"), "userPrincipalName"),
        (conflict("proxyAddresses"), "proxyAddresses"),
        (conflict("mailNickname"), "mailNickname"),
        (conflict("id"), "id"),
    ],
)
def test_a_conflict_is_told_by_its_code(body, target):
    error = error_of(answer(CREATE, 400, body))
    assert isinstance(error, ObjectConflict)
    assert error.target == target


def test_the_same_text_without_the_code_is_no_conflict():
    message = "Another object with the same value for property userPrincipalName already exists."
    error = error_of(answer(CREATE, 400, graph_error("Request_BadRequest", message)))
    assert type(error) is GraphRejected


def test_a_conflict_may_come_as_409():
    assert isinstance(error_of(answer(CREATE, 409, conflict("userPrincipalName"))), ObjectConflict)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise."),
        ("MailboxNotEnabledForRESTAPI", "REST API is not yet supported for this mailbox."),
        ("ResourceNotFound", "Resource could not be discovered."),
        (
            "Request_ResourceNotFound",
            "Resource 'nobody@contoso.com' does not exist or one of its queried reference-property objects are not "
            "present.",
        ),
    ],
)
def test_not_found_keeps_graphs_code(code, message):
    error = error_of(answer(MAILBOX, 404, graph_error(code, message)))
    assert isinstance(error, GraphNotFound)
    assert (error.trace.status, error.trace.code, error.trace.message) == (404, code, message)


def test_403_names_the_permission():
    error = error_of(answer(ASSIGN, 403, graph_error("Authorization_RequestDenied", "Insufficient privileges.")))
    assert isinstance(error, GraphDenied)
    assert "LicenseAssignment.ReadWrite.All" in error.sentence
    assert "assign the license" in error.sentence


def test_403_of_a_call_that_is_not_in_the_table():
    error = error_of(answer(Call("GET", "/me"), 403))
    assert isinstance(error, GraphDenied)
    assert "administrator" in error.sentence


def test_401_speaks_of_the_sign_in():
    error = error_of(answer(READ, 401, graph_error("InvalidAuthenticationToken", "Access token is empty.")))
    assert isinstance(error, GraphDenied)
    assert "token" in error.sentence


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "17"}, 17.0),
        ({"retry-after": " 2.5 "}, 2.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "Mon, 23 Nov 2026 09:00:30 GMT", "date": "Mon, 23 Nov 2026 09:00:00 GMT"}, 30.0),
        ({"retry-after": "Mon, 23 Nov 2026 09:00:30 GMT", "date": "nonsense"}, 20.0),
        ({"retry-after": "Mon, 23 Nov 2026 08:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_retry_after(headers, seconds):
    assert retry_after_of(headers, datetime(2026, 11, 23, 9, 0, 10, tzinfo=UTC)) == seconds


@given(st.text())
def test_no_retry_after_can_break_the_reading(value):
    seconds = retry_after_of({"retry-after": value})
    assert seconds is None or seconds >= 0


def test_throttled_says_when():
    error = error_of(answer(READ, 429, graph_error("TooManyRequests", "Slow down"), {"Retry-After": "17"}))
    assert isinstance(error, GraphThrottled)
    assert error.retry_after == 17
    assert "in 17 seconds" in error.sentence


def test_throttled_without_a_time():
    error = error_of(answer(READ, 429))
    assert isinstance(error, GraphThrottled)
    assert error.retry_after is None
    assert "in a minute" in error.sentence


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_5xx(status):
    error = error_of(answer(READ, status, graph_error("UnknownError", "")))
    assert type(error) is GraphUnavailable
    assert str(status) in error.sentence


HTML = b"<!DOCTYPE html><html><body>502 Bad Gateway <script>alert(1)</script></body></html>"


@pytest.mark.parametrize("status", [200, 302, 400, 403, 404, 502])
def test_html_is_no_answer_of_graphs(status):
    error = error_of(answer(READ, status, HTML))
    assert type(error) is GraphUnavailable
    assert "<" not in error.sentence
    assert error.trace.status == status
    assert error.trace.message == ""


@pytest.mark.parametrize("body", [b"\xff\xfe", b'{"error": {"code"', b"[1, 2]", b'"text"', b"null-ish"])
def test_other_bodies_that_are_not_graphs(body):
    parsed = answer(READ, 200, body)
    assert not parsed.ok
    assert type(error_of(parsed)) is GraphUnavailable


@pytest.mark.parametrize(("status", "kind"), [(400, GraphRejected), (404, GraphNotFound), (503, GraphUnavailable)])
def test_empty_bodies(status, kind):
    error = error_of(answer(READ, status, b"", {"request-id": "rid"}))
    assert type(error) is kind
    assert error.trace.request_id == "rid"
    assert error.sentence.endswith(".")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "code", "message", "details", "innerError", "target"]), inner)
    ),
    max_leaves=12,
)


@given(st.integers(300, 599), JSON)
def test_any_shape_of_body_becomes_an_error(status, body):
    error = error_of(answer(READ, status, body))
    assert isinstance(error, GraphError)
    assert error.sentence
    assert all(isinstance(v, str) for v in (error.trace.code, error.trace.message, error.trace.request_id))


def caused(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout("secret"),
        httpx.ConnectTimeout("secret"),
        httpx.PoolTimeout("secret"),
        TimeoutError("secret"),
        caused(httpx.ReadTimeout("secret"), aiohttp.SocketTimeoutError()),
    ],
)
def test_time_outs(error):
    told = broken(READ, error, 20)
    assert told.sentence == "Microsoft Graph did not answer within 20 seconds. Try again in a minute."
    assert told.trace == timed_out(READ, 20).trace


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectError("secret"), "could not be reached"),
        (httpx.RemoteProtocolError("secret"), "broke off"),
        (httpx.ReadError("secret"), "broke off"),
        (caused(httpx.ConnectTimeout("secret"), aiohttp.ServerDisconnectedError()), "broke off"),
        (ConnectionResetError("secret"), "broke off"),
    ],
)
def test_broken_connections(error, words):
    told = broken(READ, error, 20)
    assert type(told) is GraphUnavailable
    assert words in told.sentence
    assert "secret" not in told.sentence + told.trace.message


def test_a_wrong_secret_is_told_as_such():
    told = no_token(READ, ClientAuthenticationError("AADSTS7000215: Invalid client secret provided.\nTrace ID: x"))
    assert isinstance(told, GraphDenied)
    assert "secret" in told.sentence
    assert told.trace.message == "AADSTS7000215: Invalid client secret provided."


def test_entra_out_of_reach_may_be_tried_again():
    assert type(no_token(READ, ServiceRequestError("no route"))) is GraphUnavailable


def test_a_trace_of_a_member_of_a_batch():
    member = Answer(READ, 404, {"request-id": "r", "date": "d"}, {"error": {"code": "c", "message": "m"}})
    trace = trace_of(member)
    assert (trace.status, trace.code, trace.message, trace.request_id, trace.date) == (404, "c", "m", "r", "d")
