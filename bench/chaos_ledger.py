"""What bench/chaos.py counts, all of it from the sandbox's own records: its effects, its chats, the connector's log."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

LOOK_SECONDS = 0.3  # between two looks at the connector's log
KILL_SECONDS = 3.0  # a message taken so shortly before a kill -9 may not have been noted
ENDS = ("mailbox ready", "stopped, needs attention", "no mailbox in time")
TITLE = re.compile(r"^Case (\d+) — (.+)$")
CHATS = [*((who, "personal") for who in ("helga", "mona", "adam")), ("helga", "group"), ("helga", "channel")]

Control = Callable[..., Awaitable[dict]]


@dataclass
class Case:
    """One person to be provisioned, and who orders that where. `titles` is what the live card said, newest last."""

    number: int
    who: str
    conversation: str
    typed: int = 0
    titles: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"Case {self.number}"

    @property
    def upn(self) -> str:
        return f"case{self.number}@contoso.com"

    @property
    def has_ended(self) -> bool:
        return any(title in ENDS for title in self.titles)  # one that Teams was slow to take may still come after it


@dataclass(frozen=True)
class Message:
    """One of the bot's messages about a case. `why` is the reason on a card that says that it stopped.

    `where` is, in a channel, the thread: whoever orders again there begins another one, and is told in both.
    """

    id: str
    case: int
    where: str
    title: str
    why: str = ""


class Watch:
    """Follows the connector's log: what was taken from the bot, and which answers were then lost."""

    def __init__(self, control: Control, cases: list[Case]) -> None:
        self._control = control
        self._cases = cases
        self._number = 0
        self._heard_at = time.monotonic()
        self.lost: set[str] = set()  # ids of messages whose answer did not reach the bot as it should
        self.taken: dict[str, float] = {}  # when a message was taken, by its id: our time, the chat has the tenant's
        self.kills: list[float] = []  # when

    async def run(self) -> None:
        while True:
            await self.read()
            await asyncio.sleep(LOOK_SECONDS)

    async def read(self) -> None:
        log = await self._control("GET", f"sandbox/connector/log?after={self._number}")
        for entry in log["received"]:
            self._number = max(self._number, entry["number"])
            self._heard_at = time.monotonic()
            if entry["notified"]:
                self.taken[entry["id"]] = time.time()
                if entry["fault"]:
                    self.lost.add(entry["id"])
            title = TITLE.match(entry["text"])
            if title and entry["operation"] in ("send", "edit") and (entry["status"] < 300 or entry["notified"]):
                self._cases[int(title[1])].titles.append(title[2])

    def excuse(self, message: "Message") -> str:
        """Why the bot could not know that the message was taken; "" where it could."""
        if message.id in self.lost:
            return "answer lost"
        since = [kill - self.taken[message.id] for kill in self.kills if message.id in self.taken]
        return "killed" if any(-2 * LOOK_SECONDS < one < KILL_SECONDS for one in since) else ""

    async def has_card(self, case: Case, seconds: float) -> bool:
        return await until(lambda: bool(case.titles), seconds)

    async def have_all_ended(self, seconds: float) -> bool:
        return await until(lambda: all(case.has_ended for case in self._cases), seconds)

    async def quiet(self, seconds: float) -> None:
        await until(lambda: time.monotonic() - self._heard_at > seconds)


async def until(is_so: Callable[[], bool], seconds: float = float("inf")) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():
            return True
        await asyncio.sleep(0.2)
    return is_so()


async def ledger(control: Control, watch: Watch, cases: list[Case]) -> dict[str, Any]:
    await watch.read()
    effects = (await control("GET", "sandbox/effects"))["users"]
    sent, cards = await messages(control)
    fates = {case.number: fate(case, cards) for case in cases}
    twice = {
        upn: {kind: n for kind, n in did.items() if n > 1} for upn, did in effects.items() if max(did.values()) > 1
    }
    total = Counter[str]()
    for did in effects.values():
        total.update(did)
    lost = [case.upn for case in cases if fates[case.number] == "ready" and not sent.get(case.number)]
    copies = sent_again(watch, sent, cards)
    stale = [one for shown in cards.values() for one in shown if not one.title.startswith(ENDS)]
    doubled, older = (excuses(watch, found) for found in (copies, stale))
    hits = (await control("GET", "sandbox/faults/plan"))["hits"]
    count = Counter(fates.values())
    return {
        "cases": len(cases),
        "ready": count["ready"],
        "explained": count["explained"],
        "neither": [case.upn for case in cases if fates[case.number] == ""],
        "explanations": sorted({one.why for shown in cards.values() for one in shown if one.why}),
        "effects": dict(total),
        "side_effects_twice": twice,
        "notifications": {
            "people": len(sent),
            "messages": sum(map(len, sent.values())),
            "of_second_orders": sum(map(len, sent.values())) - len(sent) - len(copies),
            "lost": lost,
            "doubled": doubled,
            "answers_lost_after_acceptance": sum(one.id in watch.lost for ids in sent.values() for one in ids),
        },
        "cards_left_in_an_older_state": older,
        "faults": hits,
        "promises": {
            "every case ready or explained": not count[""],
            "no side effect twice": not twice,
            "no notification lost": not lost,
            "no notification doubled but where the answer was lost": not doubled["without excuse"],
            "no card left in an older state but where the answer was lost": not older["without excuse"],
        },
    }


