"""The call queue: claim next, claim and report, growth with size, filling; ours through call_queue and outcomes."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench import bare_queue, district
from bench.district import NOW
from bench.engines import Make
from bench.figures import Figure
from campaigns import call_queue, outcomes
from campaigns.models import Campaign
from organizer.db import Database

SIZE, LARGEST, SMALLEST = 100_000, 1_000_000, 1_000
RETRIES = 100_000
"""Future retries at a better priority, in the way of an index that is not partial."""
CALLERS = (1, 8, 32)
TURNS = 800
"""Steps per run, shared among the callers."""
ROUNDS = 3
"""Ours and the limit are run by turns so many times, and the round with the middle ratio is told: other work on the
machine then slows both."""
LONGEST_WAIT = 0.5
"""Seconds: on SQLite nobody waits longer for the one writer."""

Step = Callable[[int], object]
Begin = Callable[[Database], tuple[Step, Callable[[], None]]]


@dataclass(frozen=True, slots=True)
class Run:
    """What a crowd of callers did."""

    per_second: float
    p50: float
    p95: float
    longest: float


def measure(make: Make) -> Iterator[Figure]:
    """Every figure of the queue on one engine."""
    with make() as database:
        district.make(database, SIZE, RETRIES)
        yield from _throughput(database)
    with make() as database:
        district.make(database, SIZE, 0)
        yield from _filling(database)
    yield from _growth(make)


def _throughput(database: Database) -> Iterator[Figure]:
    engine, accounts = _engine(database), count(1)
    for callers in CALLERS:
        ours, limit = _by_turns(database, callers, accounts, _claim, _bare_claim)
        goal = {("postgresql", 32): ">= 0.6", ("sqlite", 8): ">= 0.25", ("sqlite", 32): ">= 0.25"}.get(
            (engine, callers), ""
        )
        yield Figure(
            f"claim next, {callers} callers", engine, SIZE, ours.per_second, limit.per_second, "claims/s", goal
        )
        if callers == 32:
            yield Figure("claim next, 32 callers, p95", engine, SIZE, ours.p95, limit.p95, "s",
                         "" if database.sqlite else "<= 3.0")  # fmt: skip
        ours, limit = _by_turns(database, callers, accounts, _cycle, _bare_cycle)
        goal = ">= 0.4" if not database.sqlite else ">= 0.25" if callers > 1 else ""
        yield Figure(
            f"claim + report, {callers} callers", engine, SIZE, ours.per_second, limit.per_second, "cycles/s", goal
        )
        if database.sqlite and callers > 1:
            yield Figure(f"longest wait, {callers} callers", engine, SIZE, ours.longest, LONGEST_WAIT, "s", "<= 1.0")


def _by_turns(database: Database, callers: int, accounts: Iterator[int], ours: Begin, limit: Begin) -> tuple[Run, Run]:
    """The round with the middle ratio: ours, the limit."""
    rounds = []
    for _ in range(ROUNDS):
        runs = []
        for begin in (limit, ours):
            district.leave(database, SIZE)
            runs.append(_crowd(callers, accounts, partial(begin, database)))
        rounds.append((runs[1], runs[0]))
    return sorted(rounds, key=lambda both: both[0].per_second / both[1].per_second)[ROUNDS // 2]


def _filling(database: Database) -> Iterator[Figure]:
    """A second campaign for the same people: ours with all its questions, then the same rows by one INSERT…SELECT each."""
    with database.writing() as session:
        campaign_id = _another_campaign(session)
    began = time.perf_counter()
    with database.writing() as session:
        filled = call_queue.fill(session, session.get_one(Campaign, campaign_id), NOW)
    ours = time.perf_counter() - began
    with database.writing() as session:
        copy_id = _another_campaign(session)
    began = time.perf_counter()
    with database.writing() as session:
        for table, columns in _ROWS.items():
            session.execute(sa.text(
                f"INSERT INTO {table} (campaign_id, {columns}) SELECT {copy_id}, {columns} FROM {table}"
                f" WHERE campaign_id = {campaign_id}"
            ))  # fmt: skip
    limit = time.perf_counter() - began
    yield Figure("fill a queue", _engine(database), filled, ours, limit, "s", "<= 2.0")


def _growth(make: Make) -> Iterator[Figure]:
    """The median claim and cycle of one caller: a small fresh queue against a large one, fresh, half and nearly empty."""
    claims: dict[int, float] = {}
    cycles: dict[int, float] = {}
    engine = ""
    for size, left in ((SMALLEST, SMALLEST), (LARGEST, LARGEST // 1_000)):
        with make() as database:
            engine = _engine(database)
            district.make(database, size, RETRIES)
            if size == LARGEST:
                for there in (size, size // 2):
                    claim, cycle = _alone(database, there)
                    for name, ours, small in (("claim next", claim, claims), ("claim + report", cycle, cycles)):
                        yield Figure(f"{name}, p50, {there / size:.0%} left", engine, size, ours, small[SMALLEST], "s")
            claims[size], cycles[size] = _alone(database, left)
    for name, small in (("claim", claims), ("claim + report", cycles)):
        yield Figure(f"growth of {name}, 1 000 fresh → 0.1 % left", engine, LARGEST, small[LARGEST], small[SMALLEST], "s",
                     "<= 1.5" if name == "claim" else "")  # fmt: skip


def _alone(database: Database, left: int) -> tuple[float, float]:
    """The median claim, and the median claim with its report, of one caller when so many are left."""
    district.leave(database, left)
    claim = _crowd(1, count(1), partial(_claim, database), turns=300).p50
    district.leave(database, left)
    return claim, _crowd(1, count(1), partial(_cycle, database), turns=300).p50


def _crowd(
    callers: int, accounts: Iterator[int], begin: Callable[[], tuple[Step, Callable[[], None]]], turns: int = TURNS
) -> Run:
    """So many callers at once, each on a connection of its own, sharing the turns; the first steps only warm up."""
    taken: list[float] = []
    gate = threading.Barrier(callers + 1)

    def ring() -> None:
        step, hang_up = begin()
        try:
            for _ in range(12):
                step(next(accounts))
        except Exception:
            gate.abort()
            raise
        mine = []
        gate.wait()
        for _ in range(turns // callers):
            account = next(accounts)
            began = time.perf_counter()
            step(account)
            mine.append(time.perf_counter() - began)
        hang_up()
        taken.extend(mine)

    threads = [threading.Thread(target=ring) for _ in range(callers)]
    for thread in threads:
        thread.start()
    gate.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    lasted = time.perf_counter() - began
    if len(taken) < callers * (turns // callers):
        raise RuntimeError("a caller gave up: a claim or report failed")
    return Run(len(taken) / lasted, statistics.median(taken), sorted(taken)[int(len(taken) * 0.95)], max(taken))


def _claim(database: Database) -> tuple[Step, Callable[[], None]]:
    def step(account: int) -> int:
        return _given(database.write(lambda session: call_queue.claim_next(session, account, 1, NOW)))

    return step, lambda: None


def _cycle(database: Database) -> tuple[Step, Callable[[], None]]:
    claim, _ = _claim(database)

    def step(account: int) -> None:
        call = int(str(claim(account)))
        with database.writing() as session:
            outcomes.report(session, call, account, outcomes.Report("reached", f"ref-{call}"), NOW)

    return step, lambda: None


def _bare_claim(database: Database) -> tuple[Step, Callable[[], None]]:
    bare = bare_queue.connect(database)
    return lambda account: _given(bare.claim(account)), bare.close


def _bare_cycle(database: Database) -> tuple[Step, Callable[[], None]]:
    bare = bare_queue.connect(database)
    return lambda account: bare.report(account, _given(bare.claim(account))), bare.close


def _given(call: int | None) -> int:
    if call is None:
        raise RuntimeError("nobody was handed out")
    return call


def _engine(database: Database) -> str:
    return "sqlite" if database.sqlite else "postgresql"


def _another_campaign(session: Session) -> int:
    columns = [column for column in Campaign.__table__.columns if column.name != "id"]
    new = int(session.scalar(sa.select(sa.func.max(Campaign.id))) or 0) + 1
    copy = sa.select(sa.literal(new), *columns).where(Campaign.id == 1)
    session.execute(sa.insert(Campaign).from_select(["id", *columns], copy))
    return new


_ROWS = {
    "campaign_targets": "person_id, association_id, entered_on, active_at_entry",
    "call_queue": "person_id, association_id, state, why, priority, due_at, entered_at, attempts",
}
