"""Contacts written down by hand: somebody rang, wrote or met a member outside every campaign (P§6.1)."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import timeline
from organizer.models import Kind, LoggedContact
from organizer.words import N_, Missing, Refused

HOW = {"spoke": N_("Vi pratade"), "message": N_("Lämnade meddelande"), "wrote": N_("Skrev brev eller mejl")}
"""How the member was reached; only the first is a conversation."""
REGRET = timedelta(hours=24)
"""How long one's own entry can be taken back, as with a call (P§4.5)."""


def log(session: Session, person_id: int, account_id: int, how: str, invited: bool, now: datetime) -> int:
    """Write down a contact and, if ticked, an invitation; the entry's id. Refused if `how` is none of HOW."""
    if how not in HOW:
        raise Refused("Välj hur du fick kontakt.", field="how")
    new = sa.insert(LoggedContact).values(person_id=person_id, account_id=account_id, how=how, invited=invited, at=now)
    contact_id: int = session.execute(new.returning(LoggedContact.id)).scalar_one()
    timeline.record_all(
        session,
        [
            timeline.Happening(kind, LoggedContact.__tablename__, contact_id, person_id, now)
            for kind in _kinds(how, invited)
        ],
    )
    return contact_id


def take_back(session: Session, contact_id: int, account_id: int, now: datetime) -> int:
    """Undo one's own entry within a day; the person's id. Missing if it is not one's own, Refused if too late."""
    row = session.execute(
        sa.select(LoggedContact.person_id, LoggedContact.at).where(
            LoggedContact.id == contact_id, LoggedContact.account_id == account_id
        )
    ).first()
    if row is None:
        raise Missing
    if row.at < now - REGRET:
        raise Refused("Det går att ångra i ett dygn. Be distriktet om hjälp med att rätta det här.")
    session.execute(sa.delete(LoggedContact).where(LoggedContact.id == contact_id))
    timeline.retract_all(session, _kinds("spoke", True), LoggedContact.__tablename__, contact_id)
    return int(row.person_id)


def _kinds(how: str, invited: bool) -> tuple[Kind, ...]:
    talked = (Kind.CONVERSATION,) if how == "spoke" else ()
    return (Kind.CONTACT, *talked, *((Kind.INVITATION,) if invited else ()))
