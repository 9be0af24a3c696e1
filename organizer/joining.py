"""What happens to new members, and what members are offered: how long the first contact took, and who was invited to learn."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.activation import TOUCH, Share
from organizer.db import days_after, there_is
from organizer.membership import IN_TIME_DAYS, JOINED, Places, members_on
from organizer.models import Activity, Event, Kind, Membership, Person

COURSES = ("course", "introduction")
"""The kinds of activity in which members learn something (P§6.2 `offered`)."""


def days_to_contact(
    session: Session, first_day: date, last_day: date, today: date, places: Places
) -> dict[int, list[int | None]]:
    """Days from joining to the first personal contact of everyone who joined in the period; None = not contacted.

    The same people as in `membership.new_in_time`: whoever still has days left of the 14 and has not been contacted
    is left out, and so is whoever died inside them.
    """
    first = (
        sa.select(sa.func.min(Event.day))
        .where(
            Event.person_id == Membership.person_id, Event.kind.in_(TOUCH), Event.mass.is_(False),
            Event.day >= Membership.from_day, Event.day <= today,
        )
        .correlate(Membership)
        .scalar_subquery()
    )  # fmt: skip
    limit = days_after(Membership.from_day, IN_TIME_DAYS)
    rows = session.execute(
        sa.select(Membership.association_id, Membership.from_day, first.label("contacted"))
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.association_id.in_(places), Membership.from_why.in_(JOINED),
            Membership.from_day.between(first_day, last_day),
            sa.or_(Person.deceased_on.is_(None), Person.deceased_on > limit),
        )
    )  # fmt: skip
    found: dict[int, list[int | None]] = {}
    for place, joined, contacted in rows:
        if joined is not None and (contacted or (today - joined).days >= IN_TIME_DAYS):
            found.setdefault(place, []).append((contacted - joined).days if contacted else None)
    return found


def median(days: list[int | None]) -> int | None:
    """So many days at most it took for half of them; the uncontacted count as longest, so there may be no answer."""
    ordered = sorted(days, key=lambda one: (one is None, one or 0))
    return ordered[(len(ordered) - 1) // 2] if ordered else None


def offered_course(session: Session, first_day: date, last_day: date, places: Places) -> dict[int, Share]:
    """Members on the last day who were invited to a course in the period: of all members that day."""
    people = members_on(last_day, places).subquery()
    courses = sa.select(Activity.id).where(Activity.kind.in_(COURSES))
    invited = there_is(
        Event.id, Event.person_id == people.c.person_id, Event.kind == Kind.INVITATION,
        Event.day.between(first_day, last_day), Event.activity_id.in_(courses),
    )  # fmt: skip
    rows = session.execute(
        sa.select(people.c.association_id, sa.func.sum(sa.case((invited, 1), else_=0)), sa.func.count()).group_by(
            people.c.association_id
        )
    )
    return {place: Share(part, whole) for place, part, whole in rows}
