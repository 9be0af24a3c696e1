"""Measures of goals that look at members one by one: introduced, asked, taught, and which associations take part or need support."""

from datetime import date, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import membership, support
from organizer.db import there_is
from organizer.models import Activity, Answer, Event, Kind, Membership
from organizer.plan_measures import Ask, Readings, covered
from organizer.plan_status import TOO_FEW, Reading
from organizer.times import local_day, moment
from organizer.words import N_

NOBODY_NEEDS = N_("Ingen förening är liten eller stilla just nu.")


def introduced(session: Session, ask: Ask) -> Readings:
    """Of those who joined in the year: who has come to an introduction."""
    came = there_is(
        Event.id, Event.person_id == Membership.person_id, Event.kind == Kind.ATTENDANCE,
        Event.day >= Membership.from_day, Event.day <= ask.last,
        Event.activity_id.in_(sa.select(Activity.id).where(Activity.kind == "introduction")),
    )  # fmt: skip
    return shares(
        session, ask,
        sa.select(Membership.association_id, sa.case((came, 1), else_=0).label("yes")).where(
            Membership.association_id.in_(ask.places), Membership.from_why.in_(membership.JOINED),
            Membership.from_day.between(ask.first, ask.last),
        ),
    )  # fmt: skip


def answered(session: Session, ask: Ask) -> Readings:
    """Of the members: who has answered a survey by name in the year."""
    people = membership.members_on(ask.last, ask.places).subquery()
    begins, ends = window(ask)
    said = there_is(Answer.id, Answer.person_id == people.c.person_id, Answer.at >= begins, Answer.at < ends)
    return shares(session, ask, sa.select(people.c.association_id, sa.case((said, 1), else_=0).label("yes")))


def at_a_course(session: Session, ask: Ask) -> Readings:
    """Associations with a member who has been at a course."""
    courses = sa.select(Activity.id).where(Activity.kind == "course")
    return covered(
        ask,
        session.scalars(
            sa.select(Event.association_id).distinct().where(
                Event.association_id.in_(ask.places), Event.kind == Kind.ATTENDANCE,
                Event.day.between(ask.first, ask.last), Event.activity_id.in_(courses),
            )
        ),
    )  # fmt: skip


def themes(session: Session, ask: Ask) -> Readings:
    """Themes that have had a course: of those the goal names, else how many different ones."""
    begins, ends = window(ask)
    rows = session.execute(
        sa.select(Activity.theme, Activity.starts_at).where(
            Activity.association_id.in_(ask.places), Activity.kind == "course", Activity.cancelled_at.is_(None),
            Activity.starts_at >= begins, Activity.starts_at < moment(ask.due + timedelta(days=1), time(0)),
            Activity.theme != "",
        )
    ).all()  # fmt: skip
    held = {row.theme.casefold() for row in rows if row.starts_at < ends and local_day(row.starts_at) <= ask.today}
    coming = {row.theme.casefold(): local_day(row.starts_at) for row in rows if local_day(row.starts_at) > ask.today}
    wanted = list((ask.detail or {}).get("themes", ()))
    if not wanted:
        return {ask.place.id: Reading(part=len(held), next_on=min(coming.values(), default=None))}
    left = tuple(theme for theme in wanted if theme.casefold() not in held)
    booked = [coming[theme.casefold()] for theme in left if theme.casefold() in coming]
    return {
        ask.place.id: Reading(len(wanted) - len(left), len(wanted), next_on=min(booked, default=None), left=left)
    }  # fmt: skip


def support_planned(few_members: int, quiet_days: int, few_active: int) -> Any:
    """Associations that are small, quiet or little active: how many have a plan of support."""

    def count(session: Session, ask: Ask) -> Readings:
        needing = _small_or_quiet(session, ask, few_members, quiet_days, few_active)
        planned = {ask.here(place) for place in support.planned(session, ask.places)}
        found = {
            place: Reading(int(place in planned), 1) if place in needing else Reading(missing=NOBODY_NEEDS)
            for place in ask.living
        }
        left = tuple(name for place, name in ask.living.items() if place in needing - planned)
        if ask.place.id not in ask.living:
            whole = Reading(len(needing) - len(left), len(needing), left=left)
            found[ask.place.id] = whole if needing else Reading(missing=NOBODY_NEEDS)
        return found

    return count


def shares(session: Session, ask: Ask, people: sa.Select[Any]) -> Readings:
    """People (association_id, yes = 1 or 0) as a share for each association and for the whole."""
    one = people.subquery()
    rows = session.execute(
        sa.select(one.c.association_id, sa.func.sum(one.c.yes), sa.func.count()).group_by(one.c.association_id)
    )
    own: dict[int, tuple[int, int]] = {}
    for place, part, whole in rows:
        old = own.get(ask.here(place), (0, 0))
        own[ask.here(place)] = (old[0] + part, old[1] + whole)
    found = {place: _share(ask, part, whole) for place, (part, whole) in own.items()}
    if ask.place.id not in ask.living:
        found[ask.place.id] = (
            _share(ask, *(sum(one) for one in zip(*own.values(), strict=True))) if own else Reading(0, 0)
        )
    return found


def window(ask: Ask) -> tuple[Any, Any]:
    """The goal's time so far, as moments: from the first, before the second."""
    return moment(ask.first, time(0)), moment(ask.last + timedelta(days=1), time(0))


def _share(ask: Ask, part: int, whole: int) -> Reading:
    return Reading(part, whole) if whole >= ask.k else Reading(missing=TOO_FEW)


def _small_or_quiet(session: Session, ask: Ask, few_members: int, quiet_days: int, few_active: int) -> set[int]:
    from organizer import activation, coverage

    people = membership.members_on(ask.last, ask.places)
    active = activation.active_on(session, people, ask.last)
    lately: date = ask.last - timedelta(days=quiet_days)
    held = {ask.here(place) for place in coverage.held(session, ask.places, lately, ask.last)}
    return {
        place
        for place in ask.living
        if place not in held
        or place not in active
        or active[place].whole < few_members
        or active[place].percent < few_active
    }
