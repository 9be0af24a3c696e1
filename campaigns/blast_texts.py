"""The real text of each recipient of a blast: fields, links, sender and way out, exact parts and what they cost."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import sms_prices, sms_text
from campaigns.blast_recipients import Recipient
from campaigns.follow_ups import MONTHS
from campaigns.models import Blast
from campaigns.sms_settings import SmsSettings
from organizer import personal_links
from organizer.models import Account, Activity, Association, Role, RoleName
from organizer.times import local, local_day

REPLY = "Svara STOPP för att slippa sms."
LINK = "Slippa sms: {stopplänk}"
"""The way out (D24): a reply where one can reach us, a link where it cannot."""
LINKS = {"anmälningslänk": ("activity", "/a/"), "enkätlänk": ("survey", "/e/"), "stopplänk": ("stop", "/stopp/")}
"""The fields that are a link of the recipient's own: its kind and its short path."""
LASTS = {"activity": timedelta(days=90), "survey": timedelta(days=90), "stop": timedelta(days=400)}
_MARKS = {name: chr(0xE001 + n) for n, name in enumerate(LINKS)}
_NAME = chr(0xE000)
"""Letters no text may hold (sms_text.clean): where what differs from person to person goes in."""

MOST_PARTS, WITHOUT_ASKING = 6, 3
"""Never more parts than six; more than three only when somebody has confirmed it (P§5.3)."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One recipient's text and what it takes."""

    person_id: int
    text: str
    parts: int


@dataclass(slots=True)
class Figures:
    """What the texts take, over every recipient's real one."""

    recipients: int = 0
    by_parts: Counter[int] = field(default_factory=Counter)
    """How many recipients get one part, two …"""
    abroad: int = 0
    """How many of the recipients have a foreign number."""
    unpriced: int = 0
    """Parts to countries no price is known for: not in `cost`."""
    cost: int = 0
    """Öre."""
    cheap_cost: int = 0
    """Öre if the dear characters of the text were left out; the same as `cost` when there are none."""
    over: int = 0
    """How many places must go for everybody to get a part less; 0 when nobody gets more than one."""
    shortest: Letter | None = None
    longest: Letter | None = None
    dearest: Letter | None = None
    without: Letter | None = None
    """Somebody for whom a field without fallback has no value."""
    missing: dict[str, list[int]] = field(default_factory=dict)
    """Field → the people for whom it has neither value nor fallback."""

    @property
    def parts(self) -> int:
        """The sum of parts."""
        return sum(size * many for size, many in self.by_parts.items())

    @property
    def usual(self) -> int:
        """How many parts most recipients get."""
        return self.by_parts.most_common(1)[0][0] if self.by_parts else 1

    @property
    def most(self) -> int:
        """The most parts anybody gets."""
        return max(self.by_parts, default=0)


class Writer:
    """Fills in one blast's text for anybody: prepared once for each association, then a replacement or two."""

    def __init__(self, session: Session, blast: Blast, base: str, now: datetime) -> None:
        """`base` = the address links begin with, such as https://rundan.example."""
        self.template = whole(session, blast)
        self.links = tuple(name for name in LINKS if f"{{{name}" in self.template)
        self.base = base
        self._common = _common(session, blast)
        self._places = _places(session, blast, now)
        self._ready: dict[tuple[int, bool], str] = {}
        self._holes: dict[tuple[int, bool], list[str]] = {}
        self._trial = {kind: "0" * personal_links.LENGTH for kind, _path in LINKS.values()}

    def text(self, recipient: Recipient, tokens: dict[str, str] | None = None) -> str:
        """The recipient's text; without `tokens` (link kind → token) with links of the right length that lead nowhere."""
        named = bool(recipient.first_name)
        key = (recipient.association_id, named)
        text = self._ready.get(key) or self._prepare(key)
        for name in self.links:
            kind, path = LINKS[name]
            text = text.replace(_MARKS[name], self.base + path + (tokens or self._trial)[kind])
        return text.replace(_NAME, _first_name(recipient.first_name)) if named else text

    def missing(self, recipient: Recipient) -> list[str]:
        """The fields without fallback that this recipient has no value for."""
        key = (recipient.association_id, bool(recipient.first_name))
        if key not in self._holes:
            self._holes[key] = sms_text.missing(self.template, self._values(*key))
        return self._holes[key]

    def _prepare(self, key: tuple[int, bool]) -> str:
        ready = self._ready[key] = sms_text.filled(self.template, self._values(*key)).strip()
        return ready

    def _values(self, association_id: int, named: bool) -> dict[str, str | None]:
        place, chair = self._places.get(association_id, ("", ""))
        personal: dict[str, str | None] = {"förnamn": _NAME if named else "", "förening": place, "ordförande": chair}
        return {**dict.fromkeys(sms_text.FIELDS), **self._common, **_MARKS, **personal}


