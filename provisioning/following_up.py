"""Pure steps of the follow-ups: what a case records of them, and what is said and written for each."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from provisioning.case import Case, touch
from provisioning.errors import GraphTrace
from provisioning.follow_ups import FollowUp, FollowUpKind, FollowUpState, Group, Mail
from provisioning.powershell import quoted, script
from provisioning.profiles import filled
from provisioning.words import say

ENDED = frozenset(FollowUpState) - {FollowUpState.TO_DO}
LEFT_OVER = frozenset({FollowUpState.FAILED, FollowUpState.NOT_KNOWN, FollowUpState.BY_HAND})


def next_to_do(case: Case) -> int | None:
    """The index of the next one."""
    return next((i for i, one in enumerate(case.follow_ups) if one.state is FollowUpState.TO_DO), None)


def changed(case: Case, index: int, now: datetime, **changes: Any) -> Case:
    """The case with one follow-up changed; one that has ended stays as it is."""
    if case.follow_ups[index].state in ENDED:
        return case
    new = replace(case.follow_ups[index], **changes)
    if new.state in ENDED:
        new = replace(new, ended_at=now)
    return touch(case, now, follow_ups=(*case.follow_ups[:index], new, *case.follow_ups[index + 1 :]))


def broken_off(case: Case, why: str, now: datetime) -> Case:
    """The workflow ended before its time: what is to do will not be done."""
    index = next_to_do(case)
    while index is not None:
        state = FollowUpState.NOT_KNOWN if case.follow_ups[index].begun_at else FollowUpState.FAILED
        case = changed(case, index, now, state=state, note=why)
        index = next_to_do(case)
    return case


def once_more(case: Case, now: datetime) -> Case:
    """What failed is to be done again. A mail that may have been sent is not."""
    again = tuple(
        FollowUp(one.kind, one.target, one.name, one.subject, one.text, one.time_zone, one.language)
        if one.state is FollowUpState.FAILED
        else one
        for one in case.follow_ups
    )
    return case if again == case.follow_ups else touch(case, now, follow_ups=again)


def title(one: FollowUp, case: Case) -> str:
    """What it is, in a few words."""
    match one.kind:
        case FollowUpKind.GROUP:
            return say("Membership in {group}", group=one.name or one.target)
        case FollowUpKind.SETTINGS:
            return _settings(one)
        case FollowUpKind.SHARED_MAILBOX:
            return say("Access to the shared mailbox {mailbox}", mailbox=one.target)
        case FollowUpKind.WELCOME:
            return say("Welcome message to {address}", address=case.mail or case.order.upn)
        case FollowUpKind.MANAGER:
            manager = case.order.manager_name or case.order.manager_upn
            return say("Message to the manager {name}", name=manager) if manager else say("Message to the manager")


def mail_for(one: FollowUp, index: int, case: Case, to: str) -> Mail:
    """A mail with its placeholders filled in. The subject is one line, whatever a name holds."""
    order = case.order
    values = {
        "name": order.display_name,
        "address": case.mail or order.upn,
        "sign_in_name": order.upn,
        "license": order.license_name,
        "department": order.department,
        "manager": order.manager_name,
    }
    subject = " ".join(filled(one.subject, values).split())
    return Mail(to, subject, filled(one.text, values), token=f"mailroom:{case.id}:{index}")


def shared_mailbox_script(one: FollowUp, case: Case) -> str:
    """learn.microsoft.com/powershell/module/exchange/add-mailboxpermission, …/add-recipientpermission"""
    shared, user = quoted(one.target), quoted(case.mail or case.order.upn)
    return script(
        "Connect-ExchangeOnline",
        f"Add-MailboxPermission -Identity {shared} -User {user} -AccessRights FullAccess -AutoMapping $true",
        f"Add-RecipientPermission -Identity {shared} -Trustee {user} -AccessRights SendAs -Confirm:$false",
    )


def group_script(group: Group, case: Case, sam_account_name: str = "") -> str:
    """For what Graph cannot write: a group of Exchange's, or of Active Directory's; "" for the others."""
    if group.is_synced:
        member = quoted(sam_account_name or case.order.upn.partition("@")[0])
        return script(f"Add-ADGroupMember -Identity {quoted(group.name)} -Members {member}")
    if group.is_mail_enabled and not group.is_unified:
        name, user = quoted(group.mail or group.name), quoted(case.mail or case.order.upn)
        return script("Connect-ExchangeOnline", f"Add-DistributionGroupMember -Identity {name} -Member {user}")
    return ""


def problem(note: str, trace: GraphTrace) -> dict[str, Any]:
    return {"state": FollowUpState.FAILED, "note": note, "trace": trace}


def _settings(one: FollowUp) -> str:
    if one.time_zone and one.language:
        return say("Time zone {zone} and language {language} of the mailbox", zone=one.time_zone, language=one.language)
    if one.time_zone:
        return say("Time zone {zone} of the mailbox", zone=one.time_zone)
    return say("Language {language} of the mailbox", language=one.language)
