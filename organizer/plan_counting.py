"""Counting the goals of a plan: what the catalogue counts, what has been noted by hand, and how many associations are there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import district_figures, places, plan_measures, small_groups
from organizer.models import Account, Association, AssociationKind, GoalEntry
from organizer.plan_catalogue import CATALOGUE, PLACES, counter
from organizer.plan_measures import Ask, Readings
from organizer.plan_status import NO_SOURCE, PERIODS, Reading, Status, Wanted, judge
from organizer.words import N_

NO_PLACES = N_("Det finns ingen förening att räkna.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A person's own judgement in place of the counted one: what, why, who and when."""

    status: Status
    note: str
    by: str
    day: date


@dataclass(frozen=True, slots=True)
class Noted:
    """What has been noted by hand at one place."""

    count: int = 0
    days: tuple[date, ...] = ()
    number: int | None = None
    done: bool = False
    verdict: Verdict | None = None


Notes = Mapping[tuple[int, int], Noted]
"""(goal, association) → what has been noted."""


def counted(
    session: Session,
    rows: Iterable[Any],
    place: Association,
    today: date,
    notes: Notes,
    everything: dict[tuple[int, int], Reading] | None = None,
) -> dict[tuple[int, int], Reading]:
    """Readings of these goals where they are measured; `everything` is filled with those of every association too."""
    found: dict[tuple[int, int], Reading] = {}
    same: dict[Any, Readings] = {}
    about = Around(session, place)
    for row in rows:
        at, entry = where(row, place), CATALOGUE.get(row.entry)
        readings = _by_hand(row, notes) if entry and entry.by_hand else _measured(session, row, about, today, same)
        if readings is None:
            readings = {at: Reading(missing=NO_SOURCE)}
        elif is_cover(row, place):
            readings = {**readings, place.id: _reached(row, readings, notes, about.living(row, today), today)}
        found[row.id, at] = readings[at] if at in readings else _nothing(row.entry)
        if everything is not None:
            everything.update({(row.id, one): reading for one, reading in {**readings, at: found[row.id, at]}.items()})
    return found


class Around:
    """What the counting of a place's goals needs to know of its surroundings, looked up once."""

    def __init__(self, session: Session, place: Association) -> None:
        self.session, self.place = session, place
        self._district: str | None = None
        self._merged: dict[int, int] = {}
        self._living: dict[tuple[int, date], dict[int, str]] = {}
        self._k = 0

    def ask(self, row: Any, today: date) -> Ask:
        """What is to be counted for a goal."""
        wanted, session = wanted_of(row), self.session
        if self._district is None:
            self._district = district_figures.district_of(session, self.place).path
            self._merged = places.now_part_of(session)
            self._k = small_groups.smallest(session, today)
        last = min(wanted.due, max(today, wanted.first))
        return Ask(
            self._place(row), wanted.first, last, wanted.due, today, self._district, self.living(row, today),
            self._merged, self._k, compares=row.rule == "more" and row.baseline is None, detail=row.detail,
        )  # fmt: skip

    def living(self, row: Any, today: date) -> dict[int, str]:
        """The associations that a goal is about, as they are on its last day so far."""
        wanted, place = wanted_of(row), self._place(row)
        last = min(wanted.due, max(today, wanted.first))
        if (place.id, last) not in self._living:
            self._living[place.id, last] = plan_measures.living_in(self.session, place, last)
        return self._living[place.id, last]

    def _place(self, row: Any) -> Association:
        one = row.scope == "one" and row.place_id
        return self.session.get_one(Association, row.place_id) if one else self.place


def _measured(session: Session, row: Any, about: Around, today: date, same: dict[Any, Readings]) -> Readings | None:
    """What the catalogue counts for a goal; None without a source. Goals that ask the same are counted once."""
    entry = CATALOGUE.get(row.entry)
    count = counter(entry) if entry else None
    if count is None:
        return None
    ask = about.ask(row, today)
    if today < ask.first:
        return {}
    key = (row.entry, ask.place.id, ask.last, ask.due, ask.compares, str(row.detail))
    if key not in same:
        same[key] = count(session, ask)
    return same[key]


