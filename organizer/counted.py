"""Counts that are kept and still true at once: what was counted, and the difference made by whoever has changed since."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.db import Database, changed
from organizer.models import ChangedPerson, CountedPerson, CountedPlace

BITS = 60
"""In each of the two numbers a person's bits are kept in."""
MOST_CHANGED = 2000
"""When more people than this have changed (an import has just been applied) the figures are counted anew."""
ROUND = 400
"""Changes taken up in one short transaction."""
AT_ONCE = 5000
"""People written by one statement."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is true of one person in one place: a bit for each figure, and since when a new member waits."""

    bits: int
    waiting_since: date | None = None


_PEOPLE = cast("sa.Table", CountedPerson.__table__)

Facts = dict[tuple[int, int], Fact]
"""(person, place) → what is true of them there; who is nothing there is left out."""
Look = Callable[[Session, list[int]], Facts]
"""Looks up what is true of some people now, in every place of a scope."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a scope is looked up, and whether a place that has not been counted yet had nobody in it."""

    look: Look
    whole: bool


@dataclass(slots=True)
class Counts:
    """How many people of a place each bit is true of."""

    numbers: list[int] = field(default_factory=list)

    def add(self, bits: int, times: int = 1) -> None:
        """Count one person's bits, or with -1 take them away."""
        while bits:
            low = bits & -bits
            n = low.bit_length() - 1
            if n >= len(self.numbers):
                self.numbers.extend([0] * (n + 1 - len(self.numbers)))
            self.numbers[n] += times
            bits ^= low

    def __getitem__(self, n: int) -> int:
        return self.numbers[n] if n < len(self.numbers) else 0


def together(every: Iterable[Counts]) -> Counts:
    """The counts of several places as one."""
    return Counts([sum(numbers) for numbers in zip_longest(*(one.numbers for one in every), fillvalue=0)])


class Overtaken(Exception):  # noqa: N818  nothing is wrong: somebody else was quicker
    """What was being written had changed meanwhile; it is done again."""


def scopes(session: Session) -> list[str]:
    """What has been counted so."""
    return list(session.scalars(sa.select(CountedPlace.scope).distinct().order_by(CountedPlace.scope)))


def live(session: Session, scope: str, way: Way, day: date | None = None) -> dict[int, Counts] | None:
    """The counts of every place as they are at this moment; None when they have to be counted from the ledger.

    `day` asks for counts that hold for that very day.
    """
    found = as_kept(session, scope, day)
    return None if found is None else corrected(session, scope, way, found, changed_people(session))


def as_kept(session: Session, scope: str, day: date | None = None) -> dict[int, Counts] | None:
    """What was counted of every place, still to be `corrected`; None when it has to be counted from the ledger."""
    rows = session.execute(_PLACES, {"scope": scope}).all()
    if not rows or any(row.day is None or (day is not None and row.day != day) for row in rows):
        return None
    return {row.association_id: Counts(list(row.counts)) for row in rows}


def live_at(session: Session, scope: str, way: Way, place: int, day: date | None = None) -> Counts | None:
    """`live` of one place alone; None also when it has never been counted."""
    here = (CountedPlace.scope == scope, CountedPlace.association_id == place)
    row = session.execute(sa.select(CountedPlace.day, CountedPlace.counts).where(*here)).one_or_none()
    if row is None or row.day is None or (day is not None and row.day != day):
        return None
    here_alone = Way(way.look, whole=False)
    found = corrected(session, scope, here_alone, {place: Counts(list(row.counts))}, changed_people(session))
    return None if found is None else found[place]


def corrected(
    session: Session, scope: str, way: Way, kept: dict[int, Counts], people: list[int] | None
) -> dict[int, Counts] | None:
    """What was counted, moved by the difference made by `people`: everyone `changed_people` names, None = too many."""
    if people is None:
        return None
    if people:
        then, now = stored(session, scope, people), way.look(session, people)
        for facts, times in ((then, -1), (now, 1)):
            for (_, place), fact in facts.items():
                if way.whole or place in kept:
                    kept.setdefault(place, Counts()).add(fact.bits, times)
    return kept


