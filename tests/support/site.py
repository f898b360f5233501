"""The real sandbox and the real bot as two processes, and a person's view of the chat over the page's own API."""

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from support.processes import Processes, free_port, wait_until

from sandbox.demo import bot_settings

Json = dict[str, Any]
CARD = "application/vnd.microsoft.card.adaptive"
PATIENCE = 60.0  # only so that a broken test ends

# What of a card's element a person reads.
_READ = ("text", "title", "value", "label", "placeholder", "fallbackText")
_numbers = itertools.count(1)


def call(method: str, url: str, body: Any = None) -> Any:
    """The answer's JSON. A refusal is an assertion with the server's words."""
    data = json.dumps(body).encode() if body is not None else None
    request = Request(url, data=data, method=method, headers={"Content-Type": "application/json"})
    try:
        with urlopen(request, timeout=PATIENCE) as answer:
            text = answer.read()
    except HTTPError as refusal:
        with refusal:
            raise AssertionError(f"{method} {url}: {refusal.code} {refusal.read()[:500]!r}") from None
    return json.loads(text) if text else None


def newcomer() -> str:
    """The address of somebody whom no other test of this process provisions."""
    return f"person{next(_numbers)}@contoso.com"


def cards_of(message: Json) -> list[Json]:
    return [one["content"] for one in message["attachments"] if one["contentType"] == CARD]


def words_of(element: Any) -> Iterator[str]:
    """Everything that can be read on a card, hidden evidence included; buttons by their titles."""
    if isinstance(element, list):
        for member in element:
            yield from words_of(member)
    elif isinstance(element, dict):
        for key, value in element.items():
            if isinstance(value, str) and key in _READ:
                yield value
            elif key not in ("data", "fallback", "refresh"):
                yield from words_of(value)


def text_of(message: Json) -> str:
    return " ".join([message["text"], *words_of(cards_of(message))])


def actions_of(element: Any) -> Iterator[Json]:
    """Every button of a card; not what stands in for it in older clients."""
    if isinstance(element, list):
        for member in element:
            yield from actions_of(member)
    elif isinstance(element, dict):
        if str(element.get("type", "")).startswith("Action.") and "title" in element:
            yield element
        for key, value in element.items():
            if key not in ("fallback", "refresh", "selectAction"):
                yield from actions_of(value)


def buttons_of(message: Json) -> list[str]:
    return [action["title"] for action in actions_of(cards_of(message))]


class Site:
    """One sandbox and one bot, with more `settings` if wanted. Tests that share it use addresses of their own."""

    def __init__(
        self, processes: Processes, folder: Path, *, scenario: str = "", speed: int = 600, **settings: str
    ) -> None:
        self.folder = folder
        self._processes = processes
        port, self.bot_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{port}"
        bot = f"http://127.0.0.1:{self.bot_port}"
        self._usual = scenario
        flags = ("--port", str(port), "--speed", str(speed), "--bot", f"{bot}/api/messages", "--scenario", scenario)
        self.sandbox = processes.python("-m", "sandbox", *flags)
        self.sandbox.wait_ready(f"{self.url}/sandbox/state", PATIENCE)
        own = {"MAILROOM_POLL_SECONDS": "0.5", "MAILROOM_RATE_LIMIT": "1000"}  # tests type faster than people
        self.settings = {**bot_settings(port, self.bot_port, folder), **own, **settings}
        self.start_bot()

    def start_bot(self) -> None:
        """Once more, after it was killed."""
        self.bot = self._processes.python("-m", "bot", **self.settings)
        self.bot.wait_ready(f"http://127.0.0.1:{self.bot_port}/readyz", PATIENCE)

    def get(self, path: str) -> Any:
        return call("GET", f"{self.url}{path}")

    def graph(self, path: str) -> Any:
        """What Graph answers to anybody else."""
        request = Request(f"{self.url}/v1.0{path}", headers={"Authorization": "Bearer test"})
        with urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read())

    def post(self, path: str, **body: Any) -> Any:
        return call("POST", f"{self.url}{path}", body)

    def put(self, path: str, **body: Any) -> Any:
        return call("PUT", f"{self.url}{path}", body)

    def reset(self) -> None:
        """The tenant as at the start: no scenario, no fault, nobody of another test."""
        self.post("/sandbox/reset", scenario=self._usual)

    def scenario(self, name: str) -> None:
        self.post("/sandbox/scenarios", name=name)

    def fault(self, **rule: Any) -> None:
        call("POST", f"{self.url}/sandbox/faults", rule)

    def heal(self) -> None:
        call("DELETE", f"{self.url}/sandbox/faults")

    def effects(self, upn: str = "") -> Json:
        """What was changed in the tenant: for one person, or in sum."""
        everything = self.get("/sandbox/effects")
        found: Json = everything["users"].get(upn, {}) if upn else everything["total"]
        return found

    def user(self, upn: str) -> Json | None:
        users = self.get("/sandbox/users")["users"]
        return next((user for user in users if user["userPrincipalName"] == upn), None)

    def mailbox_answers(self, upn: str) -> None:
        """From now on it does."""
        self.post(f"/sandbox/users/{upn}/mailbox", ready=True)

    def looks_at(self, upn: str) -> list[Json]:
        """Every look at the mailbox that Graph remembers, oldest first."""
        user = self.user(upn)
        path = f"/users/{user['id']}/mailboxSettings" if user else ""
        return [one for one in self.get("/sandbox/requests?limit=500")["recent"][::-1] if one["path"].startswith(path)]

    def chat(self, who: str = "helga", conversation: str = "personal") -> "Chat":
        return Chat(self, who, conversation)

    def ask_graph(self) -> int:
        """How many requests Graph has had."""
        total: int = self.get("/sandbox/requests?limit=1")["total"]
        return total


