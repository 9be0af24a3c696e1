"""Numbers that messages do not reach: counted, marked when they are dead, and put before somebody who can mend them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from campaigns import todos
from campaigns.models import FailingNumber, Todo
from campaigns.telephony_codes import DEAD
from organizer.models import Membership

_numbers: Any = FailingNumber.__table__
KIND = "bad_number"
"""The kind of to-do it becomes."""
TRIES = 3
"""So many in a row that did not arrive: rather ring (P§5.2)."""


def failed(session: Session, e164: str, person_id: int | None, code: int | None, now: datetime) -> None:
    """A message did not arrive. A dead number is marked at once, any other when three in a row have failed."""
    dead = code in DEAD
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    row = session.execute(
        insert(FailingNumber)
        .values(e164=e164, in_a_row=1, code=code, dead=dead, at=now)
        .on_conflict_do_update(
            index_elements=[FailingNumber.e164],
            set_={"in_a_row": FailingNumber.in_a_row + 1, "code": code, "at": now,
                  "dead": sa.or_(FailingNumber.dead, sa.literal(dead))},
        )
        .returning(FailingNumber.in_a_row, FailingNumber.dead)
    ).one()  # fmt: skip
    if person_id is not None and (row.dead or row.in_a_row >= TRIES):
        _ask_somebody(session, person_id, now)


def is_known(e164: Any) -> sa.ColumnElement[bool]:
    """Whether the last messages to that number did not arrive, to be asked in a SELECT."""
    return sa.exists().where(_numbers.c.e164 == e164)


def arrived(session: Session, numbers: list[str]) -> None:
    """Messages got there: whatever was wrong with the numbers is over."""
    if numbers:
        session.connection().execute(_ARRIVED, {"numbers": numbers})


_ARRIVED = sa.delete(_numbers).where(_numbers.c.e164.in_(sa.bindparam("numbers", expanding=True)))


def _ask_somebody(session: Session, person_id: int, now: datetime) -> None:
    """One open to-do for each person, where the person belongs today."""
    asked = session.scalar(
        sa.select(Todo.id).where(Todo.person_id == person_id, Todo.kind == KIND, Todo.done_at.is_(None)).limit(1)
    )
    place = session.scalar(
        sa.select(Membership.association_id)
        .where(Membership.person_id == person_id, Membership.to_day.is_(None))
        .order_by(Membership.id.desc())
        .limit(1)
    )
    if asked is None and place is not None:
        todos.add(session, kind=KIND, person_id=person_id, association_id=place, now=now)
