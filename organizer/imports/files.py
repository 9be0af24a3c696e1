"""A file as it came, kept in pieces while it waits to be read: what is read is never changed under the reader."""

import csv
import io
import os
from typing import IO, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.imports.columns import Columns
from organizer.imports.reading import Table
from organizer.models import ImportFile
from organizer.words import N_, Refused

CHANGED = N_("Filen ändrades medan den lästes. Inget har importerats. Spara den färdigt och försök igen.")
_PIECE = 1 << 20
_SMALL_TEXT, _SMALL_BOOK = 300_000, 100_000
"""Bytes that are read at once, some 3 000 rows; larger files are read by the worker."""


def keep(session: Session, import_id: int, file: BinaryIO) -> None:
    """Keep the whole file, instead of what was kept before."""
    session.execute(sa.delete(ImportFile).where(ImportFile.import_id == import_id))
    file.seek(0)
    part = 0
    while piece := file.read(_PIECE):
        session.execute(sa.insert(ImportFile).values(import_id=import_id, part=part, content=piece))
        part += 1


def opened(session: Session, import_id: int) -> BinaryIO | None:
    """The file again, or None when it has been read already."""
    pieces = session.scalars(
        sa.select(ImportFile.content).where(ImportFile.import_id == import_id).order_by(ImportFile.part)
    ).all()
    return io.BytesIO(b"".join(pieces)) if pieces else None


def small(file: BinaryIO) -> bool:
    """Whether somebody can wait while the file is read."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(2)
    file.seek(0)
    return size <= (_SMALL_BOOK if head == b"PK" else _SMALL_TEXT)


def without_personnummer(table: Table, columns: Columns) -> BinaryIO:
    """The same rows at the same numbers, with the columns that hold personnummer empty."""
    gone = {
        place for place, header in enumerate(columns.headers)
        if header in columns.dropped or str(place + 1) in columns.dropped
    }  # fmt: skip
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    written = 0
    for number, row in table.rows():
        text.write("\r\n" * (number - written - 1))
        below = number > columns.header_row
        writer.writerow(["" if below and place in gone else cell for place, cell in enumerate(row)])
        written = number
    return io.BytesIO(text.getvalue().encode("utf-8-sig"))


def copied(original: IO[bytes], into: IO[bytes]) -> None:
    """A copy of a file on this machine; Refused when somebody was writing to it meanwhile."""
    before = _stamp(original)
    left = before[0]
    while left > 0 and (piece := original.read(min(_PIECE, left))):
        into.write(piece)
        left -= len(piece)
    if _stamp(original) != before or left:
        raise Refused(CHANGED)
    into.seek(0)


def _stamp(file: IO[bytes]) -> tuple[int, int]:
    """Size and last change of the file, by its descriptor."""
    found = os.fstat(file.fileno())
    return found.st_size, found.st_mtime_ns
