"""The card of a bulk and its buttons: show, stop the rest, order again what failed, results, sign-in details."""

from cards.bulk import bulk_card, stop_card
from cards.bulk_sign_in import sign_in_choice_card
from cards.notice import notice_card
from handlers import fields
from handlers.access import Role
from handlers.bulk import known_bulk
from handlers.looking import look
from handlers.looking import show as show_diagnosis
from handlers.registry import DECISION_LIVES, VIEW_LIVES, action
from handlers.requests import Reply, Request, Services
from provisioning.bulk import BulkState, BulkSummary
from provisioning.bulk_results import file_name, results_csv
from provisioning.case import AccountOrigin, CaseState
from provisioning.errors import BadOrder, ConversationGone
from provisioning.words import say

CONSENT_LIVES = VIEW_LIVES


@action("bulk-refresh", role=Role.VIEWER, lives=VIEW_LIVES)
async def refresh(request: Request, services: Services) -> Reply | None:
    """The client asks by itself: the newest card, and nothing changes."""
    return _view(await _summary(request, services), request, services)


@action("bulk-show", role=Role.VIEWER, lives=VIEW_LIVES)
async def show(request: Request, services: Services) -> Reply | None:
    known = await known_bulk(request, services)
    await services.bulks.show(known.id, request.conversation)
    return Reply(text=say("The card of the list is further down in this chat."))


@action("bulk-diagnose", role=Role.VIEWER, lives=VIEW_LIVES)
async def diagnose(request: Request, services: Services) -> Reply | None:
    """A message of its own: the card of the list goes on changing."""
    user = fields.user(request.data)
    if not user:
        raise BadOrder(say("This button does not say whom to diagnose."))
    found = show_diagnosis(await look(user, services), services)
    return Reply(card=found.card, own_view=found.own_view, is_new=True)


@action("bulk-stop", role=Role.OPERATOR)
async def ask_to_stop(request: Request, services: Services) -> Reply | None:
    return Reply(card=stop_card(await _summary(request, services)))


@action("bulk-stop-confirmed", role=Role.OPERATOR, lives=DECISION_LIVES)
async def stop(request: Request, services: Services) -> Reply | None:
    known = await known_bulk(request, services)
    return _view(await services.bulks.stop(known.id, request.person), request, services)


@action("bulk-again", role=Role.OPERATOR)
async def again(request: Request, services: Services) -> Reply | None:
    """The same orders once more; the same click again starts nothing, since the round has gone on."""
    known = await known_bulk(request, services)
    after = request.data.get("round")
    if not isinstance(after, int):
        raise BadOrder(say("This button is from another version. Type status for a fresh card."))
    return _view(await services.bulks.again(known.id, request.person, after), request, services)


@action("bulk-results", role=Role.VIEWER, lives=VIEW_LIVES)
async def offer_results(request: Request, services: Services) -> Reply | None:
    """Teams takes files from a bot in 1:1 chats only, and asks the person first."""
    known = await known_bulk(request, services)
    content = results_csv(await services.bulks.outcomes(known.id))
    personal = request.conversation
    if not personal.is_personal:
        try:
            personal = await services.messenger.open_personal(request.person, request.conversation)
        except ConversationGone:
            raise BadOrder(say("Teams takes files in a 1:1 chat only: install Mailroom for yourself first.")) from None
    answer = {"verb": "bulk-file", "bulk": known.id}
    words = say("How each line of “{title}” stands. Without sign-in details.", title=known.title)
    await services.files.offer(file_name(known), words, len(content), answer, personal)
    if request.conversation.is_personal:
        return Reply(text=say("Teams asks below whether you want the file."))
    return Reply(text=say("Teams takes files in a 1:1 chat only. I have offered it in ours."))


@action("bulk-file", role=Role.VIEWER, lives=CONSENT_LIVES)
async def send_results(request: Request, services: Services) -> Reply | None:
    """The answer to that question. The file is as things stand now."""
    known = await known_bulk(request, services)
    if request.upload is None:
        await services.files.withdraw(request.conversation, request.message_id)
        return None
    content = results_csv(await services.bulks.outcomes(known.id))
    await services.files.put(request.upload, content, request.conversation)
    await services.files.hand_over(request.upload, request.conversation, request.message_id)
    return None


@action("bulk-sign-in", role=Role.OPERATOR)
async def choose_person(request: Request, services: Services) -> Reply | None:
    """Whose details to show: one at a time, as with single orders, and never in a file."""
    known = await known_bulk(request, services)
    if not known.requester.is_same(request.person):
        raise BadOrder(say("Only {name}, who ordered, may see the sign-in details.", name=known.requester.name))
    found = await services.bulks.outcomes(known.id)
    created = [one for one in found if one.state == CaseState.READY and one.origin == AccountOrigin.CREATED]
    if not created:
        return Reply(
            text=say("No account that Mailroom made for this list is ready. Those that existed keep their own.")
        )
    return Reply(card=sign_in_choice_card(known, created), is_new=True)


@action("bulk-sign-in-chosen", role=Role.OPERATOR)
async def announce(request: Request, services: Services) -> Reply | None:
    """The ready message of this person, with the button that shows the details once."""
    upn = fields.user(request.data, "upn").lower()
    known = await known_bulk(request, services)
    found = await services.bulks.outcomes(known.id)
    case_id = next((one.subject_id for one in found if one.upn.lower() == upn and one.state == CaseState.READY), "")
    if not case_id:
        raise BadOrder(say("Choose somebody of this list whose mailbox is ready."))
    await services.jobs.announce(case_id, request.conversation)
    return Reply(text=say("The message for {upn} is below.", upn=upn))


def one_running(summaries: tuple[BulkSummary, ...]) -> BulkSummary:
    """For `cancel bulk`. Raises BadOrder where it is not clear which is meant."""
    if not summaries:
        raise BadOrder(say("No list is at work. Type status to see who is waiting."))
    if len(summaries) > 1:
        raise BadOrder(
            say("More than one list is at work. Type status, open the one that you mean, and stop it there.")
        )
    return summaries[0]


def stopped_card(summary: BulkSummary) -> Reply:
    left = summary.counts.get("stopped", 0)
    return Reply(
        card=notice_card(
            say(
                "Stopped {count} of “{title}” that had not begun. The others go on.",
                count=left,
                title=summary.bulk.title,
            )
        )
    )


async def _summary(request: Request, services: Services) -> BulkSummary:
    known = await known_bulk(request, services)
    found = await services.bulks.summary(known.id)
    if found is None or found.bulk.state is BulkState.DRAFT:
        raise BadOrder(say("This list has not been started."))
    return found


def _view(summary: BulkSummary, request: Request, services: Services) -> Reply:
    person = request.person.channel_id
    card = bulk_card(summary, services.clock.now(), refresh_for=[person] if person else [])
    return Reply(card=card, own_view=("bulk-refresh", {"bulk": summary.id}))
