"""What a selection can ask of a member: one class per kind, each with its SQL, its words and its checks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, Protocol, Self

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from organizer.models import ACTIVATION, Association, BlockedNumber, Event, Fee, Kind, Membership, PersonTag, Phone
from organizer.words import N_, Refused

MOST_DAYS = 36500
MOST_IDS = 500
Names = Mapping[tuple[str, int], str]
"""The names of associations and tags: ("association", 3) -> "Timrå"."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of a sentence, with its values, in Swedish; whoever shows it translates it."""

    sentence: str
    values: Mapping[str, Any]


class Condition(Protocol):
    """Something a member fulfils or not."""

    kind: ClassVar[str]

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Self:
        """Take it out of a definition; Refused in words, with the field, when it makes no sense."""

    def where(self, today: date) -> sa.ColumnElement[bool]:
        """The condition on a row of `memberships`."""

    def phrase(self, names: Names) -> Phrase:
        """What follows *som* in "Medlemmar som …"; for places, what follows *Medlemmar i*."""


@dataclass(frozen=True, slots=True)
class InAssociation:
    """Belongs to one of these associations or, with `below`, to one under them."""

    kind: ClassVar[str] = "association"
    ids: tuple[int, ...]
    below: bool

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Self:
        """At least one association."""
        return cls(_ids(raw, N_("Välj minst en förening.")), _yes(raw, "below", default=True))

    def where(self, today: date) -> sa.ColumnElement[bool]:  # noqa: ARG002
        """The tree's paths make everything below one LIKE."""
        if not self.below:
            return Membership.association_id.in_(self.ids)
        here, top = aliased(Association), aliased(Association)
        return Membership.association_id.in_(
            sa.select(here.id).join(top, here.path.like(top.path.concat("%"))).where(top.id.in_(self.ids))
        )

    def phrase(self, names: Names) -> Phrase:
        """The names of the places."""
        return Phrase(N_("i %(names)s"), {"names": _named(names, "association", self.ids)})


@dataclass(frozen=True, slots=True)
class HasTag:
    """Has at least one of these tags, or none of them."""

    kind: ClassVar[str] = "tag"
    ids: tuple[int, ...]
    is_so: bool

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Self:
        """At least one tag."""
        return cls(_ids(raw, N_("Välj minst en märkning.")), _yes(raw, "is", default=True))

    def where(self, today: date) -> sa.ColumnElement[bool]:  # noqa: ARG002
        """A row in person_tags, or none."""
        tagged = sa.exists().where(PersonTag.person_id == Membership.person_id, PersonTag.tag_id.in_(self.ids))
        return tagged if self.is_so else ~tagged

    def phrase(self, names: Names) -> Phrase:
        """The names of the tags."""
        text = N_("har märkningen %(names)s") if self.is_so else N_("inte har märkningen %(names)s")
        return Phrase(text, {"names": _named(names, "tag", self.ids)})


@dataclass(frozen=True, slots=True)
class JoinedWithin:
    """Joined or came back at most so many days ago; without a join date nobody is new (D20), and a move is no joining."""

    kind: ClassVar[str] = "joined_within"
    days: int

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Self:
        """A number of days."""
        return cls(_days(raw))

    def where(self, today: date) -> sa.ColumnElement[bool]:
        """Any interval of the person that began with joining: moving on since then does not make less new."""
        joined = aliased(Membership)
        return sa.exists().where(
            joined.person_id == Membership.person_id,
            joined.from_why.in_(("joined", "returned")),
            joined.from_day.between(today - timedelta(days=self.days), today),
        )

    def phrase(self, names: Names) -> Phrase:  # noqa: ARG002
        """How long ago."""
        return Phrase(N_("gått med de senaste %(days)s dagarna"), {"days": self.days})


@dataclass(frozen=True, slots=True)
class Since:
    """Nothing of some kinds has happened since a day, or in so many days."""

    kind: ClassVar[str] = ""
    happenings: ClassVar[tuple[Kind, ...]] = ()
    in_days: ClassVar[str] = ""
    since_day: ClassVar[str] = ""
    days: int | None
    day: date | None

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Self:
        """Either `days` or `day`."""
        if raw.get("day") not in (None, ""):
            return cls(None, _day(raw))
        return cls(_days(raw), None)

    def where(self, today: date) -> sa.ColumnElement[bool]:
        """No such row in the ledger from that day on."""
        first = self.day or today - timedelta(days=self.days or 0)
        return ~sa.exists().where(
            Event.person_id == Membership.person_id, Event.kind.in_(self.happenings), Event.day >= first
        )

    def phrase(self, names: Names) -> Phrase:  # noqa: ARG002
        """Since when."""
        if self.day:
            return Phrase(self.since_day, {"day": self.day})
        return Phrase(self.in_days, {"days": self.days})


