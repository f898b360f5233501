"""What `diagnose` and `fix` work with: the same functions as behind the chat, with plain JSON out."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.app import open_directory
from bot.clock import SystemClock
from bot.database import token_source
from bot.resync import WebhookResync
from bot.settings import Settings
from bot.terminal.person import whoever_sits_here
from graph.client import GraphClient
from graph.directory import GraphDirectory
from jobs.audit import open_audit
from jobs.local import LocalRepairs
from provisioning import fixes
from provisioning.diagnosis import Diagnosis, diagnose
from provisioning.directory import Snapshot
from provisioning.errors import BadOrder
from provisioning.findings import Finding
from provisioning.fixes.steps import Choice, FixPlan
from provisioning.repair import Repair, RepairStep

Json = dict[str, Any]


@dataclass(frozen=True)
class Terminal:
    """What the command line works with. Every method raises MailroomError and its kin."""

    client: GraphClient
    directory: GraphDirectory
    repairs: LocalRepairs
    clock: SystemClock

    async def diagnose(self, user: str) -> Json:
        """The shape is documented in docs/cli.md."""
        before = self.client.traffic
        _, found = await self._look(user)
        after = self.client.traffic
        traffic = {
            "round_trips": after.round_trips - before.round_trips,
            "requests": after.requests - before.requests,
        }
        return {
            "user": found.user,
            "healthy": found.is_healthy,
            "summary": found.summary,
            "findings": [_finding(finding) for finding in found.findings],
            "unread": [
                {"part": one.part, "sentence": one.sentence, "permission": one.permission} for one in found.unread
            ],
            "graph": traffic,
        }

    async def plan(self, user: str, fix_id: str, choice: dict[str, str], *, take_suggestions: bool) -> Json:
        """What would be done; `asks` is what has to be answered first."""
        snapshot, _ = await self._look(user)
        plan, answered = _answered(fix_id, snapshot, choice, take_suggestions=take_suggestions)
        return {
            "changes": fixes.fix(fix_id, snapshot).changes,
            "steps": [step.says for step in plan.steps],
            "asks": [{"name": ask.name, "label": ask.label} for ask in plan.asks],
            "choice": answered,
        }

    async def fix(self, user: str, fix_id: str, choice: dict[str, str], repair_id: str) -> Json:
        """Carry it out; the outcome is what a new snapshot says."""
        snapshot, found = await self._look(user)
        plan = fixes.plan(fix_id, snapshot, choice)
        cause = next((one.cause for one in found.findings if fix_id in [fix.id for fix in one.fixes]), "")
        repair = Repair(
            id=repair_id,
            user=found.user,
            fix_id=fix_id,
            title=fixes.fix(fix_id, snapshot).title,
            cause=cause,
            requester=whoever_sits_here(),
            created_at=self.clock.now(),
            steps=tuple(RepairStep(step.says) for step in plan.steps),
        )
        return _repair(await self.repairs.carry_out(repair, plan.steps))

    async def _look(self, user: str) -> tuple[Snapshot, Diagnosis]:
        snapshot = await self.directory.take_snapshot(user)
        if snapshot.account is None:
            matches = await self.directory.search(user)
            if len(matches) > 1:
                named = ", ".join(match.upn for match in matches)
                raise BadOrder(f"“{user}” could be any of these: {named}. Name one.")
            if matches and not matches[0].is_deleted:
                snapshot = await self.directory.take_snapshot(matches[0].upn)
        return snapshot, diagnose(snapshot)


async def open_terminal(settings: Settings, state: Path, stack: AsyncExitStack) -> Terminal:
    """`state` is an empty folder for the record of a repair while it runs."""
    clock = SystemClock()
    audit = open_audit(settings.database_url, clock, token=token_source(settings))
    stack.callback(audit.close)
    client, directory = await open_directory(settings, stack, record=audit.record)
    session = await stack.enter_async_context(aiohttp.ClientSession())
    url = settings.resync_webhook_url
    resync = WebhookResync(session, url) if url else None
    return Terminal(client, directory, LocalRepairs(state, directory, clock, resync, audit), clock)


def _answered(
    fix_id: str, snapshot: Snapshot, choice: Choice, *, take_suggestions: bool
) -> tuple[FixPlan, dict[str, str]]:
    answers = dict(choice)
    plan = fixes.plan(fix_id, snapshot, answers)
    while take_suggestions and plan.asks and plan.asks[0].suggested and plan.asks[0].name not in answers:
        answers[plan.asks[0].name] = plan.asks[0].suggested
        plan = fixes.plan(fix_id, snapshot, answers)
    return plan, answers


def _finding(finding: Finding) -> Json:
    return {
        "cause": finding.cause,
        "slug": finding.slug,
        "likely": finding.is_likely,
        "sentence": finding.sentence,
        "proof": finding.proof,
        "evidence": [{"property": one.property, "value": one.value} for one in finding.evidence],
        "fixes": [
            {"id": fix.id, "risk": int(fix.risk), "kind": fix.kind.value, "changes": fix.changes, "script": fix.script}
            for fix in finding.fixes
        ],
    }


def _repair(repair: Repair) -> Json:
    problem = repair.problem
    return {
        "user": repair.user,
        "fix": repair.fix_id,
        "title": repair.title,
        "cause": repair.cause,
        "outcome": repair.state.value,
        "sentence": problem.sentence if problem else repair.outcome,
        "steps": [{"says": step.says, "state": step.state.value} for step in repair.steps],
        "error": {"code": problem.trace.code, "request_id": problem.trace.request_id} if problem else None,
    }
