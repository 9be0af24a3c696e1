"""What must be true of a blast before it may leave, in words, and what is worth knowing first (P§5.4)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import blast_hours, blast_spent, sms_text
from campaigns.blast_recipients import GOT, Audience
from campaigns.blast_texts import MOST_PARTS, WITHOUT_ASKING, Figures
from campaigns.models import Blast, BlastState, Category, Message
from campaigns.sms_settings import SmsSettings
from organizer.models import Activity, Selection, SignUp, Survey
from organizer.times import local_day
from organizer.words import N_, Refused

CATEGORIES = {
    Category.INFORMATION: N_("Information"),
    Category.OFFER: N_("Erbjudande"),
    Category.FUNDRAISING: N_("Insamling"),
}
LONGEST = 1600
"""Characters the provider takes (twilio.md B1)."""
OF_ACTIVITY = ("aktivitet", "datum", "tid", "plats", "anmälningslänk")
SHORTENERS = re.compile(
    r"\b(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|is\.gd|ow\.ly|buff\.ly|rebrand\.ly|cutt\.ly|shorturl\.at|tiny\.cc)\b",
    re.IGNORECASE,
)
LATELY = timedelta(days=3)
_UNSAFE = re.compile(r"\bhttp://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth knowing that does not stop anything: a Swedish sentence to translate, with its values."""

    sentence: str
    values: dict[str, Any]
    good: bool = False


def text(blast: Blast, settings: SmsSettings) -> None:
    """Refuse a text that can never be sent, at the field it stands in; everything else waits for the review."""
    if len(blast.body) > LONGEST:
        raise Refused(N_("Texten är %(many)s tecken. Högst %(most)s går att skicka."), "body",
                      many=len(blast.body), most=LONGEST)  # fmt: skip
    sms_text.check(blast.body)
    if SHORTENERS.search(blast.body):
        raise Refused(
            N_("Operatörerna stoppar förkortade länkar. Skriv hela adressen eller använd fältet för länk."), "body"
        )
    if _UNSAFE.search(blast.body):
        raise Refused(N_("Länken måste börja med https://."), "body")
    if blast.sender and blast.sender not in settings.names:
        raise Refused(N_("Avsändaren finns inte bland dem som är tillåtna. Välj en i listan."), "sender")
    if blast.category not in CATEGORIES:
        raise Refused(N_("Välj vad utskicket är: information, erbjudande eller insamling."), "category")


def time(send_at: datetime, now: datetime) -> None:
    """Refuse a moment that no blast can leave at: one that has passed, or is too far away."""
    if send_at <= now:
        raise Refused(N_("Tiden har redan passerat. Välj en ny tid."), "send_at")
    if local_day(send_at) > local_day(now) + timedelta(days=blast_hours.LONGEST):
        raise Refused(N_("Välj en tid inom %(days)s dagar."), "send_at", days=blast_hours.LONGEST)


def problems(
    session: Session, blast: Blast, found: Audience, figures: Figures, settings: SmsSettings, now: datetime, *,
    confirmed: bool = False,
) -> list[Refused]:  # fmt: skip
    """Everything that stops it, in the order of the steps; `confirmed` = more than three parts is meant."""
    return [
        *_recipients(blast, found), *_text(session, blast, figures, confirmed=confirmed, settings=settings, now=now),
        *_when(blast, settings, now),
    ]  # fmt: skip


def notices(
    session: Session, blast: Blast, found: Audience, figures: Figures, settings: SmsSettings, now: datetime, base: str
) -> list[Notice]:
    """What is worth knowing, the good among it; `base` = the address links begin with."""
    return [*_of_text(blast, figures), *_of_links(blast, base), *_of_activity(session, blast, now), *_of_time(session, blast, found, figures, settings, now),
            *_of_selections(session, blast)]  # fmt: skip


