"""People, where they are members and since when, how to reach them, and what they have said no to."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class Person(Base):
    """Someone we organise. Never a birth date, a personnummer, a gender or a street: they are not needed here."""

    __tablename__ = "people"
    __table_args__ = (
        sa.Index(
            "ix_people_merged",  # without it each person erased is looked for among all the others
            "merged_into_id",
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_number: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    first_name: Mapped[str] = mapped_column(sa.String(80))
    last_name: Mapped[str] = mapped_column(sa.String(80))
    sort_key: Mapped[str] = mapped_column(sa.String(120), index=True)
    search_key: Mapped[str] = mapped_column(sa.String(200), index=True)
    email: Mapped[str | None] = mapped_column(sa.String(254))
    language: Mapped[str | None] = mapped_column(sa.String(8))
    birth_year: Mapped[int | None] = mapped_column(sa.SmallInteger)
    """Only the year, and only where the register itself says so in a column of its own (docs/decisions.md)."""
    protected: Mapped[bool] = mapped_column(default=False)
    deceased_on: Mapped[date | None]
    blocked_why: Mapped[str | None] = mapped_column(sa.String(20))
    """`leaving` or `distress`: no queue anywhere until someone responsible has handled it (D14)."""
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    """Who they are now. The nameless stand-in of somebody erased points at itself: it is nobody (erasure.py)."""
    created_at: Mapped[datetime]


class Membership(Base):
    """An interval of membership in one association: local dates, half open; `from_day` empty = unknown (D20)."""

    __tablename__ = "memberships"
    __table_args__ = (
        sa.Index("ix_memberships_place", "association_id", "to_day", "from_day", "person_id"),
        sa.Index("ix_memberships_person", "person_id", "to_day"),
        sa.Index(
            "uq_memberships_open",
            "person_id",
            unique=True,
            sqlite_where=sa.text("to_day IS NULL"),
            postgresql_where=sa.text("to_day IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"))
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"))
    from_day: Mapped[date | None]
    from_why: Mapped[str] = mapped_column(sa.String(20))
    """joined, moved_in, returned, merged or unknown."""
    to_day: Mapped[date | None]
    to_why: Mapped[str | None] = mapped_column(sa.String(20))
    """left, moved, deceased, merged; empty while open."""
    import_id: Mapped[int | None] = mapped_column(sa.ForeignKey("imports.id", ondelete="SET NULL"), index=True)


class Phone(Base):
    """A number of a person, in E.164, with the national form kept for lists."""

    __tablename__ = "phones"
    __table_args__ = (sa.UniqueConstraint("person_id", "e164"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"))
    e164: Mapped[str] = mapped_column(sa.String(20), index=True)
    national: Mapped[str] = mapped_column(sa.String(24))
    kind: Mapped[str] = mapped_column(sa.String(12))
    """mobile, landline or other: what `phones.classify` says."""
    position: Mapped[int] = mapped_column(default=0)
    """Which to ring first: 0, 1, 2 …"""
    tail: Mapped[str] = mapped_column(sa.String(4), sa.Computed("substr(e164, length(e164) - 3)"), index=True)
    """The last four digits, kept by the database itself: what people remember of a number."""


class BlockedNumber(Base):
    """A number somebody else answered: never offered again, whoever it is written on (D14)."""

    __tablename__ = "blocked_numbers"

    e164: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    call_id: Mapped[int | None]
    at: Mapped[datetime]


class Tag(Base):
    """A word an association puts on people."""

    __tablename__ = "tags"
    __table_args__ = (sa.UniqueConstraint("association_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"))
    name: Mapped[str] = mapped_column(sa.String(60))


class PersonTag(Base):
    """Which tags a person has."""

    __tablename__ = "person_tags"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(sa.ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True)


class Refusal(Base):
    """A no to being contacted. Calls bind the person on every number; STOPP binds the number and all on it (D21)."""

    __tablename__ = "refusals"
    __table_args__ = (
        sa.Index("ix_refusals_person", "person_id", "revoked_at"),
        sa.Index("ix_refusals_number", "e164", "revoked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"))
    e164: Mapped[str | None] = mapped_column(sa.String(20))
    channel: Mapped[str] = mapped_column(sa.String(8))
    """call, sms, email or all."""
    recorded_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    how: Mapped[str] = mapped_column(sa.String(12))
    """call, import, sms, link, code or staff."""
    evidence: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    """What was said, or where it can be seen."""
    call_id: Mapped[int | None] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    revoked_why: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")


class KeptRefusal(Base):
    """A refusal that outlives erasure: only a keyed hash of number or member number remains (D21)."""

    __tablename__ = "kept_refusals"

    hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    channel: Mapped[str] = mapped_column(sa.String(8), primary_key=True)


class Fee(Base):
    """The membership fee of one year, paid."""

    __tablename__ = "fees"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    paid_on: Mapped[date]
    import_id: Mapped[int | None] = mapped_column(sa.ForeignKey("imports.id", ondelete="SET NULL"))
