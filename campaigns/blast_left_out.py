"""Those a blast does not reach, by reason: their names, for whoever may see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import blast_recipients
from campaigns.models import Blast
from organizer.models import Association, Membership, Person

SHOWN = 200


def people(session: Session, blast: Blast, why: str, now: datetime) -> tuple[Sequence[Any], int]:
    """Rows (id, first_name, last_name, association) of those left out for a reason, by name, and how many there are."""
    ids = blast_recipients.audience(session, blast, now).left_out.get(why, [])
    rows = session.execute(
        sa.select(Person.id, Person.first_name, Person.last_name, Association.short_name.label("association"))
        .join(Membership, sa.and_(Membership.person_id == Person.id, Membership.to_day.is_(None)))
        .join(Association, Association.id == Membership.association_id)
        .where(Person.id.in_(ids[:SHOWN]))
        .order_by(Person.sort_key, Person.id)
    ).all()
    return rows, len(ids)
