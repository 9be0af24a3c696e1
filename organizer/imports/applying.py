"""Writes what a check found, a chunk at a time, in one transaction: everything or nothing."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import bulk, phones, refusals
from organizer.db import search_key, sort_key
from organizer.imports import records
from organizer.imports.changes import Change
from organizer.imports.checking import CHUNK, Examination
from organizer.models import BlockedNumber, Event, Fee, Kind, Membership, Person, PersonTag, Phone, Refusal, Tag
from organizer.timeline import key
from organizer.times import local_day, moment

Rows = list[tuple[Any, ...]]


def apply(examination: Examination, chunks: Iterable[list[Change]], import_id: int, now: datetime) -> None:
    """Write every change as it is found; the examination's report is then what was done."""
    writer = _Writer(examination.session, examination.places.root, import_id, now)
    for chunk in chunks:
        writer.write([one for one in chunk if one.any or one.person is None])
    writer.end(examination.leaving)


class _Writer:
    """Gathers the rows of a chunk and writes each table once."""

    def __init__(self, session: Session, place: int, import_id: int, now: datetime) -> None:
        self._session, self._place, self._import, self._now = session, place, import_id, now
        self._today = local_day(now)
        self._tags: dict[str, int] = {}
        for row in session.execute(sa.select(Tag.id, Tag.name).where(Tag.association_id == place)):
            self._tags.setdefault(row.name.casefold(), row.id)

    def write(self, changes: Sequence[Change]) -> None:
        """One chunk: people first, then what points at them; intervals are closed before new ones open."""
        if not changes:
            return
        fresh = [one for one in changes if one.person is None]
        ids = dict(zip(map(id, fresh), bulk.next_ids(self._session, Person, len(fresh)), strict=True)) if fresh else {}
        whose = [(one.person.id if one.person else ids[id(one)], one) for one in changes]
        self._people(fresh, ids)
        self._edit([one for one in changes if one.person is not None])
        self._phones(whose)
        self._memberships(whose)
        self._fees(whose)
        self._put_tags(whose)
        self._keep_refusals([(person_id, one) for person_id, one in whose if one.person is None])
        records.keep(self._session, self._import, changes, self._tags)

    def end(self, memberships: Sequence[tuple[int, int, date | None]]) -> None:
        """Those missing from the file have left today; an interval never ends before it begins."""
        for start in range(0, len(memberships), CHUNK):
            ended = [
                (membership_id, person_id, max(self._today, from_day or self._today))
                for membership_id, person_id, from_day in memberships[start : start + CHUNK]
            ]
            rows = [{"interval": one[0], "day": one[2], "why": "left"} for one in ended]
            self._session.connection().execute(_END, rows)
            records.keep_left(self._session, self._import, ended)

    def _people(self, fresh: Sequence[Change], ids: dict[int, int]) -> None:
        rows: Rows = [
            (
                ids[id(one)], one.row.member_number, one.row.first, one.row.last,
                sort_key(f"{one.row.last} {one.row.first}"), one.row.key(), one.row.email, one.row.protected, one.row.birth_year,
                self._now,
            )
            for one in fresh
        ]  # fmt: skip
        columns = (
            "id", "member_number", "first_name", "last_name", "sort_key", "search_key", "email", "protected", "birth_year",
            "created_at",
        )  # fmt: skip
        bulk.insert(self._session, Person, columns, rows)

    def _edit(self, changes: Sequence[Change]) -> None:
        """Names, member numbers, addresses and protection of people who were here before."""
        edits = []
        for one in changes:
            row, person = one.row, one.person
            if person and (one.name or one.number or one.email or one.protected or one.birth_year):
                first, last = (row.first, row.last) if one.name else (person.first, person.last)
                edits.append({
                    "person": person.id, "first": first, "last": last, "sort": sort_key(f"{last} {first}"),
                    "search": search_key(f"{first} {last}"),
                    "number": row.member_number if one.number else None,
                    "mail": row.email if one.email else person.email,
                    "hidden": person.protected or one.protected,
                    "born": row.birth_year if one.birth_year else person.birth_year,
                })  # fmt: skip
        if edits:
            self._session.connection().execute(_EDIT, edits)

    def _phones(self, whose: Sequence[tuple[int, Change]]) -> None:
        """All numbers of those whose numbers change, in their new order."""
        had = [person_id for person_id, one in whose if one.phones is not None and one.person and one.person.phones]
        if had:
            self._session.connection().execute(sa.delete(Phone).where(bulk.among(self._session, Phone.person_id, had)))
        rows: Rows = [
            (person_id, e164, phones.display(e164), phones.classify(e164), position)
            for person_id, one in whose
            for position, e164 in enumerate(one.phones or ())
        ]
        bulk.insert(self._session, Phone, ("person_id", "e164", "national", "kind", "position"), rows)

    def _memberships(self, whose: Sequence[tuple[int, Change]]) -> None:
        ending = [
            {"interval": one.person.membership, "day": one.ends, "why": one.end_why}
            for _, one in whose
            if one.person and one.ends is not None
        ]
        joined = [
            {"interval": one.person.membership, "day": one.joined}
            for _, one in whose
            if one.person and one.joined is not None
        ]
        if ending:
            self._session.connection().execute(_END, ending)
        if joined:
            self._session.connection().execute(_JOINED, joined)
        rows: Rows = [
            (person_id, one.opens, one.opens_on, one.open_why, self._import)
            for person_id, one in whose
            if one.opens is not None
        ]
        columns = ("person_id", "association_id", "from_day", "from_why", "import_id")
        bulk.insert(self._session, Membership, columns, rows)

    def _fees(self, whose: Sequence[tuple[int, Change]]) -> None:
        """A paid year is a fee and a renewal in the ledger, with the association as it is after the import."""
        fees: Rows = []
        events: Rows = []
        for person_id, one in whose:
            place = one.opens if one.opens is not None else one.person.place if one.person else None
            for year, said in one.fees:
                paid_on = said or min(self._today, date(year, 12, 31))
                fees.append((person_id, year, paid_on, self._import))
                at = self._now if paid_on == self._today else moment(paid_on, time(12))
                events.append(
                    (
                        key(Kind.RENEWAL, "fees", person_id * 10_000 + year),
                        Kind.RENEWAL,
                        person_id,
                        place,
                        False,
                        at,
                        paid_on,
                    )
                )
        bulk.insert(self._session, Fee, ("person_id", "year", "paid_on", "import_id"), fees)
        bulk.insert(self._session, Event, ("key", "kind", "person_id", "association_id", "mass", "at", "day"), events)

    def _put_tags(self, whose: Sequence[tuple[int, Change]]) -> None:
        """Tags are added, never taken off; new ones belong to the place the file is for."""
        fresh: dict[str, str] = {}
        for _, one in whose:
            for tag in one.tags:
                if tag.casefold() not in self._tags:
                    fresh.setdefault(tag.casefold(), tag)
        for low, name in sorted(fresh.items()):
            self._tags[low] = int(
                self._session.scalar(sa.insert(Tag).values(association_id=self._place, name=name).returning(Tag.id))
                or 0
            )
        rows: Rows = [(person_id, self._tags[tag.casefold()]) for person_id, one in whose for tag in one.tags]
        bulk.insert(self._session, PersonTag, ("person_id", "tag_id"), rows)

    def _keep_refusals(self, fresh: Sequence[tuple[int, Change]]) -> None:
        """Somebody erased who comes back in a file still refuses (D21)."""
        named = {
            identity: person_id
            for person_id, one in fresh
            for identity in (
                *one.row.phones, *([f"member:{one.row.member_number}"] if one.row.member_number else []),
            )
        }  # fmt: skip
        kept = refusals.kept(self._session, named)
        rows: Rows = sorted({
            (named[identity], channel, "import", self._now)
            for identity, channels in kept.items()
            for channel in channels
            if channel in refusals.CHANNELS
        })  # fmt: skip
        wrong: Rows = [(identity, self._now) for identity, said in kept.items() if refusals.SOMEBODY_ELSE in said]
        bulk.insert(self._session, BlockedNumber, ("e164", "at"), wrong)
        bulk.insert(self._session, Refusal, ("person_id", "channel", "how", "recorded_at"), rows)


_EDIT = (
    sa.update(Person.__table__)  # type: ignore[arg-type]
    .where(Person.id == sa.bindparam("person"))
    .values(
        first_name=sa.bindparam("first"), last_name=sa.bindparam("last"), sort_key=sa.bindparam("sort"),
        search_key=sa.bindparam("search"), member_number=sa.func.coalesce(sa.bindparam("number"), Person.member_number), email=sa.bindparam("mail"),
        protected=sa.bindparam("hidden"), birth_year=sa.bindparam("born"),
    )
)  # fmt: skip
_END = (
    sa.update(Membership.__table__)  # type: ignore[arg-type]
    .where(Membership.id == sa.bindparam("interval"))
    .values(to_day=sa.bindparam("day"), to_why=sa.bindparam("why"))
)
_JOINED = (
    sa.update(Membership.__table__)  # type: ignore[arg-type]
    .where(Membership.id == sa.bindparam("interval"))
    .values(from_day=sa.bindparam("day"), from_why="joined")
)
