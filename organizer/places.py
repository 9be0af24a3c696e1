"""The tree of associations: adding a place, its short address, and what has become part of what."""

import re
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit
from organizer.db import search_key, sort_key
from organizer.models import Association, AssociationKind
from organizer.words import N_, Missing, Refused

KINDS = {
    AssociationKind.NATIONAL: N_("Riksorganisation"),
    AssociationKind.DISTRICT: N_("Distrikt"),
    AssociationKind.ASSOCIATION: N_("Förening"),
}


def add(
    session: Session, name: str, kind: str, under: Association | None, account_id: int | None, now: datetime
) -> Association:
    """A new place under another, or the first of all, above which there is none; Refused when the name is empty, too long or taken."""
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise Refused("Skriv ett namn på högst 60 tecken.", "name")
    if kind not in KINDS:
        raise Missing
    if under is None and session.scalar(sa.select(Association.id).where(Association.parent_id.is_(None))) is not None:
        raise Refused("Det finns redan en plats överst. Säg vilken plats den nya hör till.", "under")
    address = slug(name)
    if not address:
        raise Refused("Namnet måste innehålla bokstäver.", "name")
    if session.scalar(sa.select(Association.id).where(Association.slug == address)) is not None:
        raise Refused("Det finns redan en plats med det namnet. Skriv ett som skiljer dem åt.", "name")
    row = Association(
        parent_id=under.id if under else None,
        kind=kind,
        name=name,
        short_name=name,
        slug=address,
        sort_key=sort_key(name),
        path="",
    )
    session.add(row)
    session.flush()
    row.path = f"{under.path if under else ''}{row.id}/"
    if len(row.path) > 120:
        raise Refused("Trädet blir för djupt. Lägg platsen högre upp.", "under")
    session.flush()
    audit.changed(session, account_id, "place_added", "association", row.id, now, row.id)
    return row


def slug(name: str) -> str:
    """The name as part of an address: harnosand, ornskoldsvik-norra."""
    return re.sub(r"[^a-z0-9]+", "-", search_key(name)).strip("-")[:60]


def by_slug(session: Session, address: str | None) -> Association:
    """The place with this short address, or the top of the tree for None; Missing when there is none."""
    here = Association.slug == address if address else Association.parent_id.is_(None)
    found = session.scalars(sa.select(Association).where(here).order_by(Association.id)).first()
    if found is None:
        raise Missing
    return found


def now_part_of(session: Session) -> dict[int, int]:
    """Each association that is part of another now, with the last in line: a merger of a merger leads on."""
    rows = session.execute(
        sa.select(Association.id, Association.merged_into_id).where(Association.merged_into_id.is_not(None))
    )
    return last_in_line({row.id: row.merged_into_id for row in rows})


def last_in_line(into: Mapping[int, int]) -> dict[int, int]:
    """Each of those that are part of another, with the last that one comes to."""

    def last(place: int) -> int:
        seen = {place}
        while into.get(place, place) not in seen:
            place = into[place]
            seen.add(place)
        return place

    return {gone: last(gone) for gone in into}


def parts_of(session: Session, place: int) -> list[int]:
    """The associations that are part of this one now, also by way of others."""
    return [gone for gone, into in now_part_of(session).items() if into == place]
