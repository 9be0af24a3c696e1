"""Those a blast does not reach and what can be done: their names for whoever may see them, and a list to ring."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from campaigns import blast_recipients
from campaigns.models import Blast
from organizer import audit, selections
from organizer.models import Association, Membership, Person, PersonTag, Selection, Tag
from organizer.times import local_day
from organizer.words import N_, Refused

CALLABLE = ("landline", "invalid", "failing")
"""Reasons for which a call may help."""
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


def make_call_list(session: Session, blast: Blast, why: str, account_id: int, now: datetime) -> tuple[str, int]:
    """Tag them and save a selection of that tag, for a call campaign; the selection's name and how many they are."""
    ids = blast_recipients.audience(session, blast, now).left_out.get(why, [])
    if not ids:
        raise Refused(N_("Ingen är kvar att ringa. Inget har ändrats."))
    name = f"Ring: {blast.title or 'sms'} {local_day(now):%Y-%m-%d}"[:60]
    tag_id = session.scalar(sa.select(Tag.id).where(Tag.association_id == blast.association_id, Tag.name == name))
    if tag_id is None:
        new = sa.insert(Tag).values(association_id=blast.association_id, name=name).returning(Tag.id)
        tag_id = session.execute(new).scalar_one()
        definition = {"version": selections.VERSION, "all": [{"kind": "tag", "ids": [tag_id], "is": True}]}
        session.add(
            Selection(
                association_id=blast.association_id,
                name=name,
                definition=definition,
                created_by=account_id,
                created_at=now,
            )
        )
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    session.execute(insert(PersonTag).on_conflict_do_nothing(), [{"person_id": one, "tag_id": tag_id} for one in ids])
    session.flush()
    audit.changed(session, account_id, "call_list", "blast", blast.id, now, blast.association_id, many=len(ids))
    return name, len(ids)