def changed_people(session: Session) -> list[int] | None:
    """Who has changed since the counts were made; None when they are too many to look up one by one."""
    found = list(session.scalars(_CHANGED))
    return None if len(found) > MOST_CHANGED else sorted(found)


def stored(session: Session, scope: str, people: Iterable[int]) -> Facts:
    """What was true of these people when they were last counted."""
    rows = session.execute(
        sa.select(
            CountedPerson.person_id, CountedPerson.association_id, CountedPerson.low, CountedPerson.high,
            CountedPerson.waiting_since,
        ).where(CountedPerson.scope == scope, CountedPerson.person_id.in_(list(people)))
    )  # fmt: skip
    return {(person, place): Fact(low | high << BITS, since) for person, place, low, high, since in rows}


def announce(session: Session, scope: str, places: Iterable[int]) -> None:
    """Say which places are about to be counted, so that nobody takes the first few for all of them."""
    known = set(session.scalars(sa.select(CountedPlace.association_id).where(CountedPlace.scope == scope)))
    rows: list[dict[str, Any]] = [
        {"scope": scope, "association_id": place, "day": None, "counts": [], "version": 0}
        for place in places
        if place not in known
    ]
    if rows:
        session.execute(sa.insert(CountedPlace), rows)


def build(database: Database, scope: str, place: int, day: date, look: Callable[[Session], Facts]) -> None:
    """Count an announced place anew: read, then written briefly, and once more if somebody changed meanwhile."""
    for _ in range(3):
        with database.reading() as session:
            version = session.scalar(
                sa.select(CountedPlace.version).where(CountedPlace.scope == scope, CountedPlace.association_id == place)
            )
            if version is None:
                return
            facts = look(session)
        counts = _counts(facts).get(place, Counts())
        try:
            with database.writing() as session:
                _settle(session, scope, place, version, counts, day)
                _replace(session, scope, place, facts)
        except Overtaken:
            continue
        return


def digest(database: Database, ways: Mapping[str, Way]) -> int:
    """Take up whoever has changed into what is kept, some at a time; returns how many changes.

    `ways` must know every scope that is kept, or those it leaves out would stand still.
    """
    done = 0
    while True:
        with database.reading() as session:
            rows = session.execute(
                sa.select(ChangedPerson.id, ChangedPerson.person_id).order_by(ChangedPerson.id).limit(ROUND)
            ).all()
            people = sorted({row.person_id for row in rows})
            known = [scope for scope in scopes(session) if scope in ways] if rows else []
            moved = {scope: (stored(session, scope, people), ways[scope].look(session, people)) for scope in known}
            versions = {scope: _versions(session, scope, facts) for scope, facts in moved.items()}
        if not rows:
            return done
        try:
            with database.writing() as session:
                for scope, (then, now) in moved.items():
                    if ways[scope].whole:
                        _add_places(session, scope, now, versions[scope])
                    _move(session, scope, then, now, versions[scope])
                _remove(session, [row.id for row in rows])
        except Overtaken:
            return done
        done += len(rows)


def forget(session: Session, scope: str) -> None:
    """Keep nothing more of a scope."""
    session.execute(sa.delete(CountedPerson).where(CountedPerson.scope == scope))
    session.execute(sa.delete(CountedPlace).where(CountedPlace.scope == scope))


def _counts(facts: Facts) -> dict[int, Counts]:
    found: dict[int, Counts] = {}
    for (place, bits), people in Counter((place, fact.bits) for (_, place), fact in facts.items()).items():
        found.setdefault(place, Counts()).add(bits, people)
    return found


