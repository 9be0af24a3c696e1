"""Edit people: memberships as intervals, numbers, e-mail and tags; every change is in the change log."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit, corrections, phones
from organizer.db import search_key, sort_key
from organizer.models import Membership, Person, PersonTag, Phone, Tag
from organizer.refusals import refuse, revoke
from organizer.times import local_day
from organizer.words import N_, Missing, Refused

__all__ = [
    "add_number", "close_membership", "create", "move", "now_is", "open_membership", "refuse", "remove_number",
    "revoke", "set_email", "tag", "untag",
]  # fmt: skip
ENDS = {
    "left": N_("Har gått ur"),
    "deceased": N_("Har avlidit"),
    "moved": N_("Har flyttat till en annan förening"),
    "merged": N_("Föreningen har slagits ihop med en annan"),
}
"""Why a membership interval ends, as pages say it."""
BEGAN = {
    "joined": N_("Gick med"),
    "moved_in": N_("Flyttade hit"),
    "returned": N_("Kom tillbaka"),
    "merged": N_("Föreningen slogs ihop med en annan"),
    "unknown": N_("Okänt"),
}
"""How one begins."""
_EMAIL = re.compile(r"[^@\s,;<>\"'()]+@[^@\s,;<>\"'()]+\.[^@\s,;<>\"'().]{2,}")


def create(
    session: Session, first_name: str, last_name: str, now: datetime, *, account_id: int | None = None, **fields: Any
) -> int:
    """A new person without membership or number; returns the id."""
    first, last = first_name.strip(), last_name.strip()
    if not (first or last):
        raise Refused(N_("Skriv personens namn."), field="first_name")
    person_id = session.scalar(
        sa.insert(Person)
        .values(
            first_name=first, last_name=last, sort_key=sort_key(f"{last} {first}"),
            search_key=search_key(f"{first} {last}"), created_at=now, **{"protected": False, **fields},
        )
        .returning(Person.id)
    )  # fmt: skip
    audit.changed(session, account_id, "create", "person", person_id, now)
    return int(person_id or 0)


def open_membership(
    session: Session, person_id: int, association_id: int, day: date | None, now: datetime, *,
    why: str | None = None, account_id: int | None = None, import_id: int | None = None,
) -> int:  # fmt: skip
    """Begin a membership on `day` (None = unknown, never counts as new, D20); returns the interval's id.

    Someone who has been a member before returns. Refused while another membership is open.
    """
    before = session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(Membership.to_day.is_(None))).where(
            Membership.person_id == person_id
        )
    ).one()
    if before[1]:
        raise Refused(N_("Personen är redan medlem i en förening. Flytta medlemskapet i stället."))
    why = why or ("returned" if before[0] else "joined" if day else "unknown")
    membership_id = session.scalar(
        sa.insert(Membership)
        .values(person_id=person_id, association_id=association_id, from_day=day, from_why=why, import_id=import_id)
        .returning(Membership.id)
    )
    audit.changed(session, account_id, "open_membership", "person", person_id, now, association_id, why=why)
    return int(membership_id or 0)


def close_membership(
    session: Session, person_id: int, day: date, why: str, now: datetime, account_id: int | None = None, *,
    reason: str = "", correct: bool = True,
) -> None:  # fmt: skip
    """End the open membership: `day` is the first day outside it (half open, D20). A death is kept on the person too."""
    if why not in ENDS:
        raise Refused(N_("Välj varför medlemskapet slutar."), field="why")
    row = session.execute(
        sa.select(Membership.id, Membership.from_day, Membership.association_id).where(
            Membership.person_id == person_id, Membership.to_day.is_(None)
        )
    ).first()
    if day > local_day(now):
        raise Refused(N_("Dagen ligger i framtiden. Välj i dag eller en tidigare dag."), field="day")
    if row and row.from_day and day < row.from_day:
        raise Refused(N_("Dagen ligger före den dag då medlemskapet började."), field="day")
    if why == "deceased":
        session.execute(sa.update(Person).where(Person.id == person_id).values(deceased_on=day))
    elif row is None:
        raise Refused(N_("Personen är inte medlem någonstans just nu. Inget har ändrats."))
    if row:
        session.execute(sa.update(Membership).where(Membership.id == row.id).values(to_day=day, to_why=why))
    place = row.association_id if row else None
    if place is not None and correct:
        corrections.record(session, person_id, "association", str(place), None, reason, account_id, now)
    audit.changed(session, account_id, "close_membership", "person", person_id, now, place, why=why)


def move(
    session: Session, person_id: int, association_id: int, day: date, now: datetime, account_id: int | None = None, *,
    reason: str = "",
) -> None:  # fmt: skip
    """Close the open membership as moved and open one in `association_id` on the same day."""
    here = session.scalar(
        sa.select(Membership.association_id).where(Membership.person_id == person_id, Membership.to_day.is_(None))
    )
    if here == association_id:
        raise Refused(N_("Personen är redan medlem i den föreningen."), field="association")
    close_membership(session, person_id, day, "moved", now, account_id, correct=False)
    open_membership(session, person_id, association_id, day, now, why="moved_in", account_id=account_id)
    was, is_ = str(here) if here else None, str(association_id)
    corrections.record(session, person_id, "association", was, is_, reason, account_id, now)


def add_number(
    session: Session, person_id: int, text: str, now: datetime, *, account_id: int | None = None, first: bool = True,
    reason: str = "",
) -> str:  # fmt: skip
    """Add a number, to be rung first unless told otherwise; returns it in E.164. Refused in words when it is none."""
    try:
        e164 = phones.normalise(text)
    except Refused as refusal:
        raise Refused(refusal.sentence, field="number", **refusal.values) from None
    rows = session.execute(
        sa.select(Phone.id, Phone.e164).where(Phone.person_id == person_id).order_by(Phone.position, Phone.id)
    ).all()
    if e164 not in {row.e164 for row in rows}:
        session.execute(
            sa.insert(Phone).values(
                person_id=person_id, e164=e164, national=phones.display(e164), kind=phones.classify(e164), position=99
            )
        )
        corrections.record(session, person_id, "phone", None, e164, reason, account_id, now)
    others = [row.e164 for row in rows if row.e164 != e164]
    _set_order(session, person_id, [e164, *others] if first else [*others, e164])
    audit.changed(session, account_id, "add_number", "person", person_id, now)
    return e164


def remove_number(
    session: Session, person_id: int, phone_id: int, now: datetime, account_id: int | None = None, reason: str = ""
) -> None:
    """Take a number away from a person; Missing when it is not theirs."""
    gone = session.scalar(
        sa.delete(Phone).where(Phone.id == phone_id, Phone.person_id == person_id).returning(Phone.e164)
    )
    if gone is None:
        raise Missing
    corrections.record(session, person_id, "phone", gone, None, reason, account_id, now)
    left = session.scalars(sa.select(Phone.e164).where(Phone.person_id == person_id).order_by(Phone.position)).all()
    _set_order(session, person_id, left)
    audit.changed(session, account_id, "remove_number", "person", person_id, now)


def set_email(
    session: Session, person_id: int, text: str, now: datetime, account_id: int | None = None, reason: str = ""
) -> str | None:
    """Keep another e-mail address, or none when `text` is empty; returns what is kept."""
    email = text.strip() or None
    if email and not (_EMAIL.fullmatch(email) and len(email) <= 254):
        raise Refused(N_("Det ser inte ut som en e-postadress. Den ska likna namn@exempel.se."), field="email")
    was = session.scalar(sa.select(Person.email).where(Person.id == person_id))
    session.execute(sa.update(Person).where(Person.id == person_id).values(email=email))
    corrections.record(session, person_id, "email", was, email, reason, account_id, now)
    audit.changed(session, account_id, "set_email", "person", person_id, now)
    return email


def tag(
    session: Session, person_id: int, association_id: int, name: str, now: datetime, account_id: int | None = None
) -> int:
    """Put an association's tag on a person, making the tag if it is new; returns the tag's id."""
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise Refused(N_("En etikett är ett eller några ord, högst 60 tecken."), field="tag")
    there = session.execute(sa.select(Tag.id, Tag.name).where(Tag.association_id == association_id)).all()
    tag_id = next((row.id for row in there if row.name.casefold() == name.casefold()), None)
    if tag_id is None:
        tag_id = session.scalar(sa.insert(Tag).values(association_id=association_id, name=name).returning(Tag.id))
    if session.get(PersonTag, (person_id, tag_id)) is None:
        session.execute(sa.insert(PersonTag).values(person_id=person_id, tag_id=tag_id))
        audit.changed(session, account_id, "tag", "person", person_id, now, association_id, tag=tag_id)
    return int(tag_id or 0)


def untag(session: Session, person_id: int, tag_id: int, now: datetime, account_id: int | None = None) -> None:
    """Take a tag off a person."""
    session.execute(sa.delete(PersonTag).where(PersonTag.person_id == person_id, PersonTag.tag_id == tag_id))
    audit.changed(session, account_id, "untag", "person", person_id, now, tag=tag_id)


def now_is(session: Session, person_id: int) -> int:
    """Who somebody is now: themselves, or whom they have been merged into, however many times."""
    met = {person_id}
    while (into := session.scalar(sa.select(Person.merged_into_id).where(Person.id == person_id))) is not None:
        if into in met:  # what is left of somebody erased leads to itself, and is nobody
            return person_id
        met.add(into)
        person_id = into
    return person_id


def _set_order(session: Session, person_id: int, numbers: Sequence[str]) -> None:
    """Which number is rung first, second, third."""
    order = [{"number": e164, "place": place} for place, e164 in enumerate(numbers)]
    if order:
        session.connection().execute(
            sa.update(Phone)
            .where(Phone.person_id == person_id, Phone.e164 == sa.bindparam("number"))
            .values(position=sa.bindparam("place")),
            order,
        )
