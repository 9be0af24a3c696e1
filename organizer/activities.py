"""Activities: something to be invited to, who has signed up or waits, who came, and every other effort."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import activity_drafts, earlier, seats, timeline
from organizer.activity_drafts import KINDS, REMINDERS, Draft
from organizer.db import changed
from organizer.models import (
    Activity,
    ActivityNews,
    ActivityOrganizer,
    Association,
    Attendance,
    Contribution,
    Event,
    Kind,
    Membership,
    SignUp,
)
from organizer.seats import COMING, DECLINED, LEDGER, SIGNED_UP, WAITING, WITHDRAWN
from organizer.times import local_day, moment
from organizer.words import Refused

__all__ = ["KINDS", "REMINDERS", "Draft", "Upcoming"]


@dataclass(frozen=True, slots=True)
class Upcoming:
    """One coming activity with how many have a seat and how many wait."""

    id: int
    title: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    place: str
    capacity: int | None
    organizer: str
    """The association's short name."""
    own: bool
    signed_up: int
    waiting: int

    @property
    def full(self) -> bool:
        """Whether the next one to sign up has to wait."""
        return self.capacity is not None and self.signed_up >= self.capacity


def create(
    session: Session,
    association_id: int,
    draft: Draft,
    now: datetime,
    *,
    organizers: Iterable[int] = (),
    account_id: int | None = None,
    series_id: int | None = None,
) -> int:
    """Add an activity that `association_id` holds, with the other `organizers` if any; its id. Refused with a field."""
    activity_drafts.check(draft, now)
    values = {**activity_drafts.columns(draft), "association_id": association_id, "created_by": account_id}
    new = sa.insert(Activity).values(changed_at=now, series_id=series_id, **values).returning(Activity.id)
    activity_id: int = session.execute(new).scalar_one()
    _set_organizers(session, activity_id, association_id, organizers)
    return activity_id


def edit(session: Session, activity_id: int, draft: Draft, now: datetime, *, organizers: Iterable[int] = ()) -> None:
    """Change an activity; more seats let the first who wait in, fewer than have signed up are refused.

    When the time or the place is another, those who come are told, and what the ledger says of who came moves along.
    """
    held = seats.locked(session, activity_id)
    activity_drafts.check(draft, now, began=held.starts_at)
    taken = seats.count(session, activity_id)
    if draft.capacity is not None and draft.capacity < taken:
        raise Refused(
            "%(antal)s är redan anmälda. Ange minst så många platser, eller avanmäl någon först.",
            field="capacity",
            antal=taken,
        )
    values = activity_drafts.columns(draft)
    before = session.execute(
        sa.select(*(getattr(Activity, name) for name in values)).where(Activity.id == activity_id)
    ).one()
    _set_organizers(session, activity_id, held.association_id, organizers)
    if before._asdict() == values:
        return
    values |= {"sequence": Activity.sequence + 1, "changed_at": now}
    if draft.starts_at != before.starts_at:
        values["reminded_at"] = None
        _move_attendance(session, activity_id, draft.starts_at)
    session.execute(sa.update(Activity).where(Activity.id == activity_id).values(**values))
    moved = (draft.starts_at, draft.ends_at, draft.place.strip()) != (before.starts_at, before.ends_at, before.place)
    if moved and held.cancelled_at is None and draft.ends_at > now:
        seats.tell(session, activity_id, "moved", now)
    seats.promote(session, activity_id, draft.capacity, now)


def cancel(session: Session, activity_id: int, now: datetime) -> bool:
    """Call an activity off; what people answered stays, and those who come are told. False if it already was."""
    here = sa.update(Activity).where(Activity.id == activity_id, Activity.cancelled_at.is_(None))
    values = {"cancelled_at": now, "sequence": Activity.sequence + 1, "changed_at": now}
    if changed(session.execute(here.values(**values))) != 1:
        return False
    session.execute(sa.delete(ActivityNews).where(ActivityNews.activity_id == activity_id))
    seats.tell(session, activity_id, "cancelled", now)
    return True


