"""Seats: one row per activity and person, given out one at a time so that exactly `capacity` get one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import earlier
from organizer.models import Activity, ActivityNews, Kind, SignUp
from organizer.words import Missing

SIGNED_UP, WAITING, WITHDRAWN, DECLINED = "signed_up", "waiting", "withdrawn", "declined"
COMING = (SIGNED_UP, WAITING)
LEDGER = (Kind.RESPONSE, Kind.SIGN_UP)
"""What a sign-up row writes: everyone who answered has responded, those who come have signed up."""
MOST = 10_000
KNOWS: dict[str, Any] = {"news_at": None, "told_message_id": None, "told_at": None}
"""Somebody who has just answered knows how things stand."""


def locked(session: Session, activity_id: int) -> Any:
    """The activity, held until the transaction ends, so that seats are given out one at a time."""
    columns = (Activity.association_id, Activity.capacity, Activity.starts_at, Activity.ends_at, Activity.cancelled_at)
    row = session.execute(
        sa.select(*columns, Activity.id).where(Activity.id == activity_id).with_for_update(key_share=True)
    ).first()
    if row is None:
        raise Missing
    return row


def row(session: Session, activity_id: int, person_id: int | None, guest_id: int | None = None) -> Any:
    """The row of this activity and person or guest, or None."""
    who = SignUp.person_id == person_id if person_id is not None else SignUp.guest_id == guest_id
    here = sa.select(*SignUp.__table__.columns).where(SignUp.activity_id == activity_id, who)
    return session.execute(here).first()


def write(
    session: Session,
    row: Any,
    activity_id: int,
    person_id: int | None,
    now: datetime,
    *,
    guest_id: int | None = None,
    **values: Any,
) -> int:
    """Insert or change the one row of this activity and person, keeping what a call replaces."""
    if row is None:
        who = {"activity_id": activity_id, "person_id": person_id, "guest_id": guest_id}
        new = sa.insert(SignUp).values(at=now, **who, **values)
        return int(session.execute(new.returning(SignUp.id)).scalar_one())
    call_id = values["call_id"]
    if call_id is None:
        before = None
    elif row.call_id == call_id:
        before = row.before
    else:
        before = earlier.remembered(session, row, "sign_ups", row.id, LEDGER)
    values |= {"at": now, "before": before, **KNOWS}
    session.execute(sa.update(SignUp).where(SignUp.id == row.id).values(**values))
    return int(row.id)


def restore(session: Session, activity: Any, row: Any, columns: dict[str, Any]) -> None:
    """Put the remembered row back; a seat that has gone to somebody else becomes the first place in line."""
    if columns["state"] in COMING:
        free = count(session, activity.id) - (row.state == SIGNED_UP) < (activity.capacity or MOST)
        columns["state"] = SIGNED_UP if free and columns["state"] == SIGNED_UP else WAITING
    session.execute(sa.update(SignUp).where(SignUp.id == row.id).values(**{**columns, **KNOWS}))


def has_room(session: Session, activity: Any) -> bool:
    """Whether one more gets a seat."""
    return activity.capacity is None or count(session, activity.id) < activity.capacity


def count(session: Session, activity_id: int) -> int:
    """How many have a seat."""
    here = sa.select(sa.func.count()).select_from(SignUp)
    return session.scalar(here.where(SignUp.activity_id == activity_id, SignUp.state == SIGNED_UP)) or 0


def promote(session: Session, activity_id: int, capacity: int | None, now: datetime) -> None:
    """Give free seats to those who have waited longest; the caller of this holds the activity."""
    line = sa.select(SignUp.id).where(SignUp.activity_id == activity_id, SignUp.state == WAITING)
    line = line.order_by(SignUp.at, SignUp.id)
    if capacity is not None:
        line = line.limit(max(0, capacity - count(session, activity_id)))
    lucky = session.scalars(line).all()
    if lucky:
        session.execute(sa.update(SignUp).where(SignUp.id.in_(lucky)).values(state=SIGNED_UP, at=now))
        tell(session, activity_id, "seat", now, lucky)


def tell(session: Session, activity_id: int, what: str, now: datetime, sign_ups: Sequence[int] = ()) -> None:
    """Note that those who come (or only `sign_ups`) are to be told that it is moved or cancelled, or that they have a seat.

    The note is a row in the same transaction; the worker makes messages of it, if there still is reason to.
    """
    if what == "moved":
        stale = (ActivityNews.activity_id == activity_id, ActivityNews.what == what)
        session.execute(sa.delete(ActivityNews).where(*stale))
    rows = [{"activity_id": activity_id, "what": what, "sign_up_id": one, "at": now} for one in (sign_ups or (None,))]
    session.execute(sa.insert(ActivityNews), rows)
    whom = SignUp.id.in_(sign_ups) if sign_ups else SignUp.state.in_(COMING)
    untold = {"news_at": now, "told_message_id": None, "told_at": None}
    session.execute(sa.update(SignUp).where(SignUp.activity_id == activity_id, whom).values(**untold))
