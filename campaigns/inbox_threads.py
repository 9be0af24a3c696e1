"""The threads of the inbox for those who answer them: lists, one thread, answer, pass on, done, and who it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import inbox, inbox_answers, sms_text
from campaigns.models import Blast, Meaning, Message, MessageState, Thread, ThreadMessage
from organizer import audit, phones
from organizer.accounts import holds_on
from organizer.db import AS_IT_IS
from organizer.models import Account, Association, Membership, Person, Phone, Refusal, Role, RoleName
from organizer.times import local_day
from organizer.words import N_, Missing, Refused

ANSWERS = (RoleName.ORGANIZER, RoleName.STEWARD)
"""Who reads and answers for a place."""
TABS = {"att-svara": N_("Att svara på"), "alla": N_("Alla"), "stopp": N_("STOPP")}
PAGE = 50


@dataclass(frozen=True, slots=True)
class Scope:
    """What one viewer reaches: places, whether unplaced threads are theirs, and where the protected are theirs (D19)."""

    reach: sa.Select[int]
    unknown: sa.ColumnElement[bool]
    protected_in: tuple[int, ...]

    def holds(self) -> sa.ColumnElement[bool]:
        """The condition on threads; Person must be joined from outside."""
        placed = Thread.association_id.in_(self.reach)
        place = sa.or_(placed, sa.and_(Thread.association_id.is_(None), self.unknown))
        open_to_all = sa.or_(Person.id.is_(None), Person.protected.is_(False))
        return sa.and_(place, sa.or_(open_to_all, Thread.association_id.in_(self.protected_in)))


@dataclass(frozen=True, slots=True)
class Row:
    """One thread in a list; without a person the number stands for itself."""

    id: int
    person_id: int | None
    first_name: str | None
    last_name: str | None
    e164: str
    association: str | None
    text: str
    state: str
    stopped: bool
    unclear: bool
    waiting_since: datetime | None
    last_at: datetime
    assigned: str | None

    @property
    def name(self) -> str:
        """First name and initial, or the number of somebody we do not know."""
        if self.first_name is None:
            return phones.display(self.e164)
        return f"{self.first_name} {(self.last_name or '')[:1]}.".removesuffix(" .")


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as the thread shows it; `state` is of ours, `meaning` of theirs."""

    incoming: bool
    body: str
    at: datetime
    meaning: str
    state: str | None
    by: str | None
    blast: str | None = None
    """The name of the blast that something incoming answers (P§5.6)."""


def unplaced_are_of(now: datetime) -> sa.Select[str]:
    """The paths whose organizers and stewards read what belongs to no place: the highest at which there is any.

    There is one sender in an installation, so whom in the tree a stranger meant is never guessed; and a number nobody
    has concerns no association of its own.
    """
    depth = sa.func.length(Association.path) - sa.func.length(sa.func.replace(Association.path, "/", ""))
    answered = (
        sa.select(Association.path, depth.label("depth"))
        .join(Role, Role.association_id == Association.id)
        .join(Account, Account.id == Role.account_id)
        .where(Role.name.in_(ANSWERS), holds_on(local_day(now)), Account.disabled_at.is_(None))
        .cte("answered")
    )
    highest = sa.select(sa.func.min(answered.c.depth)).scalar_subquery()
    return sa.select(answered.c.path).where(answered.c.depth == highest)


def counts(session: Session, scope: Scope) -> dict[str, int]:
    """How many threads each tab holds."""
    row = session.execute(
        sa.select(
            sa.func.count(sa.case((Thread.state == inbox.OPEN, 1))),
            sa.func.count(),
            sa.func.count(sa.case((sa.or_(Thread.stopped, Thread.unclear), 1))),
        )
        .select_from(Thread)
        .outerjoin(Person, Person.id == Thread.person_id)
        .where(scope.holds())
    ).one()
    return dict(zip(TABS, map(int, row), strict=True))


