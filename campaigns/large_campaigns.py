"""Campaigns for thousands: their figures are counted every few minutes, and what has been written since is added at once."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Campaign, CampaignState, Target
from organizer import activation, district_figures
from organizer.activation import STEPS, Figures, Population, Share
from organizer.models import Event, KeptFigure

FROM = 3000
"""From so many people in T on, a campaign is counted in the background and not at every look."""
EVERY = timedelta(minutes=10)
"""How often it is counted again: what was taken back and who came into T is seen after this long at most."""
MARK = "mark"
"""The row that says how far the ledger had come (`part`) and when, in minutes of the epoch (`whole`)."""

EVENING = "evening:"
"""The rows that say how many were first sought on the latest calling days: evening:0 is the newest."""


def scope(campaign_id: int) -> str:
    """The name under which a large campaign's present figures are kept."""
    return f"live:{campaign_id}"


def due(session: Session, now: datetime) -> list[int]:
    """The large campaigns that go on and were last counted more than ten minutes ago."""
    people = sa.select(Target.campaign_id).group_by(Target.campaign_id).having(sa.func.count() >= FROM)
    going_on = (Campaign.state.in_((CampaignState.RUNNING, CampaignState.PAUSED)), Campaign.id.in_(people))
    recent = sa.exists().where(
        KeptFigure.scope == sa.literal("live:").concat(sa.cast(Campaign.id, sa.String)),
        KeptFigure.key == MARK,
        KeptFigure.whole > _minutes(now - EVERY),
    )
    return list(session.scalars(sa.select(Campaign.id).where(*going_on, sa.not_(recent)).order_by(Campaign.id)))


def mark(session: Session, campaign: Campaign, now: datetime) -> dict[int, Share]:
    """How far the ledger has come: read it before counting, keep it with what was counted."""
    newest = session.scalar(sa.select(sa.func.max(Event.id))) or 0
    return {campaign.association_id: Share(newest, _minutes(now))}


def evenings(session: Session, campaign_id: int) -> list[int]:
    """How many were first sought on the latest calling days as last counted, newest first; empty if not counted so."""
    here = (KeptFigure.scope == scope(campaign_id), KeptFigure.key.like(EVENING + "%"))
    return list(session.scalars(sa.select(KeptFigure.part).where(*here).order_by(KeptFigure.key)))


def counted(
    session: Session, campaign: Campaign, people: Population, first_day: date, last_day: date
) -> dict[int, Figures]:
    """The figures as they were last counted and what has been written since; empty if they are not counted so."""
    rows = session.execute(
        sa.select(KeptFigure.key, KeptFigure.association_id, KeptFigure.part, KeptFigure.whole).where(
            KeptFigure.scope == scope(campaign.id)
        )
    )
    kept = district_figures.by_key(rows)
    marked = kept.pop(MARK, {})
    if not kept or not marked:
        return {}
    up_to = next(iter(marked.values())).part
    figures = {place: _figures(place, kept) for place in kept["sought"]}
    touched = sa.select(Event.person_id).where(Event.id > up_to)
    people = people.where(Target.person_id.in_(touched))
    now, then = (
        activation.by_association(session, people, first_day, last_day, campaign.id, up_to=known)
        for known in (None, up_to)
    )
    for after, before in zip(_by_place(now), _by_place(then), strict=True):
        if after.association_id in figures:
            figures[after.association_id] = _moved(figures[after.association_id], before, after)
    return figures


def _figures(place: int, kept: district_figures.Shares) -> Figures:
    return Figures(place, kept["sought"][place].whole, **{step: kept[step][place] for step in STEPS})


def _moved(kept: Figures, before: Figures, after: Figures) -> Figures:
    """What was counted, and the difference that the people touched since then make."""
    shares = {}
    for step in STEPS:
        own, was, is_now = (getattr(figures, step) for figures in (kept, before, after))
        shares[step] = Share(min(own.part + is_now.part - was.part, own.whole), own.whole)
    return Figures(kept.association_id, kept.people, **shares)


def _by_place(found: list[Figures]) -> list[Figures]:
    return sorted(found, key=lambda figures: figures.association_id)


def _minutes(at: datetime) -> int:
    return int(at.timestamp() // 60)
