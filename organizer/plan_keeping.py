"""Once a day, and soon after a goal has changed, the automatic goals are counted and kept, so that pages only read them."""

from datetime import datetime

import sqlalchemy as sa

from organizer import plan_goals
from organizer.db import Database
from organizer.models import GoalReading, Plan, PlanGoal
from organizer.plan_catalogue import BY_HAND, CATALOGUE
from organizer.times import local_day

COUNTED = tuple(entry.key for entry in CATALOGUE.values() if entry.count not in BY_HAND)
CLOSING_MONTHS = 3
"""So far into the next year the old plan is still kept, for the report of the year."""


def keep(database: Database, now: datetime) -> int:
    """Count what has not been counted today; returns how many readings were written.

    Counting only reads; each plan is then written in a short transaction of its own.
    """
    today, written = local_day(now), 0
    years = [today.year, *([today.year - 1] if today.month <= CLOSING_MONTHS else [])]
    counted_today = sa.exists().where(GoalReading.goal_id == PlanGoal.id, GoalReading.day == today)
    with database.reading() as session:
        turn = session.execute(
            sa.select(Plan.id, PlanGoal.id)
            .join(PlanGoal, PlanGoal.plan_id == Plan.id)
            .where(Plan.year.in_(years), PlanGoal.removed_at.is_(None), PlanGoal.entry.in_(COUNTED), ~counted_today)
        ).all()
    for plan_id in dict.fromkeys(plan for plan, _ in turn):
        goals = {goal for plan, goal in turn if plan == plan_id}
        with database.reading() as session:
            plan = session.get(Plan, plan_id)
            rows = plan_goals.count_all(session, plan, now, goals) if plan else []
        with database.writing() as session:
            left = set(session.scalars(sa.select(PlanGoal.id).where(PlanGoal.id.in_(goals))))
            rows = [row for row in rows if row["goal_id"] in left]
            session.execute(sa.delete(GoalReading).where(GoalReading.goal_id.in_(goals)))
            if rows:
                session.execute(sa.insert(GoalReading), rows)
        written += len(rows)
    return written
