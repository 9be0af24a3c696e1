"""Member files for the bench, as a spreadsheet in Swedish writes them, and the associations they are for."""

import csv
import io
import os
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import bulk, imports
from organizer.db import Database
from organizer.imports import files, jobs, questions, staging
from organizer.models import Account, Association, Import

SIZE = int(os.environ.get("BENCH_IMPORT_ROWS", "100000"))
NOW = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
PLACES = 30
HEADERS = ("Medlemsnr", "Förnamn", "Efternamn", "Mobil", "E-post", "Förening", "Medlem sedan")
FIRST = ("Åsa", "Nils", "Märta", "Anders", "Fatima", "Göran", "Elsa", "Björn", "Siv", "Hassan")
LAST = ("Öberg", "Norén", "Lindström", "Ali", "Sjöström", "Bäck", "Ek", "Åkesson", "Dahl", "Nyman")


def content(version: int, every: int = 1) -> bytes:
    """The whole register; the second version has another number for everybody, or for every so manieth."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADERS)
    for n in range(SIZE):
        number = f"07{(0, 2, 3, 6, 9)[(0 if n % every else version) + n % 4]}-{n // 10000 % 1000:03d} {n // 100 % 100:02d} {n % 100:02d}"
        writer.writerow((
            n + 1, FIRST[n % 10], f"{LAST[n // 10 % 10]}{'' if n % 3 else '-Berg'}", number,
            f"medlem{n}@example.org", f"Ort{n % PLACES}", f"20{n % 25:02d}-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
        ))  # fmt: skip
    return text.getvalue().encode("cp1252")


def places(database: Database) -> int:
    """A district and its associations; the district's id."""
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


def account_of(session: Session) -> int:
    """Somebody who imports."""
    found = session.scalar(sa.select(Account.id).limit(1))
    return found or int(session.scalar(sa.insert(Account).values(
        name="Bench", email="bench@example.org", created_at=NOW, speaks=["sv"]
    ).returning(Account.id)) or 0)  # fmt: skip


def checked(database: Database, place: int, file: Path) -> int:
    """A large file read by the worker in short transactions, and its import left to the worker; the import's id."""
    with database.writing() as session, file.open("rb") as opened:
        account = account_of(session)
        import_id = staging.begin(session, opened, file.name, place, account, "nothing", NOW)
        files.keep(session, import_id, opened)
        staging.turn(session, import_id, "waiting")
    jobs.work(database, lambda: NOW, lambda: False)
    with database.writing() as session:
        shown = imports.restored(session.get_one(Import, import_id).report).fingerprint
        jobs.wait_for_apply(session, import_id, shown, list(questions.ALL), account)
    return import_id
