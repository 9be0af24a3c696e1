"""What became of messages: news from the provider, applied once and only forwards, and questions where news is missing."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import failing_numbers
from campaigns.models import Message, MessageState
from campaigns.sms_queue import TABLE, move, moving, note
from campaigns.telephony import Gateway, NotAccepted, Receipt
from campaigns.telephony_codes import OPTED_OUT, REJECTED
from organizer import refusals, timeline
from organizer.db import Database
from organizer.models import Kind

STUCK = timedelta(minutes=2)
"""Longer than any hand-over takes: whoever claimed it has died."""
SILENT = timedelta(hours=1)
"""So long after the hand-over we ask ourselves what the provider has not told."""
NO_RECEIPT = timedelta(hours=48)
"""After this no answer is coming (D24)."""
QUESTIONS = 20
"""How many messages are asked about in one round."""
S = MessageState


def heard(session: Session, ref: str, news: Receipt, now: datetime, *, counts: bool = True) -> bool:
    """Apply what the provider says about our message `ref`; False when there is no such message.

    Late, early, repeated or shuffled news end in the same state (promise 7): a state only moves forward, the first
    final one stands, and a second one is kept as an event. It also proves that the message was taken, whatever
    became of the answer to our POST. `counts`: whether a delivery reached somebody and belongs in the ledger.
    """
    row = session.execute(_OF_REF, {"its_ref": ref}).first()
    if row is None:
        return False
    if row.sid not in {None, news.sid} or (row.sid is None and _bound(session, news.sid)):
        note(session, [row.id], S(row.state), now, "news about another message")
        return True
    blanked = row.kind == "code" and row.provider != "rehearsal"
    moved = session.scalars(
        _forwards(news.state, blanked=blanked), {"its_id": row.id, "code": news.code, "its_sid": news.sid}
    ).all()
    note(session, moved, news.state, now, "news")
    if not moved and row.sid is None:
        session.execute(sa.update(Message).where(Message.id == row.id).values(sid=news.sid))
    if moved:
        _what_follows(session, row, news, now, counts=counts)
    elif news.state != row.state:
        note(session, [row.id], news.state, now, "came late")
    return True


_OF_REF = (
    sa.select(
        *(TABLE.c[name] for name in ("id", "sid", "state", "kind", "person_id", "campaign_id", "activity_id", "e164",
                                     "provider", "association_id"))
    )
    .where(TABLE.c.ref == sa.bindparam("its_ref"))
    .with_for_update()
)  # fmt: skip


@cache
def _forwards(state: MessageState, *, blanked: bool) -> Any:
    """The move a piece of news makes, kept ready: some hundreds may come each second."""
    blank = {"body": ""} if blanked else {}
    sid = sa.func.coalesce(TABLE.c.sid, sa.bindparam("its_sid"))
    here = TABLE.c.id == sa.bindparam("its_id")
    return moving(state, here, error_code=sa.bindparam("code"), sid=sid, **blank).returning(TABLE.c.id)


def _what_follows(session: Session, row: Any, news: Receipt, now: datetime, *, counts: bool) -> None:
    """A delivery is a contact in the ledger, and an invitation if it was to an activity (P§6.1); a no at the provider is a no with us, a dead number is marked."""
    if news.state == S.DELIVERED and row.person_id and counts:
        timeline.record(
            session, kind=Kind.MESSAGE, table="messages", source_id=row.id, person_id=row.person_id, at=now,
            association_id=row.association_id, campaign_id=row.campaign_id, activity_id=row.activity_id,
            mass=row.kind == "blast",
        )  # fmt: skip
        if row.kind == "blast" and row.activity_id:
            timeline.record(
                session, kind=Kind.INVITATION, table="messages", source_id=row.id, person_id=row.person_id, at=now,
                association_id=row.association_id, activity_id=row.activity_id, mass=True,
            )  # fmt: skip
    if news.state == S.DELIVERED:
        failing_numbers.arrived(session, row.e164)
    if news.code == OPTED_OUT:
        refusals.refuse(session, row.person_id, "sms", "sms", now, e164=row.e164)
    elif news.state in {S.UNDELIVERED, S.FAILED} and news.code not in REJECTED:
        failing_numbers.failed(session, row.e164, row.person_id, news.code, now)


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
