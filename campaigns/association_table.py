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
        sa.select(Association.id, Association.slug, Association.name, Association.sort_key, Association.path).where(
            Association.id.in_(places),
            Association.kind == AssociationKind.ASSOCIATION,
            Association.closed_on.is_(None),
        )
    ).all()
    members, active, waits = _people(session, today, places, [row.id for row in found])
    reached = _reached(session, campaign, today)
    last, facts = _last_activity(session, now, places), _facts(session, today, places)
    rows = []
    for place, slug, name, key, path in found:
        waiting, longest = waits.get(place, (0, 0))
        row = Row(
            slug, name, key, members.get(place, 0), active.get(place, Share(0, 0)), waiting, longest,
            last.get(place), reached.get(place, Share(0, 0)), (),
        )  # fmt: skip
        rows.append(_with_reasons(row, today, place, path, facts))
    return rows


def _people(
    session: Session, today: date, places: sa.Select[int], wanted: list[int]
) -> tuple[dict[int, int], dict[int, Share], dict[int, tuple[int, int]]]:
    """Members, active members and new members who wait (how many, and the longest in days), place by place."""
    kept = own_figures.active_everywhere(session, today)
    waiting = own_figures.waiting(session, today) if kept else None
    if kept is None or waiting is None or not set(wanted) <= set(kept):
        kept, waits = (
            activation.active_on(session, membership.members_on(today, places), today),
            _waits(session, today, places),
        )
    else:
        waits = {place: (number, (today - first).days) for place, (number, first) in waiting.items()}
    return {place: share.whole for place, share in kept.items()}, kept, waits


@dataclass(frozen=True, slots=True)
class Facts:
    """What the reasons are made of beside the numbers, place by place."""

    chairs: set[int]
    planned: set[int]
    registered: dict[int, date]
    """When a register was last read in for a place; it holds for everything below."""
    contacts: dict[int, date]


def _facts(session: Session, today: date, places: sa.Select[int]) -> Facts:
    imports: Any = session.execute(
        sa.select(Import.association_id, sa.func.max(Import.applied_at))
        .where(Import.applied_at.is_not(None))
        .group_by(Import.association_id)
    )
    registered = {place: local_day(at) for place, at in imports}
    return Facts(
        _with_chair(session, today),
        support.planned(session, places),
        registered,
        support.last_contacts(session, places),
    )


def _with_reasons(row: Row, today: date, place: int, path: str, facts: Facts) -> Row:
    def before(day: date | None, days: int) -> bool:
        return day is None or day < today - timedelta(days=days)

    line = (facts.registered.get(int(one)) for one in path.strip("/").split("/"))
    registered = max((day for day in line if day), default=None)
    asked = {
        NOBODY: place not in facts.chairs,
        QUIET: before(row.last_activity, QUIET_DAYS),
        FEW: row.members < FEW_MEMBERS,
        INACTIVE: bool(row.active.whole) and row.active.percent < FEW_ACTIVE,
        WAITING: row.longest_wait > membership.IN_TIME_DAYS,
        STALE: registered is not None and before(registered, STALE_DAYS),
        SILENT: before(facts.contacts.get(place), SILENT_DAYS),
    }
    return replace(row, reasons=tuple(words for words, is_so in asked.items() if is_so), planned=place in facts.planned)


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


def _last_activity(session: Session, now: datetime, places: sa.Select[int]) -> dict[int, date]:
    found = session.execute(
        sa.select(ActivityOrganizer.association_id, sa.func.max(Activity.starts_at))
        .join(Activity, Activity.id == ActivityOrganizer.activity_id)
        .where(ActivityOrganizer.association_id.in_(places), Activity.starts_at <= now, Activity.cancelled_at.is_(None))
        .group_by(ActivityOrganizer.association_id)
    )
    return {place: local_day(at) for place, at in found}


def _with_chair(session: Session, today: date) -> set[int]:
    holds = (Role.name == RoleName.CHAIR, Role.from_day <= today, sa.or_(Role.to_day.is_(None), Role.to_day > today))
    return set(session.scalars(sa.select(Role.association_id).where(*holds)))