def by_place(found: dict[int, list[Message]]) -> dict[tuple[int, str], list[Message]]:
    places: dict[tuple[int, str], list[Message]] = {}
    for one in (one for some in found.values() for one in some):
        places.setdefault((one.case, one.where), []).append(one)
    return places


def sent_again(watch: Watch, sent: dict[int, list[Message]], cards: dict[int, list[Message]]) -> list[Message]:
    """Notifications of which the same came once more: each order has one live card and one notification in a place.

    Who sees no card for long and types again when the first order has just ended makes a second order, which has its
    own card and ends with its own notification.
    """
    ended = by_place({number: [one for one in some if one.title.startswith(ENDS)] for number, some in cards.items()})
    found: list[Message] = []
    for place, some in by_place(sent).items():
        extra = len(some) - max(1, len(ended.get(place, ())))
        found += sorted(some[:-1], key=lambda one: not watch.excuse(one))[: max(0, extra)]
    return found


def excuses(watch: Watch, found: list[Message]) -> dict[str, Any]:
    """How many there are and why; those without a reason one by one, and how long before or after a kill."""
    why = Counter(watch.excuse(one) for one in found)
    bare = [one for one in found if not watch.excuse(one)]
    return {
        "in all": len(found),
        "answer lost": why["answer lost"],
        "killed": why["killed"],
        "without excuse": [f"{one.case} {one.where} {one.title}: {_beside_kills(watch, one)}" for one in bare],
    }


def _beside_kills(watch: Watch, message: Message) -> str:
    taken = watch.taken.get(message.id)
    if taken is None:
        return "not in the log"
    return ", ".join(f"{kill - taken:+.1f} s to a kill" for kill in watch.kills) or "no kill"


def fate(case: Case, cards: dict[int, list[Message]]) -> str:
    """By the newest card of the case: ready, explained (it ended, and says why), or ""."""
    ended = [one for one in cards.get(case.number, []) if one.title.startswith(ENDS)]
    if not ended:
        return ""
    return "ready" if ended[-1].title.startswith(ENDS[0]) else "explained" if ended[-1].why else ""


async def messages(control: Control) -> tuple[dict[int, list[Message]], dict[int, list[Message]]]:
    """By case: its ready notifications, and its cards, oldest first."""
    sent: dict[int, list[Message]] = {}
    cards: dict[int, list[Message]] = {}
    for who, conversation in CHATS:
        found = await control("GET", f"chat/messages?as={who}&conversation={conversation}")
        for message in found["messages"]:
            title = TITLE.match(message["preview"])
            if message["sender"] != "bot" or message["deleted"] or not title:
                continue
            is_notification = "outlook.office.com" in str(message["attachments"])
            why = problem(message["attachments"]) if title[2].startswith(ENDS[1:]) else ""
            where = f"{message['conversation']}/{message['root'] or ''}"
            one = Message(message["id"], int(title[1]), where, title[2], why)
            (sent if is_notification else cards).setdefault(int(title[1]), []).append(one)
    return sent, cards


def problem(element: Any) -> str:
    """The sentence of a card's problem: its first text that is no heading and names what to do."""
    texts = [text for text in _texts(element) if text.endswith(".") and len(text) > 40]
    return texts[0] if texts else ""


def _texts(element: Any) -> list[str]:
    if isinstance(element, list):
        return [text for member in element for text in _texts(member)]
    if not isinstance(element, dict):
        return []
    own = [element["text"]] if element.get("type") == "TextBlock" else []
    return own + [text for key, value in element.items() if key != "text" for text in _texts(value)]
