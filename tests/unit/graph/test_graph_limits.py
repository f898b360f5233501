"""What each request takes of Graph's limits."""

import pytest

from graph import memberships, queries, requests
from graph.client import open_client
from graph.credentials import StaticCredential
from graph.limits import (
    HEALTH_A_MINUTE,
    HEALTH_AN_HOUR,
    PUBLISHED,
    REPORTS,
    UNITS,
    WRITES,
    cost_of,
    mailbox,
    scaled,
    total,
)
from provisioning.recipients import HolderKind

API = open_client("http://127.0.0.1:1/v1.0", StaticCredential()).api
JANE = "jane@contoso.com"


@pytest.mark.parametrize(
    ("request_", "units", "writes"),
    [
        (requests.account(API, JANE), 1, 0),  # $select never makes it less than one
        (requests.skus(API), 3, 0),
        (requests.license_details(API, JANE), 2, 0),
        (queries.users_with(API, JANE, ["id"]), 1, 0),  # a list of users costs 2, less one for $select
        (queries.holders(API, HolderKind.GROUP, [JANE])[0], 1, 0),
        (memberships.groups(API, JANE, ["g"])[0], 4, 0),  # a POST that only reads
        (requests.create_account(API, {}), 1, 1),
        (requests.change_licenses(API, JANE, []), 1, 1),
        (requests.update_account(API, JANE, {}), 1, 1),
        (requests.set_manager(API, "http://x", JANE, "m"), 1, 1),
        (requests.purge_deleted(API, "d"), 1, 1),
    ],
)
def test_the_directory_counts_units_and_writes(request_, units, writes):
    cost = cost_of(request_)
    assert cost[UNITS] == units
    assert cost.get(WRITES, 0) == writes


def test_a_mailbox_has_a_limit_of_its_own():
    assert cost_of(requests.mailbox(API, "Jane@contoso.com")) == {mailbox(JANE): 1}
    assert cost_of(requests.mailbox(API, "mona@contoso.com")) != cost_of(requests.mailbox(API, JANE))


def test_the_audit_log_and_the_service_health_have_others():
    assert cost_of(queries.license_changes(API, JANE)) == {REPORTS: 1}
    assert cost_of(requests.health(API)) == {HEALTH_A_MINUTE: 1, HEALTH_AN_HOUR: 1}


def test_members_of_a_batch_count_singly():
    together = total(
        [cost_of(requests.skus(API)), cost_of(requests.skus(API)), cost_of(requests.create_account(API, {}))]
    )
    assert (together[UNITS], together[WRITES]) == (7, 1)


def test_scaled_limits_keep_their_windows():
    half = scaled(0.5)
    assert (half[WRITES].amount, half[WRITES].seconds) == (1500, PUBLISHED[WRITES].seconds)
    assert half[mailbox("")[:-1]].at_once == 4
