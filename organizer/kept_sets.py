"""Who fulfils a condition, kept in memory as a set of bits and corrected by what has changed, so that counting is quick.

Bit n is the person with id n. A condition is taken apart at its *and*, *or* and *not* (selection_trees); each part that is
left asks one table who is there, and that is what is kept. What a set was made of is known from its own SQL: the same SQL
with the same values is the same set, and only SQL over tables that are watched (selection_news) is kept. Before a set is
used, everybody of whom something has changed since is asked about again, so that it is right to the last person. Processes
share what they make (shared_sets), so that one that has just started need not ask of everybody.
"""

import hashlib
import logging
import operator
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import asked_sets, selection_news, shared_sets
from organizer.db import Busy, Database
from organizer.selection_news import News, Point
from organizer.selection_trees import Those, Tree, leaves
from organizer.shared_sets import Shared

log = logging.getLogger("rundan.kept_sets")
MOST_BYTES = 64 * 2**20
"""Of memory in each process; the set that was used longest ago goes first. A million people take 125 kB."""
OLDEST = shared_sets.OLDEST.total_seconds()
"""Since a set was last corrected."""
SHARED_AGAIN = 20 * 60.0
"""Seconds after which a set that is still used is shared anew, corrected."""
Found = dict[str, "_Kept"]


@dataclass(frozen=True, slots=True)
class _Kept:
    people: int
    point: Point
    tables: frozenset[str]
    seen: float


