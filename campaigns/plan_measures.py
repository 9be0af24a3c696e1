"""Measures of goals that ask about calls and messages: who has rung, what has been sent, who has been asked."""

from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.association_table import FEW_ACTIVE, FEW_MEMBERS, QUIET_DAYS
from campaigns.models import Blast, BlastState, Call, Campaign, Shift
from organizer import membership
from organizer.db import there_is
from organizer.models import Answer, Event, Kind, PersonalLink
from organizer.plan_measures import Ask, Count, Readings, by_days, covered
from organizer.plan_member_measures import shares, support_planned, window
from organizer.times import local_day, moment

SENT = (BlastState.SENDING, BlastState.PAUSED, BlastState.DONE, BlastState.PARTLY)


def called(session: Session, ask: Ask) -> Readings:
    """Associations whose members have been rung in a shift of the year, or that have held one of their own."""
    begins, _ = window(ask)
    until = moment(ask.due + timedelta(days=1), time(0))
    shifts = session.execute(
        sa.select(sa.func.coalesce(Shift.association_id, Campaign.association_id), Shift.starts_at)
        .join(Campaign, Campaign.id == Shift.campaign_id)
        .where(Shift.starts_at >= begins, Shift.starts_at < until)
    ).all()
    ends: datetime = window(ask)[1]
    rung = session.scalars(
        sa.select(Call.association_id)
        .distinct()
        .join(Shift, Shift.id == Call.shift_id)
        .where(Shift.starts_at >= begins, Shift.starts_at < ends, Call.association_id.in_(ask.places))
    )
    met = {ask.here(place) for place, at in shifts if at < ends} | {ask.here(place) for place in rung}
    coming = ((ask.here(place), local_day(at)) for place, at in shifts if local_day(at) > ask.today)
    booked = {place: day for place, day in sorted(coming, key=lambda one: one[1], reverse=True) if place in ask.living}
    return covered(ask, met, booked)


def important_sms(session: Session, ask: Ask) -> Readings:
    """Blasts marked *viktig händelse* that have begun to be sent, by day."""
    begins, ends = window(ask)
    rows = session.execute(
        sa.select(Blast.association_id, Blast.started_at).where(
            Blast.important.is_(True), Blast.state.in_(SENT), Blast.started_at >= begins, Blast.started_at < ends,
            Blast.association_id.in_(ask.places),
        )
    )  # fmt: skip
    return by_days(ask, ((place, local_day(at)) for place, at in rows if at))


def asked(session: Session, ask: Ask) -> Readings:
    """Of the members: who has got a survey's link, has been reached by a campaign with questions, or has answered."""
    people = membership.members_on(ask.last, ask.places).subquery()
    begins, ends = window(ask)
    here = people.c.person_id
    with_questions = sa.select(Campaign.id).where(Campaign.survey_id.is_not(None))
    got = sa.or_(
        there_is(PersonalLink.id, PersonalLink.person_id == here, PersonalLink.kind == "survey",
                 PersonalLink.created_at >= begins, PersonalLink.created_at < ends),
        there_is(Answer.id, Answer.person_id == here, Answer.at >= begins, Answer.at < ends),
        there_is(Event.id, Event.person_id == here, Event.kind == Kind.CONVERSATION,
                 Event.day.between(ask.first, ask.last), Event.campaign_id.in_(with_questions)),
    )  # fmt: skip
    return shares(session, ask, sa.select(people.c.association_id, sa.case((got, 1), else_=0).label("yes")))


COUNTS: dict[str, Count] = {
    "called": called,
    "important_sms": important_sms,
    "asked": asked,
    "support_plans": support_planned(FEW_MEMBERS, QUIET_DAYS, FEW_ACTIVE),
}
"""What the catalogue names without knowing it."""
