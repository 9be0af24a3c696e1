"""Campaigns of long ago: person by person their figures move to the archive, and what they were counted from goes (D6)."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import figures
from campaigns.models import Call, CallState, Campaign, CampaignState, QueueRow, QueueState, Target, Todo
from organizer import activation, figure_archive
from organizer.activation import Share
from organizer.district_figures import by_step
from organizer.models import Event, Kind
from organizer.times import local_day

OUTCOMES = (Kind.ATTEMPT, Kind.CONTACT, Kind.CONVERSATION, Kind.RESPONSE, Kind.INVITATION, Kind.MESSAGE)
"""What calls and messages write in the ledger."""
SETTLED_DAYS = 90
"""In a campaign that goes on nobody is forgotten before their own clock has stopped (D4)."""
AT_ONCE = 100
"""People per transaction."""


def forget(session: Session, before: datetime, now: datetime, at_once: int = AT_ONCE) -> int:
    """Move a handful of people of one campaign to the archive and delete what was known of them; how many.

    Of a campaign closed before `before` everybody goes; of one that goes on those who entered three months before
    it, are settled and have not been rung since. The figures of the campaign are the same before and after.
    """
    for campaign in session.scalars(_due(before)).all():
        session.execute(
            sa.select(Campaign.id).where(Campaign.id == campaign.id).with_for_update(key_share=True)
        )  # nobody twice
        people = list(session.scalars(_forgettable(campaign, before).limit(at_once)))
        if people:
            _archive(session, campaign, people, now)
            _delete(session, campaign, people)
            return len(people)
    return 0


def waiting(session: Session, before: datetime) -> int:
    """How many people of how many campaigns `forget` would take, one for each campaign they were in."""
    found = (_forgettable(campaign, before).subquery() for campaign in session.scalars(_due(before)))
    return sum(session.scalar(sa.select(sa.func.count()).select_from(people)) or 0 for people in found)


def _due(before: datetime) -> sa.Select[Campaign]:
    """Campaigns with somebody left who may be forgotten."""
    long_closed = sa.and_(Campaign.state == CampaignState.CLOSED, Campaign.closed_at < before)
    old = sa.and_(Campaign.state != CampaignState.CLOSED, Campaign.started_at < before)
    there = sa.exists().where(Target.campaign_id == Campaign.id)
    return sa.select(Campaign).where(sa.or_(long_closed, old), there).order_by(Campaign.id)


def _forgettable(campaign: Campaign, before: datetime) -> sa.Select[int]:
    people = sa.select(Target.person_id).where(Target.campaign_id == campaign.id).order_by(Target.person_id)
    if campaign.state == CampaignState.CLOSED:
        return people
    in_it = (QueueRow.campaign_id == campaign.id, QueueRow.person_id == Target.person_id)
    rung = (Call.campaign_id == campaign.id, Call.person_id == Target.person_id, Call.assigned_at >= before)
    over = (QueueState.DONE, QueueState.EXHAUSTED, QueueState.REMOVED)
    return people.where(
        Target.entered_on < local_day(before - timedelta(days=SETTLED_DAYS)),
        ~sa.exists().where(*in_it, QueueRow.state.not_in(over)),
        ~sa.exists().where(*rung),
    )


def _archive(session: Session, campaign: Campaign, people: list[int], now: datetime) -> None:
    population, first_day, last_day = figures.ends(campaign, local_day(now))
    population = population.where(Target.person_id.in_(people))
    found = activation.by_association(session, population, first_day, last_day, campaign.id)
    shares = {**by_step(found), **_beside(session, campaign.id, people)}
    figure_archive.add(session, figures.scope(campaign.id), shares, now)


def _beside(session: Session, campaign_id: int, people: list[int]) -> dict[str, dict[int, Share]]:
    """The two numbers beside the bar: who asked not to be rung, and wrong numbers mended of all."""
    refused = session.execute(
        sa.select(Call.association_id, sa.func.count(Call.person_id.distinct()))
        .where(
            Call.campaign_id == campaign_id, Call.person_id.in_(people), Call.state == CallState.REPORTED,
            Call.outcome.like("opt_out%"),
        )
        .group_by(Call.association_id)
    )  # fmt: skip
    wrong = session.execute(
        sa.select(Todo.association_id, sa.func.count().filter(Todo.done_at.is_not(None)), sa.func.count())
        .where(Todo.campaign_id == campaign_id, Todo.person_id.in_(people), Todo.kind == "wrong_number")
        .group_by(Todo.association_id)
    )
    return {
        "refused": {place: Share(number, number) for place, number in refused},
        "wrong": {place: Share(part, whole) for place, part, whole in wrong},
    }


def _delete(session: Session, campaign: Campaign, people: list[int]) -> None:
    """Calls go with their queue rows, and what was to be done with the calls."""
    session.execute(
        sa.delete(Event).where(Event.campaign_id == campaign.id, Event.person_id.in_(people), Event.kind.in_(OUTCOMES))
    )
    for table in (Todo, QueueRow, Target):
        session.execute(
            sa.delete(table)
            .where(table.campaign_id == campaign.id, table.person_id.in_(people))
            .execution_options(synchronize_session=False)
        )
