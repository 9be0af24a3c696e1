"""The new members of an association: how long each has waited and what has happened since they joined (P§2.3 J17)."""

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.activation import TOUCH
from organizer.membership import JOINED, NEW_DAYS
from organizer.models import BlockedNumber, Event, Kind, Membership, Person, Phone, Refusal


@dataclass(frozen=True, slots=True)
class NewMember:
    """Someone who joined at most 90 days ago."""

    person_id: int
    name: str
    joined: date
    days: int
    contacted_on: date | None
    invited_on: date | None
    protected: bool


def of_association(session: Session, association_id: int, today: date) -> list[NewMember]:
    """Everyone new in the association: who waits first, the longest wait on top."""
    rows = session.execute(
        sa.select(
            Person.id, Person.first_name, Person.last_name, Person.protected, Membership.from_day,
            _first(*TOUCH).label("contacted_on"), _first(Kind.INVITATION).label("invited_on"),
        )
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.association_id == association_id, Membership.to_day.is_(None), Membership.from_why.in_(JOINED),
            Membership.from_day.between(today - timedelta(days=NEW_DAYS), today), Person.deceased_on.is_(None),
        )
        .order_by(Membership.from_day, Person.sort_key, Person.id)
    )  # fmt: skip
    found = [
        NewMember(
            row.id, f"{row.first_name} {row.last_name}", row.from_day, (today - row.from_day).days,
            row.contacted_on, row.invited_on, row.protected,
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.contacted_on is not None)


def number_to_ring(session: Session, person_id: int) -> Phone | None:
    """The first number that is the person's own and not refused; nothing for someone who does not want calls."""
    refused = sa.exists().where(
        sa.or_(Refusal.person_id == person_id, Refusal.e164 == Phone.e164),
        Refusal.channel.in_(("call", "all")), Refusal.revoked_at.is_(None),
    )  # fmt: skip
    blocked = sa.exists().where(BlockedNumber.e164 == Phone.e164)
    return session.scalar(
        sa.select(Phone)
        .where(Phone.person_id == person_id, sa.not_(refused), sa.not_(blocked))
        .order_by(Phone.position, Phone.id)
        .limit(1)
    )


def _first(*kinds: Kind) -> sa.ScalarSelect[date]:
    return (
        sa.select(sa.func.min(Event.day))
        .where(
            Event.person_id == Person.id, Event.kind.in_(kinds), Event.mass.is_(False), Event.day >= Membership.from_day
        )
        .correlate(Person, Membership)
        .scalar_subquery()
    )
