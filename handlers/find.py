"""The message extension "Look up a mailbox": people with the state of their mailboxes, and a diagnosis to post."""

import asyncio
from collections.abc import Sequence

from cards.diagnosis import diagnosis_card
from cards.found import found_card, posted_diagnosis
from cards.language import told
from cards.people import state_words
from handlers import fields
from handlers.access import Role
from handlers.diagnose import SHORTEST_NAME
from handlers.extensions import Ask, ExtensionReply, Found, extension
from handlers.looking import look
from handlers.registry import VIEW_LIVES, action
from handlers.requests import Card, Reply, Request, Services
from handlers.text import plain_text
from provisioning.case import Case
from provisioning.directory import Match, ProbeResult
from provisioning.errors import BadOrder
from provisioning.words import say

NAME = "find"
MOST = 10
LONGEST = 200  # characters of what is searched for

_STATES = {
    ProbeResult.READY: say("the mailbox works"),
    ProbeResult.NOT_READY: say("no mailbox yet"),
    ProbeResult.UNKNOWN: "",
}


@extension(NAME, Ask.QUERY, role=Role.VIEWER)
async def query(request: Request, services: Services) -> ExtensionReply:
    """Whoever is called so; before anything is typed, whoever is waiting."""
    typed = plain_text(request.text[:LONGEST])
    if len(typed) < SHORTEST_NAME:
        return await _waiting(services)
    matches = (await services.directory.search(typed))[:MOST]
    if not matches:
        return ExtensionReply(
            text=say("Nobody called “{typed}” was found, by name, address or in the recycle bin.", typed=typed)
        )
    states = await _states(matches, services)
    return ExtensionReply(found=tuple(_found(match, state) for match, state in zip(matches, states, strict=True)))


@extension(NAME, Ask.SELECT, role=Role.VIEWER)
async def select(request: Request, services: Services) -> ExtensionReply:
    """One of them was chosen: the diagnosis, ready to be posted."""
    user = fields.user(request.data)
    if not user:
        raise BadOrder(say("This result does not say whom it is about. Search again."))
    card, title = await _diagnosis(user, services)
    return ExtensionReply(found=(Found(title, "", card),))


@action("check-again", role=Role.VIEWER, lives=VIEW_LIVES, is_secret=True)  # no secret, but Mailroom may not post there
async def check_again(request: Request, services: Services) -> Reply | None:
    """On a posted diagnosis, in whatever chat: the clicker's own view of how it is now."""
    card, _ = await _diagnosis(fields.user(request.data), services)
    return Reply(card=card)


async def _diagnosis(user: str, services: Services) -> tuple[Card, str]:
    found = await look(user, services)
    card = diagnosis_card(found.diagnosis, can_resync=services.can_resync)
    return posted_diagnosis(card, found.diagnosis.user), str(card["fallbackText"])


async def _waiting(services: Services) -> ExtensionReply:
    cases = await services.jobs.open_cases(MOST)
    if not cases:
        return ExtensionReply(
            text=say("Nobody is waiting for a mailbox. Type a name or an address to look somebody up.")
        )
    shown = [Match(case.account_id or case.order.upn, case.order.upn, case.order.display_name, "") for case in cases]
    return ExtensionReply(found=tuple(_found(one, state_words(case)) for one, case in zip(shown, cases, strict=True)))


async def _states(matches: Sequence[Match], services: Services) -> list[str]:
    """In words: of the open case, else of the mailbox. One `$batch` for all of them."""
    there = [match.id for match in matches if not match.is_deleted]
    cases, probes = await asyncio.gather(
        asyncio.gather(*(services.jobs.find(match.upn) for match in matches)),
        services.directory.probe_mailboxes(there),
    )
    seen = {user: told(_STATES[probe.result]) for user, probe in probes.items()}
    return [_state(match, case, seen) for match, case in zip(matches, cases, strict=True)]


def _state(match: Match, case: Case | None, seen: dict[str, str]) -> str:
    if match.is_deleted:
        return told(say("in the recycle bin"))
    return state_words(case) if case and case.is_open else seen.get(match.id, "")


def _found(match: Match, state: str) -> Found:
    title = match.display_name or match.upn
    text = " · ".join(words for words in (match.upn, state) if words)
    return Found(title, text, found_card(match, state), {"user": match.id or match.upn})
