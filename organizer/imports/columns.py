"""What each column of a member file holds: by its header, by what somebody has said, and never a personnummer."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType

from organizer.imports import personnummer
from organizer.imports.cells import BROKEN
from organizer.imports.headers import NAMES, TOP, meaning, plain
from organizer.imports.reading import Table
from organizer.words import N_, Refused

NO_NAMES = N_(
    "Filen saknar en kolumn med namn. Första raden ska vara rubriker, "
    "till exempel Förnamn, Efternamn, Mobil, E-post och Förening. Inget har sparats."
)
BROKEN_HEADERS = N_(
    "Bokstäverna i rubrikerna är trasiga: det står till exempel Ã¶ där det ska stå ö. "
    "Exportera filen igen som ”CSV UTF-8”. Inget har sparats."
)
NO_ROWS = N_("Filen har rubriker men inga rader under dem. Inget har sparats.")
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")
_LOOKED_AT, _ENOUGH = 500, 40


@dataclass(slots=True)
class Columns:
    """Which place in a row holds what; `dropped` are personnummer, `ignored` mean nothing to us."""

    header_row: int
    headers: list[str]
    single: dict[str, int] = field(default_factory=dict)
    phones: list[int] = field(default_factory=list)
    fees: list[tuple[int, int | None]] = field(default_factory=list)
    """Places, with the year when the header says it."""
    dropped: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


FIELDS = MappingProxyType({
    "first_name": N_("Förnamn"), "last_name": N_("Efternamn"), "name": N_("Hela namnet"),
    "member_number": N_("Medlemsnummer"), "mobile": N_("Mobil"), "phone": N_("Annan telefon"), "email": N_("E-post"),
    "association": N_("Förening"), "joined": N_("Medlem sedan"), "left": N_("Har slutat"), "fee": N_("Betald år"),
    "paid_on": N_("Betaldatum"), "tags": N_("Etiketter"), "protected": N_("Skyddad identitet"),
    "birth_year": N_("Födelseår"),
})  # fmt: skip
"""What a column may hold, as the page asks."""


def recognise(table: Table, said: Mapping[str, str] | None = None) -> Columns:
    """Find the header row and what its columns hold; raises Refused when no column holds names.

    `said` is what somebody has said about columns by hand: the column's place ("3") to a field, "" for none.
    """
    found = first_look(table, said)
    if not NAMES & found.single.keys():
        raise Refused(NO_NAMES)
    return found


def first_look(table: Table, said: Mapping[str, str] | None = None) -> Columns:
    """The same, also when nobody knows yet which column holds names."""
    number, row = _header_row(table)
    found = _meanings(number, row)
    if said:
        _use(found, said)
    _drop_personnummer(found, _samples(table, found))
    return found


def by_headers(headers: Sequence[str], said: Mapping[str, str] | None = None) -> Columns:
    """What columns with these headers hold, without a file to look in: personnummer are known by their header only."""
    found = _meanings(0, list(headers))
    if said:
        _use(found, said)
    _drop_personnummer(found, [[] for _ in found.headers])
    return found


def headers_of(table: Table) -> list[str]:
    """The header row."""
    return _meanings(*_header_row(table)).headers


def examples(table: Table, found: Columns) -> dict[int, str]:
    """One short value of each column that we do not know, for whoever is asked; no personnummer."""
    values = _samples(table, found)
    return {
        place: personnummer.hidden(values[place][0])[:40]
        for place, header in enumerate(found.headers)
        if header in found.ignored and values[place]
    }


def _header_row(table: Table) -> tuple[int, list[str]]:
    """The headers' row; refused when their letters are broken, for then everybody's name is."""
    number, row = _likeliest_headers(table)
    if any(BROKEN.search(cell) for cell in row):
        raise Refused(BROKEN_HEADERS)
    return number, row


def _likeliest_headers(table: Table) -> tuple[int, list[str]]:
    """The first of twenty rows that names a column for names, else the first with a header we know, or that could be one."""
    looked_at = list(islice(table.rows(), TOP))
    for number, row in looked_at:
        if NAMES & _meanings(number, row).single.keys():
            return number, row
    for number, row in looked_at:
        known = _meanings(number, row)
        if known.single or known.phones or known.fees:
            return number, row
    for place, (number, row) in enumerate(looked_at[:-1], start=1):
        if _could_be_headers(row, [below for _, below in looked_at[place:]]):
            return number, row
    raise Refused(NO_NAMES)


def _could_be_headers(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row that says nothing to us is titles of columns, and not somebody's name, place, number or address."""
    words = [plain(cell) for cell in row if cell.strip()]
    numbers_or_mail = any("@" in cell or re.search(r"[0-9]{3}", _YEAR.sub("", cell)) for cell in row)
    comes_again = any(cell.strip() and cell == other for one in below for cell, other in zip(row, one, strict=False))
    apart = all(words) and len(set(words)) == len(words)
    return len(words) > 1 and apart and not numbers_or_mail and not comes_again


