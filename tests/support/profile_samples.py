"""Cards of profiles, follow-ups and orders for later, at the fixed moment of the other samples."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from support import card_samples as samples

from cards.form import form_card
from cards.listing import cases_card
from cards.profiles import ProfileRow, profiles_card
from cards.progress import progress_card
from cards.schedule import schedule_card
from provisioning.case import Case, Conversation
from provisioning.errors import GraphTrace
from provisioning.follow_ups import FollowUp, FollowUpKind, FollowUpState
from provisioning.following_up import shared_mailbox_script
from provisioning.orders import OrderRequest
from provisioning.profiles import Message, Profile
from provisioning.scheduled import Scheduled

TEAM, NEWS, LICENSES = (f"6f0e1d2c-0000-4000-8000-0000000000{suffix}" for suffix in ("d2", "d3", "d1"))
WELCOME = Message("Welcome, {name}", "Hello {name}")
SALES = Profile(
    "sales",
    license="Office 365 E3",
    license_group=LICENSES,
    usage_location="US",
    department="Sales",
    manager="mona@contoso.com",
    groups=(TEAM, NEWS),
    shared_mailboxes=("sales@contoso.com",),
    time_zone="Eastern Standard Time",
    language="en-US",
    welcome=WELCOME,
    manager_message=WELCOME,
)
FIELD = Profile("field", license="Office 365 E1", disabled_plans=("TEAMS1", "SWAY"), usage_location="DE")
NAMES = {TEAM: "Sales team", NEWS: "Sales news", LICENSES: "Sales licenses"}
TO_DO = (
    FollowUp(FollowUpKind.GROUP, TEAM, "Sales team"),
    FollowUp(FollowUpKind.GROUP, NEWS, "Sales news"),
    FollowUp(FollowUpKind.SETTINGS, time_zone="Eastern Standard Time", language="en-US"),
    FollowUp(FollowUpKind.SHARED_MAILBOX, "sales@contoso.com"),
    FollowUp(FollowUpKind.WELCOME, subject="Welcome"),
    FollowUp(FollowUpKind.MANAGER, subject="Ready"),
)


def followed(name: str = "Sales team") -> Case:
    """Ready; of the follow-ups some are done, some not."""
    case = samples.ready()
    outcomes = (
        (FollowUpState.DONE, f"Is in the group {name} now.", ""),
        (
            FollowUpState.BY_HAND,
            "Microsoft Graph cannot change Sales news: it is a distribution list or mail-enabled security group.",
            "Connect-ExchangeOnline\nAdd-DistributionGroupMember -Identity 'sales-news@contoso.com' "
            "-Member 'jane@contoso.com'",
        ),
        (FollowUpState.DONE, "The mailbox has Eastern Standard Time and en-US.", ""),
        (
            FollowUpState.BY_HAND,
            "Microsoft Graph cannot give access to sales@contoso.com: an Exchange administrator runs this.",
            shared_mailbox_script(TO_DO[3], case),
        ),
        (FollowUpState.FAILED, "Mailroom may not send mail from the configured mailbox: grant it Mail.Send.", ""),
        (FollowUpState.NOT_KNOWN, "Mailroom was interrupted while it sent this; look into Sent Items.", ""),
    )
    done = tuple(
        replace(one, state=state, note=note, script=script, trace=GraphTrace(403 if state == "failed" else 0))
        for one, (state, note, script) in zip(TO_DO, outcomes, strict=True)
    )
    return replace(case, order=replace(case.order, profile="sales", follow_ups=TO_DO), follow_ups=done)


def scheduled(**request: Any) -> Scheduled:
    known = {"display_name": "Jane Doe", "profile": "sales", "zone": "Europe/Berlin", **request}
    starts_at = samples.NOW + timedelta(hours=20, minutes=5)
    chat = Conversation("a:helga", "personal", "http://127.0.0.1:1/")
    return Scheduled("s1", OrderRequest("jane@contoso.com", **known), samples.HELGA, chat, starts_at, samples.NOW)


def profile_cards() -> dict[str, dict[str, Any]]:
    rows = [ProfileRow(SALES, NAMES, ()), ProfileRow(FIELD, {}, ["Office 365 E1 has no service plan SWAY."])]
    hostile = Profile("hostile", license=samples.HOSTILE, department=samples.LONG[:64], groups=(TEAM,))
    waiting = samples.waiting(profile="sales", follow_ups=TO_DO)
    form = samples.incomplete("display_name", "usage_location", "license")
    later = samples.incomplete("display_name", profile="sales", usage_location="US", license="E3")
    at = replace(later, request=replace(later.request, starts_at=scheduled().starts_at, zone="Europe/Berlin"))
    return {
        "profiles": profiles_card(rows),
        "profiles_hostile": profiles_card([ProfileRow(hostile, {TEAM: samples.HOSTILE}, [samples.HOSTILE])]),
        "progress_follow_ups_to_come": progress_card(waiting, samples.NOW),
        "progress_follow_ups": progress_card(followed(), samples.NOW),
        "progress_follow_ups_hostile": progress_card(followed(samples.HOSTILE), samples.NOW),
        "form_profiles": form_card(form, profiles=["sales", "field"]),
        "form_later": form_card(at, profiles=["sales", "field"]),
        "scheduled_new": schedule_card(scheduled(), samples.NOW, is_new=True),
        "scheduled": schedule_card(scheduled(license="E3", department="Sales"), samples.NOW),
        "scheduled_hostile": schedule_card(scheduled(display_name=samples.HOSTILE), samples.NOW),
        "cases_scheduled": cases_card([samples.waiting()], samples.NOW, scheduled=[scheduled()]),
    }
