"""Call shifts: making one, inviting callers by a personal link, joining, pausing, finishing, and the team's numbers."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import (
    Call,
    CallState,
    Campaign,
    CampaignState,
    Hold,
    QueueRow,
    QueueState,
    Shift,
    ShiftCaller,
    Template,
)
from campaigns.outcome_table import OUTCOMES
from organizer import roles, timeline
from organizer.accounts import hashed
from organizer.db import changed
from organizer.models import Account, Association, Kind, RoleName
from organizer.words import Missing, Refused

GRACE = timedelta(minutes=15)
"""How long after its end a shift may still be finished (P§4.9)."""
TALKED = tuple(code for code, outcome in OUTCOMES.items() if Kind.CONVERSATION in outcome.kinds)
"""The outcomes in which somebody was spoken to (D1)."""
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ234567"
"""Base32 without I and O, which are read as 1 and 0; 2-7 as usual."""


@dataclass(frozen=True, slots=True)
class Team:
    """The team bar: people spoken to in this shift, of those it has had to ring, and who rings now."""

    reached: int
    people: int
    """Everyone reported in the shift plus everyone who can still be rung in it."""
    calling: int
    """Callers who hold a person right now."""


@dataclass(frozen=True, slots=True)
class OwnNumbers:
    """What one caller did in one shift."""

    called: int
    reached: int


def create(
    session: Session,
    campaign_id: int,
    association_id: int | None,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    leader_id: int | None,
    wanted: int,
    now: datetime,
) -> int:
    """Make a shift and return its id; `association_id` None = everyone in the campaign. Refused in words."""
    check(starts_at, ends_at, place, wanted, now)
    shift = Shift(
        campaign_id=campaign_id, association_id=association_id, starts_at=starts_at, ends_at=ends_at,
        place=place.strip()[:120], leader_id=leader_id, wanted=wanted,
    )  # fmt: skip
    session.add(shift)
    session.flush()
    return shift.id


def check(starts_at: datetime, ends_at: datetime, place: str, wanted: int, now: datetime) -> None:
    """Refuse a shift that cannot be, with the field: starts_at, ends_at, place or wanted."""
    if ends_at <= starts_at:
        raise Refused("Passet slutar innan det börjar. Ändra sluttiden.", field="ends_at")
    if ends_at <= now:
        raise Refused("Passet ligger i det förflutna. Välj en tid som kommer.", field="starts_at")
    if ends_at - starts_at > timedelta(hours=12):
        raise Refused("Passet är längre än tolv timmar. Ändra sluttiden.", field="ends_at")
    if not place.strip():
        raise Refused("Skriv var ni ringer, eller ”Hemifrån”.", field="place")
    if not 1 <= wanted <= 200:
        raise Refused("Skriv hur många som ska ringa: 1 till 200.", field="wanted")


def invite(session: Session, shift_id: int, account_id: int, now: datetime) -> str:
    """Invite a caller, or give an invited one a new link; returns the link's secret, which is stored hashed (D16)."""
    token = "".join(secrets.choice(_LETTERS) for _ in range(10))
    renewed = session.execute(
        sa.update(ShiftCaller)
        .where(ShiftCaller.shift_id == shift_id, ShiftCaller.account_id == account_id)
        .values(link_hash=hashed(token))
    )
    if not changed(renewed):
        session.add(ShiftCaller(shift_id=shift_id, account_id=account_id, link_hash=hashed(token), invited_at=now))
        session.flush()
        _make_caller(session, shift_id, account_id, now)
    return token


def _make_caller(session: Session, shift_id: int, account_id: int, now: datetime) -> None:
    """An invited account may ring where the campaign rings; roles already held change nothing."""
    place = session.scalar(
        sa.select(Association)
        .join(Campaign, Campaign.association_id == Association.id)
        .join(Shift, Shift.campaign_id == Campaign.id)
        .where(Shift.id == shift_id)
    )
    if place is not None:
        roles.give(session, None, account_id, RoleName.CALLER, place, now)


def going_on(session: Session, now: datetime) -> bool:
    """Whether anybody rings at this moment, or a shift of a campaign that is running says that they should."""
    held = sa.select(Hold.call_id).where(Hold.expires_at > now)
    running = (
        sa.select(Shift.id)
        .join(Campaign, Campaign.id == Shift.campaign_id)
        .where(Campaign.state == CampaignState.RUNNING, Shift.starts_at <= now, Shift.ends_at > now)
    )
    return bool(session.scalar(sa.select(sa.or_(held.exists(), running.exists()))))


def by_link(session: Session, token: str) -> ShiftCaller | None:
    """The invitation behind a personal link, or None; case and spaces do not matter."""
    tidy = "".join(token.split()).upper()
    return session.scalar(
        sa.select(ShiftCaller)
        .join(Account, Account.id == ShiftCaller.account_id)
        .where(ShiftCaller.link_hash.in_([hashed(token), hashed(tidy)]), Account.disabled_at.is_(None))
    )


def join(session: Session, shift_id: int, account_id: int, now: datetime) -> None:
    """Note that an invited caller begins to ring, also again after finishing; Missing when not invited."""
    joined = session.execute(
        sa.update(ShiftCaller)
        .where(ShiftCaller.shift_id == shift_id, ShiftCaller.account_id == account_id)
        .values(joined_at=sa.func.coalesce(ShiftCaller.joined_at, now), finished_at=None)
    )
    if not changed(joined):
        raise Missing


def pause(session: Session, shift_id: int, now: datetime) -> None:
    """Stop handing out people in the whole shift; whoever is held stays held until reported."""
    session.execute(sa.update(Shift).where(Shift.id == shift_id, Shift.paused_at.is_(None)).values(paused_at=now))


