"""Call shifts: an evening with a time, a place, callers and a leader."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class Shift(Base):
    """When and where a campaign is rung, and who leads it."""

    __tablename__ = "shifts"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id", ondelete="CASCADE"), index=True)
    association_id: Mapped[int | None] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    """Rings only this association's part; empty = everyone in the campaign."""
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)
    place: Mapped[str] = mapped_column(sa.String(120))
    leader_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    wanted: Mapped[int] = mapped_column(default=6)
    paused_at: Mapped[datetime | None]


class ShiftCaller(Base):
    """A caller invited to a shift, with the hash of the personal link."""

    __tablename__ = "shift_callers"

    shift_id: Mapped[int] = mapped_column(sa.ForeignKey("shifts.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(
        sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    link_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    invited_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    needs_help_at: Mapped[datetime | None]