def whole(session: Session, blast: Blast) -> str:
    """The blast's text with the sender and the way out, which nobody can leave out (D24)."""
    names = session.execute(
        sa.select(Association.name, Association.short_name).where(Association.id == blast.association_id)
    ).one()
    body = blast.body.strip()
    signed = "{avsändare" in body or any(name.casefold() in body.casefold() for name in (*names, blast.sender) if name)
    way_out = LINK if blast.sender else REPLY
    return f"{body}\n{'' if signed else '{avsändare}. '}{way_out}"


def figures(writer: Writer, recipients: Iterable[Recipient], settings: SmsSettings) -> Figures:
    """Count every recipient's real text, at the prices of the settings."""
    found = Figures()
    dear = str.maketrans(dict.fromkeys(sms_text.dear(writer.template)))
    for recipient in recipients:
        text = writer.text(recipient)
        size = sms_text.parts(text)
        found.recipients += 1
        found.by_parts[size] += 1
        price = sms_prices.of(recipient.e164, settings.price, settings.prices_abroad)
        found.cost += size * (price or 0)
        found.cheap_cost += (sms_text.parts(text.translate(dear)) if dear else size) * (price or 0)
        found.abroad += not recipient.e164.startswith(sms_prices.HOME)
        found.unpriced += size if price is None else 0
        _examples(found, recipient.person_id, text, size)
        for name in writer.missing(recipient):
            found.missing.setdefault(name, []).append(recipient.person_id)
            found.without = found.without or Letter(recipient.person_id, text, size)
    found.over = _over(found)
    return found


def _examples(found: Figures, person_id: int, text: str, size: int) -> None:
    """Keep the shortest, the longest and the dearest of all so far."""
    length = len(text)
    if found.shortest is None or length < len(found.shortest.text):
        found.shortest = Letter(person_id, text, size)
    if found.longest is None or length > len(found.longest.text):
        found.longest = Letter(person_id, text, size)
    if found.dearest is None or (size, length) > (found.dearest.parts, len(found.dearest.text)):
        found.dearest = Letter(person_id, text, size)


def _over(found: Figures) -> int:
    """How many places the dearest text must lose to take one part less."""
    if found.dearest is None or found.dearest.parts == 1:
        return 0
    text, fewer = found.dearest.text, found.dearest.parts - 1
    alone, each = (160, 153) if sms_text.gsm(text) else (70, 67)
    return max(1, sms_text.places(text) - (alone if fewer == 1 else each * fewer))


def _common(session: Session, blast: Blast) -> dict[str, str | None]:
    """What is the same for everybody: the sender and the activity."""
    sender = blast.sender or session.scalar(sa.select(Association.name).where(Association.id == blast.association_id))
    values: dict[str, str | None] = {"avsändare": sender}
    if blast.activity_id:
        activity = session.get(Activity, blast.activity_id)
        if activity:
            starts = local(activity.starts_at)
            values |= {
                "aktivitet": activity.title, "datum": f"{starts.day} {MONTHS[starts.month - 1]}",
                "tid": f"{starts:%H.%M}", "plats": activity.place,
            }  # fmt: skip
    return {name: value and sms_text.clean(value) for name, value in values.items()}


def _places(session: Session, blast: Blast, now: datetime) -> dict[int, tuple[str, str]]:
    """Association id → its short name and its chair, for every place the blast reaches."""
    path = sa.select(Association.path).where(Association.id == blast.association_id).scalar_subquery()
    today = local_day(now)
    chairs = session.execute(
        sa.select(Role.association_id, Account.name)
        .join(Account, Account.id == Role.account_id)
        .where(
            Role.name == RoleName.CHAIR, Role.from_day <= today,
            sa.or_(Role.to_day.is_(None), Role.to_day > today), Account.disabled_at.is_(None),
        )
        .order_by(Role.id.desc())
    )  # fmt: skip
    chair = {row.association_id: row.name for row in chairs}
    rows = session.execute(sa.select(Association.id, Association.short_name).where(Association.path.startswith(path)))
    return {row.id: (sms_text.clean(row.short_name), sms_text.clean(chair.get(row.id, ""))) for row in rows}


@lru_cache(maxsize=16384)
def _first_name(name: str) -> str:
    return sms_text.clean(name)