def resume(session: Session, shift_id: int) -> None:
    """Hand out people again."""
    session.execute(sa.update(Shift).where(Shift.id == shift_id).values(paused_at=None))


def finish(session: Session, shift_id: int, account_id: int, now: datetime) -> None:
    """The caller is done for tonight: a caller who is a member has done a task for the party (D17).

    Whoever is held is released by the page in the same transaction (call_queue.release). Finishing twice counts once.
    """
    done = session.execute(
        sa.update(ShiftCaller)
        .where(
            ShiftCaller.shift_id == shift_id,
            ShiftCaller.account_id == account_id,
            ShiftCaller.joined_at.is_not(None),
        )
        .values(finished_at=sa.func.coalesce(ShiftCaller.finished_at, now), needs_help_at=None)
    )
    row = session.execute(
        sa.select(Account.person_id, Shift.campaign_id)
        .select_from(Account)
        .join(Shift, Shift.id == shift_id)
        .where(Account.id == account_id)
    ).one()
    if changed(done) and row.person_id is not None:
        timeline.record(
            session, kind=Kind.TASK, table=f"shift_callers:{shift_id}", source_id=account_id,
            person_id=row.person_id, at=now, campaign_id=row.campaign_id,
        )  # fmt: skip


def finish_ended(session: Session, now: datetime) -> int:
    """Finish for callers who went home without saying so, once the shift and its grace are over, as of its end; returns how many."""
    left = session.execute(
        sa.select(ShiftCaller.shift_id, ShiftCaller.account_id, Shift.ends_at)
        .join(Shift, Shift.id == ShiftCaller.shift_id)
        .where(
            ShiftCaller.joined_at.is_not(None),
            ShiftCaller.finished_at.is_(None),
            Shift.ends_at < now - GRACE,
            Shift.ends_at > now - timedelta(days=7),
        )
    ).all()
    for shift_id, account_id, ended in left:
        finish(session, shift_id, account_id, ended)
    return len(left)


def ask_for_help(session: Session, shift_id: int, account_id: int, now: datetime) -> None:
    """Raise a hand: the shift leader sees it."""
    session.execute(
        sa.update(ShiftCaller)
        .where(ShiftCaller.shift_id == shift_id, ShiftCaller.account_id == account_id)
        .values(needs_help_at=now)
    )


def helped(session: Session, shift_id: int, account_id: int) -> None:
    """The shift leader has been there."""
    session.execute(
        sa.update(ShiftCaller)
        .where(ShiftCaller.shift_id == shift_id, ShiftCaller.account_id == account_id)
        .values(needs_help_at=None)
    )


def team(session: Session, shift: Any, now: datetime) -> Team:
    """The team's numbers in a shift, of which id, campaign_id and association_id are read."""
    mine = [QueueRow.campaign_id == shift.campaign_id, QueueRow.state.in_([QueueState.READY, QueueState.HELD])]
    if shift.association_id is not None:
        mine.append(QueueRow.association_id == shift.association_id)
    reported = sa.select(Call.person_id).where(Call.shift_id == shift.id, Call.state == CallState.REPORTED)
    left = session.scalar(sa.select(sa.func.count()).select_from(QueueRow).where(*mine)) or 0
    counted = session.execute(
        sa.select(
            sa.func.count(Call.person_id.distinct()).label("rung"),
            sa.func.count(sa.case((Call.outcome.in_(TALKED), Call.person_id)).distinct()).label("reached"),
            sa.select(sa.func.count())
            .select_from(Hold)
            .join(Call, Call.id == Hold.call_id)
            .where(Call.shift_id == shift.id, Hold.expires_at > now)
            .scalar_subquery()
            .label("calling"),
            sa.select(sa.func.count())
            .select_from(QueueRow)
            .where(*mine, QueueRow.person_id.in_(reported))
            .scalar_subquery()
            .label("again"),
        ).where(Call.shift_id == shift.id, Call.state == CallState.REPORTED)
    ).one()
    return Team(counted.reached, left + counted.rung - counted.again, counted.calling)


def own_numbers(session: Session, shift_id: int, account_id: int) -> OwnNumbers:
    """How many people a caller reported in a shift, and how many of them were spoken to."""
    row = session.execute(
        sa.select(
            sa.func.count(Call.person_id.distinct()).label("called"),
            sa.func.count(sa.case((Call.outcome.in_(TALKED), Call.person_id)).distinct()).label("reached"),
        ).where(
            Call.shift_id == shift_id,
            Call.account_id == account_id,
            Call.state == CallState.REPORTED,
            Call.outcome.not_in(["skip", "conflict"]),
        )
    ).one()
    return OwnNumbers(row.called, row.reached)


def next_start(session: Session, campaign_id: int, now: datetime) -> datetime | None:
    """When the campaign is rung next after the shifts that run now; None when nothing is planned."""
    return session.scalar(
        sa.select(sa.func.min(Shift.starts_at))
        .join(Campaign, Campaign.id == Shift.campaign_id)
        .where(Shift.campaign_id == campaign_id, Shift.starts_at > now)
    )


def open_for_new_members(session: Session, account_id: int, now: datetime) -> int | None:
    """A shift going on now in which the caller rings new members; None if there is none (P§2.3 J17)."""
    return session.scalar(
        sa.select(Shift.id)
        .join(Campaign, Campaign.id == Shift.campaign_id)
        .join(ShiftCaller, ShiftCaller.shift_id == Shift.id)
        .where(ShiftCaller.account_id == account_id, Campaign.template == Template.NEW_MEMBERS)
        .where(Campaign.state == CampaignState.RUNNING, Shift.paused_at.is_(None))
        .where(Shift.starts_at <= now, Shift.ends_at > now)
        .order_by(Shift.ends_at.desc())
        .limit(1)
    )