def _add_places(session: Session, scope: str, now: Facts, versions: dict[int, tuple[int, list[int]]]) -> None:
    """Places where nobody was counted and somebody now is."""
    new = sorted({place for _, place in now} - set(versions))
    if new:
        day = session.scalar(sa.select(sa.func.min(CountedPlace.day)).where(CountedPlace.scope == scope))
        rows: list[dict[str, Any]] = [
            {"scope": scope, "association_id": place, "day": day, "counts": [], "version": 0} for place in new
        ]
        session.execute(sa.insert(CountedPlace), rows)
        versions.update({place: (0, []) for place in new})


def _replace(session: Session, scope: str, place: int, facts: Facts) -> None:
    session.execute(sa.delete(CountedPerson).where(CountedPerson.scope == scope, CountedPerson.association_id == place))
    _write(session, scope, {key: fact for key, fact in facts.items() if key[1] == place})


def _settle(session: Session, scope: str, place: int, version: int, counts: Counts, day: date | None) -> None:
    values: dict[str, Any] = {"counts": counts.numbers, "version": version + 1}
    if day is not None:
        values["day"] = day
    guarded = sa.update(CountedPlace).where(
        CountedPlace.scope == scope, CountedPlace.association_id == place, CountedPlace.version == version
    )
    if changed(session.execute(guarded.values(**values))) != 1:
        raise Overtaken


def _versions(session: Session, scope: str, facts: tuple[Facts, Facts]) -> dict[int, tuple[int, list[int]]]:
    places = sorted({place for one in facts for _, place in one})
    rows = session.execute(
        sa.select(CountedPlace.association_id, CountedPlace.version, CountedPlace.counts).where(
            CountedPlace.scope == scope, CountedPlace.association_id.in_(places)
        )
    )
    return {place: (version, counts) for place, version, counts in rows}


def _move(session: Session, scope: str, then: Facts, now: Facts, versions: dict[int, tuple[int, list[int]]]) -> None:
    """Write the difference between then and now; places that are not counted are left alone."""
    then, now = ({key: fact for key, fact in one.items() if key[1] in versions} for one in (then, now))
    gone, come = _counts(then), _counts(now)
    for place in sorted({*gone, *come}):
        version, numbers = versions[place]
        counts = Counts(list(numbers))
        for some, times in ((gone, -1), (come, 1)):
            for n, number in enumerate(some.get(place, Counts()).numbers):
                counts.add(1 << n, times * number)
        _settle(session, scope, place, version, counts, None)
    people = sorted({person for person, _ in then})
    session.execute(sa.delete(CountedPerson).where(CountedPerson.scope == scope, CountedPerson.person_id.in_(people)))
    _write(session, scope, now)


def _write(session: Session, scope: str, facts: Facts) -> None:
    mask = (1 << BITS) - 1
    rows = [
        {
            "scope": scope, "person_id": person, "association_id": place, "low": fact.bits & mask,
            "high": fact.bits >> BITS, "waiting_since": fact.waiting_since,
        }
        for (person, place), fact in facts.items()
    ]  # fmt: skip
    for first in range(0, len(rows), AT_ONCE):
        session.execute(sa.insert(_PEOPLE), rows[first : first + AT_ONCE])


def _remove(session: Session, ids: list[int]) -> None:
    """What has been taken up is noted no more; if another worker has taken up any of it, nothing of this holds."""
    if changed(session.execute(sa.delete(ChangedPerson).where(ChangedPerson.id.in_(ids)))) != len(ids):
        raise Overtaken


_PLACES = sa.select(CountedPlace.association_id, CountedPlace.day, CountedPlace.counts).where(
    CountedPlace.scope == sa.bindparam("scope")
)
_NOTES = sa.select(ChangedPerson.person_id).limit(4 * MOST_CHANGED).subquery()
_CHANGED = sa.select(_NOTES.c.person_id).distinct().limit(MOST_CHANGED + 1)
"""What every page of figures asks, put together once."""