def sign_up(
    session: Session,
    activity_id: int,
    person_id: int | None,
    now: datetime,
    *,
    guest_id: int | None = None,
    call_id: int | None = None,
    campaign_id: int | None = None,
    needs_lift: bool | None = None,
    lift_seats: int | None = None,
) -> str:
    """Give the person a seat, or a place on the waiting list when there is none: "signed_up" or "waiting".

    Exactly `capacity` get a seat, however many sign up in the same second. What was said in a call is recorded
    even if the activity has been cancelled or is over by then: a late report is never lost. `needs_lift` and
    `lift_seats` left out = as it was. A guest, known by a name and a proved number alone, has no ledger.
    """
    activity = seats.locked(session, activity_id)
    if call_id is None:
        _refuse_when_over(activity, now)
    row = seats.row(session, activity_id, person_id, guest_id)
    lift = {
        "needs_lift": bool(row and row.needs_lift) if needs_lift is None else needs_lift,
        "lift_seats": (row.lift_seats if row else 0) if lift_seats is None else lift_seats,
    }
    if row is not None and row.state in COMING:
        session.execute(sa.update(SignUp).where(SignUp.id == row.id).values(**lift))
        return str(row.state)
    state = SIGNED_UP if seats.has_room(session, activity) else WAITING
    values: dict[str, Any] = {"state": state, "call_id": call_id, "campaign_id": campaign_id, **lift}
    sign_up_id = seats.write(session, row, activity_id, person_id, now, guest_id=guest_id, **values)
    if person_id is not None:
        _respond(session, sign_up_id, activity_id, person_id, now, campaign_id)
        _tell(session, Kind.SIGN_UP, sign_up_id, activity_id, person_id, now, campaign_id)
    return state


def withdraw(
    session: Session,
    activity_id: int,
    person_id: int | None,
    now: datetime,
    *,
    guest_id: int | None = None,
    call_id: int | None = None,
) -> bool:
    """Give the seat back; the first who waits gets it. The answer stays a response (D5). False if not signed up."""
    activity = seats.locked(session, activity_id)
    row = seats.row(session, activity_id, person_id, guest_id)
    if row is None or row.state not in COMING:
        return False
    kept: dict[str, Any] = {"campaign_id": row.campaign_id, "needs_lift": row.needs_lift, "lift_seats": row.lift_seats}
    seats.write(session, row, activity_id, person_id, now, state=WITHDRAWN, call_id=call_id, **kept)
    timeline.retract(session, kind=Kind.SIGN_UP, table="sign_ups", source_id=row.id)
    seats.promote(session, activity_id, activity.capacity, now)
    return True


def decline(
    session: Session,
    activity_id: int,
    person_id: int,
    now: datetime,
    *,
    call_id: int | None = None,
    campaign_id: int | None = None,
) -> None:
    """Note that the person has said no: a response, and the seat is free if there was one."""
    activity = seats.locked(session, activity_id)
    row = seats.row(session, activity_id, person_id)
    if row is not None and row.state == DECLINED:
        return
    values: dict[str, Any] = {
        "state": DECLINED,
        "call_id": call_id,
        "campaign_id": campaign_id,
        "needs_lift": False,
        "lift_seats": 0,
    }
    sign_up_id = seats.write(session, row, activity_id, person_id, now, **values)
    timeline.retract(session, kind=Kind.SIGN_UP, table="sign_ups", source_id=sign_up_id)
    _respond(session, sign_up_id, activity_id, person_id, now, campaign_id)
    seats.promote(session, activity_id, activity.capacity, now)


def tell_of_sign_up(session: Session, sign_up_id: int, activity_id: int, person_id: int, row: Any) -> None:
    """Write a guest's answer in the ledger of the person they turned out to be, as of when it was given."""
    _respond(session, sign_up_id, activity_id, person_id, row.at, None)
    if row.state in COMING:
        _tell(session, Kind.SIGN_UP, sign_up_id, activity_id, person_id, row.at, None)


