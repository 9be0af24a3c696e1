"""The controller's record of processing (GDPR art. 30): who answers, what is kept about whom, why, how long, how it is guarded."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit, settings
from organizer.models import Account, Association, Change, Setting
from organizer.personal_register import Register
from organizer.times import local_day
from organizer.words import N_, Refused

KEY = "processing"
"""The setting's key: a district may be a controller of its own, so it can be set at any place (D23)."""
LONGEST = 600
PURPOSES = (
    N_("Hålla kontakten med medlemmarna: ringa, skriva, bjuda in och välkomna nya."),
    N_("Ordna aktiviteter: anmälan, påminnelser, närvaro."),
    N_("Veta om föreningarna lever: antal och andelar, aldrig om enskilda."),
    N_("Visa vem som har sett och ändrat vad, så att uppgifterna inte missbrukas."),
)
PEOPLE = (
    N_("Medlemmar och tidigare medlemmar."),
    N_("De som arbetar i Rundan: ringare, ordförande, medlemsansvariga och distriktets ansvariga."),
    N_("Den som svarar på ett sms utan att vara medlem: numret och det som skrevs."),
)
GROUNDS = (
    N_("Berättigat intresse och medlemskapet självt (artikel 6.1 b och f)."),
    N_(
        "Att vara medlem i ett parti visar politisk åsikt. En ideell förening med politiskt syfte får behandla uppgifter om "
        "medlemmar, tidigare medlemmar och dem den har regelbunden kontakt med (artikel 9.2 d)."
    ),
    N_("Samtycke för erbjudanden och insamling (artikel 6.1 a)."),
)
SAFEGUARDS = (
    N_(
        "Lösenord och kod i två steg för alla som kan söka medlemmar; ringare loggar in med en kod till sitt eget nummer."
    ),
    N_("En ringare ser en person i taget, och bara medan samtalet pågår."),
    N_("Var och en når bara sin egen förening eller sitt distrikt."),
    N_("Skyddade personuppgifter ser bara föreningens medlemsansvariga."),
    N_("Varje gång någon ser en medlem skrivs det upp."),
    N_("Personnummer lagras aldrig, och samtal spelas inte in."),
    N_("Programmets egna loggar innehåller inga namn, nummer eller texter."),
)
TERMS = {
    "outcomes": "outcome_months", "attendance": "attendance_months", "thread_facts": "thread_months",
    "looks": "look_months", "changes": "change_months",
}  # fmt: skip
"""What the register of personal data calls a term, and what the setting `retention` does."""
SHORT = {
    "staged": N_("Ett dygn"),
    "spent": N_("Ett dygn efter att den slutat gälla"),
    "imported": N_("90 dagar efter att filen lästs in"),
    "sighted": N_("4 dygn efter att filen kontrollerats"),
    "guests": N_("En månad efter aktiviteten"),
}
WHILE_HERE = N_("Så länge personen finns i registret")


@dataclass(frozen=True, slots=True)
class Controller:
    """What somebody must write, because no program can know it."""

    name: str = ""
    contact: str = ""
    officer: str = ""
    processors: str = ""
    protection: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data: its name, what it consists of, and for how long (`months`, or in words); all for gettext."""

    title: str
    columns: tuple[str, ...]
    months: int
    term: str


@dataclass(frozen=True, slots=True)
class Erased:
    """One erasure: when, by whom, where, and the reason's key."""

    at: datetime
    by: str
    place: str
    reason: str


def controller(session: Session, place: Association, day: date) -> Controller:
    """Who answers at a place, by the nearest place that has said so."""
    value = settings.nearest(session, place.id, KEY, day) or {}
    known = {one.name for one in fields(Controller)}
    return Controller(**{name: str(text) for name, text in value.items() if name in known})


def save(session: Session, place: Association, typed: Mapping[str, str], account_id: int, now: datetime) -> None:
    """Say who answers at a place and everything below it, from today. Refused without a name or a way to reach them."""
    found = Controller(**{one.name: typed.get(one.name, "").strip() for one in fields(Controller)})
    for name, text in asdict(found).items():
        if len(text) > LONGEST:
            raise Refused(N_("Det är för långt. Skriv högst %(most)s tecken."), field=name, most=LONGEST)
    if not found.name:
        raise Refused(N_("Skriv vem som är personuppgiftsansvarig."), field="name")
    if not found.contact:
        raise Refused(N_("Skriv hur man når den ansvariga."), field="contact")
    today = local_day(now)
    here = (Setting.association_id == place.id, Setting.key == KEY, Setting.from_day == today)
    row = session.scalar(sa.select(Setting).where(*here))
    if row is None:
        session.add(Setting(association_id=place.id, key=KEY, value=asdict(found), from_day=today))
    else:
        row.value = asdict(found)
    audit.changed(session, account_id, "setting_changed", "association", place.id, now, place.id, key=KEY)


def kept(register: Register, terms: Mapping[str, Any]) -> list[Kept]:
    """Every kind of data in the register, what it consists of, and how long it stays."""
    found: dict[str, Kept] = {}
    for one in register.personal:
        if one.title not in found and one.shows:
            labels = tuple(dict.fromkeys(shown.label for shown in one.shows.values()))
            months = int(terms[TERMS[one.retention]]) if one.retention in TERMS else 0
            found[one.title] = Kept(one.title, labels, months, SHORT.get(one.retention, WHILE_HERE))
    return list(found.values())


def erasures(session: Session, paths: tuple[str, ...] | None, limit: int = 30) -> list[Erased]:
    """The latest erasures within reach, newest first; `paths` None = everywhere."""
    rows = (
        sa.select(Change.at, Account.name, Association.short_name, Change.detail)
        .outerjoin(Account, Account.id == Change.account_id)
        .outerjoin(Association, Association.id == Change.association_id)
        .where(Change.action == "erase", Change.subject == "person")
        .order_by(Change.at.desc(), Change.id.desc())
    )
    if paths is not None:
        rows = rows.where(sa.or_(sa.false(), *(Association.path.startswith(path) for path in paths)))
    return [
        Erased(row.at, row.name or "", row.short_name or "", row.detail.get("reason", ""))
        for row in session.execute(rows.limit(limit))
    ]
