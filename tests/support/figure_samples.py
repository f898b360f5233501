"""The cards of lists and figures in every state that matters: licenses, health, cases, report, settings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cards.caselist import case_list_card
from cards.health import health_card, incident_card
from cards.inforce import SettingLine, settings_card
from cards.licenses import licenses_card
from cards.report import report_card
from provisioning import figures
from provisioning.case import CaseState, Stage
from provisioning.directory import ENTRA, EXCHANGE, HealthIssue, ServiceHealth, ServicePlan, Sku
from provisioning.figures import Took
from provisioning.incidents import Incident
from provisioning.listing import CaseLine, CasePage

NOW = datetime(2026, 11, 26, 10, 55, tzinfo=UTC)
PLANS = (ServicePlan("efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE"),)
E3 = Sku("6fd2c87f", "ENTERPRISEPACK", "Office 365 E3", 50, 38, plans=PLANS)
E5 = Sku("c7df2760", "ENTERPRISEPREMIUM", "Office 365 E5", 10, 10, plans=PLANS)
BASIC = Sku("3b555118", "O365_BUSINESS_ESSENTIALS", "Microsoft 365 Business Basic", 25, 22, plans=PLANS)
OLD = Sku("f30db892", "SPB", "Microsoft 365 Business Premium", 5, 5, "Suspended", PLANS)
FLOW = Sku("f30db893", "FLOW_FREE", "Microsoft Power Automate Free", 10_000, 3)

PROVISIONING = HealthIssue(
    "EX900001",
    "Delays in provisioning new mailboxes",
    "incident",
    "Tenant Administration (Provisioning, Remote PowerShell)",
    NOW - timedelta(hours=3),
    impact="Admins may see that newly licensed users wait longer than usual for their mailbox.",
)
SEARCH = HealthIssue("EX900077", "Search in Outlook on the web is slow", "advisory", "E-Mail timely delivery", NOW)
INCIDENT = Incident("EX900001", EXCHANGE, PROVISIONING.title, NOW, PROVISIONING.impact, NOW - timedelta(hours=3))


def line(number: int = 1, state: CaseState = CaseState.WAITING, **more: Any) -> CaseLine:
    names = ("Jane Doe", "Jürgen Müller", "Amélie Dubois", "Kofi Mensah", "Li Wei")
    name = names[number % len(names)]
    upn = f"{name.split()[0].lower()}{number}@contoso.com"
    began = NOW - timedelta(minutes=9 * number)
    known = CaseLine(
        f"case-{number}", upn, name, state, Stage.MAILBOX, "helga", "Helga Desk", began, E3.id, E3.name, began
    )
    return replace(known, **more)


def took(count: int, weeks: int = 8) -> list[Took]:
    """As varied as real ones: mostly under half an hour, now and then hours."""
    minutes = [4 + 7 * (number * number % 11) + (600 if number % 29 == 7 else 0) for number in range(count)]
    ends = [NOW - timedelta(days=(number * 5) % (7 * weeks - 4)) for number in range(count)]
    return [
        Took(60.0 * long, E3.id, end - timedelta(minutes=long), end) for long, end in zip(minutes, ends, strict=True)
    ]


ENDS = [("ready", 141), ("failed", 6), ("given_up", 1), ("cancelled", 9)]
CAUSES = [("C12", 7), ("C04", 5), ("C10", 3), ("C02", 2), ("C21", 1)]
SETTINGS = (
    SettingLine("MAILROOM_TENANT_ID", "6f0e1d2c-0000-4000-8000-000000000001", "", False),
    SettingLine("MAILROOM_APP_PASSWORD", "set", "", False),
    SettingLine("MAILROOM_DATABASE_URL", "postgresql://db.contoso.com/mailroom", "", False),
    SettingLine("MAILROOM_PORT", "3978", "", True),
    SettingLine("MAILROOM_RESYNC_WEBHOOK_URL", "not set", "", True),
)


def figure_cards() -> dict[str, dict[str, Any]]:
    skus = (E3, E5, BASIC, OLD, FLOW)
    no_seat = [line(7, CaseState.FAILED, cause="C12"), line(3, CaseState.FAILED, cause="C12", license_name="")]
    mixed = [
        line(1),
        line(6),
        line(2, CaseState.RUNNING, stage=Stage.LICENSE),
        line(3, CaseState.FAILED, stage=Stage.LICENSE, ended_at=NOW - timedelta(minutes=2)),
        line(4, CaseState.READY, stage=None, ended_at=NOW - timedelta(hours=20)),
        line(5, is_watch=True),
        line(8, CaseState.CANCELLED, stage=None, ended_at=NOW),
        line(9, CaseState.GIVEN_UP, ended_at=NOW),
    ]
    counts = (("open", 1_204), ("late", 31), ("failed", 4), ("given_up", 1), ("ready", 8_790))
    healthy = (ServiceHealth("serviceOperational"), ServiceHealth("serviceOperational", (), ENTRA))
    trouble = (
        ServiceHealth("serviceDegradation", (SEARCH, PROVISIONING)),
        ServiceHealth("serviceOperational", (), ENTRA),
    )
    waiting = {CaseState.WAITING: 12, CaseState.RUNNING: 2}
    return {
        "licenses": licenses_card(skus, 5, no_seat, NOW),
        "licenses_fine": licenses_card((E3,), 5, (), NOW),
        "licenses_none": licenses_card((FLOW,), 5, (), NOW),
        "licenses_many": licenses_card(
            [replace(E3, id=str(number), name=f"License {number} {'x' * 50}") for number in range(40)],
            20,
            no_seat * 9,
            NOW,
        ),
        "health": health_card(healthy, {}, NOW),
        "health_incident": health_card(trouble, waiting, NOW),
        "health_unread": health_card(trouble[:1], {}, NOW),
        "incident": incident_card(INCIDENT, NOW, is_over=False),
        "incident_over": incident_card(replace(INCIDENT, ended_at=NOW), NOW, is_over=True),
        "cases_page": case_list_card(CasePage(tuple(mixed), 9_995, 3, counts), "all", 'state="all"', NOW),
        "cases_no_page": case_list_card(CasePage((), 0), "late, asked by Helga", 'state="late" by="Helga"', NOW),
        "report": report_card(figures.report(took(141), NOW, 8, ENDS, CAUSES)),
        "report_year": report_card(figures.report(took(1_000, 52), NOW, 52, ENDS, CAUSES)),
        "report_few": report_card(figures.report(took(3, 1), NOW, 1, [("ready", 3)])),
        "report_none": report_card(figures.report([], NOW, 8)),
        "settings": settings_card(SETTINGS, 5, warning_set_here=False),
        "settings_set": settings_card(SETTINGS * 12, 10, warning_set_here=True),
    }
