"""What the operator sees of the messages: how the last day went, the newest ones, and what a human must decide."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import blast_states
from campaigns.models import BlastState, Message, MessageState
from campaigns.sms_questions import NO_RECEIPT
from campaigns.sms_queue import move
from organizer import audit
from organizer.models import Account
from organizer.words import N_, Missing, Refused

S = MessageState
KINDS = {
    "code": N_("Kod"),
    "proof": N_("Prov"),
    "receipt": N_("Kvitto på STOPP"),
    "reply": N_("Svar i inkorgen"),
    "shift_link": N_("Länk till ringpass"),
    "notice": N_("Meddelande"),
    "activity": N_("Nytt om en aktivitet"),
    "confirmation": N_("Bekräftelse"),
    "survey": N_("Länk till enkät"),
    "reminder": N_("Påminnelse"),
    "tried": N_("Vi har försökt nå dig"),
    "blast": N_("Utskick"),
}
NO_NEWS = N_("Inget besked från operatören")
STATES = {
    S.QUEUED: N_("I kö"),
    S.SENDING: N_("Lämnas över"),
    S.UNKNOWN: N_("Oklart om det gick iväg"),
    S.ACCEPTED: N_("På väg"),
    S.SENT: N_("På väg"),
    S.DELIVERED: N_("Framme"),
    S.UNDELIVERED: N_("Kom inte fram"),
    S.FAILED: N_("Gick inte att skicka"),
    S.NO_RECEIPT: NO_NEWS,
    S.CANCELLED: N_("Skickas inte"),
}
PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One message as the operator sees it; `text` and `e164` are shown only where nothing is sent for real."""

    id: int
    kind: str
    state: str
    e164: str
    body: str
    person_id: int | None
    account: str | None
    created_at: datetime
    not_before: datetime
    claimed_at: datetime | None
    looked_at: datetime | None
    error_code: int | None
    provider: str | None

    def word(self, now: datetime) -> str:
        """The state in a Swedish word to translate; two days without news is said as it is (D24)."""
        if self.state in {S.ACCEPTED, S.SENT} and self.claimed_at and self.claimed_at <= now - NO_RECEIPT:
            return NO_NEWS
        return STATES[MessageState(self.state)]


@dataclass(frozen=True, slots=True)
class Day:
    """How the messages of the last 24 hours stand; the four add up to `all`, the cancelled left out."""

    queued: int
    under_way: int
    arrived: int
    lost: int
    unknown: int

    @property
    def all(self) -> int:
        """The denominator."""
        return self.queued + self.under_way + self.arrived + self.lost + self.unknown


def newest(session: Session, *, before: int | None = None) -> list[Line]:
    """The newest messages, a page at a time; `before` = the last id of the page before."""
    where = Message.id < before if before else sa.true()
    return [Line(*row) for row in session.execute(_lines().where(where).order_by(Message.id.desc()))]


def unclear(session: Session) -> list[Line]:
    """Every message nobody knows the fate of, oldest first: a human decides (promise 3)."""
    return [Line(*row) for row in session.execute(_lines().where(Message.state == S.UNKNOWN).order_by(Message.id))]


def last_day(session: Session, now: datetime) -> Day:
    """The messages made in the last 24 hours, by where they stand now."""
    rows = session.execute(
        sa.select(Message.state, sa.func.count())
        .where(Message.created_at > now - timedelta(days=1))
        .group_by(Message.state)
    )
    count: dict[str, int] = {state: number for state, number in rows}  # noqa: C416  a row is not a pair to mypy
    return Day(
        queued=count.get(S.QUEUED, 0) + count.get(S.SENDING, 0),
        under_way=count.get(S.ACCEPTED, 0) + count.get(S.SENT, 0) + count.get(S.NO_RECEIPT, 0),
        arrived=count.get(S.DELIVERED, 0),
        lost=count.get(S.UNDELIVERED, 0) + count.get(S.FAILED, 0),
        unknown=count.get(S.UNKNOWN, 0),
    )


def send_again(session: Session, message_id: int, account_id: int, now: datetime) -> None:
    """A human decides to send what may already have arrived. Refused unless it has been looked for in vain."""
    row = session.execute(
        sa.select(Message.looked_at, Message.body, Message.blast_id).where(
            Message.id == message_id, Message.state == S.UNKNOWN
        )
    ).first()
    if row is None:
        raise Missing
    if row.looked_at is None:
        raise Refused(N_("Vi letar fortfarande efter sms:et hos leverantören. Försök igen om en minut."))
    if not row.body:
        raise Refused(N_("Texten finns inte kvar. Be personen begära en ny kod."))
    if row.blast_id is not None:
        _reopen(session, row.blast_id, account_id, now)
    move(
        session, S.QUEUED, now, Message.id == message_id, Message.state == S.UNKNOWN,
        detail="sent again by a human", not_before=now, expires_at=now + timedelta(hours=2), error_code=None,
    )  # fmt: skip
    audit.changed(session, account_id, "send_again", "message", message_id, now)


def leave(session: Session, message_id: int, account_id: int, now: datetime) -> None:
    """A human decides to leave it: rather none than two."""
    moved = move(session, S.CANCELLED, now, Message.id == message_id, Message.state == S.UNKNOWN, detail="left_be")
    if not moved:
        raise Missing
    audit.changed(session, account_id, "leave", "message", message_id, now)


def _reopen(session: Session, blast_id: int, account_id: int, now: datetime) -> None:
    """A blast that had ended goes on with this one message; one that was stopped or paused does not."""
    blast = blast_states.locked(session, blast_id)
    if blast.state in {BlastState.DONE, BlastState.PARTLY}:
        blast_states.move(session, blast, BlastState.SENDING, now, account_id, {"after": "unclear"})
    elif blast.state == BlastState.STOPPED:
        raise Refused(N_("Utskicket är stoppat. Inget mer skickas av det."))


def _lines() -> Any:
    return (
        sa.select(
            Message.id, Message.kind, Message.state, Message.e164, Message.body, Message.person_id, Account.name,
            Message.created_at, Message.not_before, Message.claimed_at, Message.looked_at, Message.error_code,
            Message.provider,
        )
        .outerjoin(Account, Account.id == Message.account_id)
        .limit(PAGE)
    )  # fmt: skip
