"""Settings that hold for a place and everything below it from a day on; the nearest place above wins (D23)."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from organizer import audit
from organizer.models import Association, Setting
from organizer.times import local_day
from organizer.words import N_, Refused

HOURS = "calling_hours"
SMALL_GROUP = "small_group"
NEW_MEMBER = "new_member"
REST = "rest"
ACTIVE = "active"
TOOK_PART, PAID = "took_part", "paid"
RETENTION = "retention"
BUSINESS_YEAR = "business_year"
ENOUGH = "enough_interested"


AT_ROOT = (
    sa.select(Setting.value)
    .join(Association, Association.id == Setting.association_id)
    .where(
        Association.parent_id.is_(None), Setting.key == sa.bindparam("key"),
        Setting.from_day <= sa.bindparam("day", type_=sa.Date()),
    )
    .order_by(Setting.from_day.desc())
    .limit(1)
)  # fmt: skip
"""The value of a setting for the whole tree; put together once, because most pages ask for one."""


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number of a setting: its words, and the least and most it may be."""

    label: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Definition:
    """What a setting is: its words, its value where nobody has set it, and whether it holds only for the whole tree."""

    title: str
    about: str
    default: dict[str, Any]
    numbers: dict[str, Number] = field(default_factory=dict)
    """The numbers it consists of, by the names they have in `default`; none for a setting of clock times."""
    only_at_root: bool = False
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    """What can be chosen, by the names they have in `default`: each value with its words."""


ALL = {
    HOURS: Definition(
        N_("Ringtider"),
        N_("När nya kampanjer får ringa om de inte säger något annat. Aldrig på röda dagar."),
        {"weekday": ["09:00", "20:30"], "weekend": ["11:00", "18:00"]},
    ),
    NEW_MEMBER: Definition(
        N_("Ny medlem"),
        N_("Hur många dagar efter inträdet någon räknas som ny när en kampanj skapas."),
        {"days": 90},
        {"days": Number(N_("Antal dagar"), 7, 365)},
    ),
    REST: Definition(
        N_("Vila mellan samtal"),
        N_(
            "Så länge lämnas en medlem i fred av alla kampanjer efter ett samtal. Ett avtalat samtal hålls alltid. "
            "Gäller hela trädet, för samtal som rapporteras från och med nu."
        ),
        {"attempt_hours": 20, "conversation_days": 14},
        {
            "attempt_hours": Number(N_("Timmar efter ett försök"), 1, 168),
            "conversation_days": Number(N_("Dagar efter ett samtal"), 1, 90),
        },
        only_at_root=True,
    ),
    ACTIVE: Definition(
        N_("Vad aktiv betyder"),
        N_("Gäller alla sidor med siffror och verksamhetsplanens mål, i hela trädet."),
        {"means": TOOK_PART},
        only_at_root=True,
        choices={
            "means": {
                TOOK_PART: N_("Har deltagit, gjort en insats eller haft ett uppdrag det senaste året"),
                PAID: N_("Har betalat årets avgift"),
            }
        },
    ),
    BUSINESS_YEAR: Definition(
        N_("Verksamhetsår"),
        N_(
            "Den månad då verksamhetsåret börjar. Är det inte januari kan man välja verksamhetsåret på sidor med siffror."
        ),
        {"month": 1},
        {"month": Number(N_("Månad, 1 till 12"), 1, 12)},
    ),
    ENOUGH: Definition(
        N_("Räcker för en ny omgång"),
        N_("När så många står på en intresselista säger Rundan att det räcker för en ny."),
        dict.fromkeys(("meeting", "introduction", "course", "action", "conference"), 8),
        {
            "meeting": Number(N_("Möte"), 2, 200),
            "introduction": Number(N_("Introduktion"), 2, 200),
            "course": Number(N_("Utbildning"), 2, 200),
            "action": Number(N_("Utåtriktat"), 2, 200),
            "conference": Number(N_("Konferens"), 2, 200),
        },
    ),
    RETENTION: Definition(
        N_("Gallring"),
        N_("Så länge sparas uppgifter om enskilda. Sedan försvinner de av sig själva, och siffrorna finns kvar."),
        {
            "text_days": 90,
            "thread_months": 12,
            "note_days": 30,
            "outcome_months": 24,
            "attendance_months": 36,
            "look_months": 24,
            "change_months": 36,
        },
        {
            "text_days": Number(N_("Texten i sms, dagar"), 30, 365),
            "thread_months": Number(N_("Vem som fick ett sms, månader"), 3, 24),
            "note_days": Number(N_("Ringarnas anteckningar efter kampanjen, dagar"), 7, 90),
            "outcome_months": Number(N_("Vad samtal ledde till, månader"), 24, 60),
            "attendance_months": Number(N_("Deltagande och insatser, månader"), 36, 60),
            "look_months": Number(N_("Loggen över vem som har tittat, månader"), 12, 60),
            "change_months": Number(N_("Loggen över vem som har ändrat, månader"), 12, 60),
        },
        only_at_root=True,
    ),
    SMALL_GROUP: Definition(
        N_("Små grupper"),
        N_("Andelar visas bara när minst så många ingår. Gäller hela trädet."),
        {"k": 5},
        {"k": Number(N_("Minsta antal personer"), 5, 10)},
        only_at_root=True,
    ),
}


