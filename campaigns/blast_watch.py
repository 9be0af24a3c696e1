"""Watching over blasts: those whose time has come begin, those that go wrong pause by themselves, the finished end."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import blasts
from campaigns.blast_states import locked, move
from campaigns.models import Blast, BlastState, Message, MessageState
from campaigns.sms_queue import move as move_messages
from campaigns.telephony_codes import FILTERED, REASONS, TEMPORARY
from organizer.words import N_, Refused

S = BlastState
WHY = {
    "person": N_("Någon pausade det."),
    "account": N_("Leverantören tar inte emot: något är fel med kontot eller avsändaren."),
    "geo": N_("Kontot får inte skicka till något av länderna."),
    "balance": N_("Kontot hos leverantören är stängt eller saldot är slut."),
    "limit": N_("Kontots gräns hos leverantören är nådd."),
    "failures": N_("Fler än vart tionde sms gick inte att lämna fram."),
    "unclear": N_(
        "Leverantören svarade inte för flera sms, så det är oklart om de gick iväg. Bestäm om dem och fortsätt sedan."
    ),
    "filtered": N_("Operatörerna stoppar sms:en som oönskade. Se över texten."),
}
"""Why a blast is paused, as pages say it."""
WRONG = 0.1
"""More than this share of failures stops a blast (P§5.5); among the first fifty that is more than five."""
AT_LEAST = 5
UNWANTED = 0.2
"""More than this share filtered by the operators (twilio.md D5)."""
AT_A_TIME = 500
LATE_NEWS = timedelta(days=3)
_LEFT = (MessageState.QUEUED, MessageState.SENDING)
_LOST = (MessageState.FAILED, MessageState.UNDELIVERED)


def begin_due(session: Session, now: datetime) -> int:
    """Start what was let go for a time that has come; how many."""
    due = session.scalars(
        sa.select(Blast)
        .where(Blast.state == S.APPROVED, Blast.send_at <= now, Blast.valid_until >= now)
        .with_for_update(skip_locked=True)
    ).all()
    begun = 0
    for blast in due:
        try:
            blasts.begin(session, blast, now)
            begun += 1
        except Refused:
            blasts.to_draft(session, blast, now, None, "expired", {})
    return begun


def watch(session: Session, now: datetime) -> None:
    """Pause the blasts in which too much goes wrong."""
    for blast_id in session.scalars(sa.select(Blast.id).where(Blast.state == S.SENDING)).all():
        blast = session.get_one(Blast, blast_id, populate_existing=True)
        failed, filtered = _failures(session, blast_id)
        handed = blast.handed - blast.accepted_handed
        new = failed - blast.accepted_failures
        if new <= AT_LEAST:
            continue
        why = "filtered" if filtered > max(AT_LEAST, UNWANTED * handed) else "failures" if new > WRONG * handed else ""
        if why:
            _pause(session, blast_id, why, now)


def pause_for(session: Session, blast_id: int, code: int | None, now: datetime) -> None:
    """The account is what is wrong: every message would fare the same, so it waits for a person."""
    _pause(session, blast_id, REASONS.get(code or 0, "account"), now, code)


def pause_unclear(session: Session, blast_id: int, now: datetime) -> None:
    """Too many were handed over without our knowing whether they left: going on would only make more of them."""
    _pause(session, blast_id, "unclear", now)


def finish(session: Session, now: datetime) -> None:
    """End the blasts with nothing left in the queue; and call those partly failed where much was lost afterwards.

    What another worker is ending just now is left to that one.
    """
    left = sa.exists().where(Message.blast_id == Blast.id, Message.state.in_(_LEFT))
    for blast in _held(session, Blast.state == S.SENDING, ~left):
        to = S.PARTLY if _much_lost(session, blast) else S.DONE
        move(session, blast, to, now, finished_at=now)
    for blast in _held(session, Blast.state == S.DONE, Blast.finished_at > now - LATE_NEWS):
        if _much_lost(session, blast):
            move(session, blast, S.PARTLY, now)


def cancel_stopped(session: Session, now: datetime) -> int:
    """Take what a stop left in the queue out of it, some at a time; how many. None of it could be taken up before."""
    some = (
        sa.select(Message.id)
        .join(Blast, Blast.id == Message.blast_id)
        .where(Blast.state == S.STOPPED, Message.state == MessageState.QUEUED)
        .limit(AT_A_TIME)
    )
    ids = session.scalars(some).all()
    if not ids:
        return 0
    return len(move_messages(session, MessageState.CANCELLED, now, Message.id.in_(ids), detail="stopped", body=""))


def next_moment(session: Session, now: datetime) -> float | None:
    """Seconds until a blast that is being sent may go on by itself; None when nothing is being sent."""
    waits = session.scalars(sa.select(Blast.waits_until).where(Blast.state == S.SENDING)).all()
    return min((max(0.5, (at - now).total_seconds()) if at else 1.0 for at in waits), default=None)


def _pause(session: Session, blast_id: int, why: str, now: datetime, code: int | None = None) -> None:
    if locked(session, blast_id).state == S.SENDING:
        blasts.pause(session, blast_id, None, now, why=why, code=code)


def _held(session: Session, *which: sa.ColumnElement[bool]) -> Sequence[Blast]:
    """These blasts as they are now, held until the end of the transaction; without those that somebody else holds."""
    wanted = sa.select(Blast).where(*which).with_for_update(skip_locked=True, of=Blast)
    return session.scalars(wanted.execution_options(populate_existing=True)).all()


def _failures(session: Session, blast_id: int) -> tuple[int, int]:
    """How many are lost for good, and how many of them the operators filtered."""
    lasting = sa.or_(Message.error_code.is_(None), Message.error_code.not_in(TEMPORARY))
    row = session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(Message.error_code.in_(FILTERED))).where(
            Message.blast_id == blast_id, Message.state.in_(_LOST), lasting
        )
    ).one()
    return row[0], row[1]


def _much_lost(session: Session, blast: Blast) -> bool:
    lost = session.scalar(
        sa.select(sa.func.count()).select_from(Message).where(
            Message.blast_id == blast.id, Message.state.in_((*_LOST, MessageState.UNKNOWN))
        )
    )  # fmt: skip
    return (lost or 0) > WRONG * (blast.recipients or 1)
