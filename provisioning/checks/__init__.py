"""Every check, in the order of the families. To add one: a function in its family's module, and its line here."""

from provisioning.checks import addresses, hybrid, license_errors, not_stuck, time_and_service
from provisioning.checks import license as licenses
from provisioning.checks.check import Check
from provisioning.words import say

CHECKS: tuple[Check, ...] = (
    Check(not_stuck.guest, say("the account is a member, not a guest")),
    Check(not_stuck.known_by_another_name, say("the name is the sign-in name"), ()),
    Check(
        not_stuck.works_but_not_by_rest, say("Exchange names no mailbox that REST does not see"), ("account", "mailbox")
    ),
    Check(not_stuck.follow_up_too_early, say("no follow-up failed for want of the mailbox")),
    Check(licenses.no_license, say("a license is assigned")),
    Check(licenses.no_mailbox_in_license, say("the license has a mailbox"), ("account", "skus")),
    Check(licenses.exchange_plan_off, say("the Exchange plan is switched on")),
    Check(licenses.plan_not_activated, say("the plan is active in the service"), ("account", "mailbox")),
    Check(licenses.plan_error, say("the plan has no error"), ("account", "mailbox")),
    Check(licenses.no_usage_location, say("the usage location is set")),
    Check(licenses.no_seats, say("seats are free, or none is needed"), ("account", "skus")),
    Check(licenses.subscription_not_active, say("the subscription is active"), ("account", "skus")),
    Check(licenses.old_mailbox_waits, say("no license was taken away lately")),
    Check(license_errors.not_sold_there, say("the license is offered in the country")),
    Check(license_errors.conflicting_licenses, say("no two Exchange plans exclude each other")),
    Check(license_errors.missing_dependent_plan, say("no plan lacks one that it needs")),
    Check(license_errors.address_not_unique, say("no address stops the license")),
    Check(license_errors.group_license_blocked, say("no other license of a group stops this one")),
    Check(addresses.held_by_another, say("nobody else has an address of the account"), ("account", "holders")),
    Check(
        addresses.initial_address_clash,
        say("nobody else has the address under onmicrosoft.com"),
        ("account", "holders"),
    ),
    Check(addresses.in_recycle_bin, say("the recycle bin holds nobody with these addresses"), ("deleted",)),
    Check(addresses.sign_in_name_taken, say("the sign-in name was free"), ()),
    Check(addresses.wrong_nickname, say("the mail nickname fits the account")),
    Check(addresses.domain_not_ready, say("the domain is verified and takes mail"), ("account", "domains")),
    Check(addresses.invalid_characters, say("names and addresses have no invalid characters")),
    Check(hybrid.archive_guid, say("the archive GUID is in order")),
    Check(hybrid.quarantined, say("directory sync left no errors")),
    Check(hybrid.quarantined_name, say("the sign-in name is no substitute")),
    Check(hybrid.sync_stale, say("directory sync runs, where the tenant has it"), ("organization",)),
    Check(hybrid.out_of_scope, say("the account is in Microsoft 365"), ("organization", "deleted")),
    Check(hybrid.only_needs_license, say("a synchronized account has more than a mail attribute")),
    Check(hybrid.wrong_type, say("the mailbox is that of a person"), ("account", "mailbox")),
    Check(hybrid.mastered_on_premises, say("no change was refused because Active Directory masters the account")),
    Check(time_and_service.incident, say("Microsoft reports no incident in provisioning"), ("health",)),
    Check(time_and_service.replication_lag, say("the account is everywhere in the directory"), ()),
    Check(time_and_service.exchange_error, say("Exchange reports no error for the account")),
)
