"""Blasts: one text to many members, from a draft to the last receipt, and what is known of numbers and senders."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class BlastState(StrEnum):
    """draft → waiting → approved → sending ⇄ paused → done | partly | stopped (P§5.1); the moves stand in blast_states."""

    DRAFT = "draft"
    WAITING = "waiting"
    APPROVED = "approved"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    PARTLY = "partly"
    STOPPED = "stopped"


class Category(StrEnum):
    """What is written; the last two need a recorded consent (sweden.md C2)."""

    INFORMATION = "information"
    OFFER = "offer"
    FUNDRAISING = "fundraising"


class Blast(Base):
    """One text to many. What is frozen at approval are rows of `messages` with this `blast_id`."""

    __tablename__ = "blasts"

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    """The owner: it reaches members of this place and everything below it."""
    title: Mapped[str] = mapped_column(sa.String(120))
    state: Mapped[str] = mapped_column(sa.String(10), default=BlastState.DRAFT, index=True)
    category: Mapped[str] = mapped_column(sa.String(12), default=Category.INFORMATION)
    important: Mapped[bool] = mapped_column(default=False)
    """*Viktig händelse*: approval is asked of the next approver after half an hour (P§5.4)."""

    include: Mapped[list[Any]]
    """Whom: [{"name", "definition", "selection_id"}], any of them; the definitions are copies (organizer.selections)."""
    exclude: Mapped[list[Any]]
    """Whom not: the same form."""
    signed_up_to: Mapped[int | None]
    """An activity whose signed-up members are among the recipients."""
    with_recent: Mapped[bool] = mapped_column(default=False)
    """Also those who got another SMS in the last 24 hours."""
    with_abroad: Mapped[bool] = mapped_column(default=False)
    """Also foreign numbers."""

    body: Mapped[str] = mapped_column(sa.Text, default="")
    """As it will be filled in, without the way out that is always added."""
    typed: Mapped[str | None] = mapped_column(sa.Text)
    """As it was typed, when dear characters were replaced: *Byt tillbaka* restores it."""
    sender: Mapped[str] = mapped_column(sa.String(11), default="")
    """Empty = the number that can receive replies; else a name, which cannot."""
    activity_id: Mapped[int | None]
    survey_id: Mapped[int | None]
    asks: Mapped[bool] = mapped_column(default=False)
    """It asks something that JA or NEJ answers (P§5.6)."""

    send_at: Mapped[datetime | None]
    """Empty = as soon as it may."""
    on_approval: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Without a time: it leaves when somebody says yes; otherwise it then waits for *Skicka*."""
    look_first: Mapped[bool] = mapped_column(default=True)
    """Twenty first, then a look (P§5.5)."""
    any_hour_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    any_hour_why: Mapped[str] = mapped_column(sa.String(280), default="")

    created_by: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    authors: Mapped[list[Any]]
    """The accounts that have written any of it: none of them may approve it."""
    copy_of: Mapped[int | None] = mapped_column(index=True)
    """The first of its line of copies: who got one of them is left out of the others."""
    proved_hash: Mapped[str | None] = mapped_column(sa.String(64))
    """The text and sender that somebody has had on their own phone."""

    asked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    asked_at: Mapped[datetime | None]
    asked_of: Mapped[list[Any]]
    """The accounts that have been asked to approve, in order."""
    escalate_at: Mapped[datetime | None]
    hash: Mapped[str | None] = mapped_column(sa.String(64))
    """What the approval is of; empty as soon as anything has changed."""
    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    approved_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    """Until the scheduled time, seven days if there is none (D24)."""

    frozen_at: Mapped[datetime | None]
    recipients: Mapped[int | None]
    parts: Mapped[int | None]
    """The sum over every recipient's real text."""
    left_out: Mapped[dict[str, Any]]
    """How many were left out at freezing and why: {"landline": 121}."""
    price: Mapped[int] = mapped_column(default=0)
    """Öre for one part, as the setting said at freezing."""
    prices_abroad: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=sa.text("'{}'"))
    """Öre for one part in other countries, as sms_prices reads them, at freezing too."""

    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    paused_why: Mapped[str | None] = mapped_column(sa.String(12))
    """person, account, geo, balance, failures, filtered or limit."""
    paused_code: Mapped[int | None]
    waits_until: Mapped[datetime | None]
    """Nothing is handed over before this: the look after the first twenty."""
    handed: Mapped[int] = mapped_column(default=0)
    """How many have been taken up for hand-over."""
    looked: Mapped[bool] = mapped_column(default=False)
    accepted_failures: Mapped[int] = mapped_column(default=0)
    """How many had failed when a person last let it go on: only new failures stop it again."""
    accepted_handed: Mapped[int] = mapped_column(default=0)


class BlastEvent(Base):
    """What was done with a blast, by whom and when; append-only."""

    __tablename__ = "blast_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    blast_id: Mapped[int] = mapped_column(sa.ForeignKey("blasts.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    what: Mapped[str] = mapped_column(sa.String(12))
    """created, edited, proof, asked, escalated, approved, sent_back, voided, expired, or the state entered."""
    detail: Mapped[dict[str, Any]]
    """{"comment": …}, {"changed": ["text", "time"]}, {"why": "geo"}; never a name or a number."""


class BlastTemplate(Base):
    """A text to begin with: a blast's, or with the category `reply` an answer's in the inbox."""

    __tablename__ = "blast_templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    body: Mapped[str] = mapped_column(sa.Text)
    category: Mapped[str] = mapped_column(sa.String(12), default=Category.INFORMATION)


class FailingNumber(Base):
    """A number whose last messages did not arrive; the row goes when one does."""

    __tablename__ = "failing_numbers"

    e164: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    in_a_row: Mapped[int]
    code: Mapped[int | None]
    """What the provider said last."""
    dead: Mapped[bool] = mapped_column(default=False)
    """The number does not exist or takes no SMS: it is not tried again."""
    at: Mapped[datetime]


class SenderPace(Base):
    """When a sender may take the next part: one row for each sender, shared by every worker on every machine."""

    __tablename__ = "sender_paces"

    sender: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    free_at: Mapped[datetime]
    troubles: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many times in a row the provider has taken nothing; 0 as soon as it takes something again."""
    code: Mapped[int | None]
    """What it said last, if anything."""
