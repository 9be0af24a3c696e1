"""What tells who somebody is - names, numbers, addresses - and how to take it out of files and reports that quote it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import phones
from organizer.models import Account, Correction, Person, Phone
from organizer.personal_register import Mentions


@dataclass(frozen=True, slots=True)
class Traces:
    """Everything that tells who somebody is: `names` are (first, last), `numbers` E.164."""

    names: frozenset[tuple[str, str]]
    numbers: frozenset[str]
    emails: frozenset[str]
    member_numbers: frozenset[str]

    @property
    def telling(self) -> frozenset[str]:
        """Words that tell it each alone, as they can stand in a cell."""
        shown = {phones.display(one) for one in self.numbers}
        full = {f"{first} {last}".strip() for first, last in self.names if first and last}
        return frozenset({*self.numbers, *shown, *self.emails, *self.member_numbers, *full} - {""})

    def quoted(self, value: Any) -> bool:
        """Whether a text, or JSON with texts in it, tells who this is."""
        said = list(_texts(value))
        whole, telling = set(said), self.telling
        if whole & telling or any(first in whole and last in whole for first, last in self.names if first and last):
            return True
        inside = [one for one in telling - self.member_numbers if len(one) >= 6]
        return any(one in text for text in said for one in inside)

    def without(self, value: Any) -> Any:
        """The same, with every text emptied that tells who this is."""
        if isinstance(value, dict):
            return {name: self.without(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.without(one) for one in value]
        return "" if isinstance(value, str) and self.quoted(value) else value


def of(session: Session, person_ids: Sequence[int]) -> Traces:
    """What the register knows, and has known, of these people."""
    people = session.execute(
        sa.select(Person.first_name, Person.last_name, Person.member_number, Person.email).where(
            Person.id.in_(person_ids)
        )
    ).all()
    numbers = set(session.scalars(sa.select(Phone.e164).where(Phone.person_id.in_(person_ids))))
    names = {(row.first_name, row.last_name) for row in people}
    emails = {row.email for row in people if row.email}
    member_numbers = {row.member_number for row in people if row.member_number}
    for account in session.execute(
        sa.select(Account.name, Account.e164, Account.email).where(Account.person_id.in_(person_ids))
    ):
        first, _, last = account.name.partition(" ")
        names.add((first, last))
        numbers |= {account.e164} - {None}
        emails |= {account.email} - {None}
    for fixed in session.execute(
        sa.select(Correction.field, Correction.old, Correction.new).where(Correction.person_id.in_(person_ids))
    ):
        into = {"phone": numbers, "email": emails, "member_number": member_numbers}.get(fixed.field)
        if into is not None:
            into |= {fixed.old, fixed.new} - {None}
    return Traces(frozenset(names), frozenset(numbers), frozenset(emails), frozenset(member_numbers))


def only_theirs(session: Session, person_ids: Sequence[int], numbers: Iterable[str]) -> list[str]:
    """Those of the numbers that nobody else in the register has: of the others nothing may be taken away."""
    wanted = set(numbers)
    others = sa.select(Phone.e164).where(Phone.e164.in_(wanted), Phone.person_id.not_in(person_ids))
    return sorted(wanted - set(session.scalars(others)))


def remove(session: Session, mentions: Mentions, traces: Traces) -> int:
    """Take the quotes out of a table, or the rows that quote; how many rows."""
    table: sa.Table = mentions.model.__table__  # type: ignore[assignment]
    keys = list(table.primary_key.columns)
    columns = [table.columns[name] for name in mentions.columns]
    found = [
        row
        for row in session.execute(sa.select(*keys, *columns).where(_perhaps(columns, traces)))
        if any(traces.quoted(row._mapping[name]) for name in mentions.columns)  # noqa: SLF001  its public name
    ]
    for row in found:
        here = [key == value for key, value in zip(keys, row, strict=False)]
        if mentions.whole_row:
            session.execute(sa.delete(table).where(*here))
        else:
            cleaned = {name: traces.without(row._mapping[name]) for name in mentions.columns}  # noqa: SLF001
            session.execute(sa.update(table).where(*here).values(**cleaned))
    return len(found)


def count(session: Session, mentions: Mentions, traces: Traces) -> int:
    """How many rows of the table quote this person."""
    table: sa.Table = mentions.model.__table__  # type: ignore[assignment]
    columns = [table.columns[name] for name in mentions.columns]
    rows = session.execute(sa.select(*columns).where(_perhaps(columns, traces)))
    return sum(any(traces.quoted(value) for value in row) for row in rows)


def _perhaps(columns: Sequence[sa.Column[Any]], traces: Traces) -> sa.ColumnElement[bool]:
    """A first sieve in the database: JSON is stored as text with letters escaped the way Python does it."""
    words = {*traces.telling, *(last or first for first, last in traces.names)} - {""}
    spelt = {form for word in words for form in (word, json.dumps(word)[1:-1])}
    return sa.or_(
        sa.false(),
        *(sa.cast(one, sa.Text).contains(word, autoescape=True) for one in columns for word in sorted(spelt)),
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
