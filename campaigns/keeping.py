"""Each night the figures of whole districts are counted once and kept for the day; they can be rebuilt at any time (D7)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import figures, large_campaigns, progress
from campaigns.models import Campaign, CampaignState, Target
from organizer import archived_figures, counted, district_figures, own_figures
from organizer.db import Database
from organizer.district_figures import Shares
from organizer.models import KeptFigure
from organizer.periods import NAMES, Period, period
from organizer.times import local_day

REMEMBERED_DAYS = 365
"""A campaign closed longer ago than this is counted when somebody looks."""


def keep(database: Database, now: datetime, *, again: bool = False) -> int:
    """Count and keep today's figures unless they are kept already; `again` counts them anew. Returns how many.

    Counting only reads; each part is then written in a short transaction of its own.
    """
    today, kept = local_day(now), 0
    with database.reading() as session:
        if not again and session.scalar(sa.select(KeptFigure.key).where(KeptFigure.day == today).limit(1)):
            return 0
        scopes = [*NAMES, *_campaigns(session, today)]
    for scope in scopes:
        with database.reading() as session:
            shares = count(session, scope, today)
        with database.writing() as session:
            kept += district_figures.keep(session, today, scope, shares)
            district_figures.keep_pools(session, today, scope, shares)
    with database.writing() as session:
        district_figures.forget(session, today)
    return kept


def keep_up(database: Database, now: datetime) -> int:
    """Take up everybody who has changed since the last round into what is kept; returns how many changes."""
    today = local_day(now)
    with database.reading() as session:
        known = counted.scopes(session)
        own = own_figures.scope(session, today)
        numbers = [int(one.removeprefix("campaign:")) for one in known if one.startswith("campaign:")]
        found = session.scalars(
            sa.select(Campaign).where(Campaign.id.in_(numbers), Campaign.state != CampaignState.DRAFT)
        )
        ways = {figures.scope(one.id): large_campaigns.way(one.id, figures.ends(one, today)) for one in found}
    ways[own] = own_figures.way(today)
    for scope in set(known) - set(ways):
        with database.writing() as session:
            counted.forget(session, scope)
    return counted.digest(database, ways)


def keep_large(database: Database, now: datetime, *, again: bool = False) -> int:
    """Count whole, once a day or `again`, the large campaigns and the associations of large districts; how many."""
    return _keep_campaigns(database, now, again=again) + _keep_own(database, local_day(now), again=again)


def _keep_campaigns(database: Database, now: datetime, *, again: bool) -> int:
    today = local_day(now)
    with database.reading() as session:
        turn = large_campaigns.due(session, today + timedelta(days=1) if again else today)
    for campaign_id in turn:
        scope = figures.scope(campaign_id)
        with database.writing() as session:
            places = list(
                session.scalars(sa.select(Target.association_id).where(Target.campaign_id == campaign_id).distinct())
            )
            counted.announce(session, scope, places)
        for place in places:
            counted.build(
                database, scope, place, today, partial(_facts_of, campaign_id=campaign_id, today=today, place=place)
            )
    with database.reading() as session:
        slow = large_campaigns.slow(session, now + large_campaigns.EVERY if again else now)
    for campaign_id in slow:
        with database.reading() as session:
            campaign = session.get_one(Campaign, campaign_id)
            rows = large_campaigns.pace_rows(progress.evenings(session, campaign_id), campaign.association_id, now)
        with database.writing() as session:
            district_figures.keep_latest(session, today, large_campaigns.pace_scope(campaign_id), rows)
    return len(turn)


def _facts_of(session: Session, *, campaign_id: int, today: date, place: int) -> counted.Facts:
    campaign = session.get_one(Campaign, campaign_id)
    return large_campaigns.facts(session, figures.ends(campaign, today, place), campaign_id)


def _keep_own(database: Database, today: date, *, again: bool) -> int:
    """Every association of the large districts that has not been counted today."""
    with database.reading() as session:
        places = [
            place for path in _districts(session) for place in own_figures.of_large_district(session, today, path)
        ]
        done = set() if again else own_figures.counted_on(session, today)
        scope = own_figures.scope(session, today)
    turn = [place for place in places if place not in done]
    with database.writing() as session:
        counted.announce(session, scope, turn)
    for place in turn:
        counted.build(database, scope, place, today, partial(own_figures.look_at, place=place, today=today))
    return len(turn)


def count(session: Session, scope: str, today: date) -> Shares:
    """What is to be kept under a scope: every figure of a period or a campaign, as of last night, everywhere."""
    if scope in NAMES:
        return _joined(_of_period(session, period(scope, today), today, path) for path in _districts(session))
    campaign = session.get_one(Campaign, int(scope.removeprefix("campaign:")))
    found = figures.of_campaign(session, campaign, today, None, today - timedelta(days=1))
    return district_figures.by_step(list(found.values()))


def _of_period(session: Session, chosen: Period, today: date, path: str) -> Shares:
    """A closed year as it was archived, so that the district and its associations never speak of different numbers."""
    archived = archived_figures.of_period(session, chosen, district_figures.below(path))
    if archived is None:
        return district_figures.of_period(session, chosen, today, path)
    return {key: shares for key, shares in archived.items() if key in district_figures.EACH_NIGHT}


def _campaigns(session: Session, today: date) -> list[str]:
    """The campaigns some page may be about: begun, and not closed long ago."""
    rows = session.execute(
        sa.select(Campaign.id, Campaign.closed_at).where(Campaign.state != CampaignState.DRAFT).order_by(Campaign.id)
    )
    recent = today - timedelta(days=REMEMBERED_DAYS)
    return [figures.scope(one) for one, closed in rows if closed is None or local_day(closed) >= recent]


def _districts(session: Session) -> list[str]:
    """The paths of the districts."""
    return list(district_figures.districts(session).values())


def _joined(parts: Iterator[Shares]) -> Shares:
    whole: Shares = {}
    for part in parts:
        for key, shares in part.items():
            whole.setdefault(key, {}).update(shares)
    return whole
