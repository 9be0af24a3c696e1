"""*Behöver dig*: which to-dos a viewer may see, and to whom one may be passed on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from campaigns.models import Todo
from organizer import phones
from organizer.access import Viewer
from organizer.models import Account, Association, Person, Role, RoleName
from organizer.times import local_day
from organizer.words import Missing

WORKS = (RoleName.ORGANIZER, RoleName.STEWARD)
"""Those who have the work queue of their places."""
MAY_GET = (RoleName.STEWARD, RoleName.CHAIR, RoleName.ORGANIZER)
"""Those to whom something can be passed on, the likeliest first."""
AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to do about one person; the name is short because the page is a list (P§5.6)."""

    id: int
    kind: str
    person_id: int
    name: str
    association: str
    text: str
    new_number: str | None
    created_at: datetime
    campaign_id: int | None
    passed_to: str | None

    @property
    def shown_number(self) -> str:
        """The number the caller was given, as people write it."""
        return phones.display(self.new_number) if self.new_number else ""


@dataclass(frozen=True, slots=True)
class Work:
    """Some of the open to-dos, and how many there are in all."""

    rows: list[Row]
    total: int


def of_campaign(session: Session, viewer: Viewer, campaign_id: int, now: datetime, at_most: int = AT_MOST) -> Work:
    """The open to-dos of a campaign that the viewer may see, the oldest first."""
    return _work(session, viewer, now, at_most, Todo.campaign_id == campaign_id)


def mine(session: Session, viewer: Viewer, now: datetime, at_most: int = AT_MOST) -> Work:
    """Every open to-do in the viewer's places, or passed on to the viewer."""
    return _work(session, viewer, now, at_most)


def one(session: Session, viewer: Viewer, todo_id: int, now: datetime) -> Row:
    """One open to-do the viewer may see, else Missing."""
    found = _work(session, viewer, now, 1, Todo.id == todo_id).rows
    if not found:
        raise Missing
    return found[0]


def receivers(session: Session, todo_id: int, viewer: Viewer, now: datetime) -> list[Any]:
    """Accounts (id, name, role) who may be given a to-do because a role of theirs covers its place: steward first."""
    place = sa.select(Association.path).join(Todo, Todo.association_id == Association.id).where(Todo.id == todo_id)
    return [one for one in receivers_at(session, session.scalar(place) or "-", now) if one.id != viewer.account_id]


def receivers_at(session: Session, path: str, now: datetime) -> list[Any]:
    """Accounts (id, name, role) who may be given something to do at the place with this path: steward first."""
    today = local_day(now)
    order = sa.case({role: n for n, role in enumerate(MAY_GET)}, value=Role.name, else_=9)
    rows = session.execute(
        sa.select(Account.id, Account.name, Role.name.label("role"))
        .join(Role, Role.account_id == Account.id)
        .join(Association, Association.id == Role.association_id)
        .where(
            Role.name.in_(MAY_GET),
            Role.from_day <= today,
            sa.or_(Role.to_day.is_(None), Role.to_day > today),
            Account.disabled_at.is_(None),
            sa.literal(path).like(Association.path.concat("%")),
        )
        .order_by(order, sa.func.length(Association.path).desc(), Account.name, Account.id)
    ).all()
    return list({row.id: row for row in reversed(rows)}.values())[::-1]


def _work(session: Session, viewer: Viewer, now: datetime, at_most: int, *which: sa.ColumnElement[bool]) -> Work:
    passed = aliased(Account)
    here = (Todo.done_at.is_(None), Todo.visible_at <= now, _may_see(viewer), *which)
    rows = session.execute(
        sa.select(Todo, Person.first_name, Person.last_name, Association.short_name, passed.name)
        .join(Person, Person.id == Todo.person_id)
        .join(Association, Association.id == Todo.association_id)
        .outerjoin(passed, passed.id == Todo.passed_to)
        .where(*here)
        .order_by(Todo.created_at, Todo.id)
        .limit(at_most)
    ).all()
    total = len(rows)
    if total == at_most:
        counted = sa.select(sa.func.count()).select_from(Todo).join(Person, Person.id == Todo.person_id)
        total = session.scalar(counted.join(Association, Association.id == Todo.association_id).where(*here)) or 0
    return Work([_row(*row) for row in rows], total)


def _row(todo: Todo, first: str, last: str, association: str, passed_to: str | None) -> Row:
    name = f"{first} {last[:1]}." if last else first
    return Row(todo.id, todo.kind, todo.person_id, name, association, todo.text, todo.new_number, todo.created_at,
               todo.campaign_id, passed_to)  # fmt: skip


def _may_see(viewer: Viewer) -> sa.ColumnElement[bool]:
    """In a place the viewer works in, or passed on to the viewer; the protected only for the steward right there (D19)."""
    places = [Association.path.like(path + "%") for path in viewer.paths(*WORKS)]
    stewards = [Association.path == path for path in viewer.paths(RoleName.STEWARD)]
    protected = sa.and_(Person.protected, sa.or_(sa.false(), *stewards))
    reached = sa.or_(Todo.passed_to == viewer.account_id, *places)
    return sa.or_(protected, sa.and_(~Person.protected, reached))
