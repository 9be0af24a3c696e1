"""What the owner has decided about SMS: price, limits, pace, quiet hours and senders; secrets stand in the environment."""

import dataclasses
import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit
from organizer.models import Association, Setting
from organizer.times import local_day
from organizer.words import N_, Refused

KEY = "sms"
"""The setting's key; one row for the whole tree, because the provider is one (D23)."""
EARLIEST, LATEST = time(7), time(22)
LONGEST_AWAY = 300
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")


@dataclass(frozen=True, slots=True)
class SmsSettings:
    """How blasts are priced, paced and held back. Hours are clocks of Stockholm: weekdays, and weekends with red days."""

    price: int = 39
    """Öre for one part."""
    prices_abroad: dict[str, int] = field(default_factory=dict)
    """Country code → öre for one part, as sms_prices reads it; where nothing stands the price is not known."""
    budget: int = 0
    """Kronor a month; 0 = no budget is kept."""
    low_balance: int = 0
    """Warn when less is left on the account at the provider, in the account's currency; 0 = never."""
    approval_above: int = 100
    """More recipients than this need somebody else's approval (P§5.4)."""
    parts_per_second: int = 10
    """What the sender carries (twilio.md B4)."""
    abroad: bool = False
    """Whether foreign mobiles may be written to at all."""
    look_first: bool = True
    """Twenty first, then a look (P§5.5); each blast may say otherwise."""
    names: tuple[str, ...] = ()
    """Names that may stand as sender instead of the number: at most eleven letters, they take no replies."""
    weekday: tuple[str, str] = ("09:00", "20:00")
    weekend: tuple[str, str] = ("10:00", "18:00")
    away_text: str = ""
    """What whoever writes outside the office hours is answered at once; empty = nothing (P§5.6)."""
    office: tuple[str, str] = ("08:00", "17:00")
    """When somebody answers, on weekdays that are not red."""

    def hours(self, *, red: bool) -> tuple[time, time]:
        """When blasts may leave on a weekday, or on a weekend and red day: from, to."""
        opens, closes = self.weekend if red else self.weekday
        return time.fromisoformat(opens), time.fromisoformat(closes)


LIMITS = {
    "price": (0, 1000),
    "budget": (0, 1_000_000),
    "low_balance": (0, 1_000_000),
    "approval_above": (1, 1_000_000),
    "parts_per_second": (1, 500),
}


def current(session: Session, day: date) -> SmsSettings:
    """What holds on `day`; the defaults where nobody has decided anything."""
    value = session.scalar(
        sa.select(Setting.value)
        .join(Association, Association.id == Setting.association_id)
        .where(Setting.key == KEY, Setting.from_day <= day)
        .order_by(sa.func.length(Association.path), Setting.from_day.desc(), Setting.id.desc())
        .limit(1)
    )
    known = {one.name for one in dataclasses.fields(SmsSettings)}
    given: dict[str, Any] = {
        name: tuple(one) if isinstance(one, list) else one for name, one in (value or {}).items() if name in known
    }
    return SmsSettings(**given)


def change(session: Session, wanted: SmsSettings, account_id: int, now: datetime) -> None:
    """Let this hold from today, for the whole tree; Refused with the field when something cannot be meant."""
    _check(wanted)
    root = session.scalars(
        sa.select(Association).where(Association.parent_id.is_(None)).order_by(Association.id)
    ).first()
    if root is None:
        raise Refused(N_("Lägg först till en plats i trädet under Inställningar."))
    today, value = local_day(now), _as_json(wanted)
    same = (Setting.association_id == root.id, Setting.key == KEY, Setting.from_day == today)
    row = session.scalar(sa.select(Setting).where(*same))
    if row is None:
        session.add(Setting(association_id=root.id, key=KEY, value=value, from_day=today))
    else:
        row.value = value
    session.flush()
    audit.changed(session, account_id, "setting_changed", "association", root.id, now, root.id, key=KEY)


def _as_json(wanted: SmsSettings) -> dict[str, Any]:
    values = dataclasses.asdict(wanted)
    return {name: list(one) if isinstance(one, tuple) else one for name, one in values.items()}


def _check(wanted: SmsSettings) -> None:
    for name, (least, most) in LIMITS.items():
        if not least <= getattr(wanted, name) <= most:
            raise Refused(N_("Välj ett tal från %(minst)s till %(mest)s."), name, minst=least, mest=most)
    for name in ("weekday", "weekend", "office"):
        try:
            opens, closes = (time.fromisoformat(text) for text in getattr(wanted, name))
        except ValueError:
            raise Refused(N_("Skriv tiden som 17:30."), f"{name}_from") from None
        if opens >= closes:
            raise Refused(N_("Sluttiden måste vara efter starttiden."), f"{name}_to")
        if name != "office" and (opens < EARLIEST or closes > LATEST):
            raise Refused(N_("Utskick går aldrig före 7 eller efter 22. Välj tider däremellan."), f"{name}_from")
    if len(wanted.away_text) > LONGEST_AWAY or "{" in wanted.away_text:
        raise Refused(N_("Skriv högst %(most)s tecken, utan fält."), "away_text", most=LONGEST_AWAY)
    for one in wanted.names:
        if not _NAME.fullmatch(one):
            raise Refused(
                N_(
                    "Namnet som avsändare får ha högst elva tecken: a till z, siffror och mellanslag, men inte å, ä, ö."
                ),
                "names",
            )
