"""What waiting costs: the real bot over a database of waiting cases, beside one poll a case. Part of bench/load.py.

The bot is `python -m bot`, started again over a database that was filled before (bench/waiting_cases.py); CPU and
memory are read from /proc. "Fully watching" is the later of two moments, in seconds from the process's start: /readyz
answers 200, and every look that was due when the process started has been made and noted.
"""

import json
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from generator import activity
from harness import APP_ID, ROOT, TENANT_ID, TICKS, Server, Servers, bench_python, free_port
from support.postgres import Cluster, find_programs
from waiting_cases import MIXED, OLD, YOUNG, Ages, fill, write_tenant

from jobs.tables import cases, open_engine
from jobs.watcher import AT_MOST, BATCH, TICK
from provisioning.case import CaseState
from provisioning.waiting import JITTER, spacing

POLL_SECONDS = 30.0  # the default
NAIVE_SETTLE_SECONDS = 5.0  # it has no engine
AWAY_SECONDS = 3600.0
GOAL_CPU, GOAL_RSS_MB, GOAL_WATCHING_S = 0.03, 60.0, 5.0
PLOT = ROOT / "bench" / "waiting.svg"


@dataclass(frozen=True)
class Size:
    """`others` are pairs of ages and how many: what the goals are not about. `on_postgresql`: how many there.

    A bot is watched only once it has run for `settle_seconds`: in its first minute the engine looks for schedules
    every second, and code and statements run for the first time.
    """

    counts: tuple[int, ...]
    on_postgresql: tuple[int, ...]
    others: tuple[tuple[Ages, int], ...]
    settle_seconds: float
    watched_seconds: float
    answers: int


FULL = Size((100, 1_000, 10_000), (0, 10_000), ((MIXED, 10_000), (YOUNG, 1_000), (YOUNG, 10_000)), 60, 30, 30)
QUICK = Size((300,), (), (), 1, 3, 5)


def measure(quick: bool) -> dict[str, object]:
    """The whole part; a full run draws the plot as well."""
    size = QUICK if quick else FULL
    with Bench(max(size.counts)) as bench:
        runs = [bench.mailroom("sqlite", OLD, count, size) for count in (0, *size.counts)]
        runs += [bench.mailroom("postgresql", OLD, count, size) for count in size.on_postgresql]
        runs += [bench.mailroom("sqlite", ages, count, size) for ages, count in size.others]
        naive = [] if quick else [bench.one_poll_a_case(OLD, count, size) for count in (0, *size.counts)]
        back = None if quick else bench.after_an_hour_away(size)
    add_growth(runs)
    add_growth(naive)
    found = {
        "poll_seconds": POLL_SECONDS,
        "ages": OLD.name,
        "settle_seconds": size.settle_seconds,
        "watched_seconds": size.watched_seconds,
        "mailroom": runs,
        "one_poll_a_case": naive,
        "after_an_hour_away": back,
        "goals": goals(runs, max(size.counts)),
    }
    if not quick:
        draw(found)
    return found


def draw(found: dict[str, object]) -> None:
    """The growth as a plot, for bench/README.md."""
    argv = [bench_python(), str(ROOT / "bench" / "plot_waiting.py"), str(PLOT)]
    subprocess.run(argv, input=json.dumps({"waiting": found}), text=True, check=True)


