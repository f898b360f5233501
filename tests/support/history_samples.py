"""The history card in every state that matters, at one fixed moment."""

from datetime import UTC, datetime, timedelta
from typing import Any

from cards.history import history_card
from provisioning.acting import MAILROOM
from provisioning.audit import GENESIS, AuditEntry, AuditRecord, Kind, entry_of
from provisioning.case import Person

NOW = datetime(2026, 11, 23, 10, 55, tzinfo=UTC)
HELGA, ADAM = Person("6f0e1d2c-0000-4000-8000-0000000000a1", "Helga Desk"), Person("a7", "Adam Admin")
REQUEST = "7d3a2c0e-51cf-4b7e-9f6e-1a2b3c4d5e6f"
HOSTILE = "**Jane** [free](http://evil.example) <at>Mona</at> `x` {{DATE(2020-01-01T00:00:00Z)}}\r\n# Boss"
JANE = "jane@contoso.com"
E3 = {"skuId": "6fd2c87f-b296-42f0-b197-1e91e994b900", "disabledPlans": []}

# What Graph's answer to a write leaves, and what people did, oldest first.
RECORDS = (
    AuditRecord(Kind.ORDER, HELGA, f"Helga Desk ordered a mailbox for {JANE}.", JANE, "case-1"),
    AuditRecord(
        Kind.CHANGE,
        HELGA,
        "Changed usageLocation, department, accountEnabled of the account.",
        JANE,
        "case-1",
        {
            "call": "PATCH /users/{user-id}",
            "before": {"usageLocation": None, "department": "Sales", "accountEnabled": False},
            "after": {"usageLocation": "US", "department": "Sales, North", "accountEnabled": True},
        },
        REQUEST,
    ),
    AuditRecord(
        Kind.CHANGE,
        HELGA,
        "Changed the licenses.",
        JANE,
        "case-1",
        {"before": {"assignedLicenses": []}, "after": {"assignedLicenses": [E3]}},
        REQUEST.replace("7d", "8e"),
    ),
    AuditRecord(Kind.ENDED, MAILROOM, f"The mailbox of {JANE} is ready.", JANE, "case-1", {"state": "ready"}),
    AuditRecord(Kind.CREDENTIAL, HELGA, f"Helga Desk was shown a One-time password of {JANE}.", JANE, "case-1"),
    AuditRecord(
        Kind.REFUSAL,
        Person("v", "Vera Viewer"),
        "Vera Viewer was refused “cancel”: You need to be an operator to do this. "
        "Ask whoever runs Mailroom in your organization.",
        JANE,
    ),
    AuditRecord(Kind.REPAIR, HELGA, f"Helga Desk asked for the fix “Recreate the mailbox” for {JANE}.", JANE, "r1"),
    AuditRecord(
        Kind.APPROVAL, HELGA, f"Helga Desk asked for approval of the fix “Recreate the mailbox” for {JANE}.", JANE, "r1"
    ),
    AuditRecord(Kind.DECISION, ADAM, f"Adam Admin approved the fix “Recreate the mailbox” for {JANE}.", JANE, "r1"),
    AuditRecord(
        Kind.FAILURE, HELGA, f"Microsoft 365 refused to change {JANE}: no seats are free.", JANE, "r1", {}, REQUEST
    ),
    AuditRecord(
        Kind.ENDED,
        MAILROOM,
        f"The fix “Recreate the mailbox” for {JANE} stopped: No seats are free.",
        JANE,
        "r1",
        {"state": "failed"},
        REQUEST,
    ),
    AuditRecord(Kind.CANCEL, HELGA, f"Helga Desk stopped the order for {JANE}.", JANE, "case-2"),
)


def entries(*records: AuditRecord, minutes: int = 7) -> list[AuditEntry]:
    """Newest first, some minutes apart."""
    made: list[AuditEntry] = []
    for number, record in enumerate(records, start=1):
        at = NOW - timedelta(minutes=minutes * (len(records) - number + 1))
        made.append(entry_of(record, number, at, made[-1].hash if made else GENESIS))
    return made[::-1]


def hostile() -> AuditRecord:
    details = {"before": {HOSTILE: HOSTILE, "x": {HOSTILE: [HOSTILE]}}, "after": {HOSTILE: [HOSTILE, {"a": HOSTILE}]}}
    return AuditRecord(Kind.CHANGE, Person("h", HOSTILE), HOSTILE, HOSTILE, HOSTILE, details, HOSTILE)


def longest() -> AuditRecord:
    words = "Rhabarberbarbarabarbarbarenbartbarbier " * 20
    wide = {f"property{number}{words}": words for number in range(9)}
    return AuditRecord(Kind.CHANGE, Person("h", words), words, JANE, "", {"before": wide, "after": {}}, words)


def history_cards() -> dict[str, dict[str, Any]]:
    """By name; the names are those of the golden files."""
    return {
        "history": history_card(JANE, entries(*RECORDS), 53, NOW),
        "history_old": history_card(JANE, entries(RECORDS[0], minutes=60 * 24 * 9), 1, NOW),
        "history_none": history_card(JANE, [], 0, NOW),
        "history_hostile": history_card(HOSTILE, entries(hostile(), hostile()), 2, NOW),
        "history_long": history_card(JANE, entries(*[longest()] * 20), 20, NOW),
    }
