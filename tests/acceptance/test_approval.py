"""A second person for a risky fix: Helga asks, Mona and Adam decide. Real bot, real sandbox, the chat's own API."""

from collections.abc import Iterator

import pytest
from support.site import Chat, Json, Site, buttons_of, running_site, text_of

from sandbox.people import CHANNEL, GROUP_CHAT, HELGA, MONA
from sandbox.tenant.organization import fixed_id

SOFIA, OMAR, KURT = "sofia.reyes@contoso.com", "omar.farouk@contoso.com", "kurt.meier@contoso.com"
ADMINS = fixed_id("Mailroom Admins")  # the group in which Adam is
SETTINGS = {
    "MAILROOM_OPERATORS": HELGA.object_id,
    "MAILROOM_ADMINS": ADMINS,
    "MAILROOM_APPROVERS": f"{ADMINS},{MONA.object_id},{HELGA.object_id}",
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), **SETTINGS) as site:
        yield site


@pytest.fixture
def desk(running: Site) -> Iterator[Site]:
    """The tenant as at the start, and approvals in 1:1 chats."""
    running.reset()
    yield running
    adam = running.chat("adam")
    adam.say("approvals off")
    adam.see("each approver is asked in a 1:1 chat")


def diagnosed(chat: Chat, who: str, button: str) -> Json:
    """The card that says what the fix would do."""
    chat.say(f"diagnose {who}")
    if chat.conversation != "personal":  # everyone sees the card there, so its buttons are in one's own view
        chat.click(chat.see(who, buttons=("Show my buttons",)), "Show my buttons")
    found = chat.see(who, buttons=(button,))
    chat.click(found, button)  # answered in place, or, when Graph takes its time, as a message
    return chat.see(who, "A second person has to approve", buttons=("Ask for approval",))


def name_here(desk: Site, conversation: str) -> Chat:
    chat = desk.chat("adam", conversation)
    chat.say("approvals here")
    chat.see("approvals are asked for here")
    return chat


def test_in_1_to_1_chats_one_approves_and_everybody_sees_it(desk: Site) -> None:
    helga, mona, adam = desk.chat(), desk.chat("mona"), desk.chat("adam")
    helga.click(diagnosed(helga, SOFIA, "Keep one Exchange plan"), "Ask for approval", keep=_first_license(helga))
    waiting = helga.see(SOFIA, "waiting for approval", "Adam Admin and Mona Manager", buttons=("Withdraw",))
    asked = mona.see(SOFIA, "needs approval", "Affects mail", "Helga Desk", buttons=("Approve", "Decline"))
    also_asked = adam.see(SOFIA, "needs approval", buttons=("Approve", "Decline"))
    assert desk.effects(SOFIA) == {}, "nothing is changed before"
    mona.click(asked, "Approve", reason="The cheaper one.")
    helga.see("Mona Manager approved", SOFIA, "The cheaper one.")
    helga.wait(lambda: "Approved by Mona Manager" in text_of(helga.again(waiting)), "the live card says by whom")
    helga.see(SOFIA, "The cause is gone")
    sees_the_end(mona, asked)
    sees_the_end(adam, also_asked)
    adam.click_in_old_client(also_asked, "Approve")  # a card that was not redrawn in time
    adam.see("Mona Manager has approved")
    assert len(helga.heard("Mona Manager approved")) == 1


def sees_the_end(chat: Chat, message: Json) -> None:
    chat.wait(lambda: "has run" in text_of(chat.again(message)), "the approver sees the end")
    assert buttons_of(chat.again(message)) == []


def _first_license(chat: Chat) -> str:
    """What the card suggests to keep."""
    [card] = chat.heard("Keep one Exchange plan?")[-1:]
    return next(value for key, value in _walk(card) if key == "value" and value.count("-") == 4)


def _walk(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for one in value:
            yield from _walk(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if isinstance(one, str):
                yield key, one
            else:
                yield from _walk(one)


def test_in_the_admins_group_the_requester_is_refused_and_an_approver_declines(desk: Site) -> None:
    group = name_here(desk, GROUP_CHAT.id)
    helga = desk.chat("helga", GROUP_CHAT.id)
    confirm = diagnosed(helga, OMAR, "Switch on the Exchange plan for the group")
    helga.click(confirm, "Ask for approval")
    asked = helga.see(OMAR, "needs approval", buttons=("Approve",))
    assert "second person" in helga.click(asked, "Approve")["text"]
    assert "why you decline" in group.click(asked, "Decline")["text"]
    group.click(asked, "Decline", reason="Not for all of them.")
    helga.see("Adam Admin declined", "Not for all of them.")
    helga.wait(lambda: "Declined" in text_of(helga.again(asked)), "the card says what became of it")
    assert desk.effects(OMAR) == {}
    assert buttons_of(helga.again(asked)) == []


def test_in_a_channel_a_killed_bot_still_knows_what_it_had_asked(desk: Site) -> None:
    name_here(desk, CHANNEL.id)
    channel, helga = desk.chat("mona", CHANNEL.id), desk.chat()
    confirm = diagnosed(helga, KURT, "Delete for good")
    helga.click(confirm, "Ask for approval", confirm=KURT)
    asked = channel.see(KURT, "needs approval", "Data may be lost", buttons=("Approve",))
    assert asked["root"] == asked["id"], "a post of its own"
    assert purges(desk) == []
    desk.bot.kill()
    desk.start_bot()
    channel.click(asked, "Approve")
    helga.see("Mona Manager approved", KURT)
    helga.see(KURT, "Approved by Mona Manager", buttons=("Diagnose again",))
    assert [one["status"] for one in purges(desk)] == [204]


def purges(desk: Site) -> list[Json]:
    return [one for one in desk.get("/sandbox/requests?limit=500")["recent"] if one["method"] == "DELETE"]


def test_who_asked_withdraws(desk: Site) -> None:
    helga, adam = desk.chat(), desk.chat("adam")
    helga.click(diagnosed(helga, OMAR, "Switch on the Exchange plan for the group"), "Ask for approval")
    asked = adam.see(OMAR, "needs approval")
    helga.click(helga.see(OMAR, "waiting for approval"), "Withdraw")
    adam.wait(lambda: "Withdrawn" in text_of(adam.again(asked)), "the approver sees it")
    assert buttons_of(adam.again(asked)) == []
    assert desk.effects(OMAR) == {}


def test_approvers_who_have_removed_the_bot_cannot_be_asked(desk: Site) -> None:
    helga = desk.chat()
    for who in ("mona", "adam"):
        desk.chat(who)
        set_installed(desk, who, installed=False)
    helga.click(diagnosed(helga, OMAR, "Switch on the Exchange plan for the group"), "Ask for approval")
    helga.see(OMAR, "Nobody could be asked", "Mona Manager")
    for who in ("mona", "adam"):
        set_installed(desk, who, installed=True)


def set_installed(desk: Site, who: str, *, installed: bool) -> None:
    desk.post("/chat/membership", **{"as": who, "conversation": f"a:{who}-personal", "installed": installed})
