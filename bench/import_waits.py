"""How long a caller's report waits while a large member file is imported and taken back by a worker of its own."""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench import member_files
from bench.district import CAMPAIGN
from bench.engines import Make
from bench.figures import Figure
from bench.member_files import NOW, SIZE
from campaigns import call_queue, outcomes
from organizer import imports
from organizer.db import Database
from organizer.imports import jobs, questions

CALLERS, QUEUE = 4, 4000
BETWEEN = 0.1
"""Seconds from one report to the caller's next: far busier than any telephone, so that no wait is missed."""
PATIENCE = 8.0
"""Seconds until the caller's page keeps the answer in the phone and sends it again by itself (static/ring.js)."""


def measure(make: Make) -> Iterator[Figure]:
    """A file that changes three in a hundred, one that changes everybody, and the latter taken back.

    SQLite has one writer, so that the latter two have no goal there: pages then say that they are waiting.
    """
    with tempfile.TemporaryDirectory() as folder, make() as database:
        engine = "sqlite" if database.sqlite else "postgresql"
        place = member_files.places(database)
        first, some, everybody = (Path(folder) / f"{name}.csv" for name in ("first", "some", "everybody"))
        first.write_bytes(member_files.content(0))
        everybody.write_bytes(member_files.content(1))
        some.write_bytes(member_files.content(1, every=33))
        with database.writing() as session, first.open("rb") as opened:
            imports.import_file(session, opened, place, NOW, answers=questions.ALL)
        _campaign(database)
        for name, file in (("3 % changed", some), ("everybody changed", everybody)):
            import_id = member_files.checked(database, place, file)
            longest, lasted = _longest_wait(database)
            goal = "" if database.sqlite and file is everybody else "<= 1.0"
            yield Figure(f"a caller's longest wait, {name}", engine, SIZE, longest, PATIENCE, "s", goal)
            yield Figure("  while the import took", engine, SIZE, lasted, PATIENCE, "s")
        with database.writing() as session:
            jobs.wait_for_undo(session, import_id, member_files.account_of(session))
        longest, lasted = _longest_wait(database)
        goal = "" if database.sqlite else "<= 1.0"
        yield Figure("a caller's longest wait, undo of that", engine, SIZE, longest, PATIENCE, "s", goal)
        yield Figure("  while the undo took", engine, SIZE, lasted, PATIENCE, "s")


def _campaign(database: Database) -> None:
    """Some of the register wait to be called; and so many callers that nobody holds two."""
    with database.writing() as session:
        account = member_files.account_of(session)
        rows = [
            f"({n}, 'Ringare', 'sv', '[\"sv\"]', 'auto', '2026-11-01 00:00:00.000000')" for n in range(1000, 30_000)
        ]
        session.execute(
            sa.text(f"INSERT INTO accounts (id, name, language, speaks, theme, created_at) VALUES {', '.join(rows)}")
        )
        assert account < 1000
        session.execute(sa.text(CAMPAIGN))
        who = f"FROM memberships WHERE person_id IN (SELECT id FROM people ORDER BY id LIMIT {QUEUE})"
        session.execute(sa.text(
            "INSERT INTO campaign_targets (campaign_id, person_id, association_id, entered_on, active_at_entry)"
            f" SELECT 1, person_id, association_id, '2026-11-01', FALSE {who}"
        ))  # fmt: skip
        session.execute(sa.text(
            "INSERT INTO call_queue (campaign_id, person_id, association_id, state, priority, due_at, entered_at, attempts)"
            " SELECT 1, person_id, association_id, 'ready', 5, '2026-11-10 08:00:00.000000', '2026-11-10 08:00:00.000000', 0"
            f" {who}"
        ))  # fmt: skip


_ACCOUNTS = count(1000)


def _claim(account: int, session: Session) -> int | None:
    return call_queue.claim_next(session, account, 1, NOW)


def _longest_wait(database: Database) -> tuple[float, float]:
    """Callers report while a worker in a process of its own works; the longest report and the worker's time, in seconds."""
    url = database.engine.url.render_as_string(hide_password=False)
    waits: list[float] = []
    done = threading.Event()

    def ring() -> None:
        while not done.is_set():
            account = next(_ACCOUNTS)
            began = time.perf_counter()
            call = database.write(partial(_claim, account)) or 0
            held = time.perf_counter()
            with database.writing() as session:
                outcomes.report(session, call, account, outcomes.Report("no_answer", f"ref-{call}"), NOW)
            waits.extend((held - began, time.perf_counter() - held))
            time.sleep(BETWEEN)

    callers = [threading.Thread(target=ring) for _ in range(CALLERS)]
    worker = subprocess.Popen([sys.executable, "-m", "bench.import_waits", url], stdout=subprocess.PIPE, text=True)
    for one in callers:
        one.start()
    told, _ = worker.communicate()
    done.set()
    for one in callers:
        one.join()
    return max(waits), float(told)


if __name__ == "__main__":
    own = Database(sys.argv[1])
    began = time.perf_counter()
    jobs.work(own, lambda: NOW, lambda: False)
    print(time.perf_counter() - began)
