"""Writing activity plans: goals that somebody has confirmed, what is noted about them by hand, and who may be responsible."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit, support
from organizer.db import changed
from organizer.models import Association, AssociationKind, GoalEntry, GoalReading, Plan, PlanGoal
from organizer.plan_catalogue import CATALOGUE
from organizer.plan_reading import LONGEST
from organizer.plan_status import PERIODS, STATUSES
from organizer.times import local_day
from organizer.words import Missing, Refused

YEARS_BACK, YEARS_AHEAD = 10, 2
MOST_GOALS = 120
"""Goals of one plan."""
MOST = 1_000_000
"""The largest number a goal can ask for."""
MOST_IN_A_PERIOD = 31
MOST_THEMES = 12


@dataclass(frozen=True, slots=True)
class Draft:
    """What a goal is to be; `place_id` for a goal of one association, `themes` for courses in several areas."""

    text: str
    entry: str
    rule: str
    section: str = ""
    scope: str = "whole"
    place_id: int | None = None
    target: int | None = None
    baseline: int | None = None
    baseline_from: str = ""
    themes: tuple[str, ...] = ()
    due_on: date | None = None
    responsible_id: int | None = None
    office: str = ""
    known: Mapping[str, Any] = field(default_factory=dict)
    """What stood in `detail` before and is not on the form."""
    kept_responsible: int | None = None
    """Who answers for it so far, kept when the one who edits cannot choose that person."""


def years(today: date) -> range:
    """The years a plan can be about."""
    return range(today.year - YEARS_BACK, today.year + YEARS_AHEAD + 1)


def plan_of(session: Session, place: Association, year: int) -> Plan | None:
    """The plan of a place for a year, if it has one."""
    return session.scalar(sa.select(Plan).where(Plan.association_id == place.id, Plan.year == year))


def with_plan(session: Session, place: Association) -> list[int]:
    """The years that have a plan at the place, the newest first."""
    return list(session.scalars(sa.select(Plan.year).where(Plan.association_id == place.id).order_by(Plan.year.desc())))


def add(
    session: Session, place: Association, year: int, drafts: Sequence[Draft], account_id: int, now: datetime
) -> list[int]:
    """Put confirmed goals last in the plan, which begins with its first; their ids. Refused with a field."""
    today = local_day(now)
    if year not in years(today):
        raise Refused("Välj ett år från %(first)s till %(last)s.", "year", first=years(today)[0], last=years(today)[-1])
    plan = plan_of(session, place, year)
    if plan is None:
        plan = Plan(association_id=place.id, year=year, created_by=account_id, created_at=now)
        session.add(plan)
        session.flush()
    there, last = session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(PlanGoal.position), 0)).where(
            PlanGoal.plan_id == plan.id, PlanGoal.removed_at.is_(None)
        )
    ).one()
    if there + len(drafts) > MOST_GOALS:
        raise Refused(
            "En plan kan ha högst %(most)s mål. Ta bort några först. Inget är sparat.", "text", most=MOST_GOALS
        )
    made = []
    for position, draft in enumerate(drafts, last + 1):
        values = _columns(session, place, year, draft, today)
        new = sa.insert(PlanGoal).values(
            plan_id=plan.id, position=position, created_by=account_id, created_at=now, **values
        )
        made.append(int(session.execute(new.returning(PlanGoal.id)).scalar_one()))
    for one in made:
        audit.changed(session, account_id, "goal_added", "goal", one, now, place.id)
    return made


def edit(
    session: Session, goal_id: int, place: Association, year: int, draft: Draft, account_id: int, now: datetime
) -> None:
    """Change a goal of the place's plan; what has been noted about it stays. Refused with a field."""
    values = _columns(session, place, year, draft, local_day(now))
    session.execute(sa.update(PlanGoal).where(PlanGoal.id == goal_id).values(**values))
    _count_anew(session, goal_id)
    audit.changed(session, account_id, "goal_changed", "goal", goal_id, now, place.id)


