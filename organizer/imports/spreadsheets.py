"""Excel and OpenDocument files as rows of text, read by calamine; of several sheets the one with people counts."""

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from organizer.imports.encodings import NOT_A_TABLE
from organizer.imports.headers import TOP, names_somebody
from organizer.words import N_, Refused

LOCKED_OR_BROKEN = N_(
    "Excelfilen går inte att öppna. Den kan vara skadad eller skyddad med lösenord. "
    "Öppna den i Excel, spara den utan lösenord och försök igen. Inget har sparats."
)
UNPACKS_TOO_BIG = N_(
    "Excelfilen är orimligt stor när den packas upp. Spara den som CSV och försök igen. Inget har sparats."
)
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UNPACKED_AT_MOST = 320 << 20
"""Some 700 000 rows; more is read as CSV."""
_PIECE = 1 << 20
_AT_MOST = 6
"""So many sheets are looked into; those that are not read are named."""


def is_spreadsheet(head: bytes) -> bool:
    """Whether a file's first bytes are those of a workbook, whatever its name says."""
    return head.startswith((_ZIP, _OLE))


class Sheet(NamedTuple):
    """The sheet that is read, and the names of other visible sheets with something in them."""

    sheet: Any
    name: str
    others: list[str]


def sheet_of_people(file: BinaryIO) -> Sheet:
    """The first visible sheet with a header for names, else the first with anything in it.

    Raises Refused when the file is no workbook or cannot be opened.
    """
    file.seek(0)
    if file.read(4) == _ZIP:
        _look_into(file)
    file.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(file)
        shown = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
        filled: Iterator[tuple[str, Any]] = (
            (name, sheet) for name in shown if (sheet := book.get_sheet_by_name(name)).total_height
        )
        found = list(islice(filled, _AT_MOST))
        if found:
            name, sheet = next((one for one in found if _names_people(one[1])), found[0])
            return Sheet(sheet, name[:60], [other[:60] for other, _ in found if other != name])
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise Refused(LOCKED_OR_BROKEN) from error
    raise Refused(NOT_A_TABLE)


def _names_people(sheet: Any) -> bool:
    """Whether the headers among its first rows are those of people."""
    return names_somebody(row for _, row in islice(rows(sheet), TOP))


def rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """The sheet's rows with their own numbers, every cell as text."""
    first = (sheet.start or (0, 0))[0] + 1
    for place, row in enumerate(sheet.to_python(skip_empty_area=True) if first > 1 else sheet.iter_rows()):
        yield first + place, [value if type(value) is str else _text(value) for value in row]


def _look_into(file: BinaryIO) -> None:
    """Refuse archives that are no workbook, or that would fill the memory."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = {member.filename for member in archive.infolist()}
            if not any(name.startswith("xl/") for name in names) and "content.xml" not in names:
                raise Refused(NOT_A_TABLE)
            if _unpacked(archive) > UNPACKED_AT_MOST:
                raise Refused(UNPACKS_TOO_BIG)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, RuntimeError, NotImplementedError):
        raise Refused(LOCKED_OR_BROKEN) from None


def _unpacked(archive: zipfile.ZipFile) -> int:
    """How large the contents are, counted and not believed; stops counting just above what is allowed."""
    size = 0
    for member in archive.infolist():
        if member.file_size + size > UNPACKED_AT_MOST:
            return member.file_size + size
        member.file_size = UNPACKED_AT_MOST + 1  # what it says itself would end the reading there
        member.CRC = None  # type: ignore[assignment]
        with archive.open(member) as opened:
            while piece := opened.read(_PIECE):
                size += len(piece)
                if size > UNPACKED_AT_MOST:
                    return size
    return size


def _text(value: Any) -> str:
    """A cell as it would be typed: whole numbers without decimals, days as 2026-11-19."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