class _Shelf:
    """The sets of one database, by the fingerprint of their SQL."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sets: OrderedDict[str, _Kept] = OrderedDict()
        self._shared: dict[str, float] = {}
        self._due: dict[str, _Kept] = {}
        self.bytes = 0

    def get(self, keys: Iterable[str]) -> Found:
        """Those of them that are there and not too old."""
        found = {}
        with self._lock:
            for key in keys:
                one = self._sets.get(key)
                if one is not None and time.monotonic() - one.seen <= OLDEST:
                    self._sets.move_to_end(key)
                    found[key] = one
        return found

    def put(self, sets: Found, *, sharing: bool) -> None:
        """Keep them; with `sharing` they are due for the others too, unless they have them from not long ago."""
        with self._lock:
            for key, kept in sets.items():
                self._drop(key)
                self._sets[key] = kept
                self.bytes += _bytes(kept)
                if sharing and time.monotonic() - self._shared.get(key, -SHARED_AGAIN) >= SHARED_AGAIN:
                    self._due[key] = kept
            while self.bytes > MOST_BYTES and len(self._sets) > 1:
                self._forget(next(iter(self._sets)))

    def are_shared(self, sets: Mapping[str, float]) -> None:
        """The others have these, since so many seconds."""
        with self._lock:
            self._shared |= {key: time.monotonic() - age for key, age in sets.items()}

    def due(self) -> int:
        """How many wait to be shared."""
        return len(self._due)

    def take_due(self) -> Found:
        """What waits to be shared, once."""
        with self._lock:
            due, self._due = self._due, {}
            self._shared = {key: at for key, at in self._shared.items() if key in self._sets}
            self._shared |= dict.fromkeys(due, time.monotonic())
        return due

    def _forget(self, key: str) -> None:
        """Also what was to be shared: where nobody shares, nothing may pile up."""
        self._drop(key)
        self._due.pop(key, None)
        self._shared.pop(key, None)

    def _drop(self, key: str) -> None:
        gone = self._sets.pop(key, None)
        self.bytes -= _bytes(gone) if gone else 0


_SHELVES: WeakKeyDictionary[Any, _Shelf] = WeakKeyDictionary()
_SHELVES_LOCK = threading.Lock()


def usable(session: Session) -> bool:
    """Only a session that looks sees one moment from beginning to end, and nothing that may be taken back."""
    options = session.get_bind().get_execution_options()
    looking = session.get_bind().dialect.name == "sqlite" or options.get("isolation_level") == "REPEATABLE READ"
    return looking and not options.get("writing")


def sets(session: Session, trees: Sequence[Tree], now: datetime) -> list[int]:
    """For each tree the people it is true of; a number below zero has all the bits beyond its own."""
    keys = {id(one): _key(session, one) for each in trees for one in leaves(each)}
    people = _people_of(session, {keys[id(one)]: one for each in trees for one in leaves(each)}, now)
    return [_put_together(each, lambda one: people[keys[id(one)]]) for each in trees]


def share_due(database: Database) -> None:
    """Write where other processes look what this one has made and they lack; without such sets nothing is asked.

    Nobody depends on it: what cannot be written is made by whoever needs it.
    """
    shelf = _shelf_of(database.engine)
    if not shelf.due():
        return
    waiting, present = shelf.take_due(), time.monotonic()
    try:
        with database.writing() as session:
            shared_sets.put(
                session, [Shared(key, one.people, one.point, present - one.seen) for key, one in waiting.items()]
            )
    except (sa.exc.SQLAlchemyError, Busy):
        log.warning("%s sets could not be shared; others make them for themselves", len(waiting))


def room(session: Session) -> bool:
    """Whether sets can be made beforehand without pushing out what is used."""
    return _shelf_of(session.get_bind().engine).bytes < MOST_BYTES / 2


def _people_of(session: Session, wanted: Mapping[str, Those], now: datetime) -> dict[str, int]:
    here, large, shelf = (
        selection_news.point(session),
        shared_sets.worth_it(session),
        _shelf_of(session.get_bind().engine),
    )
    found = shelf.get(wanted)
    if large and len(found) < len(wanted):
        found |= _fetched(session, shelf, {key: those for key, those in wanted.items() if key not in found})
    kept = _brought_up_to(session, here, found, wanted)
    people = {key: one.people for key, one in kept.items()}
    for together in asked_sets.by_table({key: those for key, those in wanted.items() if key not in kept}):
        for (key, those), made in zip(
            together.items(), asked_sets.everybody(session, list(together.values())), strict=True
        ):
            people[key] = made
            if _may_be_kept(session, those, now):
                kept[key] = _Kept(made, here, those.tables, 0)
    shelf.put({key: replace(one, point=here, seen=time.monotonic()) for key, one in kept.items()}, sharing=large)
    return people


def _fetched(session: Session, shelf: _Shelf, missing: Mapping[str, Those]) -> Found:
    """What other processes have made of it."""
    shared = shared_sets.find(session, missing)
    shelf.are_shared({one.key: one.age for one in shared})
    return {
        one.key: _Kept(one.people, one.point, missing[one.key].tables, time.monotonic() - one.age) for one in shared
    }


def _brought_up_to(session: Session, here: Point, found: Found, wanted: Mapping[str, Those]) -> Found:
    """The sets as they are now; without those that have to be made anew.

    Sets of several moments are corrected together by the news since the earliest: to ask again about more people than
    needed is harmless. Where too much has happened for that, each moment is gone through by itself.
    """
    kept = {key: one for key, one in found.items() if one.point == here}
    old = {key: one for key, one in found.items() if one.point != here}
    if not old:
        return kept
    points = sorted({one.point for one in old.values()}, key=selection_news.in_time)
    news = selection_news.since(session, points[0])
    if len(points) == 1 or (news is not None and not news.tables):
        return kept | _corrected(session, old, wanted, news)
    for point in points:
        these = {key: one for key, one in old.items() if one.point == point}
        kept |= _corrected(session, these, wanted, selection_news.since(session, point))
    return kept


def _corrected(session: Session, old: Found, wanted: Mapping[str, Those], news: News | None) -> Found:
    if news is None:
        return {}
    still = {key: one for key, one in old.items() if not news.tables & one.tables}
    if not news.people or not still:
        return still
    touched = asked_sets.of(news.people)
    now_in = asked_sets.some(session, [wanted[key] for key in still], news.people)
    return {
        key: replace(one, people=one.people & ~touched | these)
        for (key, one), these in zip(still.items(), now_in, strict=True)
    }


def _put_together(each: Tree, people: Any) -> int:
    if isinstance(each, Those):
        return int(people(each))
    if isinstance(each, int):
        return each
    word, parts = each
    found = [_put_together(one, people) for one in parts]
    if word == "not":
        return ~found[0]
    return reduce(operator.and_ if word == "and" else operator.or_, found)


def _key(session: Session, those: Those) -> str:
    """A fingerprint of the SQL with its values: what is named, and which day it is, stands in it."""
    text = those.ids.compile(dialect=session.get_bind().dialect)
    return hashlib.sha256(f"{text} {sorted(text.params.items())!r}".encode()).hexdigest()


def _may_be_kept(session: Session, those: Those, now: datetime) -> bool:
    """Every table is watched, and time alone changes nothing."""
    if not those.tables <= selection_news.WATCHED.keys():
        return False
    return now not in those.ids.compile(dialect=session.get_bind().dialect).params.values()


def _bytes(kept: _Kept) -> int:
    return kept.people.bit_length() // 8


def _shelf_of(engine: sa.Engine) -> _Shelf:
    with _SHELVES_LOCK:
        return _SHELVES.setdefault(engine.pool, _Shelf())


__all__ = ["room", "sets", "share_due", "usable"]
