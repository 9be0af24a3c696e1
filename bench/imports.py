"""Importing 100 000 members: everything new, everything changed, nothing changed, and the memory it takes."""

import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from bench import member_files
from bench.engines import Make
from bench.figures import Figure, most_memory
from bench.member_files import NOW, SIZE
from organizer import bulk, imports, phones
from organizer.db import Database, search_key, sort_key
from organizer.imports import jobs, questions
from organizer.models import Import

_APPLIED: list[float] = []
MEMORY = 300.0
"""MB, of 100 000 rows; larger files are measured without a goal."""


def measure(make: Make) -> Iterator[Figure]:
    """Each time on an empty database of its own; the limit writes the same rows through the bare driver."""
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder) / "first.csv", Path(folder) / "second.csv"
        first.write_bytes(member_files.content(0))
        second.write_bytes(member_files.content(1))
        with make() as database:
            member_files.places(database)
            with bulk.undisturbed():
                limit = _timed(lambda: _raw(database, first))
        with make() as database:
            engine = "sqlite" if database.sqlite else "postgresql"
            place = member_files.places(database)

            run = _importer(database, place)
            new = _timed(run(first))
            yield Figure("import, everybody new", engine, SIZE, new, limit, "s", "<= 2.0")
            same = _timed(run(first))
            yield Figure("import, nothing changed", engine, SIZE, same, limit, "s", "<= 1.0")
            changed = _timed(run(second))
            yield Figure("import, everybody changed", engine, SIZE, changed, limit, "s", "<= 2.0")
            back = _timed(lambda: _undo(database))
            yield Figure("undo of everybody changed", engine, SIZE, back, limit, "s", "<= 2.0")
            again = _timed(lambda: _in_two_steps(database, place, second))
            yield Figure("check in the background, then import", engine, SIZE, again, limit, "s")
            yield Figure("  of that, the one transaction", engine, SIZE, _APPLIED[-1], limit, "s")
        with make() as database:
            run = _importer(database, member_files.places(database))
            run(first)()
            yield Figure("undo of everybody new", engine, SIZE, _timed(lambda: _undo(database)), limit, "s")
        with make() as database:
            place, within = member_files.places(database), "<= 1.0" if SIZE <= 100_000 else ""
            peak = _peak(database, "import", str(place), str(first))
            yield Figure("import, most memory", engine, SIZE, peak, MEMORY, "MB", within)
            peak = _peak(database, "undo")
            yield Figure("undo of everybody new, most memory", engine, SIZE, peak, MEMORY, "MB", within)


def _importer(database: Database, place: int) -> Callable[[Path], Callable[[], None]]:
    return lambda file: lambda: _import(database, place, file)


def _import(database: Database, place: int, file: Path) -> None:
    with database.writing() as session, file.open("rb") as opened:
        report = imports.import_file(session, opened, place, NOW, answers=questions.ALL)
    assert report.rows == SIZE
    assert not report.problems


def _undo(database: Database) -> None:
    with database.writing() as session:
        newest = session.scalar(sa.select(Import.id).order_by(Import.id.desc()).limit(1)) or 0
        told = imports.undo(session, newest, member_files.account_of(session), NOW)
    assert told.get("restored", 0) + told.get("removed", 0) == SIZE


def _in_two_steps(database: Database, place: int, file: Path) -> None:
    """What the worker does with a large file: read it in short transactions, then write it in one."""
    import_id = member_files.checked(database, place, file)
    with database.writing() as session:
        session.execute(sa.update(Import).where(Import.id == import_id).values(worked_at=None))
    _APPLIED.append(_timed(lambda: jobs.work(database, lambda: NOW, lambda: False)))
    with database.reading() as session:
        assert session.get_one(Import, import_id).state == "applied"


def _raw(database: Database, file: Path) -> None:
    """Read, normalise, and write the same three tables as fast as the driver can; nothing is looked up or checked."""
    people: list[tuple[Any, ...]] = []
    members: list[tuple[Any, ...]] = []
    numbers: list[tuple[Any, ...]] = []
    with file.open(encoding="cp1252", newline="") as opened:
        reader = csv.reader(opened, delimiter=";")
        next(reader)
        for n, (number, first, last, phone, email, place, joined) in enumerate(reader, start=1):
            e164 = phones.normalise(phone)
            sort, search = sort_key(f"{last} {first}"), search_key(f"{first} {last}")
            people.append((n, number, first, last, sort, search, email, False, NOW))
            members.append((n, int(place[3:]) + 2, date.fromisoformat(joined), "joined"))
            numbers.append((n, e164, phones.display(e164), phones.classify(e164), 0))
    tables = (
        (
            "people",
            "id, member_number, first_name, last_name, sort_key, search_key, email, protected, created_at",
            people,
        ),
        ("memberships", "person_id, association_id, from_day, from_why", members),
        ("phones", "person_id, e164, national, kind, position", numbers),
    )
    (_raw_sqlite if database.sqlite else _raw_postgres)(database, tables)


def _raw_postgres(database: Database, tables: Any) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for table, columns, rows in tables:
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)


def _raw_sqlite(database: Database, tables: Any) -> None:
    with database.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        cursor = driver.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        for table, columns, rows in tables:
            marks = ", ".join("?" * len(rows[0]))
            plain = ([str(one) if isinstance(one, date) else one for one in row] for row in rows)
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", plain)
        cursor.execute("COMMIT")


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _peak(database: Database, *what: str) -> float:
    """The most memory a process of its own takes to import a file, or to take it back, in MB."""
    url = database.engine.url.render_as_string(hide_password=False)
    told = subprocess.run(
        [sys.executable, "-m", "bench.imports", url, *what], capture_output=True, text=True, check=True
    )
    return float(told.stdout)


if __name__ == "__main__":
    own = Database(sys.argv[1])
    if sys.argv[2] == "import":
        _import(own, int(sys.argv[3]), Path(sys.argv[4]))
    else:
        _undo(own)
    print(most_memory())
