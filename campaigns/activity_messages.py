"""What those who come to an activity are told by SMS: a reminder, that it is moved or cancelled, that they have got a seat."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import sms_hours, sms_queue, sms_text
from campaigns.models import FailingNumber, Message, MessageState
from organizer import personal_links, phones, seats
from organizer.models import (
    Activity,
    ActivityGuest,
    ActivityNews,
    Association,
    BlockedNumber,
    Person,
    Phone,
    Refusal,
    SignUp,
)
from organizer.times import local

AT_ONCE = 40
"""How many messages are queued in one transaction."""
TEXTS = {
    "reminder": "Hej {förnamn}! Påminnelse: {aktivitet} {datum} kl. {tid}, {plats}. Får du förhinder: {länk} Hälsningar {förening}",
    "moved": "Hej {förnamn}! Ny tid eller plats för {aktivitet}: {datum} kl. {tid}, {plats}. Kan du inte då: {länk} Hälsningar {förening}",
    "cancelled": "Hej {förnamn}! {aktivitet} {datum} kl. {tid} är tyvärr inställd. Hälsningar {förening}",
    "seat": "Hej {förnamn}! Du har fått plats: {aktivitet} {datum} kl. {tid}, {plats}. Får du förhinder: {länk} Hälsningar {förening}",
}
LINKLESS = re.compile(r" (Får du förhinder|Kan du inte då): \{länk\}")
"""What falls away for a guest of something that has no public page."""
KIND = {"reminder": "reminder", "moved": "activity", "cancelled": "activity", "seat": "activity"}
WHO = {"reminder": (seats.SIGNED_UP,), "moved": seats.COMING, "cancelled": seats.COMING, "seat": (seats.SIGNED_UP,)}
"""Whom it concerns, by where they stand when the message is made."""
DAYS = ("mån", "tis", "ons", "tors", "fre", "lör", "sön")
MONTHS = ("jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who gets a message."""

    sign_up_id: int
    person_id: int | None
    first_name: str
    e164: str
    stamp: str
    """When they got where they stand: a seat given twice is told twice."""


def tell_next(session: Session, now: datetime, base_url: str) -> bool:
    """Queue some of what is due; False when nothing is left. Doing it twice queues nothing twice."""
    news = session.execute(
        sa.select(ActivityNews.id, ActivityNews.activity_id, ActivityNews.what, ActivityNews.sign_up_id)
        .order_by(ActivityNews.id)
        .limit(1)
    ).first()
    if news is not None:
        if not _told(session, news.activity_id, news.what, now, base_url, news.sign_up_id):
            session.execute(sa.delete(ActivityNews).where(ActivityNews.id == news.id))
        return True
    due = session.scalar(_due(now))
    if due is not None:
        if not _told(session, due, "reminder", now, base_url, None):
            session.execute(sa.update(Activity).where(Activity.id == due).values(reminded_at=now))
        return True
    return False


def leaves_at(now: datetime) -> datetime:
    """When news of an activity may leave, told now."""
    return sms_hours.first_moment("activity", now)


def _due(now: datetime) -> sa.Select[int]:
    """An activity whose reminders are to be made now."""
    when = [
        sa.and_(Activity.remind_hours == hours, Activity.starts_at <= now + timedelta(hours=hours))
        for hours in (3, 24, 48)
    ]
    here = sa.select(Activity.id).where(
        Activity.starts_at > now, Activity.reminded_at.is_(None), Activity.cancelled_at.is_(None), sa.or_(*when)
    )
    return here.order_by(Activity.starts_at).limit(1)


def _told(session: Session, activity_id: int, what: str, now: datetime, base_url: str, sign_up_id: int | None) -> bool:
    """Queue the next few of these messages; whether there may be more."""
    activity = session.execute(
        sa.select(
            Activity.id, Activity.title, Activity.starts_at, Activity.ends_at, Activity.place, Activity.link,
            Activity.public, Activity.sequence, Activity.cancelled_at, Association.short_name.label("organizer"),
        )
        .join(Association, Association.id == Activity.association_id)
        .where(Activity.id == activity_id)
    ).one()  # fmt: skip
    if activity.starts_at <= now or (activity.cancelled_at is not None) != (what == "cancelled"):
        return False
    if what == "moved":
        _drop_stale(session, activity, now)
    found = readers(session, activity.id, WHO[what], sign_up_id)
    told = set(
        session.scalars(sa.select(Message.once).where(Message.once.in_([_once(activity, what, one) for one in found])))
    )
    left = [one for one in found if _once(activity, what, one) not in told]
    _queue(session, activity, what, left[:AT_ONCE], now, base_url)
    return len(left) > AT_ONCE


