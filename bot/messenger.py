"""Teams for the jobs and handlers: messages that nobody's turn asked for. Implements provisioning.ports.Messenger.

No turn of an SDK is made for these: a conversation of our own plain data is enough to address the Connector.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar, cast

from bot import outgoing, wire
from bot.activity import Account, Activity, Place
from bot.connector import Connector
from bot.seals import Seals
from cards import views
from cards.approval import approval_card, decision_card
from cards.bulk import bulk_card, ended_card
from cards.health import incident_card
from cards.language import speaking
from cards.notice import notice_card
from cards.progress import progress_card
from cards.ready import ready_card
from cards.repair import repair_card
from cards.trouble import trouble_card
from handlers.requests import Card
from provisioning.bulk import BulkState, BulkSummary
from provisioning.case import Case, Conversation, Person
from provisioning.incidents import Incident
from provisioning.ports import Clock, Records, estimate_for
from provisioning.repair import Approval, Repair
from provisioning.words import say

Method = TypeVar("Method", bound=Callable[..., Awaitable[Any]])


def _in_its_language(method: Method) -> Method:
    """What is drawn by itself speaks the language of the conversation that it goes to."""

    @wraps(method)
    async def said(self: object, subject: object, conversation: Conversation, *args: object, **named: object) -> Any:
        with speaking(conversation.locale):
            return await method(self, subject, conversation, *args, **named)

    return cast("Method", said)


class TeamsMessenger:
    """Raises ConversationGone, MessageGone, MessageRefused, MessengerUnavailable.

    With `has_roles` not everyone in a group may press the same: its cards then have no buttons but for one's own view.
    """

    def __init__(
        self, connector: Connector, seals: Seals, clock: Clock, records: Records, *, has_roles: bool = False
    ) -> None:
        self._connector = connector
        self._seals = seals
        self._clock = clock
        self._records = records
        self._has_roles = has_roles

    @_in_its_language
    async def show_case(self, case: Case, conversation: Conversation, activity_id: str = "") -> str:
        viewers = _viewers(case.requester) if case.is_open else ()
        estimate = await estimate_for(case, self._records)
        card = progress_card(case, self._clock.now(), refresh_for=viewers, estimate=estimate)
        card = self._for_everyone(card, conversation, "refresh", case=case.id)
        return await self._show(card, conversation, activity_id)

    @_in_its_language
    async def show_repair(self, repair: Repair, conversation: Conversation, activity_id: str = "") -> str:
        viewers = _viewers(repair.requester) if repair.is_open else ()
        card = repair_card(repair, self._clock.now(), refresh_for=viewers)
        card = self._for_everyone(card, conversation, "repair-refresh", repair=repair.id)
        return await self._show(card, conversation, activity_id)

    @_in_its_language
    async def show_approval(self, repair: Repair, conversation: Conversation, activity_id: str = "") -> str:
        card = approval_card(repair, _approval(repair), self._clock.now())
        if not activity_id:
            return await self._post(card, conversation, alert=True)
        return await self._show(card, conversation, activity_id)

    @_in_its_language
    async def announce_decision(self, repair: Repair, conversation: Conversation) -> str:
        """Without an alert: who asked need not act on it, and the card of the repair shows it."""
        return await self._post(decision_card(repair, _approval(repair)), conversation)

    @_in_its_language
    async def announce_incident(self, incident: Incident, conversation: Conversation, *, is_over: bool) -> str:
        return await self._post(incident_card(incident, self._clock.now(), is_over=is_over), conversation)

    @_in_its_language
    async def show_bulk(self, summary: BulkSummary, conversation: Conversation, activity_id: str = "") -> str:
        is_open = summary.bulk.state is BulkState.RUNNING
        card = bulk_card(summary, self._clock.now(), refresh_for=_viewers(summary.bulk.requester) if is_open else ())
        return await self._show(self._of_bulk(card, summary, conversation), conversation, activity_id)

    @_in_its_language
    async def announce_bulk(self, summary: BulkSummary, conversation: Conversation) -> str:
        return await self._post(self._of_bulk(ended_card(summary), summary, conversation), conversation, alert=True)

    @_in_its_language
    async def show_moved(
        self, subject: Case | Repair | BulkSummary, conversation: Conversation, activity_id: str
    ) -> None:
        await self._update(notice_card(_moved(subject)), conversation, activity_id)

    @_in_its_language
    async def announce_ready(self, case: Case, conversation: Conversation) -> str:
        holder = () if conversation.is_personal else _viewers(case.credential_holder)
        card = self._for_everyone(ready_card(case, refresh_for=holder), conversation, "ready-refresh", case=case.id)
        return await self._post(card, conversation, alert=True)

    @_in_its_language
    async def announce_trouble(self, case: Case, conversation: Conversation) -> str:
        card = self._for_everyone(trouble_card(case), conversation, "refresh", case=case.id)
        return await self._post(card, conversation, alert=True)

    async def open_personal(self, person: Person, near: Conversation) -> Conversation:
        """Teams takes the channel's own id of a person, or the Entra object id where that is not known."""
        opened = await self._connector.create_conversation(
            near.service_url,
            {
                "bot": {"id": near.bot_id, "name": near.bot_name},
                "isGroup": False,
                "members": [{"id": person.channel_id or person.id}],
                "tenantId": near.tenant_id,
                "channelData": {"tenant": {"id": near.tenant_id}},
            },
        )
        return replace(near, id=opened, kind="personal", locale=person.locale or near.locale)

    def _of_bulk(self, card: Card, summary: BulkSummary, conversation: Conversation) -> Card:
        return self._for_everyone(card, conversation, "bulk-refresh", bulk=summary.id)

    def _for_everyone(self, card: Card, conversation: Conversation, verb: str, **data: str) -> Card:
        return views.shared(card, verb, data) if self._has_roles and not conversation.is_personal else card

    async def _show(self, card: Card, conversation: Conversation, activity_id: str) -> str:
        if not activity_id:
            return await self._post(card, conversation)
        await self._update(card, conversation, activity_id)
        return activity_id

    async def _post(self, card: Card, conversation: Conversation, *, alert: bool = False) -> str:
        activity = self._activity(card, conversation, alert=alert)
        return await self._connector.post(conversation.service_url, conversation.id, wire.write(activity))

    async def _update(self, card: Card, conversation: Conversation, activity_id: str) -> None:
        activity = self._activity(card, conversation)
        activity.id = activity_id
        await self._connector.update(conversation.service_url, conversation.id, activity_id, wire.write(activity))

    def _activity(self, card: Card, conversation: Conversation, *, alert: bool = False) -> Activity:
        sealed = self._seals.seal(card, conversation.id)
        return addressed(outgoing.card_activity(sealed, alert=alert), conversation)


def _moved(subject: Case | Repair | BulkSummary) -> str:
    if isinstance(subject, BulkSummary):
        return say("The card of the list “{title}” has moved further down.", title=subject.bulk.title)
    upn = subject.order.upn if isinstance(subject, Case) else subject.user
    return say("The card of {upn} has moved further down.", upn=upn)


def _approval(repair: Repair) -> Approval:
    if repair.approval is None:
        raise ValueError(f"nobody was asked to approve repair {repair.id}")
    return repair.approval


def _viewers(requester: Person) -> tuple[str, ...]:
    """Whose client fetches the newest card by itself."""
    return (requester.channel_id,) if requester.channel_id else ()


def addressed(activity: Activity, conversation: Conversation) -> Activity:
    activity.channel_id = "msteams"
    activity.service_url = conversation.service_url
    activity.sender = Account(id=conversation.bot_id, name=conversation.bot_name)
    activity.conversation = Place(id=conversation.id, tenant_id=conversation.tenant_id)
    return activity