def selection_changed(session: Session, blast: Blast) -> bool:
    """Whether a saved selection has been changed since it was chosen here: this blast keeps to what was chosen."""
    chosen = {
        one["selection_id"]: one["definition"] for one in (*blast.include, *blast.exclude) if one.get("selection_id")
    }
    rows = session.execute(sa.select(Selection.id, Selection.definition).where(Selection.id.in_(chosen)))
    return any(row.definition != chosen[row.id] for row in rows)


def _recipients(blast: Blast, found: Audience) -> Iterator[Refused]:
    if not blast.include and not blast.signed_up_to:
        yield Refused(N_("Välj vilka som ska få utskicket."), "recipients")
    elif not found.recipients:
        yield Refused(N_("Ingen i urvalet kan få sms. Välj ett annat urval."), "recipients")


def _text(
    session: Session, blast: Blast, figures: Figures, *, confirmed: bool, settings: SmsSettings, now: datetime
) -> Iterator[Refused]:
    if not blast.body.strip():
        yield Refused(N_("Skriv en text."), "body")
        return
    try:
        text(blast, settings)
    except Refused as refusal:
        yield refusal
    if figures.most > MOST_PARTS:
        yield Refused(N_("Texten blir %(parts)s sms för någon. Högst %(most)s går att skicka. Korta den."), "body",
                      parts=figures.most, most=MOST_PARTS)  # fmt: skip
    elif figures.most > WITHOUT_ASKING and not confirmed:
        yield Refused(N_("Texten blir %(parts)s sms för någon. Korta den, eller kryssa i att det är meningen."), "confirmed",
                      parts=figures.most)  # fmt: skip
    activity = session.get(Activity, blast.activity_id) if blast.activity_id else None
    if blast.asks:
        yield from _asks(blast)
    if activity is None and any(f"{{{name}" in blast.body for name in OF_ACTIVITY):
        yield Refused(N_("Texten har fält som hör till en aktivitet. Välj vilken aktivitet det gäller."), "activity")
    if activity is not None and activity.cancelled_at is not None:
        yield Refused(N_("Aktiviteten i texten är inställd."), "activity")
    if activity is not None and activity.starts_at <= (blast.send_at or now):
        yield Refused(N_("Aktiviteten i texten har redan börjat när utskicket går."), "activity")
    survey = session.get(Survey, blast.survey_id) if blast.survey_id else None
    if "{enkätlänk" in blast.body and survey is None:
        yield Refused(N_("Texten har en länk till en enkät. Välj vilken enkät det gäller."), "survey")


def _asks(blast: Blast) -> Iterator[Refused]:
    """What a question that JA and NEJ answer needs: something to sign up to, and a sender one can answer (P§5.6)."""
    if blast.activity_id is None:
        yield Refused(N_("Texten frågar om personen kommer. Välj vilken aktivitet det gäller."), "activity")
    if blast.sender:
        yield Refused(
            N_("Ett namn som avsändare kan inte ta emot svar. Välj vårt nummer, eller fråga inte i texten."), "sender"
        )


def _when(blast: Blast, settings: SmsSettings, now: datetime) -> Iterator[Refused]:
    if blast.send_at is None or blast.state not in {BlastState.DRAFT, BlastState.WAITING}:
        return
    try:
        time(blast.send_at, now)
    except Refused as refusal:
        yield refusal
        return
    if not blast.any_hour_by and not blast_hours.may_leave(settings, blast.send_at):
        opens, closes = blast_hours.hours(settings, local_day(blast.send_at))
        yield Refused(N_("Den dagen går utskick mellan %(opens)s och %(closes)s. Välj en tid däremellan."), "send_at",
                      opens=f"{opens:%H.%M}", closes=f"{closes:%H.%M}")  # fmt: skip


