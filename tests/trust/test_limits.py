"""Floods, secrets and settings: what the bot does not do, however it is asked or set up."""

import socket

import pytest
from support.processes import Processes, free_port
from support.site import call
from support.tokens import APP_PASSWORD
from support.trust_site import HELGA, MONA, running_trust_site, text_of

ANONYMOUS = {
    "MAILROOM_TENANT_ID": "6f0e1d2c-0000-4000-8000-000000000001",
    "MAILROOM_APP_TYPE": "Anonymous",
    "MAILROOM_GRAPH_BASE_URL": "http://127.0.0.1:9/v1.0",
}


def test_a_flood_is_told_to_wait_and_costs_no_graph(tmp_path):
    with running_trust_site(tmp_path, RATE_LIMIT="1") as site:
        for _ in range(8):
            site.say(HELGA, "status")
        asked = call("GET", f"{site.sandbox_url}/sandbox/requests?limit=1")["total"]
        for _ in range(20):
            site.say(HELGA, "diagnose x@contoso.com")
        assert call("GET", f"{site.sandbox_url}/sandbox/requests?limit=1")["total"] == asked
        assert "too fast" in str(site.say(HELGA, "status")[-1])
        assert "too fast" not in str(site.say(MONA, "status")[-1]), "others are not concerned"


def test_secrets_stay_out_of_the_log_the_metrics_and_the_answers(tmp_path):
    with running_trust_site(tmp_path) as site:
        header = site.header()
        site.post(site.message(HELGA, "status"), header)
        site.post(site.message(HELGA, "status"), header + "x")
        kept = site.bot.printed + str(site.post({})) + str([one.body for one in site.connector.calls])
        assert APP_PASSWORD not in kept
        assert header.split()[1] not in kept


@pytest.mark.parametrize(
    ("named", "value"),
    [
        ("MAILROOM_HOST", "0.0.0.0"),
        ("MAILROOM_GRAPH_BASE_URL", "https://graph.microsoft.com/v1.0"),
        ("MAILROOM_APP_TYPE", "SingleTnant"),
        ("MAILROOM_LOGIN_URL", "http://login.example"),
    ],
)
def test_an_unsafe_setting_stops_the_start_with_one_line(tmp_path, named, value):
    with Processes(tmp_path) as processes:
        bot = processes.python("-m", "bot", **{**ANONYMOUS, named: value})
        assert bot.popen.wait(30) == 2
        assert named in bot.printed
        assert "Traceback" not in bot.printed


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}], ids=["rebinding", "another site"]
)
def test_without_tokens_no_web_page_reaches_the_bot(tmp_path, headers):
    """A page in the browser of whoever runs the demo could otherwise order mailboxes."""
    with running_trust_site(tmp_path) as site:
        site.restart_bot(MAILROOM_APP_TYPE="Anonymous")
        assert site.post(site.message(HELGA, "status"), "")[0] == 200
        assert site.post(site.message(HELGA, "status"), "", **headers)[0] == 403


def test_a_body_without_end_is_cut_off(site):
    """Chunked, without a length, and never finished."""
    host, port = site.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as line:
        head = f"POST /api/messages HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: {site.header()}\r\n"
        line.sendall(f"{head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        for _ in range(5):
            line.sendall(chunk)
        assert line.recv(64).startswith(b"HTTP/1.1 413 ")


def test_with_fewer_permissions_it_starts_and_says_what_is_missing(tmp_path):
    with running_trust_site(tmp_path, OPERATORS=HELGA.id) as site:
        withheld = ["OrgContact.Read.All", "Directory.Read.All", "Directory.ReadWrite.All", "ServiceHealth.Read.All"]
        call("PUT", f"{site.sandbox_url}/sandbox/permissions", {"withheld": withheld})
        site.restart_bot()
        shown = text_of(site.diagnosis(HELGA, "nora.lind@contoso.com"))
        assert "OrgContact.Read.All" in shown
        assert "ServiceHealth.Read.All" in shown
        assert "license" in shown, "what could be read is still told"
    assert free_port()
