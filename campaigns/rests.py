"""How long a person is left alone by every campaign after a call of any of them: a setting of the whole tree (D14)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import settings

IN_FORCE = """
    (SELECT s.value FROM settings s JOIN associations a ON a.id = s.association_id
     WHERE s.key = 'rest' AND s.from_day <= :today AND a.parent_id IS NULL ORDER BY s.from_day DESC LIMIT 1)
"""
"""The setting that holds `today`, or NULL where nobody has chosen; one tree, so one root decides."""


@dataclass(frozen=True, slots=True)
class Rests:
    """How long to wait."""

    after_attempt: timedelta
    after_conversation: timedelta

    @property
    def longest(self) -> timedelta:
        """Calls older than this keep nobody waiting."""
        return max(self.after_attempt, self.after_conversation)


def of(value: dict[str, Any] | None) -> Rests:
    """What a row of the setting says; None is the default."""
    chosen = value or settings.ALL[settings.REST].default
    return Rests(timedelta(hours=chosen["attempt_hours"]), timedelta(days=chosen["conversation_days"]))


def in_force(session: Session, today: date) -> Rests:
    """What holds on the day."""
    return of(session.scalar(_IN_FORCE, {"today": today}))


_IN_FORCE = (
    sa.text(f"SELECT {IN_FORCE} AS value").bindparams(sa.bindparam("today", type_=sa.Date)).columns(value=sa.JSON)
)
