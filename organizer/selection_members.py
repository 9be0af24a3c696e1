"""Whom a selection chooses among: members today, or those who have left; never anyone deceased or merged away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from organizer.conditions import Asked
from organizer.models import Association, Membership, Person
from organizer.selection_trees import Those, Tree

Place = str | Sequence[str]
"""The path of an association, or of several: it and everything below. Empty means everywhere."""


@dataclass(frozen=True, slots=True)
class Among:
    """Whom a definition chooses among."""

    former: bool
    place: Place
    protected: bool = False

    @property
    def here(self) -> sa.ColumnElement[bool] | None:
        """What is asked of an association, unless everywhere is meant."""
        paths = [self.place] if isinstance(self.place, str) else list(self.place)
        return sa.or_(*(Association.path.like(path + "%") for path in paths)) if paths and all(paths) else None


def member_rows(among: Among, at: Asked) -> sa.Select[Any]:
    """SELECT, without columns, one row for each of them."""
    member, person = at.member, aliased(Person)
    statement = (
        sa.select()
        .select_from(member)
        .join(person, person.id == member.person_id)
        .where(person.protected.is_(among.protected), person.deceased_on.is_(None), person.merged_into_id.is_(None))
        .where(*_status(among, at))
    )
    if among.here is None:
        return statement
    return statement.where(member.association_id.in_(sa.select(Association.id).where(among.here)))


def members_anywhere(among: Among, at: Asked) -> sa.Select[Any]:
    """The same of memberships alone: anywhere, and whoever they are."""
    return sa.select().select_from(at.member).where(*_status(among, at))


def members_tree(session: Session, among: Among, at: Asked) -> Tree:
    """They as sets: the members, those of the place, and not those who are never found."""
    rows, member = members_anywhere(among, at), at.member
    never = sa.or_(Person.protected.is_(True), Person.deceased_on.is_not(None), Person.merged_into_id.is_not(None))
    parts: list[Tree] = [
        Those(rows, member.person_id),
        ("not", (Those(sa.select().select_from(Person).where(never), Person.id),)),
    ]
    if among.here is not None:
        places = list(session.scalars(sa.select(Association.id).where(among.here).order_by(Association.id)))
        parts.append(Those(rows.where(member.association_id.in_(places)), member.person_id))
    return "and", tuple(parts)


def _status(among: Among, at: Asked) -> list[sa.ColumnElement[bool]]:
    return _has_left(at.member, at.today) if among.former else _is_member(at.member, at.today)


def _is_member(member: Any, today: date) -> list[sa.ColumnElement[bool]]:
    """A membership open on a day, in half-open intervals (D20)."""
    return [
        sa.or_(member.to_day.is_(None), member.to_day > today),
        sa.or_(member.from_day.is_(None), member.from_day <= today),
    ]


def _has_left(member: Any, today: date) -> list[sa.ColumnElement[bool]]:
    """The last membership of somebody who left, with none after it."""
    later = aliased(Membership)
    after = sa.or_(
        later.to_day.is_(None),
        later.to_day > member.to_day,
        sa.and_(later.to_day == member.to_day, later.id > member.id),
    )
    return [
        member.to_why == "left",
        member.to_day <= today,
        ~sa.exists().where(later.person_id == member.person_id, after),
    ]
