"""The call queue: hand the next person to a caller, keep them hers for a while, take them back."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import claiming
from campaigns.calling_hours import calling_hours_open, kind_of_day, next_opening
from campaigns.models import Call, CallState, Hold, HoldNumber, QueueRow, QueueState
from campaigns.queue_filling import fill
from campaigns.queue_states import MOVES, move_row
from campaigns.statements import is_postgresql
from organizer.models import Person, Phone
from organizer.times import local
from organizer.words import Missing, Refused

LEASE = timedelta(minutes=45)
"""How long a person is kept for a caller from assignment, or from the last sign of life of her page (D9)."""
LEASE_WHEN_RINGING = timedelta(minutes=75)
RINGS_BACK = timedelta(days=7)
"""How long afterwards a caller finds someone who rings her up (P§4.9)."""
TRIES = 8
"""How often another caller may be quicker before a claim gives up."""

__all__ = [
    "calling_hours_open",
    "claim_next",
    "claim_row",
    "fill",
    "held_call",
    "next_opening",
    "release",
    "renew",
]


def claim_next(
    session: Session,
    account_id: int,
    campaign_id: int,
    now: datetime,
    *,
    shift_id: int | None = None,
    association_id: int | None = None,
) -> int | None:
    """Give the caller the next person to ring and return the call's id; None when nobody can be rung now.

    A caller who already holds somebody gets that call again. Who may be given to whom stands in claiming.py.
    """
    asked = _asked(account_id, campaign_id, now, shift_id, association_id)
    return (
        _claim(session, asked)
        or held_call(session, account_id, now)
        or _claim(session, asked, after=put_back_due)
        or _claim(session, asked, also_avoided=True)
    )


def claim_row(session: Session, account_id: int, queue_id: int, now: datetime, *, shift_id: int | None = None) -> int:
    """Give the caller one particular person: a callback she promised, or somebody who rings her up.

    Whom she holds untouched goes back to the same place (D13). Raises Missing unless she promised to ring or rang
    the person within seven days, Refused when somebody else is talking to the person or their household.
    """
    mine = sa.exists().where(
        Call.queue_id == QueueRow.id,
        Call.account_id == account_id,
        Call.state == CallState.REPORTED,
        Call.happened_at > now - RINGS_BACK,
    )
    known = sa.select(QueueRow.id).where(QueueRow.id == queue_id, sa.or_(QueueRow.callback_by == account_id, mine))
    if session.scalar(known) is None:
        raise Missing
    return hold_row(session, account_id, queue_id, now, shift_id=shift_id)


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
    )
    if held and rang:
        session.execute(sa.update(Call).where(Call.id == held, Call.rang_at.is_(None)).values(rang_at=now))


def hold_row(session: Session, account_id: int, queue_id: int, now: datetime, *, shift_id: int | None = None) -> int:
    """Hold one row for a caller whatever state it rests in, and return the new call's id; callers check who may."""
    let_go(session, Hold.expires_at <= now)
    row = session.execute(sa.select(QueueRow).where(QueueRow.id == queue_id).with_for_update()).scalar_one_or_none()
    if row is None:
        raise Missing
    own = session.execute(sa.select(Hold.call_id, Hold.queue_id).where(Hold.account_id == account_id)).first()
    if own and own.queue_id == queue_id:
        return own.call_id
    release(session, account_id, now)
    session.refresh(row)
    _refuse_if_taken(session, row)
    try:
        with session.begin_nested():
            return _hold(session, row, account_id, now, shift_id)
    except sa.exc.IntegrityError as taken:
        raise Refused("Någon annan talar med personen just nu. Försök igen om en stund.") from taken


def let_go(session: Session, which: sa.ColumnElement[bool]) -> int:
    """Remove the holds that match and put their rows back where they came from; how many there were."""
    gone = session.execute(
        sa.delete(Hold)
        .where(which)
        .returning(Hold.call_id, Hold.queue_id, Hold.back_to)
        .execution_options(synchronize_session=False)
    ).all()
    if gone:
        _put_back(session, [dict(row._mapping) for row in gone])  # noqa: SLF001
    return len(gone)


