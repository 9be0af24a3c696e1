"""Seats of two who are merged: one that becomes free goes to whoever waits, and an undo gives no seat out twice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import seats
from organizer.models import MergedRow, SignUp
from organizer.seats import SIGNED_UP, WAITING


def take(session: Session, person_ids: Sequence[int]) -> list[Any]:
    """The activities these people have answered, held one after the other as whoever signs up holds them."""
    theirs = sa.select(SignUp.activity_id).where(SignUp.person_id.in_(person_ids)).distinct()
    return [seats.locked(session, one) for one in session.scalars(theirs.order_by(SignUp.activity_id)).all()]


def pass_on(session: Session, activities: Sequence[Any], now: datetime) -> None:
    """Two seats have become one in an activity still to come: the first who waits gets the other."""
    for one in activities:
        if one.cancelled_at is None and one.starts_at > now:
            seats.promote(session, one.id, one.capacity, now)


def removed(session: Session, merge_id: int) -> list[int]:
    """The sign-ups that a merge took away, which its undo puts back."""
    rows = sa.select(MergedRow.key).where(
        MergedRow.merge_id == merge_id, MergedRow.table_name == SignUp.__tablename__, MergedRow.what == "removed"
    )
    return [int(key["id"]) for key in session.scalars(rows)]


def wait_for_one(session: Session, sign_up_ids: Sequence[int]) -> None:
    """Whoever is back in an activity where somebody else has got the seat meanwhile is in line, by when they signed up."""
    columns = (SignUp.id, SignUp.activity_id)
    back = sa.select(*columns).where(SignUp.id.in_(sign_up_ids), SignUp.state == SIGNED_UP)
    for row in session.execute(back.order_by(SignUp.activity_id)).all():
        activity = seats.locked(session, row.activity_id)
        if activity.capacity is not None and seats.count(session, activity.id) > activity.capacity:
            session.execute(sa.update(SignUp).where(SignUp.id == row.id).values(state=WAITING))
