"""Where a goal stands, worked out from what has been counted: the rules of P§6.7, without a database and without words for pages."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

from organizer.words import N_

ENOUGH = Fraction(80, 100)
"""Of the pace, to be on the way (P§6.7)."""


class Status(StrEnum):
    """The six words for where a goal stands."""

    REACHED = "reached"
    ON_TRACK = "on_track"
    NEEDS_ACTION = "needs_action"
    NOT_BEGUN = "not_begun"
    PLANNED = "planned"
    UNKNOWN = "unknown"


STATUSES = {
    Status.NEEDS_ACTION: N_("Behöver insats"),
    Status.NOT_BEGUN: N_("Ej påbörjat"),
    Status.UNKNOWN: N_("Går inte att mäta än"),
    Status.ON_TRACK: N_("På väg"),
    Status.PLANNED: N_("Planerad"),
    Status.REACHED: N_("Nått"),
}
"""Their words, in the order a board wants to read them: what needs something comes first."""

RULES = {
    "at_least": N_("minst så många"),
    "percent": N_("minst så många procent"),
    "all": N_("alla"),
    "more": N_("fler eller större än året före"),
    "per_month": N_("så många varje månad"),
    "per_quarter": N_("så många varje kvartal"),
    "per_half": N_("så många varje halvår"),
    "done": N_("gjort"),
}
"""What is enough, in words."""
PERIODS = {"per_month": 1, "per_quarter": 3, "per_half": 6}
"""Months in each of a rule's periods."""

NOTHING_YET = N_("Det finns inget att räkna än.")
NO_YEAR_BEFORE = N_("Det finns inget att jämföra med: uppgifter om året före saknas. Skriv in utgångsläget för hand.")
TOO_FEW = N_("För få personer för att visas.")
NO_SOURCE = N_("Måttet finns inte längre. Välj ett annat sätt att mäta.")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was counted for a goal at one place; `whole` is empty where a number stands alone."""

    part: int | None = None
    whole: int | None = None
    before: int | None = None
    """The same at the same time last year, for goals that ask for more."""
    before_whole: int | None = None
    beat: int | None = None
    """What has to be beaten: last year's end or total; empty = `before`."""
    days: tuple[date, ...] = ()
    """The days of what was counted, for goals that want some in each period."""
    next_on: date | None = None
    """When the next step is booked."""
    left: tuple[str, ...] = ()
    """What is left: the names of associations or themes."""
    missing: str = ""
    """A sentence that says why nothing can be counted."""

    def kept(self) -> dict[str, Any]:
        """The reading as JSON."""
        found = {name: value for name, value in asdict(self).items() if value not in (None, (), "")}
        if self.days:
            found["days"] = [day.isoformat() for day in self.days]
        if self.next_on:
            found["next_on"] = self.next_on.isoformat()
        return found

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Reading":
        """The reading from its JSON."""
        days = tuple(date.fromisoformat(day) for day in kept.get("days", ()))
        next_on = date.fromisoformat(kept["next_on"]) if "next_on" in kept else None
        plain = {name: value for name, value in kept.items() if name not in {"days", "next_on", "left"}}
        return cls(**plain, days=days, next_on=next_on, left=tuple(kept.get("left", ())))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a goal asks for: its rule, its number, its first and last day, and how it grows.

    `pace`: `even` grows through the year, `level` is asked at every moment, `stock` must not shrink below where it began.
    """

    rule: str
    target: int | None
    first: date
    due: date
    pace: str = "even"
    baseline: int | None = None
    by_share: bool = True
    """Whether a comparison with last year is of shares; else of people."""
    planned: bool = False
    """A day of its own has been set for it (goals that are done or not)."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One period of a goal that wants something in each."""

    number: int
    state: str
    """met, missed, now, booked or coming."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The status, what there must be in the end (a number, or per cent for shares), and why nothing can be said."""

    status: Status
    target: int | None = None
    missing: str = ""
    slots: tuple[Slot, ...] = ()


def judge(wanted: Wanted, reading: Reading, today: date) -> Judged:
    """Where the goal stands on `today`.

    Before its year nothing is asked: it is planned. Something that cannot be measured says why.
    """
    if wanted.rule == "done":
        return Judged(_of_done(wanted, reading, today), 1)
    if today < wanted.first:
        return Judged(Status.PLANNED, wanted.target)
    if reading.missing:
        return Judged(Status.UNKNOWN, wanted.target, reading.missing)
    of_rule = {"more": _of_more, "percent": _of_share, "all": _of_share, **dict.fromkeys(PERIODS, _of_periods)}
    return of_rule.get(wanted.rule, _of_number)(wanted, reading, today)


def elapsed(wanted: Wanted, today: date) -> tuple[int, int]:
    """Days gone of the goal's time, today included, and all its days."""
    length = max(1, (wanted.due - wanted.first).days + 1)
    return min(length, max(0, (today - wanted.first).days + 1)), length


def _of_done(wanted: Wanted, reading: Reading, today: date) -> Status:
    if reading.part:
        return Status.REACHED
    if today > wanted.due:
        return Status.NEEDS_ACTION
    return Status.PLANNED if wanted.planned or today < wanted.first else Status.NOT_BEGUN


