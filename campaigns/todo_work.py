"""Doing what stands under *Behöver dig*: mend a number, pass it on, or note that it is done; then the person is free."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import replay, todos
from campaigns.models import Todo
from organizer import audit, people, person_locks
from organizer.db import AS_IT_IS
from organizer.models import Person
from organizer.words import Missing, Refused

BLOCKING = ("leaving", "distress")
"""Kinds that block the person in every campaign until they are done (D14)."""


def mend(session: Session, todo_id: int, text: str, account_id: int, now: datetime) -> None:
    """Write the new number on the person, to be rung first, and put them back in every queue that lacked one."""
    todo = _open(session, todo_id)
    people.add_number(session, todo.person_id, text, now, account_id=account_id, first=True)
    todos.resolve(session, todo_id, account_id, "mended", now)
    replay.person(session, todo.person_id, now)
    _log(session, todo, "mend", account_id, now)


def pass_on(session: Session, todo_id: int, to_account_id: int, account_id: int, now: datetime) -> None:
    """Give it to somebody else; it stays open and the person stays blocked. Who may get it is the page's to check."""
    todo = _open(session, todo_id)
    session.execute(sa.update(Todo).where(Todo.id == todo_id, Todo.done_at.is_(None)).values(passed_to=to_account_id))
    _log(session, todo, "pass_on", account_id, now)


def done(session: Session, todo_id: int, account_id: int, now: datetime) -> None:
    """Note that it has been handled.

    Who wanted to leave or had an unpleasant call is not rung again in that campaign, but is no longer blocked
    elsewhere; who had moved is rung again (J12); a wrong number without a new one stays out of the queue.
    """
    todo = _open(session, todo_id)
    todos.resolve(session, todo_id, account_id, "done", now)
    if todo.kind in BLOCKING and not _still_blocked(session, todo):
        session.execute(
            sa.update(Person)
            .where(Person.id == todo.person_id, Person.blocked_why == todo.kind)
            .values(blocked_why=None)
            .execution_options(synchronize_session=False)
        )
    replay.person(session, todo.person_id, now)
    _log(session, todo, "done", account_id, now)


def _open(session: Session, todo_id: int) -> Todo:
    person_locks.keep(session, session.scalar(sa.select(Todo.person_id).where(Todo.id == todo_id)))
    here = sa.select(Todo).where(Todo.id == todo_id).with_for_update()
    todo = session.scalar(here.execution_options(**AS_IT_IS))
    if todo is None:
        raise Missing
    if todo.done_at is not None:
        raise Refused("Någon annan hann före: det är redan klart. Inget har ändrats.")
    return todo


def _still_blocked(session: Session, todo: Todo) -> bool:
    others = sa.exists().where(
        Todo.person_id == todo.person_id, Todo.kind == todo.kind, Todo.done_at.is_(None), Todo.id != todo.id
    )
    return bool(session.scalar(sa.select(others)))


def _log(session: Session, todo: Todo, action: str, account_id: int, now: datetime) -> None:
    audit.changed(session, account_id, action, "todo", todo.id, now, todo.association_id, kind=todo.kind)
