"""Puts people's fields back as a record says they were, unless somebody has changed exactly that field since."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import bulk, phones
from organizer.db import search_key, sort_key
from organizer.imports.records import fates
from organizer.models import Association, Event, Fee, Import, ImportChange, Kind, Membership, Person, PersonTag, Phone
from organizer.timeline import key

RECORD: sa.Select[Any] = sa.select(
    ImportChange.person_id, ImportChange.what, ImportChange.before, ImportChange.after, ImportChange.fate,
    Person.merged_into_id, Person.first_name, Person.last_name, Person.member_number, Person.email, Person.protected,
    Person.birth_year,
).join(Person, Person.id == ImportChange.person_id)  # fmt: skip
"""What restoring needs to know: the record of each person, and the person as it stands."""
Later = Mapping[int, Collection[str]]
"""The fields of each person that newer files have changed."""
_FATE_AT_MOST = 120


def restore(session: Session, row: Import, chunk: Sequence[Any], later: Later) -> dict[int, dict[str, str]]:
    """Restore the people of one piece of the record; what could not be restored of each, and why.

    Of those who were gone through before, only what waited for a newer file to be undone is tried again.
    """
    if not chunk:
        return {}
    work = _Work(session, row.id, [one.person_id for one in chunk], later)
    lost = {one.person_id: work.one(one) for one in chunk}
    work.write()
    _keep_fates(session, row.id, lost)
    return lost


def _keep_fates(session: Session, import_id: int, lost: Mapping[int, Mapping[str, str]]) -> None:
    """Nothing for most of them: one statement; the rest one by one."""
    run, whole = session.connection().execute, [person_id for person_id, names in lost.items() if not names]
    mine = sa.and_(_changes.c.import_id == import_id, bulk.among(session, _changes.c.person_id, whole))
    run(sa.update(_changes).where(mine).values(fate=""))
    rest = [{"file": import_id, "whom": one, "lost": _as_text(names)} for one, names in lost.items() if names]
    if rest:
        run(_FATE, rest)


def _as_text(lost: Mapping[str, str]) -> str:
    """As many as there is room for, none cut in two."""
    text = " ".join(f"{name}:{why}" for name, why in lost.items())
    return text if len(text) <= _FATE_AT_MOST else text[: _FATE_AT_MOST + 1].rpartition(" ")[0]


@dataclass(slots=True)
class _Interval:
    id: int
    place: int
    from_day: date | None
    from_why: str
    to_day: date | None
    to_why: str | None
    of_this: bool


@dataclass(slots=True)
class _Work:
    """What the people of one piece have now, and what is to be written about them."""

    session: Session
    import_id: int
    ids: list[int]
    later: Later
    numbers: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    intervals: dict[int, list[_Interval]] = field(default_factory=lambda: defaultdict(list))
    edits: list[dict[str, Any]] = field(default_factory=list)
    rung: dict[int, list[str]] = field(default_factory=dict)
    closed: list[int] = field(default_factory=list)
    reopened: list[int] = field(default_factory=list)
    joined: list[dict[str, Any]] = field(default_factory=list)
    fees: list[tuple[int, int]] = field(default_factory=list)
    places_gone: set[int] = field(default_factory=set)
    tags: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        run = self.session.connection().execute
        self.places_gone.update(run(sa.select(Association.id).where(Association.closed_on.is_not(None))).scalars())
        mine = bulk.among(self.session, Phone.person_id, self.ids)
        rows = run(sa.select(Phone.person_id, Phone.e164).where(mine).order_by(Phone.position, Phone.id))
        for person_id, e164 in rows:
            self.numbers[person_id].append(e164)
        for row in run(
            sa.select(
                Membership.person_id, Membership.id, Membership.association_id, Membership.from_day,
                Membership.from_why, Membership.to_day, Membership.to_why, Membership.import_id,
            ).where(bulk.among(self.session, Membership.person_id, self.ids))
        ):  # fmt: skip
            self.intervals[row[0]].append(_Interval(*row[1:7], of_this=row[7] == self.import_id))

    def one(self, row: Any) -> dict[str, str]:
        """Note what is to be written about one person; the fields that stay as they are, and why."""
        before, after = row.before or {}, row.after or {}
        known = fates(row.fate)
        if row.fate is not None:
            after = {name: value for name, value in after.items() if known.get(name) == "later"}
        lost = {name: why for name, why in known.items() if why != "later"}
        if row.merged_into_id:
            return lost | dict.fromkeys(after, "merged")
        found = self._plain(row, before, after)
        if "phones" in after:
            if self.numbers[row.person_id] == after["phones"]:
                self.rung[row.person_id] = before["phones"]
            else:
                found["phones"] = "edited"
        found.update(self._membership(row.person_id, before, after))
        self.fees.extend((row.person_id, year) for year in after.get("fees", ()))
        self.tags.extend((row.person_id, tag) for tag in after.get("tags", ()))
        return lost | self._because_of_newer(row.person_id, found)

    def _because_of_newer(self, person_id: int, lost: dict[str, str]) -> dict[str, str]:
        """The same, where a newer file is why; a membership is one thing, whichever end of it changed."""
        newer = set(self.later.get(person_id, ()))
        if newer & _MEMBERSHIP:
            newer |= _MEMBERSHIP
        return {name: "later" if name in newer else why for name, why in lost.items()}

    def write(self) -> None:
        """Each table once; intervals of the file go before those it had ended are opened again."""
        run = self.session.connection().execute
        if self.edits:
            run(_EDIT, self.edits)
        self._write_numbers()
        if self.closed:
            run(sa.delete(Membership).where(bulk.among(self.session, Membership.id, self.closed)))
        if self.reopened:
            again = sa.update(Membership).where(bulk.among(self.session, Membership.id, self.reopened))
            run(again.values(to_day=None, to_why=None))
        if self.joined:
            run(_JOINED, self.joined)
        if self.fees:
            run(_UNPAID, [{"whom": one, "which": year, "file": self.import_id} for one, year in self.fees])
            keys = [key(Kind.RENEWAL, "fees", one * 10_000 + year) for one, year in self.fees]
            run(sa.delete(Event).where(bulk.among(self.session, Event.key, keys)))
        if self.tags:
            run(_UNTAG, [{"whom": one, "which": tag} for one, tag in self.tags])

    def _plain(self, row: Any, before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
        """Name, member number, e-mail, protection and year of birth: each back if it is still what the file made it."""
        now_is = {
            "name": [row.first_name, row.last_name], "number": row.member_number, "email": row.email,
            "protected": row.protected, "birth_year": row.birth_year,
        }  # fmt: skip
        mine = [name for name in now_is if name in after]
        lost = {name: "edited" for name in mine if now_is[name] != after[name]}
        back = [name for name in mine if name not in lost]
        if "number" in back and before["number"] and self._taken(before["number"], row.person_id):
            lost["number"] = "taken"
            back.remove("number")
        if back:
            now_is.update({name: before[name] for name in back})
            first, last = now_is["name"]
            self.edits.append({
                "whom": row.person_id, "first": first, "last": last, "sort": sort_key(f"{last} {first}"),
                "search": search_key(f"{first} {last}"), "nr": now_is["number"], "mail": now_is["email"],
                "hidden": now_is["protected"], "born": now_is["birth_year"],
            })  # fmt: skip
        return lost

    def _taken(self, number: str, person_id: int) -> bool:
        other = sa.select(Person.id).where(Person.member_number == number, Person.id != person_id)
        return self.session.scalar(other) is not None

    def _membership(self, person_id: int, before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
        """Leaving, moving, returning and a corrected first day, if the intervals are still as the file left them."""
        had = self.intervals[person_id]
        lost: dict[str, str] = {}
        opened = [one for one in had if one.of_this] if "opened" in after else []
        if "opened" in after:
            if [_as_opened(one) for one in opened] == [after["opened"]]:
                self.closed.append(opened[0].id)
            else:
                lost["opened"] = "moved"
        if "ended" in after:
            ended = next((one for one in had if one.id == before["ended"]), None)
            others = [one for one in had if one.to_day is None and one.id not in self.closed]
            stands = ended is not None and ended.place not in self.places_gone  # nobody comes back to what is no more
            if "opened" not in lost and ended and stands and not others and _as_ended(ended) == after["ended"]:
                self.reopened.append(ended.id)
            else:
                lost["ended"] = "moved"
        if "joined" in after:
            interval, day, why = before["joined"]
            held = next((one for one in had if one.id == interval), None)
            if held and held.from_day and held.from_day.isoformat() == after["joined"]:
                self.joined.append({"interval": interval, "day": date.fromisoformat(day) if day else None, "why": why})
            else:
                lost["joined"] = "edited"
        return lost

    def _write_numbers(self) -> None:
        if not self.rung:
            return
        ids = list(self.rung)
        self.session.connection().execute(sa.delete(Phone).where(bulk.among(self.session, Phone.person_id, ids)))
        bulk.insert(
            self.session, Phone, ("person_id", "e164", "national", "kind", "position"),
            [
                (person_id, e164, phones.display(e164), phones.classify(e164), place)
                for person_id, numbers in self.rung.items()
                for place, e164 in enumerate(numbers)
            ],
        )  # fmt: skip


def _as_opened(one: _Interval) -> list[Any] | None:
    """As the record writes it down; None when it has ended since."""
    return [one.place, one.from_day.isoformat() if one.from_day else None, one.from_why] if one.to_day is None else None


def _as_ended(one: _Interval) -> list[Any]:
    return [one.to_day.isoformat() if one.to_day else None, one.to_why]


_MEMBERSHIP = frozenset({"opened", "ended", "joined"})
_people: Any = Person.__table__
_memberships: Any = Membership.__table__
_fees: Any = Fee.__table__
_person_tags: Any = PersonTag.__table__
_changes: Any = ImportChange.__table__
_FATE = (
    sa.update(_changes)
    .where(_changes.c.import_id == sa.bindparam("file"), _changes.c.person_id == sa.bindparam("whom"))
    .values(fate=sa.bindparam("lost"))
)
_EDIT = (
    sa.update(_people)
    .where(_people.c.id == sa.bindparam("whom"))
    .values(
        first_name=sa.bindparam("first"), last_name=sa.bindparam("last"), sort_key=sa.bindparam("sort"),
        search_key=sa.bindparam("search"), member_number=sa.bindparam("nr"), email=sa.bindparam("mail"),
        protected=sa.bindparam("hidden"), birth_year=sa.bindparam("born"),
    )
)  # fmt: skip
_JOINED = (
    sa.update(_memberships)
    .where(_memberships.c.id == sa.bindparam("interval"))
    .values(from_day=sa.bindparam("day"), from_why=sa.bindparam("why"))
)
_UNPAID = sa.delete(_fees).where(
    _fees.c.person_id == sa.bindparam("whom"), _fees.c.year == sa.bindparam("which"),
    _fees.c.import_id == sa.bindparam("file"),
)  # fmt: skip
_UNTAG = sa.delete(_person_tags).where(
    _person_tags.c.person_id == sa.bindparam("whom"), _person_tags.c.tag_id == sa.bindparam("which")
)
