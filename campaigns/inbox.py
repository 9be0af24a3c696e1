"""An SMS has come in: which thread it belongs to, what it means, and what follows at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from campaigns import inbox_away, inbox_reading, sms_queue, sms_text
from campaigns.models import Blast, Meaning, Message, MessageState, Thread, ThreadMessage
from organizer import activities, refusals, timeline
from organizer.db import AS_IT_IS
from organizer.models import Account, Activity, Kind, Membership, Person, Phone, Refusal
from organizer.words import Refused

OPEN, DONE = "open", "done"
LONGEST = 2000
"""Characters kept of one message: ten parts are 1 530."""
STOPPED = "Du får inga fler sms från oss. Skriv START om du ångrar dig."
STARTED = "Nu får du sms från oss igen. Skriv STOPP om du ångrar dig."
RECEIPTS = {
    "signed_up": "Tack, du är anmäld till {aktivitet}. Svara NEJ om du får förhinder.",
    "waiting": "Tack! {aktivitet} är full just nu. Du står på väntelistan och vi hör av oss om det blir plats.",
    "declined": "Tack för svaret. Du är inte anmäld till {aktivitet}. Svara JA om du ändrar dig.",
}
"""What JA and NEJ are answered with; like the two receipts in the language of the members (P§7.6)."""


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a number belongs to: a person when exactly one has it, an association when all who have it are there."""

    person_id: int | None
    association_id: int | None
    everyone: tuple[int, ...]
    """All who have the number."""


def receive(
    session: Session, sender: str, to: str, body: str, sid: str, now: datetime, *, opt_out: str = ""
) -> int | None:
    """Take in one message from `sender` to our number `to`; the thread's id, or None when it had come before.

    `sid` is the provider's id of the message: delivered twice, it counts once. A no is recorded in the same
    transaction and holds from then on (promise 4). `opt_out`: what the provider itself took it for (twilio.md B8).
    """
    del to  # one inbox for all our numbers
    who = whose(session, sender)
    thread = _thread(session, sender, who, now)
    answered = _what_it_answers(session, who, sender, now)
    asked = bool(answered and answered.open and who.person_id and who.person_id == thread.person_id)
    means = inbox_reading.meaning(body, opt_out=opt_out, asked=asked)
    entry_id = _add(session, thread.id, sid, body[:LONGEST], means, answered, now)
    if entry_id is None:
        return None
    thread.last_at = now
    if means == Meaning.STOP:
        _stop(session, thread, now, tell=not inbox_reading.answered_by_provider(body, opt_out))
    elif means == Meaning.START and thread.stopped:
        _start(session, thread, now, tell=not opt_out)
    elif not (means in {Meaning.YES, Meaning.NO} and _sign_up(session, thread, means, answered.activity_id, now)):
        _to_a_human(session, thread, means, entry_id, now)
        if means != Meaning.MAYBE_STOP and (away := inbox_away.text_for(session, thread, now)):
            answer(session, thread, "reply", away[0], now, once=away[1])
    session.flush()
    return thread.id


def whose(session: Session, e164: str) -> Who:
    """Who has this number today, among the living; a caller's own number too. Nobody is ever guessed."""
    rows = session.execute(_with_number(Person.id.in_(sa.select(Phone.person_id).where(Phone.e164 == e164)))).all()
    if not rows:
        own = sa.select(Account.person_id).where(Account.e164 == e164, Account.person_id.is_not(None))
        rows = session.execute(_with_number(Person.id.in_(own))).all()
    people = tuple(dict.fromkeys(row.id for row in rows))
    places = {row.association_id for row in rows}
    return Who(
        person_id=people[0] if len(people) == 1 else None,
        association_id=places.pop() if len(places) == 1 else None,
        everyone=people,
    )


def stop(session: Session, thread: Thread, now: datetime, account_id: int | None = None) -> None:
    """The number wants no more SMS: it binds the number and everyone on it (D21), and the thread needs no answer."""
    refusals.refuse(session, thread.person_id, "sms", "sms", now, account_id=account_id, e164=thread.e164)
    thread.stopped, thread.unclear, thread.state, thread.waiting_since = True, False, DONE, None


def answer(
    session: Session,
    thread: Thread,
    kind: str,
    body: str,
    now: datetime,
    account_id: int | None = None,
    once: str | None = None,
) -> int:
    """Put an answer in the queue and in the thread; the message's id. `once` = what makes it the same one again."""
    message_id = sms_queue.enqueue(
        session,
        kind=kind,
        e164=thread.e164,
        body=body,
        now=now,
        person_id=thread.person_id,
        account_id=account_id,
        once=once,
    )
    session.add(
        ThreadMessage(
            thread_id=thread.id, incoming=False, body=body, meaning=Meaning.TEXT, at=now,
            account_id=account_id, message_id=message_id,
        )
    )  # fmt: skip
    return message_id


