"""Undoing an older file when newer ones lie on top: what they changed stays, and comes back when they too are undone."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from organizer import bulk
from organizer.imports import restoring, sightings
from organizer.imports.checking import CHUNK
from organizer.imports.records import fates
from organizer.models import Account, Association, Import, ImportChange, Person

LATER = "later"
TakeAway = Callable[[Session, Import, Collection[int]], Counter[str]]


def of_the_same_people(session: Session, row: Import) -> list[Any]:
    """Files for the same place, or one above or below it, applied on top and standing: id, when, by whom; oldest first."""
    path = session.scalar(sa.select(Association.path).where(Association.id == row.association_id)) or ""
    found = session.execute(
        sa.select(Import.id, Import.applied_at, Account.name, Association.path)
        .join(Association, Association.id == Import.association_id)
        .outerjoin(Account, Account.id == Import.account_id)
        .where(*_on_top(row))
        .order_by(Import.applied_at, Import.id)
    )
    return [one for one in found if one.path.startswith(path) or path.startswith(one.path)]


def changed_by(session: Session, row: Import, person_ids: Sequence[int]) -> dict[int, set[str]]:
    """Which fields newer files that stand have changed about each of these people."""
    found: dict[int, set[str]] = defaultdict(set)
    newer = list(session.scalars(sa.select(Import.id).where(*_on_top(row))))
    if newer and person_ids:
        mine = bulk.among(session, ImportChange.person_id, person_ids)
        rows = session.connection().execute(
            sa.select(ImportChange.person_id, ImportChange.what).where(ImportChange.import_id.in_(newer), mine)
        )
        for person_id, what in rows:
            found[person_id].update(what.split())
    return found


def seen_in(session: Session, row: Import, person_ids: Sequence[int]) -> set[int]:
    """Who of these people stands in a newer file that stands, changed by it or not."""
    if not person_ids:
        return set()
    return sightings.seen_in(session, sa.select(Import.id).where(*_on_top(row)), person_ids)


def restore_what_waited(session: Session, row: Import, take_away: TakeAway) -> int:
    """Now that `row` is undone: what older undone files could not restore because of it; how many people they made went.

    The newest of them first, so that a field changed by several files ends as it was before the oldest.
    """
    gone = 0
    for older in _waiting_below(session, row):
        figures: Counter[str] = Counter(older.undone or {})
        for chunk in _waiting_people(session, older, row):
            made = [one.person_id for one in chunk if one.what == "created"]
            rest = [one for one in chunk if one.what != "created"]
            before = {one.person_id: fates(one.fate) for one in rest}
            after = restoring.restore(session, older, rest, changed_by(session, older, list(before)))
            figures.update(_difference(before, after))
            told = take_away(session, older, made)
            gone += told["removed"]
            figures.update({LATER: -len(made), "partly": -len(made)})
            figures.update({name: told[name] for name in told if name != "met"})
        session.execute(sa.update(Import).where(Import.id == older.id).values(undone=dict(+figures)))
    return gone


def _on_top(row: Import) -> tuple[sa.ColumnElement[bool], ...]:
    newer = sa.or_(Import.applied_at > row.applied_at, sa.and_(Import.applied_at == row.applied_at, Import.id > row.id))
    return Import.state.in_(("applied", "undoing")), Import.id != row.id, newer


def _waiting_below(session: Session, row: Import) -> list[Import]:
    older = sa.or_(Import.applied_at < row.applied_at, sa.and_(Import.applied_at == row.applied_at, Import.id < row.id))
    found = session.scalars(
        sa.select(Import).where(Import.state == "undone", older).order_by(Import.applied_at.desc(), Import.id.desc()),
        execution_options={"populate_existing": True},
    )
    return [one for one in found if (one.undone or {}).get(LATER)]


def _waiting_people(session: Session, older: Import, row: Import) -> Iterator[list[Any]]:
    """Of those whom both files changed, and those the older made, the ones about whom something waited; in pieces."""
    newer, last = aliased(ImportChange), 0
    both = sa.and_(newer.person_id == ImportChange.person_id, newer.import_id == row.id)
    while True:
        found = session.execute(
            restoring.RECORD.outerjoin(newer, both)
            .where(ImportChange.import_id == older.id, ImportChange.person_id > last)
            .where(sa.or_(newer.import_id.is_not(None), ImportChange.what == "created"))
            .where(ImportChange.fate.contains(f":{LATER}", autoescape=True))
            .order_by(Person.id)
            .limit(CHUNK)
        ).all()
        if not found:
            return
        last = found[-1].person_id
        yield list(found)


def _difference(before: dict[int, dict[str, str]], after: dict[int, dict[str, str]]) -> Counter[str]:
    """What became of the figures of an undo: whose fields came back after all, and other reasons for the rest."""
    told: Counter[str] = Counter()
    for person_id, was in before.items():
        now = after[person_id]
        told.subtract(set(was.values()))
        told.update(set(now.values()))
        if was and not now:
            told.update(restored=1, partly=-1)
    return told
