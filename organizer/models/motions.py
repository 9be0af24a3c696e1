"""The library of motions: what one association has proposed, for others to borrow."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class Motion(Base):
    """A motion or interpellation: its words or its file, where it was put, and how it went."""

    __tablename__ = "motions"

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(16), default="motion")
    """motion, interpellation or proposal."""
    title: Mapped[str] = mapped_column(sa.String(160))
    body: Mapped[str] = mapped_column(sa.Text, default="")
    municipality: Mapped[str] = mapped_column(sa.String(60), default="")
    theme: Mapped[str] = mapped_column(sa.String(60), default="")
    result: Mapped[str] = mapped_column(sa.String(16), default="open")
    """open, approved, partly, answered or rejected."""
    put_on: Mapped[date | None]
    """The day it was handed in."""
    link: Mapped[str] = mapped_column(sa.String(500), default="")
    search_text: Mapped[str] = mapped_column(sa.Text)
    """Title, words, municipality and theme, without capitals and marks."""
    borrowed_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("motions.id", ondelete="SET NULL"))
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    created_at: Mapped[datetime] = mapped_column(index=True)


class MotionFile(Base):
    """The file of a motion, as it was handed in."""

    __tablename__ = "motion_files"

    motion_id: Mapped[int] = mapped_column(sa.ForeignKey("motions.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)
