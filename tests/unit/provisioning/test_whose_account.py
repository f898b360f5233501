"""Whose an account is, and to whom the right to its first sign-in details goes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provisioning.accounts import passes_on, whose
from provisioning.case import CREDENTIAL_LAPSES, AccountOrigin, Case, CaseState, Order, Person
from provisioning.directory import Account

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
HELGA, MONA, ADAM = Person("helga", "Helga Desk"), Person("mona", "Mona Manager"), Person("adam", "Adam Admin")
ORDER = Order("jane@contoso.com", "Jane Doe", "US")
ANEW = Case("c2", ORDER, HELGA, NOW)
MADE = replace(Case("c1", ORDER, HELGA, NOW), account_origin=AccountOrigin.CREATED, state=CaseState.READY, ended_at=NOW)
JANE = Account("a1", "jane@contoso.com", "Jane Doe")


@pytest.mark.parametrize(
    ("case", "account", "origin"),
    [
        (replace(ANEW, is_creating=True), JANE, AccountOrigin.CREATED),  # our answer was lost
        (ANEW, JANE, AccountOrigin.ADOPTED),  # Graph said no, or we never asked
        (replace(ANEW, is_creating=True), replace(JANE, display_name="J. Doe"), AccountOrigin.ADOPTED),
    ],
)
def test_an_account_that_is_there_is_ours_only_if_we_may_have_made_it(case, account, origin):
    assert whose(case, account) is origin


@pytest.mark.parametrize(
    ("earlier", "requester", "passes"),
    [
        ([], HELGA, False),
        ([MADE], HELGA, True),
        ([MADE], MONA, False),  # an order of one's own does not open somebody else's
        ([replace(MADE, state=CaseState.FAILED)], MONA, True),  # nobody was ever told that it is theirs
        ([replace(MADE, credential_for=ADAM)], HELGA, False),
        ([replace(MADE, credential_for=ADAM)], ADAM, True),
        ([replace(MADE, credential_shown_at=NOW)], HELGA, False),
        ([MADE, replace(MADE, id="c0", account_origin=AccountOrigin.ADOPTED, credential_shown_at=NOW)], HELGA, False),
        ([replace(MADE, account_origin=AccountOrigin.ADOPTED)], HELGA, False),
        ([replace(MADE, ended_at=NOW - CREDENTIAL_LAPSES - timedelta(seconds=1))], HELGA, False),
        ([replace(MADE, state=CaseState.FAILED, ended_at=NOW - timedelta(days=300))], HELGA, False),
    ],
)
def test_the_right_to_the_details_stays_with_its_holder_and_lapses(earlier, requester, passes):
    assert passes_on(replace(ANEW, requester=requester), earlier, NOW) is passes
