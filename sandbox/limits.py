"""The limits that Graph enforces, by its documentation, and how it answers when they are reached.

learn.microsoft.com/graph/throttling-limits has the figures, costs and headers: "Identity and access service limits",
"Identity and access reports service limits", "Service Communications service limits", "Outlook service limits".
Real seconds count, whatever the speed of the simulated clock: a limit is about how fast a client sends. Graph fills
token buckets; here no window of the length of a limit may hold more than its amount, which is stricter. "All requests
accrue against your usage limits" (learn.microsoft.com/graph/throttling): refused ones too.
"""

import math
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.failures import GraphFailure
from sandbox.people import BOT_APP_ID, TENANT_ID

SIZES = ((50, 3_500), (501, 5_000), (math.inf, 8_000))  # resource units in 10 s for a tenant of fewer users
FIXED = {
    "units": (3_500, 10),
    "writes": (3_000, 150),
    "reports": (5, 10),
    "health a minute": (240, 60),
    "health an hour": (800, 3600),
    "mailbox": (10_000, 600),
}
MAILBOX_AT_ONCE = 4
WARNED_AT = 0.8
FULL = 1 + 1e-9  # scaled amounts are rarely whole
MOST_SAID = 1.8  # the percentage header goes no further
_UNITS = {
    ("GET", "/users"): 2,
    ("GET", "/subscribedSkus"): 3,
    ("GET", "/users/{user}/licenseDetails"): 2,
    ("GET", "/users/{user}/memberOf"): 2,
    ("GET", "/users/{user}/transitiveMemberOf"): 2,
    ("GET", "/users/{user}/transitiveMemberOf/graph.directoryRole"): 2,
    ("GET", "/groups/{group}/transitiveMembers/graph.user"): 5,
    ("GET", "/groups/{group}/members"): 3,
}
_POSTS_THAT_READ = {"checkMemberGroups": 4}
_OUTLOOK = ("mailboxsettings", "mailfolders", "messages", "sendmail")


class Window:
    """What was asked in the last `seconds`, refused requests included; never remembers more than Graph says."""

    def __init__(self, amount: float, seconds: float) -> None:
        self.amount = amount
        self.seconds = seconds
        self._entries: deque[tuple[float, float]] = deque()
        self.used = 0.0

    def add(self, now: float, cost: float) -> float:
        """The share of the limit that is used with it."""
        while self._entries and self._entries[0][0] <= now - self.seconds:
            self.used -= self._entries.popleft()[1]
        share = (self.used + cost) / self.amount
        if share <= MOST_SAID:
            self._entries.append((now, cost))
            self.used += cost
        return share

    def wait(self, now: float, cost: float) -> float:
        """Seconds until one of that cost would be let through, if nobody asks meanwhile."""
        left = self.used
        for at, spent in self._entries:
            left -= spent
            if left + cost <= self.amount:
                return at + self.seconds - now
        return self.seconds


@dataclass(frozen=True)
class Charge:
    """What one request took. `mailbox` is held until it is answered, "" for none."""

    cost: Mapping[str, float] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    refusal: GraphFailure | None = None
    mailbox: str = ""