class Bench(ExitStack):
    """What stands around the bot: sandbox with all accounts, connector, PostgreSQL."""

    def __init__(self, accounts: int) -> None:
        super().__init__()
        self._accounts = accounts
        self._urls = 0
        self._cluster: Cluster | None = None

    def __enter__(self) -> "Bench":
        super().__enter__()
        self.servers = self.enter_context(Servers())
        self.port = free_port()
        tenant = write_tenant(self.servers.folder / "tenant.json", self._accounts)
        self.sandbox = self.servers.sandbox(self.port, "", "--tenant", str(tenant))
        services = free_port()
        self.services = self.servers.start("services", str(ROOT / "bench/services.py"), str(services), port=services)
        self.services.wait_ready("/counters")
        return self

    def mailroom(self, kind: str, ages: Ages, count: int, size: Size) -> dict[str, object]:
        """One restart of the bot over `count` waiting cases, watched for a while."""
        url = self._prepared(kind, ages, count)
        with looking_at(url) as engine, self._bot_over(engine, url) as (bot, looks):
            ready = bot.wait_ready("/readyz")
            watching = looks.all_made()
            time.sleep(size.settle_seconds)
            watched = self._watched(bot, size.watched_seconds, self._server_pids(kind))
            answers = sorted(self._answer_ms(bot, number) for number in range(size.answers))
        formula = requests_a_minute(ages, count)
        return told(
            {
                "database": kind,
                "ages": ages.name,
                "cases": count,
                "ready_s": round(ready, 2),
                "fully_watching_s": round(watching, 2),
                **watched,
                "formula_requests_a_minute": round(formula, 1),
                "formula_posts_a_minute_at_most": round(60 / TICK + formula / BATCH, 1) if count else 0,
                "status_ms": round(statistics.median(answers), 1),
            }
        )

    def one_poll_a_case(self, ages: Ages, count: int, size: Size) -> dict[str, object]:
        """The same looks, each by a task of its own; it keeps nothing and shows nothing."""
        script = str(ROOT / "bench" / "one_poll_a_case.py")
        argv = (script, f"{self.sandbox.url}/v1.0", ages.name, str(count), str(POLL_SECONDS))
        port = free_port()
        poller = self.servers.start("poller", *argv, str(port), port=port)
        poller.wait_ready("/")
        time.sleep(NAIVE_SETTLE_SECONDS)
        watched = self._watched(poller, size.watched_seconds, [])
        poller.stop()
        formula = round(requests_a_minute(ages, count), 1)
        return told({"ages": ages.name, "cases": count, **watched, "formula_requests_a_minute": formula})

    def after_an_hour_away(self, size: Size) -> dict[str, object]:
        """Every look is overdue at the start: how long until all are made, and how hard Graph is asked meanwhile."""
        count = max(size.counts)
        url = self._prepared("sqlite", OLD, count)
        with looking_at(url) as engine:
            with engine.begin() as connection:
                connection.execute(cases.update().values(next_check_at=cases.c.next_check_at - AWAY_SECONDS))
            with self._bot_over(engine, url) as (bot, looks):
                bot.wait_ready("/readyz")
                in_each_second = self._probes_each_second(lambda: not looks.left(time.time() - AWAY_SECONDS / 2))
                seconds = time.perf_counter() - bot.started
        return told(
            {
                "cases": count,
                "caught_up_s": round(seconds, 1),
                "most_requests_in_a_second": max(in_each_second),
                "at_most_by_the_code": round(AT_MOST / TICK),
            }
        )

    def _prepared(self, kind: str, ages: Ages, count: int) -> str:
        """A database that a bot has run over before, with the cases in it."""
        url = self._database(kind)
        with self._bot(url) as bot:
            bot.wait_ready("/readyz")
        fill(url, count, ages, POLL_SECONDS, f"{self.services.url}/connector")
        fetch(self.sandbox, "sandbox/requests", method="DELETE")
        return url

    def _database(self, kind: str) -> str:
        self._urls += 1
        if kind == "sqlite":
            return f"sqlite:///{self.servers.folder / f'mailroom-{self._urls}.db'}"
        if self._cluster is None:
            programs = find_programs()
            if programs is None:
                raise SystemExit("PostgreSQL is missing (Debian: apt-get install postgresql)")
            self._cluster = self.enter_context(Cluster(programs))
        return self._cluster.new_database()

    @contextmanager
    def _bot_over(self, engine: sa.Engine, url: str) -> Iterator[tuple[Server, "Looks"]]:
        due, since = when_due(engine), time.time()
        with self._bot(url) as bot:
            yield bot, Looks(engine, bot, due, since)

    @contextmanager
    def _bot(self, database_url: str) -> Iterator[Server]:
        bot = self.servers.start(
            "bot",
            "-m",
            "bot",
            port=self.port,
            MAILROOM_PORT=str(self.port),
            MAILROOM_APP_TYPE="Anonymous",
            MAILROOM_APP_ID=APP_ID,
            MAILROOM_TENANT_ID=TENANT_ID,
            MAILROOM_GRAPH_BASE_URL=f"{self.sandbox.url}/v1.0",
            MAILROOM_DATABASE_URL=database_url,
            MAILROOM_POLL_SECONDS=str(POLL_SECONDS),
            MAILROOM_RATE_LIMIT="1000000",
        )
        try:
            yield bot
        finally:
            bot.stop()

    def _watched(self, server: Server, seconds: float, database_pids: list[int]) -> dict[str, object]:
        """What it takes and what it asks, meanwhile."""
        fetch(self.sandbox, "sandbox/requests", method="DELETE")
        updates = fetch(self.services, "counters")["updates"]
        database, cpu, started = cpu_of(database_pids), server.cpu_seconds(), time.perf_counter()
        time.sleep(seconds)
        took = time.perf_counter() - started
        cpu, database = server.cpu_seconds() - cpu, cpu_of(database_pids) - database
        probes, posts, others = asked(self.sandbox)
        return {
            "cpu_share": round(cpu / took, 4),
            "database_cpu_share": round(database / took, 4),
            "rss_mb": round(server.rss_mb(), 1),
            "requests_a_minute": round(probes * 60 / took, 1),
            "posts_a_minute": round(posts * 60 / took, 1),
            "other_requests_a_minute": round(others * 60 / took, 1),
            "cards_redrawn_a_minute": round((fetch(self.services, "counters")["updates"] - updates) * 60 / took, 1),
        }

    def _answer_ms(self, bot: Server, number: int) -> float:
        """`status` in a 1:1 chat of its own, since Teams allows two a second in each; its answer is included."""
        body = json.dumps(activity("status", f"a:status-{number}", APP_ID, f"{self.services.url}/connector")).encode()
        request = urllib.request.Request(f"{bot.url}/api/messages", body, {"Content-Type": "application/json"})
        time.sleep(0.05)
        started = time.perf_counter()
        urllib.request.urlopen(request, timeout=60).close()
        return (time.perf_counter() - started) * 1000

    def _probes_each_second(self, is_over) -> list[int]:
        counts, before = [], 0
        while not is_over():
            time.sleep(1)
            probes, _, _ = asked(self.sandbox)
            counts.append(probes - before)
            before = probes
        return counts

    def _server_pids(self, kind: str) -> list[int]:
        """PostgreSQL's processes: SQLite's work is the bot's own."""
        if kind == "sqlite" or self._cluster is None:
            return []
        return [int(path.name) for path in Path("/proc").glob("[0-9]*") if is_of_cluster(path, self._cluster.port)]


