"""What a place did in a year, in figures for its report: activities, surveys, offices, motions, support to associations."""

from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import district_figures
from organizer.models import (
    Activity,
    ActivityOrganizer,
    Answer,
    Assignment,
    Association,
    AssociationKind,
    Attendance,
    Contribution,
    Membership,
    Motion,
    PlaceContact,
    Question,
    SupportStep,
)
from organizer.report_figures import Figures, Span
from organizer.times import local_day, moment

MOST_LISTED = 60
"""So many activities are listed one by one; the others are counted."""
ACCEPTED = ("approved", "partly")


def of_year(session: Session, place: Association, days: Span, now: datetime, k: int) -> Figures:
    """Everything that was done; counts of things that happened, and of people only from `k` up."""
    here = district_figures.below(place.path)
    return {
        "activities": _activities(session, place, days, now, k),
        "surveys": _surveys(session, here, days, k),
        "offices": _offices(session, here, days),
        "contributions": _contributions(session, here, days),
        "motions": _motions(session, here, days),
        "support": _support(session, here, days) if place.kind == AssociationKind.DISTRICT else None,
    }


def moments(days: Span) -> tuple[datetime, datetime]:
    """When the days begin, and when they are over."""
    return moment(days.first, time()), moment(days.last + timedelta(days=1), time())


def _activities(session: Session, place: Association, days: Span, now: datetime, k: int) -> Figures:
    """What has been held by the place or anything below it; one by one what the place itself has held."""
    begins, ends = moments(days)
    held = (
        Activity.starts_at >= begins,
        Activity.starts_at < ends,
        Activity.ends_at <= now,
        Activity.cancelled_at.is_(None),
    )
    everywhere = sa.select(ActivityOrganizer.activity_id).where(
        ActivityOrganizer.association_id.in_(district_figures.below(place.path))
    )
    own = sa.select(ActivityOrganizer.activity_id).where(ActivityOrganizer.association_id == place.id)
    kinds: Any = session.execute(
        sa.select(Activity.kind, sa.func.count()).where(*held, Activity.id.in_(everywhere)).group_by(Activity.kind)
    )
    visits = session.scalar(
        sa.select(sa.func.count())
        .select_from(Attendance)
        .join(Activity, Activity.id == Attendance.activity_id)
        .where(*held, Activity.id.in_(everywhere))
    )
    came = sa.select(sa.func.count()).select_from(Attendance).where(Attendance.activity_id == Activity.id)
    rows = session.execute(
        sa.select(Activity.title, Activity.kind, Activity.starts_at, Activity.place,
                  came.correlate(Activity).scalar_subquery().label("came"))
        .where(*held, Activity.id.in_(own))
        .order_by(Activity.starts_at, Activity.id)
    ).all()  # fmt: skip
    listed = [
        {"day": local_day(row.starts_at).isoformat(), "title": row.title, "kind": row.kind, "place": row.place,
         "came": row.came if row.came >= k else None}
        for row in rows[:MOST_LISTED]
    ]  # fmt: skip
    by_kind = {kind: number for kind, number in kinds}  # noqa: C416  a row is not a pair to mypy
    return {
        "held": sum(by_kind.values()), "by_kind": by_kind, "visits": visits or 0, "own": len(rows), "listed": listed,
        "more": len(rows) - len(listed),
    }  # fmt: skip


def _surveys(session: Session, here: sa.Select[int], days: Span, k: int) -> Figures:
    """How many of the members have answered a survey in the year, and how many surveys that was."""
    begins, ends = moments(days)
    surveys, people = session.execute(
        sa.select(sa.func.count(Question.survey_id.distinct()), sa.func.count(Answer.person_id.distinct()))
        .join(Question, Question.id == Answer.question_id)
        .join(Membership, sa.and_(Membership.person_id == Answer.person_id, Membership.to_day.is_(None)))
        .where(Answer.at >= begins, Answer.at < ends, Membership.association_id.in_(here))
    ).one()
    return {"surveys": surveys, "people": people} if people >= k else {"surveys": 0, "people": 0}


def _offices(session: Session, here: sa.Select[int], days: Span) -> int:
    """People who held an office or a task at some time of the year: a number, never who."""
    held = (Assignment.from_day <= days.last, sa.or_(Assignment.to_day.is_(None), Assignment.to_day > days.first))
    people = sa.func.count(Assignment.person_id.distinct())
    return session.scalar(sa.select(people).where(Assignment.association_id.in_(here), *held)) or 0


def _contributions(session: Session, here: sa.Select[int], days: Span) -> int:
    done = (Contribution.association_id.in_(here), Contribution.day.between(days.first, days.last))
    return session.scalar(sa.select(sa.func.count()).select_from(Contribution).where(*done)) or 0


def _motions(session: Session, here: sa.Select[int], days: Span) -> Figures:
    put, accepted = session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(Motion.result.in_(ACCEPTED))).where(
            Motion.association_id.in_(here), Motion.put_on.between(days.first, days.last)
        )
    ).one()
    return {"put": put, "accepted": accepted}


def _support(session: Session, here: sa.Select[int], days: Span) -> Figures:
    """The district's contacts with its associations, and the plans of support."""
    begins, ends = moments(days)
    contacts, places = session.execute(
        sa.select(sa.func.count(), sa.func.count(PlaceContact.association_id.distinct())).where(
            PlaceContact.association_id.in_(here), PlaceContact.at >= begins, PlaceContact.at < ends
        )
    ).one()
    planned, done = session.execute(
        sa.select(
            sa.func.count(SupportStep.association_id.distinct()),
            sa.func.count().filter(sa.and_(SupportStep.done_at >= begins, SupportStep.done_at < ends)),
        ).where(SupportStep.association_id.in_(here), SupportStep.created_at < ends,
                sa.or_(SupportStep.done_at.is_(None), SupportStep.done_at >= begins))
    ).one()  # fmt: skip
    return {"contacts": contacts, "places": places, "planned": planned, "done": done}
