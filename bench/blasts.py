"""Blasts: freezing 100 000, looking at the review of them, and handing 10 000 over."""

import dataclasses
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from bench import district
from bench.district import NOW
from bench.engines import Make
from bench.figures import Figure, most_memory
from bench.provider import provider
from campaigns import blast_review, blast_sending, blasts
from campaigns.blast_freezing import COLUMNS
from campaigns.models import Blast, BlastState, Message, MessageState
from campaigns.telephony import Twilio
from organizer.configuration import Configuration
from organizer.db import Database
from organizer.models import Setting
from organizer.selections import EVERYONE
from organizer.times import local_day

FROZEN = int(os.environ.get("BENCH_FROZEN", "100000"))
HANDED = int(os.environ.get("BENCH_HANDED", "10000"))
BASE, SID, TOKEN = "https://rundan.example", "AC" + "a" * 32, "a token for the bench only"
BODY = "Hej {förnamn}! {förening} kallar till extra möte i kväll kl. 18 om det nya sjukhusets framtid."
SENDING = ((0, 8, 1, ">= 0.5"), (150, 16, 5, ">= 0.9"))
"""Milliseconds until an answer, threads, what part of HANDED, goal."""


def measure(make: Make) -> Iterator[Figure]:
    """Each on a database of its own; the limit writes the same rows, or asks the same provider, without the product."""
    with make() as database:
        engine = "sqlite" if database.sqlite else "postgresql"
        fill(database, FROZEN)
        yield from _freezing(database, engine)
    for answers_after, threads, part, goal in SENDING:
        with make() as database, provider(answers_after) as address:
            fill(database, HANDED // part)
            yield from _handing_over(database, engine, address, answers_after, threads, goal)


def _freezing(database: Database, engine: str) -> Iterator[Figure]:
    with database.writing() as session:
        blast = draft(session)
        began = time.perf_counter()
        seen = blast_review.review(session, blast, BASE, NOW)
        yield Figure("review of a blast", engine, FROZEN, time.perf_counter() - began, 0.0, "s")
        began = time.perf_counter()
        blasts.let_go(session, blast, seen, BASE, NOW, 1)
        ours = time.perf_counter() - began
        assert blast.recipients == FROZEN
    with database.reading() as session:
        rows = session.execute(sa.select(*(getattr(Message, name) for name in COLUMNS))).all()
    with database.writing() as session:
        session.execute(sa.delete(Message))
    limit = _timed(lambda: _raw(database, [tuple(row) for row in rows]))
    yield Figure("freezing a blast", engine, FROZEN, ours, limit, "s", "<= 3.0")
    with database.writing() as session:
        session.execute(sa.delete(Message))
        session.execute(sa.update(Blast).values(state=BlastState.DRAFT))
    url = database.engine.url.render_as_string(hide_password=False)
    told = subprocess.run([sys.executable, "-m", "bench.blasts", url], capture_output=True, text=True, check=True)
    yield Figure("freezing a blast, most memory", engine, FROZEN, float(told.stdout), 300.0, "MB", "<= 1.0")


def _handing_over(
    database: Database, engine: str, address: str, answers_after: int, threads: int, goal: str
) -> Iterator[Figure]:
    """The bare client is the product's own, asked for the same texts by as many threads, with nothing written down."""
    gateway = Twilio(_configuration(database, address))
    with database.writing() as session:
        blast = draft(session)
        blasts.let_go(session, blast, blast_review.review(session, blast, BASE, NOW), BASE, NOW, 1)
    with database.reading() as session:
        letters = session.execute(sa.select(Message.e164, Message.body)).all()

    def bare() -> None:
        with ThreadPoolExecutor(threads) as hands:
            list(hands.map(lambda one: gateway.send_sms(one[0], one[1], BASE + "/twilio/sms/x", 3600), letters))

    limit = len(letters) / _timed(bare)
    began = time.perf_counter()
    while blast_sending.hand_over(
        database, gateway, lambda: NOW, BASE + "/twilio/sms/{ref}", at_once=threads, seconds=300
    ):
        pass
    taken = time.perf_counter() - began
    with database.reading() as session:
        done = session.scalar(sa.select(sa.func.count()).where(Message.state == MessageState.ACCEPTED))
    assert done == len(letters), f"{done} of {len(letters)} were handed over"
    name = f"handing a blast over, {answers_after} ms answers, {threads} threads"
    yield Figure(name, engine, len(letters), len(letters) / taken, limit, "messages/s", goal)
    if answers_after == 0:
        cost = 1000 * (taken / len(letters) - 1 / limit)
        yield Figure("durable cost of a message", engine, len(letters), cost, 0.0, "ms")


def fill(database: Database, many: int) -> None:
    """So many members with names and numbers of their own, and a sender that is never slow."""
    district.make(database, many, 0)
    with database.writing() as session:
        session.execute(sa.text("UPDATE people SET first_name = CASE id % 4 WHEN 0 THEN 'Åsa' WHEN 1 THEN 'Maximiliana'"
                                " WHEN 2 THEN 'Bo' ELSE 'Mohammed' END"))  # fmt: skip
        session.execute(sa.text("UPDATE phones SET e164 = '+4673' || substr(CAST(10000000 + person_id AS VARCHAR), 2)"))
        pace = {"parts_per_second": 1_000_000, "look_first": False, "approval_above": 1_000_000}
        session.add(Setting(association_id=1, key="sms", value=pace, from_day=local_day(NOW)))


def draft(session: Any) -> Blast:
    """A blast to all of them."""
    blast_id = blasts.create(session, 1, 1, NOW, body=BODY)
    blasts.save_recipients(session, blast_id, blasts.To([{"name": "Alla", "definition": EVERYONE}], []), 1, NOW)
    return blasts.one(session, blast_id)


def _configuration(database: Database, address: str) -> Configuration:
    folder = Path(tempfile.mkdtemp())
    url = database.engine.url.render_as_string(hide_password=False)
    plain = Configuration(
        secret_key="for the bench only", database_url=url, instance=folder, demo=False, public_base_url=BASE,
        worker_url=f"sqlite:///{folder / 'worker.db'}",
    )  # fmt: skip
    return dataclasses.replace(
        plain, twilio_account_sid=SID, twilio_auth_token=TOKEN, twilio_sender="Rundan", twilio_api_base_url=address
    )


def _raw(database: Database, rows: list[tuple[Any, ...]]) -> None:
    """The same rows through the bare driver: COPY, or one prepared statement."""
    url = database.engine.url
    if not database.sqlite:
        with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
            _copy(connection.cursor(), rows)
        return
    moments = [tuple(str(one)[:26] if hasattr(one, "year") else one for one in row) for row in rows]
    with sqlite3.connect(str(url.database)) as bare:
        bare.execute("PRAGMA synchronous=FULL")
        marks = ", ".join("?" * len(COLUMNS))
        bare.executemany(f"INSERT INTO messages ({', '.join(COLUMNS)}) VALUES ({marks})", moments)
    bare.close()


def _copy(cursor: psycopg.Cursor[Any], rows: list[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY messages ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    own = Database(sys.argv[1])
    with own.writing() as session:
        blast = session.scalars(sa.select(Blast)).one()
        blasts.let_go(session, blast, blast_review.review(session, blast, BASE, NOW), BASE, NOW, 1)
    print(most_memory())
