"""The SMS that follow a call: a confirmation of what was agreed, that we tried to ring, or a link to a survey."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import sms_hours, sms_queue, sms_text
from campaigns.models import Message, MessageState
from organizer import personal_links, phones, survey_door, surveys
from organizer.models import Activity, Association, BlockedNumber, Person, PersonalLink, Phone, SignUp, Survey
from organizer.times import local
from organizer.words import N_

LEAVES_AFTER = timedelta(minutes=10)
"""Nothing leaves the building before this, so that undo can really undo (P§4.5)."""
TRIED_AFTER = frozenset({"no_answer"})
SURVEY_AFTER = {
    "reached": N_("ni har pratat"),
    "left_message": N_("ringaren lämnade ett meddelande"),
    "no_answer": N_("ingen svarade"),
}
"""The outcomes after which a campaign may send the link to its survey, as the form says them."""
CONFIRMATION = (
    "Hej {förnamn}! Tack för samtalet. Du är anmäld till {aktivitet} den {datum} kl. {tid}, {plats}. "
    "Får du förhinder, hör av dig. Hälsningar {förening}"
)
TRIED = "Hej {förnamn}! Vi i {förening} försökte ringa dig i dag och provar igen en annan dag. Hälsningar {förening}"
TALKED_LINK = (
    "Hej {förnamn}! Tack för samtalet. Svara gärna på några frågor: {enkätlänk} Hälsningar {förening}. "
    "Svara STOPP för att slippa sms."
)
TRIED_LINK = (
    "Hej {förnamn}! Vi i {förening} försökte ringa dig i dag. Du kan svara på våra frågor här i stället: {enkätlänk} "
    "Svara STOPP för att slippa sms."
)
MONTHS = ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
          "november", "december")  # fmt: skip


def queue(session: Session, call: Any, outcome: str, sign_ups: set[int], now: datetime, base: str = "") -> list[int]:
    """Queue what the campaign wants sent after such a call, to leave in ten minutes; the messages' ids.

    `call` tells what its campaign wants (`follow_ups`, `link_survey_id`); `base` = where links begin. Only to a
    mobile; whether the person may be written to is asked again when the message leaves.
    """
    wanted = call.follow_ups or {}
    confirms = bool(sign_ups and wanted.get("signed_up"))
    tells = outcome in TRIED_AFTER and bool(wanted.get("tried"))
    links = bool(base and call.link_survey_id and outcome in wanted.get("survey_after", ()))
    e164 = _mobile(session, call.person_id) if confirms or tells or links else None
    if e164 is None:
        return []
    names = _names(session, call)
    common = {
        "e164": e164, "now": now, "person_id": call.person_id, "campaign_id": call.campaign_id, "call_id": call.id,
        "not_before": now + LEAVES_AFTER,
    }  # fmt: skip
    made = [
        sms_queue.enqueue(
            session, kind="confirmation", body=_text(CONFIRMATION, names | _fields(activity)), activity_id=activity.id,
            once=f"confirmation:{call.id}:{activity.id}", **common,
        )
        for activity in (_activities(session, call.person_id, sign_ups) if confirms else ())
    ]  # fmt: skip
    if links and (survey := _to_answer(session, call, now)):
        made.append(_send_link(session, call, outcome, survey, base, names, common))
    elif tells:
        once = f"tried:{call.campaign_id}:{call.person_id}:{local(now):%Y%m%d}"
        made.append(sms_queue.enqueue(session, kind="tried", body=_text(TRIED, names), once=once, **common))
    return made


def take_back(session: Session, call: Any, now: datetime) -> None:
    """Cancel what the call would still send; a link that nobody has got leads nowhere any more (P§4.5)."""
    if not sms_queue.cancel_for_call(session, call.id, now):
        return
    left = sa.exists().where(
        Message.call_id == call.id, Message.kind.in_(("survey", "tried")), Message.state != MessageState.CANCELLED
    )
    session.execute(
        sa.delete(PersonalLink)
        .where(
            PersonalLink.kind == "survey", PersonalLink.person_id == call.person_id,
            PersonalLink.campaign_id == call.campaign_id, PersonalLink.created_at >= call.reported_at, ~left,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def _send_link(
    session: Session, call: Any, outcome: str, survey: Survey, base: str, names: dict[str, str | None], common: dict[str, Any]
) -> int:  # fmt: skip
    """A link of the person's own: to somebody just spoken to as a confirmation, to others in the ordinary hours (D24)."""
    now, until = common["now"], survey_door.link_until(survey, common["now"])
    token = personal_links.make(
        session, "survey", call.person_id, now, expires_at=until, target_id=survey.id, campaign_id=call.campaign_id
    )
    kind, words = ("survey", TALKED_LINK) if outcome == "reached" else ("tried", TRIED_LINK)
    return sms_queue.enqueue(
        session, kind=kind, body=_text(words, names | {"enkätlänk": f"{base}/e/{token}"}),
        once=f"survey:{call.campaign_id}:{call.person_id}:{call.id}",
        expires_in=min(sms_hours.LASTS[kind], until - now), **common,
    )  # fmt: skip


def _to_answer(session: Session, call: Any, now: datetime) -> Survey | None:
    """The campaign's survey, if it is open and the person has neither answered it nor got the link before."""
    survey = session.get(Survey, call.link_survey_id)
    if survey is None or survey.mode != "named" or not surveys.is_open(survey, now + LEAVES_AFTER):
        return None
    had = sa.select(PersonalLink.id).where(
        PersonalLink.kind == "survey", PersonalLink.person_id == call.person_id, PersonalLink.target_id == survey.id,
        PersonalLink.campaign_id == call.campaign_id,
    )  # fmt: skip
    if session.scalar(had.limit(1)) is not None or survey_door.answers_of(session, survey.id, call.person_id):
        return None
    return survey


def _names(session: Session, call: Any) -> dict[str, str | None]:
    person = session.execute(
        sa.select(Person.first_name, Association.name)
        .select_from(Person)
        .join(Association, Association.id == call.association_id)
        .where(Person.id == call.person_id)
    ).one()
    return {"förnamn": person.first_name, "förening": person.name}


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
