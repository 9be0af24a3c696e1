"""Campaigns for thousands: kept as counted, person by person, and true at every moment (organizer.counted)."""

from datetime import date, datetime, timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Campaign, CampaignState, Target
from organizer import activation, counted
from organizer.activation import STEPS, Figures, Population, Share
from organizer.counted import Counts, Fact, Facts, Way
from organizer.models import CountedPlace, KeptFigure

FROM = 3000
"""From so many people in T on, a campaign is kept as counted and not counted at every look."""
EVERY = timedelta(minutes=10)
"""How often the pace is counted again."""
EVENING = "evening:"
"""The rows that say how many were first sought on the latest calling days: evening:0 is the newest."""
PEOPLE, FRESH, FIRST_STEP = range(3)
Ends = tuple[Population, date, date]
"""Whom a campaign is for, its first day and its last."""


def scope(campaign_id: int) -> str:
    """The name under which a campaign's figures are kept."""
    return f"campaign:{campaign_id}"


def pace_scope(campaign_id: int) -> str:
    """The name under which its latest evenings are kept."""
    return f"live:{campaign_id}"


def due(session: Session, today: date) -> list[int]:
    """The large campaigns that go on and have not been counted whole today."""
    people = sa.select(Target.campaign_id).group_by(Target.campaign_id).having(sa.func.count() >= FROM)
    going_on = (Campaign.state.in_((CampaignState.RUNNING, CampaignState.PAUSED)), Campaign.id.in_(people))
    here = CountedPlace.scope == sa.literal("campaign:").concat(sa.cast(Campaign.id, sa.String))
    done = sa.exists().where(here, CountedPlace.day == today)
    left = sa.exists().where(here, CountedPlace.day.is_(None))
    return list(session.scalars(sa.select(Campaign.id).where(*going_on, sa.or_(~done, left)).order_by(Campaign.id)))


def slow(session: Session, now: datetime) -> list[int]:
    """The large campaigns whose pace was last counted more than ten minutes ago."""
    large = [int(one.removeprefix("campaign:")) for one in counted.scopes(session) if one.startswith("campaign:")]
    recent = session.scalars(
        sa.select(KeptFigure.scope).where(
            KeptFigure.scope.in_([pace_scope(one) for one in large]), KeptFigure.whole > _minutes(now - EVERY)
        )
    ).all()
    return [one for one in large if pace_scope(one) not in recent]


def pace_rows(evenings: list[int], place: int, now: datetime) -> dict[str, dict[int, Share]]:
    """The latest evenings as they are kept, each with the minute it was counted."""
    return {f"{EVENING}{n}": {place: Share(people, _minutes(now))} for n, people in enumerate(evenings or [0])}


def evenings(session: Session, campaign_id: int) -> list[int]:
    """How many were first sought on the latest calling days as last counted, newest first; empty if not counted so."""
    here = (KeptFigure.scope == pace_scope(campaign_id), KeptFigure.key.like(EVENING + "%"))
    found = session.scalars(sa.select(KeptFigure.part).where(*here).order_by(KeptFigure.key))
    return [people for people in found if people]


def figures(session: Session, campaign_id: int, ends: Ends) -> dict[int, Figures] | None:
    """The funnel of each association at this moment; None if the campaign is not kept so."""
    kept = counted.live(session, scope(campaign_id), way(campaign_id, ends))
    if kept is None:
        return None
    return {place: _figures(place, counts) for place, counts in kept.items() if counts[PEOPLE]}


def total(session: Session, campaign: Campaign, ends: Ends) -> Figures | None:
    """The funnel of all associations as one, under the campaign's own; None if it is not kept so."""
    kept = counted.live(session, scope(campaign.id), way(campaign.id, ends))
    return None if kept is None else _figures(campaign.association_id, counted.together(kept.values()))


def figures_at(session: Session, campaign_id: int, ends: Ends, place: int) -> Figures | None:
    """The funnel of one association; None if it has to be counted."""
    counts = counted.live_at(session, scope(campaign_id), way(campaign_id, ends), place)
    return None if counts is None else _figures(place, counts)


def way(campaign_id: int, ends: Ends) -> Way:
    """How the facts of a campaign's people are looked up."""
    return Way(partial(look, campaign_id=campaign_id, ends=ends), whole=True)


def look(session: Session, people: list[int], *, campaign_id: int, ends: Ends) -> Facts:
    """What the campaign has led to for these people."""
    population, first_day, last_day = ends
    return facts(session, (population.where(Target.person_id.in_(people)), first_day, last_day), campaign_id)


def facts(session: Session, ends: Ends, campaign_id: int) -> Facts:
    """What the campaign has led to for everyone of a population."""
    found: Facts = {}
    for row in session.execute(activation.person_by_person(*ends, campaign_id)):
        fresh, steps = not row.was_active, [getattr(row, step) for step in STEPS[:-1]]
        bits = 1 << PEOPLE | fresh << FRESH | (row.did and fresh) << FIRST_STEP + len(steps)
        bits |= sum(step << FIRST_STEP + n for n, step in enumerate(steps))
        found[row.person_id, row.association_id] = Fact(bits)
    return found


def _figures(place: int, counts: Counts) -> Figures:
    people, fresh = counts[PEOPLE], counts[FRESH]
    shares = {
        step: Share(counts[FIRST_STEP + n], fresh if step == "activated" else people) for n, step in enumerate(STEPS)
    }
    return Figures(place, people, **shares)


def _minutes(at: datetime) -> int:
    return int(at.timestamp() // 60)
