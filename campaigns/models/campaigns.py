"""Campaign definitions and the people each one is for."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class CampaignState(StrEnum):
    """draft → running ⇄ paused → closed; the allowed moves stand in definitions.MOVES."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    CLOSED = "closed"


class Template(StrEnum):
    """What kind of campaign it is; decides when the goal is met (D3)."""

    NEW_MEMBERS = "new_members"
    ACTIVATE = "activate"
    RENEW = "renew"
    MOBILISE = "mobilise"
    HOW_ARE_YOU = "how_are_you"


class Campaign(Base):
    """Whom to ring, what to say, what to ask, when, how often, and when it is done."""

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    """The owner: the campaign reaches this place and everything below it."""
    title: Mapped[str] = mapped_column(sa.String(120))
    template: Mapped[str] = mapped_column(sa.String(20))
    state: Mapped[str] = mapped_column(sa.String(10), default=CampaignState.DRAFT)
    target: Mapped[dict[str, Any]]
    """A selection definition (organizer.selections)."""
    opening: Mapped[str] = mapped_column(sa.Text, default="")
    """The first thing the caller says, with merge fields such as {förnamn}."""
    steps: Mapped[list[Any]]
    """What to bring up, in order: a list of texts with merge fields."""
    survey_id: Mapped[int | None] = mapped_column(sa.ForeignKey("surveys.id"))
    goal: Mapped[int | None]
    """How many should meet the goal; shown beside the number that have."""
    hours: Mapped[dict[str, Any]]
    """Allowed calling hours: {"weekday": ["09:00","20:30"], "weekend": ["11:00","18:00"]}; never on major holidays."""
    any_hour: Mapped[bool] = mapped_column(default=False)
    """Only the demo's campaign (D25): ring at any hour."""
    max_attempts: Mapped[int] = mapped_column(default=4)
    pauses: Mapped[dict[str, Any]]
    """Minutes until the next attempt per outcome code: {"no_answer": 1200, "left_message": 2880, "busy": 30}."""
    follow_ups: Mapped[dict[str, Any]]
    """Which SMS follow which outcome: {"signed_up": bool, "tried": bool, "survey_after": [outcome codes]}."""
    link_survey_id: Mapped[int | None] = mapped_column(sa.ForeignKey("surveys.id", ondelete="SET NULL"))
    """The survey whose link is sent after the outcomes of `survey_after`; empty = none is sent."""
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    standing: Mapped[bool] = mapped_column(default=False)
    """Fills itself for ever, with a clock per person (D4)."""
    asks_money: Mapped[bool] = mapped_column(default=False)
    nix_checked: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class CampaignActivity(Base):
    """The one to three activities a campaign invites to, in order."""

    __tablename__ = "campaign_activities"

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class Target(Base):
    """T, the denominator of a campaign (D2): who was meant to be rung, and where they belonged when they entered."""

    __tablename__ = "campaign_targets"
    __table_args__ = (
        sa.Index("ix_campaign_targets_place", "campaign_id", "association_id", "excluded_on", "person_id"),
    )

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"))
    entered_on: Mapped[date]
    active_at_entry: Mapped[bool] = mapped_column(default=False)
    """Had an activation event in the year before entering: cannot be activated by this campaign (P§6.2)."""
    settled_on: Mapped[date | None]
    """When the person's own clock stopped in a standing campaign (D4)."""
    excluded_on: Mapped[date | None]
    excluded_why: Mapped[str | None] = mapped_column(sa.String(12))
    """deceased, protected or moved_out (of the district): in no numerator and no denominator."""
