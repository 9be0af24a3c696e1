"""Activities, who has signed up, who came, and other contributions."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class Activity(Base):
    """Something to be invited to."""

    __tablename__ = "activities"

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[str] = mapped_column(sa.String(20), default="meeting")
    """meeting, course, introduction, action, chairs_meeting, board or conference."""
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(sa.String(120))
    capacity: Mapped[int | None]
    description: Mapped[str] = mapped_column(sa.Text, default="")
    cancelled_at: Mapped[datetime | None]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))


class ActivityOrganizer(Base):
    """The associations that hold an activity together."""

    __tablename__ = "activity_organizers"

    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"), primary_key=True, index=True)


class SignUp(Base):
    """One row per activity and person (D5): signed_up, waiting, withdrawn or declined."""

    __tablename__ = "sign_ups"
    __table_args__ = (
        sa.UniqueConstraint("activity_id", "person_id"),
        sa.Index("ix_sign_ups_queue", "activity_id", "state", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activities.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(sa.String(12))
    at: Mapped[datetime]
    """When the present state was entered: the order of the waiting list."""
    needs_lift: Mapped[bool] = mapped_column(default=False)
    call_id: Mapped[int | None] = mapped_column(index=True)
    campaign_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    """What stood here before the call `call_id` changed it (organizer.earlier), for undo."""


class Attendance(Base):
    """Came, whether signed up or not."""

    __tablename__ = "attendances"
    __table_args__ = (sa.UniqueConstraint("activity_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activities.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))


class Contribution(Base):
    """Anything else a member did: every effort counts (P§1.1, need 12)."""

    __tablename__ = "contributions"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), index=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"))
    what: Mapped[str] = mapped_column(sa.String(120))
    day: Mapped[date]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
