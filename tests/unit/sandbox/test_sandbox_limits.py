"""Graph's published limits: what counts, what is answered beyond them, and how to switch them."""

import pytest
from support.sandbox_app import HELGA, running_sandbox

from sandbox.limits import FIXED, Limits, cost_of

SELECTED = "?$select=id"
UNITS = 5_000  # the simulated tenant has between 50 and 500 users


@pytest.fixture
async def sandbox():
    async with running_sandbox() as running:
        yield running


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.mark.parametrize(
    ("method", "template", "options", "cost"),
    [
        ("GET", "/users", {}, {"units": 2}),
        ("GET", "/users", {"select": "id"}, {"units": 1}),
        ("GET", "/users", {"expand": "manager", "top": "5"}, {"units": 2}),
        ("GET", "/users/{user}", {"select": "id"}, {"units": 1}),
        ("GET", "/subscribedSkus", {}, {"units": 3}),
        ("POST", "/users/{user}/checkMemberGroups", {}, {"units": 4}),
        ("POST", "/users/{user}/assignLicense", {}, {"units": 1, "writes": 1}),
        ("GET", "/users/{user}/mailboxSettings", {}, {"mailbox/jane": 1}),
        ("GET", "/auditLogs/directoryAudits", {}, {"reports": 1}),
        ("GET", "/admin/serviceAnnouncement/issues", {}, {"health a minute": 1, "health an hour": 1}),
    ],
)
def test_what_a_request_takes(method, template, options, cost):
    assert cost_of(method, template, options, "Jane")[0] == cost


def test_no_window_holds_more_than_the_limit_and_it_empties():
    clock = Clock()
    limits = Limits(monotonic=clock)
    amount, seconds = FIXED["writes"]
    for _ in range(amount):
        assert limits.charge({"writes": 1}, "", 10).refusal is None
    refusal = limits.charge({"writes": 1}, "", 10).refusal
    assert refusal.status == 429
    assert 0 < refusal.retry_after <= seconds + 1
    clock.now += seconds + 1
    assert limits.charge({"writes": 1}, "", 10).refusal is None


def test_retry_after_is_just_long_enough():
    clock = Clock()
    limits = Limits(monotonic=clock)
    for _ in range(5):
        limits.charge({"reports": 1}, "", 10)
        clock.now += 1
    refusal = limits.charge({"reports": 1}, "", 10).refusal
    clock.now += refusal.retry_after - 1
    assert limits.charge({"reports": 1}, "", 10).refusal is not None, "a second too early"
    clock.now += 10
    assert limits.charge({"reports": 1}, "", 10).refusal is None


def test_who_goes_on_asking_is_not_let_in():
    clock = Clock()
    limits = Limits(monotonic=clock)
    answers = []
    for _ in range(100):
        answers.append(limits.charge({"reports": 1}, "", 10).refusal is None)
        clock.now += 0.5
    assert sum(answers) < 20  # 25 without the refused ones that count, too


def test_a_larger_tenant_has_more_units():
    limits = Limits(monotonic=Clock())
    for users, units in ((49, 3_500), (50, 5_000), (500, 5_000), (501, 8_000)):
        limits.set_scale(1)
        assert limits.charge({"units": units}, "", users).refusal is None
        assert limits.charge({"units": 1}, "", users).refusal is not None


def test_four_at_once_in_one_mailbox():
    limits = Limits(monotonic=Clock())
    charges = [limits.charge({"mailbox/jane": 1}, "jane", 10) for _ in range(5)]
    assert [charge.refusal is None for charge in charges] == [True, True, True, True, False]
    assert limits.charge({"mailbox/mona": 1}, "mona", 10).refusal is None
    for charge in charges:
        limits.release(charge)
    assert limits.charge({"mailbox/jane": 1}, "jane", 10).refusal is None


async def test_the_directory_tells_what_a_request_took(sandbox):
    reply = await sandbox.get("/subscribedSkus")
    assert reply.headers["x-ms-resource-unit"] == "3"
    assert "x-ms-throttle-limit-percentage" not in reply.headers


async def test_a_warning_comes_before_the_refusal(sandbox):
    await sandbox.control("POST", "limits", {"scale": 10 / UNITS})
    replies = [await sandbox.get(f"/users/{HELGA}{SELECTED}") for _ in range(11)]
    assert [reply.status for reply in replies] == [200] * 10 + [429]
    assert replies[8].headers["x-ms-throttle-limit-percentage"] == "0.900"
    assert "x-ms-throttle-limit-percentage" not in replies[7].headers
    refused = replies[10]
    assert refused.code == "TooManyRequests"
    assert 1 <= int(refused.headers["Retry-After"]) <= 10
    assert refused.headers["x-ms-throttle-scope"].startswith("Tenant_Application/ReadWrite/")
    assert refused.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert {"request-id", "date"} <= set(refused.body["error"]["innerError"])


async def test_members_of_a_batch_are_refused_singly(sandbox):
    await sandbox.control("POST", "limits", {"scale": 3 / UNITS})
    members = [{"id": str(n), "method": "GET", "url": f"/users/{HELGA}{SELECTED}"} for n in range(5)]
    answers = (await sandbox.batch(*members)).values()
    assert sorted(answer["status"] for answer in answers) == [200, 200, 200, 429, 429]
    refused = next(answer for answer in answers if answer["status"] == 429)
    assert int(refused["headers"]["Retry-After"]) >= 1


async def test_the_log_counts_what_was_refused_and_what_was_taken(sandbox):
    await sandbox.control("POST", "limits", {"scale": 2 / UNITS})
    await sandbox.create()
    for _ in range(2):
        await sandbox.patch(f"/users/{HELGA}", {"department": "Sales"})
    log = await sandbox.control("GET", "requests")
    assert (log["throttled"], log["writes"], log["units"]) == (2, 3, 3)
    assert (await sandbox.control("GET", "limits"))["refused"] == {"writes": 1, "units": 1}


async def test_limits_can_be_switched_off_and_come_back_with_a_reset(sandbox):
    await sandbox.control("POST", "limits", {"scale": 1 / UNITS, "enabled": False})
    assert [(await sandbox.get(f"/users/{HELGA}")).status for _ in range(5)] == [200] * 5
    await sandbox.control("POST", "reset")
    assert (await sandbox.control("GET", "limits")) == {"enabled": True, "scale": 1.0, "used": {}, "refused": {}}


@pytest.mark.parametrize("body", [{"scale": 0}, {"scale": "much"}, {"enabled": 1}])
async def test_a_wrong_control_is_told(sandbox, body):
    async with sandbox.client.post("/sandbox/limits", json=body) as response:
        assert response.status == 400
        assert (await response.json())["error"]
