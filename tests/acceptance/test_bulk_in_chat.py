"""Many people with one confirmation: real bot, real sandbox, over the chat page's API."""

import base64
import time
from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from support.processes import wait_until
from support.site import Chat, Json, Site, buttons_of, call, newcomer, running_site, text_of

from sandbox.chat.files import CONSENT

OPTIONS = "license=E3 location=US"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Mailboxes come by themselves, soon."""
    with running_site(tmp_path_factory.mktemp("bulk"), speed=6000) as site:
        yield site


def attach(chat: Chat, name: str, content: bytes, text: str = "") -> Json:
    return chat.say(text, files=[{"name": name, "content": base64.b64encode(content).decode()}])


def names(count: int) -> list[str]:
    return [newcomer() for _ in range(count)]


def test_a_csv_is_checked_started_once_and_its_results_come_as_a_file(desk: Site) -> None:
    chat, people = desk.chat(), names(4)
    rows = [f"{upn};Person {number};E3;US" for number, upn in enumerate(people)]
    content = "\r\n".join(["E-Mail;Display name;Licence;Country", *rows, "nobody;N;E3;US", rows[0]]) + "\r\n"
    attach(chat, "new starters.csv", content.encode("utf-16"))
    preview = chat.see("4 people can start, 2 cannot", "Nothing has been changed yet")
    assert "Line 6" in text_of(preview)
    assert "The same person as in line 2" in text_of(preview)
    assert not any(desk.effects().values())
    chat.click(preview, "Start 4")
    chat.click(preview, "Start 4")
    chat.wait(lambda: len(chat.heard("4 people — all ready", "new starters.csv")) == 2, "the card and the news")
    assert [desk.effects(upn) for upn in people] == [{"created": 1, "licenses_assigned": 1}] * 4
    assert desk.effects()["created"] == 4
    news = chat.see("4 people — all ready", buttons=("Show the list",))
    assert not chat.heard("mailbox ready", "Sign-in name")  # nobody has a message of their own
    check_results(desk, chat, news, people)


def check_results(desk: Site, chat: Chat, message: Json, people: list[str]) -> None:
    chat.click(message, "Results as CSV")
    asked = wait_for_attachment(chat, CONSENT)
    there = {"as": chat.who, "conversation": chat.conversation, "message": asked["id"]}
    desk.post("/chat/consent", **there, action="accept")
    given = wait_for_attachment(chat, "application/vnd.microsoft.teams.card.file.info")
    url = given["attachments"][0]["contentUrl"]
    text = fetch(url).decode("utf-8-sig")
    assert text.count("ready") == 4
    assert all(upn in text for upn in people)
    assert "6,nobody,,not started" in text
    assert "pass" not in text.lower()
    chat.wait(lambda: chat.again(asked)["deleted"], "the question is taken away")


def wait_for_attachment(chat: Chat, kind: str) -> Json:
    def found() -> list[Json]:
        return [one for one in chat.heard() if any(a["contentType"] == kind for a in one["attachments"])]

    chat.wait(lambda: bool(found()), kind)
    return found()[-1]


def fetch(url: str) -> bytes:
    with urlopen(url, timeout=10) as response:
        return bytes(response.read())


def test_pasted_addresses_get_what_they_lack_and_status_has_one_line(desk: Site) -> None:
    desk.scenario("mailbox-never-ready")
    chat, people = desk.chat(), names(3)
    chat.say(f"provision {people[0]}, {people[1]}; {people[2]} license=E3")
    preview = chat.see("None of 3 can start")
    answered = chat.click(preview, "Check again", usage_location="DE", names="address")
    assert "3 people can start" in text_of(answered["message"])
    chat.click(answered["message"], "Start 3")
    chat.see("3 people — 0 ready", "Being prepared")
    chat.say("status")
    chat.see("1 list is at work")
    chat.say(f"cancel {people[0]}")
    chat.see("Stopped working on")


def test_seats_are_counted_for_the_whole_list(desk: Site) -> None:
    chat = desk.chat()
    rows = [f'{upn} name="P {number}" {OPTIONS}' for number, upn in enumerate(names(60))]
    chat.say("\n".join(["bulk", *rows]))
    shown = text_of(chat.see("people can start"))
    assert "60 needed" in shown


def test_a_file_that_is_not_in_onedrive_is_not_fetched(desk: Site) -> None:
    """What a message says of a download link is believed in nothing."""
    chat = desk.chat()
    since = desk.get("/sandbox/requests?limit=1")["total"]
    activity = {
        "type": "message",
        "id": str(time.time_ns()),
        "channelId": "msteams",
        "serviceUrl": f"{desk.url}/connector",
        "from": {"id": "29:helga", "name": "Helga", "aadObjectId": "6f0e1d2c-0000-4000-8000-0000000000a1"},
        "recipient": {"id": "28:bot", "name": "Mailroom"},
        "conversation": {
            "id": "a:helga-personal",
            "conversationType": "personal",
            "tenantId": "6f0e1d2c-0000-4000-8000-000000000001",
        },
        "channelData": {"tenant": {"id": "6f0e1d2c-0000-4000-8000-000000000001"}},
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.teams.file.download.info",
                "name": "x.csv",
                "content": {"downloadUrl": "http://169.254.169.254/metadata/identity"},
            }
        ],
    }
    call("POST", f"http://127.0.0.1:{desk.bot_port}/api/messages", activity)
    chat.see("The file is not in OneDrive or SharePoint")
    assert desk.get("/sandbox/requests?limit=1")["total"] >= since


def test_killed_in_the_middle_nothing_is_lost_or_done_twice(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_site(tmp_path_factory.mktemp("killed"), speed=6000) as site:
        chat, people = site.chat(), names(24)
        rows = [f'{upn} name="P {number}" {OPTIONS}' for number, upn in enumerate(people)]
        chat.say("\n".join(["bulk", *rows]))
        chat.click(chat.see("24 people can start"), "Start 24")
        wait_until(lambda: site.effects().get("created", 0) >= 3, "some have begun", 60)
        site.bot.kill()
        assert site.effects()["created"] < 24
        site.start_bot()
        chat.see("24 people — all ready", buttons=("Results as CSV",))
        assert site.effects()["created"] == 24
        assert site.effects()["licenses_assigned"] == 24


def test_one_cause_of_two_people_is_fixed_with_one_confirmation(desk: Site) -> None:
    chat, people = desk.chat(), names(2)
    for upn in people:
        desk.post("/sandbox/causes", user=upn, scenarios=["no-usage-location"], name="Lo Cation")
    chat.say(f"diagnose {people[0]}, {people[1]}")
    found = chat.see("2 people", buttons=("Fix all 2",))
    chat.click(found, "Fix all 2")
    asked = chat.see("for 2 people?", *people)
    title = buttons_of(asked)[0]
    confirmed = chat.click(asked, title, usage_location="DE")
    if "Do it for 2" in buttons_of(confirmed["message"]):  # the writes are shown once the country is known
        chat.click(confirmed["message"], "Do it for 2")
    chat.see("2 people — all solved", buttons=("Results as CSV",))
    assert [desk.effects(upn) for upn in people] == [{"updated": 1}] * 2
