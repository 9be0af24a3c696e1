"""*Behöver dig*: the rows that say what a responsible person has to do after a call."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Todo
from organizer.db import changed
from organizer.words import Missing

UNDOABLE_FOR = timedelta(minutes=10)
"""What a call leads to is shown to others only after this, so that undo can really undo (P§4.5)."""
AT_ONCE = frozenset({"distress"})
"""Kinds that cannot wait: the shift leader is needed now."""


def add(
    session: Session,
    *,
    kind: str,
    person_id: int,
    association_id: int,
    now: datetime,
    campaign_id: int | None = None,
    call_id: int | None = None,
    text: str = "",
    new_number: str | None = None,
) -> int:
    """Ask somebody responsible to do something about a person, and return the row's id.

    `kind` is one of the kinds named in the model; `new_number` is E.164. What comes from a call is seen after ten
    minutes, an unpleasant call at once.
    """
    waits = UNDOABLE_FOR if call_id is not None and kind not in AT_ONCE else timedelta()
    values = {
        "kind": kind, "person_id": person_id, "association_id": association_id, "campaign_id": campaign_id,
        "call_id": call_id, "text": text[:280], "new_number": new_number, "created_at": now, "visible_at": now + waits,
    }  # fmt: skip
    return int(session.execute(sa.insert(Todo).values(**values).returning(Todo.id)).scalar_one())


def resolve(session: Session, todo_id: int, account_id: int, how: str, now: datetime) -> None:
    """Note that it has been handled, by whom and how; Missing if it is not there or somebody was quicker."""
    resolved = session.execute(
        sa.update(Todo)
        .where(Todo.id == todo_id, Todo.done_at.is_(None))
        .values(done_at=now, done_by=account_id, done_how=how)
        .execution_options(synchronize_session=False)
    )
    if not changed(resolved):
        raise Missing
