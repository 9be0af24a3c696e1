"""What people write to us: one thread for each number, and everything said in it."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class Meaning(StrEnum):
    """What an incoming message was taken for; `maybe_stop` is for a human to decide (P§5.6)."""

    TEXT = "text"
    STOP = "stop"
    MAYBE_STOP = "maybe_stop"
    START = "start"
    YES = "yes"
    NO = "no"


class Thread(Base):
    """Everything to and from one number. Who it is, is known or empty; never guessed."""

    __tablename__ = "threads"
    __table_args__ = (sa.Index("ix_threads_place", "association_id", "state", "last_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    e164: Mapped[str] = mapped_column(sa.String(20), unique=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id", ondelete="SET NULL"), index=True)
    association_id: Mapped[int | None] = mapped_column(sa.ForeignKey("associations.id"))
    """Who answers it; empty for a number nobody of ours has."""
    state: Mapped[str] = mapped_column(sa.String(8))
    """open (somebody should answer) or done."""
    stopped: Mapped[bool] = mapped_column(default=False)
    """The number has answered STOPP and not START."""
    unclear: Mapped[bool] = mapped_column(default=False)
    """Something that may be a STOPP waits for a human."""
    assigned_to: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    waiting_since: Mapped[datetime | None]
    """When the first unanswered message came."""
    last_at: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime]


class ThreadMessage(Base):
    """One message in a thread. `sid` is the provider's own id, so that a repeated delivery counts once."""

    __tablename__ = "thread_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("threads.id", ondelete="CASCADE"), index=True)
    incoming: Mapped[bool]
    sid: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    body: Mapped[str] = mapped_column(sa.Text)
    """Blanked after ninety days (D6)."""
    meaning: Mapped[str] = mapped_column(sa.String(12), default=Meaning.TEXT)
    at: Mapped[datetime] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    """Who wrote an answer of ours; empty for what Rundan answered by itself."""
    message_id: Mapped[int | None] = mapped_column(sa.ForeignKey("messages.id", ondelete="SET NULL"), index=True)
    """The row in the queue that carries an answer of ours; of something incoming, the message it answers."""
    blast_id: Mapped[int | None] = mapped_column(index=True)
    """The blast that something incoming answers."""
