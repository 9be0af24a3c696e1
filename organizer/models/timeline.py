"""The ledger: one row for each thing that happened to a person. Every figure is a SELECT over it."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class Kind(StrEnum):
    """What can happen (P§6.1). An activation event is one of ATTENDANCE, TASK, ASSIGNMENT, CONTRIBUTION."""

    ATTEMPT = "attempt"
    CONTACT = "contact"
    CONVERSATION = "conversation"
    INVITATION = "invitation"
    RESPONSE = "response"
    SIGN_UP = "sign_up"
    ATTENDANCE = "attendance"
    TASK = "task"
    ASSIGNMENT = "assignment"
    CONTRIBUTION = "contribution"
    RENEWAL = "renewal"
    MESSAGE = "message"


ACTIVATION = (Kind.ATTENDANCE, Kind.TASK, Kind.ASSIGNMENT, Kind.CONTRIBUTION)


class Event(Base):
    """Something that happened to a person, in the association they belonged to then.

    `key` = kind:source table:source id (D5), so that recording twice counts once and retracting finds it.
    `at` is UTC, `day` the local day in Stockholm; every window of a metric uses `day`.
    """

    __tablename__ = "timeline"
    __table_args__ = (
        sa.Index("ix_timeline_place", "association_id", "kind", "day", "person_id"),
        sa.Index("ix_timeline_campaign", "campaign_id", "kind", "person_id", "day"),
        sa.Index("ix_timeline_person", "person_id", "kind", "day", "campaign_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"))
    association_id: Mapped[int | None] = mapped_column(sa.ForeignKey("associations.id"))
    campaign_id: Mapped[int | None]
    activity_id: Mapped[int | None]
    mass: Mapped[bool] = mapped_column(default=False)
    """From a mass blast: a contact, but not a personal one (P§6.1)."""
    at: Mapped[datetime]
    day: Mapped[date]
