"""Whom somebody has to ring when an activity is moved or called off, or a seat becomes free: those no SMS reaches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import activity_messages
from campaigns.models import Message, MessageState
from organizer import guests
from organizer.db import changed
from organizer.models import (
    Activity,
    ActivityGuest,
    ActivityNews,
    Association,
    BlockedNumber,
    Membership,
    Person,
    Phone,
    Refusal,
    SignUp,
)
from organizer.seats import COMING
from organizer.words import N_, Missing

NOT_TOLD = (MessageState.UNDELIVERED, MessageState.FAILED, MessageState.CANCELLED)
"""States in which a message has told nobody anything."""
WHY = {
    "failed": N_("Sms:et kom inte fram."),
    "quiet": N_("Vill inte ha sms."),
    "landline": N_("Har bara fast telefon."),
    "late": N_("Sms hinner inte fram i tid."),
    "nothing": N_("Har inget telefonnummer hos oss."),
    "no_calls": N_("Vill inte bli uppringd. Säg till på något annat sätt."),
    "protected": N_("Har skyddade uppgifter och får inga sms."),
    "waits": N_("Ska inte ringas förrän det som står under Behöver dig är klart."),
}
"""Why a message is not enough, as pages say it."""


@dataclass(frozen=True, slots=True)
class ToRing:
    """Somebody who comes, or would have, and does not know yet."""

    sign_up_id: int
    person_id: int | None
    name: str
    home: str
    numbers: tuple[str, ...]
    email: str | None
    why: str
    told: bool
    """Whether somebody has said that they have been told."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An activity of which something waits for whoever holds it."""

    id: int
    title: str
    starts_at: datetime
    cancelled: bool
    organizer: str
    guests: int
    to_ring: int


def of_activity(
    session: Session, activity_id: int, reach: sa.Select[int], stewarded: Sequence[int] = ()
) -> tuple[list[ToRing], int]:
    """Those to ring within reach, by name, and how many more there are elsewhere or with protected identity.

    The protected are shown only to the steward of their own association, one of `stewarded` (D19).
    """
    rows = _untold(session, activity_id)
    reached = {one.sign_up_id for one in activity_messages.readers(session, activity_id)}
    made = _all_made(session, activity_id)
    rows = [row for row in rows if row.message or made or row.id not in reached]
    near = set(session.scalars(_near(reach).where(Membership.person_id.in_([row.person_id for row in rows]))))
    seen = [
        row
        for row in rows
        if row.person_id is None or (row.person_id in near and (not row.protected or row.home_id in stewarded))
    ]
    numbers, quiet, closed = _ways(session, [row.person_id for row in seen if row.person_id])
    return [_to_ring(row, numbers, quiet, closed, reached) for row in seen], len(rows) - len(seen)


def how_many(session: Session, activity_id: int, now: datetime) -> tuple[int, int]:
    """Of those who come: how many an SMS would reach now, and how many have to be rung."""
    here = sa.select(sa.func.count()).where(SignUp.activity_id == activity_id, SignUp.state.in_(COMING))
    coming = session.scalar(here) or 0
    by_sms = 0 if _would_be_late(session, activity_id, now) else len(activity_messages.readers(session, activity_id))
    return by_sms, coming - by_sms


def left(session: Session, activity_id: int, now: datetime) -> int:
    """How many are still to be rung about an activity, whoever they are; none once it would have begun."""
    if (
        session.scalar(sa.select(Activity.starts_at).where(Activity.id == activity_id, Activity.starts_at > now))
        is None
    ):
        return 0
    rows = [row for row in _untold(session, activity_id) if row.told_at is None]
    if not rows:
        return 0
    reached = {one.sign_up_id for one in activity_messages.readers(session, activity_id)}
    made = _all_made(session, activity_id)
    return sum(1 for row in rows if row.message or made or row.id not in reached)


def tell(session: Session, activity_id: int, sign_up_id: int, now: datetime, *, told: bool) -> int | None:
    """Note that somebody has been told, or has not after all; whom, None for a guest. Missing if nothing was to tell."""
    here = (SignUp.id == sign_up_id, SignUp.activity_id == activity_id, SignUp.news_at.is_not(None))
    ticked = sa.update(SignUp).where(*here).values(told_at=now if told else None)
    if not changed(session.execute(ticked)):
        raise Missing
    return session.scalar(sa.select(SignUp.person_id).where(SignUp.id == sign_up_id))


def waiting(session: Session, places: sa.Select[int] | Sequence[int], now: datetime, limit: int = 20) -> list[Waiting]:
    """Activities held by these places with guests nobody has said who they are, or people to ring; the next first."""
    unsure = sa.select(ActivityGuest.activity_id).where(
        ActivityGuest.verified_at.is_not(None), ActivityGuest.settled_at.is_(None)
    )
    untold = sa.select(SignUp.activity_id).where(SignUp.news_at.is_not(None), SignUp.told_at.is_(None))
    ring = _how_many_untold(now)
    rows = session.execute(
        sa.select(
            Activity.id, Activity.title, Activity.starts_at, Activity.cancelled_at.is_not(None).label("cancelled"),
            Association.short_name.label("organizer"), guests.waiting(Activity.id).label("guests"), ring.label("to_ring"),
        )
        .join(Association, Association.id == Activity.association_id)
        .where(
            Activity.association_id.in_(places), Activity.ends_at > now - guests.KEPT,
            sa.or_(Activity.id.in_(unsure), sa.and_(Activity.id.in_(untold), Activity.starts_at > now)),
        )
        .order_by(Activity.starts_at, Activity.id)
        .limit(limit)
    )  # fmt: skip
    found = [Waiting(*row) for row in rows]
    return [one for one in found if one.guests or one.to_ring]


