"""The new members of an association: how long each has waited and what has happened since they joined (P§2.3 J17)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit, support
from organizer.activation import TOUCH
from organizer.membership import joined_on, new_on
from organizer.models import (
    Account,
    Association,
    BlockedNumber,
    Event,
    Kind,
    Membership,
    NewMemberOwner,
    Person,
    Phone,
    Refusal,
)
from organizer.times import local_day
from organizer.words import Refused

MOST_SHOWN = 50


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
    owner: str | None
    """Who sees to it that they are contacted and invited."""
    place: str
    slug: str


def of_association(session: Session, association_id: int, today: date) -> list[NewMember]:
    """Everyone new in the association: who waits first, the longest wait on top."""
    found = [_new(row, today) for row in session.execute(_new_in([association_id], today))]
    return sorted(found, key=lambda one: one.contacted_on is not None)


def left_in(session: Session, places: sa.Select[int], today: date) -> tuple[list[NewMember], int]:
    """New members of many places who are not both contacted and invited, the longest wait first, and how many in all.

    Only the first MOST_SHOWN are given; nobody with a protected identity is among them.
    """
    new = _new_in(places, today).where(Person.protected.is_(False)).subquery()
    left = sa.or_(new.c.contacted_on.is_(None), new.c.invited_on.is_(None))
    many = session.scalar(sa.select(sa.func.count()).select_from(new).where(left)) or 0
    rows = session.execute(
        sa.select(new).where(left).order_by(new.c.from_day, new.c.sort_key, new.c.id).limit(MOST_SHOWN)
    )
    return [_new(row, today) for row in rows], many


def give(session: Session, person_id: int, place: Association, owner: int | None, by: int, now: datetime) -> None:
    """Let somebody who answers for the association see to a new member, or nobody; Refused if they do not."""
    if owner is not None and owner not in {row.id for row in support.helpers(session, place, local_day(now))}:
        raise Refused("Välj någon som har en roll för föreningen.", "owner")
    session.execute(sa.delete(NewMemberOwner).where(NewMemberOwner.person_id == person_id))
    if owner is not None:
        row = {"person_id": person_id, "account_id": owner, "given_at": now}
        session.execute(sa.insert(NewMemberOwner), [row])
    audit.changed(session, by, "owner_given", "person", person_id, now, place.id)


def owner_of(session: Session, person_id: int) -> int | None:
    """The account that sees to a new member."""
    return session.scalar(sa.select(NewMemberOwner.account_id).where(NewMemberOwner.person_id == person_id))


def _new_in(places: sa.Select[int] | list[int], today: date) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Person.id, Person.first_name, Person.last_name, Person.protected, Person.sort_key,
            joined_on().label("from_day"), _first(*TOUCH).label("contacted_on"), _first(Kind.INVITATION).label("invited_on"),
            Account.name.label("owner"), Association.short_name.label("place"), Association.slug,
        )
        .join(Membership, Membership.person_id == Person.id)
        .join(Association, Association.id == Membership.association_id)
        .outerjoin(NewMemberOwner, NewMemberOwner.person_id == Person.id)
        .outerjoin(Account, Account.id == NewMemberOwner.account_id)
        .where(
            Membership.association_id.in_(places), new_on(today), Person.deceased_on.is_(None),
        )
        .order_by(sa.text("from_day"), Person.sort_key, Person.id)
    )  # fmt: skip


def _new(row: Any, today: date) -> NewMember:
    return NewMember(
        row.id, f"{row.first_name} {row.last_name}", row.from_day, (today - row.from_day).days,
        row.contacted_on, row.invited_on, row.protected, row.owner, row.place, row.slug,
    )  # fmt: skip


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
        .where(Event.person_id == Person.id, Event.kind.in_(kinds), Event.mass.is_(False), Event.day >= joined_on())
        .correlate(Person, Membership)
        .scalar_subquery()
    )
