"""Sets of people that one process has made, kept in the database for the others and for those that start later.

Only large registers share: in a small one a set is made as quickly as it is fetched. Each set stands with the moment it
was true at, as in memory (kept_sets), and whoever takes it corrects it with what has changed since (selection_news).
A moment means something to one running server only: what was written before it started, or in another one, is not read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from organizer.db import Utc, changed
from organizer.models import Person, SharedSet
from organizer.selection_news import Point

LARGE = 50_000
"""From so many people a set is worth fetching instead of making."""
OLDEST = timedelta(hours=1)
"""Since it was true; the notes of what has changed stay twice as long."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A set of people, the moment it was true at, and how many seconds ago that was."""

    key: str
    people: int
    point: Point
    age: float


def worth_it(session: Session) -> bool:
    """Whether there are people enough."""
    return (session.scalar(sa.select(sa.func.max(Person.id))) or 0) >= LARGE


def find(session: Session, keys: Iterable[str]) -> list[Shared]:
    """Those of some sets that somebody has shared, not too long ago."""
    now = _now(session)
    rows = session.execute(
        sa.select(SharedSet.key, SharedSet.people, SharedSet.point, SharedSet.at).where(
            SharedSet.key.in_(list(keys)), SharedSet.server == _server(session), SharedSet.at > now - OLDEST
        )
    )
    return [
        Shared(
            row.key, int.from_bytes(row.people, "little"), _point(session, row.point), (now - row.at).total_seconds()
        )
        for row in rows
    ]


def put(session: Session, sets: Sequence[Shared]) -> None:
    """Share some sets, in place of what there was. In the order of their keys, so that two who share do not lock each other."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    now, server = _now(session), session.scalar(sa.select(_server(session)))
    written = insert(SharedSet)
    columns = {name: written.excluded[name] for name in ("people", "point", "server", "at")}
    for one in sorted(sets, key=lambda one: one.key):
        values = {
            "key": one.key,
            "people": one.people.to_bytes((one.people.bit_length() + 7) // 8, "little"),
            "point": str(one.point),
            "server": server,
            "at": now - timedelta(seconds=one.age),
        }
        session.execute(written.on_conflict_do_update(index_elements=["key"], set_=columns), values)


def forget(session: Session) -> int:
    """Throw away what is too old to be read; returns how many."""
    return changed(session.execute(sa.delete(SharedSet).where(SharedSet.at <= _now(session) - OLDEST)))


def _now(session: Session) -> datetime:
    """By the clock of the database, which the notes are written by too."""
    return session.scalars(sa.select(sa.type_coerce(sa.func.now(), Utc))).one()


def _server(session: Session) -> sa.ColumnElement[str]:
    """Since when the server has run. A file of SQLite carries its moments with it."""
    if session.get_bind().dialect.name == "sqlite":
        return sa.literal("")
    return sa.cast(sa.extract("epoch", sa.func.pg_postmaster_start_time()), sa.Text)


def _point(session: Session, text: str) -> Point:
    return int(text) if session.get_bind().dialect.name == "sqlite" else text
