"""Messages nobody has told us about: hand-overs that died, answers that were lost, receipts that never came."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Message, MessageState
from campaigns.sms_news import heard
from campaigns.sms_queue import move, note
from campaigns.telephony import Gateway, NotAccepted
from organizer.db import Database

STUCK = timedelta(minutes=2)
"""Longer than any hand-over takes: whoever claimed it has died."""
SILENT = timedelta(hours=1)
"""So long after the hand-over we ask ourselves what the provider has not told."""
NO_RECEIPT = timedelta(hours=48)
"""After this no answer is coming (D24)."""
QUESTIONS = 20
"""How many messages are asked about in one round."""
S = MessageState


def reconcile(
    database: Database, gateway: Gateway, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False
) -> None:
    """Find out what can be found out: hand-overs that died, answers that were lost, news that never came."""
    with database.writing() as session:
        release_stuck(session, clock())
        give_up(session, clock())
    for row in _unknown(database, gateway.name, clock()):
        if stop():
            return
        _look_for(database, gateway, row, clock)
    for row in _silent(database, gateway.name, clock()):
        if stop():
            return
        _ask_about(database, gateway, row, clock)


def release_stuck(session: Session, now: datetime) -> int:
    """Hand-overs whose worker died become `unknown`, never queued again: they may have left (promise 3).

    Only a rehearsal's go back, because nothing leaves there. Returns how many became unknown.
    """
    stuck = (Message.state == S.SENDING, Message.claimed_at <= now - STUCK)
    move(session, S.QUEUED, now, *stuck, Message.provider == "rehearsal", detail="stuck")
    return len(move(session, S.UNKNOWN, now, *stuck, detail="stuck"))


def give_up(session: Session, now: datetime) -> int:
    """Two days after the hand-over no receipt is coming (D24); one that comes all the same is still heard."""
    old = (Message.state.in_((S.ACCEPTED, S.SENT)), Message.claimed_at <= now - NO_RECEIPT)
    some = sa.select(Message.id).where(*old).limit(500)
    return len(move(session, S.NO_RECEIPT, now, Message.id.in_(some), detail="no receipt"))


def _unknown(database: Database, provider: str, now: datetime) -> Sequence[Any]:
    """Messages that may have left, to be looked for: each minute at first, then each hour, for two days."""
    again = sa.or_(
        Message.looked_at.is_(None),
        Message.looked_at <= now - SILENT,
        sa.and_(Message.looked_at <= now - timedelta(minutes=1), Message.claimed_at > now - timedelta(minutes=15)),
    )
    return _rows(database, [S.UNKNOWN], provider, Message.claimed_at > now - NO_RECEIPT, again)


def _silent(database: Database, provider: str, now: datetime) -> Sequence[Any]:
    """Messages taken long ago and heard nothing of since; a rehearsal plays its deliveries at once."""
    if provider == "rehearsal":
        return _rows(database, [S.ACCEPTED, S.SENT], provider)
    asked = sa.or_(Message.looked_at.is_(None), Message.looked_at <= now - SILENT)
    window = (Message.claimed_at <= now - SILENT, Message.claimed_at > now - NO_RECEIPT)
    return _rows(database, [S.ACCEPTED, S.SENT], provider, *window, asked)


def _rows(
    database: Database, states: list[MessageState], provider: str, *which: sa.ColumnElement[bool]
) -> Sequence[Any]:
    with database.reading() as session:
        return session.execute(
            sa.select(Message.id, Message.ref, Message.sid, Message.e164, Message.body, Message.claimed_at)
            .where(Message.state.in_(states), Message.provider == provider, *which)
            .order_by(Message.looked_at.is_not(None), Message.looked_at, Message.id)
            .limit(QUESTIONS if provider == "twilio" else 500)
        ).all()


def _look_for(database: Database, gateway: Gateway, row: Any, clock: Callable[[], datetime]) -> None:
    """Look among the provider's messages to that number for the same text at that time, bound to no other row."""
    try:
        sent = gateway.find(row.e164, row.claimed_at - timedelta(minutes=5)) if row.body else []
    except NotAccepted:
        return
    with database.writing() as session:
        ours = [one for one in sent if one.body == row.body and not _bound(session, one.sid)]
        if ours:
            heard(session, row.ref, ours[-1], clock())
        else:
            note(session, [row.id], S.UNKNOWN, clock(), "not found")
        _looked(session, row.id, clock())


def _ask_about(database: Database, gateway: Gateway, row: Any, clock: Callable[[], datetime]) -> None:
    try:
        news = gateway.fetch(row.sid)
    except NotAccepted:
        return
    with database.writing() as session:
        if news.state != S.ACCEPTED:
            heard(session, row.ref, news, clock(), counts=gateway.reaches)
        _looked(session, row.id, clock())


def _looked(session: Session, message_id: int, now: datetime) -> None:
    session.execute(sa.update(Message).where(Message.id == message_id).values(looked_at=now))


def _bound(session: Session, sid: str) -> bool:
    """Whether another row is already known to be that message of the provider's."""
    return session.scalar(sa.select(Message.id).where(Message.sid == sid)) is not None
