"""Activities, who has signed up, who came, and other contributions."""

import uuid
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
    theme: Mapped[str] = mapped_column(sa.String(60), default="", server_default="")
    link: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    """Where to take part on the net."""
    responsible_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    """Whoever answers questions about it."""
    travel_pool: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether those who come are asked if they can drive or need a lift."""
    public: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Shown in the shared calendar, where anybody may sign up."""
    remind_hours: Mapped[int | None] = mapped_column(sa.SmallInteger)
    """How long before the start those who have a seat are reminded; empty = not at all."""
    reminded_at: Mapped[datetime | None]
    series_id: Mapped[int | None] = mapped_column(index=True)
    """The first activity of the series it was repeated from."""
    uid: Mapped[str] = mapped_column(sa.String(40), unique=True, default=lambda: uuid.uuid4().hex)
    """What calendar programs know it by, for ever."""
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many times it has been changed: calendar programs take the highest."""
    changed_at: Mapped[datetime | None]


class ActivityOrganizer(Base):
    """The associations that hold an activity together."""

    __tablename__ = "activity_organizers"

    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"), primary_key=True, index=True)


class SignUp(Base):
    """One row per activity and person (D5), or guest: signed_up, waiting, withdrawn or declined."""

    __tablename__ = "sign_ups"
    __table_args__ = (
        sa.UniqueConstraint("activity_id", "person_id"),
        sa.UniqueConstraint("activity_id", "guest_id"),
        sa.Index("ix_sign_ups_queue", "activity_id", "state", "at", "id"),
        sa.Index(
            "ix_sign_ups_news",
            "activity_id",
            sqlite_where=sa.text("news_at IS NOT NULL"),
            postgresql_where=sa.text("news_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activities.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), index=True)
    """Empty while a guest has not been matched to a person."""
    guest_id: Mapped[int | None] = mapped_column(sa.ForeignKey("activity_guests.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(sa.String(12))
    at: Mapped[datetime]
    """When the present state was entered: the order of the waiting list."""
    needs_lift: Mapped[bool] = mapped_column(default=False)
    lift_seats: Mapped[int] = mapped_column(sa.SmallInteger, default=0, server_default="0")
    """How many can ride along; 0 = does not drive."""
    call_id: Mapped[int | None] = mapped_column(index=True)
    campaign_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    """What stood here before the call `call_id` changed it (organizer.earlier), for undo."""
    news_at: Mapped[datetime | None]
    """When it was moved or called off, or they got a seat, and they had to be told."""
    told_message_id: Mapped[int | None]
    """The message that tells them; empty = none could be made, so somebody has to ring."""
    told_at: Mapped[datetime | None]
    """When somebody said that they have been told some other way."""


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


class ActivityGuest(Base):
    """Somebody who signed up on the public page or came without being known; a human matches them to a person."""

    __tablename__ = "activity_guests"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activities.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    e164: Mapped[str] = mapped_column(sa.String(20), default="")
    created_at: Mapped[datetime] = mapped_column(index=True)
    seed: Mapped[str] = mapped_column(sa.String(32), default="")
    """What the code by SMS is made of; empty for somebody written down at the door."""
    tries: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    verified_at: Mapped[datetime | None]
    """When the number was proved to be theirs; before that they have no seat."""
    came: Mapped[bool] = mapped_column(default=False)
    settled_at: Mapped[datetime | None]
    """When a human has decided who it is."""
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), index=True)


class ActivityNews(Base):
    """Something those who come must be told: the row is the queue, and goes when the messages have been made."""

    __tablename__ = "activity_news"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activities.id", ondelete="CASCADE"), index=True)
    what: Mapped[str] = mapped_column(sa.String(10))
    """moved, cancelled or seat."""
    sign_up_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sign_ups.id", ondelete="CASCADE"), index=True)
    """Whom alone it concerns; empty = all who come."""
    at: Mapped[datetime]


class Interest(Base):
    """Wants to come next time something of a kind is arranged."""

    __tablename__ = "interests"
    __table_args__ = (sa.UniqueConstraint("person_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(20), index=True)
    at: Mapped[datetime]


class Assignment(Base):
    """An office or task somebody holds from one day to another."""

    __tablename__ = "assignments"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), index=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    office: Mapped[str] = mapped_column(sa.String(60))
    """A code of assignments.OFFICES, or what the association calls it."""
    from_day: Mapped[date]
    to_day: Mapped[date | None]
    """The first day it is no longer held."""
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
