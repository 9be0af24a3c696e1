"""The figures of every association of a district: counted on the spot, or read as they were kept for the day (D7)."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import activation, membership
from organizer.activation import STEPS, Figures, Share
from organizer.db import changed
from organizer.models import Association, AssociationKind, KeptFigure, Kind
from organizer.periods import Period
from organizer.small_groups import Pool, pool

Shares = dict[str, dict[int, Share]]
"""Figures by name, each by association."""
LARGE = 5000
"""From so many members on, tables of a whole district are read as they were kept, not counted at every look."""
KEPT_DAYS = 7
"""Kept figures are a convenience: after a week they go."""


def district_of(session: Session, association: Association) -> Association:
    """The district an association belongs to; without one the top of its tree."""
    line = [int(one) for one in association.path.strip("/").split("/")]
    above = session.scalars(
        sa.select(Association).where(Association.id.in_(line)).order_by(Association.path.desc())
    ).all()
    return next((place for place in above if place.kind == AssociationKind.DISTRICT), above[-1])


def below(path: str) -> sa.Select[int]:
    """Ids of the place at `path` and everything below it."""
    return sa.select(Association.id).where(Association.path.like(path + "%"))


def of_period(session: Session, period: Period, today: date, path: str) -> Shares:
    """Every figure of a period for each association below `path`, from what had happened by the end of yesterday."""
    places, last = below(path), min(period.last_day, today - timedelta(days=1))
    if period.first_day > last:
        return {}
    people = membership.members_on(last, places)
    return {
        "active": activation.active_on(session, people, last),
        "new_n": membership.new_in_time(session, period.first_day, last, last, places),
        "new_inv": membership.new_in_time(session, period.first_day, last, last, places, Kind.INVITATION),
        "renewed": membership.renewed(session, last, places, path),
        **by_step(activation.by_association(session, people, period.first_day, last, known_by=last)),
    }


def by_step(found: list[Figures]) -> Shares:
    """Figures of many associations, turned to one table for each step of the funnel."""
    return {step: {figures.association_id: getattr(figures, step) for figures in found} for step in STEPS}


def keep(session: Session, day: date, scope: str, shares: Shares) -> int:
    """Keep figures for `day`, in place of what was kept for it; returns how many."""
    session.execute(sa.delete(KeptFigure).where(KeptFigure.day == day, KeptFigure.scope == scope))
    return _write(session, day, scope, shares)


def keep_latest(session: Session, day: date, scope: str, shares: Shares) -> int:
    """Keep figures of which only the newest are of use, in place of all earlier ones; returns how many."""
    session.execute(sa.delete(KeptFigure).where(KeptFigure.scope == scope))
    return _write(session, day, scope, shares)


def _write(session: Session, day: date, scope: str, shares: Shares) -> int:
    rows = [
        {"day": day, "scope": scope, "key": key, "association_id": place, "part": share.part, "whole": share.whole}
        for key, by_place in shares.items()
        for place, share in by_place.items()
    ]
    if rows:
        session.execute(sa.insert(KeptFigure), rows)
    return len(rows)


def forget(session: Session, today: date) -> int:
    """Remove what was kept for days that are long past."""
    old = KeptFigure.day < today - timedelta(days=KEPT_DAYS)
    return changed(session.execute(sa.delete(KeptFigure).where(old)))


def kept(session: Session, day: date, scope: str, path: str) -> Shares:
    """What was kept for `day` of each association below `path`; empty if nobody has kept it."""
    rows = session.execute(
        sa.select(KeptFigure.key, KeptFigure.association_id, KeptFigure.part, KeptFigure.whole).where(
            KeptFigure.day == day, KeptFigure.scope == scope, KeptFigure.association_id.in_(below(path))
        )
    )
    return by_key(rows)


def kept_if_large(session: Session, day: date, scope: str, people: int, key: str) -> dict[int, Share]:
    """One figure as kept for `day`, if the district is so large that counting takes too long; else empty."""
    if people < LARGE:
        return {}
    rows = session.execute(
        sa.select(KeptFigure.key, KeptFigure.association_id, KeptFigure.part, KeptFigure.whole).where(
            KeptFigure.day == day, KeptFigure.scope == scope, KeptFigure.key == key
        )
    )
    return by_key(rows).get(key, {})


def kept_pools(session: Session, day: date, scope: str, path: str, own: set[int] | None, k: int) -> dict[str, Pool]:
    """What was kept for `day`, pooled in the database: the same as pooling `kept`, for hundreds of associations."""
    other = KeptFigure.association_id.not_in(own or ())
    whole = sa.case((other, KeptFigure.whole), else_=0)
    rows = session.execute(
        sa.select(
            KeptFigure.key, sa.func.sum(KeptFigure.part), sa.func.sum(KeptFigure.whole), sa.func.sum(whole),
            sa.func.max(whole), sa.func.sum(sa.case((whole >= k, 1), else_=0)),
        )
        .where(KeptFigure.day == day, KeptFigure.scope == scope, KeptFigure.association_id.in_(below(path)))
        .group_by(KeptFigure.key)
    )  # fmt: skip
    if own is None:
        return {key: Pool(Share(part, of)) for key, part, of, *_ in rows}
    return {key: Pool(Share(part, of), others, largest, large) for key, part, of, others, largest, large in rows}


def pools(shares: Mapping[str, Mapping[int, Share]], own: set[int] | None, k: int) -> dict[str, Pool]:
    """Each figure pooled for someone who knows the numbers of `own`."""
    return {key: pool(by_place, own, k) for key, by_place in shares.items()}


def by_key(rows: Iterable[Any]) -> Shares:
    """Rows of (key, association, part, whole) as figures by name and association."""
    shares: Shares = {}
    for key, place, part, whole in rows:
        shares.setdefault(key, {})[place] = Share(part, whole)
    return shares
