"""The goals of the activity plan on pages of figures: on the chair's page in its own words and numbers, off track on the overview."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.association_page import Page
from organizer import plan_goals
from organizer.models import Association, AssociationKind
from organizer.plan_goals import Goal
from organizer.plan_status import Reading, Status
from organizer.times import local_day

URGENT = (Status.NEEDS_ACTION, Status.NOT_BEGUN, Status.UNKNOWN, Status.ON_TRACK, Status.PLANNED, Status.REACHED)
"""What needs something comes first."""
MOST_SHOWN = 6
ACTIVE = "active"


def of_page(
    session: Session, association: Association, found: Page, now: datetime, eyes: set[int] | None
) -> list[Goal]:
    """The goals of the association in the year of the page, with the very numbers that the page shows elsewhere."""
    known = _readings(found) if found.period.key == "year" else {}
    year = min(found.period.last_day, local_day(now)).year
    return plan_goals.goals_for(session, association.id, year, now, known=known, eyes=eyes)


def line(goals: list[Goal], found: Page, place_id: int) -> int | None:
    """So many active members does the plan want, for the line in the chart; None without such a goal."""
    for goal in goals:
        own = goal.entry is not None and goal.entry.key == ACTIVE and goal.place_id == place_id and not goal.cover
        if own and goal.target is not None:
            if goal.rule == "percent":
                return -(-goal.target * found.active.own.whole // 100) if found.active.own else None
            return goal.target
    return None


def off_track(session: Session, places: sa.Select[int], now: datetime) -> tuple[list[Goal], int]:
    """The goals of the districts among `places` that need something, and how many goals there are in all.

    Where there is no district, those of the topmost place.
    """
    here = sa.select(Association).where(Association.id.in_(places)).order_by(Association.path)
    districts = session.scalars(here.where(Association.kind == AssociationKind.DISTRICT)).all()
    districts = districts or session.scalars(here.limit(1)).all()
    year = local_day(now).year
    goals = [goal for place in districts for goal in plan_goals.goals_for(session, place.id, year, now)]
    late = [goal for goal in goals if goal.status == Status.NEEDS_ACTION]
    return late, len(goals)


def first_those_that_need(goals: list[Goal]) -> list[Goal]:
    """As they are shown: what needs something first, otherwise in the plan's own order."""
    return sorted(goals, key=lambda goal: URGENT.index(goal.status))


def _readings(found: Page) -> Mapping[str, Reading]:
    """What the page has counted already, by entries of the catalogue; what it hides is hidden here too."""
    cards = {
        ACTIVE: found.active, "new_contacted": found.new_n, "new_invited": found.new_inv, "renewed": found.renewed,
    }  # fmt: skip
    known = {entry: Reading(card.own.part, card.own.whole) for entry, card in cards.items() if card.own}
    return {**known, "members": Reading(found.members)} if found.members >= found.k else known
