"""The district's table of associations: one row each, in a handful of statements however many there are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import figures
from campaigns.models import Campaign, CampaignState
from organizer import access, activation, membership, own_figures, support
from organizer.accounts import holds_on
from organizer.activation import Share
from organizer.models import Activity, ActivityOrganizer, Association, AssociationKind, Import, Role, RoleName
from organizer.times import local_day
from organizer.words import N_

QUIET_DAYS = 90
"""No activity for this long is a reason to ask how it goes (P§6.7 *Behöver stöd*)."""
STALE_DAYS = 45
"""A member register older than this is said to be stale (P§3.3)."""
SILENT_DAYS = 60
FEW_MEMBERS = 20
FEW_ACTIVE = 15
"""Per cent of the members."""


REASONS = (
    N_("ingen ansvarig"),
    N_("ingen aktivitet på 90 dagar"),
    N_("färre än 20 medlemmar"),
    N_("under 15 procent aktiva"),
    N_("ny medlem har väntat mer än 14 dagar"),
    N_("registret äldre än 45 dagar"),
    N_("ingen kontakt med distriktet på 60 dagar"),
)
(NOBODY, QUIET, FEW, INACTIVE, WAITING, STALE, SILENT) = REASONS


@dataclass(frozen=True, slots=True)
class Row:
    """One association of the table; `reasons` are Swedish words, never a score."""

    slug: str
    name: str
    sort_key: str
    members: int
    active: Share
    waiting: int
    longest_wait: int
    last_activity: date | None
    reached: Share
    """In the campaign that goes on: reached of sought."""
    reasons: tuple[str, ...]
    planned: bool = False
    """Whether there is a plan of support with a step left."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows and what they are about."""

    rows: tuple[Row, ...]
    campaign: str | None
    total: Row


SORTS: dict[str, Callable[[Row], Any]] = {
    "name": lambda row: row.sort_key,
    "members": lambda row: (-row.members, row.sort_key),
    "active": lambda row: (row.active.part / row.active.whole if row.active.whole else 2, row.sort_key),
    "waiting": lambda row: (-row.waiting, -row.longest_wait, row.sort_key),
    "last": lambda row: (row.last_activity or date.min, row.sort_key),
    "campaign": lambda row: (row.reached.part / row.reached.whole if row.reached.whole else 2, row.sort_key),
    "reasons": lambda row: (-len(row.reasons), row.sort_key),
}
"""What the table can be sorted by: what needs somebody stands first."""


def of_district(
    session: Session, viewer: access.Viewer, now: datetime, sort: str, *, with_campaign: bool = True
) -> Table:
    """Every association the viewer organises; `with_campaign` counts what the campaign that goes on has reached."""
    places = access.reach(viewer, RoleName.ORGANIZER)
    campaign = _campaign(session, places) if with_campaign else None
    rows = _rows(session, places, now, campaign)
    rows.sort(key=SORTS.get(sort, SORTS["name"]))
    return Table(tuple(rows), campaign.title if campaign else None, _total(rows))


def of_association(session: Session, place: Association, now: datetime) -> Row | None:
    """The row of one association; None if it is none or has closed."""
    found = _rows(session, sa.select(Association.id).where(Association.id == place.id), now, None)
    return found[0] if found else None


def _rows(session: Session, places: sa.Select[int], now: datetime, campaign: Campaign | None) -> list[Row]:
    today = local_day(now)
    found = session.execute(
        sa.select(
            Association.id, Association.slug, Association.name, Association.sort_key, Association.path,
            _last_activity(now).label("last_activity"), _has_chair(today).label("has_chair"),
            support.has_plan().label("planned"), support.last_contact().label("last_contact"),
        ).where(
            Association.id.in_(places), Association.kind == AssociationKind.ASSOCIATION, Association.closed_on.is_(None)
        )
    ).all()  # fmt: skip
    members, active, waits = _people(session, today, places, [row.id for row in found])
    reached = _reached(session, campaign, today)
    registered, nobody = _registered(session), Share(0, 0)
    rows = []
    for one in found:
        waiting, longest = waits.get(one.id, (0, 0))
        line = (registered.get(int(place)) for place in one.path.strip("/").split("/"))
        row = Row(
            one.slug, one.name, one.sort_key, members.get(one.id, 0), active.get(one.id, nobody), waiting, longest,
            local_day(one.last_activity) if one.last_activity else None, reached.get(one.id, nobody), (), one.planned,
        )  # fmt: skip
        contact = local_day(one.last_contact) if one.last_contact else None
        known = Known(one.has_chair, max((day for day in line if day), default=None), contact)
        rows.append(replace(row, reasons=_reasons(row, known, today)))
    return rows


