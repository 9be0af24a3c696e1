"""What somebody has corrected by hand on a person, so that the next member file does not put the old value back."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class Correction(Base):
    """One field of one person, from one value to another, by whom and why; empty = no value."""

    __tablename__ = "corrections"
    __table_args__ = (sa.Index("ix_corrections_person", "person_id", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"))
    field: Mapped[str] = mapped_column(sa.String(16))
    """One of corrections.FIELDS."""
    old: Mapped[str | None] = mapped_column(sa.String(254))
    new: Mapped[str | None] = mapped_column(sa.String(254))
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    at: Mapped[datetime]
