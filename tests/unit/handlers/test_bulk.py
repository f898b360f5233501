"""Many people at once, as it is typed, attached and clicked."""

from dataclasses import replace

import pytest
from support.contoso import E3, MONA
from support.desk import ADAM, GROUP, HELGA, PERSONAL, Desk, buttons, inputs, words
from support.fake_directory import unavailable
from support.fake_jobs import NOW

from handlers import lists
from handlers.registry import dispatch
from handlers.requests import Request
from provisioning.bulk import BulkState, Outcome
from provisioning.bulk_ports import SharedFile, Upload
from provisioning.errors import BadOrder
from provisioning.follow_ups import FollowUpKind, Group
from provisioning.profiles import Profile

ALL = "license=E3 location=US"
GROUP_ID = "6f0e1d2c-0000-4000-8000-0000000000d1"
SALES = Profile(
    "sales", "Microsoft 365 E3", license_group=GROUP_ID, usage_location="US", manager=MONA.upn, language="de-DE"
)
TWO = f'bulk {ALL}\njane@contoso.com name="Jane Doe"\nbob@contoso.com name=Bob'


def attached(desk, content, text="", conversation=PERSONAL):
    desk.files.content = content
    request = Request(HELGA, conversation, text, files=(SharedFile("new people.csv", "https://x"),), click_id="m1")
    return dispatch(request, desk.services)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("provision jane@contoso.com", False),
        ("provision jane@contoso.com manager=mona@contoso.com", False),
        ("provision Jane <jane@contoso.com>\nname=Jane\nlicense=E3", False),
        ('<p>provision <a href="mailto:jane@contoso.com">jane@contoso.com</a></p>', False),
        ("please provision jane@contoso.com, bob@contoso.com", True),
        ("/provision\njane@contoso.com\nbob@contoso.com", True),
        ("<p>provision</p><p>upn;name</p><p>jane@contoso.com;Jane</p>", True),
        ("bulk", True),
        ("diagnose jane@contoso.com bob@contoso.com", False),
    ],
)
def test_which_messages_are_lists(text, is_one):
    assert lists.is_list(Request(HELGA, PERSONAL, text)) is is_one


async def test_a_list_is_shown_before_anything_is_changed():
    desk = Desk()
    reply = await desk.say(TWO)
    assert "2 people can start" in words(reply)
    assert "Nothing has been changed yet" in words(reply)
    assert "Microsoft 365 E3: 2 needed" in words(reply)
    assert list(buttons(reply)) == ["Start 2", "Discard"]
    assert desk.changes() == []
    [bulk] = desk.bulks.bulks.values()
    assert bulk.state is BulkState.DRAFT


async def test_one_confirmation_starts_it_and_the_second_starts_nothing():
    desk = Desk()
    data = buttons(await desk.say(TWO))["Start 2"]
    assert "Started 2 of 2" in words(await desk.click("bulk-start", bulk=data["bulk"]))
    assert "was started before" in words(await desk.click("bulk-start", ADAM, bulk=data["bulk"]))
    assert desk.bulks.calls == ["start", "show"]


async def test_bad_lines_are_told_by_number_and_the_others_can_start():
    desk = Desk()
    rows = "upn;name;license;location\njane@contoso.com;Jane;E3;US\nnobody;N;E3;US\nbob@contoso.com;Bob;E9;US\n"
    reply = await attached(desk, rows.encode("utf-16"))
    assert "1 person can start, 2 cannot" in words(reply)
    assert "**Line 3** nobody: “nobody” is not an address" in words(reply)
    assert "**Line 4** bob@contoso.com: There is no license “E9”" in words(reply)
    assert "new people.csv" in words(reply)


async def test_what_all_lines_lack_is_asked_once():
    desk = Desk()
    reply = await desk.say("provision jane.doe@contoso.com, bob@contoso.com")
    assert "None of 2 can start" in words(reply)
    assert inputs(reply) == {"license", "usage_location", "names"}
    data = buttons(reply)["Check again"]
    license_id = next(iter(desk.directory.skus))
    answered = await desk.click(
        "bulk-check", bulk=data["bulk"], license=license_id, usage_location="DE", names="address"
    )
    assert "2 people can start" in words(answered)
    assert "Jane Doe" in words(answered)
    assert desk.changes() == []


async def test_a_list_that_graph_cannot_answer_is_told_and_nothing_is_kept():
    desk = Desk()
    desk.directory.fail("look_up_many", unavailable())
    assert "did not answer" in words(await desk.say(TWO))
    assert desk.bulks.bulks == {}


async def test_in_a_group_a_file_has_to_come_in_the_11_chat():
    assert "1:1 chat only" in words(await Desk().say("bulk", conversation=GROUP))


async def test_results_are_offered_in_the_11_chat_and_put_where_teams_says():
    desk = Desk()
    data = buttons(await desk.say(TWO))["Start 2"]
    await desk.click("bulk-start", bulk=data["bulk"])
    desk.bulks.results[data["bulk"]] = (Outcome(2, "jane@contoso.com", "Jane", "ready", "", "case-1"),)
    reply = await desk.click("bulk-results", conversation=GROUP, bulk=data["bulk"])
    assert "I have offered it in ours" in words(reply)
    [(name, answer, conversation)] = desk.files.offered
    assert (name, conversation) == ("Pasted-list-results.csv", f"a:{HELGA.id}")
    accepted = Request(HELGA, PERSONAL, verb=answer["verb"], data=answer, upload=Upload("r.csv", "u", "c", "i", "csv"))
    assert await dispatch(accepted, desk.services) is None
    assert b"jane@contoso.com,Jane,ready" in desk.files.put_there[0]
    declined = replace(accepted, upload=None)
    assert await dispatch(declined, desk.services) is None
    assert len(desk.files.put_there) == 1


