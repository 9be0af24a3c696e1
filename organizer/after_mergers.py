"""What somebody has to decide when an association has become part of another: its roles, its goals, and what names it (D22)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit, place_mergers, plans, roles
from organizer.access import Viewer
from organizer.accounts import holds_on
from organizer.models import (
    Account,
    Association,
    GoalEntry,
    Plan,
    PlanGoal,
    Role,
    Selection,
)
from organizer.times import local_day
from organizer.words import Missing

TAKEN, LEFT = "taken", "left"
"""What became of a goal: it went on in the other's plan, or was left in the plan it stood in."""


@dataclass(frozen=True, slots=True)
class Left:
    """What waits: rows of roles, of goals, and of saved selections that name the association."""

    roles: list[Any]
    goals: list[Any]
    aimed: list[Any]
    """Goals of a plan above that are about the association alone."""
    selections: list[Any]

    def __len__(self) -> int:
        return len(self.roles) + len(self.goals) + len(self.aimed) + len(self.selections)


def left(session: Session, gone: Association, now: datetime) -> Left:
    """Everything that waits for a decision at an association that is part of another."""
    return Left(
        list(session.execute(_roles(now).where(Role.association_id == gone.id))),
        list(session.execute(_goals(now).where(Plan.association_id == gone.id))),
        list(session.execute(_goals(now).where(PlanGoal.place_id == gone.id))),
        [row for row in session.execute(_SELECTIONS) if names(row.definition, gone.id)],
    )


def waiting(session: Session, viewer: Viewer, now: datetime) -> list[tuple[Association, int]]:
    """The associations that are part of another and where something still waits, and how much.

    Of the districts whose associations the viewer may merge.
    """
    merged = sa.select(Association).where(Association.merged_into_id.is_not(None)).order_by(Association.sort_key)
    gone = session.scalars(merged).all()
    districts = place_mergers.districts_of(session, viewer) if gone else ()
    found = [(one, len(left(session, one, now))) for one in gone if one.path.startswith(districts)]
    return [(one, number) for one, number in found if number]


def pass_role(
    session: Session, viewer: Viewer, gone: Association, into: Association | None, role_id: int, now: datetime
) -> None:
    """Let the holder of a role have it at `into` instead, or end it where that is None; Missing when it is not held."""
    row = session.execute(_roles(now).where(Role.association_id == gone.id, Role.id == role_id)).first()
    if row is None:
        raise Missing
    if into is not None:
        roles.give(session, viewer, row.account_id, row.role, into, now)
    roles.end(session, viewer, role_id, now)


def pass_goal(
    session: Session, gone: Association, into: Association | None, goal_id: int, account_id: int, now: datetime
) -> None:
    """Let a goal go on in the plan of `into`, with what has been noted about it, or stay where it stands for None."""
    row = session.execute(_goals(now).where(Plan.association_id == gone.id, PlanGoal.id == goal_id)).first()
    if row is None:
        raise Missing
    if into is not None:
        goal = session.get_one(PlanGoal, goal_id)
        made = plans.add(session, into, row.year, [_draft(goal)], account_id, now)[0]
        _copy_notes(session, goal_id, made, into.id)
    session.execute(sa.update(PlanGoal).where(PlanGoal.id == goal_id).values(passed_on=TAKEN if into else LEFT))
    audit.changed(session, account_id, "goal_passed_on", "goal", goal_id, now, gone.id, kept=into is not None)


def aim_anew(
    session: Session, gone: Association, into: Association | None, goal_id: int, account_id: int, now: datetime
) -> None:
    """Let a goal of a plan above be about `into` instead, or leave it as it stands for None."""
    row = session.execute(_goals(now).where(PlanGoal.place_id == gone.id, PlanGoal.id == goal_id)).first()
    if row is None:
        raise Missing
    values = {"place_id": into.id} if into else {"passed_on": LEFT}
    session.execute(sa.update(PlanGoal).where(PlanGoal.id == goal_id).values(values))
    audit.changed(session, account_id, "goal_passed_on", "goal", goal_id, now, gone.id, kept=into is not None)


def rename(
    session: Session, gone: Association, into: Association, selection_id: int, account_id: int, now: datetime
) -> None:
    """Let a saved selection name `into` where it names `gone`; Missing when it does not."""
    found = session.get(Selection, selection_id)
    if found is None or not names(found.definition, gone.id):
        raise Missing
    found.definition = _instead(found.definition, gone.id, into.id)
    audit.changed(session, account_id, "save", "selection", selection_id, now, found.association_id)


def names(definition: object, place: int) -> bool:
    """Whether a definition of people names an association."""
    if isinstance(definition, dict):
        here = definition.get("kind") == "association" and place in definition.get("ids", ())
        return here or any(names(one, place) for one in definition.values())
    return isinstance(definition, list) and any(names(one, place) for one in definition)


def _instead(definition: Any, gone: int, into: int) -> Any:
    if isinstance(definition, list):
        return [_instead(one, gone, into) for one in definition]
    if not isinstance(definition, dict):
        return definition
    new = {key: _instead(one, gone, into) for key, one in definition.items()}
    if new.get("kind") == "association" and gone in new.get("ids", ()):
        new["ids"] = list(dict.fromkeys(into if one == gone else one for one in new["ids"]))
    return new


def _roles(now: datetime) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Role.id, Role.name.label("role"), Role.account_id, Account.name)
        .join(Account, Account.id == Role.account_id)
        .where(holds_on(local_day(now)), Account.disabled_at.is_(None))
        .order_by(Role.name, Account.name, Role.id)
    )


def _goals(now: datetime) -> sa.Select[*tuple[Any, ...]]:
    """Goals of this year's plans and later ones that nobody has decided about."""
    return (
        sa.select(PlanGoal.id, PlanGoal.text, Plan.year, Association.slug)
        .join(Plan, Plan.id == PlanGoal.plan_id)
        .join(Association, Association.id == Plan.association_id)
        .where(Plan.year >= local_day(now).year, PlanGoal.removed_at.is_(None), PlanGoal.passed_on.is_(None))
        .order_by(Plan.year, PlanGoal.position, PlanGoal.id)
    )


_SELECTIONS = sa.select(Selection.id, Selection.name, Selection.definition, Association.path).join(
    Association, Association.id == Selection.association_id
)


def _draft(goal: PlanGoal) -> plans.Draft:
    detail = dict(goal.detail)
    return plans.Draft(
        goal.text, goal.entry, goal.rule, goal.section, target=goal.target, baseline=goal.baseline,
        baseline_from=goal.baseline_from, themes=tuple(detail.get("themes", ())), due_on=goal.due_on,
        responsible_id=goal.responsible_id, office=goal.office, known=detail, kept_responsible=goal.responsible_id,
    )  # fmt: skip


def _copy_notes(session: Session, old: int, new: int, place: int) -> None:
    columns = ("kind", "value", "status", "note", "link", "day", "account_id", "at")
    rows = sa.select(sa.literal(new), sa.literal(place), *(getattr(GoalEntry, one) for one in columns))
    here = rows.where(GoalEntry.goal_id == old, GoalEntry.undone_at.is_(None))
    session.execute(sa.insert(GoalEntry).from_select(["goal_id", "association_id", *columns], here))
