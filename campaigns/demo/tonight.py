"""Tonight's shift: at every start the demo has one, from a quarter of an hour ago to four hours ahead (D25)."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import shifts
from campaigns.demo.calling import invite_to_what_lies_ahead
from campaigns.models import Campaign, CampaignState, Shift, ShiftCaller
from organizer.models import Account, Role, RoleName
from organizer.times import local_day

BEGAN, LASTS = timedelta(minutes=15), timedelta(hours=4)
ENOUGH = timedelta(hours=2)
"""A shift that still has this long to go is tonight's; a shorter one is followed by a new one."""
LATER = (4, 6)
"""Days ahead of the shifts after tonight's."""


def ensure_tonight(session: Session, now: datetime) -> int | None:
    """Make sure that the demo's running campaign has a shift now, with the callers invited; the shift's id.

    None when the campaign is gone: somebody has closed it, and then nobody rings.
    """
    campaign = session.scalar(
        sa.select(Campaign).where(Campaign.any_hour.is_(True), Campaign.state == CampaignState.RUNNING).limit(1)
    )
    if campaign is None:
        return None
    if campaign.ends_on is not None and campaign.ends_on < local_day(now) + timedelta(days=7):
        campaign.ends_on = local_day(now) + timedelta(days=14)
    invite_to_what_lies_ahead(session, campaign.id, now)
    there = session.scalar(
        sa.select(Shift.id)
        .where(Shift.campaign_id == campaign.id, Shift.starts_at <= now, Shift.ends_at >= now + ENOUGH)
        .order_by(Shift.id.desc())
        .limit(1)
    )
    callers, leader = _accounts(session, RoleName.CALLER), _accounts(session, RoleName.SHIFT_LEADER)
    if there is None:
        there = _shift(session, campaign.id, now - BEGAN, now + LASTS, "Folkets hus, Härnösand", leader, callers, now)
    if not session.scalar(sa.select(sa.exists().where(Shift.campaign_id == campaign.id, Shift.starts_at > now))):
        for days, who in zip(LATER, (callers[:3], callers), strict=True):
            at = now.replace(hour=16, minute=30, second=0, microsecond=0) + timedelta(days=days)
            _shift(session, campaign.id, at, at + timedelta(hours=3), "Kansliet, Sundsvall", leader, who, now)
    _open_again(session, there)
    return there


def _shift(
    session: Session, campaign_id: int, starts_at: datetime, ends_at: datetime, place: str,
    leaders: list[int], callers: list[int], now: datetime,
) -> int:  # fmt: skip
    leader = leaders[0] if leaders else None
    shift_id = shifts.create(session, campaign_id, None, starts_at, ends_at, place, leader, 6, now)
    for account_id in callers:
        shifts.invite(session, shift_id, account_id, now)
    return shift_id


def _open_again(session: Session, shift_id: int) -> None:
    """Whoever finished in an earlier run of the demo may ring again, and a pause is over."""
    session.execute(sa.update(Shift).where(Shift.id == shift_id).values(paused_at=None))
    session.execute(sa.update(ShiftCaller).where(ShiftCaller.shift_id == shift_id).values(finished_at=None))


def _accounts(session: Session, role: str) -> list[int]:
    here = sa.select(Role.account_id).join(Account, Account.id == Role.account_id)
    return list(session.scalars(here.where(Role.name == role, Account.disabled_at.is_(None)).order_by(Account.id)))
