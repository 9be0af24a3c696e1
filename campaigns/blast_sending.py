"""Handing blasts over: claimed in one transaction, handed over outside any, settled in the next (promise 3)."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import blast_claiming, blast_watch, sms_queue, sms_settings
from campaigns.models import Blast, Message, MessageState
from campaigns.sms_queue import Claimed, note
from campaigns.sms_settings import SmsSettings
from campaigns.telephony import Fate, Gateway, NotAccepted, Receipt
from organizer.db import Database, LostARace, changed
from organizer.times import local_day

S = MessageState
TRIES = 6
"""How often settling is tried while the database is away, a little longer between each: about half a minute."""
_NOTHING: tuple[list[Claimed], float] = ([], 0.0)
WINDOW = 4
"""So many times the threads may be taken up and not yet settled; at an ordinary pace the pace keeps it to a few."""
OFTEN = 5
"""So many times in a row that the provider took nothing: what is unclear then is more than a moment's trouble."""
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
    troubled: bool = True
    """That the provider takes messages has to be written down, if it does: after it took none, and once a second."""
    settings: SmsSettings = field(default_factory=SmsSettings)
    answers: Counter[int | None] = field(default_factory=Counter)
    unclear: Counter[int | None] = field(default_factory=Counter)
    """Of each blast: how many answers have come, and how many of them leave it unclear whether the message left."""


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

    One transaction settles what came back and takes up as much anew. Killed at any moment, at most four times
    `at_once` messages have a fate to be asked for. Any number of these may run, on any number of machines.
    """
    ends, mine = time.monotonic() + seconds, _Hands()
    with ThreadPoolExecutor(at_once) as threads:
        while True:
            over = stop() or time.monotonic() > ends
            claimed, pause = _turn(database, gateway, clock, mine, 0 if over else WINDOW * at_once - len(mine.out))
            for one in claimed:
                mine.out[threads.submit(_hand_one, gateway, clock, news_to, one)] = one
            if mine.out:
                _gather(mine, WINDOW * at_once // 2)
            elif over or not pause or time.monotonic() + pause > ends:
                return over or pause > 0
            else:
                time.sleep(pause)


def _turn(database: Database, gateway: Gateway, clock: Clock, mine: _Hands, room: int) -> tuple[list[Claimed], float]:
    """One transaction: what came back is written down, and as much is taken up anew.

    While the database is away it is tried again: what came back is known nowhere else.
    """
    for turn in range(TRIES):
        before = replace(mine, answers=mine.answers.copy(), unclear=mine.unclear.copy())
        try:
            with database.writing() as session:
                now = clock()
                settle_all(session, mine.answered, now)
                _heard(session, mine, now, gateway.name)
                if mine.watched < time.monotonic() - 1:
                    mine.settings = sms_settings.current(session, local_day(now))
                    blast_watch.watch(session, now)
                    mine.watched, mine.troubled = time.monotonic(), True
                claimed = (
                    blast_claiming.claim(session, gateway.name, mine.settings, now, room) if room > 0 else _NOTHING
                )
        except (sa.exc.OperationalError, LostARace):
            mine.watched, mine.troubled, mine.settings = before.watched, before.troubled, before.settings
            mine.answers, mine.unclear = before.answers, before.unclear
            if turn == TRIES - 1 or not mine.answered:
                raise
            time.sleep(0.1 * 3**turn)
        else:
            mine.answered = []
            return claimed
    raise AssertionError("the last try returns or raises")


def _hand_one(gateway: Gateway, clock: Clock, news_to: str, one: Claimed) -> Answer:
    try:
        valid = int((one.expires_at - clock()).total_seconds())
        return gateway.send_sms(one.e164, one.body, news_to.format(ref=one.ref), valid, one.sender)
    except NotAccepted as no:
        return no


def _gather(mine: _Hands, enough: int) -> None:
    """Wait for answers: until there are several, or no more come for a moment."""
    done, _rest = wait(mine.out, return_when=FIRST_COMPLETED)
    ends = time.monotonic() + GATHER
    while len(done) < min(enough, len(mine.out)) and (left := ends - time.monotonic()) > 0:
        more, _rest = wait(mine.out.keys() - done, timeout=left, return_when=FIRST_COMPLETED)
        done |= more
    mine.answered += [(mine.out.pop(one), one.result()) for one in done]


def settle_all(session: Session, answers: Sequence[tuple[Claimed, Answer]], now: datetime) -> None:
    """Write down what the provider answered: those it simply took by one statement, the others one by one."""
    simply = {one.id: (one, answer) for one, answer in answers
              if isinstance(answer, Receipt) and answer.state == S.ACCEPTED}  # fmt: skip
    others = [(one, answer) for one, answer in answers if one.id not in simply]
    rows = [
        {"its_id": one.id, "its_attempt": one.attempt, "its_sid": answer.sid, "its_parts": answer.parts}
        for one, answer in simply.values()
        if isinstance(answer, Receipt)
    ]
    if rows and changed(session.connection().execute(_ACCEPTED, rows)) < len(rows):
        found = session.execute(sa.select(Message.id, Message.sid).where(Message.id.in_(simply)))
        odd = {row.id for row in found if row.sid != getattr(simply[row.id][1], "sid", None)}
        others += [simply.pop(one) for one in odd]
    note(session, list(simply), S.ACCEPTED, now, "taken")
    for one, answer in others:
        sms_queue.settle(session, one, answer, now)
        if isinstance(answer, NotAccepted):
            _what_follows(session, one, answer, now)


def _heard(session: Session, mine: _Hands, now: datetime, provider: str) -> None:
    """Whether the provider takes messages: when it took none, or says how long, the sender waits and tries with one."""
    away = [
        answer for _one, answer in mine.answered
        if isinstance(answer, NotAccepted) and answer.fate != Fate.REFUSED and not answer.pauses
    ]  # fmt: skip
    told, times = max((answer.wait or 0 for answer in away), default=0), 0
    if away and (told or len(away) == len(mine.answered)):
        code = next((one.code for one in away if one.code), None)
        times = blast_claiming.troubled(session, provider, now, told, code)
        mine.troubled = True
    elif mine.answered and mine.troubled:
        blast_claiming.works(session, provider)
        mine.troubled = False
    _blindly(session, mine, now, often=times >= OFTEN)


def _blindly(session: Session, mine: _Hands, now: datetime, *, often: bool) -> None:
    """Pause the blasts of which too much is unclear: when unsure, nothing is sent."""
    mine.answers.update(one.blast_id for one, _answer in mine.answered)
    unclear = Counter(
        one.blast_id for one, no in mine.answered if isinstance(no, NotAccepted) and no.fate == Fate.UNKNOWN
    )
    mine.unclear.update(unclear)
    for blast_id in sorted(one for one in unclear if one is not None):
        many = mine.unclear[blast_id]
        if often or many > max(blast_watch.AT_LEAST, blast_watch.WRONG * mine.answers[blast_id]):
            blast_watch.pause_unclear(session, blast_id, now)
            del mine.unclear[blast_id], mine.answers[blast_id]


def _what_follows(session: Session, one: Claimed, answer: NotAccepted, now: datetime) -> None:
    """What certainly never left is still to be taken up; an account that is wrong pauses the blast."""
    if not (answer.pauses or answer.fate == Fate.NOT_SENT):
        return
    session.execute(
        sa.update(Blast)
        .where(Blast.id == one.blast_id)
        .values(handed=Blast.handed - 1)
        .execution_options(synchronize_session=False)
    )
    if answer.pauses and one.blast_id is not None:
        blast_watch.pause_for(session, one.blast_id, answer.code, now)


_ACCEPTED = (
    sa.update(sms_queue.TABLE)
    .where(
        sms_queue.TABLE.c.id == sa.bindparam("its_id"),
        sms_queue.TABLE.c.attempt == sa.bindparam("its_attempt"),
        sms_queue.TABLE.c.state == S.SENDING,
        sms_queue.TABLE.c.sid.is_(None),
    )
    .values(
        state=S.ACCEPTED,
        sid=sa.bindparam("its_sid"),
        parts=sa.func.coalesce(sa.bindparam("its_parts"), sms_queue.TABLE.c.parts),
    )
)
