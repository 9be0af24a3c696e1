"""How a blast goes: how many have got it and how many not and why, by name for whoever must know exactly (P§5.5)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import blast_hours, blast_spent, sms_settings
from campaigns.blast_spent import Spent
from campaigns.models import Blast, BlastEvent, BlastState, Message, MessageEvent, MessageState, SenderPace
from campaigns.telephony_codes import DEAD, REJECTED, WAITING
from organizer.models import Account, Association
from organizer.times import local_day
from organizer.words import N_

M = MessageState
FATES = {
    "queued": N_("I kö"),
    "in_hand": N_("Lämnas över"),
    "sent": N_("På väg"),
    "delivered": N_("Framme"),
    "phone_off": N_("Telefonen avstängd eller utan täckning"),
    "no_such": N_("Numret finns inte"),
    "rejected": N_("Stoppat av operatören"),
    "no_receipt": N_("Inget besked inom 48 timmar"),
    "unclear": N_("Oklart om det gick iväg"),
    "cancelled": N_("Stoppat av oss"),
}
"""What may become of one message, in the order it is told (P§5.5)."""
CANCELLED = {
    "stopped": N_("Utskicket stoppades"),
    "refused": N_("Har tackat nej sedan godkännandet"),
    "pointless": N_(
        "Har avlidit, fått skyddade uppgifter eller väntar på någon ansvarig, eller aktiviteten är inställd"
    ),
    "left": N_("Är inte längre medlem"),
    "number": N_("Numret har ändrats eller går inte att nå"),
    "no_consent": N_("Har tagit tillbaka sitt ja"),
    "expired": N_("Hann bli för gammalt"),
    "left_be": N_("Någon bestämde att inte skicka igen"),
}
"""Why one was not sent though it was frozen."""
_FATE = sa.case(
    (Message.state == M.QUEUED, "queued"),
    (Message.state == M.SENDING, "in_hand"),
    (Message.state.in_((M.ACCEPTED, M.SENT)), "sent"),
    (Message.state == M.DELIVERED, "delivered"),
    (Message.state == M.NO_RECEIPT, "no_receipt"),
    (Message.state == M.UNKNOWN, "unclear"),
    (Message.state == M.CANCELLED, "cancelled"),
    (Message.error_code.in_(DEAD), "no_such"),
    (Message.error_code.in_(REJECTED), "rejected"),
    else_="phone_off",
)
GOT = ("sent", "delivered", "no_receipt")
"""What has left the house and can no longer be stopped."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the messages of a blast stand; `fates` has every key of FATES and adds up to `recipients`."""

    recipients: int
    fates: dict[str, int]
    spent: Spent
    """The parts that have left, and what they cost."""
    resting_until: datetime | None
    """When it goes on by itself: the look after the first twenty, or tomorrow's hours."""
    looking: bool
    """It rests for that look."""
    done_at: datetime | None
    """When the last is thought to leave; None when nothing is being sent."""

    @property
    def handed(self) -> int:
        """How many have left: what the first sentence of the page says."""
        return self.recipients - self.left - self.fates["cancelled"]

    @property
    def left(self) -> int:
        """How many are still to leave."""
        return self.fates["queued"] + self.fates["in_hand"]

    @property
    def failed(self) -> int:
        """How many did not arrive."""
        return self.fates["phone_off"] + self.fates["no_such"] + self.fates["rejected"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """The provider takes nothing: when it is tried again, and whether it answers at all or asks us to wait."""

    again_at: datetime
    asked: bool


@dataclass(frozen=True, slots=True)
class One:
    """One recipient and what became of the message."""

    message_id: int
    person_id: int | None
    association_id: int | None
    fate: str
    error_code: int | None
    claimed_at: datetime | None


def progress(session: Session, blast: Blast, now: datetime) -> Progress:
    """Where it stands now; three or four queries however large it is."""
    rows = session.execute(
        sa.select(_FATE, sa.func.count(), sa.func.sum(Message.parts))
        .where(Message.blast_id == blast.id)
        .group_by(_FATE)
    ).all()
    fates = dict.fromkeys(FATES, 0) | {row[0]: row[1] for row in rows}
    if blast.state == BlastState.STOPPED:
        fates["cancelled"] += fates["queued"]
        fates["queued"] = 0
    left = sum(row[2] or 0 for row in rows if row[0] in {"queued", "in_hand"})
    resting, done = _times(session, blast, left, now)
    return Progress(
        sum(fates.values()),
        fates,
        blast_spent.of_blast(session, blast),
        resting,
        bool(resting and resting == blast.waits_until),
        done,
    )


def trouble(session: Session, blast: Blast, provider: str, now: datetime) -> Trouble | None:
    """That nothing leaves because the provider takes nothing; None when it does, or has only failed once."""
    if blast.state != BlastState.SENDING:
        return None
    row = session.execute(
        sa.select(SenderPace.free_at, SenderPace.troubles, SenderPace.code).where(SenderPace.sender == provider)
    ).first()
    asked = bool(row and row.code in WAITING)
    return Trouble(max(row.free_at, now), asked) if row and row.troubles > (0 if asked else 1) else None


def people(session: Session, blast_id: int, fates: tuple[str, ...], *, after: int = 0, at_most: int = 200) -> list[One]:
    """The recipients with one of these fates, a page at a time in the order they were taken up; exact at that moment."""
    rows = session.execute(
        sa.select(Message.id, Message.person_id, Message.association_id, _FATE, Message.error_code, Message.claimed_at)
        .where(Message.blast_id == blast_id, _FATE.in_(fates), Message.id > after)
        .order_by(Message.id)
        .limit(at_most)
    )
    return [One(*row) for row in rows]


def who_got_it(session: Session, blast_id: int) -> list[int | None]:
    """The person ids of everybody to whom it has left, certainly; those unclear are in people(…, ("unclear",))."""
    return list(
        session.scalars(
            sa.select(Message.person_id).where(Message.blast_id == blast_id, _FATE.in_(GOT)).order_by(Message.id)
        )
    )


def left_out_since(session: Session, blast_id: int) -> dict[str, int]:
    """Why frozen messages were not sent (keys of CANCELLED) and how many: "2 har tackat nej sedan godkännandet"."""
    rows = session.execute(
        sa.select(MessageEvent.detail, sa.func.count())
        .join(Message, Message.id == MessageEvent.message_id)
        .where(Message.blast_id == blast_id, Message.state == M.CANCELLED, MessageEvent.state == M.CANCELLED)
        .group_by(MessageEvent.detail)
    ).all()
    found = {row[0]: row[1] for row in rows}
    return {why: found[why] for why in CANCELLED if found.get(why)}


def by_association(session: Session, blast_id: int) -> list[Any]:
    """Rows (association_id, name, recipients, delivered, failed) in the order of names; small ones are the page's to hide."""
    delivered = sa.func.count().filter(Message.state == M.DELIVERED)
    failed = sa.func.count().filter(Message.state.in_((M.FAILED, M.UNDELIVERED)))
    return list(
        session.execute(
            sa.select(Message.association_id, Association.short_name.label("name"), sa.func.count().label("recipients"),
                      delivered.label("delivered"), failed.label("failed"))
            .outerjoin(Association, Association.id == Message.association_id)
            .where(Message.blast_id == blast_id)
            .group_by(Message.association_id, Association.short_name, Association.sort_key)
            .order_by(Association.sort_key)
        ).all()
    )  # fmt: skip


def history(session: Session, blast_id: int) -> list[Any]:
    """Rows (at, what, detail, name of whoever did it), oldest first."""
    return list(
        session.execute(
            sa.select(BlastEvent.at, BlastEvent.what, BlastEvent.detail, Account.name)
            .outerjoin(Account, Account.id == BlastEvent.account_id)
            .where(BlastEvent.blast_id == blast_id)
            .order_by(BlastEvent.id)
        ).all()
    )


def returned(session: Session, blast: Blast) -> Any:
    """The event (at, what, detail, name) that made a draft of it again without its writers' doing; None otherwise."""
    if blast.state != BlastState.DRAFT:
        return None
    decided = [one for one in history(session, blast.id) if one.what not in {"edited", "proof"}]
    return decided[-1] if decided and decided[-1].what in {"sent_back", "expired"} else None


def _times(session: Session, blast: Blast, parts_left: int, now: datetime) -> tuple[datetime | None, datetime | None]:
    if blast.state != BlastState.SENDING:
        return None, None
    settings, any_hour = sms_settings.current(session, local_day(now)), bool(blast.any_hour_by)
    begins = max(now, blast.waits_until or now)
    begins = begins if any_hour else blast_hours.opening(settings, begins)
    done = blast_hours.done_at(settings, begins, parts_left, any_hour=any_hour)
    return (begins if begins > now else None), done
