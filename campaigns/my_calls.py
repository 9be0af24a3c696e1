"""A caller's own reported calls: first name and initial, what happened, and whether it may still be changed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Call, CallState, Campaign, CampaignState
from campaigns.outcomes import OUTCOMES
from organizer.db import search_key
from organizer.models import Person, Phone

CHANGES_FOR = timedelta(hours=24)
"""How long a caller may change a report (P§4.5)."""
RINGS_BACK = timedelta(days=7)
"""How long a caller finds somebody who rings up (P§4.9)."""


@dataclass(frozen=True, slots=True)
class MyCall:
    """One line of *Mina samtal*; never a number."""

    id: int
    queue_id: int
    person_id: int
    name: str
    at: datetime
    label: str
    undone: bool
    changeable: bool

    @property
    def happened_at(self) -> datetime:
        """When it was tapped."""
        return self.at


def in_shift(session: Session, shift_id: int, account_id: int, now: datetime) -> list[MyCall]:
    """The caller's calls in a shift, newest first."""
    rows = session.execute(
        _select()
        .where(Call.shift_id == shift_id, Call.account_id == account_id)
        .order_by(Call.happened_at.desc(), Call.id.desc())
        .limit(200)
    )
    return [_line(row, now) for row in rows]


def who_rings(session: Session, account_id: int, what: str, now: datetime) -> list[MyCall]:
    """Those the caller rang in seven days whose first name begins so, or whose number ends in these four digits."""
    digits = "".join(sign for sign in what if sign.isdecimal() and sign.isascii())
    name = search_key(what)
    if len(digits) >= 4:
        by: sa.ColumnElement[bool] = sa.exists().where(
            Phone.person_id == Person.id, Phone.e164.endswith(digits[-4:], autoescape=True)
        )
    elif len(name) >= 2:
        by = Person.search_key.startswith(name, autoescape=True)
    else:
        return []
    latest = (
        sa.select(sa.func.max(Call.id))
        .where(Call.account_id == account_id, Call.state == CallState.REPORTED, Call.happened_at > now - RINGS_BACK)
        .group_by(Call.queue_id)
    )
    rows = session.execute(
        _select()
        .where(Call.id.in_(latest), by, Person.protected.is_(False), Person.deceased_on.is_(None))
        .order_by(Call.happened_at.desc())
        .limit(10)
    )
    return [_line(row, now) for row in rows]


def shift_of(session: Session, account_id: int, queue_id: int, now: datetime) -> int | None:
    """The shift in which the caller last rang this person within seven days; None if she did not."""
    return session.scalar(
        sa.select(Call.shift_id)
        .where(
            Call.queue_id == queue_id, Call.account_id == account_id, Call.state == CallState.REPORTED,
            Call.happened_at > now - RINGS_BACK, Call.shift_id.is_not(None),
        )
        .order_by(Call.id.desc())
        .limit(1)
    )  # fmt: skip


def _select() -> Any:
    return (
        sa.select(
            Call.id, Call.queue_id, Call.person_id, Call.happened_at, Call.outcome, Call.state, Call.reported_at,
            Person.first_name, Person.last_name, Campaign.state.label("campaign_state"),
        )
        .join(Person, Person.id == Call.person_id)
        .join(Campaign, Campaign.id == Call.campaign_id)
        .where(Call.state.in_([CallState.REPORTED, CallState.UNDONE]), Call.outcome.is_not(None))
    )  # fmt: skip


def _line(row: Any, now: datetime) -> MyCall:
    undone = row.state == CallState.UNDONE
    recent = row.reported_at is not None and row.reported_at > now - CHANGES_FOR
    return MyCall(
        row.id, row.queue_id, row.person_id, f"{row.first_name} {row.last_name[:1]}.", row.happened_at,
        OUTCOMES[row.outcome].label, undone, not undone and recent and row.campaign_state != CampaignState.CLOSED,
    )  # fmt: skip
