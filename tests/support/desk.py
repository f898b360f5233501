"""A helpdesk for the tests of the handlers: everyone in the chat, all ports in memory, and what a card shows."""

import json
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from support.fake_audit import FakeAudit
from support.fake_directory import E3, Call, FakeDirectory
from support.fake_jobs import NOW, FakeJobs, FixedClock
from support.fake_messenger import FakeMessenger

from handlers.registry import dispatch
from handlers.requests import Reply, Request, Services
from provisioning.case import AccountOrigin, Case, Conversation, Order, Person, ready, wait

TENANT = "6f0e1d2c-0000-4000-8000-000000000001"
ELSEWHERE = "6f0e1d2c-0000-4000-8000-0000000000ff"
JANE = "jane@contoso.com"


def _person(name: str, suffix: str, tenant: str = TENANT) -> Person:
    return Person(f"6f0e1d2c-0000-4000-8000-0000000000{suffix}", name, tenant, f"29:{name.split()[0].lower()}")


HELGA, MONA, ADAM = _person("Helga Desk", "a1"), _person("Mona Manager", "a2"), _person("Adam Admin", "a7")
OTTO = _person("Otto Outside", "f9", ELSEWHERE)
PERSONAL = Conversation("a:helga-personal", "personal", "http://127.0.0.1:4000/connector", TENANT)
GROUP = Conversation("19:helpdesk-group@thread.v2", "groupChat", "http://127.0.0.1:4000/connector", TENANT)
ORDER = Order(JANE, "Jane Doe", "US", E3.id, E3.name)


@dataclass
class Desk:
    """`say` and `click` go through dispatch, as bot/ calls it."""

    directory: FakeDirectory = field(default_factory=FakeDirectory)
    jobs: FakeJobs = field(default_factory=FakeJobs)
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    clock: FixedClock = field(default_factory=FixedClock)
    audit: FakeAudit = field(default_factory=FakeAudit)
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ports = (self.directory, self.jobs, self.messenger, self.clock, self.audit)
        self.services = Services(*ports, **{"allowed_tenants": (TENANT,), **self.settings})

    async def say(
        self, text: str, person: Person = HELGA, conversation: Conversation = PERSONAL, message: str = ""
    ) -> Reply | None:
        """With the same `message` it is the same message once more, as Teams may bring it."""
        request = Request(person, conversation, text, click_id=message or uuid.uuid4().hex)
        return await dispatch(request, self.services)

    async def click(
        self, verb: str, person: Person = HELGA, conversation: Conversation = PERSONAL, click_id: str = "", **data: Any
    ) -> Reply | None:
        """With the same `click_id` it is the same click once more."""
        data, click_id = {"verb": verb, **data}, click_id or uuid.uuid4().hex
        request = Request(person, conversation, verb=verb, data=data, click_id=click_id, message_id="m1")
        return await dispatch(replace(request, is_answered_privately=True), self.services)

    async def refresh(self, person: Person = HELGA, verb: str = "refresh", **data: Any) -> Reply | None:
        request = Request(person, GROUP, verb=verb, data={"verb": verb, **data}, message_id="m1", is_refresh=True)
        return await dispatch(request, self.services)

    def asked(self) -> list[Call]:
        """What Graph was asked, but for who is asking."""
        return [call for call in self.directory.calls if call.method != "standing"]

    def only_case(self) -> Case:
        [case] = self.jobs.cases.values()
        return case

    def changes(self) -> list[str]:
        """Every call that changed something anywhere."""
        reads = {"look_up", "get_account", "take_snapshot", "standing", "check_changeable", "probe_mailboxes"}
        written = [call.method for call in self.directory.calls if call.method not in reads]
        return [*self.jobs.methods(), *written, *self.messenger.kinds()]

    def open_case(self, **changes: Any) -> Case:
        known = {"account_id": "account-1", **changes}
        return self.jobs.put(replace(wait(Case("case-1", ORDER, HELGA, NOW), NOW), **known))

    def ready_case(self, **changes: Any) -> Case:
        account = self.directory.accounts["6f0e1d2c-0000-4000-8000-0000000000a2"]  # anyone who exists
        known = {"account_id": account.id, "account_origin": AccountOrigin.CREATED, **changes}
        return self.jobs.put(replace(ready(self.open_case(), NOW), **known))


def words(reply: Reply | None) -> str:
    """Everything that the person can read in the answer, buttons and hidden evidence included."""
    assert reply is not None
    return " ".join([reply.text, *_texts(reply.card or {})])


def buttons(reply: Reply | None) -> dict[str, dict[str, Any]]:
    """The buttons' data by their titles."""
    assert reply is not None
    return dict(_executes(reply.card or {}))


def inputs(reply: Reply | None) -> set[str]:
    assert reply is not None
    return {node["id"] for node in _nodes(reply.card or {}) if str(node.get("type", "")).startswith("Input.")}


def _nodes(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [node for item in value for node in _nodes(item)]
    if not isinstance(value, dict):
        return []
    return [value, *(node for key, item in value.items() if key != "fallback" for node in _nodes(item))]


def _texts(card: dict[str, Any]) -> list[str]:
    kept = ("text", "title", "value", "label", "fallbackText")
    return [node[key] for node in _nodes(card) for key in kept if isinstance(node.get(key), str)]


def _executes(card: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    json.dumps(card)  # plain JSON values only
    executes = [node for node in _nodes(card) if node.get("type") == "Action.Execute" and "title" in node]
    return [(node["title"], node["data"]) for node in executes]
