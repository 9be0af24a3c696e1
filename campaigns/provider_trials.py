"""Trying the SMS provider: credentials, sender, our own address as seen from outside, signatures, and where replies go."""

from collections.abc import Callable
from datetime import datetime, timedelta

import requests
import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models.provider import ProviderTrial
from campaigns.telephony import Fate, Gateway, NotAccepted, Twilio, configured, misconfigured
from organizer import audit
from organizer.configuration import Configuration
from organizer.db import Database
from organizer.words import N_

INCOMING = "/twilio/inkommande"
NEWS = "/twilio/sms/sjalvtest"
"""Our own address for news, with a message that does not exist: a good signature is answered 204, a bad one 403."""
TIMEOUT = 10
SILENT = timedelta(minutes=2)
"""So long after it was asked for, a trial that is not done means that no worker is running."""
KEPT = timedelta(days=90)
PARTS = {
    "settings": N_("Inställningarna på servern"),
    "credentials": N_("Inloggningen hos leverantören"),
    "sender": N_("Avsändaren"),
    "address": N_("Vår adress, sedd utifrån"),
    "signature": N_("Leverantörens underskrift"),
    "replies": N_("Vart svaren går"),
}
"""What is tried, in this order."""
FOUND: dict[str, tuple[str, str]] = {
    "ok": ("ok", N_("Fungerar.")),
    "rehearsal": ("warn", N_("Ingen leverantör är inställd, så Rundan övar. Sätt TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN och "
                             "TWILIO_SENDER på servern och starta om.")),
    "demo": ("warn", N_("Det här är en demo eller påhittade uppgifter. Då skickas aldrig något på riktigt.")),
    "incomplete": ("danger", N_("Något fattas: TWILIO_AUTH_TOKEN och TWILIO_SENDER (eller TWILIO_MESSAGING_SERVICE_SID) behövs båda.")),
    "not_https": ("danger", N_("PUBLIC_BASE_URL måste vara den https-adress som leverantören når.")),
    "waits": ("warn", N_("Kan inte prövas förrän det ovanför fungerar.")),
    "login": ("danger", N_("Inloggningen godtas inte. Kontrollera TWILIO_ACCOUNT_SID och TWILIO_AUTH_TOKEN, tecken för tecken.")),
    "no_network": ("danger", N_("Servern når inte leverantören. Kontrollera nätet och brandväggen ut från servern.")),
    "unsure": ("danger", N_("Leverantören svarade konstigt. Försök igen om en stund.")),
    "suspended": ("danger", N_("Kontot är avstängt hos leverantören. Logga in där och se varför, ofta är det saldot.")),
    "trial": ("warn", N_("Kontot är ett provkonto: det skickar bara till nummer som du har godkänt hos leverantören.")),
    "name": ("warn", N_("Avsändaren är ett namn. Det går inte att svara, så varje sms får en länk i stället för STOPP.")),
    "service": ("warn", N_("Avsändaren är en tjänst hos leverantören. Kontrollera där att den har ett nummer som tar emot svar.")),
    "not_ours": ("danger", N_("Numret i TWILIO_SENDER finns inte på kontot. Kontrollera siffrorna, med +46 först.")),
    "no_sms": ("danger", N_("Numret kan inte skicka sms. Skaffa ett nummer med sms hos leverantören.")),
    "unreached": ("danger", N_("Ingen svarar på PUBLIC_BASE_URL. Kontrollera adressen, certifikatet och att brandväggen släpper in.")),
    "other_answer": ("danger", N_("Någon annan svarar på PUBLIC_BASE_URL. Adressen leder inte till Rundan.")),
    "bad_signature": ("danger", N_("Underskriften stämmer inte när den kommer fram. Kontrollera att PUBLIC_BASE_URL är exakt den adress "
                                   "som används, och att proxyn inte skriver om vägen.")),
    "replies_elsewhere": ("danger", N_("Svaren skickas någon annanstans. Skriv in vår adress för svar på numret hos leverantören.")),
}  # fmt: skip
"""What can be found: how it looks (ok, warn, danger), and what it means and what to do."""


def ask(session: Session, account_id: int, now: datetime) -> None:
    """Ask the worker for a trial; asking twice while one waits counts once."""
    waits = sa.select(ProviderTrial.id).where(ProviderTrial.done_at.is_(None), ProviderTrial.asked_at > now - SILENT)
    if session.scalar(waits.limit(1)) is None:
        session.add(ProviderTrial(asked_at=now, asked_by=account_id, results={}))
        session.flush()
        audit.changed(session, account_id, "try", "provider", None, now)


