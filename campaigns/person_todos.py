"""What is to be done about one person: follow-ups with an owner and a day, beside what calls have led to."""

from dataclasses import dataclass
from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import todo_work, todos
from campaigns.models import Todo
from campaigns.personal_data import TODOS
from campaigns.todo_list import receivers_at
from organizer.models import Account, Association
from organizer.times import local_day, moment
from organizer.words import N_, Missing, Refused

SEEN_FROM = time(8)
"""A follow-up stands under *Behöver dig* from eight in the morning of its day."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do; `what` for gettext."""

    id: int
    what: str
    text: str
    day: date
    owner: str
    mine: bool
    """A follow-up, which can be ticked off on the person's page; the rest is done under *Behöver dig*."""


def of_person(session: Session, person_id: int) -> list[Line]:
    """What is open, the nearest day first."""
    rows = session.execute(
        sa.select(Todo.id, Todo.kind, Todo.text, Todo.visible_at, sa.func.coalesce(Account.name, "").label("owner"))
        .outerjoin(Account, Account.id == Todo.passed_to)
        .where(Todo.person_id == person_id, Todo.done_at.is_(None))
        .order_by(Todo.visible_at, Todo.id)
    )
    return [
        Line(
            row.id,
            TODOS.get(row.kind, row.kind),
            row.text,
            local_day(row.visible_at),
            row.owner,
            row.kind == "follow_up",
        )
        for row in rows
    ]


def add(
    session: Session, person_id: int, association_id: int, text: str, owner_id: int | None, day: date, now: datetime
) -> int:
    """Somebody is to do something about a person on a day; returns the to-do's id."""
    if not text.strip():
        raise Refused(N_("Skriv vad som ska göras."), field="text")
    if day < local_day(now):
        raise Refused(N_("Dagen har varit. Välj i dag eller en senare dag."), field="day")
    path = session.scalar(sa.select(Association.path).where(Association.id == association_id)) or ""
    if owner_id not in {one.id for one in receivers_at(session, path, now)}:
        raise Refused(N_("Välj vem som ska göra det."), field="owner")
    todo_id = todos.add(
        session,
        kind="follow_up",
        person_id=person_id,
        association_id=association_id,
        now=now,
        text=" ".join(text.split()),
    )
    visible = max(now, moment(day, SEEN_FROM))
    session.execute(sa.update(Todo).where(Todo.id == todo_id).values(passed_to=owner_id, visible_at=visible))
    return todo_id


def done(session: Session, person_id: int, todo_id: int, account_id: int, now: datetime) -> None:
    """Tick a follow-up of this person off; Missing when it is not theirs, or not a follow-up."""
    here = sa.select(Todo.id).where(Todo.id == todo_id, Todo.person_id == person_id, Todo.kind == "follow_up")
    if session.scalar(here) is None:
        raise Missing
    todo_work.done(session, todo_id, account_id, now)
