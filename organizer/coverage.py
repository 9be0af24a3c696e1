"""Rules that an association meets or does not, for goals that every one of them should reach (P§6.2 `cover`)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.models import Activity, ActivityOrganizer, Role, RoleName
from organizer.times import moment
from organizer.words import N_

Met = Callable[[Session, sa.Select[int], date, date], set[int]]
OUTWARD = ("action",)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its Swedish words after "föreningar med", and which associations meet it in a period."""

    words: str
    met: Met


def held(session: Session, places: sa.Select[int], first_day: date, last_day: date, *kinds: str) -> dict[int, int]:
    """How many activities (of these kinds, or of any) each association has held in a period, alone or with others."""
    begins, ends = moment(first_day, time(0)), moment(last_day + timedelta(days=1), time(0))
    here = (Activity.starts_at >= begins, Activity.starts_at < ends, Activity.cancelled_at.is_(None))
    rows = session.execute(
        sa.select(ActivityOrganizer.association_id, sa.func.count())
        .join(Activity, Activity.id == ActivityOrganizer.activity_id)
        .where(ActivityOrganizer.association_id.in_(places), *here, Activity.kind.in_(kinds) if kinds else sa.true())
        .group_by(ActivityOrganizer.association_id)
    )
    return {place: number for place, number in rows}  # noqa: C416  a row is not a pair to mypy


def responsible(session: Session, places: sa.Select[int], _first_day: date, last_day: date) -> set[int]:
    """Associations with somebody who is their chair on the last day."""
    holds = (Role.name == RoleName.CHAIR, Role.from_day <= last_day)
    open_then = sa.or_(Role.to_day.is_(None), Role.to_day > last_day)
    return set(
        session.scalars(sa.select(Role.association_id).where(Role.association_id.in_(places), *holds, open_then))
    )


def published(session: Session, places: sa.Select[int], first_day: date, last_day: date) -> set[int]:
    """Associations with something in the shared calendar in the period."""
    begins, ends = moment(first_day, time(0)), moment(last_day + timedelta(days=1), time(0))
    shown = (Activity.public.is_(True), Activity.starts_at >= begins, Activity.starts_at < ends)
    return set(
        session.scalars(
            sa.select(ActivityOrganizer.association_id)
            .join(Activity, Activity.id == ActivityOrganizer.activity_id)
            .where(ActivityOrganizer.association_id.in_(places), *shown, Activity.cancelled_at.is_(None))
            .distinct()
        )
    )


def _with_activity(*kinds: str) -> Met:
    return lambda session, places, first_day, last_day: set(held(session, places, first_day, last_day, *kinds))


RULES = {
    "activity": Rule(N_("minst en aktivitet"), _with_activity()),
    "outward": Rule(N_("minst en utåtriktad aktivitet"), _with_activity(*OUTWARD)),
    "responsible": Rule(N_("en ansvarig"), responsible),
    "published": Rule(N_("något i det gemensamma kalendariet"), published),
}
"""The rules by their keys; one about shifts is added where shifts are known (campaigns)."""
