"""A member file as rows of text with the file's own row numbers: CSV in any usual spelling, or a workbook."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from organizer.imports import spreadsheets
from organizer.imports.encodings import NAMES, NOT_A_TABLE, encoding_of
from organizer.words import N_, Refused

EMPTY = N_("Filen är tom. Välj en fil med rubriker på första raden och en person per rad. Inget har sparats.")
OPEN_QUOTE = N_(
    "Från rad %(row)s går filen inte att läsa: där börjar ett citattecken som aldrig slutar. "
    "Ta bort det eller exportera filen igen. Inget har sparats."
)
DELIMITERS = (";", ",", "\t", "|")
_CELL_AT_MOST = 4000
Rows = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be read: how its letters and cells are written, and its rows as often as asked for."""

    encoding: str
    delimiter: str | None
    rows: Callable[[], Rows]
    sheet: str = ""
    other_sheets: Sequence[str] = ()
    """Of a workbook: what is read, and what is not although there is something in it."""


def open_table(file: BinaryIO) -> Table:
    """Look at the content, never at the name; raises Refused in words when it is no table."""
    file.seek(0)
    head = file.read(8)
    if not head.strip():
        raise Refused(EMPTY)
    if spreadsheets.is_spreadsheet(head):
        chosen = spreadsheets.sheet_of_people(file)
        kind = "xlsx" if head.startswith(b"PK") else "xls"
        return Table(kind, None, lambda: _filled(spreadsheets.rows(chosen.sheet)), chosen.name, chosen.others)
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"<html", b"<!DOCTY")):
        raise Refused(NOT_A_TABLE)
    encoding = encoding_of(file)
    declared, delimiter = _delimiter(file, encoding)
    return Table(
        NAMES.get(encoding, encoding), delimiter, lambda: _filled(_csv_rows(file, encoding, delimiter, skip=declared))
    )


def _filled(rows: Rows) -> Rows:
    """Only rows with something in them; empty ones keep their place in the count."""
    for number, row in rows:
        if any(row) and not "".join(row).isspace():
            yield number, row


def _csv_rows(file: BinaryIO, encoding: str, delimiter: str, *, skip: bool) -> Rows:
    """Rows as a spreadsheet would number them: a cell with line breaks is one row, `sep=` is none."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        if skip:
            text.readline()
        reader = csv.reader(text, delimiter=delimiter)
        number, width = 0, 1
        while True:
            number += 1
            before = reader.line_num
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise Refused(OPEN_QUOTE, row=number) from None
            width = max(width, len(row)) if number < 20 else width
            if reader.line_num > before + 1 and any(_swallows(cell, delimiter, width) for cell in row):
                raise Refused(OPEN_QUOTE, row=number)
            yield number, row
    finally:
        with suppress(ValueError):
            text.detach()


def _swallows(cell: str, delimiter: str, width: int) -> bool:
    """Whether a cell has eaten the lines after it: very long, or as many delimiters inside as rows would have."""
    lines = cell.count("\n")
    return len(cell) > _CELL_AT_MOST or (lines > 0 and cell.count(delimiter) >= lines * max(1, (width - 1) // 2))


def _delimiter(file: BinaryIO, encoding: str) -> tuple[bool, str]:
    """Whether the first line declares `sep=`, and what stands between cells: counted outside quotes in the header."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        for place in range(20):
            line = text.readline(100_000)
            if not line:
                break
            if place == 0 and line.strip().lower().startswith("sep=") and len(line.strip("\r\n")) == 5:
                return True, line.strip("\r\n")[4]
            outside = "".join(line.split('"')[0::2])
            counts = {one: outside.count(one) for one in DELIMITERS}
            if any(counts.values()):
                return False, max(counts, key=lambda one: counts[one])
    finally:
        text.detach()
    return False, ";"
