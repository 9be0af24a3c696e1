"""Each night the figures of whole districts are counted once and kept for the day; they can be rebuilt at any time (D7)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import figures, large_campaigns, progress
from campaigns.models import Campaign, CampaignState
from organizer import district_figures
from organizer.activation import Share
from organizer.db import Database
from organizer.district_figures import Shares
from organizer.models import Association, AssociationKind, KeptFigure
from organizer.periods import NAMES, period
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
    with database.writing() as session:
        district_figures.forget(session, today)
    return kept


def keep_large(database: Database, now: datetime, *, again: bool = False) -> int:
    """Count anew the large campaigns whose turn it is, or all of them `again`; returns how many."""
    with database.reading() as session:
        turn = large_campaigns.due(session, now + large_campaigns.EVERY if again else now)
    for campaign_id in turn:
        with database.reading() as session:
            campaign = session.get_one(Campaign, campaign_id)
            mark = large_campaigns.mark(session, campaign, now)
            last = figures.last_day(campaign, local_day(now))
            found = figures.counted(session, campaign, figures.target_of(campaign), last)
            shares = {**district_figures.by_step(list(found.values())), large_campaigns.MARK: mark}
            for n, people in enumerate(progress.evenings(session, campaign_id)):
                shares[f"{large_campaigns.EVENING}{n}"] = {campaign.association_id: Share(people, people)}
        with database.writing() as session:
            district_figures.keep_latest(session, local_day(now), large_campaigns.scope(campaign_id), shares)
    return len(turn)


def count(session: Session, scope: str, today: date) -> Shares:
    """What is to be kept under a scope: every figure of a period or a campaign, as of last night, everywhere."""
    if scope in NAMES:
        return _joined(
            district_figures.of_period(session, period(scope, today), today, path) for path in _districts(session)
        )
    campaign = session.get_one(Campaign, int(scope.removeprefix("campaign:")))
    found = figures.of_campaign(session, campaign, today, None, today - timedelta(days=1))
    return district_figures.by_step(list(found.values()))


def _campaigns(session: Session, today: date) -> list[str]:
    """The campaigns some page may be about: begun, and not closed long ago."""
    rows = session.execute(
        sa.select(Campaign.id, Campaign.closed_at).where(Campaign.state != CampaignState.DRAFT).order_by(Campaign.id)
    )
    recent = today - timedelta(days=REMEMBERED_DAYS)
    return [figures.scope(one) for one, closed in rows if closed is None or local_day(closed) >= recent]


def _districts(session: Session) -> list[str]:
    """The paths of the districts; of the top of the tree where there is none."""
    districts = session.scalars(sa.select(Association.path).where(Association.kind == AssociationKind.DISTRICT)).all()
    return list(districts or session.scalars(sa.select(Association.path).where(Association.parent_id.is_(None))))


def _joined(parts: Iterator[Shares]) -> Shares:
    whole: Shares = {}
    for part in parts:
        for key, shares in part.items():
            whole.setdefault(key, {}).update(shares)
    return whole
