"""A whole list against the tenant, before anything starts."""

from dataclasses import replace

from support.contoso import ADAM, CONTOSO, E3, FLOW_FREE, MONA, NOW

from provisioning.bulk import Answers, Bulk, BulkLine, BulkState, Fate, Origin, Outcome, begin_again, case_id_of, start
from provisioning.bulk_checking import Known, check, name_from
from provisioning.bulk_results import file_name, results_csv
from provisioning.case import Person
from provisioning.directory import DeletedAccount, Lookups
from provisioning.orders import OrderRequest

NOBODY = Answers()
HELGA = Person("helga", "Helga Desk")


def line(number, upn, **wanted):
    full = {"display_name": "Jane Doe", "usage_location": "US", "license": "E3", **wanted}
    return BulkLine(number, upn, OrderRequest(upn, **full))


def lookups(free=10, **more):
    return Lookups(CONTOSO, (replace(E3, enabled=E3.consumed + free), FLOW_FREE), **more)


def problems(checked):
    return {one.number: one.problem for one in checked.lines if one.problem}


def test_each_line_is_planned_as_a_single_order_is():
    known = {"mona@contoso.com": MONA}
    checked = check([line(1, "a@contoso.com"), line(2, "mona@contoso.com")], Known(lookups(accounts=known)), NOBODY)
    assert problems(checked) == {}
    assert [one.origin for one in checked.lines] == [Origin.CREATE, Origin.LICENSED]
    assert checked.lines[0].order.license == E3.id


def test_seats_are_counted_for_the_whole_list():
    checked = check([line(n, f"p{n}@contoso.com") for n in range(1, 4)], Known(lookups(free=2)), NOBODY)
    assert list(problems(checked)) == [3]
    assert "No seat is left in" in problems(checked)[3]
    assert (checked.seats[0].needed, checked.seats[0].free, checked.seats[0].are_enough) == (3, 2, False)


def test_what_only_a_list_can_have_wrong():
    lines = [
        line(1, "a@contoso.com"),
        line(2, "A@contoso.com"),
        line(3, "b@fabrikam.com"),
        line(4, "c@contoso.com"),
        line(5, "adam@contoso.com"),
        line(6, "gone@contoso.com"),
        BulkLine(7, "no address", problem="There is no address in this line."),
    ]
    found = lookups(
        accounts={"adam@contoso.com": ADAM},
        deleted={"gone@contoso.com": DeletedAccount("d", "gone@contoso.com", "Gone")},
        refusals={ADAM.id: "Adam Admin holds the directory role Global Administrator."},
    )
    told = problems(check(lines, Known(found, {"c@contoso.com": "Mona has ordered it."}), NOBODY))
    assert told[2] == "The same person as in line 1."
    assert "not a verified domain" in told[3]
    assert told[4] == "Mona has ordered it."
    assert "Global Administrator" in told[5]
    assert "restore=yes" in told[6]
    assert told[7] == "There is no address in this line."


def test_what_is_missing_can_be_said_once_for_all():
    lines = [line(n, f"jane.d{n}@contoso.com", display_name="", license="", usage_location="") for n in (1, 2)]
    asked = check(lines, Known(lookups()), NOBODY)
    assert asked.missing == {"display_name": 2, "license": 2, "usage_location": 2}
    answered = check(asked.lines, Known(lookups()), Answers(E3.id, "DE", names_from_addresses=True))
    assert problems(answered) == {}
    assert [one.order.display_name for one in answered.lines] == ["Jane D1", "Jane D2"]
    assert {one.order.usage_location for one in answered.lines} == {"DE"}


def test_names_from_addresses():
    assert name_from("jane.van-der_berg@contoso.com") == "Jane Van Der Berg"
    assert name_from("...@contoso.com") == "...@contoso.com"


def test_a_bulk_starts_once_and_each_round_has_its_own_cases():
    bulk = Bulk("b", "List", HELGA, NOW, 2)
    begun = start(bulk, HELGA, NOW)
    assert begun.state is BulkState.RUNNING
    assert start(begun, HELGA, NOW) is begun
    assert case_id_of(begun, 3) == "b-3"
    assert case_id_of(begin_again(begun), 3) == "b-3-2"


def test_results_are_a_table_that_no_spreadsheet_calculates():
    rows = [
        Outcome(2, "a@contoso.com", '=HYPERLINK("http://evil")', "ready", "", mail="a@contoso.com"),
        Outcome(3, "b@contoso.com", "Bob", Fate.REFUSED, "The line lacks a license."),
    ]
    text = results_csv(rows).decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert "3,b@contoso.com,Bob,not started,,,The line lacks a license.\r\n" in text
    assert file_name(Bulk("b", "../new starters.csv", HELGA, NOW, 1)) == "new-starters-results.csv"
