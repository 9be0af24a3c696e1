"""A shift as one of its callers sees it: when, where, who leads, and whether people are handed out now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from campaigns.models import Call, CallState, Campaign, CampaignState, Shift, ShiftCaller
from campaigns.shifts import GRACE
from organizer.models import Account, Association
from organizer.words import Missing


@dataclass(frozen=True, slots=True)
class CallerShift:
    """One row of what a caller may know about a shift; times are UTC."""

    id: int
    campaign_id: int
    title: str
    template: str
    campaign_state: str
    opening: str
    steps: list[Any]
    survey_id: int | None
    hours: dict[str, Any]
    any_hour: bool
    follow_ups: dict[str, Any]
    link_survey_id: int | None
    association_id: int | None
    owner_name: str
    """The association or district that rings: {förening} in the script."""
    starts_at: datetime
    ends_at: datetime
    place: str
    paused_at: datetime | None
    leader_name: str | None
    leader_number: str | None
    joined_at: datetime | None
    finished_at: datetime | None
    needs_help_at: datetime | None
    calls: int
    """How many calls this caller has reported in the shift."""
    next_shift: datetime | None
    """When the campaign is rung next, after the shifts that have begun."""

    @property
    def leader(self) -> str:
        """The shift leader's first name, or nothing."""
        return (self.leader_name or "").split(" ")[0]

    def state(self, now: datetime) -> str:
        """before, open, paused, resting (the campaign is paused), grace (only finishing), over."""
        if now >= self.ends_at:
            return "grace" if now < self.ends_at + GRACE else "over"
        if self.campaign_state == CampaignState.CLOSED:
            return "over"
        if now < self.starts_at:
            return "before"
        if self.campaign_state != CampaignState.RUNNING:
            return "resting"
        return "paused" if self.paused_at else "open"


def of(session: Session, shift_id: int, account_id: int, now: datetime) -> CallerShift:
    """The shift, if this caller is invited to it; else Missing."""
    found = session.execute(_select(account_id, now).where(Shift.id == shift_id)).first()
    if found is None:
        raise Missing
    return CallerShift(**found._asdict())


def all_of(session: Session, account_id: int, now: datetime) -> list[CallerShift]:
    """The caller's shifts that run or come, soonest first; drafts are not yet anybody's business."""
    rows = session.execute(
        _select(account_id, now)
        .where(
            Shift.ends_at > now - GRACE,
            Campaign.state.in_([CampaignState.RUNNING, CampaignState.PAUSED]),
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(30)
    )
    return [CallerShift(**row._asdict()) for row in rows]


def _select(account_id: int, now: datetime) -> sa.Select[Any]:
    leader, other = aliased(Account), aliased(Shift)
    calls = (
        sa.select(sa.func.count())
        .select_from(Call)
        .where(
            Call.shift_id == Shift.id,
            Call.account_id == account_id,
            Call.state == CallState.REPORTED,
            Call.outcome.not_in(["skip", "conflict"]),
        )
        .scalar_subquery()
    )
    coming = (
        sa.select(sa.func.min(other.starts_at))
        .where(other.campaign_id == Shift.campaign_id, other.starts_at > now)
        .scalar_subquery()
    )
    return (
        sa.select(
            Shift.id, Shift.campaign_id, Campaign.title, Campaign.template, Campaign.state.label("campaign_state"),
            Campaign.opening, Campaign.steps, Campaign.survey_id, Campaign.hours, Campaign.any_hour,
            Campaign.follow_ups, Campaign.link_survey_id, Shift.association_id, Association.short_name.label("owner_name"), Shift.starts_at,
            Shift.ends_at, Shift.place, Shift.paused_at, leader.name.label("leader_name"),
            leader.e164.label("leader_number"), ShiftCaller.joined_at, ShiftCaller.finished_at,
            ShiftCaller.needs_help_at, calls.label("calls"), coming.label("next_shift"),
        )
        .select_from(Shift)
        .join(ShiftCaller, sa.and_(ShiftCaller.shift_id == Shift.id, ShiftCaller.account_id == account_id))
        .join(Campaign, Campaign.id == Shift.campaign_id)
        .join(Association, Association.id == Campaign.association_id)
        .outerjoin(leader, leader.id == Shift.leader_id)
    )  # fmt: skip