def _with_number(which: sa.ColumnElement[bool]) -> Any:
    """People with their present association; nobody who has died or is now somebody else."""
    return (
        sa.select(Person.id, Membership.association_id)
        .outerjoin(Membership, sa.and_(Membership.person_id == Person.id, Membership.to_day.is_(None)))
        .where(which, Person.merged_into_id.is_(None), Person.deceased_on.is_(None))
        .order_by(Person.id)
    )


def _thread(session: Session, e164: str, who: Who, now: datetime) -> Thread:
    """The number's one thread, made if need be; who it is is filled in when it has become known."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    session.execute(
        insert(Thread)
        .values(e164=e164, state=DONE, stopped=False, unclear=False, last_at=now, created_at=now)
        .on_conflict_do_nothing(index_elements=[Thread.e164])
    )
    mine = sa.select(Thread).where(Thread.e164 == e164).with_for_update()
    thread = session.scalars(mine.execution_options(**AS_IT_IS)).one()
    if thread.person_id is None:
        thread.person_id, thread.association_id = who.person_id, who.association_id or thread.association_id
    elif who.person_id == thread.person_id:
        thread.association_id = who.association_id or thread.association_id
    return thread


def _what_it_answers(session: Session, who: Who, e164: str, now: datetime) -> Any:
    """The last message of ours that left for this number, if any; `open` = it asked about something still to come.

    What Rundan answered by itself is passed over, so that JA can become NEJ.
    """
    if not who.everyone:
        return None
    return session.execute(
        sa.select(
            Message.id, Message.blast_id, Blast.activity_id, sa.and_(Blast.asks, Activity.id.is_not(None)).label("open")
        )
        .outerjoin(Blast, Blast.id == Message.blast_id)
        .outerjoin(
            Activity,
            sa.and_(Activity.id == Blast.activity_id, Activity.starts_at > now, Activity.cancelled_at.is_(None)),
        )
        .where(
            Message.person_id.in_(who.everyone),
            Message.e164 == e164,
            sa.or_(Message.kind.not_in(["code", "receipt", "reply"]), Message.account_id.is_not(None)),
            Message.state.not_in([MessageState.QUEUED, MessageState.CANCELLED]),
        )
        .order_by(Message.id.desc())
        .limit(1)
    ).first()


def _add(
    session: Session, thread_id: int, sid: str, body: str, means: Meaning, answered: Any, now: datetime
) -> int | None:
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    return session.scalar(
        insert(ThreadMessage)
        .values(
            thread_id=thread_id, incoming=True, sid=sid, body=body, meaning=means, at=now,
            message_id=answered.id if answered else None, blast_id=answered.blast_id if answered else None,
        )
        .on_conflict_do_nothing(index_elements=[ThreadMessage.sid])
        .returning(ThreadMessage.id)
    )  # fmt: skip


def _stop(session: Session, thread: Thread, now: datetime, *, tell: bool) -> None:
    """Recorded at once; one receipt, not one for each STOPP."""
    new = not thread.stopped
    stop(session, thread, now)
    if new and tell:
        answer(session, thread, "receipt", STOPPED, now)


def _start(session: Session, thread: Thread, now: datetime, *, tell: bool) -> None:
    """Take back what was said by SMS or link; what was said in a call or to somebody of ours stands."""
    said = sa.or_(
        Refusal.e164 == thread.e164,
        sa.and_(Refusal.person_id == thread.person_id, Refusal.how.in_(["sms", "link"])),
    )
    standing = sa.select(Refusal.id).where(Refusal.channel == "sms", Refusal.revoked_at.is_(None), said)
    for refusal_id in session.scalars(standing).all():
        refusals.revoke(session, refusal_id, now)
    thread.stopped = False
    if tell:
        answer(session, thread, "receipt", STARTED, now)


def _sign_up(session: Session, thread: Thread, means: Meaning, activity_id: int, now: datetime) -> bool:
    """JA signs up and NEJ declines, with a receipt; False when the activity takes no answers, so that a human sees it."""
    person_id = cast("int", thread.person_id)
    try:
        if means == Meaning.YES:
            receipt = RECEIPTS[activities.sign_up(session, activity_id, person_id, now)]
        else:
            activities.decline(session, activity_id, person_id, now)
            receipt = RECEIPTS["declined"]
    except Refused:
        return False
    title = session.scalar(sa.select(Activity.title).where(Activity.id == activity_id))
    answer(session, thread, "reply", sms_text.cheapened(receipt.replace("{aktivitet}", title or "")), now)
    return True


def _to_a_human(session: Session, thread: Thread, means: Meaning, entry_id: int, now: datetime) -> None:
    """Somebody should read it. A reply is a response in the ledger, a possible STOPP is not (P§6.1)."""
    thread.state, thread.waiting_since = OPEN, thread.waiting_since or now
    thread.unclear = thread.unclear or means == Meaning.MAYBE_STOP
    if thread.person_id is not None and means != Meaning.MAYBE_STOP:
        timeline.record(
            session, kind=Kind.RESPONSE, table=ThreadMessage.__tablename__, source_id=entry_id,
            person_id=thread.person_id, at=now,
        )  # fmt: skip
