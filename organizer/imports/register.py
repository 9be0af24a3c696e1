"""The people of the register that some rows of a file may be, fetched a chunk at a time so that memory stays flat."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import bulk, corrections
from organizer.imports.places import Places
from organizer.imports.rows import Row
from organizer.models import BlockedNumber, Correction, Fee, Membership, Person, PersonTag, Phone, Refusal, Tag
from organizer.people import now_is

_PERSON = (
    Person.id, Person.member_number, Person.first_name, Person.last_name, Person.search_key, Person.email,
    Person.protected, Person.birth_year, Person.deceased_on,
    Membership.id, Membership.association_id, Membership.from_day, Membership.from_why, Membership.to_day,
)  # fmt: skip


@dataclass(slots=True)
class Known:
    """Somebody in the register, with what a file can change."""

    id: int
    member_number: str | None
    first: str
    last: str
    key: str
    email: str | None
    protected: bool
    birth_year: int | None
    deceased: bool
    membership: int | None = None
    """The open membership, if any."""
    place: int | None = None
    """Where the open membership is; without one, where the latest was."""
    from_day: date | None = None
    from_why: str = ""
    to_day: date | None = None
    """When the latest membership ended, if none is open."""
    intervals: int = 0
    phones: list[str] = field(default_factory=list)
    fees: set[int] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    held: corrections.Held | None = None
    """What somebody has corrected by hand, if anything."""


class Register:
    """Looks up people for chunks of rows; people made after it was opened are not seen."""

    def __init__(self, session: Session, places: Places) -> None:
        """Note who exists now, which numbers are blocked, and who has refused."""
        self._session = session
        self._connection = session.connection()
        self.newest = session.scalar(sa.select(sa.func.max(Person.id))) or 0
        self.places = places
        self.blocked = frozenset(session.scalars(sa.select(BlockedNumber.e164)))
        self._corrected = frozenset(session.scalars(sa.select(Correction.person_id).distinct()))
        refused = session.execute(sa.select(Refusal.person_id, Refusal.e164).where(Refusal.revoked_at.is_(None))).all()
        self.refused_people = frozenset(row.person_id for row in refused if row.person_id and not row.e164)
        self._some_merged = session.scalar(sa.select(Person.id).where(Person.merged_into_id.is_not(None)).limit(1))
        self.refused_numbers = frozenset(row.e164 for row in refused if row.e164)

    def by_number(self, rows: Sequence[Row]) -> dict[str, Known]:
        """The people these rows name by member number."""
        numbers = [row.member_number for row in rows if row.member_number]
        if not numbers or not self.newest:
            return {}
        found = self._people(bulk.among(self._session, Person.member_number, numbers))
        named = {one.member_number: one for one in found if one.member_number}
        merged = self._merged(set(numbers) - set(named))
        people = {one.id: one for one in found}
        if others := set(merged.values()) - set(people):
            people |= {one.id: one for one in self._people(Person.id.in_(others))}
        self._add_the_rest(list(people.values()), rows)
        return named | {
            number: replace(people[now], member_number=number) for number, now in merged.items() if now in people
        }

    def by_name(self, rows: Sequence[Row]) -> dict[str, list[Known]]:
        """Everybody who shares a name with one of these rows."""
        keys = list({row.key() for row in rows if row.first or row.last}) if self.newest else []
        found: dict[str, list[Known]] = defaultdict(list)
        if keys:
            people = self._people(bulk.among(self._session, Person.search_key, keys))
            self._add_the_rest(people, rows)
            for one in people:
                found[one.key].append(one)
        return found

    def others_with(self, numbers: Iterable[str]) -> dict[str, set[int]]:
        """Who has each of these phone numbers already."""
        wanted = list(numbers)
        found: dict[str, set[int]] = defaultdict(set)
        if wanted and self.newest:
            mine = bulk.among(self._session, Phone.e164, wanted)
            for e164, person_id in self._connection.execute(sa.select(Phone.e164, Phone.person_id).where(mine)).all():
                found[e164].add(person_id)
        return found

    def _merged(self, numbers: Iterable[str]) -> dict[str, int]:
        """Who those are now whose numbers went with somebody merged, by the number the file calls them by."""
        if not self._some_merged:
            return {}
        gone = self._connection.execute(
            sa.select(Person.member_number, Person.id).where(
                bulk.among(self._session, Person.member_number, list(numbers)), Person.merged_into_id.is_not(None)
            )
        ).all()
        return {number: now_is(self._session, person_id) for number, person_id in gone if number}

    def _people(self, which: sa.ColumnElement[bool]) -> list[Known]:
        """People with their memberships, the open one or else the latest counting."""
        rows = self._connection.execute(
            sa.select(*_PERSON)
            .outerjoin(Membership, Membership.person_id == Person.id)
            .where(which, Person.merged_into_id.is_(None), Person.id <= self.newest)
            .order_by(Person.id, Membership.to_day.is_(None), Membership.to_day, Membership.id)
        ).all()
        found: dict[int, Known] = {}
        for row in rows:
            one = found.get(row[0])
            if one is None:
                one = found[row[0]] = Known(*row[:8], deceased=row[8] is not None)
            if row[9] is not None:
                _add_interval(one, row)
        return list(found.values())

    def _add_the_rest(self, people: list[Known], rows: Sequence[Row]) -> None:
        """Numbers always; fees and tags only when the file speaks of them."""
        by_id = {one.id: one for one in people}
        if not by_id:
            return
        connection, ids = self._connection, list(by_id)
        for person_id, e164 in connection.execute(
            sa.select(Phone.person_id, Phone.e164)
            .where(bulk.among(self._session, Phone.person_id, ids))
            .order_by(Phone.person_id, Phone.position, Phone.id)
        ).all():
            by_id[person_id].phones.append(e164)
        corrected = self._corrected.intersection(ids)
        if corrected:
            for person_id, held in corrections.of_people(self._session, list(corrected)).items():
                by_id[person_id].held = held
        if any(row.fees for row in rows):
            mine = bulk.among(self._session, Fee.person_id, ids)
            for person_id, year in connection.execute(sa.select(Fee.person_id, Fee.year).where(mine)).all():
                by_id[person_id].fees.add(year)
        if any(row.tags for row in rows):
            tagged = sa.select(PersonTag.person_id, Tag.name).join(Tag, Tag.id == PersonTag.tag_id)
            mine = bulk.among(self._session, PersonTag.person_id, ids)
            here = Tag.association_id == self.places.root
            for person_id, name in connection.execute(tagged.where(mine, here)).all():
                by_id[person_id].tags.add(name.casefold())


def _add_interval(one: Known, row: Any) -> None:
    """Intervals come oldest first and the open one last."""
    _id, place, from_day, from_why, to_day = row[9:]
    one.intervals += 1
    one.place = place
    if to_day is None:
        one.membership, one.from_day, one.from_why, one.to_day = _id, from_day, from_why, None
    else:
        one.to_day = to_day
