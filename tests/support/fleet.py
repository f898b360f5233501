"""One sandbox, one PostgreSQL and any number of bots, each a real process, that share the tenant and the database."""

import uuid
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from support.processes import ROOT, Process, Processes, free_port
from support.site import Json, call

from sandbox.demo import bot_settings

HELGA = {"id": "29:helga", "name": "Helga Desk", "aadObjectId": "6f0e1d2c-0000-4000-8000-0000000000a1"}
BOT = {"id": "28:6f0e1d2c-1111-4000-8000-0000000000b0", "name": "Mailroom"}
TENANT = "6f0e1d2c-0000-4000-8000-000000000001"


class Bot:
    """One process; a message may reach any of them, as behind a load balancer."""

    def __init__(self, process: Process, url: str, service_url: str) -> None:
        self.process = process
        self.url = url
        self._service_url = service_url

    def say(self, **content: Any) -> None:
        """A message of Helga's in her 1:1 chat, as Teams would bring it."""
        activity = {
            "type": "message",
            "id": str(uuid.uuid4()),
            **content,
            "channelId": "msteams",
            "from": HELGA,
            "recipient": BOT,
            "conversation": {"id": "a:helga-personal", "conversationType": "personal", "tenantId": TENANT},
            "channelData": {"tenant": {"id": TENANT}},
            "serviceUrl": self._service_url,
        }
        call("POST", f"{self.url}/api/messages", activity)

    def numbers(self) -> str:
        """What Prometheus gets."""
        with urlopen(f"{self.url}/metrics", timeout=30) as answer:
            return str(answer.read().decode())

    def order(self, upn: str) -> None:
        self.say(text=f'provision {upn} name="Person {upn}" license=E3 location=US')


class Fleet:
    """`seats` of Office 365 E3 are there; mailboxes become ready when a test says so."""

    def __init__(self, processes: Processes, database_url: str, folder: Path, seats: int = 100) -> None:
        self._processes = processes
        self._database_url = database_url
        self._folder = folder
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        flags = ("--port", str(self._port), "--speed", "600", "--scenario", "mailbox-never-ready")
        processes.python("-m", "sandbox", *flags).wait_ready(f"{self.url}/sandbox/state", 60)
        call("POST", f"{self.url}/sandbox/subscriptions/ENTERPRISEPACK", {"enabled": seats})

    def start(self, code: Path = ROOT, **more: str) -> Bot:
        """One more bot, of the code in `code`; not yet ready."""
        port = free_port()
        settings = bot_settings(self._port, port, self._folder)
        settings |= {"MAILROOM_DATABASE_URL": self._database_url, "MAILROOM_POLL_SECONDS": "0.5", **more}
        process = self._processes.python("-m", "bot", cwd=code, **settings)
        return Bot(process, f"http://127.0.0.1:{port}", f"{self.url}/connector")

    def start_ready(self, code: Path = ROOT, **more: str) -> Bot:
        bot = self.start(code, **more)
        bot.process.wait_ready(f"{bot.url}/readyz", 60)
        return bot

    def fault(self, **rule: Any) -> None:
        call("POST", f"{self.url}/sandbox/faults", rule)

    def heal(self) -> None:
        call("DELETE", f"{self.url}/sandbox/faults")

    def effects(self) -> dict[str, Json]:
        """What was changed in the tenant, by person."""
        found: dict[str, Json] = call("GET", f"{self.url}/sandbox/effects")["users"]
        return found

    def mailbox_answers(self, upn: str) -> None:
        call("POST", f"{self.url}/sandbox/users/{upn}/mailbox", {"ready": True})

    def sent(self, *operations: str) -> list[str]:
        """Every message that the bots sent, as text; of `operations`, also as they updated them."""
        log = call("GET", f"{self.url}/sandbox/connector/log")["received"]
        return [str(one) for one in log if one["operation"] in (operations or ("send",)) and one["status"] < 300]

    def notifications(self, upn: str) -> int:
        """How many ready messages about the person the chat shows; a live card that came late is none."""
        messages = call("GET", f"{self.url}/chat/messages?as=helga&conversation=personal")["messages"]
        attachments = [str(message["attachments"]) for message in messages]
        return sum("outlook.office.com" in card and upn in card for card in attachments)