def get(session: Session, association_id: int, key: str, day: date) -> dict[str, Any]:
    """The value of `key` that holds at the place on `day`: its own, else the nearest above, else the default."""
    return nearest(session, association_id, key, day) or ALL[key].default


def nearest(session: Session, association_id: int, key: str, day: date) -> dict[str, Any] | None:
    """The value that holds at the place, set there or at the nearest place above; None when nobody has set it."""
    found = session.execute(_holding(association_id, key, day)).first()
    return found[0] if found else None


def active_means(session: Session, day: date) -> str:
    """What "active" means on `day`: TOOK_PART or PAID; decided for the whole tree (D23)."""
    value = session.scalar(AT_ROOT, {"key": ACTIVE, "day": day})
    means: str = (value or ALL[ACTIVE].default)["means"]
    return means


def set_at(
    session: Session, place: Association, key: str, value: dict[str, Any], account_id: int, now: datetime
) -> None:
    """Let `key` be `value` at the place and below from today; Refused in words when the value makes no sense."""
    if ALL[key].only_at_root and place.parent_id is not None:
        raise Refused("Den inställningen gäller hela trädet och ändras bara överst.", key)
    _check(key, value)
    put(session, place.id, key, value, account_id, now)


def said(session: Session, association_id: int, key: str, day: date) -> dict[str, Any] | None:
    """The value of `key` that somebody has set for the place or above; None when nobody has."""
    found = session.execute(_holding(association_id, key, day)).first()
    return found[0] if found else None


def put(session: Session, association_id: int, key: str, value: dict[str, Any], account_id: int, now: datetime) -> None:
    """Write a value from today without looking at it, for settings that have a page of their own."""
    today = local_day(now)
    same = (Setting.association_id == association_id, Setting.key == key, Setting.from_day == today)
    row = session.scalar(sa.select(Setting).where(*same))
    if row is None:
        session.add(Setting(association_id=association_id, key=key, value=value, from_day=today))
    else:
        row.value = value
    audit.changed(session, account_id, "setting_changed", "association", association_id, now, association_id, key=key)


def _holding(association_id: int, key: str, day: date) -> sa.Select[tuple[dict[str, Any]]]:
    """The nearest row, by one query over the place and everything above it: longest path first, newest day first."""
    above = aliased(Association)
    return (
        sa.select(Setting.value)
        .join(above, above.id == Setting.association_id)
        .join(Association, Association.path.startswith(above.path))
        .where(Association.id == association_id, Setting.key == key, Setting.from_day <= day)
        .order_by(sa.func.length(above.path).desc(), Setting.from_day.desc())
        .limit(1)
    )


def _check(key: str, value: dict[str, Any]) -> None:
    """Refuse what cannot be meant."""
    if key == HOURS:
        for name in ("weekday", "weekend"):
            opens, closes = (_clock(text) for text in value[name])
            if opens >= closes:
                raise Refused("Ringtiden måste sluta efter att den börjar.", f"{name}_closes")
            if opens < time(8) or closes > time(21):
                raise Refused("Ring inte före 8 eller efter 21. Välj tider däremellan.", f"{name}_opens")
        return
    for name, words in ALL[key].choices.items():
        if value.get(name) not in words:
            raise Refused("Välj ett av alternativen.", name)
    for name, number in ALL[key].numbers.items():
        if not isinstance(value.get(name), int) or not number.least <= value[name] <= number.most:
            raise Refused("Välj ett tal från %(minst)s till %(mest)s.", name, minst=number.least, mest=number.most)


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise Refused("Skriv tiden som 17:30.") from None
