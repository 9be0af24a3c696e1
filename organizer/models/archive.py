"""Figures that outlive what they were counted from: closed months and years, and campaigns of long ago (D6)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class ArchivedFigure(Base):
    """One figure of one association, with its denominator; it is authoritative and never counted again."""

    __tablename__ = "archived_figures"

    scope: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    """A month (`2024-10`), a year (`2024`) or a campaign (`campaign:12`)."""
    key: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    association_id: Mapped[int] = mapped_column(
        sa.ForeignKey("associations.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    part: Mapped[int]
    whole: Mapped[int]
    at: Mapped[datetime]
    """When it was last written; a campaign's grows as its people are forgotten."""
