"""Cards of bulks in the states that matter, with made-up values."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from support.contoso import E3, NOW

from cards.bulk import bulk_card, ended_card, stop_card
from cards.bulk_fixing import FixAll, Share, causes_card, fix_all_card
from cards.bulk_preview import preview_card
from cards.bulk_sign_in import sign_in_choice_card
from provisioning.bulk import Answers, Bulk, BulkKind, BulkLine, BulkState, BulkSummary, CauseCount, Outcome, Seats
from provisioning.bulk_checking import Checked
from provisioning.case import Order, Person
from provisioning.findings import Fix, FixKind, Risk
from provisioning.fixes.steps import Ask, FixPlan, UpdateAccount
from provisioning.orders import OrderRequest

HELGA = Person("helga", "Helga Desk", channel_id="29:helga")
DRAFT = Bulk("bulk-1", "new-starters.csv", HELGA, NOW, 187, 13, unused=("Phone", "Building"))
RUNNING = replace(DRAFT, state=BulkState.RUNNING, started_at=NOW - timedelta(minutes=4))
ENDED = replace(RUNNING, state=BulkState.ENDED, ended_at=NOW)
LATE = "No usage location is set, so Microsoft 365 assigns no license. Set the country of the person."
COUNTS = {"to_do": 60, "running": 12, "waiting": 90, "ready": 22, "failed": 3, "refused": 13}
FIX = Fix("set-usage-location", "Set a usage location", FixKind.GRAPH, Risk.REVERSIBLE, "Sets the country.")
LOST = "The account was not readable minutes after it was made. Try again."


HOSTILE = "**Jane** [free](http://evil.example) <at>Mona</at> `x` {{DATE(2020-01-01T00:00:00Z)}}\r\n# Boss"


def line(number: int, **changes: Any) -> BulkLine:
    upn = f"starter{number}@contoso.com"
    order = Order(upn, f"New Starter {number}", "US", E3.id, E3.name)
    return replace(BulkLine(number, upn, OrderRequest(upn), order), **changes)


def outcome(number: int, state: str = "failed", sentence: str = LOST, cause: str = "") -> Outcome:
    upn, name = f"starter{number}@contoso.com", f"New Starter {number}"
    return Outcome(number, upn, name, state, sentence, f"c{number}", cause=cause)


def bulk_cards() -> dict[str, dict[str, Any]]:
    fine = tuple(line(number) for number in range(2, 189))
    lacking = replace(line(1), order=None, problem="The line lacks a license.", missing=("license",))
    bad = tuple(replace(lacking, number=number, who=f"late{number}@contoso.com") for number in range(189, 202))
    few = Checked((line(2), line(3)), (Seats(E3.name, 2, 10),))
    short = Checked((*fine, *bad), (Seats(E3.name, 190, 187),), {"license": 13})
    nobody = Checked(bad, (), {"license": 13, "usage_location": 13, "display_name": 13})
    evil = replace(DRAFT, title=HOSTILE, size=0, refused=1, unused=(HOSTILE,))
    long = [f"{'a' * 50}{number}@{'b' * 40}.com" for number in range(20)]
    many = tuple(CauseCount(cause, LATE * 3, tuple(long[:6]), 31) for cause in ("C02", "C03"))
    crowd = tuple(replace(outcome(number, sentence=LATE * 3), upn=long[number]) for number in range(10))
    hostile = Checked((replace(lacking, who=HOSTILE, problem=HOSTILE),), (), {})
    failing = (outcome(7), outcome(9, "waiting", LATE, "C02"), outcome(12, "waiting", LATE, "C02"))
    common = CauseCount("C02", LATE, ("starter9@contoso.com", "starter12@contoso.com"), 2)
    running = BulkSummary(RUNNING, COUNTS, failing, (common,))
    well = BulkSummary(replace(ENDED, size=20, refused=0), {"ready": 20})
    ended = BulkSummary(ENDED, {"ready": 183, "failed": 3, "given_up": 1, "refused": 13}, failing[:1])
    repairs = replace(ENDED, kind=BulkKind.REPAIRS, title=FIX.title, size=3, refused=0)
    step = UpdateAccount("id", (("usageLocation", "US"),), "Set the usage location to US.")
    ask = FixPlan(FIX.id, Risk.REVERSIBLE, (), (Ask("usage_location", "Country"),))
    done = FixPlan(FIX.id, Risk.REVERSIBLE, (step,))
    gone = Share("starter3@contoso.com", None, "The cause is gone.")
    return {
        "bulk_preview": preview_card(replace(DRAFT, size=2, refused=0, unused=()), few, (E3,)),
        "bulk_preview_short": preview_card(DRAFT, short, (E3,)),
        "bulk_preview_nobody": preview_card(
            replace(DRAFT, title="Pasted list", size=0, answers=Answers(license=E3.id)), nobody, (E3,)
        ),
        "bulk_preview_hostile": preview_card(evil, hostile, ()),
        "bulk_running": bulk_card(running, NOW, refresh_for=["29:helga"]),
        "bulk_ended": bulk_card(ended, NOW),
        "bulk_long": bulk_card(BulkSummary(RUNNING, COUNTS, crowd, many), NOW, refresh_for=["29:helga"]),
        "bulk_ended_well": bulk_card(well, NOW),
        "bulk_repairs": bulk_card(BulkSummary(repairs, {"cured": 2, "not_cured": 1}), NOW),
        "bulk_hostile": bulk_card(BulkSummary(replace(ENDED, title=HOSTILE), {}, (outcome(1, sentence=HOSTILE),)), NOW),
        "bulk_news": ended_card(ended),
        "bulk_stop": stop_card(running),
        "bulk_sign_in": sign_in_choice_card(ENDED, [outcome(number, "ready") for number in range(1, 30)]),
        "fix_all_asks": fix_all_card(FixAll("C02", FIX, Risk.REVERSIBLE, (Share("a@contoso.com", ask), gone)), {}),
        "fix_all": fix_all_card(
            FixAll("C02", FIX, Risk.REVERSIBLE, (Share("starter1@contoso.com", done), gone)), {"usage_location": "US"}
        ),
        "causes": causes_card([common], [(user, LATE) for user in common.users]),
    }
