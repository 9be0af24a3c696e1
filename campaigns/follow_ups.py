"""The SMS that follow a call: a confirmation of what was agreed, or that we tried to ring."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import sms_queue, sms_text
from campaigns.models import Campaign
from organizer import phones
from organizer.models import Activity, Association, BlockedNumber, Person, Phone, SignUp
from organizer.times import local

LEAVES_AFTER = timedelta(minutes=10)
"""Nothing leaves the building before this, so that undo can really undo (P§4.5)."""
TRIED_AFTER = frozenset({"no_answer"})
CONFIRMATION = (
    "Hej {förnamn}! Tack för samtalet. Du är anmäld till {aktivitet} den {datum} kl. {tid}, {plats}. "
    "Får du förhinder, hör av dig. Hälsningar {förening}"
)
TRIED = "Hej {förnamn}! Vi i {förening} försökte ringa dig i dag och provar igen en annan dag. Hälsningar {förening}"
MONTHS = ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
          "november", "december")  # fmt: skip


def queue(session: Session, call: Any, outcome: str, sign_ups: set[int], now: datetime) -> list[int]:
    """Queue what the campaign wants sent after such a call, to leave in ten minutes; the messages' ids.

    Only to a mobile; whether the person may be written to is asked again when the message leaves.
    """
    wanted = session.scalar(sa.select(Campaign.follow_ups).where(Campaign.id == call.campaign_id)) or {}
    if not ((sign_ups and wanted.get("signed_up")) or (outcome in TRIED_AFTER and wanted.get("tried"))):
        return []
    e164 = _mobile(session, call.person_id)
    if e164 is None:
        return []
    person = session.execute(
        sa.select(Person.first_name, Association.name)
        .select_from(Person)
        .join(Association, Association.id == call.association_id)
        .where(Person.id == call.person_id)
    ).one()
    names = {"förnamn": person.first_name, "förening": person.name}
    common = {
        "e164": e164, "now": now, "person_id": call.person_id, "campaign_id": call.campaign_id, "call_id": call.id,
        "not_before": now + LEAVES_AFTER,
    }  # fmt: skip
    if not sign_ups:
        once = f"tried:{call.campaign_id}:{call.person_id}:{local(now):%Y%m%d}"
        return [sms_queue.enqueue(session, kind="tried", body=_text(TRIED, names), once=once, **common)]
    return [
        sms_queue.enqueue(
            session, kind="confirmation", body=_text(CONFIRMATION, names | _fields(activity)), activity_id=activity.id,
            once=f"confirmation:{call.id}:{activity.id}", **common,
        )
        for activity in _activities(session, call.person_id, sign_ups)
    ]  # fmt: skip


def _mobile(session: Session, person_id: int) -> str | None:
    wrong = sa.exists().where(BlockedNumber.e164 == Phone.e164)
    numbers = session.scalars(
        sa.select(Phone.e164)
        .where(Phone.person_id == person_id, Phone.kind == "mobile", ~wrong)
        .order_by(Phone.position, Phone.id)
    )
    return next((one for one in numbers if phones.sendable(one)), None)


def _activities(session: Session, person_id: int, ids: set[int]) -> list[Any]:
    """Those with a seat; whoever waits for one is told by a human when there is one."""
    columns = (Activity.id, Activity.title, Activity.starts_at, Activity.place)
    seated = sa.exists().where(
        SignUp.activity_id == Activity.id, SignUp.person_id == person_id, SignUp.state == "signed_up"
    )
    return list(session.execute(sa.select(*columns).where(Activity.id.in_(ids), seated).order_by(Activity.id)).all())


def _fields(activity: Any) -> dict[str, str | None]:
    starts = local(activity.starts_at)
    day = f"{starts.day} {MONTHS[starts.month - 1]}"
    return {"aktivitet": activity.title, "datum": day, "tid": f"{starts:%H.%M}", "plats": activity.place}


def _text(template: str, values: dict[str, str | None]) -> str:
    return sms_text.cheapened(sms_text.filled(template, values))
