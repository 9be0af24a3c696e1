"""The year of a place in figures, everything together: what organizer knows, and campaigns, shifts, blasts and goals."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import figures
from campaigns.models import (
    Blast,
    BlastState,
    Campaign,
    CampaignState,
    Message,
    MessageState,
    Shift,
    ShiftCaller,
    Target,
)
from organizer import district_figures, report_doings, report_figures, report_goals
from organizer.activation import STEPS
from organizer.models import Association
from organizer.report_figures import Figures, Span
from organizer.times import local_day

MOST_CAMPAIGNS = 12
"""So many campaigns are told one by one; the others are counted."""
GONE_OUT = (BlastState.SENDING, BlastState.PAUSED, BlastState.DONE, BlastState.PARTLY, BlastState.STOPPED)
TOLD = STEPS[:-1]
"""The steps of a funnel that a report tells."""


def gather(session: Session, place: Association, year: int, now: datetime) -> Figures:
    """Everything a report of `year` is made of; Refused for a year that cannot be told about. Reads, never writes."""
    days = report_figures.span(place, year, local_day(now))
    found = report_figures.of_members(session, place, days)
    found |= report_doings.of_year(session, place, days, now, found["k"])
    here = district_figures.below(place.path)
    return found | {
        "calling": _calling(session, here, days),
        "campaigns": _campaigns(session, here, days, found["k"]),
        "blasts": _blasts(session, here, days),
        "goals": report_goals.of_year(session, place, year, now, found["k"]),
    }


def _calling(session: Session, here: sa.Select[int], days: Span) -> Figures:
    """Shifts of the place that had callers, and how many callers: a number, never who."""
    begins, ends = report_doings.moments(days)
    of_place = sa.or_(
        Shift.association_id.in_(here),
        sa.and_(Shift.association_id.is_(None), Campaign.association_id.in_(here)),
    )
    shifts, callers = session.execute(
        sa.select(sa.func.count(Shift.id.distinct()), sa.func.count(ShiftCaller.account_id.distinct()))
        .join(ShiftCaller, ShiftCaller.shift_id == Shift.id)
        .join(Campaign, Campaign.id == Shift.campaign_id)
        .where(of_place, Shift.starts_at >= begins, Shift.starts_at < ends, ShiftCaller.joined_at.is_not(None))
    ).one()
    return {"shifts": shifts, "callers": callers}


def _campaigns(session: Session, here: sa.Select[int], days: Span, k: int) -> Figures:
    """Each campaign that rang members of the place during the year, and what came of it there."""
    begins, ends = report_doings.moments(days)
    has_people = sa.exists().where(
        Target.campaign_id == Campaign.id, Target.association_id.in_(here), Target.excluded_on.is_(None)
    )
    rows = session.scalars(
        sa.select(Campaign)
        .where(
            Campaign.state != CampaignState.DRAFT, Campaign.started_at < ends, has_people,
            sa.or_(Campaign.closed_at.is_(None), Campaign.closed_at >= begins),
        )
        .order_by(Campaign.standing, Campaign.starts_on, Campaign.id)
    ).all()  # fmt: skip
    return {
        "listed": [_campaign(session, one, here, days, k) for one in rows[:MOST_CAMPAIGNS]],
        "more": max(len(rows) - MOST_CAMPAIGNS, 0),
    }


def _campaign(session: Session, campaign: Campaign, here: sa.Select[int], days: Span, k: int) -> Figures:
    """A campaign with its funnel; a standing one has no end, so it is told without."""
    closed = local_day(campaign.closed_at) if campaign.closed_at else None
    about: Figures = {
        "title": campaign.title, "standing": campaign.standing, "goes_on": closed is None or closed > days.last,
        "people": None, **dict.fromkeys(TOLD),
    }  # fmt: skip
    if campaign.standing:
        return about
    known_by = None if days.going_on or (closed and closed <= days.last) else days.last
    found: Any = figures.of_campaign(session, campaign, days.today, here, known_by).values()
    people = sum(one.people for one in found)
    if people >= k:
        about |= {"people": people, **{step: sum(getattr(one, step).part for one in found) for step in TOLD}}
    return about


def _blasts(session: Session, here: sa.Select[int], days: Span) -> Figures:
    """Blasts that have gone out, and how many of their messages have arrived."""
    begins, ends = report_doings.moments(days)
    sent = sa.select(Blast.id).where(
        Blast.association_id.in_(here), Blast.state.in_(GONE_OUT), Blast.started_at >= begins, Blast.started_at < ends
    )
    arrived = (Message.blast_id.in_(sent), Message.state == MessageState.DELIVERED)
    return {
        "sent": session.scalar(sa.select(sa.func.count()).select_from(sent.subquery())) or 0,
        "delivered": session.scalar(sa.select(sa.func.count()).select_from(Message).where(*arrived)) or 0,
    }
