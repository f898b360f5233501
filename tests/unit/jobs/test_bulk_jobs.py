"""Bulks over a real database and engine: one card, a few at a time, once."""

from dataclasses import replace

from support.contoso import NOW
from support.fake_directory import unavailable
from support.office import CHAT, GROUP, HELGA, JANE, Office, eventually

from provisioning.bulk import Bulk, BulkKind, BulkLine, BulkState, BulkSummary, Fate
from provisioning.case import CaseState
from provisioning.errors import GraphRejected
from provisioning.fixes.steps import UpdateAccount
from provisioning.orders import OrderRequest
from provisioning.repair import Repair, RepairState, RepairStep
from provisioning.watching import watched


def lines(count: int) -> list[BulkLine]:
    upns = [f"starter{number}@contoso.com" for number in range(count)]
    good = [BulkLine(n + 2, upn, OrderRequest(upn), replace(JANE, upn=upn)) for n, upn in enumerate(upns)]
    return [*good, BulkLine(count + 2, "nobody", problem="There is no address in this line.")]


async def drafted(office: Office, count: int) -> Bulk:
    bulk = Bulk("bulk", "people.csv", HELGA, NOW, count, 1)
    await office.jobs.bulks.draft(bulk, lines(count))
    return bulk


async def until(office: Office, is_so) -> BulkSummary:
    async def look() -> BulkSummary | None:
        summary = await office.jobs.bulks.summary("bulk")
        assert summary is not None
        return summary if is_so(summary) else None

    return await eventually(look)


async def test_a_list_runs_to_its_end_with_one_card_and_one_message(office: Office):
    await drafted(office, 3)
    assert office.directory.calls == []
    await office.jobs.bulks.start("bulk", HELGA, CHAT)
    await office.jobs.bulks.start("bulk", HELGA, CHAT)
    await until(office, lambda summary: summary.counts.get("waiting") == 3)
    assert await office.jobs.open_cases() == ()  # told as one
    for number in range(3):
        office.directory.make_ready(f"starter{number}@contoso.com")
    summary = await until(office, lambda summary: summary.bulk.state is BulkState.ENDED)
    assert summary.counts == {"ready": 3, Fate.REFUSED: 1}
    assert office.directory.count("create_account") == 3
    await eventually(lambda: said(office, "bulk ended"))
    assert set(office.messenger.kinds()) <= {"bulk posted", "bulk updated", "bulk ended"}
    assert office.messenger.kinds().count("bulk posted") == office.messenger.kinds().count("bulk ended") == 1
    outcomes = await office.jobs.bulks.outcomes("bulk")
    assert [one.state for one in outcomes] == ["ready", "ready", "ready", Fate.REFUSED]
    assert [one.number for one in outcomes] == [2, 3, 4, 5]


async def said(office: Office, kind: str) -> bool:
    return kind in office.messenger.kinds()


async def test_what_fails_is_named_and_can_be_ordered_again(office: Office):
    await drafted(office, 2)
    office.directory.fail("create_account", GraphRejected("Graph says no."))
    await office.jobs.bulks.start("bulk", HELGA, CHAT)
    summary = await until(office, lambda summary: summary.counts.get("failed") == 1 and "waiting" in summary.counts)
    [failing] = summary.failing
    assert "Graph says no" in failing.sentence or failing.cause
    assert (await office.jobs.bulks.again("bulk", HELGA, 5)).bulk.round == 1  # a round that is not the last
    again = await office.jobs.bulks.again("bulk", HELGA, 1)
    assert again.bulk.round == 2
    await office.jobs.bulks.again("bulk", HELGA, 1)  # the same click once more
    summary = await until(office, lambda summary: summary.counts.get("waiting") == 2)
    assert summary.bulk.round == 2


async def test_stop_keeps_what_has_not_begun_from_beginning(office: Office):
    await drafted(office, 30)
    office.directory.fail("get_account", *[unavailable() for _ in range(60)])
    await office.jobs.bulks.start("bulk", HELGA, CHAT)
    await until(office, lambda summary: summary.counts.get("running", 0) > 0)
    stopped = await office.jobs.bulks.stop("bulk", HELGA)
    assert stopped.counts[Fate.STOPPED] >= 30 - 12
    assert stopped.bulk.stopped_by == HELGA.name
    assert Fate.TO_DO not in stopped.counts


async def test_somebody_who_is_at_work_already_is_not_ordered_twice(office: Office):
    await drafted(office, 1)
    await office.jobs.start(replace(JANE, upn="starter0@contoso.com"), HELGA, CHAT)
    assert await office.jobs.bulks.at_work(["STARTER0@contoso.com", "b@contoso.com"]) == {
        "starter0@contoso.com": HELGA.name
    }
    await office.jobs.bulks.start("bulk", HELGA, CHAT)
    summary = await until(office, lambda summary: summary.bulk.state is BulkState.ENDED)
    assert summary.counts == {Fate.ELSEWHERE: 1, Fate.REFUSED: 1}


async def test_who_is_only_watched_is_ordered_and_the_watch_ends(office: Office):
    someone = next(iter(office.directory.accounts.values()))
    office.directory.probes.pop(someone.id, None)
    watch = watched(await office.directory.look_up(someone.upn), HELGA, office.clock.now(), "watch")
    await office.jobs.watch(watch, GROUP)
    assert await office.jobs.bulks.at_work([someone.upn]) == {}
    order = replace(JANE, upn=someone.upn)
    await office.jobs.bulks.draft(
        Bulk("bulk", "people.csv", HELGA, NOW, 1, 0), [BulkLine(1, someone.upn, OrderRequest(someone.upn), order)]
    )
    await office.jobs.bulks.start("bulk", HELGA, CHAT)
    await until(office, lambda summary: summary.counts.get("waiting") == 1)
    ended = await office.jobs.get("watch")
    assert ended is not None
    assert ended.state is CaseState.CANCELLED
    ordered = await office.jobs.find(someone.upn)
    assert ordered is not None
    assert ordered.bulk_id == "bulk"


async def test_one_fix_for_several_is_a_repair_each_and_one_card(office: Office):
    people = [one for one in office.directory.accounts.values() if not office.directory.roles.get(one.id)][:2]
    bulk = Bulk("bulk", "Set a usage location", HELGA, NOW, 2, 0, BulkKind.REPAIRS, BulkState.RUNNING, NOW)
    repairs = [
        (
            Repair(
                f"r{n}",
                one.upn,
                "set-usage-location",
                bulk.title,
                "none",
                HELGA,
                NOW,
                (RepairStep("Set."),),
                bulk_id="bulk",
            ),
            (UpdateAccount(one.id, (("usageLocation", "DE"),), "Set."),),
        )
        for n, one in enumerate(people)
    ]
    await office.jobs.bulks.start_repairs(bulk, repairs, CHAT)
    await office.jobs.bulks.start_repairs(bulk, repairs, CHAT)
    summary = await until(office, lambda summary: summary.bulk.state is BulkState.ENDED)
    assert summary.counts == {RepairState.CURED: 2}
    assert office.directory.count("update_account") == 2
    assert "repair posted" not in office.messenger.kinds()
