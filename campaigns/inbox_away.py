"""Outside the office hours whoever writes is told once a day when somebody answers; off until the owner writes the text."""

from datetime import datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import sms_settings
from campaigns.models import Message, Thread
from campaigns.sms_settings import SmsSettings
from organizer import phones
from organizer.models import Refusal
from organizer.times import local, local_day, red_day


def text_for(session: Session, thread: Thread, now: datetime) -> tuple[str, str] | None:
    """What to answer by itself and what makes it the same message all day; None when nothing is to be said."""
    settings = sms_settings.current(session, local_day(now))
    if not settings.away_text or in_office(settings, now) or thread.stopped:
        return None
    once = f"away:{thread.id}:{local_day(now)}"
    if phones.classify(thread.e164) != "mobile" or _said(session, once) or _refused(session, thread):
        return None
    return settings.away_text, once


def in_office(settings: SmsSettings, now: datetime) -> bool:
    """Whether somebody is there to answer: on weekdays that are not red, within the office hours."""
    opens, closes = (time.fromisoformat(text) for text in settings.office)
    day = local_day(now)
    return day.weekday() < 5 and not red_day(day) and opens <= local(now).time() < closes


def _said(session: Session, once: str) -> bool:
    return session.scalar(sa.select(Message.id).where(Message.once == once)) is not None


def _refused(session: Session, thread: Thread) -> bool:
    """A no to SMS stands, however it was said."""
    whose = [Refusal.e164 == thread.e164]
    if thread.person_id is not None:
        whose.append(Refusal.person_id == thread.person_id)
    standing = sa.exists().where(Refusal.revoked_at.is_(None), Refusal.channel.in_(("sms", "all")), sa.or_(*whose))
    return bool(session.scalar(sa.select(standing)))
