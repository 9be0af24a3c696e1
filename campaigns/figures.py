"""What came of a campaign, association by association: activation's figures with T as the population (D2)."""

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import large_campaigns
from campaigns.archived_campaigns import with_archived
from campaigns.models import Campaign, CampaignState, Target
from organizer import activation
from organizer.activation import EFFECT_DAYS, Figures
from organizer.db import days_after
from organizer.models import Association
from organizer.times import local_day

STANDING_DAYS = 90
"""The longest clock of a person in a standing campaign (D4)."""

scope = large_campaigns.scope


def target_of(campaign: Campaign, places: sa.Select[int] | list[int] | None = None) -> activation.Population:
    """T: everyone the campaign is for and who is not excluded, with the association as at entry.

    Each person's clock starts on entering; in a standing campaign it ends when settled, at most 90 days on (D4).
    """
    standing = (
        [sa.func.coalesce(Target.settled_on, days_after(Target.entered_on, STANDING_DAYS)).label("to_day")]
        if campaign.standing
        else []
    )
    statement = sa.select(
        Target.person_id, Target.association_id, Target.entered_on.label("from_day"),
        Target.active_at_entry.label("was_active"), *standing,
    ).where(Target.campaign_id == campaign.id, Target.excluded_on.is_(None))  # fmt: skip
    return statement if places is None else statement.where(Target.association_id.in_(places))


def last_day(campaign: Campaign, today: date) -> date:
    """The day a campaign ends: closed, planned, or today while it goes on."""
    if campaign.closed_at is not None:
        return local_day(campaign.closed_at)
    return max(campaign.ends_on, today) if campaign.ends_on and campaign.state != CampaignState.CLOSED else today


def goes_on_counting(campaign: Campaign, today: date) -> bool:
    """Whether its last steps may still grow: what people do is counted until 60 days after its end (P§6.2)."""
    return today <= last_day(campaign, today) + timedelta(days=EFFECT_DAYS)


def of_campaign(
    session: Session,
    campaign: Campaign,
    today: date,
    places: sa.Select[int] | list[int] | None = None,
    known_by: date | None = None,
) -> dict[int, Figures]:
    """The funnel of each association in T, or of those in `places`; `known_by` as in `activation.by_association`."""
    wanted = _wanted(session, places)
    return with_archived(session, campaign.id, _of_now(session, campaign, today, places, known_by), wanted)


def _of_now(
    session: Session, campaign: Campaign, today: date, places: sa.Select[int] | list[int] | None, known_by: date | None
) -> dict[int, Figures]:
    """What can still be counted."""
    people, last = target_of(campaign, places), last_day(campaign, today)
    if known_by is None:
        large = _kept(session, campaign, today, places)
        if large is not None:
            return large
    if known_by:
        people = people.where(Target.entered_on <= known_by)
    return counted(session, campaign, people, last, known_by)


def counted(
    session: Session, campaign: Campaign, people: activation.Population, last: date, known_by: date | None = None
) -> dict[int, Figures]:
    """The funnel of `people` from the ledger itself."""
    found = activation.by_association(session, people, campaign.starts_on, last, campaign.id, known_by=known_by)
    return {figures.association_id: figures for figures in found}


def ends(campaign: Campaign, today: date, place: int | None = None) -> large_campaigns.Ends:
    """Whom the campaign is for, everywhere or in one place, its first day and its last."""
    return target_of(campaign, [place] if place else None), campaign.starts_on, last_day(campaign, today)


def current(session: Session, association: Association) -> Campaign | None:
    """The campaign the association's page is about: its newest with a target there, one that goes on before one that is over."""
    going_on = sa.case((Campaign.state.in_((CampaignState.RUNNING, CampaignState.PAUSED)), 0), else_=1)
    has_people = sa.exists().where(
        Target.campaign_id == Campaign.id, Target.association_id == association.id, Target.excluded_on.is_(None)
    )
    return session.scalar(
        sa.select(Campaign)
        .where(Campaign.state != CampaignState.DRAFT, has_people)
        .order_by(going_on, Campaign.standing, Campaign.starts_on.desc(), Campaign.id.desc())
        .limit(1)
    )


def _kept(
    session: Session, campaign: Campaign, today: date, places: sa.Select[int] | list[int] | None
) -> dict[int, Figures] | None:
    """The funnels of a large campaign, as kept and corrected to this moment."""
    all_of_it = ends(campaign, today)
    if isinstance(places, list) and len(places) == 1:
        one = large_campaigns.figures_at(session, campaign.id, all_of_it, places[0])
        return None if one is None else {places[0]: one} if one.people else {}
    found = large_campaigns.figures(session, campaign.id, all_of_it)
    if found is None or places is None:
        return found
    wanted = _wanted(session, places) or set()
    return {place: figures for place, figures in found.items() if place in wanted}


def _wanted(session: Session, places: sa.Select[int] | list[int] | None) -> set[int] | None:
    return None if places is None else set(places if isinstance(places, list) else session.scalars(places))
