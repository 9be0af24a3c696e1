"""What the card of one person shows: memberships, numbers, refusals, fees and tags, in a few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.models import (
    Account,
    Association,
    Consent,
    Fee,
    Interest,
    Membership,
    Person,
    PersonTag,
    Phone,
    Refusal,
    Tag,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """Rows for the template; `place_id` and `path` are of the open membership, or the latest."""

    place_id: int
    path: str
    place: str
    member: bool
    memberships: Sequence[Any]
    phones: Sequence[Any]
    refusals: Sequence[Any]
    fees: Sequence[int]
    tags: Sequence[Any]
    consents: Sequence[Any]
    interests: Sequence[str]


def card(session: Session, person: Person) -> Card:
    """Everything about a person that their card shows; they have at least one membership (access.person)."""
    memberships = session.execute(
        sa.select(
            Membership.from_day, Membership.from_why, Membership.to_day, Membership.to_why,
            Association.id, Association.path, Association.short_name, Association.name,
        )
        .join(Association, Association.id == Membership.association_id)
        .where(Membership.person_id == person.id)
        .order_by(Membership.to_day.is_(None).desc(), Membership.to_day.desc(), Membership.id.desc())
    ).all()  # fmt: skip
    latest = memberships[0]
    return Card(
        place_id=latest.id, path=latest.path, place=latest.name, member=latest.to_day is None,
        memberships=memberships,
        phones=session.execute(
            sa.select(Phone.id, Phone.e164, Phone.national, Phone.kind)
            .where(Phone.person_id == person.id)
            .order_by(Phone.position, Phone.id)
        ).all(),
        refusals=refusals_of(session, person.id),
        fees=session.scalars(sa.select(Fee.year).where(Fee.person_id == person.id).order_by(Fee.year.desc())).all(),
        tags=session.execute(
            sa.select(Tag.id, Tag.name)
            .join(PersonTag, PersonTag.tag_id == Tag.id)
            .where(PersonTag.person_id == person.id)
            .order_by(Tag.name)
        ).all(),
        consents=consents_of(session, person.id),
        interests=session.scalars(sa.select(Interest.kind).where(Interest.person_id == person.id)).all(),
    )  # fmt: skip


def refusals_of(session: Session, person_id: int) -> Sequence[Any]:
    """What binds the person: said by them, or by somebody who has their number (D21); the newest first."""
    numbers = sa.select(Phone.e164).where(Phone.person_id == person_id)
    return session.execute(
        sa.select(
            Refusal.id,
            Refusal.channel,
            Refusal.how,
            Refusal.recorded_at,
            Refusal.revoked_at,
            Refusal.e164,
            Refusal.evidence,
            Refusal.revoked_why,
            Account.name.label("by"),
        )
        .outerjoin(Account, Account.id == Refusal.account_id)
        .where(sa.or_(Refusal.person_id == person_id, Refusal.e164.in_(numbers)))
        .order_by(Refusal.revoked_at.is_(None).desc(), Refusal.recorded_at.desc(), Refusal.id.desc())
    ).all()


def consents_of(session: Session, person_id: int) -> Sequence[Any]:
    """What the person has said yes to, the newest first."""
    return session.execute(
        sa.select(
            Consent.id, Consent.channel, Consent.purpose, Consent.how, Consent.evidence, Consent.at, Consent.revoked_at,
            Consent.revoked_why, Account.name.label("by"),
        )
        .outerjoin(Account, Account.id == Consent.account_id)
        .where(Consent.person_id == person_id)
        .order_by(Consent.revoked_at.is_(None).desc(), Consent.at.desc(), Consent.id.desc())
    ).all()  # fmt: skip
