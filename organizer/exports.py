"""A list of people as a file: chosen columns, logged with a reason, a chunk at a time, and no cell that is a formula."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from xlsxwriter import Workbook

from organizer import audit, bulk
from organizer.models import (
    Association,
    Export,
    Fee,
    Look,
    Membership,
    Person,
    PersonTag,
    Phone,
    Refusal,
    Tag,
)  # fmt: skip
from organizer.refusals import CHANNELS
from organizer.words import N_, Refused

COLUMNS = {
    "member_number": N_("Medlemsnummer"),
    "first_name": N_("Förnamn"),
    "last_name": N_("Efternamn"),
    "association": N_("Förening"),
    "since": N_("Medlem sedan"),
    "phones": N_("Telefon"),
    "email": N_("E-post"),
    "fees": N_("Betald avgift"),
    "tags": N_("Etiketter"),
    "refusals": N_("Vill inte bli kontaktad"),
}
"""What can be taken out, in the order of the file."""
USUAL = ("first_name", "last_name", "association", "phones")
FORMS = {"xlsx": N_("Excel (XLSX)"), "csv": N_("Text (CSV)")}
CHUNK = 1000
RISKY = tuple("=+-@\t\r\n＝＋－＠|%")
"""What makes a spreadsheet take a text for a formula or a command."""
Say = Callable[[str], str]


def begin(
    session: Session, people: Any, name: str, columns: Sequence[str], form: str, purpose: str, now: datetime, *,
    place: int, account_id: int,
) -> list[int]:  # fmt: skip
    """Write down that the list is taken out, and that each of its people was seen; their ids in the order of names.

    Refused without a column, without a purpose, or when nobody is in it.
    """
    if not columns or any(one not in COLUMNS for one in columns):
        raise Refused(N_("Välj minst en kolumn."), field="columns")
    if form not in FORMS:
        raise Refused(N_("Välj vad för slags fil det ska bli."), field="form")
    if not 5 <= len(purpose.strip()) <= 200:
        raise Refused(N_("Skriv vad listan ska användas till, med 5 till 200 tecken."), field="purpose")
    found = people.subquery()
    rows = session.execute(
        sa.select(Person.id, found.c.association_id)
        .join(found, found.c.person_id == Person.id)
        .where(Person.protected.is_(False))
        .order_by(Person.sort_key, Person.id)
    ).all()
    if not rows:
        raise Refused(N_("Urvalet är tomt. Det finns ingen att ta ut."), field="selection")
    seen = [(now, account_id, row.id, row.association_id, "many.download") for row in rows]
    bulk.insert(session, Look, ("at", "account_id", "person_id", "association_id", "page"), seen)
    made = session.scalar(
        sa.insert(Export)
        .values(
            association_id=place,
            account_id=account_id,
            at=now,
            selection=name,
            columns=list(columns),
            form=form,
            people=len(rows),
            purpose=" ".join(purpose.split()),
        )
        .returning(Export.id)
    )
    audit.changed(session, account_id, "export", "export", made, now, place, people=len(rows), form=form)
    return [row.id for row in rows]


def as_csv(session: Session, ids: Sequence[int], columns: Sequence[str], say: Say) -> Iterator[bytes]:
    """The file in pieces: UTF-8 with a mark, semicolons, every cell quoted, the way Swedish Excel opens it."""
    for number, lines in enumerate(_lines(session, ids, columns, say)):
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerows([safe(cell) for cell in line] for line in lines)
        yield (b"\xef\xbb\xbf" if number == 0 else b"") + text.getvalue().encode()


def as_xlsx(session: Session, ids: Sequence[int], columns: Sequence[str], say: Say) -> Iterator[bytes]:
    """The same as a workbook of texts alone; it is written row by row to a file of its own, then sent in pieces."""
    with tempfile.TemporaryFile() as file:
        book = Workbook(file, {"constant_memory": True})
        sheet = book.add_worksheet()
        number = 0
        for lines in _lines(session, ids, columns, say):
            for line in lines:
                for place, cell in enumerate(line):
                    sheet.write_string(number, place, cell)
                number += 1
        book.close()
        file.seek(0)
        while piece := file.read(256 * 1024):
            yield piece


def safe(cell: str) -> str:
    """A text no spreadsheet takes for a formula: it gets an apostrophe in front (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(RISKY) else cell


def _lines(session: Session, ids: Sequence[int], columns: Sequence[str], say: Say) -> Iterator[list[list[str]]]:
    """The header, then a chunk of rows at a time; who has been erased or protected meanwhile is left out."""
    yield [[say(COLUMNS[one]) for one in columns]]
    for first in range(0, len(ids), CHUNK):
        yield list(_chunk(session, list(ids[first : first + CHUNK]), columns, say))


def _chunk(session: Session, ids: list[int], columns: Sequence[str], say: Say) -> Iterator[list[str]]:
    rows = session.execute(
        sa.select(
            Person.id, Person.member_number, Person.first_name, Person.last_name, Person.email,
            Association.name.label("association"), Membership.from_day.label("since"),
        )
        .outerjoin(Membership, sa.and_(Membership.person_id == Person.id, Membership.to_day.is_(None)))
        .outerjoin(Association, Association.id == Membership.association_id)
        .where(bulk.among(session, Person.id, ids), Person.protected.is_(False))
    )  # fmt: skip
    people = {row.id: row for row in rows}
    more = {name: _many(session, statement(ids, session)) for name, statement in _MANY.items() if name in columns}
    for one in (people[person_id] for person_id in ids if person_id in people):
        yield [
            _said(name, more[name].get(one.id, []), say) if name in more else _text(getattr(one, name))
            for name in columns
        ]


def _many(session: Session, statement: Any) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for person_id, value in session.execute(statement):
        found.setdefault(person_id, []).append(str(value))
    return found


def _said(name: str, values: Iterable[str], say: Say) -> str:
    return ", ".join(say(CHANNELS[one]) if name == "refusals" else one for one in dict.fromkeys(values))


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")


_MANY: dict[str, Callable[[list[int], Session], Any]] = {
    "phones": lambda ids, session: (
        sa.select(Phone.person_id, Phone.national)
        .where(bulk.among(session, Phone.person_id, ids))
        .order_by(Phone.position, Phone.id)
    ),
    "fees": lambda ids, session: (
        sa.select(Fee.person_id, Fee.year).where(bulk.among(session, Fee.person_id, ids)).order_by(Fee.year.desc())
    ),
    "tags": lambda ids, session: (
        sa.select(PersonTag.person_id, Tag.name)
        .join(Tag, Tag.id == PersonTag.tag_id)
        .where(bulk.among(session, PersonTag.person_id, ids))
        .order_by(Tag.name)
    ),
    "refusals": lambda ids, session: (
        sa.select(Refusal.person_id, Refusal.channel)
        .where(bulk.among(session, Refusal.person_id, ids), Refusal.revoked_at.is_(None))
        .union_all(
            sa.select(Phone.person_id, Refusal.channel)
            .join(Refusal, sa.and_(Refusal.e164 == Phone.e164, Refusal.person_id.is_(None)))
            .where(bulk.among(session, Phone.person_id, ids), Refusal.revoked_at.is_(None))
        )
    ),
}
"""Columns that hold several values of one person, each read for a chunk at a time."""
