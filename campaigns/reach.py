"""Which campaigns and shifts a viewer may see and change: the object, or it does not exist."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Campaign, CampaignState, Shift
from organizer import access
from organizer.access import Viewer
from organizer.models import Association, RoleName
from organizer.words import Missing

SEES = (RoleName.ORGANIZER, RoleName.CHAIR)


@dataclass(frozen=True, slots=True)
class Seen:
    """A campaign and how much of it: all when managed, else only the part of `places`."""

    campaign: Campaign
    managed: bool
    places: sa.Select[int] | None
    path: str


def managed(session: Session, viewer: Viewer, campaign_id: int) -> Campaign:
    """A campaign owned at or below a place the viewer organises, else Missing."""
    row = _with_path(session, campaign_id)
    if row is None or not viewer.covers(row[1], RoleName.ORGANIZER):
        raise Missing
    return row[0]


def seen(session: Session, viewer: Viewer, campaign_id: int) -> Seen:
    """A campaign the viewer organises, or the own part of one from above (P§3.3 O); never somebody's draft."""
    row = _with_path(session, campaign_id)
    if row is None:
        raise Missing
    campaign, path = row
    if viewer.covers(path, RoleName.ORGANIZER):
        return Seen(campaign, True, None, path)
    own = [one for one in viewer.paths(*SEES) if one.startswith(path) or path.startswith(one)]
    if not own or campaign.state == CampaignState.DRAFT:
        raise Missing
    return Seen(campaign, False, access.reach(viewer, *SEES), path)


def listed(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Of campaigns joined with their owner: those `seen` would give."""
    mine = [Association.path.like(path + "%") for path in viewer.paths(RoleName.ORGANIZER)]
    chairs = [Association.path.like(path + "%") for path in viewer.paths(*SEES)]
    above = [Association.path == prefix for path in viewer.paths(*SEES) for prefix in _prefixes(path)]
    leads = Campaign.id.in_(sa.select(Shift.campaign_id).where(Shift.leader_id == viewer.account_id))
    started = Campaign.state != CampaignState.DRAFT
    return sa.or_(sa.false(), *mine, sa.and_(started, sa.or_(leads, *chairs, *above)))


def shift(session: Session, viewer: Viewer, shift_id: int) -> tuple[Shift, Campaign]:
    """A shift of a campaign the viewer organises, or one the viewer leads; else Missing."""
    row = session.execute(
        sa.select(Shift, Campaign, Association.path)
        .join(Campaign, Campaign.id == Shift.campaign_id)
        .join(Association, Association.id == Campaign.association_id)
        .where(Shift.id == shift_id)
    ).first()
    if row is None:
        raise Missing
    led = row[0].leader_id == viewer.account_id and viewer.holds(RoleName.SHIFT_LEADER)
    if not led and not viewer.covers(row[2], RoleName.ORGANIZER):
        raise Missing
    return row[0], row[1]


def _with_path(session: Session, campaign_id: int) -> tuple[Campaign, str] | None:
    row = session.execute(
        sa.select(Campaign, Association.path)
        .join(Association, Association.id == Campaign.association_id)
        .where(Campaign.id == campaign_id)
    ).first()
    return (row[0], row[1]) if row else None


def _prefixes(path: str) -> list[str]:
    """The paths of the place and everything above it: "1/3/9/" → "1/", "1/3/", "1/3/9/"."""
    steps = path.strip("/").split("/")
    return ["/".join(steps[: n + 1]) + "/" for n in range(len(steps))]