def latest(session: Session) -> ProviderTrial | None:
    """The trial last asked for, done or not."""
    return session.scalars(sa.select(ProviderTrial).order_by(ProviderTrial.id.desc()).limit(1)).first()


def run_waiting(
    database: Database, gateway: Gateway, configuration: Configuration, clock: Callable[[], datetime]
) -> None:
    """Do what has been asked for: outside any transaction, because it talks to the network; then write what was found."""
    with database.reading() as session:
        waiting = session.scalars(sa.select(ProviderTrial.id).where(ProviderTrial.done_at.is_(None))).all()
    if not waiting:
        return
    found = tried(gateway, configuration)
    with database.writing() as session:
        done = sa.update(ProviderTrial).where(ProviderTrial.id.in_(waiting))
        session.execute(done.values(done_at=clock(), results=found).execution_options(synchronize_session=False))
        session.execute(sa.delete(ProviderTrial).where(ProviderTrial.asked_at < clock() - KEPT))


def tried(gateway: Gateway, configuration: Configuration) -> dict[str, str]:
    """Try everything, in the order of PARTS: part → a key of FOUND. What depends on something that failed waits."""
    found = dict.fromkeys(PARTS, "waits")
    found["settings"] = _settings(gateway, configuration)
    if found["settings"] != "ok" or not isinstance(gateway, Twilio):
        return found
    found["credentials"] = _credentials(gateway)
    found["address"] = _address(configuration)
    if found["address"] == "ok":
        found["signature"] = _signature(gateway, configuration)
    if found["credentials"] in {"ok", "trial"}:
        found["sender"], found["replies"] = _sender(gateway, configuration)
    return found


def _settings(gateway: Gateway, configuration: Configuration) -> str:
    if configuration.demo:
        return "demo"
    if not configuration.twilio_account_sid:
        return "rehearsal"
    if not configured(configuration) or not configuration.twilio_auth_token:
        return "incomplete"
    if misconfigured(configuration):
        return "not_https"
    return "ok" if gateway.name == "twilio" else "demo"


def _credentials(gateway: Twilio) -> str:
    try:
        status, trial = gateway.account()
    except NotAccepted as no:
        return _no(no)
    if status != "active":
        return "suspended"
    return "trial" if trial else "ok"


def _sender(gateway: Twilio, configuration: Configuration) -> tuple[str, str]:
    """The sender, and where replies to it go."""
    if configuration.twilio_messaging_service_sid:
        return "service", "waits"
    if not configuration.twilio_sender.startswith("+"):
        return "name", "name"
    try:
        number = gateway.own_number(configuration.twilio_sender)
    except NotAccepted as no:
        return _no(no), "waits"
    if number is None:
        return "not_ours", "waits"
    carries, replies_to = number
    ours = configuration.public_base_url + INCOMING
    return "ok" if carries else "no_sms", "ok" if replies_to.partition("#")[0] == ours else "replies_elsewhere"


def _address(configuration: Configuration) -> str:
    try:
        answer = requests.get(f"{configuration.public_base_url}/halsa", timeout=TIMEOUT, allow_redirects=False)
    except requests.RequestException:
        return "unreached"
    return "ok" if answer.status_code in {200, 503} and len(answer.content) < 100 else "other_answer"


def _signature(gateway: Twilio, configuration: Configuration) -> str:
    """Knock on our own door with a true signature, from outside."""
    address, form = configuration.public_base_url + NEWS, {"MessageSid": "SMsjalvtest", "MessageStatus": "try"}
    try:
        answer = requests.post(
            address, form, headers={"X-Twilio-Signature": gateway.signed(address, form)}, timeout=TIMEOUT,
            allow_redirects=False,
        )  # fmt: skip
    except requests.RequestException:
        return "unreached"
    return "ok" if answer.status_code == 204 else "bad_signature"


def _no(no: NotAccepted) -> str:
    if no.code in {20003, 401}:
        return "login"
    if no.code in {20005, 20008}:
        return "suspended" if no.code == 20005 else "trial"
    return "no_network" if no.fate == Fate.NOT_SENT else "unsure"