def remove(session: Session, goal_id: int, place: Association, account_id: int, now: datetime) -> None:
    """Take a goal out of the plan; Missing if it is gone already."""
    here = (PlanGoal.id == goal_id, PlanGoal.removed_at.is_(None))
    if not changed(session.execute(sa.update(PlanGoal).where(*here).values(removed_at=now))):
        raise Missing
    _count_anew(session, goal_id)
    audit.changed(session, account_id, "goal_removed", "goal", goal_id, now, place.id)


def adopt(session: Session, plan: Plan, day: date | None, account_id: int, now: datetime) -> None:
    """Write down when the plan was decided on; Refused for a day that cannot be."""
    if day is not None and not plan.year - 2 <= day.year <= plan.year + 1:
        raise Refused("Skriv dagen då planen antogs, till exempel %(year)s-03-14.", "adopted", year=plan.year)
    plan.adopted_on = day
    audit.changed(session, account_id, "plan_adopted", "plan", plan.id, now, plan.association_id)


def note(
    session: Session, goal: Any, at: Association, kind: str, value: int | None, text: str, link: str, day: date | None,
    account_id: int, now: datetime,
) -> None:  # fmt: skip
    """Note something about a goal at a place: one more, a reading, that it is done, or a comment. Refused with a field."""
    entry, today = CATALOGUE.get(goal.entry), local_day(now)
    wanted = entry.count if entry and entry.by_hand else "comment"
    if kind not in {wanted, "comment"}:
        raise Refused("Det målet räknar sig självt.", "value")
    day = day or today
    if not date(goal.year, 1, 1) <= day <= today:
        raise Refused("Välj en dag i planens år som inte är i framtiden.", "day")
    if kind == "comment" and not text.strip() and not link.strip():
        raise Refused("Skriv en mening.", "note")
    least = -999 if kind == "count" else 0
    if kind != "comment" and (value is None or not least <= value <= (999 if kind == "count" else MOST)):
        raise Refused("Skriv ett helt tal, till exempel 3.", "value")
    _write(session, goal, at, kind, now, account_id, value=value, note=_sentence(text), link=_link(link), day=day)


def judge(
    session: Session, goal: Any, at: Association, status: str, why: str, account_id: int, now: datetime
) -> None:  # fmt: skip
    """Let a person's judgement stand in place of the counted one, with its reason; an empty status ends it."""
    if status and status not in STATUSES:
        raise Refused("Välj hur det står till med målet.", "status")
    if status and not why.strip():
        raise Refused("Skriv varför du bedömer det så. Det visas bredvid målet.", "why")
    _write(session, goal, at, "verdict", now, account_id, status=status, note=_sentence(why, "why"), day=local_day(now))
    _count_anew(session, goal.id)


def take_back(session: Session, goal_id: int, at: Association, entry_id: int, account_id: int, now: datetime) -> None:
    """Take a note back: it stays, struck through, and counts no more. Missing if it is gone already."""
    here = (
        GoalEntry.id == entry_id, GoalEntry.goal_id == goal_id, GoalEntry.association_id == at.id,
        GoalEntry.undone_at.is_(None),
    )  # fmt: skip
    if not changed(session.execute(sa.update(GoalEntry).where(*here).values(undone_at=now))):
        raise Missing
    _count_anew(session, goal_id)
    audit.changed(session, account_id, "goal_note_undone", "goal", goal_id, now, at.id)


def _write(
    session: Session, goal: Any, at: Association, kind: str, now: datetime, account_id: int, **what: Any
) -> None:
    new = {
        "goal_id": goal.id, "association_id": at.id, "kind": kind, "account_id": account_id, "at": now,
        "status": "", "link": "", "value": None, **what,
    }  # fmt: skip
    session.execute(sa.insert(GoalEntry), [new])
    audit.changed(session, account_id, "goal_noted", "goal", goal.id, now, at.id)


def _count_anew(session: Session, goal_id: int) -> None:
    """What was kept is thrown away: the next round counts it again, and pages do meanwhile."""
    session.execute(sa.delete(GoalReading).where(GoalReading.goal_id == goal_id))


