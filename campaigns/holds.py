"""Holds: a person belongs to one caller for a while, unique in the database itself (D8, D9)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Call, CallState, Hold, HoldNumber, QueueRow, QueueState
from campaigns.queue_states import move_row
from campaigns.statements import typed
from organizer import person_locks
from organizer.models import Person, Phone
from organizer.words import N_, Missing, Refused

LEASE = timedelta(minutes=45)
"""How long a person is kept for a caller from assignment, or from the last sign of life of her page (D9)."""
LEASE_WHEN_RINGING = timedelta(minutes=75)


def held_call(session: Session, account_id: int, now: datetime) -> int | None:
    """The call whose person the caller holds at this moment; None if she holds nobody."""
    return session.scalar(sa.select(Hold.call_id).where(Hold.account_id == account_id, Hold.expires_at > now))


def release(session: Session, account_id: int, now: datetime) -> None:  # noqa: ARG001  every rule is told the time
    """Put whoever the caller holds back where they came from, without trace (D9, *Pausa* and *Sluta*)."""
    let_go(session, Hold.account_id == account_id)


def renew(session: Session, account_id: int, now: datetime, *, rang: bool = False) -> None:
    """Keep the person for the caller: 45 minutes more, or 75 when she has just tapped *Ring* (D9); never shorter."""
    until = now + (LEASE_WHEN_RINGING if rang else LEASE)
    held = session.scalar(
        sa.update(Hold)
        .where(Hold.account_id == account_id)
        .values(expires_at=sa.case((Hold.expires_at > until, Hold.expires_at), else_=until))
        .returning(Hold.call_id)
        .execution_options(synchronize_session=False)
    )
    if held and rang:
        session.execute(sa.update(Call).where(Call.id == held, Call.rang_at.is_(None)).values(rang_at=now))


def hold_row(session: Session, account_id: int, queue_id: int, now: datetime, *, shift_id: int | None = None) -> int:
    """Hold one row for a caller whatever state it rests in, and return the new call's id; callers check who may.

    Whom she holds untouched goes back to the same place (D13). Refused, in words, when somebody else is talking to
    the person or the household, or when nobody may ring the person any more.
    """
    let_go(session, Hold.expires_at <= now)
    own = session.execute(sa.select(Hold.call_id, Hold.queue_id).where(Hold.account_id == account_id)).first()
    if own and own.queue_id == queue_id:
        return own.call_id
    release(session, account_id, now)
    person_locks.keep(session, session.scalar(sa.select(QueueRow.person_id).where(QueueRow.id == queue_id)))
    columns = (QueueRow.id, QueueRow.campaign_id, QueueRow.person_id, QueueRow.association_id, QueueRow.state)
    row = session.execute(sa.select(*columns).where(QueueRow.id == queue_id).with_for_update()).first()
    if row is None:
        raise Missing
    _refuse_if_taken(session, row.person_id)
    values = {
        "account": account_id, "campaign": row.campaign_id, "queue": row.id, "person": row.person_id, "shift": shift_id,
        "association": row.association_id, "now": now, "until": now + LEASE,
    }  # fmt: skip
    try:
        with session.begin_nested():
            return open_call(session, "take_up", values, row.state)
    except sa.exc.IntegrityError as taken:
        raise Refused(_TAKEN) from taken


def open_call(session: Session, move: str, values: dict[str, Any], back_to: str) -> int:
    """Open a call and hold its person and all their numbers; the move says from where the row may be taken."""
    call_id = int(session.execute(_OPEN_CALL, values).scalar_one())
    session.execute(_HOLD, values | {"call": call_id, "back_to": str(back_to)})
    session.execute(_HOLD_NUMBERS, values | {"call": call_id})
    if not move_row(session, move, values["queue"], QueueState.HELD):
        raise Refused("Personen har bett att slippa samtal, eller ska inte ringas av något annat skäl.")
    return call_id


def let_go(session: Session, which: sa.ColumnElement[bool]) -> int:
    """Remove the holds that match and put their rows back where they came from; how many there were."""
    calls = _taken(session, which)
    if not calls:
        return 0
    gone = session.execute(
        sa.delete(Hold)
        .where(Hold.call_id.in_(calls), which)
        .returning(Hold.call_id, Hold.queue_id, Hold.back_to)
        .execution_options(synchronize_session=False)
    ).all()
    for row in gone:
        move_row(session, "give_back", row.queue_id, QueueState(row.back_to))
    if gone:
        session.execute(
            sa.update(Call)
            .where(Call.id.in_([row.call_id for row in gone]), Call.state == CallState.OPEN)
            .values(state=CallState.RELEASED)
            .execution_options(synchronize_session=False)
        )
    return len(gone)


def _taken(session: Session, which: sa.ColumnElement[bool]) -> Sequence[int]:
    """The calls of these holds, taken in the order in which a report takes them: the call before its hold."""
    held = sa.select(Call.id).join(Hold, Hold.call_id == Call.id).where(which).order_by(Call.id)
    return session.scalars(held.with_for_update(key_share=True, of=Call)).all()


def _refuse_if_taken(session: Session, person_id: int) -> None:
    """In words, if the person or somebody on the same number is held; Missing for those no caller may ever see."""
    numbers = sa.select(Phone.e164).where(Phone.person_id == person_id)
    held = sa.or_(sa.exists().where(Hold.person_id == person_id), sa.exists().where(HoldNumber.e164.in_(numbers)))
    person = session.execute(sa.select(Person.protected, Person.deceased_on, held).where(Person.id == person_id)).one()
    if person.protected or person.deceased_on:
        raise Missing
    if person[2]:
        raise Refused(_TAKEN)


_TAKEN = N_("Någon annan talar med personen just nu. Försök igen om en stund.")
_OPEN_CALL = typed("""
    INSERT INTO calls (campaign_id, queue_id, person_id, association_id, account_id, shift_id, state,
                       assigned_at, detail, late, contested, note, before)
    VALUES (:campaign, :queue, :person, :association, :account, :shift, 'open',
            :now, '{}', FALSE, FALSE, '', '{}')
    RETURNING id
""")
_HOLD = typed("""
    INSERT INTO holds (call_id, queue_id, person_id, account_id, expires_at, back_to)
    VALUES (:call, :queue, :person, :account, :until, :back_to)
""")
_HOLD_NUMBERS = typed("""
    INSERT INTO hold_numbers (e164, call_id) SELECT n.e164, :call FROM phones n WHERE n.person_id = :person
""")
