"""Those who use Rundan: their accounts, roles, codes, links and logins, and the logs of what they looked at."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class RoleName(StrEnum):
    """The roles of P§3, each held at a place in the tree."""

    CALLER = "caller"
    SHIFT_LEADER = "shift_leader"
    STEWARD = "steward"
    CHAIR = "chair"
    ORGANIZER = "organizer"
    APPROVER = "approver"
    OWNER = "owner"


class Account(Base):
    """Someone who logs in; may be a member too (`person_id`)."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id", ondelete="SET NULL"), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str | None] = mapped_column(sa.String(254), unique=True)
    e164: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    totp_secret: Mapped[str | None] = mapped_column(sa.String(64))
    totp_step: Mapped[int | None]
    """The last accepted time step: a code is good once."""
    language: Mapped[str] = mapped_column(sa.String(2), default="sv")
    speaks: Mapped[list[Any]] = mapped_column(default=lambda: ["sv"])
    """Languages this caller can call in, as two-letter codes."""
    theme: Mapped[str] = mapped_column(sa.String(5), default="auto")
    promised_at: Mapped[datetime | None]
    """When the caller promised to keep quiet about who is a member (P§2.1 J1)."""
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Role(Base):
    """What an account may do at a place and everything below it, from a day to a day."""

    __tablename__ = "roles"
    __table_args__ = (sa.UniqueConstraint("account_id", "association_id", "name", "from_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(20))
    from_day: Mapped[date]
    to_day: Mapped[date | None]


class LoginCode(Base):
    """A six-digit code sent by SMS: good once, for a few minutes, for a few tries. The code itself is stored nowhere."""

    __tablename__ = "login_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    opens: Mapped[str] = mapped_column(sa.String(8))
    """`caller` (the caller's pages) or `factor` (the second door of someone who gave the right password)."""
    seed: Mapped[str] = mapped_column(sa.String(64))
    """What the code is made from together with the installation's key (codes.py)."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code on paper for the day the phone is lost; good once."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    used_at: Mapped[datetime | None]


class SetupLink(Base):
    """A one-time link with which a new user, or one who forgot, chooses a password and a second factor (D18)."""

    __tablename__ = "setup_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Login(Base):
    """One login on one device; revoking the row ends it (D15)."""

    __tablename__ = "logins"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    level: Mapped[str] = mapped_column(sa.String(8))
    """`caller` (phone + code: only the caller's pages) or `full` (password + second factor)."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class KeptForm(Base):
    """What someone had typed when their login ended: one per account, for an hour (P§3, *Session ended*)."""

    __tablename__ = "kept_forms"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str] = mapped_column(sa.String(500))
    """Where it was being sent: a path of this installation."""
    fields: Mapped[list[list[str]]] = mapped_column(sa.JSON)
    """Name and text of each field, in the form's order."""
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Throttle(Base):
    """How often something has been tried: a keyed hash of what, a window, a count."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    window_ends: Mapped[datetime]
    count: Mapped[int]


class Look(Base):
    """Access log: who looked at which person, when, on which kind of page (promise 6)."""

    __tablename__ = "looks"
    __table_args__ = (
        sa.Index("ix_looks_person", "person_id", "at"),
        sa.Index("ix_looks_account", "account_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    person_id: Mapped[int]
    association_id: Mapped[int | None]
    page: Mapped[str] = mapped_column(sa.String(60))
    """The endpoint, never an address with anything personal in it."""


class Change(Base):
    """Change log: who did what to which thing; never a name, number or text about a person in `detail`."""

    __tablename__ = "changes"
    __table_args__ = (sa.Index("ix_changes_subject", "subject", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    action: Mapped[str] = mapped_column(sa.String(40))
    subject: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int | None]
    association_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]]