def threads(session: Session, scope: Scope, tab: str, *, skip: int = 0) -> list[Row]:
    """The threads of a tab: to be answered by who has waited longest, the others newest first."""
    which = {"att-svara": Thread.state == inbox.OPEN, "stopp": sa.or_(Thread.stopped, Thread.unclear)}.get(
        tab, sa.true()
    )
    order = (Thread.waiting_since, Thread.id) if tab == "att-svara" else (Thread.last_at.desc(), Thread.id.desc())
    rows = session.execute(_rows().where(scope.holds(), which).order_by(*order).limit(PAGE).offset(skip))
    return [Row(*row) for row in rows]


def thread(session: Session, scope: Scope, thread_id: int) -> Row:
    """One thread; Missing when it is not the viewer's."""
    row = session.execute(_rows().where(scope.holds(), Thread.id == thread_id)).first()
    if row is None:
        raise Missing
    return Row(*row)


def bubbles(session: Session, one: Row) -> list[Bubble]:
    """What was said, oldest first: the thread itself, and what else we sent the person on that number."""
    own = session.execute(
        sa.select(
            ThreadMessage.incoming, ThreadMessage.body, ThreadMessage.at, ThreadMessage.meaning, Message.state,
            Account.name, Blast.title, ThreadMessage.message_id,
        )
        .outerjoin(Blast, Blast.id == ThreadMessage.blast_id)
        .outerjoin(Message, sa.and_(Message.id == ThreadMessage.message_id, ~ThreadMessage.incoming))
        .outerjoin(Account, Account.id == ThreadMessage.account_id)
        .where(ThreadMessage.thread_id == one.id)
        .order_by(ThreadMessage.id.desc())
        .limit(100)
    ).all()  # fmt: skip
    ours = {row.message_id for row in own if not row.incoming}
    sent: Sequence[Any] = []
    if one.person_id is not None:
        sent = session.execute(
            sa.select(Message.id, Message.body, Message.created_at, Message.state)
            .where(
                Message.person_id == one.person_id,
                Message.e164 == one.e164,
                Message.kind != "code",
                Message.state != MessageState.CANCELLED,
            )
            .order_by(Message.id.desc())
            .limit(30)
        ).all()
    found = [Bubble(*row[:7]) for row in own]
    found += [
        Bubble(False, row.body, row.created_at, Meaning.TEXT, row.state, None) for row in sent if row.id not in ours
    ]
    return sorted(found, key=lambda bubble: bubble.at)


def refused(session: Session, one: Row) -> bool:
    """Whether no answer may be sent, because the number or the person has said no to SMS or to everything."""
    numbers = [one.e164]
    if one.person_id is not None:
        numbers += session.scalars(sa.select(Phone.e164).where(Phone.person_id == one.person_id)).all()
    return bool(
        session.scalar(
            sa.select(
                sa.exists().where(
                    Refusal.revoked_at.is_(None),
                    Refusal.channel.in_(["sms", "all"]),
                    sa.or_(
                        Refusal.e164.in_(numbers),
                        Refusal.person_id == one.person_id if one.person_id is not None else sa.false(),
                    ),
                )
            )
        )
    )


def reply(session: Session, one: Row, text: str, account_id: int, now: datetime) -> int:
    """Answer through the queue and call the thread done; the message's id. Never to one who has refused (promise 4)."""
    text = sms_text.cheapened(text).strip()
    if not text:
        raise Refused(N_("Skriv ett svar först."), "body")
    if sms_text.parts(text) > inbox_answers.MOST_PARTS:
        raise Refused(
            N_("Svaret är för långt: det tar %(parts)s sms. Korta det till högst tre."),
            "body",
            parts=sms_text.parts(text),
        )
    if phones.classify(one.e164) != "mobile":
        raise Refused(N_("Det går inte att svara på det numret. Ring i stället."), "body")
    if refused(session, one):
        raise Refused(N_("Personen har sagt nej till sms. Inget skickas. Ring i stället, om det går för sig."), "body")
    row = _locked(session, one.id)
    message_id = inbox.answer(session, row, "reply", text, now, account_id)
    row.state, row.waiting_since, row.last_at = inbox.DONE, None, now
    audit.changed(session, account_id, "reply", "thread", one.id, now, row.association_id)
    return message_id


