"""Every card in every state that matters, by name, at one fixed moment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from support.diagnosis_samples import diagnosis_cards
from support.history_samples import history_cards

from cards import views
from cards.confirm import cancel_card
from cards.form import form_card
from cards.helping import CommandHelp, help_card
from cards.listing import cases_card
from cards.notice import notice_card
from cards.problem import problem_card
from cards.progress import progress_card
from cards.ready import ready_card, sign_in_card
from cards.restore import restore_card
from cards.suggestion import suggestion_card
from provisioning import case as cases
from provisioning.case import AccountOrigin, Case, Explanation, Order, Person, Problem, Stage
from provisioning.directory import (
    Credential,
    DeletedAccount,
    ServicePlan,
    Sku,
)
from provisioning.errors import GraphTrace
from provisioning.orders import Incomplete, OrderRequest, Restorable
from provisioning.waiting import GAVE_UP, LATE, OVERDUE, PREPARING

NOW = datetime(2026, 11, 23, 10, 55, tzinfo=UTC)
START = NOW - timedelta(minutes=15)
HELGA = Person("6f0e1d2c-0000-4000-8000-0000000000a1", "Helga Desk", channel_id="29:helga")
EXCHANGE = "efb87545-963c-4e0d-99df-69c6916d9eb0"
E3 = Sku(
    "6fd2c87f-b296-42f0-b197-1e91e994b900",
    "ENTERPRISEPACK",
    "Office 365 E3",
    50,
    38,
    plans=(ServicePlan(EXCHANGE, "EXCHANGE_S_ENTERPRISE"),),
)
E5 = Sku("c7df2760-2c81-4ef7-b578-5b5392b571df", "ENTERPRISEPREMIUM", "Office 365 E5", 10, 10, plans=E3.plans)
TRACE = GraphTrace(
    400,
    "Request_BadRequest",
    "License assignment cannot be done for user with invalid usage location.",
    "7d3a2c0e-51cf-4b7e-9f6e-1a2b3c4d5e6f",
    "Mon, 23 Nov 2026 10:41:09 GMT",
)
HOSTILE = "**Jane** [free](http://evil.example) <at>Mona</at> `x` {{DATE(2020-01-01T00:00:00Z)}}\r\n# Boss"
LONG = "Anna-Magdalena Freifrau von und zu Hohenlohe-Waldenburg-Schillingsfürst-Rhabarberbarbara Maria" * 3


def started(**order: Any) -> Case:
    """A new case, nothing done yet."""
    known = {"upn": "jane@contoso.com", "display_name": "Jane Doe", "usage_location": "US"}
    licensed = {"license": E3.id, "license_name": E3.name, "manager_id": "m", "manager_name": "Mona Manager"}
    return Case("case-1", Order(**{**known, **licensed, **order}), HELGA, START)


def at_license(**order: Any) -> Case:
    case = cases.enter(started(**order), Stage.ACCOUNT, "Looking the account up.", START)
    case = cases.finish(case, Stage.ACCOUNT, "Created jane@contoso.com.", START + timedelta(seconds=12))
    case = replace(case, account_id="a", account_origin=AccountOrigin.CREATED)
    return cases.enter(case, Stage.LICENSE, "Assigning Office 365 E3.", START + timedelta(seconds=12))


def waiting(**order: Any) -> Case:
    case = cases.finish(
        at_license(**order), Stage.LICENSE, "Office 365 E3, with Exchange Online.", START + timedelta(seconds=20)
    )
    case = cases.enter(case, Stage.MAILBOX, PREPARING, START + timedelta(seconds=20))
    case = cases.skip(case, Stage.SYNC, "The account lives in the cloud alone.", START + timedelta(seconds=20))
    case = cases.wait(case, START + timedelta(seconds=21))
    looked = NOW - timedelta(seconds=20)
    return cases.touch(case, NOW, checks=14, last_check_at=looked, next_check_at=NOW + timedelta(seconds=40))


def late() -> Case:
    """Past half an hour, with something in the way."""
    problem = Problem(
        "Microsoft 365 throttles us, so Mailroom looks less often.",
        GraphTrace(429, "TooManyRequests", "Too many requests.", TRACE.request_id, TRACE.date),
    )
    case = cases.enter(waiting(), Stage.MAILBOX, LATE, NOW)
    return replace(
        case, created_at=NOW - timedelta(hours=2), waiting_since=NOW - timedelta(minutes=95), problem=problem
    )


def overdue() -> Case:
    """Past 24 hours, with what Mailroom found by itself."""
    explanation = Explanation(
        cause="C04",
        sentence="Exchange Online never heard of this account: ask Microsoft 365 to provision it again.",
        is_likely=True,
        at=NOW - timedelta(hours=1),
    )
    case = cases.enter(waiting(), Stage.MAILBOX, OVERDUE, NOW)
    began = NOW - timedelta(hours=25)
    return replace(case, created_at=began, waiting_since=began, explanation=explanation)


def ready(origin: AccountOrigin = AccountOrigin.CREATED) -> Case:
    case = waiting()
    for stage, note in (
        (Stage.MAILBOX, "The mailbox exists."),
        (Stage.ACTIVATION, "The mailbox answers."),
        (Stage.NOTIFICATION, "Helga Desk was told."),
    ):
        case = cases.finish(case, stage, note, NOW - timedelta(minutes=1))
    case = cases.touch(case, NOW, mail="jane@contoso.com", account_origin=origin)
    return cases.ready(case, NOW)


def failed() -> Case:
    sentence = "Microsoft 365 refused the license: the usage location US is not valid for this account."
    return cases.fail(at_license(), Problem(sentence, TRACE), NOW)


def given_up() -> Case:
    return cases.give_up(
        replace(late(), created_at=NOW - timedelta(hours=73)),
        Problem(
            GAVE_UP,
            GraphTrace(
                404,
                "MailboxNotEnabledForRESTAPI",
                "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
                TRACE.request_id,
                TRACE.date,
            ),
        ),
        NOW,
    )


def incomplete(*missing: str, skus: tuple[Sku, ...] = (E3, E5), **known: Any) -> Incomplete:
    return Incomplete(OrderRequest("jane@contoso.com", **known), missing, skus)


COMMANDS = (
    CommandHelp(
        "provision <upn>",
        "Create the account, assign the license and wait for the mailbox.",
        "provision jane@contoso.com",
    ),
    CommandHelp("status [upn]", "Show the live card of one person, or everybody who is waiting.", "status"),
    CommandHelp("cancel <upn>", "Stop working on someone. What is done stays done."),
    CommandHelp("help", "This card.", "help"),
)


def all_cards() -> dict[str, dict[str, Any]]:
    """By name; the names are those of the golden files."""
    people = ["29:helga", "29:mona"]
    deleted = DeletedAccount("d", "jane@contoso.com", "Jane Doe", NOW - timedelta(days=9))
    shown = replace(ready(), credential_shown_at=NOW)
    return {
        "progress_starting": progress_card(started(), START, refresh_for=people),
        "progress_license": progress_card(at_license(), START + timedelta(seconds=14), refresh_for=people),
        "progress_waiting": progress_card(waiting(), NOW, refresh_for=people),
        "progress_late": progress_card(late(), NOW, refresh_for=people),
        "progress_overdue": progress_card(overdue(), NOW, refresh_for=people),
        "progress_ready": progress_card(ready(), NOW, refresh_for=people),
        "progress_failed": progress_card(failed(), NOW),
        "progress_cancelled": progress_card(cases.cancel(waiting(), "Mona Manager", NOW), NOW),
        "progress_given_up": progress_card(given_up(), NOW),
        "progress_hostile": progress_card(waiting(display_name=HOSTILE), NOW),
        "progress_long": progress_card(waiting(display_name=LONG, upn="a" * 64 + "@" + "b" * 40 + ".com"), NOW),
        "ready_created": ready_card(ready()),
        "ready_shown": ready_card(shown),
        "ready_handed": ready_card(replace(ready(), credential_for=Person("mona", "Mona Manager"))),
        "ready_public": views.shared(ready_card(ready(), refresh_for=people), "ready-refresh", {"case": "case-1"}),
        "progress_public": views.shared(progress_card(waiting(), NOW, refresh_for=people), "refresh", {"case": "c"}),
        "ready_adopted": ready_card(ready(AccountOrigin.ADOPTED)),
        "sign_in_pass": sign_in_card(ready(), Credential("Temporary Access Pass", "k7_*Hd-29[x]Q", 60), NOW),
        "sign_in_password": sign_in_card(ready(), Credential("One-time password", "Vora-28-kelim-77", None), NOW),
        "form_all": form_card(incomplete("display_name", "usage_location", "license", manager="mona@contoso.com")),
        "form_location": form_card(incomplete("usage_location", display_name="Jane Doe", license="E3")),
        "form_license": form_card(incomplete("license", display_name="Jane Doe", usage_location="US")),
        "restore": restore_card(Restorable(OrderRequest("jane@contoso.com", license="E3"), deleted)),
        "cancel": cancel_card(waiting()),
        "help": help_card(COMMANDS),
        "suggestion": suggestion_card("provison jane@contoso.com", "provision jane@contoso.com"),
        "problem": problem_card(
            "Microsoft 365 refused the license: no usage location.", TRACE, retry_text="provision jane@contoso.com"
        ),
        "problem_plain": problem_card("fabrikam.com is not a verified domain of this tenant. Use one of: contoso.com."),
        "notice": notice_card("The card moved down."),
        "cases": cases_card([waiting(), late(), at_license(display_name=LONG)], NOW),
        "cases_untold": cases_card([waiting()], NOW, untold=[ready()]),
        "cases_of_many": cases_card([waiting(), late()], NOW, 10_000),
        "cases_none": cases_card([], NOW),
        **diagnosis_cards(),
        **history_cards(),
    }
