"""A district with a plan, for tests of goals: two associations, and goals written as a test needs them."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from organizer.models import Association, GoalEntry, Plan, PlanGoal
from organizer.plan_catalogue import CATALOGUE
from tests.factories import NOW


def make_plan(session: Session, place: Association, year: int = 2026) -> Plan:
    plan = session.query(Plan).filter_by(association_id=place.id, year=year).one_or_none()
    plan = plan or Plan(association_id=place.id, year=year, created_at=NOW, adopted_on=date(year, 3, 14))
    session.add(plan)
    session.flush()
    return plan


def make_goal(session: Session, place: Association, entry: str = "yes_no", year: int = 2026, **fields) -> PlanGoal:
    """A goal of the place's plan, as the catalogue suggests it unless the test says otherwise."""
    known = CATALOGUE.get(entry)
    usual = {
        "rule": known.rules[0] if known else "all", "target": known.target if known else None, "text": f"Mål om {entry}",
        "scope": "whole", "position": 0, "created_at": NOW, "detail": {},
    }  # fmt: skip
    row = PlanGoal(plan_id=make_plan(session, place, year).id, entry=entry, **{**usual, **fields})
    session.add(row)
    session.flush()
    return row


def note(
    session: Session, goal: PlanGoal, place: Association, kind: str, value: int | None = None, **fields
) -> GoalEntry:
    usual = {"day": date(2026, 11, 1), "at": fields.pop("at", NOW)}
    row = GoalEntry(goal_id=goal.id, association_id=place.id, kind=kind, value=value, **{**usual, **fields})
    session.add(row)
    session.flush()
    return row


def on(year: int, month: int, day: int, hour: int = 17) -> datetime:
    return NOW.replace(year=year, month=month, day=day, hour=hour)