async def test_sign_in_details_are_for_whoever_ordered():
    desk = Desk()
    data = buttons(await desk.say(TWO))["Start 2"]
    await desk.click("bulk-start", bulk=data["bulk"])
    desk.bulks.results[data["bulk"]] = (
        Outcome(2, "jane@contoso.com", "Jane", "ready", "", "case-1", origin="created"),
    )
    assert "Only Helga Desk" in words(await desk.click("bulk-sign-in", ADAM, bulk=data["bulk"]))
    assert inputs(await desk.click("bulk-sign-in", bulk=data["bulk"])) == {"upn"}
    await desk.click("bulk-sign-in-chosen", bulk=data["bulk"], upn="jane@contoso.com")
    assert ("announce", "case-1") in [(call.method, call.case_id) for call in desk.jobs.calls]


async def test_status_shows_a_list_as_one_line_and_cancel_stops_the_rest():
    desk = Desk()
    data = buttons(await desk.say(TWO))["Start 2"]
    assert "No list is at work" in words(await desk.say("cancel bulk"))
    await desk.click("bulk-start", bulk=data["bulk"])
    assert "1 list is at work" in words(await desk.say("status"))
    await desk.say("cancel bulk")
    assert desk.bulks.calls[-1] == "stop"
    assert desk.clock.now() == NOW


async def test_one_cause_of_several_is_fixed_with_one_confirmation():
    desk = Desk()
    people = [one for one in desk.directory.accounts.values() if one.upn in ("helga@contoso.com", "mona@contoso.com")]
    for person in people:
        bare = replace(person, usage_location="", licenses=(), plans=())
        desk.directory.accounts[person.id] = bare
        desk.directory.probes.pop(person.id)
    reply = await desk.say("diagnose helga@contoso.com, mona@contoso.com")
    assert "**2 people**" in words(reply)
    fix_all = buttons(reply)["Fix all 2"]
    asked = await desk.click("fix-all", users=fix_all["users"], cause=fix_all["cause"])
    assert desk.changes() == []
    title = next(title for title in buttons(asked))
    data = {key: value for key, value in buttons(asked)[title].items() if key != "verb"}
    filled = {name: "US" if name == "usage_location" else next(iter(desk.directory.skus)) for name in inputs(asked)}
    done = await desk.click("fix-all-confirmed", **data, **filled, click_id="one")
    again = await desk.click("fix-all-confirmed", **data, **filled, click_id="one")
    assert "started for 2" in words(done)
    assert "started before" in words(again)
    assert sorted(repair.user for repair in desk.bulks.repairs) == ["helga@contoso.com", "mona@contoso.com"]
    assert all(repair.bulk_id for repair in desk.bulks.repairs)


def profiles_in(text):
    lines = lists.orders_of(lists.typed_list(text))
    return {line.who: line.problem or line.request.profile for line in lines}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("provision a@contoso.com, b@contoso.com as sales license=E3", ["sales", "sales"]),
        ("provision a@contoso.com b@contoso.com manager=mona@contoso.com as sales", ["sales", "sales"]),
        ("bulk as sales\na@contoso.com\nb@contoso.com as field", ["sales", "field"]),
        ("bulk profile=sales\na@contoso.com\nb@contoso.com name=Bob as field", ["sales", "field"]),
        ("bulk as sales\nupn,profile\na@contoso.com,\nb@contoso.com,field", ["sales", "field"]),
        ('bulk\n"Jane Doe" <a@contoso.com> as sales\nb@contoso.com', ["sales", ""]),
    ],
)
def test_a_profile_is_said_for_everybody_or_for_one(text, expected):
    assert list(profiles_in(text).values()) == expected


def test_a_list_begins_at_once():
    for text in ("provision a@contoso.com, b@contoso.com at 08:00 tomorrow", "bulk\na@contoso.com on monday"):
        assert all("A list begins at once" in problem for problem in profiles_in(text).values())
    with pytest.raises(BadOrder, match="A list begins at once"):
        lists.typed_list("bulk at 08:00\na@contoso.com")
    with pytest.raises(BadOrder, match="leave out"):
        lists.typed_list("bulk tomorrow\na@contoso.com")
    beside = lists.file_list("here on monday, as promised", b"a@contoso.com")  # a sentence, not a command
    assert [line.problem for line in lists.orders_of(beside)] == [""]


async def test_a_list_takes_what_its_profile_says():
    desk = Desk(settings={"profiles": (SALES,)})
    desk.directory.known_groups = {SALES.license_group: Group(SALES.license_group, "Sales", licenses=(E3.id,))}
    names = "jane@contoso.com name=Jane\nbob@contoso.com name=Bob license='Business Premium'"
    reply = await desk.say(f"bulk as sales\n{names}\neve@contoso.com name=Eve as salse")
    assert "Did you mean sales?" in words(reply)
    [kept] = desk.bulks.kept.values()
    jane, bob, eve = (line.order for line in kept)
    assert (jane.profile, jane.license, jane.license_group, jane.manager_id) == ("sales", E3.id, GROUP_ID, MONA.id)
    assert [one.kind for one in jane.follow_ups] == [FollowUpKind.SETTINGS]
    assert (bob.usage_location, bob.license_group) == ("US", "")  # another license than the profile's
    assert eve is None
    assert desk.changes() == []


async def test_who_has_an_order_for_later_is_not_ordered_by_a_list():
    desk = Desk()
    await desk.say(f"provision jane@contoso.com name=Jane {ALL} at 08:00 tomorrow")
    assert "jane@contoso.com is ordered already for" in words(await desk.say(TWO))