def done(session: Session, one: Row, account_id: int, now: datetime) -> None:
    """Nothing more needs to be answered."""
    row = _locked(session, one.id)
    row.state, row.waiting_since, row.assigned_to = inbox.DONE, None, None
    audit.changed(session, account_id, "done", "thread", one.id, now, row.association_id)


def is_stop(session: Session, one: Row, account_id: int, now: datetime, *, yes: bool) -> None:
    """A human has read what may be a STOPP: record the no, or leave the thread to be answered."""
    row = _locked(session, one.id)
    if yes:
        inbox.stop(session, row, now, account_id)
    row.unclear = False
    audit.changed(session, account_id, "read_stop", "thread", one.id, now, row.association_id, stop=yes)


def attach(session: Session, one: Row, person_id: int, account_id: int, now: datetime) -> None:
    """Say who an unknown number is; who may choose whom is the page's to check. The association follows."""
    row = _locked(session, one.id)
    row.person_id = person_id
    row.association_id = session.scalar(
        sa.select(Membership.association_id)
        .where(Membership.person_id == person_id)
        .order_by(Membership.to_day.is_(None).desc(), Membership.id.desc())
        .limit(1)
    )
    audit.changed(session, account_id, "attach", "thread", one.id, now, row.association_id)


def receivers(session: Session, one: Row, me: int, now: datetime) -> Sequence[Any]:
    """Who else answers for the thread's place, to pass it on to: id, name and role."""
    place = sa.select(Association.path).join(Thread, Thread.association_id == Association.id).where(Thread.id == one.id)
    path = session.scalar(place)
    above = sa.literal(path).startswith(Association.path) if path else Association.path.in_(unplaced_are_of(now))
    return session.execute(
        sa.select(Account.id, Account.name, sa.func.min(Role.name).label("role"))
        .join(Role, Role.account_id == Account.id)
        .join(Association, Association.id == Role.association_id)
        .where(
            Account.disabled_at.is_(None), Account.id != me, Role.name.in_(ANSWERS), above, holds_on(local_day(now)),
        )
        .group_by(Account.id, Account.name)
        .order_by(Account.name)
    ).all()  # fmt: skip


def pass_on(session: Session, one: Row, to_account_id: int, account_id: int, now: datetime) -> None:
    """Let somebody else answer; Refused when they do not answer for the place."""
    if to_account_id not in {row.id for row in receivers(session, one, account_id, now)}:
        raise Refused(N_("Välj vem som ska svara."), "to")
    _locked(session, one.id).assigned_to = to_account_id
    audit.changed(session, account_id, "pass_on", "thread", one.id, now)


def _locked(session: Session, thread_id: int) -> Thread:
    here = sa.select(Thread).where(Thread.id == thread_id).with_for_update()
    return session.scalars(here.execution_options(**AS_IT_IS)).one()


def _rows() -> Any:
    latest = (
        sa.select(ThreadMessage.body)
        .where(ThreadMessage.thread_id == Thread.id, ThreadMessage.incoming)
        .order_by(ThreadMessage.id.desc())
        .limit(1)
        .correlate(Thread)
        .scalar_subquery()
    )
    return (
        sa.select(
            Thread.id, Thread.person_id, Person.first_name, Person.last_name, Thread.e164, Association.short_name,
            sa.func.coalesce(latest, ""), Thread.state, Thread.stopped, Thread.unclear, Thread.waiting_since,
            Thread.last_at, Account.name,
        )
        .select_from(Thread)
        .outerjoin(Person, Person.id == Thread.person_id)
        .outerjoin(Association, Association.id == Thread.association_id)
        .outerjoin(Account, Account.id == Thread.assigned_to)
    )  # fmt: skip
