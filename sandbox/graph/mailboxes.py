"""What lives in Exchange: mailboxSettings and the inbox folder. 404 until the mailbox is ready."""

import re
from typing import Any
from zoneinfo import available_timezones

from sandbox.failures import GraphFailure, bad_request
from sandbox.graph.calls import Answer, Call, Json, route
from sandbox.graph.odata import context
from sandbox.graph.users import wanted_user
from sandbox.tenant.effects import Effect
from sandbox.tenant.mailboxes import MailboxState, answers, state_of
from sandbox.tenant.organization import fixed_id
from sandbox.tenant.users import User

# While a mailbox is being prepared, real tenants give either of these for the same user, at different times.
_NOT_READY = (
    ("MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise."),
    ("ResourceNotFound", "Resource could not be discovered."),
)
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]
_LANGUAGES = {"US": ("en-US", "English (United States)"), "DE": ("de-DE", "German (Germany)")}


def wanted_mailbox(call: Call) -> User:
    """The user, if the mailbox answers; otherwise the two kinds of 404 in turn."""
    user = wanted_user(call)
    if answers(user.mailbox, call.tenant.now()):
        return user
    code, message = _NOT_READY[user.mailbox.probes % len(_NOT_READY)]
    user.mailbox.probes += 1
    raise GraphFailure(404, code, message)


@route("GET", "users/{user}/mailboxSettings")
def get_settings(call: Call) -> Answer:
    user = wanted_mailbox(call)
    body = _settings(user)
    chosen = [name.strip() for name in call.option("select").split(",") if name.strip()]
    if chosen:
        known = {name.lower(): name for name in body}
        body = {known[name.lower()]: body[known[name.lower()]] for name in chosen if name.lower() in known}
    return Answer(body={"@odata.context": f"{call.base_url}/$metadata#users('{user.id}')/mailboxSettings", **body})


@route("GET", "users/{user}/mailboxSettings/userPurpose")
def get_purpose(call: Call) -> Answer:
    user = wanted_mailbox(call)
    shown = f"{call.base_url}/$metadata#users('{user.id}')/mailboxSettings/userPurpose"
    return Answer(body={"@odata.context": shown, "value": user.mailbox.purpose})


@route("GET", "users/{user}/settings/exchange")
def get_exchange_settings(call: Call) -> Answer:
    """learn.microsoft.com/graph/api/usersettings-list-exchange: the mailbox as Exchange names it, REST or no REST."""
    user = wanted_user(call)
    state = state_of(user.mailbox, call.tenant.now())
    if state not in (MailboxState.READY, MailboxState.LEAVING):
        raise GraphFailure(404, "ResourceNotFound", "Resource could not be discovered.")
    names = f"MBX:{fixed_id(f'mailbox {user.id}')}@{call.tenant.organization.id}"
    shown = f"{call.base_url}/$metadata#users('{user.id}')/settings/exchange"
    return Answer(body={"@odata.context": shown, "primaryMailboxId": names})


@route("GET", "users/{user}/mailFolders/inbox")
def get_inbox(call: Call) -> Answer:
    user = wanted_mailbox(call)
    folder = {
        "id": fixed_id(f"inbox {user.id}").replace("-", ""),
        "displayName": "Inbox",
        "parentFolderId": fixed_id(f"root {user.id}").replace("-", ""),
        "childFolderCount": 0,
        "unreadItemCount": 0,
        "totalItemCount": 0,
        "isHidden": False,
    }
    return Answer(body={"@odata.context": context(call, f"users('{user.id}')/mailFolders"), **folder})


@route("PATCH", "users/{user}/mailboxSettings")
def change_settings(call: Call) -> Answer:
    """learn.microsoft.com/graph/api/user-update-mailboxsettings: 200 with what was changed.

    The time zone is a Windows or an IANA name. What a wrong one is answered is not documented: the code here is the
    one of Outlook's calendar.
    """
    user = wanted_mailbox(call)
    given = {key.lower(): value for key, value in call.json().items()}
    changes: Json = {}
    if "timezone" in given:
        changes["timeZone"] = _zone(given["timezone"])
    if "language" in given:
        changes["language"] = _language(given["language"])
    if not changes:
        raise bad_request("A value without a type name was found and no expected type is available.")
    if any(user.mailbox.settings.get(name) != value for name, value in changes.items()):
        user.mailbox.settings.update(changes)
        call.tenant.effects.count(user.upn, Effect.SETTINGS_CHANGED)
    shown = f"{call.base_url}/$metadata#users('{user.id}')/mailboxSettings"
    return Answer(body={"@odata.context": shown, **changes})


def _zone(name: Any) -> str:
    if isinstance(name, str) and (name in available_timezones() or re.fullmatch(r"[\w. ()+-]+ Standard Time", name)):
        return name
    message = f"A valid TimeZone value must be specified. The following TimeZone value is not supported: '{name}'."
    raise GraphFailure(400, "TimeZoneNotSupportedException", message)


def _language(value: Any) -> Json:
    locale = value.get("locale") if isinstance(value, dict) else None
    if not isinstance(locale, str) or not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,4})*", locale):
        raise GraphFailure(400, "ErrorInvalidArgument", "The specified culture is not valid.")
    return {"locale": locale, "displayName": dict(_LANGUAGES.values()).get(locale, locale)}


def _settings(user: User) -> Json:
    locale, language = _LANGUAGES.get(str(user.props.get("usageLocation")), ("en-US", "English (United States)"))
    never = {"dateTime": "2026-01-01T00:00:00.0000000", "timeZone": "UTC"}
    return {
        "archiveFolder": fixed_id(f"archive {user.id}").replace("-", ""),
        "timeZone": "UTC",
        "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
        "dateFormat": "yyyy-MM-dd",
        "timeFormat": "HH:mm",
        "userPurpose": user.mailbox.purpose,
        "automaticRepliesSetting": {
            "status": "disabled",
            "externalAudience": "all",
            "internalReplyMessage": "",
            "externalReplyMessage": "",
            "scheduledStartDateTime": never,
            "scheduledEndDateTime": never,
        },
        "language": {"locale": locale, "displayName": language},
        "workingHours": {
            "daysOfWeek": _DAYS,
            "startTime": "08:00:00.0000000",
            "endTime": "17:00:00.0000000",
            "timeZone": {"name": "UTC"},
        },
        **user.mailbox.settings,
    }
