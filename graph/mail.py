"""What concerns groups and a mailbox that answers: membership, settings, mail. Requests and readings.

A mail carries our token as a named property of ours, by which Sent Items can be asked for it:
learn.microsoft.com/graph/api/resources/extended-properties-overview. Custom x- headers cannot be filtered on.
"""

from collections.abc import Sequence
from typing import Any

from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.request_information import RequestInformation
from msgraph import GraphServiceClient

from graph.answers import Json
from graph.queries import quoted
from graph.requests import JsonBody, check_id, user_of
from graph.values import ident, idents, items, objects, text
from provisioning.follow_ups import Group, Mail, MailboxSettings

GROUP_PROPERTIES = [
    "id",
    "displayName",
    "mail",
    "mailEnabled",
    "groupTypes",
    "onPremisesSyncEnabled",
    "isAssignableToRole",
    "assignedLicenses",
]
MEMBERSHIPS = 999  # the most that a page holds; who is in more groups is told so by Graph's refusal of a second entry
MARK = "String {5c2f0a86-9f5e-4c36-8f0e-2f7d9d3c6b11} Name MailroomToken"
PLAIN_SETTINGS = ["timeZone", "language"]


def group(api: GraphServiceClient, group_id: str) -> RequestInformation:
    one = _group(api, group_id)
    query = type(one).GroupItemRequestBuilderGetQueryParameters(select=GROUP_PROPERTIES)
    return one.to_get_request_information(RequestConfiguration(query_parameters=query))


def memberships(api: GraphServiceClient, account_id: str) -> RequestInformation:
    """learn.microsoft.com/graph/api/user-list-memberof: direct ones only."""
    asked = user_of(api, account_id).member_of
    query = type(asked).MemberOfRequestBuilderGetQueryParameters(select=["id"], top=MEMBERSHIPS)
    return asked.to_get_request_information(RequestConfiguration(query_parameters=query))


def add_member(api: GraphServiceClient, base_url: str, group_id: str, account_id: str) -> RequestInformation:
    """learn.microsoft.com/graph/api/group-post-members"""
    body = JsonBody({"@odata.id": f"{base_url}/directoryObjects/{account_id}"})
    return _group(api, group_id).members.ref.to_post_request_information(body)


def settings(api: GraphServiceClient, account_id: str) -> RequestInformation:
    asked = user_of(api, account_id).mailbox_settings
    query = type(asked).MailboxSettingsRequestBuilderGetQueryParameters(select=PLAIN_SETTINGS)
    return asked.to_get_request_information(RequestConfiguration(query_parameters=query))


def change_settings(api: GraphServiceClient, account_id: str, wanted: MailboxSettings) -> RequestInformation:
    """learn.microsoft.com/graph/api/user-update-mailboxsettings"""
    return user_of(api, account_id).mailbox_settings.to_patch_request_information(JsonBody(settings_body(wanted)))


def settings_body(wanted: MailboxSettings) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if wanted.time_zone:
        body["timeZone"] = wanted.time_zone
    if wanted.language:
        body["language"] = {"locale": wanted.language}
    return body


def send(api: GraphServiceClient, sender: str, mail: Mail) -> RequestInformation:
    """learn.microsoft.com/graph/api/user-sendmail; it is kept in Sent Items, where it can be found again."""
    message = {
        "subject": mail.subject,
        "body": {"contentType": "Text", "content": mail.text},
        "toRecipients": [{"emailAddress": {"address": mail.to}}],
        "singleValueExtendedProperties": [{"id": MARK, "value": mail.token}],
    }
    return user_of(api, sender).send_mail.to_post_request_information(JsonBody({"message": message}))


def sent(api: GraphServiceClient, sender: str, token: str) -> RequestInformation:
    """learn.microsoft.com/graph/api/singlevaluelegacyextendedproperty-get; all folders, so drafts on their way too."""
    asked = user_of(api, sender).messages
    filtered = f"singleValueExtendedProperties/Any(ep: ep/id eq {quoted(MARK)} and ep/value eq {quoted(token)})"
    query = type(asked).MessagesRequestBuilderGetQueryParameters(filter=filtered, select=["id"], top=1)
    return asked.to_get_request_information(RequestConfiguration(query_parameters=query))


def read_group(body: Json) -> Group:
    kinds = items(body.get("groupTypes"))
    return Group(
        id=ident(body.get("id")),
        name=text(body.get("displayName")),
        mail=text(body.get("mail")),
        is_mail_enabled=body.get("mailEnabled") is True,
        is_unified="Unified" in kinds,
        is_dynamic="DynamicMembership" in kinds,
        is_synced=body.get("onPremisesSyncEnabled") is True,
        is_for_roles=body.get("isAssignableToRole") is True,
        licenses=tuple(ident(one.get("skuId")) for one in objects(body.get("assignedLicenses"))),
    )


def read_memberships(body: Json) -> frozenset[str]:
    return frozenset(idents([one.get("id") for one in objects(body.get("value"))]))


def read_settings(body: Json) -> MailboxSettings:
    language = body.get("language")
    return MailboxSettings(
        time_zone=text(body.get("timeZone")),
        language=text(language.get("locale")) if isinstance(language, dict) else "",
    )


def _group(api: GraphServiceClient, group_id: str) -> Any:
    check_id(group_id)
    return api.groups.by_group_id(group_id)


def in_parts(ids: Sequence[str], most: int) -> list[list[str]]:
    return [list(ids[start : start + most]) for start in range(0, len(ids), most)]
