"""The call queue: hand the next person to a caller, keep them hers for a while, take them back."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import claiming
from campaigns.calling_hours import calling_hours_open, kind_of_day, next_opening
from campaigns.holds import LEASE, held_call, hold_row, open_call, release, renew
from campaigns.models import Call, CallState, QueueRow, QueueState
from campaigns.queue_filling import fill
from campaigns.reasons import Reason, why_not_callable
from campaigns.statements import is_postgresql
from campaigns.sweep import put_back_due, sweep
from organizer.db import LostARace
from organizer.times import local
from organizer.words import Missing

RINGS_BACK = timedelta(days=7)
"""How long afterwards a caller finds someone who rings her up (P§4.9)."""

__all__ = [
    "Reason",
    "anyone_to_ring",
    "calling_hours_open",
    "claim_next",
    "claim_row",
    "fill",
    "held_call",
    "next_opening",
    "release",
    "renew",
    "sweep",
    "why_not_callable",
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

    A caller who already holds somebody gets that call again. Who may be given to whom stands in claiming.py. Raises
    LostARace when another caller was quicker with the same person or household: `Database.write` begins anew.
    """
    asked = _asked(account_id, campaign_id, now, shift_id, association_id)
    found = _claim(session, asked) or held_call(session, account_id, now)
    if found:
        return found
    # Nobody, or somebody whose hold has run out or whose time has come stands in the way: they are put back first.
    # Last come those whom this caller skipped, because everybody else has been rung.
    put_back_due(session, campaign_id, now)
    return _claim(session, asked) or _claim(session, asked, also_avoided=True)


def anyone_to_ring(
    session: Session, account_id: int, campaign_id: int, now: datetime, *, association_id: int | None = None
) -> bool:
    """Whether a claim at this moment would give the caller somebody; nobody is claimed, so a GET may ask (D10)."""
    asked = _asked(account_id, campaign_id, now, None, association_id)
    return (
        session.execute(claiming.looking(is_postgresql(session), association_id is not None), asked).first() is not None
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


def _claim(session: Session, asked: dict[str, Any], *, also_avoided: bool = False) -> int | None:
    if is_postgresql(session):
        return _claim_on_postgresql(session, asked, also_avoided)
    return _claim_on_sqlite(session, asked, also_avoided)


def _claim_on_postgresql(session: Session, asked: dict[str, Any], also_avoided: bool) -> int | None:
    row = session.execute(claiming.on_postgresql("association" in asked, also_avoided), asked).first()
    if row is None:
        return None
    if row.call_id is None or row.numbers != row.wanted:
        # Trying somebody else with what this try has locked, two callers could come to wait for each other.
        raise LostARace
    return int(row.call_id)


def _claim_on_sqlite(session: Session, asked: dict[str, Any], also_avoided: bool) -> int | None:
    row = session.execute(claiming.on_sqlite("association" in asked, also_avoided), asked).first()
    if row is None:
        return None
    values = asked | {"queue": row.id, "person": row.person_id, "association": row.association_id}
    return open_call(session, "claim", values, QueueState.READY)
