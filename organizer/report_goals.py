"""The goals of a place's activity plan as its yearly report tells them: result, evidence and judgement, in both languages."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from organizer import district_figures, plan_goals
from organizer.languages import LANGUAGES
from organizer.models import Association, AssociationKind
from organizer.plan_goals import Goal
from organizer.plan_status import STATUSES, TOO_FEW
from organizer.report_words import Words
from organizer.words import N_


def of_year(session: Session, place: Association, year: int, now: datetime, k: int) -> list[dict[str, Any]]:
    """Every goal of the year, the plan's own words first; an association's report holds nobody else's numbers (D7)."""
    eyes = None if place.kind == AssociationKind.DISTRICT else set(session.scalars(district_figures.below(place.path)))
    return [_goal(one, k) for one in plan_goals.goals_for(session, place.id, year, now, eyes=eyes)]


def _goal(goal: Goal, k: int) -> dict[str, Any]:
    return {
        "id": goal.id, "text": goal.name, "section": goal.section, "code": str(goal.status),
        "status": {one: Words(one).say(STATUSES[goal.status]) for one in LANGUAGES},
        "result": {one: _result(goal, Words(one, figures=True), k) for one in LANGUAGES},
    }  # fmt: skip


def _result(goal: Goal, words: Words, k: int) -> str:
    """So many of so many, what it was the year before, and the days of what was held."""
    reading = goal.reading
    missing = reading.missing or goal.judged.missing
    if goal.entry and goal.entry.people and reading.whole is not None and reading.whole < k:
        missing = TOO_FEW
    if missing:
        return words.say(missing)
    if reading.days:
        return ", ".join(words.short_day(day.isoformat()) for day in reading.days)
    if reading.part is None or goal.rule == "done":
        return ""
    text = words.number(reading.part)
    if reading.whole is not None:
        text = words.say(N_("%(part)s av %(whole)s"), part=text, whole=words.number(reading.whole))
    if goal.unit:
        text = f"{text} {words.say(goal.unit)}"
    if reading.before is None:
        return text
    then = words.number(reading.before)
    if reading.before_whole is not None:
        then = words.say(N_("%(part)s av %(whole)s"), part=then, whole=words.number(reading.before_whole))
    return words.say(N_("%(now)s; året innan %(then)s"), now=text, then=then)