def _by_hand(row: Any, notes: Notes) -> Readings:
    kind = str(CATALOGUE[row.entry].count)
    found = {}
    for (goal, at), noted in notes.items():
        if goal == row.id and kind == "count":
            found[at] = Reading(part=noted.count, days=noted.days if row.rule in PERIODS else ())
        elif goal == row.id:
            found[at] = Reading(part=int(noted.done) if kind == "done" else noted.number)
    return found


def _nothing(key: str) -> Reading:
    """What stands where nothing has been counted or noted: no reading yet, none, or none of nobody."""
    entry = CATALOGUE[key]
    if entry.count == "number":
        return Reading()
    return Reading(part=0) if entry.by_hand or "at_least" in entry.rules else Reading(0, 0)


def _reached(row: Any, readings: Readings, notes: Notes, living: Mapping[int, str], today: date) -> Reading:
    """How many associations have reached a goal that is asked of each."""
    wanted, left = wanted_of(row), []
    for one, name in living.items():
        noted = notes.get((row.id, one))
        verdict = noted.verdict if noted else None
        status = verdict.status if verdict else judge(wanted, readings.get(one, _nothing(row.entry)), today).status
        if status != Status.REACHED:
            left.append(name)
    if not living:
        return Reading(missing=NO_PLACES)
    return Reading(len(living) - len(left), len(living), left=tuple(left))


def noted(session: Session, rows: Sequence[Any], place: Association, at: Mapping[int, int]) -> Notes:
    """What has been noted by hand: at the places themselves, and at every association where all of them are asked."""
    wide = [row.id for row in rows if is_cover(row, place)]
    if not rows:
        return {}
    here = sa.or_(GoalEntry.association_id.in_(set(at.values())), GoalEntry.goal_id.in_(wide))
    return _read(session, GoalEntry.goal_id.in_(list(at)), GoalEntry.kind != "comment", here)


def _read(session: Session, *which: sa.ColumnElement[bool]) -> dict[tuple[int, int], Noted]:
    found = session.execute(
        sa.select(
            GoalEntry.goal_id, GoalEntry.association_id, GoalEntry.kind, GoalEntry.value, GoalEntry.status,
            GoalEntry.note, GoalEntry.day, Account.name,
        )
        .outerjoin(Account, Account.id == GoalEntry.account_id)
        .where(GoalEntry.undone_at.is_(None), *which)
        .order_by(GoalEntry.at, GoalEntry.id)
    )  # fmt: skip
    notes: dict[tuple[int, int], Noted] = {}
    for one in found:
        key = (one.goal_id, one.association_id)
        notes[key] = _with(notes.get(key, Noted()), one)
    return notes


def verdicts(session: Session, rows: Sequence[Any]) -> Notes:
    """Everything people have judged about these goals, at every place."""
    return _read(session, GoalEntry.goal_id.in_([row.id for row in rows]), GoalEntry.kind == "verdict")


def _with(noted: Noted, one: Any) -> Noted:
    if one.kind == "count":
        times = (one.day,) * max(0, min(one.value or 0, 1000))
        return replace(noted, count=noted.count + (one.value or 0), days=noted.days + times)
    if one.kind == "number":
        return replace(noted, number=one.value)
    if one.kind == "done":
        return replace(noted, done=bool(one.value))
    verdict = Verdict(Status(one.status), one.note, one.name or "", one.day) if one.status else None
    return replace(noted, verdict=verdict)


def where(row: Any, place: Association) -> int:
    """Where a goal is measured for this place's page."""
    return int(row.place_id) if row.scope == "one" and row.place_id else place.id


def is_cover(row: Any, place: Association) -> bool:
    """Whether it is asked of every association and looked at from above: how many of them have reached it.

    Shares of people are pooled instead: 64 of 90 says more than how many associations have all of theirs.
    """
    entry = CATALOGUE.get(row.entry)
    pooled = entry is not None and (entry.people or entry.unit == PLACES or row.rule == "more")
    return bool(row.scope == "every" and place.kind != AssociationKind.ASSOCIATION and not pooled)


def wanted_of(row: Any) -> Wanted:
    """What a row of `plan_goals` (with its plan's `year`) asks for."""
    entry = CATALOGUE.get(row.entry)
    first = date(row.year, 1, 1)
    return Wanted(
        row.rule, row.target, first, max(first, row.due_on or date(row.year, 12, 31)),
        entry.pace if entry else "even", row.baseline, by_share=entry.by_share if entry else True,
        planned=row.due_on is not None,
    )  # fmt: skip
