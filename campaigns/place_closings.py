"""An association is closed without becoming part of another: what hinders it, what ends with it, and opening it again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import place_mergers
from campaigns.place_mergers import Hindrance
from organizer import after_mergers, audit, roles
from organizer import place_mergers as places_merged
from organizer.access import Viewer
from organizer.models import Activity, ActivityOrganizer, Association, AssociationKind, Membership
from organizer.place_mergers import Counted
from organizer.times import local_day
from organizer.words import N_, Refused


@dataclass(frozen=True, slots=True)
class Check:
    """What stands in the way, and what would end."""

    members: int
    """Whoever is a member there today or later."""
    hindrances: list[Hindrance]
    holders: list[Any]
    """Rows of those with a role there: role, name."""
    ends: list[Counted]

    @property
    def clear(self) -> bool:
        """Whether it can be closed."""
        return not self.members and not self.hindrances


def look(session: Session, place: Association, now: datetime) -> Check:
    """The check in words and figures."""
    return Check(
        _members(session, place, now),
        [*place_mergers.hindrances(session, place), *_coming(session, place, now), *_below(session, place)],
        after_mergers.left(session, place, now).roles,
        places_merged.ending(session, place),
    )


def close(session: Session, viewer: Viewer, place: Association, now: datetime) -> None:
    """Close it from today; roles and offices there end, everything else stays. Refused as long as something hinders it."""
    places_merged.take(session, place)
    if place.closed_on is not None:
        raise Refused("%(place)s är redan avslutad.", place=place.short_name)
    if place.kind != AssociationKind.ASSOCIATION:
        raise Refused(N_("Bara föreningar kan läggas ned, inte distrikt."))
    found = look(session, place, now)
    if not found.clear:
        raise Refused("Avsluta först det som pågår i %(place)s. Inget är ändrat.", place=place.short_name)
    if not all(roles.may_give(viewer, one.role, place.path) for one in found.holders):
        raise Refused(N_("Någon har en roll där som du inte får avsluta. Be den som sköter Rundan. Inget är ändrat."))
    today = local_day(now)
    place.closed_on = today
    session.flush()
    for one in found.holders:  # a handful
        roles.end(session, viewer, one.id, now)
    places_merged.end_offices(session, place, today, now)
    audit.changed(session, viewer.account_id, "place_closed", "association", place.id, now, place.id)


def open_again(session: Session, place: Association, account_id: int | None, now: datetime) -> None:
    """Let it be there again; roles have to be given anew. Refused when it is open, merged, or below one that is closed."""
    places_merged.take(session, place)
    if place.closed_on is None or place.merged_into_id is not None:
        raise Refused("%(place)s är inte nedlagd. Inget är ändrat.", place=place.short_name)
    above = session.get(Association, place.parent_id) if place.parent_id else None
    if above is not None and above.closed_on is not None:
        raise Refused("Öppna %(place)s först. Inget är ändrat.", place=above.short_name)
    place.closed_on = None
    audit.changed(session, account_id, "place_opened", "association", place.id, now, place.id)


def _members(session: Session, place: Association, now: datetime) -> int:
    lasting = sa.or_(Membership.to_day.is_(None), Membership.to_day > local_day(now))
    people = sa.select(sa.func.count(Membership.person_id.distinct()))
    return session.scalar(people.where(Membership.association_id == place.id, lasting)) or 0


def _coming(session: Session, place: Association, now: datetime) -> list[Hindrance]:
    """Activities ahead that the association holds, alone or with others."""
    held = sa.exists().where(
        ActivityOrganizer.activity_id == Activity.id, ActivityOrganizer.association_id == place.id
    )  # fmt: skip
    rows = session.execute(
        sa.select(Activity.id, Activity.title)
        .where(
            sa.or_(Activity.association_id == place.id, held), Activity.ends_at >= now, Activity.cancelled_at.is_(None)
        )
        .order_by(Activity.starts_at, Activity.id)
    )  # fmt: skip
    return [Hindrance(N_("Aktivitet"), row.title, "activities.show", {"activity_id": row.id}) for row in rows]


def _below(session: Session, place: Association) -> list[Hindrance]:
    """Open associations under it."""
    rows = session.execute(
        sa.select(Association.slug, Association.short_name)
        .where(Association.path.like(place.path + "_%"), Association.closed_on.is_(None))
        .order_by(Association.sort_key)
    )
    return [Hindrance(N_("Förening"), row.short_name, "place_closings.start", {"slug": row.slug}) for row in rows]
