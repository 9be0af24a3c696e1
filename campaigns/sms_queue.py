"""The message queue: a row in the database is a message to send, moved by one function, never sent twice by itself."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from campaigns import sms_hours
from campaigns.models import Message, MessageEvent, MessageState

S = MessageState
NEWS = frozenset({S.ACCEPTED, S.SENT, S.DELIVERED, S.UNDELIVERED, S.FAILED})
"""What only the provider can tell us; it may come at any time, also before its own answer to our POST."""
MOVES: dict[MessageState, frozenset[MessageState]] = {
    S.QUEUED: frozenset({S.SENDING, S.CANCELLED}) | NEWS,
    S.SENDING: frozenset({S.QUEUED, S.UNKNOWN}) | NEWS,
    S.UNKNOWN: frozenset({S.QUEUED, S.CANCELLED}) | NEWS,
    S.ACCEPTED: NEWS - {S.ACCEPTED},
    S.SENT: frozenset({S.DELIVERED, S.UNDELIVERED, S.FAILED}),
    S.DELIVERED: frozenset(),
    S.UNDELIVERED: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
}
"""From each state, where it may go. News therefore only moves forward, however it is shuffled (promise 7);
back to the queue leads only what certainly never left, or what a human decided to send again (promise 3)."""


def enqueue(
    session: Session,
    *,
    kind: str,
    e164: str,
    body: str,
    now: datetime,
    person_id: int | None = None,
    account_id: int | None = None,
    campaign_id: int | None = None,
    call_id: int | None = None,
    activity_id: int | None = None,
    once: str | None = None,
    not_before: datetime | None = None,
    expires_in: timedelta | None = None,
    priority: int | None = None,
    provider: str | None = None,
) -> int:
    """Put one message in the queue, in the caller's transaction, and return its id.

    It leaves at the first moment its kind may (sms_hours) from `not_before` on, and no later than `expires_in`
    after that. With the same `once` as before nothing is queued: the earlier message's id is returned.
    """
    leaves = sms_hours.first_moment(kind, max(now, not_before or now))
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    made = session.scalar(
        insert(Message)
        .values(
            ref=secrets.token_hex(16),
            once=once,
            kind=kind,
            priority=sms_hours.PRIORITY[kind] if priority is None else priority,
            state=S.QUEUED,
            e164=e164,
            body=body,
            person_id=person_id,
            account_id=account_id,
            campaign_id=campaign_id,
            call_id=call_id,
            activity_id=activity_id,
            created_at=now,
            not_before=leaves,
            expires_at=leaves + (expires_in or sms_hours.LASTS[kind]),
            tries=0,
            provider=provider,
        )
        .on_conflict_do_nothing(index_elements=[Message.once])
        .returning(Message.id)
    )
    if made is None:
        return session.execute(sa.select(Message.id).where(Message.once == once)).scalar_one()
    _note(session, [made], S.QUEUED, now, kind)
    return made


def cancel_for_call(session: Session, call_id: int, now: datetime) -> int:
    """Take back whatever this call would still send (undo, D24) and return how many; the rows stay as events.

    What was cancelled no longer counts as queued once, so the same call may be reported again.
    """
    of_this_call = (Message.call_id == call_id, Message.state == S.QUEUED)
    return len(move(session, S.CANCELLED, now, *of_this_call, detail="undone", once=None))


def readable_code(session: Session, account_id: int, now: datetime) -> str | None:
    """The newest one-time code of an account while it is good and nothing has been sent for real; else None.

    This is how a demo, or an installation without a provider, lets somebody in (D18).
    """
    body = session.scalar(
        sa.select(Message.body)
        .where(
            Message.account_id == account_id,
            Message.kind == "code",
            Message.provider == "rehearsal",
            Message.expires_at > now,
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    found = re.search(r"\b\d{6}\b", body or "")
    return found[0] if found else None


def move(
    session: Session, to: MessageState, now: datetime, *which: sa.ColumnElement[bool], detail: str = "", **values: Any
) -> Sequence[int]:
    """Move every message that matches `which` and may move to `to`; write an event for each; return their ids.

    The only place that changes a state. The UPDATE itself asks for an allowed earlier state, so that of two who
    move the same row one finds nothing to move.
    """
    before = [state for state, allowed in MOVES.items() if to in allowed]
    moved = session.scalars(
        sa.update(Message)
        .where(Message.state.in_(before), *which)
        .values(state=to, **values)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    ).all()
    _note(session, moved, to, now, detail)
    return moved


def _note(session: Session, ids: Sequence[int], state: MessageState, now: datetime, detail: str) -> None:
    """Append what happened; `detail` never holds a name, a number or a text."""
    if ids:
        rows = [{"message_id": one, "at": now, "state": state, "detail": detail[:120]} for one in ids]
        session.execute(sa.insert(MessageEvent), rows)
