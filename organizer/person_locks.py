"""Whoever writes about a person takes the person first, so that nobody is merged or erased in the middle of it.

On PostgreSQL a transaction takes what it needs in one order: the person, their calls and holds, their rows in queues,
activities. Two who keep it never wait for each other; SQLite lets one write at a time and needs none of it.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.models import Person


def keep(session: Session, person_id: int | None) -> None:
    """Nobody merges or erases the person until this transaction has ended; others may write about them too."""
    if person_id is not None and is_writing(session):
        session.execute(sa.select(Person.id).where(Person.id == person_id).with_for_update(**BESIDE_OTHERS))


def take(session: Session, person_ids: Iterable[int]) -> None:
    """Nobody else writes anything about these people until this transaction has ended: they are merged or erased.

    A page does this before it looks for them: two who both keep somebody cannot both take them afterwards.
    """
    if is_writing(session):
        session.execute(
            sa.select(Person.id).where(Person.id.in_(set(person_ids))).order_by(Person.id).with_for_update()
        )


def is_writing(session: Session) -> bool:
    """Whether locks mean anything: on PostgreSQL, in a session for changing."""
    bind = session.get_bind()
    return bind.dialect.name == "postgresql" and bool(bind.get_execution_options().get("writing"))


BESIDE_OTHERS: dict[str, Any] = {"read": True, "key_share": True, "of": Person}
"""FOR KEY SHARE, which every row that points at the person takes anyway."""
