"""kill -9 at every request of the main job, before it and after it, with the real bot and the real sandbox.

However it dies, the next start goes on: the mailbox gets ready, nothing is made twice, one notification is sent.
The one exception is stated by its own test: a notification whose answer was lost may come twice, since the
Bot Connector has no idempotency key and a lost notification would be worse.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from support.killing_proxy import KillingProxy, Trap
from support.processes import Process, Processes, wait_until
from support.site import actions_of, cards_of

TENANT = "6f0e1d2c-0000-4000-8000-000000000001"
HELGA = {"id": "29:helga", "name": "Helga Desk", "aadObjectId": "6f0e1d2c-0000-4000-8000-0000000000a1"}
BOT = {"id": "28:6f0e1d2c-1111-4000-8000-0000000000b0", "name": "Mailroom"}
ORDER = 'provision {upn} name="Jane Doe" license=E3 location=US manager=mona@contoso.com department=Sales'

E3 = "6fd2c87f-b296-42f0-b197-1e91e994b900"

USER = r"/v1\.0/+users"
CARDS = r"/connector/v3/conversations/.+/activities"
POINTS = {
    "find the account": ("GET", rf"{USER}/jane", ""),
    "create the account": ("POST", rf"{USER}$", ""),
    "read it back": ("GET", rf"{USER}/[0-9a-f-]{{36}}", ""),
    "set the manager": ("PUT", r"manager", ""),
    "assign the license": ("POST", r"assignLicense", ""),
    "look at the mailbox": ("POST", r"\$batch", "mailboxSettings"),
    "post the card": ("POST", CARDS, "preparing|Creating|jane"),
    "update the card": ("PUT", CARDS, ""),
}
DETAILS = ("PATCH", rf"{USER}/", "")  # of an account that exists: a new one is created with its details
READY = ("POST", CARDS, "Sign-in name")


class Site:
    """Sandbox, proxy and bot; the bot can be started again on the same port and database."""

    def __init__(self, processes: Processes, free_port: Callable[[], int], folder: Path, trap: Trap) -> None:
        self._processes = processes
        self._folder = folder
        self.port, sandbox_port = free_port(), free_port()
        self.sandbox = f"http://127.0.0.1:{sandbox_port}"
        bot_url = f"http://127.0.0.1:{self.port}/api/messages"
        sandbox = processes.python(
            "-m",
            "sandbox",
            "--port",
            str(sandbox_port),
            "--speed",
            "600",
            "--seed",
            "1",
            "--bot",
            bot_url,
            "--scenario",
            "existing-user",
        )
        sandbox.wait_ready(f"{self.sandbox}/sandbox/state")
        self.proxy = KillingProxy(self.sandbox, trap)
        self.bot = self.start_bot()

    def start_bot(self) -> Process:
        bot = self._processes.python(
            "-m",
            "bot",
            MAILROOM_PORT=str(self.port),
            MAILROOM_APP_TYPE="Anonymous",
            MAILROOM_TENANT_ID=TENANT,
            MAILROOM_GRAPH_BASE_URL=f"{self.proxy.url}/v1.0",
            MAILROOM_DATABASE_URL=f"sqlite:///{self._folder}/mailroom.db",
            MAILROOM_POLL_SECONDS="0.5",
        )
        self.proxy.kill = bot.kill
        bot.wait_ready(f"http://127.0.0.1:{self.port}/readyz")
        return bot

    def order(self, upn: str) -> None:
        self.say(text=ORDER.format(upn=upn))

    def say(self, **content: Any) -> None:
        """A message as Teams would bring it; the connector is reached through the proxy as well."""
        activity = {
            "type": "message",
            "id": str(uuid.uuid4()),
            **content,
            "channelId": "msteams",
            "from": HELGA,
            "recipient": BOT,
            "conversation": {"id": "a:helga-personal", "conversationType": "personal", "tenantId": TENANT},
            "channelData": {"tenant": {"id": TENANT}},
            "serviceUrl": f"{self.proxy.url}/connector",
        }
        try:
            call("POST", f"http://127.0.0.1:{self.port}/api/messages", activity)
        except OSError:
            assert self.proxy.trap.sprung.is_set(), "the bot refused the order"

    def press(self, title: str, **inputs: str) -> None:
        """As a client without Action.Execute sends it."""
        messages = call("GET", f"{self.sandbox}/chat/messages?as=helga&conversation=personal")["messages"]
        [button] = [one for message in messages for one in actions_of(cards_of(message)) if one["title"] == title]
        self.say(value={**button["data"], **inputs})

    def effects(self) -> Any:
        return call("GET", f"{self.sandbox}/sandbox/effects")

    def ready_messages(self) -> list[Any]:
        """Those that the chat shows; a live card that came late is none."""
        messages = call("GET", f"{self.sandbox}/chat/messages?as=helga&conversation=personal")["messages"]
        return [one for one in messages if "outlook.office.com" in json.dumps(one["attachments"])]

    def live_card(self) -> str:
        """The newest card that the chat shows, as text."""
        messages = call("GET", f"{self.sandbox}/chat/messages?as=helga&conversation=personal")["messages"]
        return json.dumps(messages)


def call(method: str, url: str, body: Any = None) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    request = Request(url, data=data, method=method, headers={"Content-Type": "application/json"})
    with urlopen(request, timeout=30) as answer:
        text = answer.read()
    return json.loads(text) if text else None


@pytest.fixture
def site(
    request: pytest.FixtureRequest, processes: Processes, free_port: Callable[[], int], tmp_path: Path
) -> Iterator[Site]:
    site = Site(processes, free_port, tmp_path, request.param)
    yield site
    site.proxy.close()


def traps() -> list[Any]:
    return [
        pytest.param(Trap(method, path, body, when), id=f"{when} {name}")
        for name, (method, path, body) in POINTS.items()
        for when in ("before", "after")
    ]


def run_through(site: Site, upn: str = "jane@contoso.com") -> None:
    """Order, die at the trap, start again, and wait until the requester is told."""
    site.order(upn)
    wait_until(site.proxy.trap.sprung.is_set, "the bot reaches the trap")
    wait_until(lambda: not site.bot.is_alive, "the bot is dead")
    site.bot = site.start_bot()
    wait_until(lambda: bool(site.ready_messages()), "the ready notification arrives", 60)
    wait_until(
        lambda: "The notification was sent" in site.live_card(), f"the live card shows the end: {site.live_card()}", 30
    )


def assert_everything_once(site: Site) -> None:
    jane = site.effects()["users"]["jane@contoso.com"]
    assert jane == {"created": 1, "licenses_assigned": 1, "managers_set": 1}


@pytest.mark.parametrize("site", traps(), indirect=True)
def test_killed_at_any_point_the_case_goes_on_and_nothing_is_done_twice(site: Site) -> None:
    run_through(site)
    assert_everything_once(site)
    assert len(site.ready_messages()) == 1


@pytest.mark.parametrize(
    "site", [pytest.param(Trap(*DETAILS, when), id=when) for when in ("before", "after")], indirect=True
)
def test_killed_while_an_account_that_exists_is_changed(site: Site) -> None:
    run_through(site, "lee@contoso.com")
    lee = site.effects()["users"]["lee@contoso.com"]
    assert lee == {"updated": 1, "licenses_assigned": 1, "managers_set": 1}
    assert len(site.ready_messages()) == 1


@pytest.mark.parametrize("site", [pytest.param(Trap(*READY, "before"), id="before")], indirect=True)
def test_killed_before_the_notification_it_is_sent_once(site: Site) -> None:
    run_through(site)
    assert_everything_once(site)
    assert len(site.ready_messages()) == 1


@pytest.mark.parametrize("site", [pytest.param(Trap(*READY, "after"), id="after")], indirect=True)
def test_a_notification_whose_answer_was_lost_is_never_lost_and_at_most_doubled(site: Site) -> None:
    run_through(site)
    assert_everything_once(site)
    assert 1 <= len(site.ready_messages()) <= 2


@pytest.mark.parametrize(
    "site",
    [pytest.param(Trap("POST", r"assignLicense", "", when), id=when) for when in ("before", "after")],
    indirect=True,
)
def test_a_repair_that_is_killed_goes_on_and_changes_everything_once(site: Site) -> None:
    site.say(text="diagnose lee@contoso.com")
    site.press("Assign a license")
    site.press("Do it", license=E3)
    wait_until(site.proxy.trap.sprung.is_set, "the bot reaches the trap")
    wait_until(lambda: not site.bot.is_alive, "the bot is dead")
    site.bot = site.start_bot()
    wait_until(lambda: "The cause is gone" in site.live_card(), f"the repair ends: {site.live_card()}", 60)
    assert site.effects()["users"]["lee@contoso.com"] == {"licenses_assigned": 1}