class Limits:
    """The windows of one app in this tenant. `scale` makes all amounts smaller or larger; `enabled` is the switch."""

    def __init__(self, enabled: bool = True, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._at_start = enabled
        self.reset()

    def reset(self) -> None:
        self.enabled = self._at_start
        self.set_scale(1.0)

    def set_scale(self, scale: float) -> None:
        """All windows begin anew."""
        self.scale = scale
        self._windows: dict[str, Window] = {}
        self._under_way: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def charge(self, cost: Mapping[str, float], mailbox: str, users: int) -> Charge:
        """Count one request of a tenant with so many users; `release` it when it is answered."""
        if not self.enabled:
            return Charge(cost)
        if mailbox and self._under_way[mailbox] >= MAILBOX_AT_ONCE:
            self.refused["mailbox at once"] += 1
            return Charge(cost, {}, _over_concurrency())
        now = self._monotonic()
        shares = {name: self._window(name, users).add(now, amount) for name, amount in cost.items()}
        headers = _resource_headers(cost, max(shares.values(), default=0.0))
        over = next((name for name, share in shares.items() if share > FULL), None)
        if over is not None:
            self.refused[over.partition("/")[0]] += 1
            wait = self._window(over, users).wait(now, cost[over])
            return Charge(cost, headers | _scope_headers(over), _over(over, wait))
        self._under_way[mailbox] += bool(mailbox)
        return Charge(cost, headers, None, mailbox)

    def release(self, charge: Charge) -> None:
        if charge.mailbox:
            self._under_way[charge.mailbox] -= 1
            if not self._under_way[charge.mailbox]:
                del self._under_way[charge.mailbox]

    def as_json(self) -> dict[str, Any]:
        used = {name: round(window.used, 1) for name, window in self._windows.items() if "/" not in name}
        return {"enabled": self.enabled, "scale": self.scale, "used": used, "refused": dict(self.refused)}

    def _window(self, name: str, users: int) -> Window:
        kind = name.partition("/")[0]
        amount, seconds = FIXED[kind]
        if kind == "units":
            amount = next(units for most, units in SIZES if users < most)
        window = self._windows.setdefault(name, Window(amount, seconds))
        window.amount = amount * self.scale
        return window


def cost_of(method: str, template: str, options: Mapping[str, str], user: str) -> tuple[dict[str, float], str]:
    """What a request takes, and whose mailbox it is about, if any. `options` without their $."""
    part = template.lower().partition("/users/{user}/")[2].partition("/")[0]
    if template.startswith("/auditLogs/"):
        return {"reports": 1}, ""
    if template.startswith("/admin/serviceAnnouncement/"):
        return {"health a minute": 1, "health an hour": 1}, ""
    if part in _OUTLOOK:
        return {f"mailbox/{user.lower()}": 1}, user.lower()
    top = options.get("top", "")
    is_few = top.isdigit() and int(top) < 20
    reads = _POSTS_THAT_READ.get(template.rpartition("/")[2], 0)
    units = reads or _UNITS.get((method, template), 1)
    units += int(bool(options.get("expand"))) - int(bool(options.get("select"))) - int(is_few)
    is_write = method != "GET" and not reads
    return {"units": max(1, units), **({"writes": 1} if is_write else {})}, ""


def _resource_headers(cost: Mapping[str, float], share: float) -> dict[str, str]:
    """Only the directory tells what a request took, and how much of the limit is used once that is much."""
    if "units" not in cost:
        return {}
    headers = {"x-ms-resource-unit": f"{cost['units']:g}"}
    if share > WARNED_AT:
        headers["x-ms-throttle-limit-percentage"] = f"{min(share, MOST_SAID):.3f}"
    return headers


def _scope_headers(name: str) -> dict[str, str]:
    kinds = {"units": ("ReadWrite", "ResourceUnitLimitExceeded"), "writes": ("Write", "WriteLimitExceeded")}
    if name not in kinds:
        return {}
    limit, information = kinds[name]
    scope = f"Tenant_Application/{limit}/{BOT_APP_ID}/{TENANT_ID}"
    return {"x-ms-throttle-scope": scope, "x-ms-throttle-information": information}


def _over(name: str, wait: float) -> GraphFailure:
    """The sample of learn.microsoft.com/graph/throttling; Retry-After in whole seconds."""
    code = "ApplicationThrottled" if name.startswith("mailbox") else "TooManyRequests"
    return GraphFailure(429, code, "Please retry again later.", retry_after=max(1, math.ceil(wait)))


def _over_concurrency() -> GraphFailure:
    """As quoted in learn.microsoft.com/answers/questions/734143."""
    return GraphFailure(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.", retry_after=1)
