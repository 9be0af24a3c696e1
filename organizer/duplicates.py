"""Who may stand twice in the register, and why we think so; a human decides, and "not the same" is remembered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import combinations, islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from organizer import audit
from organizer.models import Association, Membership, NotSame, Person, Phone
from organizer.words import N_

REASONS = {
    "number": N_("Samma namn och samma telefonnummer"),
    "email": N_("Samma namn och samma e-postadress"),
    "first": N_("Samma förnamn och samma telefonnummer"),
    "alike": N_("Nästan samma namn och samma telefonnummer"),
    "place": N_("Samma namn i samma förening"),
}
"""Why two are suggested, the surest first."""
ALIKE = 0.84
"""How like each other two names must be (0 to 1) to be one misspelt name: "asa oberg", "aasa oberg"."""
AT_MOST = 40
_GROUPS = 300


@dataclass(frozen=True, slots=True)
class One:
    """Somebody in a suggested pair."""

    id: int
    name: str
    key: str
    association: str
    association_id: int
    path: str
    member_number: str | None
    member: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two who may be the same, and why."""

    one: One
    other: One
    reason: str


def suggestions(
    session: Session, reach: sa.Select[int], *, place: int | None = None, person_id: int | None = None
) -> list[Pair]:
    """Pairs within reach (in one association, or with one person), the surest first, at most AT_MOST.

    Never anybody with protected identity (D19), nor a pair of whom somebody has said that they are not the same.
    """
    found: dict[tuple[int, int], str] = {}
    for reason, groups in (
        ("number", _by_number(session, reach, place, person_id)),
        ("email", _by_email(session, reach, place, person_id)),
        ("place", _by_name(session, reach, place, person_id)),
    ):
        for group in groups:
            for one, other in islice(combinations(sorted(group), 2), AT_MOST):
                if person_id in (None, one, other):
                    found.setdefault((one, other), reason)
    known = _known(session, reach, {person for pair in found for person in pair})
    pairs = [
        Pair(known[one], known[other], why)
        for (one, other), reason in found.items()
        if one in known and other in known and (why := _reason(reason, known[one].key, known[other].key))
    ]
    told = _not_same(session, known)
    order = list(REASONS)
    pairs = [pair for pair in pairs if (pair.one.id, pair.other.id) not in told]
    return sorted(pairs, key=lambda pair: (order.index(pair.reason), pair.one.name, pair.one.id))[:AT_MOST]


def not_same(session: Session, one_id: int, other_id: int, now: datetime, account_id: int | None = None) -> None:
    """Remember that two people are not the same, so that nobody is asked again."""
    first, second = sorted((one_id, other_id))
    if first == second or session.get(NotSame, (first, second)) is not None:
        return
    session.execute(sa.insert(NotSame).values(one_id=first, other_id=second, account_id=account_id, at=now))
    audit.changed(session, account_id, "not_same", "person", first, now, other=second)


def _reason(reason: str, key: str, other: str) -> str:
    """Sharing a number is a household unless the names are the same or nearly so."""
    if reason != "number" or key == other:
        return reason
    if key.split()[:1] == other.split()[:1]:
        return "first"
    return "alike" if SequenceMatcher(None, key, other).ratio() >= ALIKE else ""


def _here(reach: sa.Select[int], place: int | None) -> sa.ColumnElement[bool]:
    """Of a person: has been a member within reach, and may be shown."""
    members = sa.select(Membership.person_id).where(Membership.association_id.in_(reach))
    if place is not None:
        members = members.where(Membership.association_id == place)
    return sa.and_(Person.merged_into_id.is_(None), Person.protected.is_(False), Person.id.in_(members))


def _by_number(
    session: Session, reach: sa.Select[int], place: int | None, person_id: int | None
) -> Iterable[Sequence[int]]:
    shared = (
        sa.select(Phone.e164)
        .join(Person, Person.id == Phone.person_id)
        .where(_here(reach, place))
        .group_by(Phone.e164)
        .having(sa.func.count() > 1)
        .limit(_GROUPS)
    )
    if person_id is not None:
        shared = sa.select(Phone.e164).where(Phone.person_id == person_id)
    rows = session.execute(sa.select(Phone.e164, Phone.person_id).where(Phone.e164.in_(shared)))
    return _grouped(rows)


