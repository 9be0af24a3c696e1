"""What a merge does to rows, written down as it is done, and taken back in the opposite order."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.db import Base, Utc, changed
from organizer.models import MergedRow, Person

Row = Mapping[str, Any]


class Record:
    """Does each thing to a row and writes down how to take it back."""

    def __init__(self, session: Session, merge_id: int) -> None:
        """Nothing has been done yet."""
        self._session, self._merge = session, merge_id

    def move(self, table: sa.Table, column: str, row: Row, person_id: int | None) -> None:
        """Give a row to another person (None: to nobody)."""
        what = "moved" if person_id is not None else "changed"
        self.change(table, row, {column: person_id}, what)

    def change(self, table: sa.Table, row: Row, values: Row, what: str = "changed") -> None:
        """Write other values in a row."""
        values = {name: value for name, value in values.items() if row[name] != value}
        if not values:
            return
        self._session.execute(sa.update(table).where(*_is(table, row)).values(**values))
        key = {one.name: values.get(one.name, row[one.name]) for one in table.primary_key}
        self._write(table, what, key, {name: row[name] for name in values}, values)

    def remove(self, table: sa.Table, row: Row) -> None:
        """Delete a row, all of it kept for undo."""
        self._session.execute(sa.delete(table).where(*_is(table, row)))
        self._write(table, "removed", {one.name: row[one.name] for one in table.primary_key}, row, {})

    def added(self, table: sa.Table, row_id: int) -> None:
        """A row that the merge itself made."""
        self._write(table, "added", {"id": row_id}, {}, {})

    def changed(self, table: sa.Table, before: Row, after: Row) -> None:
        """Something else has changed a row as a consequence: how it stood before and stands now."""
        differ = [name for name in before if before[name] != after[name]]
        if differ:
            key = {one.name: after[one.name] for one in table.primary_key}
            was, now = ({name: side[name] for name in differ} for side in (before, after))
            self._write(table, "changed", key, was, now)

    def _write(self, table: sa.Table, what: str, key: Row, before: Row, after: Row) -> None:
        kept = [{name: _plain(value) for name, value in side.items()} for side in (key, before, after)]
        self._session.execute(
            sa.insert(MergedRow).values(
                merge_id=self._merge, table_name=table.name, what=what, key=kept[0], before=kept[1], after=kept[2]
            )
        )


def rows_of(session: Session, table: sa.Table, where: sa.ColumnElement[bool]) -> list[Row]:
    """Rows as dicts by column name, in the order of their keys; columns the database works out itself left out."""
    columns = [one for one in table.columns if one.computed is None]
    return [
        dict(row) for row in session.execute(sa.select(*columns).where(where).order_by(*table.primary_key)).mappings()
    ]


def take_back(session: Session, merge_id: int) -> dict[str, int]:
    """Put every row back, the last first; how many of each table could not be, because they have changed since."""
    left: dict[str, int] = {}
    columns = (MergedRow.table_name, MergedRow.what, MergedRow.key, MergedRow.before, MergedRow.after)
    wanted = sa.select(*columns).where(MergedRow.merge_id == merge_id).order_by(MergedRow.id.desc())
    rows = [dict(row) for row in session.execute(wanted).mappings()]
    _free_numbers(session, [one for one in rows if one["table_name"] == Person.__tablename__])
    for one in rows:
        table = Base.metadata.tables.get(one["table_name"])
        if table is None or not _put_back(session, table, one):
            left[one["table_name"]] = left.get(one["table_name"], 0) + 1
    session.execute(sa.delete(MergedRow).where(MergedRow.merge_id == merge_id))
    return left


def _put_back(session: Session, table: sa.Table, one: Row) -> bool:
    key, before, after = (_typed(table, one[side]) for side in ("key", "before", "after"))
    try:
        with session.begin_nested():
            if one["what"] == "added":
                return bool(changed(session.execute(sa.delete(table).where(*_is(table, key)))))
            if one["what"] == "removed":
                session.execute(sa.insert(table).values(**before))
                return True
            return _unchange(session, table, key, before, after)
    except sa.exc.IntegrityError:
        return False


def _unchange(session: Session, table: sa.Table, key: Row, before: Row, after: Row) -> bool:
    """Every column that still has the value the merge gave it gets its own back; whether all had."""
    now = session.execute(sa.select(*(table.c[name] for name in after)).where(*_is(table, key))).mappings().first()
    if now is None:
        return False
    mine = {name: before[name] for name in after if now[name] == after[name]}
    if mine:
        session.execute(sa.update(table).where(*_is(table, key)).values(**mine))
    return len(mine) == len(after)


def _free_numbers(session: Session, people: list[dict[str, Any]]) -> None:
    """Two member numbers that changed places are unique: both are let go of before they change back."""
    swapped = [one for one in people if "member_number" in one["after"]]
    ids = [one["key"]["id"] for one in swapped]
    now = sa.select(Person.id, Person.member_number).where(Person.id.in_(ids))
    numbers: dict[int, str | None] = {row.id: row.member_number for row in session.execute(now)}
    if len(swapped) == 2 and all(numbers.get(one["key"]["id"]) == one["after"]["member_number"] for one in swapped):
        session.execute(sa.update(Person).where(Person.id.in_(ids)).values(member_number=None))
        for one in swapped:
            one["after"] = {**one["after"], "member_number": None}


def _is(table: sa.Table, row: Row) -> list[sa.ColumnElement[bool]]:
    return [one == row[one.name] for one in table.primary_key]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _typed(table: sa.Table, values: Row) -> dict[str, Any]:
    return {name: _read(table.c[name].type, value) for name, value in values.items()}


def _read(kind: sa.types.TypeEngine[Any], value: Any) -> Any:
    """What `_plain` wrote, as the column holds it."""
    if isinstance(value, str) and isinstance(kind, Utc | sa.DateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(value, str) and isinstance(kind, sa.Date) else value
