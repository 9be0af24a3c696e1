"""Whom of those that recent files made a file holds too, so that undoing an older file removes nobody a newer one knows."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import bulk
from organizer.db import changed
from organizer.models import Import, ImportSighting, Membership, Person

LOOKED_BACK = timedelta(hours=72)
"""As long as the file that made somebody can be undone."""
AT_ONCE = 20_000


def of(session: Session, seen: Collection[int], now: datetime) -> list[int]:
    """Who of those a file holds was made by a file that stands and can still be undone."""
    recent = session.execute(
        sa.select(Import.id, Import.applied_at, Import.report)
        .where(Import.state.in_(("applied", "undoing")), Import.applied_at > now - LOOKED_BACK)
        .order_by(Import.id)
    ).all()
    found: set[int] = set()
    for row in recent:
        if (row.report or {}).get("created"):
            of_it = sa.exists().where(Membership.person_id == Person.id, Membership.import_id == row.id)
            made = sa.select(Person.id).where(Person.created_at == row.applied_at, of_it)
            found.update(one for one in session.scalars(made) if one in seen)
    return sorted(found)


def keep(session: Session, import_id: int, person_ids: Sequence[int], now: datetime) -> None:
    """Write down that these people stand in this file, instead of whom an earlier check of it found."""
    forget_of(session, import_id)
    for piece in pieces(person_ids):
        add(session, import_id, piece, now)


def forget_of(session: Session, import_id: int) -> None:
    """Nobody has been seen in this file."""
    session.execute(sa.delete(ImportSighting).where(ImportSighting.import_id == import_id))


def add(session: Session, import_id: int, person_ids: Sequence[int], now: datetime) -> None:
    """These people too."""
    rows = [(import_id, one, now) for one in person_ids]
    bulk.insert(session, ImportSighting, ("import_id", "person_id", "at"), rows)


def pieces(person_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """So many at a time that nobody else waits long."""
    for start in range(0, len(person_ids), AT_ONCE):
        yield person_ids[start : start + AT_ONCE]


def how_many(session: Session, import_id: int) -> int:
    """How many of them are still in the register: fewer than the check found when a file has been undone since."""
    mine = sa.select(sa.func.count()).where(ImportSighting.import_id == import_id)
    return session.scalar(mine) or 0


def seen_in(session: Session, newer: sa.Select[int], person_ids: Sequence[int]) -> set[int]:
    """Who of these people stands in one of the newer files."""
    mine = bulk.among(session, ImportSighting.person_id, list(person_ids))
    return set(session.scalars(sa.select(ImportSighting.person_id).where(ImportSighting.import_id.in_(newer), mine)))


def forget(session: Session, now: datetime) -> int:
    """Those that no undo can ask about any more, a file at a time; how many."""
    old = session.scalar(
        sa.select(ImportSighting.import_id).where(ImportSighting.at < now - LOOKED_BACK - timedelta(days=1)).limit(1)
    )
    if old is None:
        return 0
    return changed(session.execute(sa.delete(ImportSighting).where(ImportSighting.import_id == old)))
