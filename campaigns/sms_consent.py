"""Who must not get which SMS at this moment: asked in the statement that claims, not when the list was made."""

from datetime import date, datetime

import sqlalchemy as sa

from campaigns.models import Campaign, CampaignState, FailingNumber, Message
from organizer.models import Activity, BlockedNumber, Membership, Person, Phone, Refusal, Survey

ALWAYS = ("code", "receipt")
"""Kinds that pass a refusal: a code somebody asked for, and the one receipt that the refusal has been heard (D21)."""
FOR_A_CAMPAIGN = ("tried", "survey")
"""Kinds that speak for a campaign: they wait while it is paused and come to nothing when it is over."""


def refused() -> sa.ColumnElement[bool]:
    """Somebody said no: STOPP binds the number and everyone on it; one-time codes pass (D21).

    A no to calls also stops the text that says we tried to ring.
    """
    also_on = sa.select(Phone.e164).where(Phone.person_id == Message.person_id)
    stopped = sa.exists().where(
        Refusal.revoked_at.is_(None),
        sa.or_(
            Refusal.channel.in_(["sms", "all"]),
            sa.and_(Refusal.channel == "call", Message.kind == "tried"),
        ),
        sa.or_(
            Refusal.e164 == Message.e164,
            Refusal.person_id == Message.person_id,
            Refusal.e164.in_(also_on.correlate(Message)),
        ),
    )
    return sa.and_(Message.kind.not_in(ALWAYS), stopped.correlate(Message))


def pointless(now: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """It would hurt or be wrong by now.

    The person is dead, protected or waiting for somebody responsible (D14), the activity is cancelled or has begun,
    the survey it leads to is closed, or the campaign it speaks for is over.
    """
    person = sa.exists().where(
        Person.id == Message.person_id,
        sa.or_(Person.deceased_on.is_not(None), Person.protected, Person.blocked_why.is_not(None)),
    )
    activity = sa.exists().where(
        Activity.id == Message.activity_id, sa.or_(Activity.cancelled_at.is_not(None), Activity.starts_at <= now)
    )
    campaign = sa.exists().where(
        Campaign.id == Message.campaign_id, Campaign.state == CampaignState.CLOSED, Message.kind.in_(FOR_A_CAMPAIGN)
    )
    survey = sa.exists().where(
        Campaign.id == Message.campaign_id, Message.kind == "survey", Survey.id == Campaign.link_survey_id,
        Survey.closed_at.is_not(None),
    )  # fmt: skip
    return sa.or_(*(one.correlate(Message) for one in (person, activity, campaign, survey)))


def still_member(today: date | sa.BindParameter[date]) -> sa.ColumnElement[bool]:
    """The person belongs to some association today; nobody is written to after leaving, or after being erased."""
    return (
        sa.exists()
        .where(
            Membership.person_id == Message.person_id,
            sa.or_(Membership.to_day.is_(None), Membership.to_day > today),
            sa.or_(Membership.from_day.is_(None), Membership.from_day <= today),
        )
        .correlate(Message)
    )


def still_theirs() -> sa.ColumnElement[bool]:
    """The number still stands on the person, nobody else has answered on it, and it is not known to be dead."""
    theirs = sa.exists().where(Phone.person_id == Message.person_id, Phone.e164 == Message.e164)
    wrong = sa.exists().where(BlockedNumber.e164 == Message.e164)
    dead = sa.exists().where(FailingNumber.e164 == Message.e164, FailingNumber.dead)
    return sa.and_(theirs.correlate(Message), ~wrong.correlate(Message), ~dead.correlate(Message))


def paused() -> sa.ColumnElement[bool]:
    """The campaign it speaks for is paused: it waits."""
    return (
        sa.exists()
        .where(
            Campaign.id == Message.campaign_id, Campaign.state == CampaignState.PAUSED, Message.kind.in_(FOR_A_CAMPAIGN)
        )
        .correlate(Message)
    )
