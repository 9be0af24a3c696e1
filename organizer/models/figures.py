"""Figures that are kept so that large districts need not be counted at every look; all of them can be rebuilt."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class KeptFigure(Base):
    """A share valid on `day`, counted from what had happened by the end of the day before (D7); can be rebuilt."""

    __tablename__ = "kept_figures"

    day: Mapped[date] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    """The period (`year`, `last_year`, `days90`) or the campaign (`campaign:12`)."""
    key: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    """Which figure: `active`, `new_n`, `renewed` … or a step of a funnel."""
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id", ondelete="CASCADE"), primary_key=True)
    part: Mapped[int]
    whole: Mapped[int]


class KeptPool(Base):
    """The kept figures of a day pooled for one district, with what small groups need to know of its largest places."""

    __tablename__ = "kept_pools"

    day: Mapped[date] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id", ondelete="CASCADE"), primary_key=True)
    pools: Mapped[dict[str, Any]]


class CountedPerson(Base):
    """What was true of one person when the figures of a place were last counted: a bit for each figure.

    No foreign key to the person: the row of someone who was erased is what their place has to be reduced by, and goes
    in the next round.
    """

    __tablename__ = "counted_people"
    __table_args__ = (
        sa.Index("ix_counted_people_place", "scope", "association_id"),
        sa.Index(
            "ix_counted_people_waiting",
            "scope",
            "association_id",
            "waiting_since",
            sqlite_where=sa.text("waiting_since IS NOT NULL"),
            postgresql_where=sa.text("waiting_since IS NOT NULL"),
        ),
    )

    scope: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    """`year` or the campaign (`campaign:12`)."""
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    association_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    low: Mapped[int] = mapped_column(sa.BigInteger)
    high: Mapped[int] = mapped_column(sa.BigInteger)
    """Sixty bits each (organizer.counted)."""
    waiting_since: Mapped[date | None]
    """The day a new member joined whom nobody has contacted."""


class CountedPlace(Base):
    """How many people of a place each bit was true of, and how often that has been changed."""

    __tablename__ = "counted_places"

    scope: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    association_id: Mapped[int] = mapped_column(
        sa.ForeignKey("associations.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    day: Mapped[date | None]
    """The day the counts hold for; empty while they are being made."""
    counts: Mapped[list[Any]]
    version: Mapped[int] = mapped_column(default=0)


class ChangedPerson(Base):
    """Somebody of whom something has changed since the figures were counted; written by the database itself."""

    __tablename__ = "changed_people"

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True)
    person_id: Mapped[int]


class SelectionNews(Base):
    """Somebody of whom something has changed that a selection may ask about; written by the database itself."""

    __tablename__ = "selection_news"
    __table_args__ = (sa.Index("ix_selection_news_xid", "xid"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True)
    person_id: Mapped[int | None]
    what: Mapped[str | None] = mapped_column(sa.String(24))
    """A table in which too much has changed to say of whom."""
    xid: Mapped[int | None] = mapped_column(sa.BigInteger)
    """The transaction of PostgreSQL that did it."""
    at: Mapped[datetime]


class SharedSet(Base):
    """The people who fulfil a part of a condition, made by one process for all (shared_sets)."""

    __tablename__ = "shared_sets"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    """A fingerprint of the SQL with its values."""
    people: Mapped[bytes]
    """Bit n is the person with id n."""
    point: Mapped[str] = mapped_column(sa.Text)
    """The moment in the life of the database at which it was true (selection_news)."""
    server: Mapped[str] = mapped_column(sa.String(40))
    """Since when the server had run that knew this moment."""
    at: Mapped[datetime] = mapped_column(index=True)
