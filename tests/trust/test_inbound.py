"""Who may post to /api/messages at all: the Bot Connector for Teams, and nobody else."""

import json
import time
from dataclasses import replace

import jwt
import pytest
from support.activities import activity
from support.tokens import APP_ID, ISSUER, mint, new_key
from support.trust_site import EVERY_CHANNEL, HELGA, OTTO, TEAMS_KEY, TrustSite, running_trust_site, text_of

ORDER = 'provision nobody@contoso.com name="No Body" license=E3 location=US'


def hmac_signed(url):
    """The classic confusion of algorithms: a secret where a public key is meant."""
    claims = {"iss": ISSUER, "aud": APP_ID, "serviceurl": url, "exp": 9e9, "nbf": 0}
    return jwt.encode(claims, "s" * 64, algorithm="HS256", headers={"kid": "k1"})


FORGED = {
    "none": lambda url: "",
    "garbage": lambda url: "Bearer a.b.c",
    "another scheme": lambda url: "Basic aGVsZ2E6c2VjcmV0",
    "alg none": lambda url: f"Bearer {jwt.encode({'aud': APP_ID}, None, algorithm='none', headers={'kid': 'k1'})}",
    "alg HS256": lambda url: f"Bearer {hmac_signed(url)}",
    "a key that nobody published": lambda url: f"Bearer {mint(new_key('mine'), url)}",
    "my key under a published id": lambda url: f"Bearer {mint(replace(new_key('mine'), id='k1'), url)}",
    "expired": lambda url: f"Bearer {mint(new_key('k1'), url, lives=-301)}",
    "not valid yet": lambda url: f"Bearer {mint(new_key('k1'), url, nbf=int(time.time()) + 400)}",
    "another bot's": lambda url: f"Bearer {mint(new_key('k1'), url, app_id='6f0e1d2c-9999-4000-8000-000000000000')}",
    "another issuer's": lambda url: f"Bearer {mint(new_key('k1'), url, iss='https://sts.windows.net/x/')}",
}


def unchanged(site: TrustSite):
    return site.effects(), site.rows("cases", "repairs", "messages")


@pytest.mark.parametrize("kind", FORGED)
def test_nobody_without_the_connectors_token_is_heard(site, kind):
    before, said = unchanged(site), len(site.connector.calls)
    status, _ = site.post(site.message(HELGA, ORDER), authorization=FORGED[kind](site.service_url))
    assert status == 401
    assert (unchanged(site), len(site.connector.calls)) == (before, said)


@pytest.mark.parametrize("kind", ["none", "garbage", "expired"])
@pytest.mark.parametrize("body", [b"{", b"x" * 1_000_000, b"[" * 50_000], ids=["broken", "huge", "deep"])
def test_the_token_is_checked_before_the_body_is_read(site, kind, body):
    assert site.post(body, authorization=FORGED[kind](site.service_url))[0] == 401


def test_a_token_for_another_service_does_not_make_the_bot_answer_there(site):
    """Otherwise whoever holds any token of the bot's could have its answers, and its own token, sent to them."""
    said = len(site.connector.calls)
    elsewhere = activity("https://evil.example/", text="status")
    assert site.post(elsewhere)[0] == 401
    assert site.post(site.message(HELGA, "status"), site.header(service_url="https://evil.example/"))[0] == 401
    assert len(site.connector.calls) == said


@pytest.mark.parametrize("channel", ["webchat", "directline", "emulator", "email", "", None])
def test_only_teams_is_heard(site, channel):
    """An Azure Bot has Web Chat and Direct Line on by default, and their users write `from` themselves."""
    before = unchanged(site)
    status, _ = site.post(site.message(HELGA, ORDER, channelId=channel), site.header(EVERY_CHANNEL))
    assert status == 403
    assert unchanged(site) == before


def test_a_key_that_is_not_endorsed_for_teams_is_refused(tmp_path):
    with running_trust_site(tmp_path) as site:
        skype = new_key("skype", "skype")
        site.tokens.publish(TEAMS_KEY, skype)
        assert site.post(site.message(HELGA, "help"), site.header(skype))[0] in (401, 403)
        assert site.post(site.message(HELGA, "help"))[0] == 200


def test_people_of_another_tenant_are_refused_and_told_so(site):
    before = unchanged(site)
    (answer,) = site.say(OTTO, ORDER)
    assert "another" in text_of(answer)
    invoke = site.invoke(OTTO, {"verb": "status", "data": {"verb": "status"}})
    status, body = site.post(invoke)
    assert (status, body["statusCode"]) == (200, 403)
    assert unchanged(site) == before


def test_a_tenant_named_in_one_place_only_does_not_help(site):
    message = site.message(OTTO, ORDER)
    message["channelData"] = {"tenant": {"id": "6f0e1d2c-0000-4000-8000-000000000001"}}
    before = unchanged(site)
    site.post(message)
    assert unchanged(site) == before


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"[]", {}, 400),
        (b"null", {}, 400),
        (b"\xff\xfe", {}, 400),
        (b"[" * 100_000, {}, 400),
        (b'{"type":"message"}', {}, 400),
        (b"{}", {"Content-Type": "text/plain"}, 415),
        (json.dumps({"text": "x" * 300_000}).encode(), {}, 413),
    ],
)
def test_a_bad_body_gets_its_status_never_500(site, body, headers, status):
    assert site.post(body, **headers)[0] == status


def test_a_rotated_key_causes_no_outage_and_a_flood_of_unknown_ones_no_fetches(tmp_path):
    with running_trust_site(tmp_path) as site:
        _rotate(site)


def _rotate(site: TrustSite):
    rotated = new_key("rotated")
    site.tokens.publish(TEAMS_KEY, rotated)
    assert site.post(site.message(HELGA, "help"), site.header(rotated))[0] == 200
    fetched = site.tokens.counts["keys"]
    flood = [site.header(replace(new_key("mine"), id=f"unknown-{number}")) for number in range(50)]
    answers = site.post_many([(site.message(HELGA, "help"), {"Authorization": header}) for header in flood])
    assert {status for status, _ in answers} == {401}
    assert site.tokens.counts["keys"] == fetched
    assert site.post(site.message(HELGA, "help"))[0] == 200