@contextmanager
def looking_at(url: str) -> Iterator[sa.Engine]:
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def when_due(engine: sa.Engine) -> dict[str, float]:
    """By case, when it is to be looked at, of those that no process looks at just now."""
    query = sa.select(cases.c.id, cases.c.next_check_at)
    with engine.connect() as connection:
        return dict(
            connection.execute(query.where(cases.c.state == CaseState.WAITING, cases.c.claimed_by == "")).tuples().all()
        )


@dataclass(frozen=True)
class Looks:
    """`due` is when each was due before the bot started, which was at `since`."""

    engine: sa.Engine
    bot: Server
    due: dict[str, float]
    since: float

    def all_made(self) -> float:
        """Seconds from the bot's start until all that were due by then are made and noted."""
        while left := self.left(self.since):
            if time.perf_counter() - self.bot.started > 120:
                raise SystemExit(f"{left} looks were not made:\n{self.bot.log.read_text()[-3000:]}")
            time.sleep(0.05)
        return time.perf_counter() - self.bot.started

    def left(self, until: float) -> int:
        now = when_due(self.engine)
        return sum(now.get(case_id, at) <= at for case_id, at in self.due.items() if at <= until)


def asked(sandbox: Server) -> tuple[int, int, int]:
    """Looks at mailboxes, posts, and whatever else was asked."""
    log = fetch(sandbox, "sandbox/requests?limit=0")
    by_template = {(one["method"], one["template"]): one["count"] for one in log["counts"]}
    posts = by_template.get(("POST", "/$batch"), 0)
    probes = by_template.get(("GET", "/users/{user}/mailboxSettings"), 0)
    return probes, posts or probes, log["total"] - posts - probes


def fetch(server: Server, path: str, method: str = "GET") -> dict:
    request = urllib.request.Request(f"{server.url}/{path}", method=method)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def requests_a_minute(ages: Ages, count: int) -> float:
    """As docs/load.md has it."""
    each = (60 / spacing(age, POLL_SECONDS).total_seconds() for age in ages.of(count))
    return sum(each) / (1 + JITTER / 2)


def cpu_of(pids: list[int]) -> float:
    """User and system seconds of those that live."""
    return sum(ticks_of(Path(f"/proc/{pid}/stat")) for pid in pids) / TICKS


def ticks_of(stat: Path) -> int:
    try:
        fields = stat.read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def is_of_cluster(process: Path, port: int) -> bool:
    """The server with this port, or a child of it."""
    try:
        parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        lines = [(one / "cmdline").read_bytes().split(b"\0") for one in (process, Path(f"/proc/{parent}"))]
    except OSError:
        return False
    return any(b"-p" in line and str(port).encode() in line and b"postgres" in line[0] for line in lines)


def add_growth(runs: list[dict]) -> None:
    """Beside the same process with nobody waiting."""
    none = {run.get("database"): run for run in runs if not run["cases"]}
    for run in runs:
        base = none[run.get("database")]
        run["rss_growth_mb"] = round(run["rss_mb"] - base["rss_mb"], 1)
        run["cpu_growth"] = round(run["cpu_share"] - base["cpu_share"], 4)


def goals(runs: list[dict], most: int) -> dict[str, bool]:
    """Over the most cases of 4 to 24 hours, on every database."""
    full = [run for run in runs if run["cases"] == most and run["ages"] == OLD.name]
    return {
        f"CPU under {GOAL_CPU:.0%} of a core": all(run["cpu_share"] < GOAL_CPU for run in full),
        f"RSS growth under {GOAL_RSS_MB:g} MB": all(run["rss_growth_mb"] < GOAL_RSS_MB for run in full),
        f"fully watching in {GOAL_WATCHING_S:g} s": all(run["fully_watching_s"] < GOAL_WATCHING_S for run in full),
    }


def told(run: dict[str, object]) -> dict[str, object]:
    print(run, file=sys.stderr)
    return run