def take_back(session: Session, call_id: int, now: datetime) -> None:
    """Undo every answer about activities that a call wrote: rows and ledger are as before it.

    Someone who got the freed seat meanwhile keeps it; whoever comes back to a full activity is first in line.
    """
    mine = sa.select(SignUp.activity_id, SignUp.person_id).where(SignUp.call_id == call_id)
    for activity_id, person_id in session.execute(mine.order_by(SignUp.activity_id)).all():
        activity = seats.locked(session, activity_id)
        row = seats.row(session, activity_id, person_id)
        if row is None or row.call_id != call_id:
            continue
        earlier.put_back(session, row.before, "sign_ups", row.id, LEDGER)
        if row.before is None:
            session.execute(sa.delete(SignUp).where(SignUp.id == row.id))
        else:
            seats.restore(session, activity, row, earlier.columns_of(row.before))
        seats.promote(session, activity_id, activity.capacity, now)


def attend(session: Session, activity_id: int, person_id: int, account_id: int | None, now: datetime) -> None:
    """Tick that the person came, signed up or not: an activation event on the day of the activity."""
    activity = seats.locked(session, activity_id)
    if local_day(now) < local_day(activity.starts_at):
        raise Refused("Aktiviteten har inte varit än. Närvaro kan bockas av från samma dag.")
    there = _attendance(session, activity_id, person_id)
    if there is not None:
        return
    new = sa.insert(Attendance).values(activity_id=activity_id, person_id=person_id, at=now, account_id=account_id)
    source_id = session.execute(new.returning(Attendance.id)).scalar_one()
    timeline.record(
        session, kind=Kind.ATTENDANCE, table="attendances", source_id=source_id, person_id=person_id,
        at=activity.starts_at, activity_id=activity_id,
    )  # fmt: skip


def unattend(session: Session, activity_id: int, person_id: int) -> None:
    """Take the tick away again."""
    seats.locked(session, activity_id)
    there = _attendance(session, activity_id, person_id)
    if there is None:
        return
    timeline.retract(session, kind=Kind.ATTENDANCE, table="attendances", source_id=there)
    session.execute(sa.delete(Attendance).where(Attendance.id == there))


def contribute(session: Session, person_id: int, what: str, day: date, account_id: int | None, now: datetime) -> int:
    """Log any other effort of a member, because every effort counts (P§1.1 need 12); the contribution's id."""
    what = what.strip()
    if not what:
        raise Refused("Skriv vad personen gjorde.", field="what")
    if len(what) > 120:
        raise Refused("Skriv kortare: högst 120 tecken.", field="what")
    if day > local_day(now):
        raise Refused("Dagen har inte varit än. Ange en dag till och med i dag.", field="day")
    place = session.scalar(
        sa.select(Membership.association_id)
        .where(Membership.person_id == person_id, sa.or_(Membership.from_day.is_(None), Membership.from_day <= day))
        .order_by(Membership.to_day.is_(None).desc(), Membership.to_day.desc(), Membership.id.desc())
        .limit(1)
    )
    if place is None:
        raise Refused("Personen var inte medlem den dagen. Ange en annan dag.", field="day")
    values = {"person_id": person_id, "association_id": place, "what": what, "day": day, "account_id": account_id}
    new = sa.insert(Contribution).values(created_at=now, **values).returning(Contribution.id)
    source_id: int = session.execute(new).scalar_one()
    timeline.record(
        session, kind=Kind.CONTRIBUTION, table="contributions", source_id=source_id, person_id=person_id,
        at=moment(day, time(12)), association_id=place,
    )  # fmt: skip
    return source_id


