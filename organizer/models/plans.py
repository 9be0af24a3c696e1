"""Activity plans: what a place has decided to reach in a year, what has been noted about it, and how far it has come."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class Plan(Base):
    """The plan of one place for one year."""

    __tablename__ = "plans"
    __table_args__ = (sa.UniqueConstraint("association_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"))
    year: Mapped[int]
    adopted_on: Mapped[date | None]
    """The day the annual conference or meeting decided on it."""
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    created_at: Mapped[datetime]


class PlanGoal(Base):
    """One goal: the plan's own words, how it is measured, and what is enough."""

    __tablename__ = "plan_goals"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plans.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    section: Mapped[str] = mapped_column(sa.String(80), default="")
    text: Mapped[str] = mapped_column(sa.String(300))
    scope: Mapped[str] = mapped_column(sa.String(8), default="whole")
    """whole (the plan's place with everything below), every (each association) or one (`place_id`)."""
    place_id: Mapped[int | None] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    entry: Mapped[str] = mapped_column(sa.String(24))
    """How it is measured: a key of plan_catalogue.CATALOGUE."""
    rule: Mapped[str] = mapped_column(sa.String(12))
    """What is enough: a key of plan_status.RULES."""
    target: Mapped[int | None]
    baseline: Mapped[int | None]
    """What a number or a comparison starts from when it is written by hand; per cent for shares."""
    baseline_from: Mapped[str] = mapped_column(sa.String(120), default="")
    """Where the baseline was read."""
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the measure needs to know besides: {"themes": ["vård", "skola"]}."""
    due_on: Mapped[date | None]
    """Empty = the last day of the year."""
    responsible_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    office: Mapped[str] = mapped_column(sa.String(60), default="")
    """Who is responsible where it is an office and no account: Kassören."""
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    passed_on: Mapped[str | None] = mapped_column(sa.String(8))
    """Once its association is part of another: `taken` into the other's plan, or `left` where it stands (D22)."""


class GoalEntry(Base):
    """Something noted by hand about a goal, at one place: never changed, at most taken back."""

    __tablename__ = "goal_entries"
    __table_args__ = (sa.Index("ix_goal_entries_goal", "goal_id", "association_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(sa.ForeignKey("plan_goals.id", ondelete="CASCADE"))
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    """The place it is about: the plan's own, or the association that marked its part."""
    kind: Mapped[str] = mapped_column(sa.String(8))
    """count (so many more), number (the latest reading), done (1 or 0), comment, or verdict."""
    value: Mapped[int | None]
    status: Mapped[str] = mapped_column(sa.String(12), default="")
    """What a verdict says; empty ends an earlier one."""
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    link: Mapped[str] = mapped_column(sa.String(300), default="")
    day: Mapped[date]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class GoalReading(Base):
    """How far a goal had come at a place when it was last counted; can be counted anew at any time."""

    __tablename__ = "goal_readings"

    goal_id: Mapped[int] = mapped_column(sa.ForeignKey("plan_goals.id", ondelete="CASCADE"), primary_key=True)
    association_id: Mapped[int] = mapped_column(
        sa.ForeignKey("associations.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    day: Mapped[date]
    reading: Mapped[dict[str, Any]]
