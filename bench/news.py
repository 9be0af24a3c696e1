"""Hearing what became of messages: signed calls over HTTP to the product's own web server, every one durable when answered."""

import contextlib
import itertools
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

import psycopg
import sqlalchemy as sa
from twilio.request_validator import RequestValidator

from bench import blasts
from bench.blasts import BASE, SID, TOKEN
from bench.district import NOW
from bench.engines import Make
from bench.figures import Figure
from campaigns import blast_review
from campaigns.blasts import let_go
from campaigns.models import Message, MessageState
from organizer.db import Database
from organizer.models import Installation

NEWS = int(os.environ.get("BENCH_NEWS", "4000"))
AT_ONCE = 16
"""Connections: as many as the provider may hold open, two web processes with eight threads each."""
_line = threading.Lock()
GOAL = 500.0
"""Calls a second on two cores (docs/performance.md)."""


def measure(make: Make) -> Iterator[Figure]:
    """Ours through web server, signature and all that follows; beside it the bare driver writing the same rows."""
    with make() as database:
        engine = "sqlite" if database.sqlite else "postgresql"
        blasts.fill(database, NEWS)
        rows = _handed_over(database)
        bare = _by_hand(database, rows)
        _forget(database)
        ours = _by_us(database, rows)
        yield Figure("hearing what became of messages", engine, NEWS, ours, GOAL, "calls/s", ">= 1.0")
        yield Figure("the same, of one commit each by hand", engine, NEWS, ours, bare, "calls/s")


def _handed_over(database: Database) -> Sequence[Any]:
    with database.writing() as session:
        session.add(Installation(kind="real", refusal_key="k" * 64))
        blast = blasts.draft(session)
        let_go(session, blast, blast_review.review(session, blast, BASE, NOW), BASE, NOW, 1)
        session.execute(sa.text("UPDATE messages SET state = 'accepted', provider = 'twilio', sid = 'SM' || id"))
    with database.reading() as session:
        return session.execute(sa.select(Message.id, Message.ref, Message.sid, Message.person_id)).all()


def _forget(database: Database) -> None:
    with database.writing() as session:
        session.execute(sa.text("UPDATE messages SET state = 'accepted'"))
        session.execute(sa.text("DELETE FROM timeline WHERE kind = 'message'"))


def _by_us(database: Database, rows: Sequence[Any]) -> float:
    """Calls a second; each was answered 204, and what it said is there afterwards."""
    sign = RequestValidator(TOKEN).compute_signature
    calls = [_call(row.ref, row.sid, sign) for row in rows]
    url = database.engine.url.render_as_string(hide_password=False)
    database.dispose()
    with _serving(url) as port:
        left = iter(calls)
        taken = _at_once([lambda: _tell(port, left)] * AT_ONCE)
    with database.reading() as session:
        heard = session.scalar(sa.select(sa.func.count()).where(Message.state == MessageState.DELIVERED))
    assert heard == len(calls), f"{heard} of {len(calls)} were written down"
    return len(calls) / taken


def _call(ref: str, sid: str, sign: Callable[[str, dict[str, str]], str]) -> bytes:
    path, form = f"/twilio/sms/{ref}", {"MessageSid": sid, "MessageStatus": "delivered", "AccountSid": SID}
    body = urlencode(form)
    return (
        f"POST {path} HTTP/1.1\r\nHost: rundan.example\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Twilio-Signature: {sign(BASE + path, form)}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def _tell(port: int, left: Iterator[bytes]) -> None:
    """One connection, kept, one call after another of those nobody else has taken."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        while call := _next(left):
            line.sendall(call)
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += line.recv(4096)
            assert answer.startswith(b"HTTP/1.1 204"), answer[:200]


def _next(left: Iterator[bytes]) -> bytes:
    with _line:
        return next(left, b"")


@contextlib.contextmanager
def _serving(url: str) -> Iterator[int]:
    """`flask serve` as it is run, with two web processes on PostgreSQL and one on SQLite (D26)."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "SECRET_KEY": "for the bench only", "RUNDAN_DEMO": "", "DATABASE_URL": url, "RUNDAN_INSTANCE": folder,
            "PORT": str(port), "WEB_PROCESSES": "2", "PUBLIC_BASE_URL": BASE, "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_SENDER": "Rundan", "TWILIO_API_BASE_URL": "http://127.0.0.1:9",
            "WORKER_URL": f"sqlite:///{folder}/worker.db",
        }  # fmt: skip
        command = [sys.executable, "-m", "flask", "--app", "app", "serve", "--no-worker"]
        process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=subprocess.DEVNULL)
        try:
            _wait_for(port)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _wait_for(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(b"GET /halsa HTTP/1.1\r\nHost: rundan.example\r\nConnection: close\r\n\r\n")
            if line.recv(100).startswith(b"HTTP/1.1 200"):
                return
        time.sleep(0.1)
    raise TimeoutError("the web server did not start")


def _by_hand(database: Database, rows: Sequence[Any]) -> float:
    """The bare driver: the message's state, its event and the ledger's row, one durable commit for each call."""
    write = _on_sqlite if database.sqlite else _on_postgresql
    url = database.engine.url.render_as_string(hide_password=False)
    some = rows[: max(1, len(rows) // 4)]
    return len(some) / _at_once([partial(write, url, some[n::AT_ONCE]) for n in range(AT_ONCE)])


def _on_postgresql(url: str, rows: Sequence[Any]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for row in rows:
            connection.execute(_WRITE, (row.id, NOW, f"message:messages:{row.id}", row.person_id, NOW, NOW.date()))


_WRITE = """
    WITH moved AS (UPDATE messages SET state = 'delivered' WHERE id = %s AND state = 'accepted' RETURNING id),
         noted AS (INSERT INTO message_events (message_id, at, state, detail)
                   SELECT id, %s, 'delivered', 'news' FROM moved)
    INSERT INTO timeline (key, kind, person_id, mass, at, day) VALUES (%s, 'message', %s, TRUE, %s, %s)
"""


def _on_sqlite(url: str, rows: Sequence[Any]) -> None:
    """In line, as the limit of the queue is not: its own busy handler would only make the limit lower."""
    bare = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    bare.execute("PRAGMA synchronous=FULL")
    for row, now in zip(rows, itertools.repeat(str(NOW)[:26])):
        with _line:
            bare.execute("BEGIN IMMEDIATE")
            bare.execute("UPDATE messages SET state = 'delivered' WHERE id = ? AND state = 'accepted'", (row.id,))
            bare.execute("INSERT INTO message_events (message_id, at, state, detail) VALUES (?, ?, 'delivered', 'news')",
                         (row.id, now))  # fmt: skip
            bare.execute("INSERT INTO timeline (key, kind, person_id, mass, at, day) VALUES (?, 'message', ?, 1, ?, ?)",
                         (f"message:messages:{row.id}", row.person_id, now, str(NOW.date())))  # fmt: skip
            bare.execute("COMMIT")
    bare.close()


def _at_once(work: Sequence[Callable[[], object]]) -> float:
    """Seconds until all of them are done, each in a thread of its own; what one raises is raised."""
    failed: list[BaseException] = []

    def do(part: Callable[[], object]) -> None:
        try:
            part()
        except BaseException as error:  # noqa: BLE001  told below
            failed.append(error)

    threads = [threading.Thread(target=do, args=(part,)) for part in work]
    began = time.perf_counter()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if failed:
        raise failed[0]
    return time.perf_counter() - began
