"""The goals of a place for a year with how far they have come: its own, and those that stand for every association."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import plan_counting as counting
from organizer import small_groups
from organizer.models import Account, Association, AssociationKind, GoalReading, Plan, PlanGoal
from organizer.plan_catalogue import CATALOGUE, PLACES, Entry, Work
from organizer.plan_counting import Noted, Notes, Verdict
from organizer.plan_status import Judged, Reading, Status, judge
from organizer.times import local_day
from organizer.words import N_

HIDDEN = N_("Visas bara för distriktets ansvariga: siffran skulle säga för mycket om enskilda föreningar.")


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal as it stands at a place. `name` is the plan's own words."""

    id: int
    name: str
    section: str
    scope: str
    """whole, every or one."""
    entry: Entry | None
    """How it is measured; None when that way of measuring no longer exists."""
    rule: str
    reading: Reading
    judged: Judged
    verdict: Verdict | None
    responsible: str
    """A name or an office; empty = nobody."""
    responsible_id: int | None
    due: date
    due_set: bool
    baseline: int | None
    baseline_from: str
    place_id: int
    """Where it is measured."""
    place_name: str
    """The association of a goal that is about one of them; else empty."""
    owner_id: int
    """The place whose plan it stands in."""
    cover: bool
    """Whether what is counted are the associations that have reached it."""
    own_met: bool | None = None
    """For a chair who looks at the whole: whether the own association is among those that have done it."""

    @property
    def status(self) -> Status:
        """Where it stands: as a person has judged it, else as it was counted."""
        return self.verdict.status if self.verdict else self.judged.status

    @property
    def value(self) -> int | None:
        """What was counted: a number, or the part of a share."""
        return self.reading.part

    @property
    def denominator(self) -> int | None:
        """Of how many; None for a number alone."""
        return self.reading.whole

    @property
    def target(self) -> int | None:
        """What is enough: a number, or per cent for shares."""
        return self.judged.target

    @property
    def unit(self) -> str:
        """What the value is of, in Swedish; perhaps nothing."""
        return PLACES if self.cover else self.entry.unit if self.entry else ""

    @property
    def by_hand(self) -> str:
        """count, number or done for what people note themselves; empty for the rest."""
        return str(self.entry.count) if self.entry and self.entry.by_hand else ""

    @property
    def work(self) -> Work | None:
        """The page that moves it."""
        return self.entry.work if self.entry and self.entry.work.endpoint else None


def goals_for(
    session: Session,
    place_id: int,
    year: int,
    now: datetime,
    *,
    fresh: bool = False,
    known: Mapping[str, Reading] | None = None,
    eyes: set[int] | None = None,
) -> list[Goal]:
    """Every goal that stands at the place in `year`: its own plan's, then those of the plans above it.

    Read as they were kept for the day, and counted where nothing is kept; `fresh` counts everything. `known` are
    readings by entry that the page has counted already, so that it says the same twice. `eyes`: the associations
    whose numbers the reader may know; pooled numbers that would tell of others, and their names, are then left out (D7).
    """
    place, today = session.get_one(Association, place_id), local_day(now)
    rows = _rows(session, place, year)
    at = {row.id: counting.where(row, place) for row in rows}
    notes = counting.noted(session, rows, place, at)
    kept = {} if fresh else _kept(session, rows, set(at.values()), today)
    left = [row for row in rows if (row.id, at[row.id]) not in kept]
    counted = counting.counted(session, left, place, today, notes)
    found = []
    for row in rows:
        here = (row.id, at[row.id])
        reading = kept[here] if here in kept else counted[here]
        if known and row.entry in known and at[row.id] == place_id and not counting.is_cover(row, place):
            reading = replace(reading, part=known[row.entry].part, whole=known[row.entry].whole, missing="")
        found.append(_goal(row, reading, notes, at[row.id], place, today))
    return found if eyes is None else _for_eyes(session, found, eyes, today)


def count_all(session: Session, plan: Plan, now: datetime, goals: set[int]) -> list[dict[str, Any]]:
    """What is to be kept of some automatic goals of a plan: every association's reading, and the whole's."""
    place, today = session.get_one(Association, plan.association_id), local_day(now)
    rows = [row for row in _rows(session, place, plan.year) if row.id in goals]
    kept: dict[tuple[int, int], Reading] = {}
    counting.counted(session, rows, place, today, counting.verdicts(session, rows), kept)
    return [
        {"goal_id": goal, "association_id": at, "day": today, "reading": reading.kept()}
        for (goal, at), reading in kept.items()
    ]


