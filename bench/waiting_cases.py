"""Thousands who wait for a mailbox: their rows in Mailroom's database, their accounts in the sandbox's tenant.

The rows are made by the code's own transitions and written through its own tables; they look as they would after
an order, some looks, and the cards that were shown of it.
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from harness import HELGA, TENANT_ID

from jobs.audit import open_audit
from jobs.messages import add_message
from jobs.store import row_of
from jobs.tables import cases, messages, writing
from provisioning.case import Case, Conversation, Order, Person, Stage, finish, touch, wait
from provisioning.directory import Probe, ProbeResult
from provisioning.errors import GraphTrace
from provisioning.waiting import observe, spacing

SKU, PLAN = "6fd2c87f-b296-42f0-b197-1e91e994b900", "efb87545-963c-4e0d-99df-69c6916d9eb0"
NOT_YET = Probe(ProbeResult.NOT_READY, GraphTrace(404, "MailboxNotEnabledForRESTAPI"))
CHATS = 50  # conversations in which they were ordered
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True)
class Ages:
    """How long they have waited: a share of them evenly in each span."""

    name: str
    spans: tuple[tuple[float, timedelta, timedelta], ...]

    def of(self, count: int) -> Iterator[timedelta]:
        for share, youngest, oldest in self.spans:
            some = round(share * count)
            yield from (youngest + (oldest - youngest) * (number + 0.5) / some for number in range(some))


# The young ones stay in their half hour while they are measured.
YOUNG = Ages("first half hour", ((1.0, MINUTE, 20 * MINUTE),))
MIXED = Ages(
    "a tenth in the first half hour, a fifth until 4 hours, the rest until a day",
    ((0.1, MINUTE, 20 * MINUTE), (0.2, 40 * MINUTE, 3.5 * HOUR), (0.7, 4 * HOUR, 24 * HOUR)),
)
OLD = Ages("4 to 24 hours", ((1.0, 4 * HOUR, 24 * HOUR),))


def account_id(number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://mailroom.example/{number}"))


def upn(number: int) -> str:
    return f"waiting-{number}@contoso.com"


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def fill(database_url: str, count: int, ages: Ages, poll_seconds: float, service_url: str) -> None:
    """Put `count` waiting cases into the database; their looks are due evenly over their spacing, from now on."""
    audit = open_audit(database_url, Clock())
    audit.prepare()
    now = datetime.now(UTC)
    made = [_waiting(number, age, now, poll_seconds) for number, age in enumerate(ages.of(count))]
    with writing(audit.engine) as connection:
        if made:
            connection.execute(cases.insert(), [{"id": one.id, "upn": one.order.upn, **row_of(one)} for one in made])
        for number, case in enumerate(made):
            add_message(connection, case.id, "live", _chat(number, service_url), is_asker=True)
        connection.execute(messages.update().values(is_due=False, activity_id="card"))
        took = (datetime.now(UTC) - now).total_seconds()
        connection.execute(cases.update().values(next_check_at=cases.c.next_check_at + took))
    if audit.engine.dialect.name == "postgresql":
        with audit.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))  # as its own daemon would have by then
    audit.close()


def _waiting(number: int, age: timedelta, now: datetime, poll_seconds: float) -> Case:
    ordered_at, case_id = now - age, uuid.uuid5(uuid.NAMESPACE_OID, str(number)).hex[:12]
    order = Order(upn(number), f"Waiting {number}", "US", license=SKU, license_name="Office 365 E3")
    case = Case(case_id, order, Person(HELGA, "Helga Desk"), ordered_at, account_id=account_id(number))
    case = finish(case, Stage.ACCOUNT, "The account was created.", ordered_at)
    case = finish(case, Stage.LICENSE, "Office 365 E3 is assigned.", ordered_at)
    every = spacing(age, poll_seconds, case_id)
    due_in = every * ((number * 0.618034) % 1)  # evenly, whatever the order of ages
    seen = observe(wait(case, ordered_at), NOT_YET, now - every + due_in, poll_seconds)
    return touch(seen, now, checks=1 + round(age / every), next_check_at=now + due_in)


def _chat(number: int, service_url: str) -> Conversation:
    return Conversation(f"a:bench-{number % CHATS}", "personal", service_url, TENANT_ID)


def write_tenant(path: Path, count: int) -> Path:
    """A tenant file with Helga and all of them, whose mailboxes never come."""
    license_ = {"assignedLicenses": [{"skuId": SKU, "disabledPlans": []}]}
    people = [_user(HELGA, "helga@contoso.com", "Helga Desk")]
    people += [_user(account_id(n), upn(n), f"Waiting {n}") | license_ for n in range(count)]
    plan = {"servicePlanId": PLAN, "servicePlanName": "EXCHANGE_S_ENTERPRISE", "provisioningStatus": "Success"}
    sku = {
        "skuId": SKU,
        "skuPartNumber": "ENTERPRISEPACK",
        "capabilityStatus": "Enabled",
        "consumedUnits": count,
        "prepaidUnits": {"enabled": count + 100, "suspended": 0, "warning": 0},
        "servicePlans": [plan | {"appliesTo": "User"}],
    }
    domain = {"id": "contoso.com", "isDefault": True, "isInitial": True, "isVerified": True}
    content = {
        "organization": {"id": TENANT_ID, "displayName": "Contoso"},
        "domains": [domain | {"supportedServices": ["Email"]}],
        "subscribedSkus": [sku],
        "users": people,
        "mailboxes": {account_id(n): {"state": "never"} for n in range(count)},
    }
    path.write_text(json.dumps(content))
    return path


def _user(user_id: str, name: str, display_name: str) -> dict:
    return {
        "id": user_id,
        "userPrincipalName": name,
        "displayName": display_name,
        "usageLocation": "US",
        "accountEnabled": True,
        "userType": "Member",
        "createdDateTime": "2026-01-15T09:00:00Z",
    }
