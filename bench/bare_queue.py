"""The queue's limit: the same questions asked and the same rows written by hand, through the driver alone.

A claim must ask whether the person may be rung; so the limit asks it too, in the same hand-written statement. A report
is the shortest that writes what "We talked" writes: call, row, three ledger entries, hold.
"""

import sqlite3
from typing import Protocol

import psycopg
from sqlalchemy.dialects import postgresql

from bench.district import NOW
from campaigns import claiming
from organizer.db import Database

UNTIL = NOW.replace(minute=45)
DAY = "2026-11-19"


class Bare(Protocol):
    """One connection of one caller."""

    def claim(self, account: int) -> int | None:
        """Hold the next person; the call's id."""

    def report(self, account: int, call: int) -> None:
        """Done: the call, the row, three ledger entries, the hold."""

    def close(self) -> None:
        """Hang up."""


def connect(database: Database) -> Bare:
    """A bare connection to the same database."""
    if database.sqlite:
        return BareSqlite(str(database.engine.url.database))
    return BarePostgresql(database.engine.url.render_as_string(hide_password=False))


class BarePostgresql:
    """psycopg, each step one statement and one commit."""

    def __init__(self, url: str) -> None:
        """Connect."""
        self.connection = psycopg.connect(url, autocommit=True)
        text = claiming.on_postgresql(one_place=False, also_avoided=False)
        self.statement = str(text.compile(dialect=postgresql.psycopg.dialect()))  # type: ignore[no-untyped-call]
        self.asked = {"campaign": 1, "shift": None, "now": NOW, "today": NOW.date(), "until": UNTIL,
                      "clock": "18:00", "day_kind": "weekday"}  # fmt: skip

    def claim(self, account: int) -> int | None:
        """See Bare."""
        row = self.connection.execute(self.statement, {**self.asked, "account": account}).fetchone()
        return row[1] if row else None

    def report(self, account: int, call: int) -> None:
        """See Bare."""
        self.connection.execute(_REPORT, (f"ref-{call}", NOW, NOW, call, account, NOW, f":calls:{call}", NOW, DAY))

    def close(self) -> None:
        """See Bare."""
        self.connection.close()


class BareSqlite:
    """sqlite3, each step one transaction of a few statements."""

    def __init__(self, file: str) -> None:
        """Connect with the same promises as the product: WAL, synchronous FULL."""
        self.connection = sqlite3.connect(file, isolation_level=None, timeout=60, check_same_thread=False)
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.statement = str(claiming.on_sqlite(one_place=False, also_avoided=False))
        self.now, self.until = (moment.strftime("%Y-%m-%d %H:%M:%S.%f") for moment in (NOW, UNTIL))
        self.asked = {"campaign": 1, "now": self.now, "today": DAY, "clock": "18:00", "day_kind": "weekday"}

    def claim(self, account: int) -> int | None:
        """See Bare."""
        run = self.connection.execute
        run("BEGIN IMMEDIATE")
        row = run(self.statement, {**self.asked, "account": account}).fetchone()
        if row is None:
            run("ROLLBACK")
            return None
        call = run(
            "INSERT INTO calls (campaign_id, queue_id, person_id, association_id, account_id, state, assigned_at,"
            " detail, late, contested, note, before) VALUES (1, ?, ?, ?, ?, 'open', ?, '{}', 0, 0, '', '{}')",
            (*row, account, self.now),
        ).lastrowid  # fmt: skip
        run("INSERT INTO holds VALUES (?, ?, ?, ?, ?, 'ready')", (call, row[0], row[1], account, self.until))
        run("INSERT INTO hold_numbers (e164, call_id) SELECT e164, ? FROM phones WHERE person_id = ?", (call, row[1]))
        run("UPDATE call_queue SET state = 'held' WHERE id = ?", (row[0],))
        run("COMMIT")
        return call

    def report(self, account: int, call: int) -> None:
        """See Bare."""
        run = self.connection.execute
        run("BEGIN IMMEDIATE")
        queue, person = run(
            "UPDATE calls SET state = 'reported', outcome = 'reached', client_ref = ?, content_hash = 'x', happened_at = ?,"
            " reported_at = ? WHERE id = ? AND account_id = ? AND state = 'open' RETURNING queue_id, person_id",
            (f"ref-{call}", self.now, self.now, call, account),
        ).fetchone()  # fmt: skip
        run("UPDATE call_queue SET state = 'done', why = 'reached', attempts = attempts + 1, last_call_at = ? WHERE id = ?",
            (self.now, queue))  # fmt: skip
        self.connection.executemany(
            "INSERT INTO timeline (key, kind, person_id, association_id, campaign_id, mass, at, day)"
            " VALUES (?, ?, ?, 1, 1, 0, ?, ?)",
            [(f"{kind}:calls:{call}", kind, person, self.now, DAY) for kind in ("attempt", "contact", "conversation")],
        )  # fmt: skip
        run("DELETE FROM holds WHERE call_id = ?", (call,))
        run("COMMIT")

    def close(self) -> None:
        """See Bare."""
        self.connection.close()


_REPORT = """
    WITH said AS (
        UPDATE calls SET state = 'reported', outcome = 'reached', client_ref = %s, content_hash = 'x', happened_at = %s,
                         reported_at = %s
        WHERE id = %s AND account_id = %s AND state = 'open' RETURNING id, queue_id, person_id
    ), moved AS (
        UPDATE call_queue q SET state = 'done', why = 'reached', attempts = attempts + 1, last_call_at = %s
        FROM said WHERE q.id = said.queue_id
    ), told AS (
        INSERT INTO timeline (key, kind, person_id, association_id, campaign_id, mass, at, day)
        SELECT kind || %s, kind, person_id, 1, 1, FALSE, %s, %s
        FROM said, unnest(ARRAY['attempt', 'contact', 'conversation']) kind
    )
    DELETE FROM holds WHERE call_id IN (SELECT id FROM said)
"""
