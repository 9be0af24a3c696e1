"""Find people without listing the register: by parts of the name, the last digits of a number, or member number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from organizer import name_index, phones
from organizer.models import Association, Event, Kind, Membership, Person, Phone
from organizer.words import Refused

SHOWN = 50
"""Lines on the page of a search."""
COUNTED = 500
"""Above so many nobody is shown: the words say too little about whom one looks for."""


@dataclass(frozen=True, slots=True)
class Found:
    """One line of a search: whom, where, and whether they are a member today."""

    id: int
    name: str
    association: str
    member: bool
    deceased: bool
    last_contact: date | None
    """The last day somebody reached them, by phone or message."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The first of those found, by name, and how many there are; `too_many` = more than COUNTED, and none shown."""

    people: list[Found]
    total: int
    enough: bool = True
    """Whether there was enough to search for."""

    @property
    def too_many(self) -> bool:
        """Whether the words must be narrowed before anybody is shown."""
        return self.total > COUNTED


def find(
    session: Session, text: str, reach: sa.Select[int], *, protected_in: Sequence[int] = (), place: int | None = None
) -> Answer:
    """People whose latest membership lies in `reach` (and in `place`, if given).

    Fewer than two letters or four digits find nobody. Someone with protected identity is found only in
    `protected_in` (D19). A name and the last digits together find those who have both.
    """
    matching = _matching(session, text)
    if matching is None:
        return Answer([], 0, enough=False)
    hits = session.execute(_hits(matching, reach, protected_in, place).limit(COUNTED + 1)).all()
    if len(hits) > COUNTED:
        return Answer([], len(hits))
    first = sorted(hits, key=lambda one: (one.sort_key, one.id))[:SHOWN]
    return Answer(_lines(session, [one.membership for one in first]), len(hits))


def _hits(
    matching: sa.ColumnElement[bool], reach: sa.Select[int], protected_in: Sequence[int], place: int | None
) -> sa.Select[int, str, int]:
    later = aliased(Membership)
    latest = (
        sa.select(later.id)
        .where(later.person_id == Person.id)
        .correlate(Person)
        .order_by(later.to_day.is_(None).desc(), later.to_day.desc(), later.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    here = Membership.association_id.in_(reach)
    return (
        sa.select(Person.id, Person.sort_key, Membership.id.label("membership"))
        .join(Membership, Membership.id == latest)
        .where(
            Person.merged_into_id.is_(None),
            matching,
            sa.and_(here, Membership.association_id == place) if place else here,
            sa.or_(Person.protected.is_(False), Membership.association_id.in_(protected_in)),
        )
    )


def _lines(session: Session, memberships: list[int]) -> list[Found]:
    contact = (
        sa.select(sa.func.max(Event.day))
        .where(Event.person_id == Person.id, Event.kind == Kind.CONTACT)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(
            Person.id, Person.first_name, Person.last_name, Association.short_name, Membership.to_day,
            Person.deceased_on, contact.label("last_contact"),
        )
        .join(Membership, Membership.person_id == Person.id)
        .join(Association, Association.id == Membership.association_id)
        .where(Membership.id.in_(memberships))
        .order_by(Person.sort_key, Person.id)
    )  # fmt: skip
    return [
        Found(
            row.id, f"{row.first_name} {row.last_name}".strip(), row.short_name,
            row.to_day is None, row.deceased_on is not None, row.last_contact,
        )
        for row in rows
    ]  # fmt: skip


def _matching(session: Session, text: str) -> sa.ColumnElement[bool] | None:
    """The condition a search stands for; None when it is too little to search for."""
    text = text.strip()
    if re.fullmatch(r"[-+0-9()\s./]+", text):
        return _by_digits(text)
    both = re.fullmatch(r"(\D+?)\s+([-+0-9()\s./]{4,})", text)
    if both and (number := _number(both[2])) is not None:
        name = name_index.matches(session, both[1])
        return None if name is None else sa.and_(name, Person.id.in_(number))
    if any(letter.isdigit() for letter in text) and " " not in text:
        return Person.id.in_(_member(text))
    return name_index.matches(session, text)


def _by_digits(text: str) -> sa.ColumnElement[bool] | None:
    number = _number(text)
    if number is not None:
        return Person.id.in_(sa.union_all(number, _member(text)))
    return Person.id.in_(_member(text)) if any(letter.isdigit() for letter in text) else None


def _number(text: str) -> sa.Select[int] | None:
    """Who has a number that ends so; None for fewer than four digits."""
    digits = re.sub(r"\D", "", text)
    if len(digits) < 4:
        return None
    whole = _tail(text, digits)
    return sa.select(Phone.person_id).where(Phone.tail == whole[-4:], Phone.e164.endswith(whole))


def _member(text: str) -> sa.Select[int]:
    """Who has the member number; a number that went with somebody merged leads to who they are now."""
    now = sa.func.coalesce(Person.merged_into_id, Person.id)
    return sa.select(now).where(Person.member_number == text)


def _tail(text: str, digits: str) -> str:
    """A whole number is looked for as it is kept, a part of one as its last digits."""
    try:
        return phones.normalise(text)
    except Refused:
        return digits
