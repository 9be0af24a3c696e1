"""The people a caller has promised to ring back herself, and those somebody else rings instead (P§4.7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Call, CallState, Campaign, CampaignState, QueueRow, QueueState, Shift, ShiftCaller
from organizer.models import Person


@dataclass(frozen=True, slots=True)
class Promise:
    """One promised callback; the full name, because she promised it to that person."""

    queue_id: int
    person_id: int
    campaign_id: int
    name: str
    due_at: datetime
    shift_id: int | None
    """The running shift in which it can be kept now."""


def of(session: Session, account_id: int, now: datetime) -> list[Promise]:
    """The caller's open promises, soonest first."""
    running = (
        sa.select(sa.func.min(Shift.id))
        .join(ShiftCaller, sa.and_(ShiftCaller.shift_id == Shift.id, ShiftCaller.account_id == account_id))
        .where(Shift.campaign_id == QueueRow.campaign_id, Shift.starts_at <= now, Shift.ends_at > now)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(
            QueueRow.id, QueueRow.person_id, QueueRow.campaign_id, QueueRow.due_at, Person.first_name,
            Person.last_name, running.label("shift_id"),
        )
        .join(Person, Person.id == QueueRow.person_id)
        .join(Campaign, Campaign.id == QueueRow.campaign_id)
        .where(
            QueueRow.callback_by == account_id,
            QueueRow.state.in_([QueueState.READY, QueueState.WAITING]),
            Campaign.state == CampaignState.RUNNING,
            Person.protected.is_(False),
            Person.deceased_on.is_(None),
        )
        .order_by(QueueRow.due_at)
        .limit(20)
    )  # fmt: skip
    return [
        Promise(row.id, row.person_id, row.campaign_id, f"{row.first_name} {row.last_name}", row.due_at, row.shift_id)
        for row in rows
    ]


def taken_over(session: Session, account_id: int, now: datetime) -> list[str]:
    """First names of those the caller promised to ring in the last three days and somebody else rings instead."""
    rows = session.execute(
        sa.select(Person.first_name, Call.detail)
        .join(Person, Person.id == Call.person_id)
        .join(QueueRow, QueueRow.id == Call.queue_id)
        .where(
            Call.account_id == account_id,
            Call.outcome == "callback",
            Call.state == CallState.REPORTED,
            Call.happened_at > now - timedelta(days=3),
            QueueRow.callback_by.is_(None),
            QueueRow.state.in_([QueueState.READY, QueueState.WAITING]),
            QueueRow.due_at < now,
        )
        .order_by(Call.id)
        .limit(5)
    )
    return [row.first_name for row in rows if row.detail.get("who") == "me"]