def field_of(found: Columns, place: int) -> str:
    """The field that the column at `place` holds; empty for none."""
    if place in found.phones:
        return "mobile" if meaning(found.headers[place])[0] == "mobile" else "phone"
    if any(place == where for where, _ in found.fees):
        return "fee"
    return next((name for name, where in found.single.items() if where == place), "")


def _use(found: Columns, said: Mapping[str, str]) -> None:
    """Put what somebody has said over what the headers say."""
    for where, name in said.items():
        place = int(where)
        if place >= len(found.headers) or (name and name not in FIELDS):
            continue
        found.phones = [one for one in found.phones if one != place]
        found.fees = [one for one in found.fees if one[0] != place]
        found.single = {one: at for one, at in found.single.items() if at != place}
        if name in {"mobile", "phone"}:
            found.phones.append(place)
        elif name == "fee":
            year = _YEAR.search(found.headers[place])
            found.fees.append((place, int(year[1]) if year else None))
        elif name:
            found.single[name] = place


def _meanings(number: int, row: list[str]) -> Columns:
    found = Columns(number, [" ".join(cell.split())[:60] for cell in row])
    best: dict[str, int] = {}
    for place, header in enumerate(found.headers):
        name, rank = meaning(header)
        if name in {"mobile", "phone"}:
            found.phones.append(place)
        elif name == "fee":
            year = _YEAR.search(header)
            found.fees.append((place, int(year[1]) if year else None))
        elif name and rank < best.get(name, 999):
            best[name], found.single[name] = rank, place
    found.phones.sort(key=lambda place: meaning(found.headers[place])[0] != "mobile")
    return found


def _samples(table: Table, found: Columns) -> list[list[str]]:
    """Some filled values of each column: the first rows, and more where a column is nearly empty."""
    values: list[list[str]] = [[] for _ in found.headers]
    rows: Iterable[tuple[int, list[str]]] = table.rows()
    read = 0
    for number, row in rows:
        if number <= found.header_row:
            continue
        read += 1
        if read > _LOOKED_AT and all(len(some) >= _ENOUGH for some in values):
            break
        for some, cell in zip(values, row, strict=False):
            if cell and len(some) < _LOOKED_AT:
                some.append(cell)
    if not read:
        raise Refused(NO_ROWS)
    return values


def _drop_personnummer(found: Columns, values: list[list[str]]) -> None:
    """Forget the columns that hold personnummer, whatever they are called, and name those we do not use."""
    for place, header in enumerate(found.headers):
        phone = place in found.phones
        if plain(header) in personnummer.HEADERS or personnummer.fills(values[place], phone=phone):
            found.dropped.append(header if not personnummer.inside(header) else f"{place + 1}")
            found.single = {name: where for name, where in found.single.items() if where != place}
            found.phones = [where for where in found.phones if where != place]
            found.fees = [(where, year) for where, year in found.fees if where != place]
        elif header and not phone and place not in found.single.values() and place not in dict(found.fees):
            found.ignored.append(header)