class NotContactedSince(Since):
    """Nobody has reached this person, by voice, voicemail or message (P§6.1 *Contact*)."""

    __slots__ = ()
    kind = "not_contacted_since"
    happenings = (Kind.CONTACT,)
    in_days = N_("inte kontaktats på %(days)s dagar")
    since_day = N_("inte kontaktats sedan %(day)s")


class NotActiveSince(Since):
    """No activation event (P§6.1): signing up is not enough, every effort counts."""

    __slots__ = ()
    kind = "not_active_since"
    happenings = ACTIVATION
    in_days = N_("inte deltagit på %(days)s dagar")
    since_day = N_("inte deltagit sedan %(day)s")


@dataclass(frozen=True, slots=True)
class Renewed:
    """Has paid the fee of a year, or has not."""

    kind: ClassVar[str] = "renewed"
    year: int
    is_so: bool

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Self:
        """A year of four digits."""
        year = _whole(raw.get("year"))
        if year is None or not 1900 <= year <= 2200:
            raise Refused("Skriv året med fyra siffror, till exempel 2026.", field="year")
        return cls(year, _yes(raw, "is", default=True))

    def where(self, today: date) -> sa.ColumnElement[bool]:  # noqa: ARG002
        """A row in fees, or none."""
        paid = sa.exists().where(Fee.person_id == Membership.person_id, Fee.year == self.year)
        return paid if self.is_so else ~paid

    def phrase(self, names: Names) -> Phrase:  # noqa: ARG002
        """Which year."""
        text = N_("har betalat avgiften för %(year)s") if self.is_so else N_("inte har betalat avgiften för %(year)s")
        return Phrase(text, {"year": str(self.year)})


@dataclass(frozen=True, slots=True)
class HasNumber:
    """Can be rung: has a number, of any kind or of one, that is not known to be somebody else's."""

    kind: ClassVar[str] = "has_number"
    words: ClassVar[dict[str, str]] = {
        "any": N_("har telefonnummer"),
        "mobile": N_("har mobilnummer"),
        "landline": N_("har fast telefon"),
    }
    number: str

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Self:
        """One of three kinds."""
        number = raw.get("number", "any")
        if not isinstance(number, str) or number not in cls.words:
            raise Refused("Välj vilket slags telefonnummer.", field="number")
        return cls(number)

    def where(self, today: date) -> sa.ColumnElement[bool]:  # noqa: ARG002
        """A phone that is not blocked (D14)."""
        blocked = sa.exists().where(BlockedNumber.e164 == Phone.e164)
        have = sa.exists().where(Phone.person_id == Membership.person_id, ~blocked)
        return have if self.number == "any" else have.where(Phone.kind == self.number)

    def phrase(self, names: Names) -> Phrase:  # noqa: ARG002
        """Which kind."""
        return Phrase(self.words[self.number], {})


CONDITIONS: dict[str, Callable[[Mapping[str, Any]], Condition]] = {
    one.kind: one.read
    for one in (InAssociation, HasTag, JoinedWithin, NotContactedSince, NotActiveSince, Renewed, HasNumber)
}


def _whole(value: object) -> int | None:
    """A whole number, never a truth value or a fraction."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _ids(raw: Mapping[str, Any], none: str) -> tuple[int, ...]:
    given = raw.get("ids")
    wanted = [_whole(one) for one in given] if isinstance(given, list) else []
    found = tuple(dict.fromkeys(one for one in wanted if one is not None and 0 < one < 2**31))
    if not found or len(found) != len(set(wanted)) or len(found) > MOST_IDS:
        raise Refused(none, field="ids")
    return found


def _yes(raw: Mapping[str, Any], key: str, *, default: bool) -> bool:
    value = raw.get(key, default)
    if not isinstance(value, bool):
        raise Refused("Välj ett av alternativen.", field=key)
    return value


def _days(raw: Mapping[str, Any]) -> int:
    days = _whole(raw.get("days"))
    if days is None or not 1 <= days <= MOST_DAYS:
        raise Refused("Skriv antalet dagar som ett helt tal mellan 1 och %(most)s.", field="days", most=MOST_DAYS)
    return days


def _day(raw: Mapping[str, Any]) -> date:
    try:
        day = date.fromisoformat(raw["day"])
    except (TypeError, ValueError):
        day = date.min
    if not 1900 <= day.year <= 2200:
        raise Refused("Skriv datumet som år-månad-dag, till exempel 2026-01-31.", field="day")
    return day


def _named(names: Names, kind: str, ids: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(names.get((kind, one), "?") for one in ids)
