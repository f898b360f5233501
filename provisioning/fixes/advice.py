"""Fixes that are something to do, or to wait for, by a person: no button and no script."""

from provisioning.directory import Snapshot
from provisioning.findings import Fix, FixKind, Risk
from provisioning.fixes.scripts import name_of

SUPPORT_URL = "https://admin.microsoft.com/#/support"


def wait(_: Snapshot) -> Fix:
    return _advice("wait", "Wait", "Usually under 30 minutes, sometimes up to 24 hours. Mailroom keeps looking.")


def contact_support(snapshot: Snapshot) -> Fix:
    changes = (
        f"Open a service request at {SUPPORT_URL} with what Mailroom knows about {name_of(snapshot)}; "
        "Microsoft can run the forward synchronization to Exchange again."
    )
    return _advice("contact-support", "Contact Microsoft Support", changes)


def clear_browser_cache(_: Snapshot) -> Fix:
    changes = (
        "The mailbox works. Where a page still says that it is being prepared, clear the browser's cache, "
        "open a private window, or try another browser."
    )
    return _advice("clear-browser-cache", "Clear the browser cache", changes)


def watch_incident(_: Snapshot) -> Fix:
    changes = "Microsoft works on it. Follow the incident in the admin center under Health; Mailroom keeps looking."
    return _advice("watch-incident", "Follow the incident", changes)


def buy_seats(_: Snapshot) -> Fix:
    changes = "Buy more seats in the admin center under Billing, or free one: the holder's mailbox is disconnected."
    return _advice("buy-seats", "Buy or free a seat", changes)


def renew_subscription(_: Snapshot) -> Fix:
    changes = "Renew the subscription in the admin center under Billing; its services then come back by themselves."
    return _advice("renew-subscription", "Renew the subscription", changes)


def activate_plan(_: Snapshot) -> Fix:
    changes = "An administrator activates Exchange Online for the tenant in the admin center under Setup."
    return _advice("activate-plan", "Activate the service", changes)


def free_address(_: Snapshot) -> Fix:
    changes = "Change the sign-in name or alias of one of the two people, so that each wants another address."
    return Fix("rename-one", "Rename one of the two", FixKind.ADVICE, Risk.MAIL_FLOW, changes)


def fix_sibling(_: Snapshot) -> Fix:
    changes = "Solve what blocks the other license of the group, or take that license off the group; then reprocess."
    return _advice("fix-sibling-license", "Solve the other license first", changes)


def choose_other_license(_: Snapshot) -> Fix:
    changes = "Assign a license whose services are sold in the user's country, or correct the usage location."
    return _advice("choose-other-license", "Choose another license", changes)


def use_home_mailbox(_: Snapshot) -> Fix:
    changes = "Write to the guest's own address. For a mailbox here, create a member account."
    return _advice("use-home-mailbox", "Use the guest's own mailbox", changes)


def use_sign_in_name(snapshot: Snapshot) -> Fix:
    return _advice("use-sign-in-name", "Use the sign-in name", f"In scripts and searches, use {name_of(snapshot)}.")


def _advice(fix_id: str, title: str, changes: str) -> Fix:
    return Fix(fix_id, title, FixKind.ADVICE, Risk.NONE, changes)