def _how_many_untold(now: datetime) -> sa.ScalarSelect[int]:
    """How many of the activity around it no message tells, once the messages have been made."""
    in_the_making = sa.exists().where(ActivityNews.activity_id == Activity.id)
    failed = sa.exists().where(Message.id == SignUp.told_message_id, Message.state.in_(NOT_TOLD))
    return (
        sa.select(sa.func.count())
        .select_from(SignUp)
        .where(
            SignUp.activity_id == Activity.id, SignUp.news_at.is_not(None), SignUp.told_at.is_(None),
            SignUp.state.in_(COMING), Activity.starts_at > now, ~in_the_making,
            sa.or_(SignUp.told_message_id.is_(None), failed),
        )
        .correlate(Activity)
        .scalar_subquery()
    )  # fmt: skip


def _untold(session: Session, activity_id: int) -> list[Any]:
    """Those with news whom no living message tells: not made yet or not possible (`message` empty), or one that failed."""
    rows = session.execute(
        sa.select(
            SignUp.id, SignUp.person_id, SignUp.told_at, SignUp.told_message_id.label("message"), Person.first_name,
            Person.last_name, Person.email, Person.protected, ActivityGuest.name.label("guest"), ActivityGuest.e164,
            Association.short_name.label("home"), Association.id.label("home_id"), Person.blocked_why,
        )
        .outerjoin(Person, Person.id == SignUp.person_id)
        .outerjoin(ActivityGuest, ActivityGuest.id == SignUp.guest_id)
        .outerjoin(Membership, sa.and_(Membership.person_id == SignUp.person_id, Membership.to_day.is_(None)))
        .outerjoin(Association, Association.id == Membership.association_id)
        .outerjoin(Message, Message.id == SignUp.told_message_id)
        .where(
            SignUp.activity_id == activity_id, SignUp.news_at.is_not(None), SignUp.state.in_(COMING),
            Person.deceased_on.is_(None),
            sa.or_(SignUp.told_message_id.is_(None), Message.state.in_(NOT_TOLD)),
        )
        .order_by(Person.sort_key, SignUp.id)
    )  # fmt: skip
    return list({row.id: row for row in rows}.values())


def _all_made(session: Session, activity_id: int) -> bool:
    """The messages have been made, so whoever has none will get none."""
    return session.scalar(sa.select(ActivityNews.id).where(ActivityNews.activity_id == activity_id).limit(1)) is None


def _would_be_late(session: Session, activity_id: int, now: datetime) -> bool:
    """Messages made now would leave only after it has begun."""
    starts_at = session.scalar(sa.select(Activity.starts_at).where(Activity.id == activity_id))
    return starts_at is None or activity_messages.leaves_at(now) >= starts_at


def _near(reach: sa.Select[int]) -> sa.Select[int]:
    return sa.select(Membership.person_id).where(Membership.to_day.is_(None), Membership.association_id.in_(reach))


def _ways(session: Session, people: Sequence[int]) -> tuple[dict[int, list[str]], set[int], set[int]]:
    """The numbers of people, who has said no to messages, and who to calls."""
    wrong = sa.exists().where(BlockedNumber.e164 == Phone.e164)
    numbers: dict[int, list[str]] = {}
    rows = session.execute(
        sa.select(Phone.person_id, Phone.e164)
        .where(Phone.person_id.in_(people), ~wrong)
        .order_by(Phone.position, Phone.id)
    )
    for person_id, e164 in rows:
        numbers.setdefault(person_id, []).append(e164)
    said_no: dict[str, set[int]] = {"sms": set(), "call": set()}
    refusals = session.execute(
        sa.select(Refusal.channel, Phone.person_id.label("by_number"), Refusal.person_id)
        .outerjoin(Phone, sa.and_(Phone.e164 == Refusal.e164, Phone.person_id.in_(people)))
        .where(Refusal.revoked_at.is_(None), sa.or_(Refusal.person_id.in_(people), Phone.id.is_not(None)))
    )
    for channel, *who in refusals:
        for name, found in said_no.items():
            if channel in (name, "all"):
                found.update(one for one in who if one is not None)
    return numbers, said_no["sms"], said_no["call"]


def _to_ring(row: Any, numbers: dict[int, list[str]], quiet: set[int], closed: set[int], reached: set[int]) -> ToRing:
    theirs = tuple(numbers.get(row.person_id, ())) if row.person_id else tuple(filter(None, (row.e164,)))
    if row.person_id in closed:
        why, theirs = "no_calls", ()
    elif row.blocked_why:
        why, theirs = "waits", ()
    elif not theirs:
        why = "nothing"
    elif row.message:
        why = "failed"
    elif row.person_id in quiet:
        why = "quiet"
    elif row.id in reached:
        why = "late"
    else:
        why = "protected" if row.protected else "landline"
    name = row.guest if row.person_id is None else f"{row.first_name} {row.last_name}"
    return ToRing(row.id, row.person_id, name, row.home or "", theirs[:2], row.email, why, told=row.told_at is not None)