def _of_text(blast: Blast, figures: Figures) -> Iterator[Notice]:
    if blast.proved_hash == proof_hash(blast):
        yield Notice(N_("Ett prov har skickats."), {}, good=True)
    else:
        yield Notice(N_("Inget prov är skickat av den här texten."), {})
    if blast.sender:
        yield Notice(N_("Avsändaren kan inte ta emot svar. STOPP ersätts av en länk."), {})
    else:
        yield Notice(N_("Det går att svara STOPP."), {}, good=True)
    for name, ids in figures.missing.items():
        yield Notice(
            N_("%(many)s får texten utan {%(field)s}, för att uppgiften saknas."),
            {"many": len(ids), "field": name},
        )


def _of_links(blast: Blast, base: str) -> Iterator[Notice]:
    """Whether the links lead somewhere that can be opened from outside (P§5.4)."""
    if "länk}" in blast.body or "länk|" in blast.body or blast.sender:
        if base.startswith("https://"):
            yield Notice(N_("Länkarna leder till %(address)s."), {"address": base.removeprefix("https://")}, good=True)
        else:
            yield Notice(
                N_("Länkarna leder till %(address)s, som inte går att öppna säkert utifrån."), {"address": base}
            )


def _of_activity(session: Session, blast: Blast, now: datetime) -> Iterator[Notice]:
    del now
    activity = session.get(Activity, blast.activity_id) if blast.activity_id else None
    if activity is None or activity.capacity is None:
        return
    taken = session.scalar(
        sa.select(sa.func.count()).select_from(SignUp).where(
            SignUp.activity_id == activity.id, SignUp.state == "signed_up"
        )
    )  # fmt: skip
    if (taken or 0) >= activity.capacity:
        yield Notice(N_("Aktiviteten är full. Den som anmäler sig hamnar på väntelistan."), {})


def _of_time(
    session: Session, blast: Blast, found: Audience, figures: Figures, settings: SmsSettings, now: datetime
) -> Iterator[Notice]:
    if figures.unpriced:
        yield Notice(N_("%(many)s sms går till länder som det inte finns något pris för. De är inte med i kostnaden."),
                     {"many": figures.unpriced})  # fmt: skip
    if recent := found.counts.get("recent"):
        yield Notice(N_("%(many)s fick ett annat sms det senaste dygnet och får inte det här."), {"many": recent})
    if lately := _lately(session, found, now):
        yield Notice(N_("%(many)s av dem fick ett annat utskick de senaste tre dygnen."), {"many": lately})
    spent = blast_spent.this_month(session, now).cost if settings.budget else 0
    if settings.budget and spent + figures.cost > settings.budget * 100:
        yield Notice(N_("Med det här utskicket går månadens sms över budgeten: %(kronor)s av %(budget)s kr."),
                     {"kronor": -(-(spent + figures.cost) // 100), "budget": settings.budget})  # fmt: skip
    begins = max(now, blast.send_at or now)
    if not blast.any_hour_by:
        begins = blast_hours.opening(settings, begins)
    done = blast_hours.done_at(settings, begins, figures.parts, any_hour=bool(blast.any_hour_by))
    if local_day(done) != local_day(begins):
        yield Notice(N_("Utskicket hinner inte bli klart den dagen och fortsätter nästa morgon."), {})


def _lately(session: Session, found: Audience, now: datetime) -> int:
    """How many of the recipients got a blast in the last three days (P§5.4: "121 fick ett annat sms i förrgår")."""
    got = sa.select(Message.person_id).where(
        Message.kind == "blast", Message.claimed_at > now - LATELY, Message.state.in_(GOT), Message.person_id.is_not(None)
    )  # fmt: skip
    had = set(session.scalars(got))
    return sum(one.person_id in had for one in found.recipients) if had else 0


def _of_selections(session: Session, blast: Blast) -> Iterator[Notice]:
    if selection_changed(session, blast):
        yield Notice(N_("Ett urval har ändrats sedan det valdes här. Utskicket går till dem som valdes då."), {})


def proof_hash(blast: Blast) -> str:
    """What somebody has had on their own phone: the text and the sender."""
    return sms_text.fingerprint(blast.body, blast.sender, blast.activity_id, blast.survey_id)
