"""The same bot on the Microsoft 365 Agents SDK: its handlers, cards, tokens and outbox, with no botbuilder at work."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.activities import activity
from support.connector import Answer
from support.processes import wait_until
from support.tokens import mint, new_key
from support.trust_site import EVERY_CHANNEL, HELGA, TrustSite, button, running_trust_site, text_of

UPN = "jane.doe@contoso.com"
ORDER = f'provision {UPN} name="Jane Doe" license=E3 location=US'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrustSite]:
    settings = {"OPERATORS": HELGA.id, "STACK": "agents"}
    with running_trust_site(tmp_path_factory.mktemp("agents"), **settings) as running:
        yield running


def invoke(site: TrustSite, name: str, value: Any) -> tuple[int, Any]:
    named = {"type": "invoke", "name": name, "text": None, "value": value}
    return site.post(activity(site.service_url, **named, from_=HELGA.account, conversation=HELGA.chat))


def test_an_order_from_its_message_to_the_ready_card(site: TrustSite) -> None:
    site.say(HELGA, ORDER)
    waiting = site.sees("Jane Doe", button="Check now")
    answer = site.click(HELGA, button(waiting, "Check now"))
    assert answer["statusCode"] == 200
    assert "Jane Doe" in text_of(answer)
    wait_until(lambda: site.effects()["licenses_assigned"] == 1, "the license is assigned")
    site.mailbox_answers(UPN)
    site.sees("Jane Doe", "ready")
    assert site.effects()["created"] == 1


def test_a_diagnosis_and_a_button_of_it(site: TrustSite) -> None:
    card = site.diagnosis(HELGA, "nora.lind@contoso.com")
    assert "license" in text_of(card)
    plan = site.click(HELGA, button(card, "Assign a license"))
    assert "license" in text_of(plan)
    forged = {
        **button(card, "Re-check"),
        "data": {**button(card, "Re-check")["data"], "user": "adam.admin@contoso.com"},
    }
    assert "was not made by Mailroom" in text_of(site.click(HELGA, forged))


def test_a_search_of_the_message_extension(site: TrustSite) -> None:
    asked = {"commandId": "find", "parameters": [{"name": "who", "value": "adam"}]}
    status, answer = invoke(site, "composeExtension/query", asked)
    assert (status, answer["composeExtension"]["type"]) == (200, "result")


def test_a_file_consent_that_mailroom_did_not_ask_for(site: TrustSite) -> None:
    assert invoke(site, "fileConsent/invoke", {"action": "accept"})[0] == 400


def test_nobody_else_is_heard(site: TrustSite) -> None:
    said, before = site.message(HELGA, "status"), len(site.connector.calls)
    assert site.post(said, authorization=f"Bearer {mint(new_key('mine'), site.service_url)}")[0] == 401
    assert site.post(said, authorization=site.header(service_url="https://evil.example"))[0] == 401
    assert site.post({**said, "channelId": "webchat"}, authorization=site.header(EVERY_CHANNEL))[0] == 403
    assert site.post(b"{")[0] == 400
    assert len(site.connector.calls) == before


def test_an_answer_that_teams_throttles_is_sent_again(site: TrustSite) -> None:
    site.connector.answer_next(Answer(429, retry_after="0"))
    first, second = site.say(HELGA, "help")
    assert first == second


def test_no_log_line_holds_a_token_or_a_trace_of_a_fault(site: TrustSite) -> None:
    assert "Traceback" not in site.bot.printed
    assert "Bearer" not in site.bot.printed
    assert "outbound-" not in site.bot.printed
