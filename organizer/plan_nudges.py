"""Once a month whoever is responsible for a goal is asked for one number and one sentence (P§6.7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.models import Association, GoalEntry, Plan, PlanGoal
from organizer.plan_catalogue import BY_HAND, CATALOGUE
from organizer.plan_goals import Goal
from organizer.plan_status import Status
from organizer.times import local_day, moment

NOTED = tuple(entry.key for entry in CATALOGUE.values() if entry.count in BY_HAND)
MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Nudge:
    """A goal that waits for this month's number: where its page is, and what it is called."""

    goal_id: int
    text: str
    slug: str
    """The place in whose plan it stands."""


def monthly(session: Session, account_id: int, now: datetime) -> list[Nudge]:
    """The goals noted by hand that this account answers for and nobody has noted anything about this month.

    One statement, for lists such as *Behöver dig*. What is done is not asked for again.
    """
    today = local_day(now)
    rows = session.execute(
        sa.select(PlanGoal.id, PlanGoal.text, Association.slug)
        .join(Plan, Plan.id == PlanGoal.plan_id)
        .join(Association, Association.id == Plan.association_id)
        .where(
            PlanGoal.responsible_id == account_id, PlanGoal.removed_at.is_(None), PlanGoal.entry.in_(NOTED),
            Plan.year == today.year, Association.closed_on.is_(None), ~_noted(today), ~_done(),
        )
        .order_by(Association.sort_key, PlanGoal.position, PlanGoal.id)
        .limit(MOST_SHOWN)
    )  # fmt: skip
    return [Nudge(row.id, row.text, row.slug) for row in rows]


def noted_this_month(session: Session, goals: Iterable[int], now: datetime) -> set[int]:
    """Which of these goals somebody has noted something about this month."""
    today = local_day(now)
    return set(session.scalars(sa.select(PlanGoal.id).where(PlanGoal.id.in_(list(goals)), _noted(today))))


def waits(goal: Goal, account_id: int, noted: set[int], year: int, today: date) -> bool:
    """Whether the goal waits for this account: a number by hand, or a sentence about one that counts itself and lags."""
    if goal.responsible_id != account_id or goal.id in noted or year != today.year:
        return False
    return goal.status == Status.NEEDS_ACTION or (bool(goal.by_hand) and goal.status != Status.REACHED)


def _noted(today: date) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        GoalEntry.goal_id == PlanGoal.id, GoalEntry.undone_at.is_(None), GoalEntry.kind != "verdict",
        GoalEntry.at >= moment(today.replace(day=1), time(0)),
    )  # fmt: skip


def _done() -> sa.ColumnElement[bool]:
    return sa.exists().where(
        GoalEntry.goal_id == PlanGoal.id, GoalEntry.undone_at.is_(None), GoalEntry.kind == "done", GoalEntry.value == 1
    )