def _by_email(
    session: Session, reach: sa.Select[int], place: int | None, person_id: int | None
) -> Iterable[Sequence[int]]:
    email = sa.func.lower(Person.email)
    if person_id is not None:
        me = aliased(Person)
        same = sa.and_(me.id == person_id, me.search_key == Person.search_key, sa.func.lower(me.email) == email)
        rows = session.execute(sa.select(email, Person.id).join(me, same))
        return _grouped(rows)
    shared = (
        sa.select(Person.search_key, email.label("email"))
        .where(Person.email.is_not(None), _here(reach, place))
        .group_by(Person.search_key, email)
        .having(sa.func.count() > 1)
        .limit(_GROUPS)
        .subquery()
    )
    same = sa.and_(Person.search_key == shared.c.search_key, email == shared.c.email)
    return _grouped(session.execute(sa.select(Person.search_key, Person.id).join(shared, same)))


def _by_name(
    session: Session, reach: sa.Select[int], place: int | None, person_id: int | None
) -> Iterable[Sequence[int]]:
    open_here = sa.and_(Membership.person_id == Person.id, Membership.to_day.is_(None))
    if person_id is not None:
        me, mine = aliased(Person), aliased(Membership)
        rows = session.execute(
            sa.select(Person.search_key, Person.id)
            .join(Membership, open_here)
            .join(me, sa.and_(me.id == person_id, me.search_key == Person.search_key))
            .join(mine, sa.and_(mine.person_id == me.id, mine.association_id == Membership.association_id))
            .where(mine.to_day.is_(None))
        )
        return _grouped(rows)
    shared = (
        sa.select(Person.search_key, Membership.association_id)
        .join(Membership, open_here)
        .where(_here(reach, place))
        .group_by(Person.search_key, Membership.association_id)
        .having(sa.func.count() > 1)
        .limit(_GROUPS)
        .subquery()
    )
    rows = session.execute(
        sa.select(Person.search_key, Membership.association_id, Person.id)
        .join(Membership, open_here)
        .join(
            shared,
            sa.and_(
                shared.c.search_key == Person.search_key, shared.c.association_id == Membership.association_id
            ),
        )
    )  # fmt: skip
    return _grouped(rows)


def _grouped(rows: Iterable[Any]) -> Iterable[Sequence[int]]:
    """Those with everything but the last column in common."""
    found: dict[tuple[Any, ...], set[int]] = {}
    for *shared, person in rows:
        found.setdefault(tuple(shared), set()).add(person)
    return [sorted(people) for people in found.values() if len(people) > 1]


def _known(session: Session, reach: sa.Select[int], person_ids: Iterable[int]) -> dict[int, One]:
    """Those whose latest membership lies within reach, with what a page says of them."""
    later = aliased(Membership)
    latest = (
        sa.select(later.id)
        .where(later.person_id == Membership.person_id)
        .order_by(later.to_day.is_(None).desc(), later.to_day.desc(), later.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(
            Person.id, Person.first_name, Person.last_name, Person.search_key, Association.short_name,
            Association.id.label("place"), Association.path, Person.member_number, Membership.to_day,
        )
        .join(Membership, Membership.person_id == Person.id)
        .join(Association, Association.id == Membership.association_id)
        .where(
            Person.id.in_(person_ids), Person.merged_into_id.is_(None), Person.protected.is_(False),
            Membership.id == latest, Membership.association_id.in_(reach),
        )
    )  # fmt: skip
    return {
        row.id: One(row.id, f"{row.first_name} {row.last_name}".strip(), row.search_key, row.short_name, row.place,
                    row.path, row.member_number, row.to_day is None)
        for row in rows
    }  # fmt: skip


def _not_same(session: Session, person_ids: Iterable[int]) -> set[tuple[int, int]]:
    rows = session.execute(sa.select(NotSame.one_id, NotSame.other_id).where(NotSame.one_id.in_(list(person_ids))))
    return {(row.one_id, row.other_id) for row in rows}
