"""Many people at once: those of a saved selection or those ticked in a list, never beyond reach and never the protected."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from organizer import selections
from organizer.models import Membership, Person


def of_selection(session: Session, definition: object, path: str, reach: sa.Select[int], now: datetime) -> Any:
    """SELECT (person_id, association_id) of a selection's people within reach (organizer.selections)."""
    found = selections.people(definition, now, path, session).subquery()
    return sa.select(found.c.person_id, found.c.association_id).where(found.c.association_id.in_(reach))


def ticked(person_ids: Sequence[int], reach: sa.Select[int]) -> Any:
    """SELECT (person_id, association_id) of those among `person_ids` whose latest membership lies within reach."""
    later = aliased(Membership)
    latest = (
        sa.select(later.id)
        .where(later.person_id == Membership.person_id)
        .order_by(later.to_day.is_(None).desc(), later.to_day.desc(), later.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        sa.select(Membership.person_id, Membership.association_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.person_id.in_(person_ids), Membership.association_id.in_(reach), Membership.id == latest,
            Person.protected.is_(False), Person.merged_into_id.is_(None),
        )
    )  # fmt: skip
