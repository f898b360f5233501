"""Every error that crosses a floor, as one tree.

MailroomError                 `sentence`: what happened and what to do, shown to the operator as it is
├── BadOrder                  the order cannot be carried out as given; nothing was changed
├── NotAllowed                the caller may not do this
│   └── ProtectedAccount      nobody may change this account through Mailroom
├── AuditUnavailable          what was done or tried could not be written into the audit trail; never repeat it
├── ConversationGone          Teams no longer lets us write there (bot removed or blocked, chat deleted)
├── MessageGone               the message to be updated no longer exists
├── MessageRefused            Teams does not take this very message; sending it again cannot help
├── MessengerUnavailable      the Bot Connector did not take the message; may be tried again
├── DatabaseUnavailable       Mailroom's own database does not answer or has no room; nothing was saved
└── GraphError                Microsoft Graph refused or did not answer; `trace` has its own words
    ├── GraphUnavailable      no usable answer (time-out, 5xx, HTML); may be tried again
    │   └── GraphThrottled    429; `retry_after` seconds if Graph named them
    ├── GraphDenied           401 or 403: a permission or consent is missing
    ├── GraphNotFound         404
    └── GraphRejected         400, 409 and other 4xx: the request itself is refused
        └── ObjectConflict    another object holds the value; `target` names the property
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class GraphTrace:
    """What Graph said, for the card's evidence and the support bundle."""

    status: int = 0
    code: str = ""
    message: str = ""
    request_id: str = ""
    date: str = ""


class MailroomError(Exception):
    """An error with one sentence for the operator."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class BadOrder(MailroomError):
    """The order cannot be carried out as given; nothing was changed."""


class NotAllowed(MailroomError):
    """The caller may not do this; nothing was changed."""


class ProtectedAccount(NotAllowed):
    """The account holds a directory role, or the settings protect it: Mailroom changes nothing about it."""


class AuditUnavailable(MailroomError):
    """What was done or tried could not be written into the audit trail. Repeating it would do it twice."""


class ConversationGone(MailroomError):
    """Teams answers 403 or 404 for the conversation: no more messages go there."""


class MessageGone(MailroomError):
    """The message to be updated no longer exists: post a new one."""


class MessageRefused(MailroomError):
    """Teams does not take this very message, such as one that is too big: sending it again cannot help."""


class MessengerUnavailable(MailroomError):
    """The Bot Connector did not take the message; `retry_after` seconds if it named them."""

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class DatabaseUnavailable(MailroomError):
    """Mailroom's own database does not answer, or has no room: nothing was saved, and it may be tried again."""


class GraphError(MailroomError):
    """Microsoft Graph refused, or did not answer."""

    def __init__(self, sentence: str, trace: GraphTrace = GraphTrace()) -> None:
        super().__init__(sentence)
        self.trace = trace


class GraphUnavailable(GraphError):
    """No usable answer: time-out, connection error, 5xx, or a body that is not Graph's JSON."""


class GraphThrottled(GraphUnavailable):
    """429. `retry_after`: seconds that Graph asked for, or None."""

    def __init__(
        self,
        sentence: str,
        trace: GraphTrace = GraphTrace(),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(sentence, trace)
        self.retry_after = retry_after


class GraphDenied(GraphError):
    """401 or 403: the app lacks a permission, or consent for it."""


class GraphNotFound(GraphError):
    """404: no such object, or not replicated yet."""


class GraphRejected(GraphError):
    """400, 409 or another 4xx: sending the same request again cannot help."""


class ObjectConflict(GraphRejected):
    """`details[].code == "ObjectConflict"`; `target` is the property whose value is taken."""

    def __init__(self, sentence: str, trace: GraphTrace, target: str) -> None:
        super().__init__(sentence, trace)
        self.target = target
