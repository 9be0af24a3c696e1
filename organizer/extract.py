"""Everything there is about one person, table by table, as the register of personal data says (GDPR art. 15 and 20)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from organizer import phones
from organizer.erasure import everyone_in
from organizer.personal_register import Personal, Register, Shown


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in the JSON and its name on the page (for gettext)."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One value; `word` is what the page says in its place (for gettext), empty when the value speaks for itself."""

    value: Any
    word: str = ""
    words: tuple[str, ...] = ()
    """The same for a value that is several codes."""


@dataclass(frozen=True, slots=True)
class Section:
    """One table about the person."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def of(session: Session, register: Register, person_id: int) -> list[Section]:
    """Every table with something about the person or somebody merged into them; Missing when there is no such person.

    Who else is involved (a caller, whoever changed something) is left out: that is about them.
    """
    ids = everyone_in(session, person_id)
    sections = [_section(session, register, one, ids) for one in register.personal if one.shows]
    return [section for section in sections if section.rows]


def as_json(sections: Sequence[Section], name: str, now: datetime) -> dict[str, Any]:
    """The same for a machine: codes as they are kept, moments as ISO 8601 in UTC."""
    return {
        "made_at": now.isoformat(),
        "about": name,
        "tables": {
            section.key: [
                {column.key: _plain(cell.value) for column, cell in zip(section.columns, row, strict=True)}
                for row in section.rows
            ]
            for section in sections
        },
    }


def _section(session: Session, register: Register, one: Personal, ids: Sequence[int]) -> Section:
    keys = [key.key for key in one.table.primary_key.columns]
    helping = {shown.chosen_from[0] for shown in one.shows.values() if shown.chosen_from}
    wanted = list(dict.fromkeys([*one.shows, *helping, *keys]))
    rows = session.execute(
        sa.select(*(getattr(one.model, name) for name in wanted))
        .where(one.about(ids))
        .order_by(*(getattr(one.model, name) for name in keys))
    ).all()
    names = {name: _names(session, register.names.get(name), rows, name) for name in one.shows}
    lists = {name: _lists(session, shown, rows) for name, shown in one.shows.items()}
    return Section(
        one.table.name,
        one.title,
        tuple(
            Column(name.removesuffix("_id") if names[name] else name, shown.label) for name, shown in one.shows.items()
        ),
        tuple(
            tuple(_cell(name, shown, row._mapping, names[name], lists[name]) for name, shown in one.shows.items())  # noqa: SLF001  its public name
            for row in rows
        ),
    )


def _cell(
    name: str, shown: Shown, row: Mapping[Any, Any], names: Mapping[int, str], lists: Mapping[int, list[str]]
) -> Cell:
    value = row[name]
    if value in (None, ""):
        return Cell(value)
    if shown.chosen_from:
        options = lists.get(row[shown.chosen_from[0]], [])
        return Cell(", ".join(options[place] for place in value if place < len(options)))
    if names:
        return Cell(names.get(value, value))
    if name == "e164":
        return Cell(phones.display(value) if str(value).startswith("+") else "")
    if not shown.words:  # as it stands, also what cannot be looked up
        return Cell(value)
    return _in_words(value, shown)


def _in_words(value: Any, shown: Shown) -> Cell:
    """A code in words; several codes in a row each in theirs."""
    if callable(shown.words):
        return Cell(value, shown.words(value))
    codes, word = str(value).split(), shown.words.get(value, "")
    if not word and any(one in shown.words for one in codes):
        return Cell(value, words=tuple(dict.fromkeys(shown.words.get(one, one) for one in codes)))
    return Cell(value, word)


def _names(
    session: Session, column: InstrumentedAttribute[Any] | None, rows: Sequence[Any], name: str
) -> dict[int, str]:
    """What the ids of a column stand for."""
    ids = {row._mapping[name] for row in rows} - {None} if column is not None else set()  # noqa: SLF001
    if column is None or not ids:
        return {}
    found = session.execute(sa.select(column.class_.id, column).where(column.class_.id.in_(ids)))
    return {row[0]: row[1] for row in found}


def _lists(session: Session, shown: Shown, rows: Sequence[Any]) -> dict[int, list[str]]:
    if shown.chosen_from is None:
        return {}
    return _names(session, shown.chosen_from[1], rows, shown.chosen_from[0])  # type: ignore[return-value]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
