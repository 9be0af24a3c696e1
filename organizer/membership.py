"""How the membership of associations moves: who is a member on a day, who came and went, who renewed, who is new."""

from dataclasses import dataclass, fields
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from organizer.activation import TOUCH, Share
from organizer.db import days_after, there_is
from organizer.models import Association, Event, Fee, Kind, Membership, Person

Places = sa.Select[int] | list[int]
"""Ids of associations, as a SELECT to put in an IN (access.reach) or as a list."""

IN_TIME_DAYS = 14
"""A new member is contacted in time within this many days after joining (P§6.2 `new_n`)."""
NEW_DAYS = 90
"""New means joined at most this many days ago (P§8)."""
JOINED = ("joined", "returned")
MOVED = ("moved_in", "merged")
"""How a membership goes on somewhere else: whoever moves is as new as before."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Everything a net change consists of (P§6.2 `growth`): people in one association in a period."""

    joined: int = 0
    moved_in: int = 0
    merged_in: int = 0
    left: int = 0
    moved_out: int = 0
    deceased: int = 0
    merged_out: int = 0

    @property
    def net(self) -> int:
        """Members at the end minus members before the start."""
        came = self.joined + self.moved_in + self.merged_in
        return came - self.left - self.moved_out - self.deceased - self.merged_out


_CAME = {"joined": "joined", "returned": "joined", "moved_in": "moved_in", "merged": "merged_in"}
_WENT = {"left": "left", "moved": "moved_out", "deceased": "deceased", "merged": "merged_out"}


def open_on(day: date) -> sa.ColumnElement[bool]:
    """Whether a membership interval is open on `day`: local dates, half open, unknown start = always (D20)."""
    begun = sa.or_(Membership.from_day.is_(None), Membership.from_day <= day)
    return sa.and_(begun, sa.or_(Membership.to_day.is_(None), Membership.to_day > day))


def members_on(day: date, places: Places) -> sa.Select[int, int]:
    """M(A, day) of P§6.1: (person_id, association_id) of everyone with an open interval in one of `places`."""
    return sa.select(Membership.person_id, Membership.association_id).where(
        Membership.association_id.in_(places), open_on(day)
    )


def counted(session: Session, day: date, places: Places) -> dict[int, int]:
    """How many members each association has on `day`."""
    people = members_on(day, places).subquery()
    rows = session.execute(sa.select(people.c.association_id, sa.func.count()).group_by(people.c.association_id))
    return {place: number for place, number in rows}  # noqa: C416  a row is not a pair to mypy


def growth(session: Session, first_day: date, last_day: date, places: Places) -> dict[int, Growth]:
    """Who came and went from `first_day` to `last_day`, both included, part by part."""
    here = Membership.association_id.in_(places)
    parts: dict[int, dict[str, int]] = {}
    for day, why, names in (
        (Membership.from_day, Membership.from_why, _CAME),
        (Membership.to_day, Membership.to_why, _WENT),
    ):
        rows = session.execute(
            sa.select(Membership.association_id, why, sa.func.count())
            .where(here, day.between(first_day, last_day))
            .group_by(Membership.association_id, why)
        )
        for place, reason, number in rows:
            own = parts.setdefault(place, dict.fromkeys((field.name for field in fields(Growth)), 0))
            own[names.get(reason or "", "moved_in" if names is _CAME else "left")] += number
    return {place: Growth(**own) for place, own in parts.items()}


def renewed(session: Session, day: date, places: Places, district_path: str) -> dict[int, Share]:
    """Paid the fee of the year by `day`, of the members on 1 January but the deceased and those who left the district.

    Who left of their own will stays in the denominator (P§6.2 `renewed`).
    """
    one = renewals(day, Membership.association_id.in_(places), district_path).subquery()
    rows = session.execute(
        sa.select(one.c.association_id, sa.func.sum(one.c.paid), sa.func.count()).group_by(one.c.association_id)
    )
    return {place: Share(part, whole) for place, part, whole in rows}


