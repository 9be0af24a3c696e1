"""What can happen to the little district between two counts: a row of any table that selections ask goes, comes or changes."""

from collections.abc import Callable
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import campaigns.models  # noqa: F401
from organizer.db import Base
from organizer.models import Association, Membership, Selection
from organizer.selection_news import WATCHED
from tests.selection_district import TODAY, District, steps

Change = Callable[[Session, District, int], None]
LEFT_ALONE = {"people", "associations", "activities", "threads", "questions"}
"""Other rows hang on these: they are changed but not taken away."""


def _nth(session: Session, table: sa.Table, n: int) -> Any:
    return session.execute(
        sa.select(table).order_by(*table.primary_key).offset(n % _size(session, table)).limit(1)
    ).one_or_none()


def _size(session: Session, table: sa.Table) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(table)) or 1


def _this(table: sa.Table, row: Any) -> sa.ColumnElement[bool]:
    return sa.and_(*(one == getattr(row, one.name) for one in table.primary_key))


def _unless_it_cannot_be(session: Session, statement: Any) -> None:
    try:
        with session.begin_nested():
            session.execute(statement)
    except sa.exc.IntegrityError:
        """There is such a row already."""


def goes(session: Session, _place: District, n: int, *, table: sa.Table) -> None:
    """A row is deleted."""
    row = _nth(session, table, n)
    if row is not None:
        _unless_it_cannot_be(session, sa.delete(table).where(_this(table, row)))


def changes(session: Session, _place: District, n: int, *, table: sa.Table) -> None:
    """A row becomes as another one is, in what conditions ask about."""
    row, other = _nth(session, table, n), _nth(session, table, n // 2 + 3)
    watched = WATCHED[table.name]
    asked = (*watched.columns, *(["state"] if watched.only else []))
    names = [one for one in asked if one not in {"person_id", "path"}]
    if row is not None and names:
        values = {one: getattr(other, one) for one in names}
        _unless_it_cannot_be(session, sa.update(table).where(_this(table, row)).values(values))


def moves(session: Session, _place: District, n: int, *, table: sa.Table) -> None:
    """A row is given to another person, as when two entries become one."""
    row, other = _nth(session, table, n), _nth(session, table, n // 2 + 3)
    if row is not None:
        _unless_it_cannot_be(session, sa.update(table).where(_this(table, row)).values(person_id=other.person_id))


def leaves(session: Session, _place: District, n: int) -> None:
    """Somebody leaves, or an open membership is moved to another association."""
    table = Membership.__table__
    row = _nth(session, table, n)  # type: ignore[arg-type]
    if row.to_day is None:
        values = (
            {"to_day": TODAY, "to_why": "left"}
            if n % 2 and (row.from_day or TODAY) < TODAY
            else {"association_id": 1 + n % 4}
        )
        session.execute(sa.update(Membership).where(Membership.id == row.id).values(values))


def closes(session: Session, place: District, n: int) -> None:
    """An association is laid under another one, or back."""
    under = session.scalar(sa.select(Association.path).where(Association.id == place.associations[n % 3])) or ""
    moved = place.associations[3]
    session.execute(sa.update(Association).where(Association.id == moved).values(path=f"{under}{moved}/"))


def redefined(session: Session, place: District, n: int) -> None:
    """A saved selection that others build on is about something else."""
    definition = {"version": 2, "steps": [steps({"kind": "renewed", "year": 2025 + n % 2, "is": True})]}
    session.execute(sa.update(Selection).where(Selection.id == place.selections[0]).values(definition=definition))


def _of_every_table() -> list[Change]:
    made: list[Change] = [leaves, closes, redefined]
    for name, watched in WATCHED.items():
        table = Base.metadata.tables[name]
        if name not in LEFT_ALONE:
            made.append(partial(goes, table=table))
        if watched.columns:
            made.append(partial(changes, table=table))
        if "person_id" in table.c and name != "memberships":
            made.append(partial(moves, table=table))
    return made


CHANGES = _of_every_table()