def _people(
    session: Session, today: date, places: sa.Select[int], wanted: list[int]
) -> tuple[dict[int, int], dict[int, Share], dict[int, tuple[int, int]]]:
    """Members, active members and new members who wait (how many, and the longest in days), place by place."""
    kept = own_figures.everywhere(session, today)
    if kept is None or not set(wanted) <= set(kept.active):
        active = activation.active_on(session, membership.members_on(today, places), today)
        waits = _waits(session, today, places)
    else:
        active = kept.active
        waits = {place: (number, (today - first).days) for place, (number, first) in kept.waiting.items()}
    return {place: share.whole for place, share in active.items()}, active, waits


@dataclass(frozen=True, slots=True)
class Known:
    """What the reasons are made of beside the numbers."""

    has_chair: bool
    registered: date | None
    """When a register was last read in for the association or a place above it."""
    last_contact: date | None


def _registered(session: Session) -> dict[int, date]:
    """When a register was last read in for a place; it holds for everything below."""
    imports: Any = session.execute(
        sa.select(Import.association_id, sa.func.max(Import.applied_at))
        .where(Import.applied_at.is_not(None))
        .group_by(Import.association_id)
    )
    return {place: local_day(at) for place, at in imports}


def _reasons(row: Row, known: Known, today: date) -> tuple[str, ...]:
    def before(day: date | None, days: int) -> bool:
        return day is None or day < today - timedelta(days=days)

    asked = {
        NOBODY: not known.has_chair,
        QUIET: before(row.last_activity, QUIET_DAYS),
        FEW: row.members < FEW_MEMBERS,
        INACTIVE: bool(row.active.whole) and row.active.percent < FEW_ACTIVE,
        WAITING: row.longest_wait > membership.IN_TIME_DAYS,
        STALE: known.registered is not None and before(known.registered, STALE_DAYS),
        SILENT: before(known.last_contact, SILENT_DAYS),
    }
    return tuple(words for words, is_so in asked.items() if is_so)


def _total(rows: list[Row]) -> Row:
    return Row(
        slug="", name="", sort_key="", members=sum(row.members for row in rows),
        active=activation.pooled(row.active for row in rows), waiting=sum(row.waiting for row in rows),
        longest_wait=max((row.longest_wait for row in rows), default=0), last_activity=None,
        reached=activation.pooled(row.reached for row in rows), reasons=(),
    )  # fmt: skip


def _campaign(session: Session, places: sa.Select[int]) -> Campaign | None:
    """The newest campaign that goes on; one with an end before a standing one."""
    return session.scalar(
        sa.select(Campaign)
        .where(Campaign.state == CampaignState.RUNNING, Campaign.association_id.in_(places))
        .order_by(Campaign.standing, Campaign.starts_on.desc(), Campaign.id.desc())
        .limit(1)
    )


def _reached(session: Session, campaign: Campaign | None, today: date) -> dict[int, Share]:
    """Reached of sought, association by association."""
    if campaign is None:
        return {}
    found = figures.of_campaign(session, campaign, today)
    return {place: Share(one.reached.part, one.sought.part) for place, one in found.items()}


def _waits(session: Session, today: date, places: sa.Select[int]) -> dict[int, tuple[int, int]]:
    waiting = membership.waiting(today, places).subquery()
    found = session.execute(
        sa.select(waiting.c.association_id, sa.func.count(), sa.func.min(waiting.c.joined)).group_by(
            waiting.c.association_id
        )
    )
    return {place: (number, (today - first).days) for place, number, first in found}


def _last_activity(now: datetime) -> sa.ScalarSelect[datetime]:
    """When the association of the question around it last held something."""
    return (
        sa.select(sa.func.max(Activity.starts_at))
        .join(ActivityOrganizer, ActivityOrganizer.activity_id == Activity.id)
        .where(ActivityOrganizer.association_id == Association.id, Activity.starts_at <= now)
        .where(Activity.cancelled_at.is_(None))
        .scalar_subquery()
    )


def _has_chair(today: date) -> sa.ColumnElement[bool]:
    return sa.exists().where(Role.association_id == Association.id, Role.name == RoleName.CHAIR, holds_on(today))
