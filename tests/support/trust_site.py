"""A real bot process that checks tokens, a real sandbox as its Graph, and Teams' own services under the test's hand.

Tokens are minted here with a key that the bot believes, so a test can be the Bot Connector, or somebody who
would like to be. Everything is awaited by blocking calls: the services run in a loop of their own.

    with running_trust_site(folder, OPERATORS=HELGA_ID) as site:
        site.say(HELGA, "status")                     # what the bot posted, as bodies of the Connector's calls
        site.click(HELGA, site.button(card, "Diagnose"))
"""

import asyncio
import json
import sqlite3
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import Request, urlopen

import aiohttp
from support.activities import BOT, TENANT_ID, activity, click
from support.card_checks import walk
from support.connector import FakeConnector
from support.processes import Process, Processes, free_port, wait_until
from support.site import CARD, actions_of, call, words_of
from support.tokens import APP_ID, APP_PASSWORD, Key, TokenService, mint, new_key

from bot.turns import STILL_ASKING

Json = dict[str, Any]
T = TypeVar("T")
OTHER_TENANT_ID = "6f0e1d2c-0000-4000-8000-0000000000ff"
PATIENCE = 30.0
CLICKED = "m7"  # the message that carries the clicked card
SCENARIOS = "mailbox-never-ready,no-license,conflicting-licenses"  # who is in trouble: nora.lind, sofia.reyes
TEAMS_KEY = new_key("k1")
EVERY_CHANNEL = new_key("every-channel", "msteams", "webchat", "directline", "emulator", "email")


@dataclass(frozen=True)
class Sender:
    """Somebody in Teams, as the Connector names them."""

    key: str
    name: str
    id: str
    tenant: str = TENANT_ID

    @property
    def account(self) -> Json:
        return {"id": f"29:{self.key}", "name": self.name, "aadObjectId": self.id}

    @property
    def chat(self) -> Json:
        """Their 1:1 chat with the bot."""
        return {"conversationType": "personal", "tenantId": self.tenant, "id": f"a:{self.key}-personal"}


HELGA = Sender("helga", "Helga Desk", "6f0e1d2c-0000-4000-8000-0000000000a1")
MONA = Sender("mona", "Mona Manager", "6f0e1d2c-0000-4000-8000-0000000000a2")
ADAM = Sender("adam", "Adam Admin", "6f0e1d2c-0000-4000-8000-0000000000a7")
VERA = Sender("vera", "Vera Viewer", "6f0e1d2c-0000-4000-8000-0000000000e1")  # in the tenant, without a role
OTTO = Sender("otto", "Otto Outside", "6f0e1d2c-0000-4000-8000-0000000000f9", OTHER_TENANT_ID)
GROUP: Json = {
    "isGroup": True,
    "conversationType": "groupChat",
    "tenantId": TENANT_ID,
    "id": "19:helpdesk-group@thread.v2",
}


class Background:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(120)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


