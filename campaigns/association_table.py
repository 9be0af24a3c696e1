"""The district's table of associations: one row each, in a handful of statements however many there are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Campaign, CampaignState, Target
from organizer import access, activation, membership
from organizer.activation import Share
from organizer.models import Activity, ActivityOrganizer, Association, AssociationKind, Role, RoleName
from organizer.times import local_day
from organizer.words import N_

QUIET_DAYS = 90
"""No activity for this long is a reason to ask how it goes (P§6.7 *Behöver stöd*)."""
FEW_MEMBERS = 20
FEW_ACTIVE = 15
"""Per cent of the members."""


@dataclass(frozen=True, slots=True)
class Row:
    """One association of the table."""

    slug: str
    name: str
    sort_key: str
    members: int
    active: Share
    waiting: int
    longest_wait: int
    last_activity: date | None
    in_campaigns: int
    """People in the targets of campaigns that go on."""
    has_chair: bool
    reasons: tuple[str, ...]
    """Why it may need support: Swedish sentences, never a score."""


SORTS: dict[str, Callable[[Row], Any]] = {
    "name": lambda row: row.sort_key,
    "members": lambda row: -row.members,
    "active": lambda row: (row.active.part / row.active.whole if row.active.whole else 2, row.sort_key),
    "waiting": lambda row: (-row.waiting, -row.longest_wait),
    "last": lambda row: (row.last_activity or date.min, row.sort_key),
    "reasons": lambda row: (-len(row.reasons), row.sort_key),
}
"""What the table can be sorted by: what needs someone first."""


def rows(
    session: Session, viewer: access.Viewer, now: datetime, sort: str, active: dict[int, Share] | None
) -> list[Row]:
    """Every association the viewer organises; `active` = figures kept for the day, if the district is large."""
    today, places = local_day(now), access.reach(viewer, RoleName.ORGANIZER)
    members = membership.counted(session, today, places)
    if active is None:
        active = activation.active_on(session, membership.members_on(today, places), today)
    waits = _waits(session, today, places)
    last, targets, chairs = (
        _last_activity(session, now, places),
        _in_campaigns(session, places),
        _chairs(session, today),
    )
    found = session.execute(
        sa.select(Association.id, Association.slug, Association.name, Association.sort_key)
        .where(
            Association.id.in_(places), Association.kind == AssociationKind.ASSOCIATION, Association.closed_on.is_(None)
        )
        .order_by(Association.sort_key)
    )
    table = []
    for place, slug, name, key in found:
        share, (waiting, longest) = active.get(place, Share(0, 0)), waits.get(place, (0, 0))
        row = Row(
            slug, name, key, members.get(place, 0), share, waiting, longest, last.get(place), targets.get(place, 0),
            place in chairs, (),
        )  # fmt: skip
        table.append(_with_reasons(row, today))
    return sorted(table, key=SORTS.get(sort, SORTS["name"]))


def _with_reasons(row: Row, today: date) -> Row:
    quiet = row.last_activity is None or row.last_activity < today - timedelta(days=QUIET_DAYS)
    asked = (
        (not row.has_chair, N_("ingen ansvarig")),
        (quiet, N_("ingen aktivitet på 90 dagar")),
        (row.members < FEW_MEMBERS, N_("färre än 20 medlemmar")),
        (bool(row.active.whole) and row.active.percent < FEW_ACTIVE, N_("under 15 procent aktiva")),
        (row.longest_wait > membership.IN_TIME_DAYS, N_("ny medlem har väntat mer än 14 dagar")),
    )
    values = {name: getattr(row, name) for name in Row.__slots__ if name != "reasons"}
    return Row(**values, reasons=tuple(words for is_so, words in asked if is_so))


def _waits(session: Session, today: date, places: sa.Select[int]) -> dict[int, tuple[int, int]]:
    waiting = membership.waiting(today, places).subquery()
    found = session.execute(
        sa.select(waiting.c.association_id, sa.func.count(), sa.func.min(waiting.c.joined)).group_by(
            waiting.c.association_id
        )
    )
    return {place: (number, (today - first).days) for place, number, first in found}


def _last_activity(session: Session, now: datetime, places: sa.Select[int]) -> dict[int, date]:
    found = session.execute(
        sa.select(ActivityOrganizer.association_id, sa.func.max(Activity.starts_at))
        .join(Activity, Activity.id == ActivityOrganizer.activity_id)
        .where(ActivityOrganizer.association_id.in_(places), Activity.starts_at <= now, Activity.cancelled_at.is_(None))
        .group_by(ActivityOrganizer.association_id)
    )
    return {place: local_day(at) for place, at in found}


def _in_campaigns(session: Session, places: sa.Select[int]) -> dict[int, int]:
    going_on = sa.select(Campaign.id).where(Campaign.state == CampaignState.RUNNING)
    found = session.execute(
        sa.select(Target.association_id, sa.func.count())
        .where(Target.campaign_id.in_(going_on), Target.excluded_on.is_(None), Target.association_id.in_(places))
        .group_by(Target.association_id)
    )
    return {place: number for place, number in found}  # noqa: C416  a row is not a pair to mypy


def _chairs(session: Session, today: date) -> set[int]:
    return set(
        session.scalars(
            sa.select(Role.association_id).where(
                Role.name == RoleName.CHAIR, Role.from_day <= today, sa.or_(Role.to_day.is_(None), Role.to_day > today)
            )
        )
    )
