"""Merging people who are in campaigns: nobody who is being talked to, and every queue put right afterwards."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import holds, replay
from campaigns.models import Hold, QueueRow
from campaigns.personal_data import EVERYTHING
from organizer import merging, person_locks
from organizer.db import Base
from organizer.merge_record import Record, Row, rows_of
from organizer.models import Merge
from organizer.people import now_is
from organizer.words import N_, Missing, Refused

QUEUE = Base.metadata.tables[QueueRow.__tablename__]
QUIET = frozenset({QUEUE.name})
"""What is worked out again after an undo: no reason to say that it could not be put back."""


def merge(
    session: Session, keep_id: int, gone_id: int, choices: Mapping[str, str], now: datetime,
    account_id: int | None = None,
) -> int:  # fmt: skip
    """Merge the second person into the first (organizer.merging); refused while a caller has either of them."""
    keep_id, gone_id = now_is(session, keep_id), now_is(session, gone_id)
    _refuse_if_held(session, [keep_id, gone_id], now)
    merge_id = merging.merge(session, EVERYTHING, keep_id, gone_id, choices, now, account_id)
    _replay(session, merge_id, keep_id, now)
    return merge_id


def undo(session: Session, merge_id: int, now: datetime, account_id: int | None = None) -> dict[str, int]:
    """Make two of them again; how many rows of each table have changed since and stay as they are.

    Later merges of the same people are undone first and done again afterwards, as they were chosen then.
    """
    merge = session.get(Merge, merge_id)
    if merge is None:
        raise Missing
    both, later = [merge.kept_id, merge.gone_id], merging.later_than(session, merge)
    _refuse_if_held(session, [*both, *(person_id for one in later for person_id in (one.kept_id, one.gone_id))], now)
    aside = [_set_aside(session, one, now, account_id) for one in later]
    left = _undo_alone(session, merge, now, account_id)
    for one, choices in reversed(aside):
        decided = (one.at, one.account_id)
        again = merging.merge(session, EVERYTHING, one.kept_id, one.gone_id, choices, now, account_id, decided)
        _replay(session, again, one.kept_id, now)
    return {table: number for table, number in left.items() if table not in QUIET}


def _set_aside(
    session: Session, merge: Merge, now: datetime, account_id: int | None
) -> tuple[Merge, dict[str, str]]:  # fmt: skip
    """Undo a later merge for a moment; what to choose when it is done again: what was edited by hand since stands."""
    if merge.choices is None:
        raise Refused(merging.LATER_FIRST)
    choices = dict(merge.choices) | dict.fromkeys(merging.edited_since(session, merge), "kept")
    _undo_alone(session, merge, now, account_id)
    return merge, choices


def _undo_alone(session: Session, merge: Merge, now: datetime, account_id: int | None) -> dict[str, int]:
    left = merging.undo(session, merge.id, now, account_id)
    for person_id in (merge.kept_id, merge.gone_id) if left else ():
        replay.person(session, person_id, now)
    return left


def _replay(session: Session, merge_id: int, person_id: int, now: datetime) -> None:
    """Where the one person stands in each queue, written down so that an undo finds what stood before."""
    before = _rows(session, person_id)
    replay.person(session, person_id, now)
    record, after = Record(session, merge_id), _rows(session, person_id)
    for row_id, row in before.items():
        record.changed(QUEUE, row, after[row_id])


def _rows(session: Session, person_id: int) -> dict[int, Row]:
    return {row["id"]: row for row in rows_of(session, QUEUE, QUEUE.c.person_id == person_id)}


def _refuse_if_held(session: Session, person_ids: list[int], now: datetime) -> None:
    person_locks.take(session, person_ids)
    holds.let_go(session, Hold.expires_at <= now)
    if session.scalar(sa.select(Hold.call_id).where(Hold.person_id.in_(person_ids)).limit(1)) is not None:
        raise Refused(N_("En ringare talar med personen just nu. Försök igen om en stund. Inget har ändrats."))