def upcoming(session: Session, path: str, now: datetime, limit: int = 20) -> list[Upcoming]:
    """What lies ahead for a place: its own activities first, then its district's, then those of places below it."""
    there = sa.literal(path)
    near = sa.case((Association.path == path, 0), (there.like(Association.path + "%"), 1), else_=2)
    reached = sa.or_(there.like(Association.path + "%"), Association.path.like(path + "%"))
    held = (
        sa.select(ActivityOrganizer.activity_id, sa.func.min(near).label("near"))
        .join(Association, Association.id == ActivityOrganizer.association_id)
        .where(reached)
        .group_by(ActivityOrganizer.activity_id)
        .subquery()
    )
    rows = session.execute(
        sa.select(
            Activity.id, Activity.title, Activity.kind, Activity.starts_at, Activity.ends_at, Activity.place,
            Activity.capacity, Association.short_name.label("organizer"), (held.c.near == 0).label("own"),
            how_many(SIGNED_UP).label("signed_up"), how_many(WAITING).label("waiting"),
        )
        .join(held, held.c.activity_id == Activity.id)
        .join(Association, Association.id == Activity.association_id)
        .where(Activity.starts_at > now, Activity.cancelled_at.is_(None))
        .order_by(held.c.near, Activity.starts_at, Activity.id)
        .limit(limit)
    )  # fmt: skip
    return [Upcoming(**{**row._asdict(), "own": bool(row.own)}) for row in rows]


def how_many(state: str) -> sa.ScalarSelect[int]:
    """The number of people in `state` for each activity of the query around it."""
    return (
        sa.select(sa.func.count())
        .select_from(SignUp)
        .where(SignUp.activity_id == Activity.id, SignUp.state == state)
        .correlate(Activity)
        .scalar_subquery()
    )


def _refuse_when_over(activity: Any, now: datetime) -> None:
    if activity.cancelled_at is not None:
        raise Refused("Aktiviteten är inställd, så ingen kan anmälas.")
    if activity.ends_at <= now:
        raise Refused("Aktiviteten har varit, så ingen kan anmälas. Den som kom kan bockas av.")


def _move_attendance(session: Session, activity_id: int, starts_at: datetime) -> None:
    """Whoever came, came on the day of the activity, also when that day is corrected afterwards."""
    here = (Event.activity_id == activity_id, Event.kind == Kind.ATTENDANCE)
    came = sa.select(Attendance.person_id).where(Attendance.activity_id == activity_id)
    session.execute(
        sa.update(Event)
        .where(*here, Event.person_id.in_(came))
        .values(at=starts_at, day=local_day(starts_at))
        .execution_options(synchronize_session=False)
    )


def _set_organizers(session: Session, activity_id: int, association_id: int, others: Iterable[int]) -> None:
    session.execute(sa.delete(ActivityOrganizer).where(ActivityOrganizer.activity_id == activity_id))
    rows = [{"activity_id": activity_id, "association_id": one} for one in dict.fromkeys((association_id, *others))]
    session.execute(sa.insert(ActivityOrganizer), rows)


def _respond(
    session: Session, source_id: int, activity_id: int, person_id: int, now: datetime, campaign_id: int | None
) -> None:
    """A change is retract and record (D5)."""
    timeline.retract(session, kind=Kind.RESPONSE, table="sign_ups", source_id=source_id)
    _tell(session, Kind.RESPONSE, source_id, activity_id, person_id, now, campaign_id)


def _tell(
    session: Session, kind: Kind, source_id: int, activity_id: int, person_id: int, now: datetime,
    campaign_id: int | None,
) -> None:  # fmt: skip
    timeline.record(
        session, kind=kind, table="sign_ups", source_id=source_id, person_id=person_id, at=now,
        campaign_id=campaign_id, activity_id=activity_id,
    )  # fmt: skip


def _attendance(session: Session, activity_id: int, person_id: int) -> int | None:
    here = sa.select(Attendance.id).where(Attendance.activity_id == activity_id, Attendance.person_id == person_id)
    return session.scalar(here)
