"""Importing 100 000 members: everything new, everything changed, nothing changed, and the memory it takes."""

import csv
import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.engines import Make
from bench.figures import Figure
from organizer import bulk, imports, phones
from organizer.db import Database, search_key, sort_key
from organizer.imports import files, jobs, questions, staging
from organizer.models import Account, Association, Import

SIZE = int(os.environ.get("BENCH_IMPORT_ROWS", "100000"))
NOW = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
PLACES = 30
_APPLIED: list[float] = []
HEADERS = ("Medlemsnr", "Förnamn", "Efternamn", "Mobil", "E-post", "Förening", "Medlem sedan")
FIRST = ("Åsa", "Nils", "Märta", "Anders", "Fatima", "Göran", "Elsa", "Björn", "Siv", "Hassan")
LAST = ("Öberg", "Norén", "Lindström", "Ali", "Sjöström", "Bäck", "Ek", "Åkesson", "Dahl", "Nyman")


def measure(make: Make) -> Iterator[Figure]:
    """Each time on an empty database of its own; the limit writes the same rows through the bare driver."""
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder) / "first.csv", Path(folder) / "second.csv"
        first.write_bytes(_file(0))
        second.write_bytes(_file(1))
        with make() as database:
            _places(database)
            with bulk.undisturbed():
                limit = _timed(lambda: _raw(database, first))
        with make() as database:
            engine = "sqlite" if database.sqlite else "postgresql"
            place = _places(database)

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
            run = _importer(database, _places(database))
            run(first)()
            yield Figure("undo of everybody new", engine, SIZE, _timed(lambda: _undo(database)), limit, "s")
        with make() as database:
            peak = _peak(database, _places(database), first)
            yield Figure("import, most memory", engine, SIZE, peak, 300.0, "MB", "<= 1.0")


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
        told = imports.undo(session, newest, _account(session), NOW)
    assert told.get("restored", 0) + told.get("removed", 0) == SIZE


def _in_two_steps(database: Database, place: int, file: Path) -> None:
    """What the worker does with a large file: read it in short transactions, then write it in one."""
    with database.writing() as session, file.open("rb") as opened:
        account = _account(session)
        import_id = staging.begin(session, opened, "large.csv", place, account, "nothing", NOW)
        files.keep(session, import_id, opened)
        staging.turn(session, import_id, "waiting")
    jobs.work(database, lambda: NOW, lambda: False)
    with database.writing() as session:
        shown = imports.restored(session.get_one(Import, import_id).report).fingerprint
        jobs.wait_for_apply(session, import_id, shown, list(questions.ALL), account)
        session.execute(sa.update(Import).where(Import.id == import_id).values(worked_at=None))
    _APPLIED.append(_timed(lambda: jobs.work(database, lambda: NOW, lambda: False)))
    with database.reading() as session:
        assert session.get_one(Import, import_id).state == "applied"


def _account(session: Session) -> int:
    found = session.scalar(sa.select(Account.id).limit(1))
    return found or int(session.scalar(sa.insert(Account).values(
        name="Bench", email="bench@example.org", created_at=NOW, speaks=["sv"]
    ).returning(Account.id)) or 0)  # fmt: skip


def _file(version: int) -> bytes:
    """The register as a spreadsheet in Swedish writes it; the second version has another number for everybody."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADERS)
    for n in range(SIZE):
        number = f"07{(0, 2, 3, 6, 9)[version + n % 4]}-{n // 10000 % 1000:03d} {n // 100 % 100:02d} {n % 100:02d}"
        writer.writerow((
            n + 1, FIRST[n % 10], f"{LAST[n // 10 % 10]}{'' if n % 3 else '-Berg'}", number,
            f"medlem{n}@example.org", f"Ort{n % PLACES}", f"20{n % 25:02d}-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
        ))  # fmt: skip
    return text.getvalue().encode("cp1252")


def _places(database: Database) -> int:
    with database.writing() as session:
        district = Association(
            kind="district", name="Distriktet", short_name="Distriktet", slug="d", sort_key="d", path="1/"
        )
        session.add(district)
        session.flush()
        rows = [
            ("association", f"Ort{n}", f"Ort{n}", f"ort{n}", f"ort{n}", f"1/{n + 2}/", district.id, n + 2)
            for n in range(PLACES)
        ]
        bulk.insert(
            session, Association, ("kind", "name", "short_name", "slug", "sort_key", "path", "parent_id", "id"), rows
        )
        return district.id


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


def _peak(database: Database, place: int, file: Path) -> float:
    """The most memory a process of its own takes to import the file into an empty register, in MB."""
    url = database.engine.url.render_as_string(hide_password=False)
    told = subprocess.run(
        [sys.executable, "-m", "bench.imports", url, str(place), str(file)], capture_output=True, text=True, check=True
    )
    return float(told.stdout)


if __name__ == "__main__":
    own = Database(sys.argv[1])
    _import(own, int(sys.argv[2]), Path(sys.argv[3]))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
