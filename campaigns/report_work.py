"""Counting the figures of yearly reports: at once for most places, in the background for a large district, and each January."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import report_gathering
from organizer import district_figures, membership, reports
from organizer.db import Database
from organizer.models import Association, AssociationKind, Report
from organizer.times import local_day
from organizer.words import Refused

JANUARY = 1
"""In this month every association and district gets a draft of the year that is over (P§6.6)."""
AT_ONCE = 20
"""Drafts made in one round of January, so that the round does not last for ever."""


def at_once(session: Session, place: Association, now: datetime) -> bool:
    """Whether the place is small enough to be counted while somebody waits for the page."""
    members = membership.counted(session, local_day(now), district_figures.below(place.path))
    return sum(members.values()) < district_figures.LARGE


def count(session: Session, report: Report, now: datetime) -> None:
    """Count a report's figures and put them in, in this transaction."""
    place = session.get_one(Association, report.association_id)
    reports.fill(session, report.id, report_gathering.gather(session, place, report.year, now), now)


def work(database: Database, clock: Callable[[], datetime], stop: Callable[[], bool]) -> int:
    """Count what waits, one report at a time: read at leisure, then write briefly. Returns how many."""
    done = 0
    _begin_january(database, clock())
    while not stop() and (report_id := _next(database)) is not None:
        figures = None
        with database.reading() as session, suppress(Refused):
            report = session.get_one(Report, report_id)
            place = session.get_one(Association, report.association_id)
            figures = report_gathering.gather(session, place, report.year, clock())
        with database.writing() as session, suppress(Refused):  # adopted meanwhile: nothing of it changes
            if figures is not None:
                reports.fill(session, report_id, figures, clock())
            else:  # the place turns out not to have existed that year: nobody shall wait for it
                reports.give_up(session, report_id)
        done += 1
    return done


def _next(database: Database) -> int | None:
    with database.reading() as session:
        waiting = sa.select(Report.id).where(Report.wanted_at.is_not(None), Report.adopted_at.is_(None))
        return session.scalar(waiting.order_by(Report.wanted_at, Report.id).limit(1))


def _begin_january(database: Database, now: datetime) -> None:
    """Drafts of last year for places that have none; their chairs find them ready."""
    today = local_day(now)
    if today.month != JANUARY:
        return
    with database.reading() as session:
        places = _without(session, today)
    for place_id in places:
        with database.writing() as session, suppress(Refused):  # somebody was quicker
            reports.ask(session, session.get_one(Association, place_id), today.year - 1, None, now)


def _without(session: Session, today: date) -> list[int]:
    """Places that existed last year, are still there and have no report of it; a few at a time."""
    year = today.year - 1
    there = sa.exists().where(Report.association_id == Association.id, Report.year == year)
    return list(
        session.scalars(
            sa.select(Association.id)
            .where(
                Association.kind != AssociationKind.NATIONAL, ~there, Association.closed_on.is_(None),
                sa.or_(Association.founded_on.is_(None), Association.founded_on <= date(year, 12, 31)),
            )
            .order_by(Association.id)
            .limit(AT_ONCE)
        )
    )  # fmt: skip