def _rows(session: Session, place: Association, year: int) -> Sequence[Any]:
    """The goals with their plan's year and place, the plans above first."""
    line = [int(one) for one in place.path.strip("/").split("/")]
    above = sa.and_(
        Plan.association_id.in_(line),
        sa.or_(
            PlanGoal.scope == "every" if place.kind == AssociationKind.ASSOCIATION else sa.false(),
            sa.and_(PlanGoal.scope == "one", PlanGoal.place_id == place.id),
        ),
    )
    return session.execute(
        sa.select(
            *PlanGoal.__table__.columns, Plan.year, Plan.association_id.label("owner"), Account.name.label("answers"),
            Association.short_name,
        )
        .join(Plan, Plan.id == PlanGoal.plan_id)
        .outerjoin(Association, Association.id == PlanGoal.place_id)
        .outerjoin(Account, sa.and_(Account.id == PlanGoal.responsible_id, Account.disabled_at.is_(None)))
        .where(Plan.year == year, PlanGoal.removed_at.is_(None), sa.or_(Plan.association_id == place.id, above))
        .order_by((Plan.association_id == place.id).desc(), PlanGoal.position, PlanGoal.id)
    ).all()  # fmt: skip


def _goal(row: Any, reading: Reading, notes: Notes, at: int, place: Association, today: date) -> Goal:
    entry, noted, cover = CATALOGUE.get(row.entry), notes.get((row.id, at), Noted()), counting.is_cover(row, place)
    wanted = counting.wanted_of(row)
    if cover:
        wanted = replace(wanted, rule="all", target=None, baseline=None)
    return Goal(
        row.id, row.text, row.section, row.scope, entry, wanted.rule, reading, judge(wanted, reading, today),
        noted.verdict, row.answers or row.office, row.responsible_id if row.answers else None,
        wanted.due, row.due_on is not None, row.baseline, row.baseline_from, at,
        row.short_name or "" if row.scope == "one" else "", row.owner, cover,
    )  # fmt: skip


def _kept(session: Session, rows: Sequence[Any], at: set[int], today: date) -> dict[tuple[int, int], Reading]:
    if not rows:
        return {}
    found = session.execute(
        sa.select(GoalReading.goal_id, GoalReading.association_id, GoalReading.reading).where(
            GoalReading.goal_id.in_([row.id for row in rows]), GoalReading.association_id.in_(at), GoalReading.day == today
        )
    )  # fmt: skip
    return {(goal, place): Reading.of(reading) for goal, place, reading in found}


def _for_eyes(session: Session, goals: list[Goal], eyes: set[int], today: date) -> list[Goal]:
    """The goals as somebody sees them who may know only some associations' numbers (P§6.3, D7)."""
    foreign = {goal.id for goal in goals if goal.place_id not in eyes and goal.entry and not goal.entry.by_hand}
    rows: dict[int, dict[int, Reading]] = {}
    if foreign:
        found = session.execute(
            sa.select(GoalReading.goal_id, GoalReading.association_id, GoalReading.reading).where(
                GoalReading.goal_id.in_(foreign), GoalReading.day == today
            )
        )
        for goal_id, place, reading in found:
            rows.setdefault(goal_id, {})[place] = Reading.of(reading)
    k = small_groups.smallest(session, today)
    return [
        _seen(goal, rows.get(goal.id, {}), eyes, k) if goal.id in foreign else _nameless(goal, eyes)
        for goal in goals
        if goal.scope != "one" or goal.place_id in eyes
    ]


def _nameless(goal: Goal, eyes: set[int]) -> Goal:
    return goal if goal.place_id in eyes else replace(goal, reading=replace(goal.reading, left=()))


def _seen(goal: Goal, by_place: Mapping[int, Reading], eyes: set[int], k: int) -> Goal:
    if goal.entry is None or goal.entry.staff_only:
        return _hidden(goal)
    if goal.entry.of_people and not goal.cover and not _may_be_pooled(by_place, goal, eyes, k):
        return _hidden(goal)
    own = [by_place[one] for one in eyes if one in by_place and by_place[one].whole == 1]
    covers = goal.unit == PLACES and not goal.cover
    met = all(one.part == 1 for one in own) if own and covers else None
    names = goal.reading.left if goal.unit != PLACES else ()
    return replace(goal, reading=replace(goal.reading, left=names), own_met=met)


def _hidden(goal: Goal) -> Goal:
    judged = Judged(Status.UNKNOWN, goal.judged.target, HIDDEN)
    return replace(goal, reading=Reading(missing=HIDDEN), judged=judged)


def _may_be_pooled(by_place: Mapping[int, Reading], goal: Goal, eyes: set[int], k: int) -> bool:
    """Whether a pooled figure, and what it was a year ago, leaves no single neighbour to be worked out."""
    now, then = {}, {}
    for place, one in by_place.items():
        if place != goal.place_id:
            now[place] = small_groups.Share(0, (one.part if one.whole is None else one.whole) or 0)
            then[place] = small_groups.Share(0, (one.before if one.before_whole is None else one.before_whole) or 0)
    pools = [now] if goal.reading.before is None else [now, then]
    return all(small_groups.beside(small_groups.pool(shares, eyes, k)) is not None for shares in pools)
