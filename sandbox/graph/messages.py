"""Mail: sendMail, and the messages of a mailbox as far as Sent Items are asked for one.

learn.microsoft.com/graph/api/user-sendmail: 202 without a body says that the mail was taken, not that it was sent;
the copy in Sent Items appears a little later. learn.microsoft.com/graph/api/singlevaluelegacyextendedproperty-get:
the $filter by an extended property; its name is compared with case, its value without.
"""

import re
from typing import Any

from sandbox.clock import timestamp
from sandbox.failures import GraphFailure, bad_request
from sandbox.graph.calls import Answer, Call, Json, route
from sandbox.graph.mailboxes import wanted_mailbox
from sandbox.graph.odata import page
from sandbox.tenant.effects import Effect
from sandbox.tenant.outlook import SentMail, send

_FILTER = re.compile(
    r"singleValueExtendedProperties/any\(\s*(\w+):\s*\1/id eq '((?:[^']|'')*)' and \1/value eq '((?:[^']|'')*)'\s*\)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


@route("POST", "users/{user}/sendMail")
def send_mail(call: Call) -> Answer:
    given = _lower(call.json())
    message = given.get("message")
    if not isinstance(message, dict):
        raise bad_request("The value of the parameter 'Message' is empty.")
    written = _lower(message)
    recipients = [_address(one) for one in written.get("torecipients") or ()]
    if not recipients or not all(_ADDRESS.fullmatch(one) for one in recipients):
        raise GraphFailure(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
    user = wanted_mailbox(call)
    body = _lower(written.get("body") or {})
    properties = [_lower(one) for one in written.get("singlevalueextendedproperties") or ()]
    mail = SentMail(
        id=call.tenant.new_id(),
        sender=user.id,
        to=tuple(recipients),
        subject=str(written.get("subject") or ""),
        text=str(body.get("content") or ""),
        properties={str(one.get("id")): str(one.get("value")) for one in properties},
        keeps=str(given.get("savetosentitems", True)).lower() != "false",
        taken_at=call.tenant.now(),
    )
    send(call.tenant, mail)
    call.tenant.effects.count(user.upn, Effect.MAILS_SENT)
    return Answer(202)


@route("GET", "users/{user}/messages")
def list_messages(call: Call) -> Answer:
    """What the mailbox sent; nobody here receives anything."""
    user, now = wanted_mailbox(call), call.tenant.now()
    kept = [one for one in call.tenant.mails if one.sender == user.id and one.keeps and one.seen_at <= now]
    option = call.option("filter")
    if option:
        asked = _FILTER.fullmatch(option.strip())
        if asked is None:
            raise GraphFailure(
                400, "ErrorInvalidUrlQueryFilter", "The query filter contains one or more invalid nodes."
            )
        name, value = asked[2].replace("''", "'"), asked[3].replace("''", "'")
        kept = [one for one in kept if one.properties.get(name, "\0").lower() == value.lower()]
    return Answer(body=page(call, kept, _view, f"users('{user.id}')/messages"))


def _view(mail: SentMail) -> Json:
    return {
        "id": mail.id.replace("-", ""),
        "sentDateTime": timestamp(mail.seen_at),
        "subject": mail.subject,
        "isDraft": False,
        "body": {"contentType": "text", "content": mail.text},
        "toRecipients": [{"emailAddress": {"name": one, "address": one}} for one in mail.to],
    }


def _address(recipient: Any) -> str:
    address = _lower(recipient).get("emailaddress") if isinstance(recipient, dict) else None
    return str(_lower(address).get("address") or "") if isinstance(address, dict) else ""


def _lower(given: Json) -> Json:
    return {key.lower(): value for key, value in given.items()}