class TrustSite:
    """`settings` are the bot's, without their prefix."""

    def __init__(self, processes: Processes, folder: Path, background: Background, **settings: str) -> None:
        self._processes, self.folder, self._background = processes, folder, background
        self.tokens, self.connector = TokenService(), FakeConnector()
        self.tokens.publish(TEAMS_KEY, EVERY_CHANNEL)
        for one in (HELGA, MONA, ADAM):
            self.connector.chats |= {one.id: one.chat["id"], one.account["id"]: one.chat["id"]}
        background.run(self._open())
        port = free_port()
        self.sandbox_url = f"http://127.0.0.1:{port}"
        self.sandbox = processes.python("-m", "sandbox", "--port", str(port), "--speed", "600", "--scenario", SCENARIOS)
        self.sandbox.wait_ready(f"{self.sandbox_url}/sandbox/state", PATIENCE)
        self.settings = {
            "MAILROOM_TENANT_ID": TENANT_ID,
            "MAILROOM_APP_ID": APP_ID,
            "MAILROOM_APP_PASSWORD": APP_PASSWORD,
            "MAILROOM_LOGIN_URL": self.tokens.url,
            "MAILROOM_OPENID_METADATA_URL": self.tokens.metadata_url,
            "MAILROOM_GRAPH_BASE_URL": f"{self.sandbox_url}/v1.0",
            "MAILROOM_DATABASE_URL": f"sqlite:///{folder / 'mailroom.db'}",
            "MAILROOM_POLL_SECONDS": "0.5",
            "MAILROOM_RATE_LIMIT": "100000",
            "MAILROOM_LOG_FORMAT": "json",
            **{f"MAILROOM_{name}": value for name, value in settings.items()},
        }
        self.start_bot()

    async def _open(self) -> None:
        await self.tokens.__aenter__()
        await self.connector.__aenter__()
        self._session = aiohttp.ClientSession()

    async def _close(self) -> None:
        await self._session.close()
        await self.connector.__aexit__(None, None, None)
        await self.tokens.__aexit__(None, None, None)

    def close(self) -> None:
        self._background.run(self._close())

    def start_bot(self, **changes: str) -> None:
        """The bot, or the bot again with other settings and the same database."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.bot = self._processes.python("-m", "bot", **{**self.settings, **changes, "MAILROOM_PORT": str(port)})
        self.bot.wait_ready(f"{self.url}/readyz", PATIENCE)

    def restart_bot(self, **changes: str) -> None:
        self.bot.stop()
        self.start_bot(**changes)

    # Being the Bot Connector

    @property
    def service_url(self) -> str:
        return self.connector.url

    def header(self, key: Key = TEAMS_KEY, service_url: str = "", **claims: Any) -> str:
        """A good token, unless `claims` spoil it (None removes one)."""
        return f"Bearer {mint(key, service_url or self.service_url, **claims)}"

    def post(self, body: Any, authorization: str | None = None, **headers: str) -> tuple[int, Any]:
        """POST /api/messages; the status and the JSON of the answer. A good token, unless another is given."""
        given = self.header() if authorization is None else authorization
        all_headers = {"Authorization": given, **headers} if given else headers
        return self._background.run(self._post(body, all_headers))

    def post_many(self, posts: list[tuple[Any, Json]]) -> list[tuple[int, Any]]:
        """Several (body, headers), 16 at once."""

        async def all_of_them() -> list[tuple[int, Any]]:
            gate = asyncio.Semaphore(16)

            async def one(body: Any, headers: Json) -> tuple[int, Any]:
                async with gate:
                    return await self._post(body, headers)

            return await asyncio.gather(*(one(body, headers) for body, headers in posts))

        return self._background.run(all_of_them())

    async def _post(self, body: Any, headers: Json) -> tuple[int, Any]:
        content = {"data": body} if isinstance(body, bytes) else {"json": body}
        if isinstance(body, bytes):
            headers = {"Content-Type": "application/json", **headers}
        async with self._session.post(f"{self.url}/api/messages", headers=headers, **content) as response:
            raw = await response.read()
            is_json = response.content_type == "application/json" and raw
            return response.status, await response.json() if is_json else raw.decode(errors="replace")

    # Being a person

    def message(self, who: Sender, text: str, conversation: Json | None = None, **changes: Any) -> Json:
        place = conversation or who.chat
        words = text if place["conversationType"] == "personal" else f"<at>Mailroom</at> {text}"
        entities = [{"type": "mention", "mentioned": BOT, "text": "<at>Mailroom</at>"}]
        return activity(self.service_url, **{**self._by(who, place), "text": words, "entities": entities, **changes})

    def say(self, who: Sender, text: str, conversation: Json | None = None) -> list[Json]:
        """What the bot posted or changed meanwhile, as the Connector got it."""
        before = len(self.connector.calls)
        status, answer = self.post(self.message(who, text, conversation))
        assert status < 300, answer
        return [one.body for one in self.connector.calls[before:]]

    def invoke(self, who: Sender, action: Json, conversation: Json | None = None, **inputs: str) -> Json:
        """The activity of a click on `action`, a button as it stands on a card."""
        data = {**action["data"], **inputs}
        body = click(self.service_url, action["verb"], **self._by(who, conversation or who.chat))
        body["value"]["action"] = {"type": "Action.Execute", "verb": action["verb"], "data": data}
        return body

    def diagnosis(self, who: Sender, user: str) -> Json:
        """The card that answers `diagnose`."""
        card: Json = self.say(who, f"diagnose {user}")[-1]["attachments"][0]["content"]
        return card

    def graph(self, method: str, path: str, body: Any = None) -> Any:
        """A request of somebody else's to the same Graph."""
        request = Request(
            f"{self.sandbox_url}/v1.0{path}",
            data=json.dumps(body).encode() if body is not None else None,
            method=method,
            headers={"Authorization": "Bearer somebody-elses", "Content-Type": "application/json"},
        )
        with urlopen(request, timeout=PATIENCE) as answer:
            raw = answer.read()
        return json.loads(raw) if raw else None

    def fault(self, **rule: Any) -> None:
        """A fault of Graph's from now on; see sandbox/faults.py."""
        call("POST", f"{self.sandbox_url}/sandbox/faults", rule)

    def heal(self) -> None:
        call("DELETE", f"{self.sandbox_url}/sandbox/faults")

    def mailbox_answers(self, upn: str) -> None:
        call("POST", f"{self.sandbox_url}/sandbox/users/{upn}/mailbox", {"ready": True})

    def click(self, who: Sender, action: Json, conversation: Json | None = None, **inputs: str) -> Json:
        """The invoke's answer: {statusCode, type, value}; or, where Graph took its time, what came in its place."""
        before = len(self.connector.calls)
        status, answer = self.post(self.invoke(who, action, conversation, **inputs))
        assert status == 200, answer
        assert isinstance(answer, dict)
        if answer["value"] != STILL_ASKING:
            return answer

        def late() -> list[Json]:
            return [one.body for one in self.connector.calls[before:] if one.path[-1:] == (CLICKED,)]

        wait_until(lambda: bool(late()), f"what {action['verb']} came to", PATIENCE)
        return {"statusCode": 200, "type": CARD, "value": late()[0]["attachments"][0]["content"]}

    def _by(self, who: Sender, place: Json) -> Json:
        return {"from_": who.account, "conversation": place, "channelData": {"tenant": {"id": who.tenant}}}

    # Looking

    def sees(self, *words: str, conversation: str = "a:helga-personal", button: str = "") -> Json:
        """The newest card in the conversation with all the words and the button, as soon as it is there."""

        def found() -> list[Json]:
            return [card for card in self.cards(conversation) if _has(card, words, button)]

        wait_until(lambda: bool(found()), f"a card with {words} {button}", PATIENCE, lambda: self._shown(conversation))
        return found()[-1]

    def cards(self, conversation: str) -> list[Json]:
        sent = [one for one in self.connector.calls if one.path[:1] == (conversation,)]
        return [one.card for one in sent if one.body.get("attachments")]

    def effects(self) -> Json:
        """What was changed in the tenant, in sum."""
        total: Json = call("GET", f"{self.sandbox_url}/sandbox/effects")["total"]
        return total

    def python(self, *arguments: str) -> Process:
        """Another program of Mailroom's, with the bot's settings."""
        return self._processes.python(*arguments, **self.settings)

    def audit(self, **flags: str) -> list[Json]:
        """The entries of the audit trail, oldest first, as an operator exports them."""
        path = self.folder / "audit.jsonl"
        arguments = [part for name, value in flags.items() for part in (f"--{name}", value)]
        done = self.python("-m", "bot.audit", "export", "--output", str(path), *arguments)
        assert done.popen.wait(PATIENCE) == 0, done.printed
        return [json.loads(line) for line in path.read_text().splitlines()]

    def rows(self, *tables: str) -> dict[str, int]:
        """How many rows the bot keeps."""
        with sqlite3.connect(f"file:{self.folder / 'mailroom.db'}?mode=ro", uri=True) as connection:
            return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}

    def _shown(self, conversation: str) -> str:
        return "\n".join("  " + " ".join(words_of(card))[:500] for card in self.cards(conversation)[-6:])


