"""The call queue, who holds whom, the calls and what has to be done after them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class QueueState(StrEnum):
    """Where a person stands in one campaign's queue; the allowed moves stand in call_queue.MOVES."""

    READY = "ready"
    WAITING = "waiting"
    HELD = "held"
    DONE = "done"
    EXHAUSTED = "exhausted"
    BLOCKED = "blocked"
    REMOVED = "removed"


NOT_RUNG_WORDS = "attempts = 0 AND state IN ('blocked', 'removed', 'done')"
"""Of a queue row: nobody was sought and nobody will be. The words of an index, so they are text."""


class QueueRow(Base):
    """One person to ring in one campaign. The row is the queue."""

    __tablename__ = "call_queue"
    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "person_id"),
        sa.Index("ix_call_queue_person", "person_id"),
        sa.Index(
            "ix_call_queue_next",
            "campaign_id",
            "priority",
            "due_at",
            "id",
            sqlite_where=sa.text("state = 'ready'"),
            postgresql_where=sa.text("state = 'ready'"),
        ),
        sa.Index(
            "ix_call_queue_next_place",
            "campaign_id",
            "association_id",
            "priority",
            "due_at",
            "id",
            sqlite_where=sa.text("state = 'ready'"),
            postgresql_where=sa.text("state = 'ready'"),
        ),
        sa.Index(
            "ix_call_queue_due",
            "campaign_id",
            "due_at",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
        sa.Index(
            "ix_call_queue_not_rung",
            "campaign_id",
            "why",
            "association_id",
            sqlite_where=sa.text(NOT_RUNG_WORDS),
            postgresql_where=sa.text(NOT_RUNG_WORDS),
        ),
        sa.Index("ix_call_queue_state", "campaign_id", "state", "association_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"))
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"))
    """As at entry (D2)."""
    state: Mapped[str] = mapped_column(sa.String(10))
    why: Mapped[str | None] = mapped_column(sa.String(20))
    """Why the state is what it is: an outcome code, or refused, left, goal_met, deceased, protected, no_number …"""
    priority: Mapped[int] = mapped_column(sa.SmallInteger, default=5)
    """0 = a promised callback that is due, 5 = ordinary, 7 = skipped; lower is rung first."""
    due_at: Mapped[datetime]
    entered_at: Mapped[datetime] = mapped_column(default=lambda row: row.get_current_parameters()["due_at"])
    """When the person came into the queue: the place in it until something is known."""
    attempts: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    last_call_at: Mapped[datetime | None]
    callback_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    """The caller who promised to ring back personally."""
    avoid_account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    """Who skipped this person: others first."""
    language: Mapped[str | None] = mapped_column(sa.String(8))
    """Only for callers who speak this."""


class Hold(Base):
    """Who is held by whom right now (D8): unique on person and on caller in the database itself."""

    __tablename__ = "holds"

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    queue_id: Mapped[int] = mapped_column(sa.ForeignKey("call_queue.id", ondelete="CASCADE"), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    back_to: Mapped[str] = mapped_column(sa.String(10), default=QueueState.READY)
    """The state the queue row goes back to if nothing is reported."""


class HoldNumber(Base):
    """Every number of a held person: two callers never ring one household phone (D8)."""

    __tablename__ = "hold_numbers"

    e164: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("holds.call_id", ondelete="CASCADE"), index=True)


class CallState(StrEnum):
    """open (assigned) → reported → undone; or open → released without trace. A late report: released → reported."""

    OPEN = "open"
    REPORTED = "reported"
    RELEASED = "released"
    UNDONE = "undone"


class Call(Base):
    """One assignment of a person to a caller and, when reported, what it led to."""

    __tablename__ = "calls"
    __table_args__ = (
        sa.Index("ix_calls_account", "account_id", "assigned_at"),
        sa.Index("ix_calls_person", "person_id", "state", "happened_at"),
        sa.Index("ix_calls_campaign", "campaign_id", "state", "outcome"),
        sa.Index("ix_calls_shift", "shift_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    queue_id: Mapped[int] = mapped_column(sa.ForeignKey("call_queue.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"))
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    shift_id: Mapped[int | None] = mapped_column(sa.ForeignKey("shifts.id"))
    state: Mapped[str] = mapped_column(sa.String(10))
    assigned_at: Mapped[datetime]
    rang_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(sa.String(20))
    detail: Mapped[dict[str, Any]]
    """What the outcome carries: callback time, opt-out level, language …; never a name or a number."""
    client_ref: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    """The UUID rendered into the form: a report is applied exactly once (promise 2)."""
    content_hash: Mapped[str | None] = mapped_column(sa.String(64))
    happened_at: Mapped[datetime | None]
    """When the caller tapped the outcome, by the phone's clock bounded by ours."""
    reported_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(default=False)
    contested: Mapped[bool] = mapped_column(default=False)
    """Somebody else reported the same person in between: both are kept (P§4.10)."""
    undone_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(sa.String(280), default="")
    before: Mapped[dict[str, Any]]
    """What the report wrote over (earlier answers, sign-ups, flags), for undo."""


class CallInvitation(Base):
    """*Bjöd in* ticked in a call: its own fact, whatever the answer was (P§4.8)."""

    __tablename__ = "call_invitations"
    __table_args__ = (sa.UniqueConstraint("call_id", "activity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id", ondelete="CASCADE"))
    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activities.id", ondelete="CASCADE"))


class Acquaintance(Base):
    """*Jag känner personen*: never given to this caller again (D14)."""

    __tablename__ = "acquaintances"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    call_id: Mapped[int | None]


class Todo(Base):
    """*Behöver dig*: something a responsible person has to do, with one action."""

    __tablename__ = "todos"
    __table_args__ = (
        sa.Index("ix_todos_open", "association_id", "done_at", "visible_at"),
        sa.Index("ix_todos_campaign", "campaign_id", "done_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    """wrong_number, bad_number, moved, leaving, deceased, distress, follow_up, language, contested or callback_missed."""
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaigns.id", ondelete="CASCADE"))
    call_id: Mapped[int | None] = mapped_column(sa.ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), index=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"))
    text: Mapped[str] = mapped_column(sa.String(280), default="")
    new_number: Mapped[str | None] = mapped_column(sa.String(20))
    """The number the caller was given, in E.164, to be confirmed by a person."""
    created_at: Mapped[datetime]
    visible_at: Mapped[datetime]
    """Ten minutes later, so that undo can really undo (P§4.5)."""
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    done_how: Mapped[str | None] = mapped_column(sa.String(20))
    passed_to: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
