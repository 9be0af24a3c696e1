"""A row of a member file in the register's own terms, with a sentence for each cell that could not be used."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from organizer import phones
from organizer.db import search_key
from organizer.imports import cells, personnummer
from organizer.imports.columns import Columns
from organizer.imports.places import Places
from organizer.imports.reading import Table
from organizer.words import N_, Refused

UNKNOWN_PLACE = N_("Föreningen finns inte här. Menar du %(suggestion)s?")
NO_SUCH_PLACE = N_("Föreningen finns inte här. Kontrollera stavningen, eller be distriktet lägga till den.")
TOO_WIDE = N_("Raden har fler rutor än rubrikraden, så det går inte att veta vad som är vad. Rätta raden i filen.")
NEEDS_PLACE = N_(
    "Filen saknar en kolumn för förening. Lägg till en, eller välj vilken förening filen gäller. Inget har sparats."
)


class Problem(NamedTuple):
    """What is wrong where: the file's own row number, the header, what stood there, why, and what was left out."""

    row: int
    column: str
    value: str
    reason: str
    effect: str
    """row or cell."""
    values: dict[str, Any] = {}  # noqa: RUF012  never changed
    person: int = 0
    """Whom it is about, if they are in the register: looking at the row is looking at them."""


@dataclass(slots=True)
class Row:
    """One person as the file has them; empty means that the file does not say."""

    number: int
    first: str = ""
    last: str = ""
    member_number: str | None = None
    email: str | None = None
    phones: list[str] = field(default_factory=list)
    place: int | None = None
    joined: date | None = None
    left: date | None = None
    fees: list[tuple[int, date | None]] = field(default_factory=list)
    tags: tuple[str, ...] = ()
    protected: bool = False
    birth_year: int | None = None
    out: bool = False
    """Left out, but whoever it is is in the file all the same, and so has not left."""

    def key(self) -> str:
        """The name as it is compared and searched for."""
        return search_key(f"{self.first} {self.last}")


class RowReader:
    """Turns rows of cells into Row and Problem; remembers the header's meanings and today."""

    def __init__(self, columns: Columns, places: Places, today: date) -> None:
        """Refused when the file has no column for the association although the place has several."""
        if "association" not in columns.single and not places.single:
            raise Refused(NEEDS_PLACE)
        self._columns, self._places, self._today = columns, places, today
        self._width = len(columns.headers)
        self._known_places: dict[str, int | None] = {}
        self._known_days: dict[str, date | None] = {}
        self._at = columns.single

    def read(self, table: Table) -> Iterator[tuple[Row, list[Problem]]]:
        """Every filled row below the headers."""
        first = self._columns.header_row
        for number, found in table.rows():
            if number > first:
                yield self._row(number, found)

    def _row(self, number: int, found: list[str]) -> tuple[Row, list[Problem]]:
        problems: list[Problem] = []
        if len(found) != self._width:
            if len(found) > self._width and any(cell.strip() for cell in found[self._width :]):
                return self._too_wide(number, found)
            found = found + [""] * (self._width - len(found))
        row = Row(number)
        if (place := self._at.get("protected")) is not None:
            row.protected = cells.protected(found[place])
        row.member_number = self._value("member_number", cells.member_number, row, found, problems)
        self._read_name(row, found, problems)
        row.email = self._value("email", cells.email, row, found, problems)
        for place in self._columns.phones:
            if found[place] and not found[place].isspace():
                e164 = self._try(phones.normalise, row, found, place, problems)
                if e164 and e164 not in row.phones:
                    row.phones.append(e164)
        if (place := self._at.get("association")) is not None and found[place].strip():
            row.place = self._place(row, found, place, problems)
        elif self._places.single:
            row.place = self._places.root
        self._read_days(row, found, problems)
        row.birth_year = self._value(
            "birth_year", lambda text: cells.birth_year(text, self._today), row, found, problems
        )
        row.tags = self._value("tags", cells.tags, row, found, problems) or ()
        return row, problems

    def _too_wide(self, number: int, found: list[str]) -> tuple[Row, list[Problem]]:
        """Nothing of it is used, but its member number and name, if they can be seen, say who has not left."""
        row = Row(number, out=True)
        row.member_number = self._value("member_number", cells.member_number, row, found, [])
        self._read_name(row, found, [])
        return row, [Problem(number, "", "", TOO_WIDE, "row")]

    def _value(self, name: str, read: Callable[[str], Any], row: Row, found: list[str], problems: list[Problem]) -> Any:
        """What the column for `name` says; None when there is none, when it is empty, or when it cannot be read."""
        place = self._at.get(name)
        if place is None or not found[place]:
            return None
        return self._try(read, row, found, place, problems)

    def _read_name(self, row: Row, found: list[str], problems: list[Problem]) -> None:
        at = self._at
        first, last, whole = (found[at[name]] if name in at else "" for name in ("first_name", "last_name", "name"))
        try:
            row.first, row.last = cells.names(first, last, whole)
        except Refused as refusal:
            row.out = True
            place = at.get("name", at.get("last_name", at.get("first_name", 0)))
            said = " ".join(part for part in (first, last, whole) if part)
            problems.append(self._problem(row, place, said, refusal, "row"))

    def _read_days(self, row: Row, found: list[str], problems: list[Problem]) -> None:
        today = self._today
        row.joined = self._value("joined", self._day, row, found, problems)
        row.left = self._value("left", self._day, row, found, problems)
        paid_on = self._value("paid_on", self._day, row, found, problems)
        for place, year in self._columns.fees:
            if found[place]:
                fee = self._try(lambda text, y=year: cells.fee(text, y, today), row, found, place, problems)
                if fee:
                    row.fees.append((fee[0], fee[1] or (paid_on if paid_on and paid_on.year == fee[0] else None)))
        if paid_on and not row.fees and not self._columns.fees:
            row.fees.append((paid_on.year, paid_on))

    def _day(self, text: str) -> date | None:
        if text not in self._known_days:
            if len(self._known_days) > 20_000:
                self._known_days.clear()
            self._known_days[text] = cells.day(text, self._today)
        return self._known_days[text]

    def _place(self, row: Row, found: list[str], place: int, problems: list[Problem]) -> int | None:
        text = found[place]
        if text not in self._known_places:
            self._known_places[text] = self._places.find(text)
        if (known := self._known_places[text]) is None:
            suggestion = self._places.suggest(text)
            refusal = Refused(UNKNOWN_PLACE, suggestion=suggestion) if suggestion else Refused(NO_SUCH_PLACE)
            problems.append(self._problem(row, place, text, refusal, "cell"))
        return known

    def _try(self, read: Any, row: Row, found: list[str], place: int, problems: list[Problem]) -> Any:
        """What the cell says; when it cannot be read the cell is left out and the old value stays (D20)."""
        try:
            return read(found[place])
        except Refused as refusal:
            problems.append(self._problem(row, place, found[place], refusal, "cell"))
            return None

    def _problem(self, row: Row, place: int, value: str, refusal: Refused, effect: str) -> Problem:
        """Nobody sees what stands on the row of someone protected (D19), and nobody a personnummer (sweden.md C3)."""
        shown = "" if row.protected else personnummer.hidden(cells.clean(value))[:120]
        return Problem(row.number, self._columns.headers[place], shown, refusal.sentence, effect, refusal.values)
