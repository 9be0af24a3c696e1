"""The shared calendar: what associations and district show to everybody, as lists, months and feeds."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import ics
from organizer.activity_drafts import KINDS
from organizer.models import Activity, ActivityOrganizer, Association, AssociationKind
from organizer.times import moment
from organizer.words import Missing

MOST = 300
"""The most one page lists."""
SOON = timedelta(days=90)
"""How far ahead is offered to whoever came too late."""
FEED_PAST = timedelta(days=180)
"""How far back a feed goes: calendar programs keep what they once fetched."""
ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands in where nobody knows when an activity was last changed."""
COLUMNS = (
    Activity.id, Activity.title, Activity.kind, Activity.starts_at, Activity.ends_at, Activity.place, Activity.link,
    Activity.theme, Activity.description, Activity.capacity, Activity.cancelled_at, Activity.travel_pool,
    Activity.responsible_id, Activity.public,
    Association.short_name.label("organizer"), Association.path,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A place whose calendar can be asked for."""

    slug: str
    short_name: str
    path: str
    district: bool


def places(session: Session) -> list[Place]:
    """The districts and their associations, in the order of the tree."""
    rows = session.execute(
        sa.select(Association.slug, Association.short_name, Association.path, Association.kind)
        .where(Association.closed_on.is_(None), Association.kind != AssociationKind.NATIONAL)
        .order_by(Association.path)
    )
    return [Place(row.slug, row.short_name, row.path, row.kind == AssociationKind.DISTRICT) for row in rows]


def place(session: Session, slug: str) -> Place:
    """One of them, else Missing."""
    for one in places(session):
        if one.slug == slug:
            return one
    raise Missing


def between(session: Session, path: str, first: datetime, last: datetime) -> list[Any]:
    """What is shown to everybody and not called off, held at, below or above `path`, that is on between two moments."""
    when = (Activity.ends_at > first, Activity.starts_at < last, Activity.cancelled_at.is_(None))
    here = sa.select(*COLUMNS).join(Association, Association.id == Activity.association_id).where(_shown(path), *when)
    return list(session.execute(here.order_by(Activity.starts_at, Activity.id).limit(MOST)))


def one(session: Session, activity_id: int, *, inner: bool = False) -> Any:
    """One activity that is shown to everybody, called off or not, else Missing; `inner`: also one that is not shown."""
    here = sa.select(*COLUMNS).join(Association, Association.id == Activity.association_id)
    shown = sa.true() if inner else Activity.public.is_(True)
    row = session.execute(here.where(Activity.id == activity_id, shown)).first()
    if row is None:
        raise Missing
    return row


def path_of(activity_id: int) -> sa.Select[str]:
    """The place of an activity in the tree."""
    here = sa.select(Association.path).join(Activity, Activity.association_id == Association.id)
    return here.where(Activity.id == activity_id)


def weeks(month: date) -> list[list[date]]:
    """The days of the weeks that touch a month, Monday first."""
    first = month.replace(day=1)
    start = first - timedelta(days=first.weekday())
    rows = []
    while start.replace(day=1) <= first or start < first:
        rows.append([start + timedelta(days=n) for n in range(7)])
        start += timedelta(days=7)
    return rows


def of_month(session: Session, path: str, month: date) -> dict[date, list[Any]]:
    """What is on each day of the weeks that touch a month; what lasts several days stands on each."""
    return by_day(between(session, path, *span(month)), month)


def span(month: date) -> tuple[datetime, datetime]:
    """When the first day of the weeks that touch a month begins, and when the last one is over."""
    shown = weeks(month)
    return moment(shown[0][0], time()), moment(shown[-1][-1] + timedelta(days=1), time())


def by_day(rows: Sequence[Any], month: date) -> dict[date, list[Any]]:
    """Activities under each day of the weeks that touch a month on which they go on."""
    found: dict[date, list[Any]] = {}
    for day in (day for week in weeks(month) for day in week):
        first, last = moment(day, time()), moment(day + timedelta(days=1), time())
        found[day] = [row for row in rows if row.starts_at < last and row.ends_at > first]
    return found


def feed(session: Session, name: str, path: str, now: datetime, base_url: str) -> str:
    """The calendar of a place as a file; what was called off stays, as called off, so that programs take it away.

    The link to take part on the net is not there: it is for those who have a seat.
    """
    columns = (
        Activity.uid, Activity.changed_at, Activity.starts_at, Activity.ends_at, Activity.title, Activity.place,
        Activity.description, Activity.kind,
    )  # fmt: skip
    rows = session.execute(_fed(path, now).add_columns(*columns).order_by(Activity.starts_at, Activity.id))
    together = _held_together(session)
    return ics.feed(name, (_entry(row, together, base_url) for row in rows))


def mark(session: Session, path: str, now: datetime, *also: str) -> str:
    """What is another as soon as the feed is; much quicker to work out, for those who ask whether it has changed."""
    read = hashlib.sha256("\n".join((ics.feed("", ()), *also)).encode())
    for row in session.execute(_fed(path, now).order_by(Activity.id)):
        read.update(repr(tuple(row)).encode())
    read.update(repr(sorted(_held_together(session).items())).encode())
    return read.hexdigest()[:40]


def _fed(path: str, now: datetime) -> sa.Select[*tuple[Any, ...]]:
    """The activities of a feed, with what is another when something in them has been changed."""
    columns = (Activity.id, Activity.sequence, Activity.cancelled_at, Association.short_name)
    here = sa.select(*columns).join(Association, Association.id == Activity.association_id)
    return here.where(_shown(path), Activity.ends_at > now - FEED_PAST)


def _held_together(session: Session) -> dict[int, str]:
    """Who holds each activity that several hold."""
    several = sa.select(ActivityOrganizer.activity_id).group_by(ActivityOrganizer.activity_id)
    rows = session.execute(
        sa.select(ActivityOrganizer.activity_id, Association.short_name)
        .join(Association, Association.id == ActivityOrganizer.association_id)
        .where(ActivityOrganizer.activity_id.in_(several.having(sa.func.count() > 1)))
        .order_by(ActivityOrganizer.activity_id, Association.sort_key)
    )
    return {one: ", ".join(row.short_name for row in held) for one, held in groupby(rows, itemgetter(0))}


def _entry(row: Any, together: dict[int, str], base_url: str) -> ics.Entry:
    held = f"Arrangör: {together.get(row.id, row.short_name)}"
    about = f"{row.description}\n{held}" if row.description else held
    return ics.Entry(
        row.uid, row.sequence, row.changed_at or ALWAYS, row.starts_at, row.ends_at, row.title, row.place, about,
        f"{base_url}/kalender/{row.id}", KINDS.get(row.kind, row.kind), row.cancelled_at is not None,
    )  # fmt: skip


def _shown(path: str) -> sa.ColumnElement[bool]:
    """Shown to everybody, and held by a place at, below or above `path`: the district invites everyone."""
    held = (
        sa.select(ActivityOrganizer.activity_id)
        .join(Association, Association.id == ActivityOrganizer.association_id)
        .where(sa.or_(Association.path.like(path + "%"), sa.literal(path).like(Association.path + "%")))
    )
    return sa.and_(Activity.public.is_(True), Activity.id.in_(held))
