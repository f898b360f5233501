"""The $batch envelope, there and back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation

from graph.answers import Answer, Call
from graph.batch import call_of, chunks, envelope, members_of
from provisioning.errors import GraphUnavailable

POST = Call("POST", "/$batch")


def get(path="/users/{user%2Did}{?%24select}", **parameters):
    return RequestInformation(Method.GET, "{+baseurl}" + path, {"baseurl": "", **parameters})


def test_a_read():
    request = get(**{"user%2Did": "o'brien#1@contoso.com"})
    request.query_parameters["%24select"] = ["id", "mail"]
    request.headers.try_add("ConsistencyLevel", "eventual")
    request.headers.try_add("Authorization", "Bearer secret")
    assert envelope({7: request}, "https://graph.example/v1.0") == {
        "requests": [
            {
                "id": "7",
                "method": "GET",
                "url": "/users/o%27brien%231%40contoso.com?$select=id,mail",
                "headers": {"ConsistencyLevel": "eventual"},
            }
        ]
    }


def test_the_url_is_relative_to_the_version_even_when_the_base_is_known():
    request = RequestInformation(Method.GET, "{+baseurl}/organization", {"baseurl": "https://graph.example/v1.0"})
    assert envelope({0: request}, "https://graph.example/v1.0")["requests"][0]["url"] == "/organization"


def test_a_dollar_in_a_value_stays_escaped():
    request = get("/users{?%24filter}")
    request.query_parameters["%24filter"] = "displayName eq '$100 & more'"
    url = envelope({0: request}, "")["requests"][0]["url"]
    assert url == "/users?$filter=displayName%20eq%20%27%24100%20%26%20more%27"


@given(st.text(min_size=1))
def test_a_plain_path_is_escaped_as_the_sdk_does(name: str) -> None:
    request = get("/users/{user%2Did}/mailboxSettings{?%24select}", **{"user%2Did": name})
    assert envelope({0: request}, "")["requests"][0]["url"] == request.url


def test_a_write_carries_its_body_as_json():
    request = RequestInformation(Method.POST, "{+baseurl}/users", {})
    request.set_stream_content(b'{"displayName": "Jane"}', "application/json")
    member = envelope({0: request}, "")["requests"][0]
    assert member["body"] == {"displayName": "Jane"}
    assert member["headers"] == {"Content-Type": "application/json"}


def test_in_order_each_depends_on_the_one_before():
    members = envelope({0: get(), 1: get(), 2: get()}, "", in_order=True)["requests"]
    assert [member.get("dependsOn") for member in members] == [None, ["0"], ["1"]]


def test_the_call_is_named_without_anyone_in_it():
    assert call_of(get(**{"user%2Did": "jane"})) == Call("GET", "/users/{user-id}")
    manager = RequestInformation(Method.PUT, "{+baseurl}/users/{user%2Did}/manager/$ref", {})
    assert str(call_of(manager)) == "PUT /users/{user-id}/manager/$ref"


@given(st.integers(0, 200))
def test_chunks_cover_everything_twenty_at_a_time(count):
    parts = [list(part) for part in chunks(count)]
    assert [key for part in parts for key in part] == list(range(count))
    assert all(1 <= len(part) <= 20 for part in parts)


@given(st.permutations(range(5)))
def test_answers_find_their_questions_in_any_order(order):
    responses = [{"id": str(n), "status": 200 + n, "headers": {"X-N": str(n)}, "body": {"n": n}} for n in order]
    outer = Answer(POST, 200, {"date": "today", "request-id": "outer"}, {"responses": responses})
    answers = members_of(outer, {n: get() for n in range(5)})
    assert [answers[n].body for n in range(5)] == [{"n": n} for n in range(5)]
    assert answers[3].status == 203
    assert answers[3].headers == {"x-n": "3", "date": "today", "request-id": "outer"}


def test_a_members_own_headers_win():
    response = {"id": "0", "status": 429, "headers": {"Retry-After": "3", "request-id": "own"}}
    answer = members_of(Answer(POST, 200, {"request-id": "outer"}, {"responses": [response]}), {0: get()})[0]
    assert answer.headers == {"retry-after": "3", "request-id": "own"}
    assert answer.body is None


def test_a_member_with_html_is_not_json():
    response = {"id": "0", "status": 200, "body": "<html>"}
    assert not members_of(Answer(POST, 200, {}, {"responses": [response]}), {0: get()})[0].ok


@pytest.mark.parametrize(
    "body",
    [None, {}, {"responses": None}, {"responses": []}, {"responses": [{"id": "9", "status": 200}]}, {"responses": [1]}],
)
def test_missing_answers_are_an_error(body):
    with pytest.raises(GraphUnavailable, match="unanswered"):
        members_of(Answer(POST, 200, {}, body), {0: get()})


def test_the_envelope_is_json():
    json.dumps(envelope({n: get() for n in range(20)}, "", in_order=True))