def put_back_due(session: Session, campaign_id: int, now: datetime) -> None:
    """Rows whose waiting time is over become callable, and holds that have run out are taken back."""
    let_go(session, Hold.expires_at <= now)
    sources, _ = MOVES["come_due"]
    session.execute(
        sa.update(QueueRow)
        .where(QueueRow.state.in_(sources), QueueRow.due_at <= now, QueueRow.campaign_id == campaign_id)
        .values(state=QueueState.READY)
        .execution_options(synchronize_session=False)
    )


def _asked(
    account_id: int, campaign_id: int, now: datetime, shift_id: int | None, association_id: int | None
) -> dict[str, Any]:
    here = local(now)
    asked: dict[str, Any] = {
        "account": account_id,
        "campaign": campaign_id,
        "shift": shift_id,
        "now": now,
        "today": here.date(),
        "until": now + LEASE,
        "clock": f"{here:%H:%M}",
        "day_kind": kind_of_day(here.date()),
    }
    return asked | ({"association": association_id} if association_id is not None else {})


def _claim(session: Session, asked: dict[str, Any], *, also_avoided: bool = False, after: Any = None) -> int | None:
    """Claim once more whenever somebody else was quicker with the same person or household."""
    if after:
        after(session, asked["campaign"], asked["now"])
    attempt = _claim_on_postgresql if is_postgresql(session) else _claim_on_sqlite
    for _ in range(TRIES):
        picked, call_id = attempt(session, asked, also_avoided)
        if call_id or not picked:
            return call_id
    return None


def _claim_on_postgresql(session: Session, asked: dict[str, Any], also_avoided: bool) -> tuple[bool, int | None]:
    statement = claiming.on_postgresql("association" in asked, also_avoided)
    row = session.execute(statement, asked).first()
    if row is None or row.call_id is None:
        return row is not None, None
    if row.numbers == row.wanted:
        return True, row.call_id
    # Somebody took another person of the household at the same moment: let go before anyone has seen it.
    let_go(session, Hold.call_id == row.call_id)
    session.execute(sa.delete(Call).where(Call.id == row.call_id))
    return True, None


def _claim_on_sqlite(session: Session, asked: dict[str, Any], also_avoided: bool) -> tuple[bool, int | None]:
    let_go(session, Hold.expires_at <= asked["now"])
    row = session.execute(claiming.on_sqlite("association" in asked, also_avoided), asked).first()
    if row is None:
        return False, None
    values = asked | {"queue": row.id, "person": row.person_id, "association": row.association_id}
    return True, _open_call(session, "claim", values, QueueState.READY)


def _hold(session: Session, row: QueueRow, account_id: int, now: datetime, shift_id: int | None) -> int:
    values = _asked(account_id, row.campaign_id, now, shift_id, row.association_id)
    values |= {"queue": row.id, "person": row.person_id}
    return _open_call(session, "take_up", values, row.state)


def _open_call(session: Session, move: str, values: dict[str, Any], back_to: str) -> int:
    call_id = int(session.execute(claiming.OPEN_CALL, values).scalar_one())
    session.execute(claiming.HOLD, values | {"call": call_id, "back_to": str(back_to)})
    session.execute(claiming.HOLD_NUMBERS, values | {"call": call_id})
    if not move_row(session, move, values["queue"], QueueState.HELD):
        raise Refused("Personen har bett att slippa samtal, eller ska inte ringas av något annat skäl.")
    return call_id


def _refuse_if_taken(session: Session, row: QueueRow) -> None:
    """In words, if the person or somebody on the same number is held, or must never be shown in a queue."""
    numbers = sa.select(Phone.e164).where(Phone.person_id == row.person_id)
    taken = sa.or_(
        sa.exists().where(Hold.person_id == row.person_id),
        sa.exists().where(HoldNumber.e164.in_(numbers)),
    )
    if session.scalar(sa.select(taken)):
        raise Refused("Någon annan talar med personen just nu. Försök igen om en stund.")
    person = session.execute(sa.select(Person.protected, Person.deceased_on).where(Person.id == row.person_id)).one()
    if person.protected or person.deceased_on:
        raise Missing


def _put_back(session: Session, gone: list[dict[str, Any]]) -> None:
    for row in gone:
        move_row(session, "give_back", row["queue_id"], QueueState(row["back_to"]))
    session.execute(
        sa.update(Call)
        .where(Call.id.in_([row["call_id"] for row in gone]), Call.state == CallState.OPEN)
        .values(state=CallState.RELEASED)
        .execution_options(synchronize_session=False)
    )
