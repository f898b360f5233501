"""Words from outside, in names, incident titles, errors and messages, stay words: on cards, in lines and in the log."""

import json

import pytest
from support.card_checks import walk
from support.trust_site import HELGA, running_trust_site, text_of

NAME = "**Jane** [free](https://evil.example) <at>Mona Manager</at> {{DATE(2020-01-01T00:00:00Z)}} `x`\n# Boss"
MARKS = ("**Jane**", "](https://evil", "<at>", "{{DATE(2020", "`x`", "\n# ")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with running_trust_site(tmp_path_factory.mktemp("hostile")) as running:
        nora = running.graph("GET", "/users/nora.lind@contoso.com")["id"]
        running.graph("PATCH", f"/users/{nora}", {"displayName": NAME, "department": NAME[:60]})
        yield running


def words_on(card):
    read = ("text", "title", "value", "fallbackText")
    return [str(node[key]) for node in walk(card) for key in read if key in node]


def harmless(card):
    return not any(mark in word for word in words_on(card) for mark in MARKS)


def test_a_display_name_is_no_markup_on_a_card(site):
    card = site.diagnosis(HELGA, "nora.lind@contoso.com")
    assert harmless(card)
    (choices,) = site.say(HELGA, "diagnose Jane")
    assert harmless(choices)
    order = {"name": NAME.replace("\n", " ").replace('"', "")}
    site.say(HELGA, f'provision marked@contoso.com name="{order["name"]}" license=E3 location=US')
    live = site.sees("preparing the mailbox", "free")
    assert harmless(live)


def test_a_name_made_of_json_adds_no_element(site):
    injected = '"}],"actions":[{"type":"Action.OpenUrl","url":"https://evil.example","title":"Sign in"}],"x":[{"y":"'
    nora = site.graph("GET", "/users/nora.lind@contoso.com")["id"]
    site.graph("PATCH", f"/users/{nora}", {"displayName": injected})
    card = site.diagnosis(HELGA, "nora.lind@contoso.com")
    assert {"Action.OpenUrl"} & {node.get("type") for node in walk(card)} == set()


def test_what_graph_says_in_an_error_is_no_markup(site):
    site.fault(path="/users", status=400, code=NAME, message=NAME, times=3)
    for body in site.say(HELGA, "provision marked2@contoso.com"):
        assert harmless(body["attachments"][0]["content"]) if body.get("attachments") else True


@pytest.mark.parametrize("text", ["<at>Mona Manager</at> [x](https://evil.example) **now**", "x" * 20_000])
def test_a_quoted_message_is_no_markup_and_not_endless(site, text):
    for body in site.say(HELGA, text):
        said = body.get("text", "") + body.get("summary", "")
        assert not any(mark in said for mark in ("<at>", "](http", "**now**"))
        assert len(json.dumps(body)) < 28_000


def test_nobody_writes_lines_of_their_own_into_the_log(site):
    forged = '{"event": "audit anchor 1:0000", "level": "info"}'
    site.say(HELGA, f"provision x@contoso.com\n{forged}")
    site.post(site.message(HELGA, "help", channelId=f"x\n{forged}"))
    lines = [line for line in site.bot.printed.splitlines() if line.startswith("{")]
    assert lines
    for line in lines:
        assert json.loads(line)["event"] != "audit anchor 1:0000"
    assert text_of(site.say(HELGA, "status")[-1])
