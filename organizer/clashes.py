"""What else happens at the same time: a warning before an activity is saved, never a refusal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.models import Activity, ActivityOrganizer, Association, AssociationKind

MOST = 6
Time = tuple[datetime, datetime]
"""When something begins and when it is over."""


@dataclass(frozen=True, slots=True)
class Clash:
    """An activity at the same time, held by the same people, by the district, or by a neighbour in public."""

    title: str
    starts_at: datetime
    organizer: str


def find(
    session: Session, association_ids: Iterable[int], times: Sequence[Time], *, but: Sequence[int] = ()
) -> list[Clash]:
    """What overlaps any of the `times`, at most six, the earliest first: of the same associations and what lies above or below them, and the district's public activities.

    A neighbour's inner meetings are theirs: they are never named.
    """
    paths = session.scalars(sa.select(Association.path).where(Association.id.in_(list(association_ids)))).all()
    if not paths:
        return []
    in_line = [
        clause
        for path in paths
        for clause in (Association.path.like(path + "%"), sa.literal(path).like(Association.path + "%"))
    ]
    districts = session.scalars(
        sa.select(Association.path).where(
            Association.kind == AssociationKind.DISTRICT,
            sa.or_(*(sa.literal(path).like(Association.path + "%") for path in paths)),
        )
    ).all()
    in_public = [sa.and_(Activity.public.is_(True), Association.path.like(path + "%")) for path in districts]
    rows = session.execute(
        sa.select(Activity.title, Activity.starts_at, sa.func.min(Association.short_name))
        .join(ActivityOrganizer, ActivityOrganizer.activity_id == Activity.id)
        .join(Association, Association.id == ActivityOrganizer.association_id)
        .where(
            sa.or_(*(sa.and_(Activity.starts_at < ends, Activity.ends_at > starts) for starts, ends in times)),
            Activity.cancelled_at.is_(None),
            Activity.id.not_in(list(but)), sa.or_(*in_line, *in_public),
        )
        .group_by(Activity.id, Activity.title, Activity.starts_at)
        .order_by(Activity.starts_at)
        .limit(MOST)
    )  # fmt: skip
    return [Clash(*row) for row in rows]
