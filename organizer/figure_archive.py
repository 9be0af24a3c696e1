"""The archive of figures: written before what they were counted from is forgotten, and read in its place (D6)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import district_figures
from organizer.activation import Share
from organizer.district_figures import Shares
from organizer.models import ArchivedFigure, Association, Event, Kind
from organizer.periods import Period

SETTLED = timedelta(days=90)
"""A period is archived so long after its end: what is reported late has come by then (P§6.2)."""
FARTHEST = 60
"""Months back at most."""
KEPT = "kept"
"""The row that says that a period is in the archive, even if nobody was a member then."""


def waiting(session: Session, today: date) -> list[Period]:
    """The closed months and years that are not archived yet, oldest first; none before the first thing that happened."""
    first = session.scalar(sa.select(sa.func.min(Event.day)).where(Event.kind != Kind.RENEWAL))
    if first is None:
        return []
    there = set(session.scalars(sa.select(ArchivedFigure.scope).where(ArchivedFigure.key == KEPT)))
    closed = (one for one in _closed(first, today) if one.key not in there)
    return sorted(closed, key=lambda one: (one.first_day, one.last_day))


def keep(session: Session, period: Period, shares: Shares, now: datetime) -> int:
    """Write a closed period's figures, once: nothing when it is kept already; returns how many."""
    here = sa.select(ArchivedFigure.scope).where(ArchivedFigure.scope == period.key, ArchivedFigure.key == KEPT)
    return 0 if session.scalar(here.limit(1)) else add(session, period.key, shares, now)


def add(session: Session, scope: str, shares: Mapping[str, Mapping[int, Share]], now: datetime) -> int:
    """Add figures to those that stand under `scope`, sum to sum; returns how many rows."""
    fresh = {(key, place): share for key, by_place in shares.items() for place, share in by_place.items()}
    there = session.execute(
        sa.select(ArchivedFigure.key, ArchivedFigure.association_id).where(ArchivedFigure.scope == scope)
    ).all()
    for key, place in {(row.key, row.association_id) for row in there} & set(fresh):
        share = fresh.pop((key, place))
        session.execute(
            sa.update(ArchivedFigure)
            .where(ArchivedFigure.scope == scope, ArchivedFigure.key == key, ArchivedFigure.association_id == place)
            .values(part=ArchivedFigure.part + share.part, whole=ArchivedFigure.whole + share.whole, at=now)
            .execution_options(synchronize_session=False)
        )
    rows = [
        {"scope": scope, "key": key, "association_id": place, "part": share.part, "whole": share.whole, "at": now}
        for (key, place), share in fresh.items()
    ]
    if rows:
        session.execute(sa.insert(ArchivedFigure), rows)
    return len(rows)


def of(session: Session, scope: str) -> Shares:
    """What stands under `scope`: figures by name and association; empty if nothing does."""
    rows = session.execute(
        sa.select(ArchivedFigure.key, ArchivedFigure.association_id, ArchivedFigure.part, ArchivedFigure.whole).where(
            ArchivedFigure.scope == scope, ArchivedFigure.key != KEPT
        )
    )
    return district_figures.by_key(rows)


def of_place(session: Session, place: Association) -> dict[str, dict[str, Share]]:
    """The archived months and years of a place with everything below it, newest first: scope → figure → share."""
    rows = session.execute(
        sa.select(
            ArchivedFigure.scope, ArchivedFigure.key, sa.func.sum(ArchivedFigure.part), sa.func.sum(ArchivedFigure.whole)
        )
        .where(
            ArchivedFigure.association_id.in_(district_figures.below(place.path)),
            ArchivedFigure.scope.not_like("campaign:%"), ArchivedFigure.key != KEPT,
        )
        .group_by(ArchivedFigure.scope, ArchivedFigure.key)
    )  # fmt: skip
    found: dict[str, dict[str, Share]] = {}
    for scope, key, part, whole in rows:
        found.setdefault(scope, {})[key] = Share(part, whole)
    return dict(sorted(found.items(), reverse=True))


def begun(session: Session) -> date | None:
    """The first day of the oldest month in the archive: since then everything that happened has been written down."""
    months = (ArchivedFigure.key == KEPT, ArchivedFigure.scope.like("____-__"))
    oldest = session.scalar(sa.select(sa.func.min(ArchivedFigure.scope)).where(*months))
    return date.fromisoformat(f"{oldest}-01") if oldest else None


def forgettable_before(session: Session, today: date, months: int) -> date:
    """What happened before this day may be forgotten: whole months older than `months`, and all of them archived."""
    oldest = min((one.first_day for one in waiting(session, today)), default=None)
    limit = months_back(today.replace(day=1), months)
    return min(limit, oldest) if oldest else limit


def _closed(first: date, today: date) -> Iterator[Period]:
    settled = today - SETTLED
    month = max(first.replace(day=1), months_back(today.replace(day=1), FARTHEST))
    for year in range(month.year, settled.year + 1):
        if date(year, 12, 31) <= settled and date(year, 1, 1) >= month:
            yield Period(str(year), str(year), date(year, 1, 1), date(year, 12, 31))
    while (after := months_back(month, -1)) <= settled:
        yield Period(f"{month:%Y-%m}", f"{month:%Y-%m}", month, after - timedelta(days=1))
        month = after


def months_back(month: date, months: int) -> date:
    """The first day of the month so many months before the first day of `month`."""
    whole = month.year * 12 + month.month - 1 - months
    return date(whole // 12, whole % 12 + 1, 1)
