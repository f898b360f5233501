"""A database as version 0.1.0 left it: its tables, made without steps, with a case, a repair and their messages."""

import json
from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData()

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("upn", sa.String, nullable=False),
    sa.Column("open_upn", sa.String, unique=True),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("account_id", sa.String, nullable=False, default=""),
    sa.Column("next_check_at", sa.Float),
    sa.Column("claimed_by", sa.String, nullable=False, default=""),
    sa.Column("document", sa.Text, nullable=False),
    sa.Index("cases_by_upn", "upn", "created_at"),
    sa.Index("cases_by_state", "state", "next_check_at"),
)
repairs = sa.Table(
    "repairs",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("user", sa.String, nullable=False, index=True),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("steps", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)
messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("subject_id", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("conversation_id", sa.String, nullable=False),
    sa.Column("conversation", sa.Text, nullable=False),
    sa.Column("is_asker", sa.Boolean, nullable=False, default=False),
    sa.Column("activity_id", sa.String, nullable=False, default=""),
    sa.Column("moved_from", sa.String, nullable=False, default=""),
    sa.Column("moves", sa.Integer, nullable=False, default=0),
    sa.Column("changes", sa.Integer, nullable=False, default=1),
    sa.Column("is_due", sa.Boolean, nullable=False, default=True),
    sa.Column("next_try_at", sa.Float, nullable=False, default=0.0),
    sa.Column("claimed_by", sa.String, nullable=False, default=""),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.UniqueConstraint("subject_id", "kind", "conversation_id"),
    sa.Index("messages_due", "is_due", "next_try_at"),
)

ACCOUNT_ID = "df2d7f94-b7b4-5e17-8e0d-2c94a8dd6f06"
CASE = {
    "id": "caefdeb1497a",
    "order": {
        "upn": "jane@contoso.com",
        "display_name": "Jane Doe",
        "usage_location": "US",
        "license": "05e9a617-0261-4cee-bb44-138d3ef5d965",
        "license_name": "Microsoft 365 E3",
        "manager_id": "",
        "manager_upn": "",
        "manager_name": "",
        "department": "Sales",
        "restore_id": "",
    },
    "requester": {"id": "helga", "name": "Helga Desk", "tenant_id": "", "channel_id": "", "locale": ""},
    "created_at": "2026-11-25T03:05:27.113205Z",
    "state": "waiting",
    "stages": [
        {
            "stage": "account",
            "state": "done",
            "note": "The account was created.",
            "started_at": "2026-11-25T03:05:28.651866Z",
            "ended_at": "2026-11-25T03:05:28.683268Z",
        },
        {
            "stage": "license",
            "state": "done",
            "note": "Microsoft 365 E3 is assigned and active.",
            "started_at": "2026-11-25T03:05:28.688791Z",
            "ended_at": "2026-11-25T03:05:28.697309Z",
        },
        {
            "stage": "mailbox",
            "state": "running",
            "note": "Preparing a mailbox for this user. Usually under 30 minutes, sometimes up to 24 hours.",
            "started_at": "2026-11-25T03:05:28.712829Z",
            "ended_at": None,
        },
        {
            "stage": "sync",
            "state": "not_needed",
            "note": "The account lives in the cloud only.",
            "started_at": None,
            "ended_at": "2026-11-25T03:05:28.705446Z",
        },
        {"stage": "activation", "state": "pending", "note": "", "started_at": None, "ended_at": None},
        {"stage": "notification", "state": "pending", "note": "", "started_at": None, "ended_at": None},
    ],
    "version": 12,
    "updated_at": "2026-11-25T03:05:28.712884Z",
    "account_id": "df2d7f94-b7b4-5e17-8e0d-2c94a8dd6f06",
    "account_origin": "created",
    "mail": "",
    "problem": None,
    "waiting_since": "2026-11-25T03:05:28.712884Z",
    "next_check_at": "2026-11-25T03:05:28.712884Z",
    "checks": 0,
    "last_check_at": None,
    "ended_at": None,
    "ended_by": "",
    "credential_shown_at": None,
    "explanation": None,
}
REPAIR = {
    "id": "r1",
    "user": "jane@contoso.com",
    "fix_id": "retry-provisioning",
    "title": "Retry",
    "cause": "C05",
    "requester": {"id": "helga", "name": "Helga Desk", "tenant_id": "", "channel_id": "", "locale": ""},
    "created_at": "2026-11-25T03:05:28.718995Z",
    "steps": [
        {
            "says": "Ask Microsoft 365 to provision jane@contoso.com in Exchange again.",
            "state": "pending",
            "started_at": None,
            "ended_at": None,
        }
    ],
    "state": "running",
    "outcome": "",
    "problem": None,
    "ended_at": None,
    "version": 1,
}
STEPS = [
    {
        "kind": "RetryProvisioning",
        "step": {
            "account_id": "df2d7f94-b7b4-5e17-8e0d-2c94a8dd6f06",
            "says": "Ask Microsoft 365 to provision jane@contoso.com in Exchange again.",
        },
    }
]
CHAT = {
    "id": "a:helga",
    "kind": "personal",
    "service_url": "http://127.0.0.1:1/",
    "tenant_id": "",
    "bot_id": "",
    "bot_name": "",
}
ROWS: tuple[tuple[sa.Table, dict[str, Any]], ...] = (
    (
        cases,
        {
            "id": CASE["id"],
            "upn": "jane@contoso.com",
            "open_upn": "jane@contoso.com",
            "state": "waiting",
            "created_at": 1795575927.113205,
            "account_id": ACCOUNT_ID,
            "next_check_at": 1795575928.712884,
            "document": json.dumps(CASE),
        },
    ),
    (
        repairs,
        {
            "id": "r1",
            "user": "jane@contoso.com",
            "state": "running",
            "created_at": 1795575928.718995,
            "steps": json.dumps(STEPS),
            "document": json.dumps(REPAIR),
        },
    ),
    (
        messages,
        {
            "subject_id": CASE["id"],
            "kind": "live",
            "conversation_id": CHAT["id"],
            "conversation": json.dumps(CHAT),
            "is_asker": True,
            "activity_id": "m0",
            "changes": 11,
        },
    ),
    (messages, {"subject_id": "r1", "kind": "repair", "conversation_id": CHAT["id"], "conversation": json.dumps(CHAT)}),
)