def _columns(session: Session, place: Association, year: int, draft: Draft, today: date) -> dict[str, Any]:
    text, section = " ".join(draft.text.split()), " ".join(draft.section.split())
    if not text or len(text) > LONGEST:
        raise Refused("Skriv målet, högst %(most)s tecken.", "goal", most=LONGEST)
    if len(section) > 80 or len(draft.office) > 60:
        raise Refused("Skriv högst %(most)s tecken.", "office" if len(draft.office) > 60 else "section", most=60)
    _check_measure(draft)
    themes = [" ".join(one.split())[:60] for one in draft.themes if one.strip()]
    if len(themes) > MOST_THEMES:
        raise Refused("Skriv högst %(most)s teman.", "themes", most=MOST_THEMES)
    if draft.due_on is not None and draft.due_on.year != year:
        raise Refused("Dagen ska vara under planens år, %(year)s.", "due", year=year)
    may = {row.id for row in support.helpers(session, place, today)} | {draft.kept_responsible}
    if draft.responsible_id is not None and draft.responsible_id not in may:
        raise Refused("Välj någon som har en roll här, eller skriv ett ämbete.", "responsible")
    scope, place_id = _scope(session, place, draft)
    counted = draft.rule not in {"all", "more", "done"}
    return {
        "text": text, "section": section, "entry": draft.entry, "rule": draft.rule, "scope": scope, "place_id": place_id,
        "target": draft.target if counted else None, "baseline": draft.baseline,
        "baseline_from": " ".join(draft.baseline_from.split())[:120],
        "detail": {**draft.known, "themes": themes} if themes else {key: one for key, one in draft.known.items() if key != "themes"},
        "due_on": draft.due_on, "responsible_id": draft.responsible_id, "office": " ".join(draft.office.split()),
    }  # fmt: skip


def _check_measure(draft: Draft) -> None:
    entry = CATALOGUE.get(draft.entry)
    if entry is None:
        raise Refused("Välj hur målet mäts.", "entry")
    if draft.rule not in entry.rules:
        raise Refused("Så kan det målet inte mätas. Välj en annan gräns.", "rule")
    if draft.rule in {"all", "more", "done"}:
        _check_baseline(draft)
        return
    most = 100 if draft.rule == "percent" else MOST_IN_A_PERIOD if draft.rule in PERIODS else MOST
    least = 0 if entry.count == "number" else 1
    if draft.target is None or not least <= draft.target <= most:
        raise Refused(
            "Skriv ett helt tal från %(least)s till %(most)s.",
            "target",
            least=least,
            most=f"{most:,}".replace(",", " "),
        )
    _check_baseline(draft)


def _check_baseline(draft: Draft) -> None:
    if draft.baseline is None:
        return
    if not 0 <= draft.baseline <= MOST:
        raise Refused("Skriv utgångsläget som ett helt tal.", "baseline")
    if draft.rule == "more" and not draft.baseline_from.strip():
        raise Refused("Skriv varifrån utgångsläget kommer, till exempel verksamhetsberättelsen.", "baseline_from")


def _scope(session: Session, place: Association, draft: Draft) -> tuple[str, int | None]:
    if place.kind == AssociationKind.ASSOCIATION or draft.scope == "whole":
        return "whole", None
    if draft.scope == "every":
        return "every", None
    below = (Association.id == draft.place_id, Association.path.like(place.path + "%"))
    if draft.scope != "one" or session.scalar(sa.select(Association.id).where(*below)) is None:
        raise Refused("Välj vem målet gäller.", "scope")
    return "one", draft.place_id


def _sentence(text: str, name: str = "note") -> str:
    text = " ".join(text.split())
    if len(text) > LONGEST:
        raise Refused("Skriv högst %(most)s tecken.", name, most=LONGEST)
    return text


def _link(link: str) -> str:
    link = link.strip()
    try:
        parts = urlsplit(link)
        right = not link or (parts.scheme in {"http", "https"} and bool(parts.hostname))
    except ValueError:
        right = False
    if not right or len(link) > 300 or any(sign.isspace() for sign in link):
        raise Refused("Skriv länken som den står i webbläsaren, med https:// först.", "link")
    return link