def _queue(session: Session, activity: Any, what: str, readers: Sequence[Reader], now: datetime, base_url: str) -> None:
    kind = KIND[what]
    leaves = sms_hours.first_moment(kind, now)
    if leaves >= activity.starts_at:
        return
    people = [one.person_id for one in readers if one.person_id is not None]
    tokens = {} if what == "cancelled" else personal_links.make_many(
        session, "activity", people, now, expires_at=activity.ends_at, target_id=activity.id
    )  # fmt: skip
    told = []
    for one in readers:
        link = f"{base_url}/a/{tokens[one.person_id]}" if one.person_id in tokens else _public(activity, base_url)
        text = TEXTS[what] if link else LINKLESS.sub("", TEXTS[what])
        body = sms_text.filled(text, {"förnamn": one.first_name, "länk": link, **_fields(activity)})
        message_id = sms_queue.enqueue(
            session, kind=kind, e164=one.e164, body=sms_text.cheapened(body), now=now, person_id=one.person_id,
            activity_id=None if what == "cancelled" else activity.id, once=_once(activity, what, one),
            expires_in=activity.starts_at - leaves,
        )  # fmt: skip
        told.append({"id": one.sign_up_id, "told_message_id": message_id})
    if told and what != "reminder":
        session.execute(sa.update(SignUp), told)


def _once(activity: Any, what: str, one: Reader) -> str:
    """What makes it the same message: a second move is news again, a cancellation is not."""
    which = {
        "reminder": f"{activity.starts_at:%y%m%d%H%M}", "moved": str(activity.sequence), "cancelled": "",
        "seat": one.stamp,
    }[what]  # fmt: skip
    return f"{what}:{activity.id}:{one.sign_up_id}:{which}"


def readers(
    session: Session, activity_id: int, states: Sequence[str] = seats.COMING, sign_up_id: int | None = None
) -> list[Reader]:
    """Those who come and have a mobile that is theirs: members by their first, guests by the one they proved.

    Left to be rung are those no message would leave for: a no to messages, a dead number, a protected identity.
    """
    blocked = sa.or_(
        sa.exists().where(BlockedNumber.e164 == Phone.e164),
        sa.exists().where(FailingNumber.e164 == Phone.e164, FailingNumber.dead),
        sa.exists().where(
            Refusal.revoked_at.is_(None), Refusal.channel.in_(("sms", "all")),
            sa.or_(Refusal.person_id == Person.id, Refusal.e164 == Phone.e164),
        ),
    )  # fmt: skip
    here = (SignUp.activity_id == activity_id, SignUp.state.in_(states))
    only = () if sign_up_id is None else (SignUp.id == sign_up_id,)
    members = session.execute(
        sa.select(SignUp.id, SignUp.person_id, Person.first_name, Phone.e164, SignUp.at)
        .join(Person, Person.id == SignUp.person_id)
        .join(Phone, Phone.person_id == Person.id)
        .where(
            *here,
            *only,
            Phone.kind == "mobile",
            ~blocked,
            Person.protected.is_(False),
            Person.deceased_on.is_(None),
            Person.blocked_why.is_(None),
        )
        .order_by(SignUp.id, Phone.position, Phone.id)
    ).all()
    guests = session.execute(
        sa.select(SignUp.id, SignUp.person_id, ActivityGuest.name, ActivityGuest.e164, SignUp.at)
        .join(ActivityGuest, ActivityGuest.id == SignUp.guest_id)
        .where(*here, *only, ActivityGuest.e164 != "")
        .order_by(SignUp.id)
    ).all()
    found: dict[int, Reader] = {}
    for row in (*members, *guests):
        if row[0] not in found and phones.sendable(row[3]):
            found[row[0]] = Reader(row[0], row[1], row[2].split(" ")[0], row[3], f"{row[4]:%y%m%d%H%M%S}")
    return list(found.values())


def _drop_stale(session: Session, activity: Any, now: datetime) -> None:
    """What still lies in the queue tells the old time."""
    old = (Message.activity_id == activity.id, Message.state == MessageState.QUEUED)
    now_true = Message.once.not_like(f"moved:{activity.id}:%:{activity.sequence}")
    kinds = Message.kind.in_(("reminder", "activity", "confirmation"))
    sms_queue.move(session, MessageState.CANCELLED, now, *old, kinds, now_true, detail="moved", body="")


def _public(activity: Any, base_url: str) -> str | None:
    return f"{base_url}/kalender/{activity.id}" if activity.public else None


def _fields(activity: Any) -> dict[str, str | None]:
    starts = local(activity.starts_at)
    place = f"{activity.place} ({activity.link})" if activity.link else activity.place
    return {
        "aktivitet": activity.title, "datum": f"{DAYS[starts.weekday()]} {starts.day} {MONTHS[starts.month - 1]}",
        "tid": f"{starts:%H.%M}", "plats": place, "förening": activity.organizer,
    }  # fmt: skip
