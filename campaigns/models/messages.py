"""The message queue: codes, shift links and what follows a call, with every change of state kept."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class MessageState(StrEnum):
    """queued → sending → accepted → sent → delivered | undelivered | failed; the moves stand in sms_queue.MOVES."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    NO_RECEIPT = "no_receipt"
    CANCELLED = "cancelled"


class Message(Base):
    """One SMS to one number. The row is the queue."""

    __tablename__ = "messages"
    __table_args__ = (
        sa.Index(
            "ix_messages_next",
            "priority",
            "not_before",
            "id",
            sqlite_where=sa.text("state = 'queued' AND blast_id IS NULL"),
            postgresql_where=sa.text("state = 'queued' AND blast_id IS NULL"),
        ),
        sa.Index(
            "ix_messages_blast",
            "blast_id",
            "state",
            "id",
            sqlite_where=sa.text("blast_id IS NOT NULL"),
            postgresql_where=sa.text("blast_id IS NOT NULL"),
        ),
        sa.Index(
            "uq_messages_blast_person",
            "blast_id",
            "person_id",
            unique=True,
            sqlite_where=sa.text("blast_id IS NOT NULL"),
            postgresql_where=sa.text("blast_id IS NOT NULL"),
        ),
        sa.Index(
            "uq_messages_blast_number",
            "blast_id",
            "e164",
            unique=True,
            sqlite_where=sa.text("blast_id IS NOT NULL"),
            postgresql_where=sa.text("blast_id IS NOT NULL"),
        ),
        sa.Index("ix_messages_state", "state", "claimed_at"),
        sa.Index("ix_messages_person", "person_id"),
        sa.Index(
            "ix_messages_readable_codes",
            "expires_at",
            sqlite_where=sa.text("kind = 'code' AND body <> ''"),
            postgresql_where=sa.text("kind = 'code' AND body <> ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(40), unique=True)
    """Our own id in the callback address: proves acceptance after a crash (twilio.md B2)."""
    once: Mapped[str | None] = mapped_column(sa.String(80), unique=True)
    """What makes it the same message: queueing twice counts once."""
    kind: Mapped[str] = mapped_column(sa.String(16))
    """code, proof, shift_link, notice, activity, confirmation, survey, reminder, tried or blast; sms_hours.PRIORITY has them all."""
    priority: Mapped[int] = mapped_column(sa.SmallInteger)
    """0 = one-time codes, 3 = shift links, 5 = what follows a call, 9 = blasts."""
    state: Mapped[str] = mapped_column(sa.String(12))
    e164: Mapped[str] = mapped_column(sa.String(20))
    body: Mapped[str] = mapped_column(sa.Text)
    """Blanked at hand-over for codes (D18)."""
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id", ondelete="SET NULL"))
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="SET NULL"))
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaigns.id", ondelete="SET NULL"))
    activity_id: Mapped[int | None] = mapped_column(sa.ForeignKey("activities.id", ondelete="SET NULL"))
    call_id: Mapped[int | None] = mapped_column(sa.ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    blast_id: Mapped[int | None]
    """Unique together with the person and with the number: nobody gets the same blast twice (promise 3)."""
    association_id: Mapped[int | None]
    """Of a blast: where the person belonged when it was frozen."""
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime]
    """After this it is better not sent."""
    attempt: Mapped[str | None] = mapped_column(sa.String(40))
    claimed_at: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    """When the provider was last asked what became of it."""
    tries: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    provider: Mapped[str | None] = mapped_column(sa.String(12))
    sid: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    sender: Mapped[str | None] = mapped_column(sa.String(11))
    """A name instead of our number, of a proof; that of a blast stands on the blast."""
    parts: Mapped[int | None] = mapped_column(sa.SmallInteger)
    error_code: Mapped[int | None]


class MessageEvent(Base):
    """Every change of state of a message, append-only."""

    __tablename__ = "message_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(sa.String(12))
    detail: Mapped[str] = mapped_column(sa.String(120), default="")
