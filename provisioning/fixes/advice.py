"""Fixes that are something to do, or to wait for, by a person: no button and no script."""

from provisioning.directory import Snapshot
from provisioning.findings import Fix, FixKind, Risk
from provisioning.fixes.scripts import name_of
from provisioning.words import say

SUPPORT_URL = "https://admin.microsoft.com/#/support"


def wait(_: Snapshot) -> Fix:
    changes = say("Usually under 30 minutes, sometimes up to 24 hours. Mailroom keeps looking.")
    return _advice("wait", say("Wait"), changes)


def contact_support(snapshot: Snapshot) -> Fix:
    changes = say(
        "Open a service request at {url} with what Mailroom knows about {user}; "
        "Microsoft can run the forward synchronization to Exchange again.",
        url=SUPPORT_URL,
        user=name_of(snapshot),
    )
    return _advice("contact-support", say("Contact Microsoft Support"), changes)


def clear_browser_cache(_: Snapshot) -> Fix:
    changes = say(
        "The mailbox works. Where a page still says that it is being prepared, clear the browser's cache, "
        "open a private window, or try another browser."
    )
    return _advice("clear-browser-cache", say("Clear the browser cache"), changes)


def watch_incident(_: Snapshot) -> Fix:
    changes = say(
        "Microsoft works on it. Follow the incident in the admin center under Health; Mailroom keeps looking."
    )
    return _advice("watch-incident", say("Follow the incident"), changes)


def buy_seats(_: Snapshot) -> Fix:
    changes = say(
        "Buy more seats in the admin center under Billing, or free one: the holder's mailbox is disconnected."
    )
    return _advice("buy-seats", say("Buy or free a seat"), changes)


def renew_subscription(_: Snapshot) -> Fix:
    changes = say(
        "Renew the subscription in the admin center under Billing; its services then come back by themselves."
    )
    return _advice("renew-subscription", say("Renew the subscription"), changes)


def activate_plan(_: Snapshot) -> Fix:
    changes = say("An administrator activates Exchange Online for the tenant in the admin center under Setup.")
    return _advice("activate-plan", say("Activate the service"), changes)


def free_address(_: Snapshot) -> Fix:
    changes = say("Change the sign-in name or alias of one of the two people, so that each wants another address.")
    return Fix("rename-one", say("Rename one of the two"), FixKind.ADVICE, Risk.MAIL_FLOW, changes)


def fix_sibling(_: Snapshot) -> Fix:
    changes = say(
        "Solve what blocks the other license of the group, or take that license off the group; then reprocess."
    )
    return _advice("fix-sibling-license", say("Solve the other license first"), changes)


def choose_other_license(_: Snapshot) -> Fix:
    changes = say("Assign a license whose services are sold in the user's country, or correct the usage location.")
    return _advice("choose-other-license", say("Choose another license"), changes)


def use_home_mailbox(_: Snapshot) -> Fix:
    changes = say("Write to the guest's own address. For a mailbox here, create a member account.")
    return _advice("use-home-mailbox", say("Use the guest's own mailbox"), changes)


def use_sign_in_name(snapshot: Snapshot) -> Fix:
    changes = say("In scripts and searches, use {user}.", user=name_of(snapshot))
    return _advice("use-sign-in-name", say("Use the sign-in name"), changes)


def _advice(fix_id: str, title: str, changes: str) -> Fix:
    return Fix(fix_id, title, FixKind.ADVICE, Risk.NONE, changes)