def button(card: Json, title: str) -> Json:
    """The button's action as a client would send it back."""
    found = [action for action in actions_of(card) if action["title"] == title]
    assert found, f"there is no button {title!r}, only {[action['title'] for action in actions_of(card)]}"
    return found[0]


def buttons(card: Json, verb: str = "") -> list[Json]:
    """Every button that the bot answers, or those of one verb."""
    return [one for one in actions_of(card) if one["type"] == "Action.Execute" and verb in ("", one["verb"])]


def answers_to(card: Json) -> dict[str, str]:
    """Something for every input: what is suggested, else the first choice."""
    inputs = [one for one in walk(card) if str(one.get("type", "")).startswith("Input.")]
    return {one["id"]: one.get("value") or (one.get("choices") or [{"value": ""}])[0]["value"] for one in inputs}


def text_of(answer: Any) -> str:
    """Every word of a card, an invoke's answer, or a message."""
    if isinstance(answer, dict) and isinstance(answer.get("value"), str):
        return str(answer["value"])
    return " ".join(words_of(answer))


def _has(card: Json, words: tuple[str, ...], title: str) -> bool:
    shown = " ".join(words_of(card))
    return all(word in shown for word in words) and (not title or title in [a["title"] for a in actions_of(card)])


@contextmanager
def running_trust_site(folder: Path, **settings: str) -> Iterator[TrustSite]:
    background = Background()
    try:
        with Processes(folder) as processes:
            site = TrustSite(processes, folder, background, **settings)
            try:
                yield site
            finally:
                site.close()
    finally:
        background.close()
