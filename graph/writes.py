"""The one way by which anything in the tenant is changed: check, write, write down.

`Writer.carry_out` is the only caller of Graph with anything but a question (tests/unit/graph/test_graph_writes.py).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kiota_abstractions.request_information import RequestInformation

from graph.answers import Call, Json
from graph.batch import call_of
from graph.client import GraphClient
from graph.protection import Protection, check_account, check_object
from graph.requests import license_body
from graph.values import ident, objects, text
from provisioning.acting import acting
from provisioning.audit import HIDDEN, AuditRecord, Kind
from provisioning.directory import AssignedLicense
from provisioning.errors import AuditUnavailable, GraphError, GraphNotFound, GraphUnavailable, ProtectedAccount
from provisioning.words import say

log = logging.getLogger(__name__)

SECRETS = frozenset({"passwordProfile", "temporaryAccessPass"})
NOT_KNOWN = say("Whether it took effect is not known.")

Recorder = Callable[[AuditRecord], Awaitable[None]]
Outcome = Callable[[Json], Mapping[str, Any]]


def becomes(values: Mapping[str, Any]) -> Outcome:
    """These values, whatever was there before."""
    return lambda _: values


def relicensed(add: Sequence[AssignedLicense], remove: Sequence[str]) -> Outcome:
    """The assignedLicenses as one assignLicense call leaves them."""
    gone = {sku_id.lower() for sku_id in (*remove, *(one.sku_id for one in add))}

    def after(before: Json) -> Json:
        kept = [one for one in objects(before.get("assignedLicenses")) if ident(one.get("skuId")) not in gone]
        return {"assignedLicenses": [*kept, *map(license_body, add)]}

    return after


@dataclass(frozen=True)
class Write:
    """A change of `account` (an existing one, which is checked and read first) or of `target` (another object's id).

    With both, the account is put into the target, or something of its own is changed. Neither is given where something
    new is made. `did` is a sentence in the past tense. `after` answers, from the account as it is, the properties that
    change and their new values. `about`: see GraphClient.send. `may_be_gone`: it is as good as done where Graph answers
    404 to the write itself.
    """

    request: RequestInformation
    did: str
    account: str = ""
    target: str = ""
    after: Outcome = becomes({})
    about: Call | None = None
    may_be_gone: bool = False


class Writer:
    """`record` gets an AuditRecord of every write, made, failed or refused; without it nothing is written down.

    When the recorder raises, AuditUnavailable comes up, whatever became of the write: nobody goes on as if it were
    audited, and nobody repeats it, since that error says "try again" to no one. A process killed between Graph's
    answer and the record leaves a write that Entra's own audit log alone has.
    """

    def __init__(self, client: GraphClient, protection: Protection, record: Recorder | None) -> None:
        self._client = client
        self._protection = protection
        self._record = record
        self._going_on: set[asyncio.Task[Json]] = set()

    async def check(self, account_id: str) -> None:
        """Raises as check_account does. Nothing is written down: nothing was tried."""
        await check_account(self._client, self._protection, account_id)

    async def carry_out(self, write: Write) -> Json:
        """The JSON of Graph's answer, {} where it has none. Sent once.

        Raises ProtectedAccount or the error of the check before anything is sent, then GraphError or AuditUnavailable.
        A caller that is cancelled stops waiting; what has begun is done to its end, and written down.
        """
        going_on = asyncio.create_task(self._carry_out(write))
        self._going_on.add(going_on)
        going_on.add_done_callback(self._ended)
        return await asyncio.shield(going_on)

    def _ended(self, task: asyncio.Task[Json]) -> None:
        self._going_on.discard(task)
        if not task.cancelled() and task.exception():
            log.info("a write ended with %s", type(task.exception()).__name__)

    async def _carry_out(self, write: Write) -> Json:
        before = await self._look(write)
        details = _details(write, before)
        try:
            answer = await self._client.ask(write.request, write.about)
        except GraphError as error:
            unknown = f" {NOT_KNOWN}" if isinstance(error, GraphUnavailable) else ""
            details |= {"error": {"status": error.trace.status, "code": error.trace.code}}
            await self._tell(Kind.FAILURE, before, error.sentence + unknown, details, error.trace.request_id)
            if write.may_be_gone and isinstance(error, GraphNotFound):
                return {}
            raise
        body = answer.body or {}
        details |= _made(write, ident(body.get("id")))
        await self._tell(Kind.CHANGE, before, write.did, details, answer.headers.get("request-id", ""))
        return body

    async def _look(self, write: Write) -> Json:
        try:
            found: Json = {}
            if write.account:
                wants_manager = "manager" in write.after({})
                found = await check_account(self._client, self._protection, write.account, manager=wants_manager)
            check_object(self._protection, write.target)
        except ProtectedAccount as refusal:
            await self._tell(Kind.REFUSAL, {}, refusal.sentence, _details(write, {}))
            raise
        return found

    async def _tell(
        self, kind: Kind, before: Json, sentence: str, details: Mapping[str, Any], request_id: str = ""
    ) -> None:
        if self._record is None:
            return
        now = acting()
        subject = now.subject or text(before.get("userPrincipalName")) or _subject_in(details)
        record = AuditRecord(kind, now.actor, sentence, subject.lower(), now.case, details, request_id)
        try:
            await self._record(record)
        except Exception as error:  # of whatever kind: the trail is broken here
            log.exception("not audited: %s %s", details["call"], request_id)
            raise AuditUnavailable(
                say(
                    "{sentence} This could not be written into Mailroom's audit trail, so Mailroom stops here. "
                    "Ask whoever runs Mailroom to look at its database.",
                    sentence=sentence,
                )
            ) from error


def _details(write: Write, before: Json) -> dict[str, Any]:
    """`before` and `after` hold the properties that the write changes. Of a failure, `after` is what was wanted."""
    after = write.after(before)
    was = {name: before[name] for name in after if name in before}
    will_be = {name: HIDDEN if name in SECRETS else value for name, value in after.items()}
    about = {"account": write.account, "target": write.target}
    return {
        "call": str(call_of(write.request)),
        **{name: value for name, value in about.items() if value},
        "before": was,
        "after": will_be,
    }


def _made(write: Write, made: str) -> dict[str, Any]:
    """The id of what is new: an account, or something of an account's."""
    if not made or write.target or made == write.account.lower():
        return {}
    return {"made": made} if write.account else {"account": made}


def _subject_in(details: Mapping[str, Any]) -> str:
    """Where nobody said it: the name of a new account, else an id."""
    return text(details["after"].get("userPrincipalName")) or text(details.get("account") or details.get("target"))
