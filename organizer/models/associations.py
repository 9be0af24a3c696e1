"""Associations in a tree of any depth, and settings that hold for a place in it."""

from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class AssociationKind(StrEnum):
    """The three levels a party has."""

    NATIONAL = "national"
    DISTRICT = "district"
    ASSOCIATION = "association"


class Association(Base):
    """A place in the tree; `path` ("1/3/9/") makes "with everything below" one LIKE."""

    __tablename__ = "associations"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(120))
    short_name: Mapped[str] = mapped_column(sa.String(60))
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)
    sort_key: Mapped[str] = mapped_column(sa.String(120))
    path: Mapped[str] = mapped_column(sa.String(120), index=True)
    founded_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("associations.id"), index=True)


class Setting(Base):
    """A value that holds for a place and everything below it from a day on; nearest ancestor wins (D23)."""

    __tablename__ = "settings"
    __table_args__ = (sa.UniqueConstraint("association_id", "key", "from_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"))
    key: Mapped[str] = mapped_column(sa.String(60))
    value: Mapped[dict[str, Any]]
    from_day: Mapped[date]


class Installation(Base):
    """One row: is this database a demo, synthetic or real? Starting it as another kind is refused (D25)."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    refusal_key: Mapped[str] = mapped_column(sa.String(64))
