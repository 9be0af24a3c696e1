"""Messages nobody has told us about: hand-overs that died, answers that were lost, receipts that never came."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Message, MessageState
from campaigns.sms_news import heard, heard_all
from campaigns.sms_queue import move, note
from campaigns.telephony import Gateway, NotAccepted, Receipt
from organizer.db import Database

STUCK = timedelta(minutes=2)
"""Longer than any hand-over takes: whoever claimed it has died."""
SILENT = timedelta(hours=1)
"""So long after the hand-over we ask ourselves what the provider has not told."""
NO_RECEIPT = timedelta(hours=48)
"""After this no answer is coming (D24)."""
QUESTIONS = 200
"""How many messages are asked about in one round, at most."""
AT_ONCE, TOGETHER = 4, 20
"""So many questions are put at the same time, and so many answers are written down in one transaction."""
ROUND = 15.0
"""Seconds that the questions of one round may take: the worker has other things to do each minute."""
S = MessageState


def reconcile(
    database: Database, gateway: Gateway, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False
) -> None:
    """Find out what can be found out: hand-overs that died, answers that were lost, news that never came."""
    with database.writing() as session:
        release_stuck(session, clock())
        give_up(session, clock())
    ends = time.monotonic() + ROUND
    with ThreadPoolExecutor(AT_ONCE) as hands:
        for rows, ask, write in (
            (_unknown(database, gateway.name, clock()), _sent_to, _find),
            (_silent(database, gateway.name, clock()), _become_of, _hear),
        ):
            for first in range(0, len(rows), TOGETHER):
                if stop() or time.monotonic() > ends:
                    return
                some = rows[first : first + TOGETHER]
                answers = zip(some, hands.map(partial(ask, gateway), some), strict=True)
                answered: list[tuple[Any, Any]] = [(row, answer) for row, answer in answers if answer is not None]
                with database.writing() as session:
                    write(session, answered, clock(), counts=gateway.reaches)
                    _looked(session, [row.id for row, _answer in answered], clock())


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


def _sent_to(gateway: Gateway, row: Any) -> list[Receipt] | None:
    """What the provider has sent to that number since the hand-over began; None when it does not answer."""
    try:
        return gateway.find(row.e164, row.claimed_at - timedelta(minutes=5)) if row.body else []
    except NotAccepted:
        return None


def _become_of(gateway: Gateway, row: Any) -> Receipt | None:
    try:
        return gateway.fetch(row.sid)
    except NotAccepted:
        return None


def _find(session: Session, answered: Sequence[tuple[Any, list[Receipt]]], now: datetime, *, counts: bool) -> None:
    """Ours is the one with the same text at that time, bound to no other row."""
    for row, sent in answered:
        ours = [one for one in sent if one.body == row.body and not _bound(session, one.sid)]
        if ours:
            heard(session, row.ref, ours[-1], now, counts=counts)
        else:
            note(session, [row.id], S.UNKNOWN, now, "not found")


def _hear(session: Session, answered: Sequence[tuple[Any, Receipt]], now: datetime, *, counts: bool) -> None:
    told = [(row.ref, news) for row, news in answered if news.state != S.ACCEPTED]
    heard_all(session, told, now, counts=counts)


def _looked(session: Session, ids: list[int], now: datetime) -> None:
    session.execute(
        sa.update(Message).where(Message.id.in_(ids)).values(looked_at=now).execution_options(synchronize_session=False)
    )


def _bound(session: Session, sid: str) -> bool:
    """Whether another row is already known to be that message of the provider's."""
    return session.scalar(sa.select(Message.id).where(Message.sid == sid)) is not None