class Chat:
    """What one person says and sees in one conversation, from now on. In a channel: in the thread of the last words."""

    def __init__(self, site: Site, who: str, conversation: str) -> None:
        self._site, self.who, self.conversation, self.root = site, who, conversation, ""
        self._there = {"as": who, "conversation": conversation}
        site.post("/chat/open", **self._there)
        self._since = max((int(message["id"]) for message in self._all()), default=0)

    def say(self, text: str, **more: Any) -> Json:
        """A message; in a group and a channel it mentions the bot. Returns once the bot took it."""
        words = text if self.conversation == "personal" else f"@Mailroom {text}"
        said: Json = self._site.post("/chat/messages", **self._there, text=words, **more)
        assert said["delivery"] == "sent", said["failure"]
        self.root = said["root"]
        return said

    def heard(self, *words: str) -> list[Json]:
        """The bot's messages since this chat was opened that have all the words, oldest first."""
        return [
            message
            for message in self._all()
            if message["sender"] == "bot" and int(message["id"]) > self._since and not message["deleted"]
            and all(word in text_of(message) for word in words)
        ]  # fmt: skip

    def see(self, *words: str, but: str = "\0", buttons: tuple[str, ...] = ()) -> Json:
        """The newest message with all the words and buttons, as soon as it is there."""

        def found() -> list[Json]:
            fitting = [message for message in self.heard(*words) if but not in text_of(message)]
            return [message for message in fitting if set(buttons) <= set(buttons_of(message))]

        wait_until(lambda: bool(found()), f"{self.who} sees {words} {buttons}", PATIENCE, self._shown)
        return found()[-1]

    def again(self, message: Json) -> Json:
        """The same message as it is now."""
        return next(one for one in self._all() if one["id"] == message["id"])

    def wait(self, happened: Callable[[], bool], what: str) -> None:
        wait_until(happened, what, PATIENCE, self._shown)

    def click(self, message: Json, title: str, **inputs: str) -> Json:
        """What the click came to: {kind, text, message, …}."""
        action = self._action(message, title)
        assert action["type"] == "Action.Execute"
        chosen = {"verb": action["verb"], "data": action["data"]}
        clicked: Json = self._site.post(
            "/chat/execute", **self._there, message=message["id"], action=chosen, inputs=inputs
        )
        return clicked

    def click_in_old_client(self, message: Json, title: str, **inputs: str) -> Json:
        """The button as a client without Action.Execute has it."""
        action = self._action(message, title)["fallback"]
        assert action["type"] == "Action.Submit"
        clicked: Json = self._site.post(
            "/chat/submit", **self._there, message=message["id"], data=action["data"], inputs=inputs
        )
        return clicked

    def _action(self, message: Json, title: str) -> Json:
        found = [action for action in actions_of(cards_of(message)) if action["title"] == title]
        assert found, f"there is no button {title!r}, only {buttons_of(message)}"
        return found[0]

    def _all(self) -> list[Json]:
        found: list[Json] = self._site.get(f"/chat/messages?as={self.who}&conversation={self.conversation}")["messages"]
        return found

    def _shown(self) -> str:
        return "\n".join(f"  {message['sender']}: {text_of(message)[:700]}" for message in self._all()[-8:])


@contextmanager
def running_site(folder: Path, **options: Any) -> Iterator[Site]:
    with Processes(folder) as processes:
        yield Site(processes, folder, **options)
