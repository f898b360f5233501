"""Messages that no turn asked for: the live card, the ready notification, opening a 1:1 chat."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.activities import BOT, HELGA_ID, TENANT_ID
from support.approval_samples import ADAM, awaiting
from support.card_checks import walk
from support.connector import Answer
from support.diagnosis_samples import with_license
from support.edge import QUICK
from support.fake_jobs import FakeJobs
from support.fake_records import FakeRecords

from bot.connector import Connector
from bot.messenger import TeamsMessenger
from bot.outbound import OutboundToken
from bot.seals import Seals
from provisioning import approving
from provisioning.case import AccountOrigin, Case, Conversation, Order, Person, Problem, fail, ready
from provisioning.errors import ConversationGone, MessageGone, MessengerUnavailable

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HELGA = Person(HELGA_ID, "Helga Desk", TENANT_ID, "29:helga", "en-US")
SEALS = Seals(b"k" * 32, {})
NO_RECORDS = FakeRecords(FakeJobs())
CASE = Case("c1", Order("jane@contoso.com", "Jane Doe", "US"), HELGA, NOW)


class StoppedClock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture
def messenger(session):
    return TeamsMessenger(Connector(session, OutboundToken(None), QUICK), SEALS, StoppedClock(), NO_RECORDS)


@pytest.fixture
def chat(connector) -> Conversation:
    return Conversation("19:group@thread.v2", "groupChat", connector.url, TENANT_ID, BOT["id"], BOT["name"])


async def test_the_live_card_is_posted_then_edited(messenger, connector, chat):
    posted = await messenger.show_case(CASE, chat)
    assert await messenger.show_case(CASE, chat, posted) == posted
    post, edit = connector.calls
    assert (post.method, post.path) == ("POST", (chat.id, "activities"))
    assert (edit.method, edit.path) == ("PUT", (chat.id, "activities", posted))
    assert post.body["from"]["id"] == BOT["id"]
    assert post.body["conversation"] == {"id": chat.id, "tenantId": TENANT_ID}
    assert "Jane Doe" in post.body["summary"]
    assert post.card["refresh"]["userIds"] == ["29:helga"]
    assert "channelData" not in post.body


async def test_an_ended_case_is_not_refreshed(messenger, connector, chat):
    await messenger.show_case(ready(CASE, NOW), chat)
    assert "refresh" not in connector.calls[0].card


async def test_the_ready_notification_alerts(messenger, connector, chat):
    await messenger.announce_ready(ready(CASE, NOW), chat)
    assert connector.calls[0].method == "POST"
    assert connector.calls[0].body["channelData"] == {"notification": {"alert": True}}


def titles(card):
    return [node["title"] for node in walk(card) if node.get("type") == "Action.Execute" and "title" in node]


async def test_where_roles_are_set_a_group_sees_no_buttons_but_for_ones_own_view(session, messenger, connector, chat):
    made = ready(replace(CASE, account_origin=AccountOrigin.CREATED), NOW)
    line = Connector(session, OutboundToken(None), QUICK)
    strict = TeamsMessenger(line, SEALS, StoppedClock(), NO_RECORDS, has_roles=True)
    own = replace(chat, id="a:helga", kind="personal")
    for one, place in ((messenger, chat), (strict, chat), (strict, own)):
        await one.show_case(CASE, place)
        await one.announce_ready(made, place)
    everyone, ready_for_everyone, shared, ready_shared, personal, ready_personal = [one.card for one in connector.calls]
    assert titles(everyone) == titles(personal) == ["Check now", "Diagnose", "Cancel"]
    assert titles(ready_for_everyone) == titles(ready_personal) == ["Show sign-in details"]
    assert titles(shared) == titles(ready_shared) == ["Show my buttons"]
    assert ready_shared["refresh"]["userIds"] == ["29:helga"], "whoever ordered gets them without a click"
    assert "refresh" not in ready_personal


async def test_a_moved_card_becomes_a_line(messenger, connector, chat):
    await messenger.show_moved(CASE, chat, "m1")
    assert (connector.calls[0].method, connector.calls[0].path[-1]) == ("PUT", "m1")
    assert "further down" in connector.calls[0].body["summary"]


@pytest.mark.parametrize(("channel_id", "member"), [("29:helga", "29:helga"), ("", HELGA_ID)])
async def test_opening_a_personal_chat(messenger, connector, chat, channel_id, member):
    opened = await messenger.open_personal(replace(HELGA, channel_id=channel_id), chat)
    assert opened == replace(chat, id="m1", kind="personal", locale=HELGA.locale)
    [call] = connector.calls
    assert (call.method, call.path) == ("POST", ())
    assert call.body["members"] == [{"id": member}]
    assert call.body["tenantId"] == TENANT_ID


async def test_trouble_that_somebody_must_decide_on_alerts(messenger, connector, chat):
    await messenger.announce_trouble(fail(CASE, Problem("No seat was left."), NOW), chat)
    [call] = connector.calls
    assert call.body["channelData"] == {"notification": {"alert": True}}
    assert call.body["summary"] == "Jane Doe — stopped, needs attention"


async def test_what_is_gone_is_told_apart(messenger, connector, chat):
    connector.answer_next(Answer(404, "ActivityNotFoundInConversation"), Answer(403), Answer(500))
    with pytest.raises(MessageGone):
        await messenger.show_case(CASE, chat, "m1")
    with pytest.raises(ConversationGone):
        await messenger.announce_ready(CASE, chat)
    with pytest.raises(MessengerUnavailable):
        await messenger.open_personal(HELGA, chat)


async def test_the_card_that_asks_for_approval_notifies_once_and_is_then_edited(messenger, connector, chat):
    repair = awaiting(with_license(), NOW)
    posted = await messenger.show_approval(repair, chat)
    await messenger.show_approval(approving.approve(repair, ADAM, "", NOW), chat, posted)
    await messenger.announce_decision(approving.approve(repair, ADAM, "", NOW), chat)
    post, edit, told = connector.calls
    assert post.body["channelData"]["notification"]["alert"] is True
    assert "needs approval" in post.body["summary"]
    assert (edit.method, edit.path) == ("PUT", (chat.id, "activities", posted))
    assert "approve" not in [node.get("verb") for node in walk(edit.card)]
    assert "channelData" not in told.body  # who asked need not act on it
    assert told.body["summary"] == "Adam Admin approved: Recreate the mailbox for jane@contoso.com"


async def test_somebody_whom_teams_does_not_know_has_no_chat(messenger, connector, chat):
    connector.answer_next(Answer(400, "BadArgument"))
    with pytest.raises(ConversationGone):
        await messenger.open_personal(Person(HELGA_ID, ""), chat)
    assert connector.calls[0].body["members"] == [{"id": HELGA_ID}]
