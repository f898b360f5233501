"""The support bundle: what Microsoft needs to help with one mailbox, and nothing that it does not need. Pure.

Built from named fields, each through a redactor: no department, manager, telephone number or password, no names of
others. Errors stay in Microsoft's own words. Times are UTC.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from provisioning import support_evidence as parts
from provisioning.case import Case
from provisioning.diagnosis import Diagnosis
from provisioning.directory import Snapshot
from provisioning.redaction import redactor
from provisioning.repair import Repair
from provisioning.signs import is_ready
from provisioning.support_evidence import Answer, Moment, answer_line, utc

SUPPORT_URL = "https://admin.microsoft.com/#/support"
BYTES = 60 * 1024
MOST_LINES = 60
DRAFT_CHARACTERS = 4000


@dataclass(frozen=True)
class Bundle:
    """Every text in it has been through the redactor. `title` and `description` are the drafted service request."""

    user: str
    tenant_id: str
    made_at: datetime
    findings: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    timeline: tuple[Moment, ...]
    answers: tuple[Answer, ...]
    errors: tuple[str, ...]
    steps_taken: tuple[str, ...]
    checked: tuple[str, ...]
    unread: tuple[str, ...]
    case_id: str = ""
    title: str = ""
    description: str = ""

    @property
    def file_name(self) -> str:
        who = re.sub(r"[^A-Za-z0-9.-]+", "_", self.user).strip("._")[:80]
        return f"mailroom-{who or 'user'}-{self.made_at.astimezone(UTC):%Y%m%dT%H%MZ}.md"


def bundle(
    case: Case | None, snapshot: Snapshot, diagnosis: Diagnosis, repairs: Sequence[Repair], now: datetime
) -> Bundle:
    """`repairs` are those of this user, in any order."""
    redact = redactor(case, snapshot, repairs)
    answers = tuple(parts.answers(case, snapshot, diagnosis, repairs, redact))
    moments = sorted(parts.timeline(case, snapshot, repairs, redact), key=lambda moment: moment.at)
    whole = Bundle(
        user=redact(diagnosis.user),
        tenant_id=snapshot.organization.id if snapshot.organization else "",
        made_at=now,
        findings=tuple(parts.findings(diagnosis, redact)),
        facts=tuple(parts.facts(snapshot, redact)),
        timeline=tuple(moments[-MOST_LINES:]),
        answers=answers,
        errors=tuple(dict.fromkeys(parts.errors(snapshot, answers, redact))),
        steps_taken=tuple(parts.steps_taken(case, repairs, redact)),
        checked=tuple(redact(words) for words in diagnosis.checked),
        unread=tuple(redact(one.sentence)[: parts.LINE] for one in diagnosis.unread),
        case_id=case.id if case else "",
    )
    works = diagnosis.is_healthy or is_ready(snapshot)
    return replace(whole, title=_title(whole.user, works=works), description=_draft(whole, snapshot, works=works))


def as_text(bundle: Bundle) -> str:
    """Markdown that also reads well as it is, of 60 KB at most."""
    sections = [
        f"# {bundle.title}",
        f"Made by Mailroom on {utc(bundle.made_at)}. All times are UTC.",
        _section("Service request, to paste", [bundle.description], mark=""),
        _section("What was found", bundle.findings),
        _section("The account and its tenant", [f"{name}: {value}" for name, value in bundle.facts]),
        _section("Steps already taken", bundle.steps_taken),
        _section("Errors, word for word", bundle.errors),
        _section("Answers of Microsoft Graph", [answer_line(answer) for answer in bundle.answers]),
        _section("Timeline", [f"{utc(moment.at)}: {moment.what}" for moment in bundle.timeline]),
        _section("Checked, and in order", bundle.checked),
        _section("What could not be read", bundle.unread),
    ]
    text = "\n\n".join(section for section in sections if section) + "\n"
    data = text.encode("utf-8", "replace")
    if len(data) <= BYTES:
        return data.decode()
    end = "\n\n(The rest is left out: the text would be too long.)\n"
    kept, _, _ = data[: BYTES - len(end)].decode("utf-8", "ignore").rpartition("\n")
    return kept + end


def _section(heading: str, lines: Sequence[str], mark: str = "- ") -> str:
    if not lines:
        return ""
    shown = [f"{mark}{line}" for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(f"{mark}{len(lines) - MOST_LINES} more are left out.")
    return "\n".join([f"## {heading}", "", *shown])


def _title(user: str, *, works: bool) -> str:
    return f"The mailbox of {user} needs to be looked at" if works else f"No Exchange Online mailbox for {user}"


def _draft(whole: Bundle, snapshot: Snapshot, *, works: bool) -> str:
    """What is asked comes before the details, since a long draft is cut at its end."""
    known = dict(whole.facts)
    who = [f"User: {whole.user}", f"Object id: {known.get('id', 'none')}", f"Tenant id: {whole.tenant_id or 'unknown'}"]
    dated = [answer_line(answer) for answer in whole.answers if answer.trace.request_id]
    checked = [f"Checked for {len(whole.checked)} other causes: none of them"] if whole.checked else []
    paragraphs = [
        _complaint(whole, snapshot, works=works),
        _ask(works=works),
        "\n".join(who),
        _list("What we found", whole.findings[:5]),
        _list("What we have done", [*whole.steps_taken[:12], *checked]),
        _list("Answers of Microsoft Graph", dated[:5]),
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)[:DRAFT_CHARACTERS]


def _complaint(whole: Bundle, snapshot: Snapshot, *, works: bool) -> str:
    if works:
        return f"Microsoft Graph shows a mailbox for {whole.user}, yet the person cannot work with it as expected."
    plan = snapshot.account.mailbox_plan if snapshot.account else None
    since = f" since {utc(plan.assigned_at)}" if plan and plan.assigned_at else ""
    licensed = f", although an Exchange Online plan has been assigned{since}" if plan else ""
    seen = next((f"{one.trace.status} {one.trace.code}" for one in whole.answers if one.to == "mailbox"), "")
    answer = f" Microsoft Graph answers mailboxSettings with {seen.strip()}." if seen else ""
    return f"{whole.user} has no working Exchange Online mailbox{licensed}.{answer}"


def _ask(*, works: bool) -> str:
    if works:
        return "Please check the mailbox in Exchange Online and tell us what keeps it from working."
    return (
        "Please check the user's forward synchronization from Microsoft Entra ID to Exchange Online, "
        "run it again, and tell us what blocks the mailbox."
    )


def _list(heading: str, lines: Sequence[str]) -> str:
    return "\n".join([f"{heading}:", *(f"- {line}" for line in lines)]) if lines else ""
