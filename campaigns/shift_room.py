"""What a shift leader sees of the room: who rings, who needs help, and how long the queue is; no member's name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from campaigns.models import Call, CallState, Campaign, Hold, QueueRow, QueueState, Shift, ShiftCaller
from organizer.access import Viewer
from organizer.models import Account, Association, RoleName
from organizer.words import Missing


@dataclass(frozen=True, slots=True)
class InTheRoom:
    """A caller of the shift; nobody is ranked, so there are no numbers per caller (P§6.2)."""

    account_id: int
    name: str
    state: str
    """invited, ringing, resting or finished."""
    needs_help_at: datetime | None
    has_number: bool


@dataclass(frozen=True, slots=True)
class Room:
    """The shift as its leader sees it."""

    id: int
    campaign_id: int
    title: str
    campaign_state: str
    place: str
    place_path: str
    association_id: int | None
    starts_at: datetime
    ends_at: datetime
    paused_at: datetime | None
    leader_id: int | None


def of(session: Session, shift_id: int, viewer: Viewer) -> Room:
    """The shift, for its own leader and for shift leaders and organisers of its place; else Missing."""
    part = aliased(Association)
    row = session.execute(
        sa.select(
            Shift.id, Shift.campaign_id, Campaign.title, Campaign.state.label("campaign_state"), Shift.place,
            sa.func.coalesce(part.path, Association.path).label("place_path"), Shift.association_id, Shift.starts_at,
            Shift.ends_at, Shift.paused_at, Shift.leader_id,
        )
        .join(Campaign, Campaign.id == Shift.campaign_id)
        .join(Association, Association.id == Campaign.association_id)
        .outerjoin(part, part.id == Shift.association_id)
        .where(Shift.id == shift_id)
    ).first()  # fmt: skip
    if row is None:
        raise Missing
    room = Room(**row._asdict())
    leads = room.leader_id == viewer.account_id
    if not leads and not viewer.covers(room.place_path, RoleName.SHIFT_LEADER, RoleName.ORGANIZER):
        raise Missing
    return room


def callers(session: Session, shift_id: int, now: datetime) -> list[InTheRoom]:
    """Everyone invited, those who need help first, then by name."""
    rings = sa.exists().where(Hold.account_id == Account.id, Hold.expires_at > now)
    rows = session.execute(
        sa.select(
            Account.id, Account.name, Account.e164, ShiftCaller.joined_at, ShiftCaller.finished_at,
            ShiftCaller.needs_help_at, rings.label("rings"),
        )
        .join(ShiftCaller, ShiftCaller.account_id == Account.id)
        .where(ShiftCaller.shift_id == shift_id)
        .order_by(ShiftCaller.needs_help_at.is_(None), ShiftCaller.needs_help_at, Account.name, Account.id)
    )  # fmt: skip
    return [InTheRoom(row.id, row.name, _state(row), row.needs_help_at, bool(row.e164)) for row in rows]


def hard_calls(session: Session, shift_id: int) -> list[tuple[str, datetime]]:
    """Unpleasant calls of the shift: which caller, and when; somebody should go and ask how it was."""
    rows = session.execute(
        sa.select(Account.name, Call.happened_at)
        .join(Account, Account.id == Call.account_id)
        .where(Call.shift_id == shift_id, Call.state == CallState.REPORTED, Call.outcome == "distress")
        .order_by(Call.happened_at.desc())
        .limit(20)
    )
    return [(row.name, row.happened_at) for row in rows]


def queue_counts(session: Session, room: Room) -> dict[str, int]:
    """How many stand where in the queue of this shift's part of the campaign."""
    here = [QueueRow.campaign_id == room.campaign_id]
    if room.association_id is not None:
        here.append(QueueRow.association_id == room.association_id)
    rows = session.execute(sa.select(QueueRow.state, sa.func.count()).where(*here).group_by(QueueRow.state)).all()
    counted: dict[str, int] = {str(state): 0 for state in QueueState}
    return counted | {row.state: row[1] for row in rows}


def in_shift(session: Session, shift_id: int, account_id: int) -> Account:
    """The account, if it is invited to the shift; else Missing."""
    account = session.scalar(
        sa.select(Account)
        .join(ShiftCaller, ShiftCaller.account_id == Account.id)
        .where(ShiftCaller.shift_id == shift_id, Account.id == account_id)
    )
    if account is None:
        raise Missing
    return account


def _state(row: Any) -> str:
    if row.rings:
        return "ringing"
    if row.finished_at:
        return "finished"
    return "resting" if row.joined_at else "invited"
