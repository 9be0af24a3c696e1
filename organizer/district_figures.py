"""The figures of every association of a district: counted on the spot, or read as they were kept for the day (D7)."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import activation, membership, settings
from organizer.activation import STEPS, Figures, Share
from organizer.db import changed
from organizer.models import Association, AssociationKind, KeptFigure, KeptPool, Kind
from organizer.periods import Period
from organizer.settings import PAID
from organizer.small_groups import Pool, pool

Shares = dict[str, dict[int, Share]]
"""Figures by name, each by association."""
EACH_NIGHT = ("active", "paid", "new_n", "new_inv", "renewed", *STEPS)
"""What `of_period` counts."""
LARGE = 5000
"""From so many members on, tables of a whole district are read as they were kept, not counted at every look."""
LARGEST_KEPT = 20
"""So many of the largest places are kept with a pool; who knows more places than that has them added up anew."""
KS = (1, 11)
"""The smallest denominators for which the number of large enough places is kept with a pool (settings.LIMITS)."""
KEPT_DAYS = 7
"""Kept figures are a convenience: after a week they go."""


def district_of(session: Session, association: Association) -> Association:
    """The district an association belongs to; without one the top of its tree."""
    line = [int(one) for one in association.path.strip("/").split("/")]
    above = session.scalars(
        sa.select(Association).where(Association.id.in_(line)).order_by(Association.path.desc())
    ).all()
    return next((place for place in above if place.kind == AssociationKind.DISTRICT), above[-1])


def districts(session: Session) -> dict[int, str]:
    """The paths of the districts by their ids; of the top of the tree where there is none."""
    for which in (Association.kind == AssociationKind.DISTRICT, Association.parent_id.is_(None)):
        rows = session.execute(sa.select(Association.id, Association.path).where(which)).all()
        if rows:
            return {row.id: row.path for row in rows}
    return {}


def below(path: str) -> sa.Select[int]:
    """Ids of the place at `path` and everything below it."""
    return sa.select(Association.id).where(Association.path.like(path + "%"))


def at_or_below(place: Association) -> sa.Select[int]:
    """`below` of a place; of an association said so that the database knows that they are few."""
    if place.kind != AssociationKind.ASSOCIATION:
        return below(place.path)
    return sa.select(Association.id).where(sa.or_(Association.id == place.id, Association.parent_id == place.id))


def of_period(session: Session, period: Period, today: date, path: str) -> Shares:
    """Every figure of a period for each association below `path`, from what had happened by the end of yesterday."""
    places, known = below(path), today - timedelta(days=1)
    last = min(period.last_day, known)
    if period.first_day > last:
        return {}
    people, means = membership.members_on(last, places), settings.active_means(session, last)
    return {
        active_key(means): activation.active_on(session, people, last, means),
        "new_n": membership.new_in_time(session, period.first_day, last, known, places),
        "new_inv": membership.new_in_time(session, period.first_day, last, known, places, Kind.INVITATION),
        "renewed": membership.renewed(session, last, places, path),
        **by_step(activation.by_association(session, people, period.first_day, last, known_by=last)),
    }


def active_key(means: str) -> str:
    """The name under which active members are kept: two meanings are two figures."""
    return "paid" if means == PAID else "active"


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
    oldest = today - timedelta(days=KEPT_DAYS)
    session.execute(sa.delete(KeptPool).where(KeptPool.day < oldest))
    return changed(session.execute(sa.delete(KeptFigure).where(KeptFigure.day < oldest)))


def kept(session: Session, day: date, scope: str, path: str) -> Shares:
    """What was kept for `day` of each association below `path`; empty if nobody has kept it."""
    rows = session.execute(
        sa.select(KeptFigure.key, KeptFigure.association_id, KeptFigure.part, KeptFigure.whole).where(
            KeptFigure.day == day, KeptFigure.scope == scope, KeptFigure.association_id.in_(below(path))
        )
    )
    return by_key(rows)


def keep_pools(session: Session, day: date, scope: str, shares: Shares) -> None:
    """Keep what was kept also pooled for each district, so that a page reads one row and not thousands."""
    session.execute(sa.delete(KeptPool).where(KeptPool.day == day, KeptPool.scope == scope))
    for district, path in districts(session).items():
        here = set(session.scalars(below(path)))
        parts = {key: {place: one for place, one in by.items() if place in here} for key, by in shares.items()}
        pools = {key: _summed(by) for key, by in parts.items() if by}
        if pools:
            row = {"day": day, "scope": scope, "association_id": district, "pools": pools}
            session.execute(sa.insert(KeptPool), [row])


def _summed(by_place: Mapping[int, Share]) -> dict[str, Any]:
    ordered = sorted(((one.whole, place) for place, one in by_place.items()), reverse=True)
    whole = sum(one for one, _ in ordered)
    return {
        "part": sum(one.part for one in by_place.values()),
        "whole": whole,
        "largest": [[place, one] for one, place in ordered[:LARGEST_KEPT]],
        "places": len(ordered),
        "large": {str(k): sum(one >= k for one, _ in ordered) for k in range(*KS)},
    }


def kept_pools(
    session: Session, day: date, scope: str, district: Association, own: set[int] | None, k: int
) -> dict[str, Pool]:
    """What was kept for `day`, pooled for someone who knows the numbers of `own`: the same as pooling `kept`."""
    if own is not None and len(own) >= LARGEST_KEPT:
        return pools(kept(session, day, scope, district.path), own, k)
    here = (KeptPool.day == day, KeptPool.scope == scope, KeptPool.association_id == district.id)
    found = session.scalar(sa.select(KeptPool.pools).where(*here)) or {}
    if own is None or not found:
        return {key: Pool(Share(one["part"], one["whole"])) for key, one in found.items()}
    rows = session.execute(
        sa.select(KeptFigure.key, KeptFigure.association_id, KeptFigure.part, KeptFigure.whole).where(
            KeptFigure.day == day,
            KeptFigure.scope == scope,
            KeptFigure.association_id.in_(below(district.path).where(Association.id.in_(own))),
        )
    )
    known = by_key(rows)
    return {key: _beside(one, known.get(key, {}), own, k) for key, one in found.items()}


def _beside(found: dict[str, Any], known: dict[int, Share], own: set[int], k: int) -> Pool:
    """A pool out of its sums and its largest places, less what the viewer knows."""
    wholes = [share.whole for share in known.values()]
    largest = next((whole for place, whole in found["largest"] if place not in own), 0)
    large = found["large"][str(k)] - sum(whole >= k for whole in wholes)
    return Pool(Share(found["part"], found["whole"]), found["whole"] - sum(wholes), largest, large)


def pools(shares: Mapping[str, Mapping[int, Share]], own: set[int] | None, k: int) -> dict[str, Pool]:
    """Each figure pooled for someone who knows the numbers of `own`."""
    return {key: pool(by_place, own, k) for key, by_place in shares.items()}


def by_key(rows: Iterable[Any]) -> Shares:
    """Rows of (key, association, part, whole) as figures by name and association."""
    shares: Shares = {}
    for key, place, part, whole in rows:
        shares.setdefault(key, {})[place] = Share(part, whole)
    return shares
