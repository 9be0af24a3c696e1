"""The message queue: a row in the database is a message to send, moved by one function, never sent twice by itself."""

import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from campaigns import failing_numbers, sms_consent, sms_hours
from campaigns.models import Message, MessageEvent, MessageState
from campaigns.telephony import Fate, Gateway, NotAccepted, Receipt
from campaigns.telephony_codes import DEAD, OPTED_OUT
from organizer import refusals
from organizer.db import Database

S = MessageState
TABLE = cast("sa.Table", Message.__table__)
_NOTE = sa.insert(cast("sa.Table", MessageEvent.__table__))
NEWS = frozenset({S.ACCEPTED, S.SENT, S.DELIVERED, S.UNDELIVERED, S.FAILED})
"""What only the provider can tell us; it may come at any time, also before its own answer to our POST."""
MOVES: dict[MessageState, frozenset[MessageState]] = {
    S.QUEUED: frozenset({S.SENDING, S.CANCELLED}) | NEWS,
    S.SENDING: frozenset({S.QUEUED, S.UNKNOWN}) | NEWS,
    S.UNKNOWN: frozenset({S.QUEUED, S.CANCELLED}) | NEWS,
    S.ACCEPTED: NEWS - {S.ACCEPTED} | {S.NO_RECEIPT},
    S.SENT: frozenset({S.DELIVERED, S.UNDELIVERED, S.FAILED, S.NO_RECEIPT}),
    S.NO_RECEIPT: frozenset({S.DELIVERED, S.UNDELIVERED, S.FAILED}),
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
    note(session, [made], S.QUEUED, now, kind)
    return made


def cancel_for_call(session: Session, call_id: int, now: datetime) -> int:
    """Take back whatever this call would still send (undo, D24) and return how many; the rows stay as events.

    What was cancelled no longer counts as queued once, so the same call may be reported again.
    """
    of_this_call = (Message.call_id == call_id, Message.state == S.QUEUED)
    return len(move(session, S.CANCELLED, now, *of_this_call, detail="undone", once=None))


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is ours to hand over: nobody else will, until it is settled or the sweep finds it."""

    id: int
    ref: str
    kind: str
    e164: str
    body: str
    attempt: str
    tries: int
    expires_at: datetime
    person_id: int | None
    blast_id: int | None
    sender: str = ""
    """A name instead of our number."""


def hand_over(
    database: Database,
    gateway: Gateway,
    clock: Callable[[], datetime],
    news_to: str,
    stop: Callable[[], bool] = lambda: False,
    at_once: int = 4,
) -> int:
    """Hand over everything that is due, a few at a time, and return how many were taken up.

    Claimed in one transaction, handed over outside any, settled in another (promise 3): whatever is killed in
    between leaves at most `at_once` messages whose fate has to be asked for. Stops when `stop()` says so, and when
    the provider wants us to wait or the account is what is wrong.
    """
    taken = 0
    with ThreadPoolExecutor(at_once) as hands:
        while not stop():
            claimed = database.write(lambda session: claim(session, gateway.name, clock(), at_once))
            go_on = list(hands.map(lambda one: _hand_one(database, gateway, clock, news_to, one), claimed))
            taken += len(claimed)
            if not claimed or not all(go_on):
                break
    return taken


def _hand_one(database: Database, gateway: Gateway, clock: Callable[[], datetime], news_to: str, one: Claimed) -> bool:
    """Hand one claimed message over and settle it; False when the next one would fare no better."""
    answer: Receipt | NotAccepted
    try:
        valid = int((one.expires_at - clock()).total_seconds())
        answer = gateway.send_sms(one.e164, one.body, news_to.format(ref=one.ref), valid, one.sender)
    except NotAccepted as no:
        answer = no
    kept_body = gateway.name == "rehearsal"
    database.write(lambda session: settle(session, one, answer, clock(), kept_body=kept_body))
    return isinstance(answer, Receipt) or not (answer.pauses or answer.fate == Fate.NOT_SENT)


def claim(session: Session, provider: str, now: datetime, limit: int) -> list[Claimed]:
    """Take up to `limit` due messages, most urgent first; what must not leave right now is not taken.

    Refusals, deaths, pauses, hours and age are asked in the claiming statement itself (promise 4). Two who claim at
    once get different rows.
    """
    due = (
        sa.select(Message.id)
        .where(
            sa.literal_column("messages.state") == sa.literal_column("'queued'"),  # so that the partial index is used
            Message.blast_id.is_(None),
            Message.not_before <= now,
            Message.expires_at > now,
            Message.kind.in_(sms_hours.leaving_now(now)),
            ~sms_consent.refused(),
            ~sms_consent.pointless(now),
            ~sms_consent.paused(),
        )
        .order_by(Message.priority, Message.not_before, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    ids = move(
        session, S.SENDING, now, Message.id.in_(sa.select(due.c.id)), detail=provider,
        attempt=secrets.token_hex(8), claimed_at=now, looked_at=None, tries=Message.tries + 1, provider=provider,
    )  # fmt: skip
    rows = session.execute(taken_up().where(Message.id.in_(ids)).order_by(Message.priority, Message.id))
    return _without_kept_refusals(session, [Claimed(*row) for row in rows], now)


def taken_up() -> sa.Select[Any]:
    """SELECT of what a Claimed is made of; the sender of a blast stands on the blast."""
    columns = (getattr(Message, name) for name in Claimed.__slots__ if name != "sender")
    return sa.select(*columns, sa.func.coalesce(Message.sender, "").label("sender"))


def _without_kept_refusals(session: Session, claimed: list[Claimed], now: datetime) -> list[Claimed]:
    """Leave out numbers whose refusal outlived the person's erasure (D21)."""
    kept = (
        refusals.kept(session, {one.e164 for one in claimed if one.kind not in sms_consent.ALWAYS}) if claimed else {}
    )
    stopped = {number for number, channels in kept.items() if {"sms", "all"} & set(channels)}
    no = [one.id for one in claimed if one.kind not in sms_consent.ALWAYS and one.e164 in stopped]
    if no:
        move(session, S.FAILED, now, Message.id.in_(no), detail="refused", body="")
    return [one for one in claimed if one.id not in no]


def settle(
    session: Session, one: Claimed, answer: Receipt | NotAccepted, now: datetime, *, kept_body: bool = False
) -> None:
    """Write down what the provider answered; a code's text is blanked unless nothing was sent for real (D18).

    Guarded by the attempt: whoever comes too late changes nothing, and news that came before the answer stands.
    """
    mine = (Message.id == one.id, Message.attempt == one.attempt)
    blank = {"body": ""} if one.kind == "code" and not kept_body else {}
    if isinstance(answer, Receipt):
        move(session, answer.state, now, *mine, detail="taken", **blank)
        session.execute(
            sa.update(Message).where(*mine, Message.sid.is_(None)).values(sid=answer.sid, parts=answer.parts)
        )
    elif answer.fate == Fate.NOT_SENT or answer.pauses:
        wait = answer.wait or (300 if answer.pauses else min(300, 5 * 2**one.tries) + secrets.randbelow(5))
        move(
            session, S.QUEUED, now, *mine, detail=str(answer),
            not_before=now + timedelta(seconds=wait), error_code=answer.code,
        )  # fmt: skip
    elif answer.fate == Fate.REFUSED:
        move(session, S.FAILED, now, *mine, detail=str(answer), error_code=answer.code, **blank)
        if answer.code == OPTED_OUT:
            refusals.refuse(session, one.person_id, "sms", "sms", now, e164=one.e164)
        elif answer.code in DEAD:
            failing_numbers.failed(session, one.e164, one.person_id, answer.code, now)
    else:
        move(session, S.UNKNOWN, now, *mine, detail=str(answer), error_code=answer.code)


def drop(session: Session, now: datetime) -> int:
    """Take out of the queue what will never leave: too old, refused, or pointless by now; returns how many.

    Blasts are left alone: whom each of theirs may reach is asked when its turn comes (blast_sending).
    """
    dropped, single = 0, Message.blast_id.is_(None)
    for why, which in (
        ("expired", Message.expires_at <= now),
        ("refused", sms_consent.refused()),
        ("pointless", sms_consent.pointless(now)),
    ):
        dropped += len(move(session, S.CANCELLED, now, Message.state == S.QUEUED, single, which, detail=why, body=""))
    return dropped


def move(
    session: Session, to: MessageState, now: datetime, *which: sa.ColumnElement[bool], detail: str = "", **values: Any
) -> Sequence[int]:
    """Move every message that matches `which` and may move to `to`; write an event for each; return their ids.

    The only place that changes a state. The UPDATE itself asks for an allowed earlier state, so that of two who
    move the same row one finds nothing to move.
    """
    moved = session.scalars(moving(to, *which, **values).returning(Message.id)).all()
    note(session, moved, to, now, detail)
    return moved


def moving(to: MessageState, *which: sa.ColumnElement[bool], **values: Any) -> sa.Update:
    """The guarded UPDATE of a move, for those who keep it ready to use; whoever executes it notes what it moved."""
    before = sa.or_(
        *(TABLE.c.state == state for state, allowed in MOVES.items() if to in allowed)
    )  # IN takes no list of rows
    return sa.update(TABLE).where(before, *which).values(state=to, **values)


def note(session: Session, ids: Sequence[int], state: MessageState, now: datetime, detail: str) -> None:
    """Append what happened; `detail` never holds a name, a number or a text."""
    if ids:
        rows = [{"message_id": one, "at": now, "state": state, "detail": detail[:120]} for one in ids]
        session.connection().execute(_NOTE, rows)
