"""`quiet`, `mute`, `unmute`, and the welcome."""

from dataclasses import replace

from support.desk import GROUP, HELGA, PERSONAL, Desk, words

from handlers.registry import dispatch
from handlers.requests import Reply, Request
from provisioning.case import Conversation

TEAM = Conversation("19:general@thread.tacv2", "channel", PERSONAL.service_url)


async def said(desk: Desk, text: str, zone: str = "Europe/Berlin", conversation: Conversation = PERSONAL) -> str:
    return words(await dispatch(Request(HELGA, conversation, text, timezone=zone), desk.services))


async def test_quiet_hours_are_set_shown_and_ended():
    desk = Desk()
    assert "no quiet hours" in await said(desk, "quiet")
    assert "18:00 to 07:00 (Europe/Berlin)" in await said(desk, "quiet 18:00-07:00")
    assert "18:00 to 07:00" in await said(desk, "quiet")
    assert "no quiet hours" in await said(desk, "quiet off")
    assert desk.manners.hours == {}


async def test_quiet_hours_that_are_none_change_nothing():
    desk = Desk()
    await said(desk, "quiet 18:00-07:00")
    assert "Write quiet hours as" in await said(desk, "quiet later")
    assert "time zone" in await said(desk, "quiet 20:00-07:00", zone="")
    assert str(desk.manners.hours[PERSONAL.id]) == "18:00-07:00"


async def test_a_group_has_no_quiet_hours():
    assert "our 1:1 chat" in await said(Desk(), "quiet 18:00-07:00", conversation=GROUP)


async def test_a_conversation_or_one_person_is_muted_and_unmuted():
    desk = Desk()
    assert "about jane@contoso.com" in words(await desk.say("mute jane@contoso.com", conversation=GROUP))
    await desk.say("mute", conversation=GROUP)
    assert desk.manners.mutes == {(GROUP.id, ""), (GROUP.id, "jane@contoso.com")}
    assert "again" in words(await desk.say("unmute", conversation=GROUP))
    assert "were not muted" in words(await desk.say("unmute", conversation=GROUP))


async def test_a_viewer_mutes_nobody():
    desk = Desk(settings={"viewers": (HELGA.id,)})
    assert "operator" in words(await desk.say("mute", conversation=GROUP))
    assert desk.manners.mutes == set()


async def happened(desk: Desk, event: str, conversation: Conversation = PERSONAL) -> Reply | None:
    return await dispatch(Request(HELGA, conversation, event=event), desk.services)


async def test_a_person_is_welcomed_by_name_once_an_installation():
    desk = Desk()
    assert "Hello Helga" in words(await happened(desk, "installed"))
    assert await happened(desk, "installed") is None
    assert await happened(desk, "removed") is None
    assert await happened(desk, "installed") is not None


async def test_a_team_is_welcomed_once_and_a_group_is_left_in_peace():
    desk = Desk()
    shown = words(await happened(desk, "installed", TEAM))
    assert "@Mailroom provision" in shown
    assert "Helga" not in shown
    assert await happened(desk, "installed", replace(TEAM)) is None
    assert await happened(desk, "installed", GROUP) is None
