"""Figures kept for a day: one share of one association, so that large districts need not be counted at every look."""

from datetime import date

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