def renewals(day: date, which: sa.ColumnElement[bool], district_path: str) -> sa.Select[int, int, int]:
    """Each person of `renewed`: (person_id, association_id, paid = 1 or 0); `which` chooses memberships."""
    new_year = date(day.year, 1, 1)
    gone = sa.or_(
        there_is(Person.id, Person.id == Membership.person_id, Person.deceased_on <= day),
        sa.and_(Membership.to_day <= day, Membership.to_why == "deceased"),
        sa.and_(Membership.to_day <= day, Membership.to_why == "moved", sa.not_(_came_back_within(district_path, day))),
    )
    paid = there_is(Fee.person_id, Fee.person_id == Membership.person_id, Fee.year == day.year, Fee.paid_on <= day)
    return sa.select(Membership.person_id, Membership.association_id, sa.case((paid, 1), else_=0).label("paid")).where(
        which, open_on(new_year), sa.func.coalesce(gone, sa.false()).is_(sa.false())
    )


def new_in_time(
    session: Session, first_day: date, last_day: date, today: date, places: Places, *kinds: Kind
) -> dict[int, Share]:
    """New members of the period with a first personal contact (or one of `kinds`) within 14 days of joining.

    Whoever is still inside the 14 days without one is in neither number; so is whoever died inside them (P§6.2).
    """
    limit = days_after(Membership.from_day, IN_TIME_DAYS)
    touched = there_is(
        Event.id,
        Event.person_id == Membership.person_id,
        Event.kind.in_(kinds or TOUCH),
        Event.mass.is_(False),
        Event.day >= Membership.from_day,
        Event.day <= limit,
        Event.day <= today,
    )
    joined = (
        sa.select(Membership.association_id, Membership.from_day, sa.case((touched, 1), else_=0).label("in_time"))
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.association_id.in_(places),
            Membership.from_why.in_(JOINED),
            Membership.from_day.between(first_day, last_day),
            sa.or_(Person.deceased_on.is_(None), Person.deceased_on > limit),
        )
    ).subquery()
    rows = session.execute(
        sa.select(joined.c.association_id, sa.func.sum(joined.c.in_time), sa.func.count())
        .where(sa.or_(joined.c.in_time == 1, joined.c.from_day <= today - timedelta(days=IN_TIME_DAYS)))
        .group_by(joined.c.association_id)
    )
    return {place: Share(part, whole) for place, part, whole in rows}


def waiting(today: date, places: Places) -> sa.Select[int, int, date | None]:
    """`waiting_among` everyone in some places."""
    return waiting_among(today, Membership.association_id.in_(places))


def waiting_among(today: date, which: sa.ColumnElement[bool]) -> sa.Select[int, int, date | None]:
    """New members whom nobody has spoken to or written to in person yet: (person_id, association_id, joined).

    A refusal of calls does not take them off the list: the chair may still meet them. The deceased are not on it.
    """
    joined = joined_on()
    touched = there_is(
        Event.id,
        Event.person_id == Membership.person_id,
        Event.kind.in_(TOUCH),
        Event.mass.is_(False),
        Event.day >= joined,
    )
    return (
        sa.select(Membership.person_id, Membership.association_id, joined.label("joined"))
        .join(Person, Person.id == Membership.person_id)
        .where(which, new_on(today), Person.deceased_on.is_(None), sa.not_(touched))
    )


def joined_on() -> sa.ColumnElement[date | None]:
    """The day the person of a membership joined: its own first day or, after a move or a merger, that of the one before."""
    first = aliased(Membership)
    came = sa.select(sa.func.max(first.from_day)).where(
        first.person_id == Membership.person_id, first.from_why.in_(JOINED), first.from_day <= Membership.from_day
    )
    own = Membership.from_why.in_(JOINED)
    return sa.case((own, Membership.from_day), else_=came.correlate(Membership).scalar_subquery())


def new_on(today: date) -> sa.ColumnElement[bool]:
    """Whether an open membership is of somebody new: joined at most 90 days ago, here or where they moved from."""
    first = today - timedelta(days=NEW_DAYS)
    return sa.and_(
        Membership.to_day.is_(None),
        Membership.from_why.in_((*JOINED, *MOVED)),
        Membership.from_day.between(first, today),  # who joined so lately cannot have moved before
        joined_on() >= first,
    )


def _came_back_within(district_path: str, day: date) -> sa.ColumnElement[bool]:
    later, place = aliased(Membership), aliased(Association)
    return (
        sa.exists()
        .where(later.person_id == Membership.person_id, later.from_day >= Membership.to_day, later.from_day <= day)
        .where(place.id == later.association_id, place.path.like(district_path + "%"))
    )
