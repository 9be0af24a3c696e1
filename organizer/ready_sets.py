"""The sets of saved selections are made beforehand in a large register, so that nobody waits while everybody is gone through.

A new day, a file of members or a selection just saved asks for other sets than those there are. The worker looks each
minute whether something of that sort has happened, and shares what it makes with the processes that show pages.
"""

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import kept_sets, selection_news, selections, shared_sets
from organizer.db import Database
from organizer.models import Association, AssociationKind, Selection
from organizer.selection_news import Point
from organizer.times import local_day
from organizer.words import Refused

MOST_SELECTIONS = 100
"""The latest saved."""
AT_LEAST_EACH = timedelta(minutes=10)
"""What has changed of single people is followed this often; until then whoever counts asks about them."""


@dataclass(frozen=True, slots=True)
class Made:
    """What the sets were made of the last time."""

    day: date
    at: datetime
    point: Point
    wanted: str


def keep(database: Database, now: datetime, last: Made | None, stop: Callable[[], bool]) -> Made | None:
    """Make and share what has to be made since `last`; returns what the next round needs to know."""
    with database.reading() as session:
        if not shared_sets.worth_it(session):
            return None
        wanted = _wanted(session)
        made = Made(local_day(now), now, selection_news.point(session), json.dumps(wanted, sort_keys=True))
        if last is not None and not _out_of_date(session, last, made):
            return last
    for definition, path in wanted:
        with database.reading() as session:
            if stop() or not kept_sets.room(session):
                break
            with contextlib.suppress(Refused):
                selections.make_ready(session, definition, path, now)
        kept_sets.share_due(database)
    return made


def _wanted(session: Session) -> list[tuple[dict[str, Any], str]]:
    """Everybody in each district, which every selection begins with, then what has been saved."""
    above = (
        sa.select(Association.path).where(Association.kind != AssociationKind.ASSOCIATION).order_by(Association.path)
    )
    saved = (
        sa.select(Selection.definition, Association.path)
        .join(Association, Association.id == Selection.association_id)
        .order_by(Selection.id.desc())
        .limit(MOST_SELECTIONS)
    )
    everybody = [(selections.EVERYONE, path) for path in session.scalars(above)]
    return [*everybody, *((row.definition, row.path) for row in session.execute(saved))]


def _out_of_date(session: Session, last: Made, now: Made) -> bool:
    """Another day, other selections, so much changed that sets must be made anew, or some time gone by."""
    if (last.day, last.wanted) != (now.day, now.wanted) or now.at - last.at >= AT_LEAST_EACH:
        return True
    news = selection_news.since(session, last.point)
    return news is None or bool(news.tables)