def _of_number(wanted: Wanted, reading: Reading, today: date) -> Judged:
    """So many at least; with a baseline progress is counted from there, and a lower target means falling."""
    target, start = wanted.target or 0, wanted.baseline or 0
    if reading.part is None:
        late = today > wanted.due
        return Judged(Status.NEEDS_ACTION if late else Status.NOT_BEGUN, target)
    way, gone = target - start, reading.part - start
    if way < 0:
        way, gone = -way, -gone
    if gone >= way:
        return Judged(Status.REACHED, target)
    needed = _due_by(way, wanted, today)
    return Judged(_by_pace(gone, needed, wanted, reading, today), target)


def _of_share(wanted: Wanted, reading: Reading, today: date) -> Judged:
    percent = 100 if wanted.rule == "all" else wanted.target or 0
    if not reading.whole or reading.part is None:
        return Judged(Status.UNKNOWN, percent, NOTHING_YET)
    if 100 * reading.part >= percent * reading.whole:
        return Judged(Status.REACHED, percent)
    needed = _due_by(Fraction(percent * reading.whole, 100), wanted, today)
    return Judged(_by_pace(reading.part, needed, wanted, reading, today), percent)


def _of_more(wanted: Wanted, reading: Reading, today: date) -> Judged:
    """More than last year: a share against a share, people against people."""
    if reading.part is None or (wanted.baseline is None and reading.before is None):
        return Judged(Status.UNKNOWN, None, NO_YEAR_BEFORE)
    if reading.whole is not None and wanted.by_share:
        return _larger_share(wanted, reading, today)
    before = reading.before if wanted.baseline is None else wanted.baseline
    beat = before if reading.beat is None or wanted.baseline is not None else reading.beat
    if before is None or beat is None:
        return Judged(Status.UNKNOWN, None, NO_YEAR_BEFORE)
    if reading.part > beat:
        return Judged(Status.REACHED, beat + 1)
    needed = Fraction(before) if wanted.pace == "stock" else ENOUGH * before
    return Judged(_by_pace(reading.part, needed, wanted, reading, today), beat + 1)


def _larger_share(wanted: Wanted, reading: Reading, today: date) -> Judged:
    part, whole = reading.part or 0, reading.whole or 0
    before, of = (wanted.baseline, 100) if wanted.baseline is not None else (reading.before or 0, reading.before_whole)
    if not whole:
        return Judged(Status.UNKNOWN, None, NOTHING_YET)
    if not of:
        return Judged(Status.UNKNOWN, None, NO_YEAR_BEFORE)
    target = (200 * before + of) // (2 * of)
    if part * of > before * whole:
        return Judged(Status.REACHED, target)
    needed = ENOUGH * Fraction(before * whole, of)
    return Judged(_by_pace(part, needed, wanted, reading, today), target)


def _by_pace(have: int, needed: Fraction, wanted: Wanted, reading: Reading, today: date) -> Status:
    """Whether what has not been reached is on the way."""
    if today > wanted.due:
        return Status.NEEDS_ACTION
    if have <= 0 and wanted.rule != "more":
        if reading.next_on:
            return Status.PLANNED
        return Status.NEEDS_ACTION if needed >= 1 else Status.NOT_BEGUN
    return Status.ON_TRACK if have >= needed or reading.next_on else Status.NEEDS_ACTION


def _due_by(way: Fraction | int, wanted: Wanted, today: date) -> Fraction:
    """How much of the way is enough by today: 80 % of the pace, or of everything where it is asked at every moment."""
    days, length = (1, 1) if wanted.pace == "level" else elapsed(wanted, today)
    return ENOUGH * way * Fraction(days, length)


def _of_periods(wanted: Wanted, reading: Reading, today: date) -> Judged:
    """Some in each period: a period that has passed without cannot be mended; the present one is asked at its half."""
    each, slots = wanted.target or 1, []
    for number, (begins, ends) in enumerate(periods(wanted), 1):
        have = sum(begins <= day <= ends for day in reading.days)
        booked = reading.next_on is not None and begins <= reading.next_on <= ends
        slots.append(Slot(number, _slot(have >= each, booked, begins, ends, today)))
    states = [one.state for one in slots]
    if all(state == "met" for state in states):
        return Judged(Status.REACHED, each, slots=tuple(slots))
    status = Status.PLANNED if "booked" in states else Status.NOT_BEGUN
    status = Status.ON_TRACK if reading.days else status
    if "missed" in states or "late" in states or today > wanted.due:
        status = Status.NEEDS_ACTION
    slots = [replace(one, state="now" if one.state == "late" else one.state) for one in slots]
    return Judged(status, each, slots=tuple(slots))


def periods(wanted: Wanted) -> list[tuple[date, date]]:
    """The months, quarters or halves of the goal's time: those of the calendar, the last one perhaps cut short."""
    months, found = PERIODS[wanted.rule], []
    begins = wanted.first
    while begins <= wanted.due:
        month = begins.year * 12 + (begins.month - 1) // months * months + months
        after = date(month // 12, month % 12 + 1, 1)
        found.append((begins, min(wanted.due, after - timedelta(days=1))))
        begins = after
    return found


def _slot(met: bool, booked: bool, begins: date, ends: date, today: date) -> str:
    if met:
        return "met"
    if ends < today:
        return "missed"
    if booked:
        return "booked"
    if today < begins:
        return "coming"
    return "late" if 2 * ((today - begins).days + 1) > (ends - begins).days + 1 else "now"
