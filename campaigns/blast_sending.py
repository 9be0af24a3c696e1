"""Handing blasts over: claimed in one transaction, handed over outside any, settled in the next (promise 3)."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import blast_claiming, blast_watch, sms_queue
from campaigns.models import Blast, Message, MessageState
from campaigns.sms_queue import Claimed, note
from campaigns.telephony import Fate, Gateway, NotAccepted, Receipt
from organizer.db import Database

S = MessageState
TRIES = 6
"""How often settling is tried while the database is away, a little longer between each: about half a minute."""
GATHER = 0.03
"""Seconds in which answers are gathered, so that one transaction settles several."""
Clock = Callable[[], datetime]
Answer = Receipt | NotAccepted


@dataclass(slots=True)
class _Hands:
    """What is in hand: given to a thread, or answered and not yet written down."""

    out: dict[Future[Answer], Claimed] = field(default_factory=dict)
    answered: list[tuple[Claimed, Answer]] = field(default_factory=list)
    watched: float = 0.0


def hand_over(
    database: Database,
    gateway: Gateway,
    clock: Clock,
    news_to: str,
    stop: Callable[[], bool] = lambda: False,
    at_once: int = 8,
    seconds: float = 20.0,
) -> bool:
    """Hand over what blasts may send now, for at most so many seconds; True when there was more to do.

    One transaction settles what came back and takes up as much anew. Killed at any moment, at most twice `at_once`
    messages have a fate to be asked for. Any number of these may run, on any number of machines.
    """
    ends, mine = time.monotonic() + seconds, _Hands()
    with ThreadPoolExecutor(at_once) as threads:
        while True:
            over = stop() or time.monotonic() > ends
            claimed, pause = _turn(database, gateway, clock, mine, 0 if over else 2 * at_once - len(mine.out))
            for one in claimed:
                mine.out[threads.submit(_hand_one, gateway, clock, news_to, one)] = one
            if mine.out:
                _gather(mine, at_once)
            elif over or not pause or time.monotonic() + pause > ends:
                return over or pause > 0
            else:
                time.sleep(pause)


def _turn(database: Database, gateway: Gateway, clock: Clock, mine: _Hands, room: int) -> tuple[list[Claimed], float]:
    """One transaction: what came back is written down, and as much is taken up anew.

    While the database is away it is tried again: what came back is known nowhere else.
    """
    for turn in range(TRIES):
        try:
            with database.writing() as session:
                now = clock()
                settle_all(session, mine.answered, now, gateway.name)
                if mine.watched < time.monotonic() - 1:
                    blast_watch.watch(session, now)
                claimed = blast_claiming.claim(session, gateway.name, now, room) if room > 0 else ([], 0.0)
        except sa.exc.OperationalError:
            if turn == TRIES - 1 or not mine.answered:
                raise
            time.sleep(0.1 * 3**turn)
        else:
            if mine.watched < time.monotonic() - 1:
                mine.watched = time.monotonic()
            mine.answered = []
            return claimed
    raise AssertionError("the last try returns or raises")


def _hand_one(gateway: Gateway, clock: Clock, news_to: str, one: Claimed) -> Answer:
    try:
        valid = int((one.expires_at - clock()).total_seconds())
        return gateway.send_sms(one.e164, one.body, news_to.format(ref=one.ref), valid, one.sender)
    except NotAccepted as no:
        return no


def _gather(mine: _Hands, at_once: int) -> None:
    """Wait for answers: until there are several, or no more come for a moment."""
    done, _rest = wait(mine.out, return_when=FIRST_COMPLETED)
    ends = time.monotonic() + GATHER
    while len(done) < min(at_once, len(mine.out)) and (left := ends - time.monotonic()) > 0:
        more, _rest = wait(mine.out.keys() - done, timeout=left, return_when=FIRST_COMPLETED)
        done |= more
    mine.answered += [(mine.out.pop(one), one.result()) for one in done]


def settle_all(session: Session, answers: Sequence[tuple[Claimed, Answer]], now: datetime, provider: str) -> None:
    """Write down what the provider answered: those it simply took by one statement, the others one by one."""
    if not answers:
        return
    waiting = set(
        session.scalars(
            sa.select(Message.id)
            .where(
                Message.id.in_([one.id for one, _answer in answers]),
                Message.attempt.in_({one.attempt for one, _answer in answers}),
                Message.state == S.SENDING,
                Message.sid.is_(None),
            )
            .with_for_update()
        )
    )
    taken: list[tuple[Claimed, Answer]] = []
    others: list[tuple[Claimed, Answer]] = []
    for one, answer in answers:
        simply = isinstance(answer, Receipt) and answer.state == S.ACCEPTED and one.id in waiting
        (taken if simply else others).append((one, answer))
    if taken:
        _accept(session, taken, now)
    for one, answer in others:
        sms_queue.settle(session, one, answer, now)
        if isinstance(answer, NotAccepted):
            _what_follows(session, one, answer, now, provider)


def _accept(session: Session, taken: list[tuple[Claimed, Answer]], now: datetime) -> None:
    rows = [
        {"its_id": one.id, "its_sid": answer.sid, "its_parts": answer.parts}
        for one, answer in taken
        if isinstance(answer, Receipt)
    ]
    session.connection().execute(_ACCEPTED, rows)
    note(session, [one.id for one, _answer in taken], S.ACCEPTED, now, "taken")


def _what_follows(session: Session, one: Claimed, answer: NotAccepted, now: datetime, provider: str) -> None:
    """An account that is wrong pauses the blast; a provider that wants us to wait makes the sender wait."""
    if not (answer.pauses or answer.fate == Fate.NOT_SENT):
        return
    session.execute(
        sa.update(Blast)
        .where(Blast.id == one.blast_id)
        .values(handed=Blast.handed - 1)
        .execution_options(synchronize_session=False)
    )
    if answer.pauses and one.blast_id is not None:
        blast_watch.pause_for(session, [one.blast_id], answer.code, now)
    else:
        wait_for = answer.wait or min(60, 2**one.tries)
        blast_claiming.push(session, provider, now + timedelta(seconds=wait_for))


_ACCEPTED = (
    sa.update(cast("sa.Table", Message.__table__))
    .where(Message.id == sa.bindparam("its_id"))
    .values(
        state=S.ACCEPTED,
        sid=sa.bindparam("its_sid"),
        parts=sa.func.coalesce(sa.bindparam("its_parts"), Message.parts),
    )
)
