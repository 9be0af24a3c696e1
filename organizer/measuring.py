"""How each metric is counted for every association of a district, and what a metric is (its words stand in metrics)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import activation, archived_figures, coverage, district_figures, joining, membership
from organizer.activation import Figures, Share
from organizer.membership import Growth
from organizer.models import Association, AssociationKind, Kind
from organizer.periods import Period, year_end

Places = sa.Select[int]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a metric came to: `part` of `whole`, or a `number` alone; None where there is nothing to tell.

    Two of people or associations pool as sum ÷ sum (P§6.5); a median does not pool and is counted for the whole place.
    """

    part: int | None = None
    whole: int | None = None
    number: int | None = None
    parts: Mapping[str, int] | None = None
    """What a net change consists of, always listed with it."""

    @property
    def share(self) -> Share | None:
        """Part of whole as a share; None for a number alone."""
        return None if self.part is None or self.whole is None else Share(self.part, self.whole)

    @property
    def value(self) -> int | None:
        """What a goal is held against when it is a count: the part, or the number."""
        return self.part if self.number is None else self.number


ByPlace = Callable[[Session, Places, date, date, date, str], dict[int, Measured]]
"""(session, places, first day, last day, today, path of the district) → each association's own."""
WholePlace = Callable[[Session, Places, date, date, date], Measured]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its words (Swedish, marked for translation) and how it is counted, side by side."""

    key: str
    """Its name in addresses, goals and archives."""
    label: str
    """Its name on pages."""
    definition: str
    """What is counted."""
    denominator: str
    """Of what."""
    formula: str
    """The same as a sum in words."""
    example: str
    source: str
    """Where it comes from."""
    by_place: ByPlace
    people: bool = True
    """Whether it counts people, so that small groups are to be protected."""
    whole_place: WholePlace | None = None
    """How it is counted for many associations at once where adding them up would be wrong."""
    term: str = ""
    """The term of retention after which what it is counted from is gone; none for what the register says."""
    looks_back: int = 0
    """Days before the period that it also asks about."""
    number: bool = False
    """Whether it comes to a number alone and not a share."""
    at_year_end: bool = False
    """Whether it is of the turn of the year in which the period ends."""

    def compute(
        self,
        session: Session,
        place: Association,
        first_day: date,
        last_day: date,
        today: date | None = None,
        *,
        instead: ByPlace | None = None,
    ) -> Measured:
        """The metric of one association, or of everything below a district, from `first_day` to `last_day`.

        `today` is the day from which it is seen (default: the last day): who joined lately may still be in time. A
        closed month or year that is in the archive of figures is read there (D6). Nothing to tell (None) of a period to
        come, or of one whose details are forgotten and that is not in the archive. `instead` knows the same numbers
        without counting them once more.
        """  # fmt: skip
        if self.whole_place is None:
            found = self._found(session, place, first_day, last_day, today or last_day, instead or self.by_place)
            return Measured() if found is None else pooled(found.values())
        today, period = today or last_day, Period("", "", first_day, last_day)
        kept = self._kept(session, sa.select(Association.id).where(Association.id == place.id), period, today)
        if kept is not None:
            return kept.get(place.id, Measured())
        if not self._known(session, period, today):
            return Measured()
        return self.whole_place(session, district_figures.at_or_below(place), first_day, min(last_day, today), today)

    def by_association(
        self, session: Session, place: Association, first_day: date, last_day: date, today: date | None = None
    ) -> dict[int, Measured]:
        """`compute` for each association at or below `place`; one with nobody in the denominator may be missing."""
        return self._found(session, place, first_day, last_day, today or last_day, self.by_place) or {}

    def _found(
        self, session: Session, place: Association, first: date, last: date, today: date, count: ByPlace
    ) -> dict[int, Measured] | None:
        """Each association's own, kept or counted; None where there is nothing to tell."""
        places, period = district_figures.at_or_below(place), Period("", "", first, last)
        kept = self._kept(session, places, period, today)
        if kept is not None:
            return kept
        if not self._known(session, period, today):
            return None
        path = district_figures.district_of(session, place).path
        return count(session, places, first, min(last, today), today, path)

    def _kept(self, session: Session, places: Places, period: Period, today: date) -> dict[int, Measured] | None:
        """What the archive of figures says, if it has the period."""
        scope = period.scope
        if self.at_year_end:
            scope = f"{period.last_day.year}-12" if today.year > period.last_day.year else None
        if not self.people or scope is None or (period.last_day >= today and not self.at_year_end):
            return None
        rows = archived_figures.of_metric(session, scope, self.key, places)
        return None if rows is None else {place: self._read(shares) for place, shares in rows.items()}

    def _read(self, shares: Mapping[str, Share]) -> Measured:
        """What was archived of one place, as it was measured."""
        found = shares.get(self.key)
        if found is None:
            return Measured()
        if not self.number:
            return Measured(found.part, found.whole)
        parts = {key.partition(":")[2]: one.part for key, one in shares.items() if ":" in key}
        return Measured(whole=found.whole or None, number=found.part, parts=parts or None)

    def written(self, found: Measured) -> dict[str, Share]:
        """What is to be archived of one place; the other way round from reading it."""
        if not self.number:
            return {} if found.share is None else {self.key: found.share}
        if found.number is None:
            return {}
        parts = {f"{self.key}:{name}": Share(number, 0) for name, number in (found.parts or {}).items()}
        return {self.key: Share(found.number, found.whole or 0), **parts}

    def _known(self, session: Session, period: Period, today: date) -> bool:
        """Whether the period has begun and everything it asks about is still there."""
        if period.first_day > today:
            return False
        return archived_figures.still_there(
            session, period.first_day - timedelta(days=self.looks_back), today, self.term
        )


def pooled(found: Iterable[Measured]) -> Measured:
    """Many associations as one: sum ÷ sum."""
    found = list(found)
    parts: dict[str, int] = {}
    for one in found:
        for name, number in (one.parts or {}).items():
            parts[name] = parts.get(name, 0) + number
    if any(one.number is not None for one in found):
        return Measured(number=sum(one.number or 0 for one in found), parts=parts or None)
    return Measured(sum(one.part or 0 for one in found), sum(one.whole or 0 for one in found))


def _shares(found: Mapping[int, Share]) -> dict[int, Measured]:
    return {place: Measured(share.part, share.whole) for place, share in found.items()}


def funnel(name: str, found: Iterable[Figures]) -> dict[int, Measured]:
    """One step of funnels that have been counted."""
    return _shares({one.association_id: getattr(one, name) for one in found})


def step(name: str) -> ByPlace:
    """One step of the funnel, of the members on the last day."""

    def count(
        session: Session, places: Places, first: date, last: date, _today: date, _path: str
    ) -> dict[int, Measured]:
        people = membership.members_on(last, places)
        return funnel(name, activation.by_association(session, people, first, last))

    return count


def members(
    session: Session, places: Places, _first: date, last: date, _today: date, _path: str
) -> dict[int, Measured]:
    """How many are members on the last day."""
    return {place: Measured(number=number) for place, number in membership.counted(session, last, places).items()}


def joined(session: Session, places: Places, first: date, last: date, _today: date, _path: str) -> dict[int, Measured]:
    """How many became members, or came back, in the period."""
    return {
        place: Measured(number=one.joined) for place, one in membership.growth(session, first, last, places).items()
    }


def growth(session: Session, places: Places, first: date, last: date, _today: date, _path: str) -> dict[int, Measured]:
    """The net change with everything it consists of."""
    found = membership.growth(session, first, last, places)
    return {place: Measured(number=one.net, parts=_parts(one)) for place, one in found.items()}


def _parts(growth: Growth) -> dict[str, int]:
    names = ("joined", "moved_in", "merged_in", "left", "moved_out", "deceased", "merged_out")
    return {name: getattr(growth, name) for name in names}


def active(session: Session, places: Places, _first: date, last: date, _today: date, _path: str) -> dict[int, Measured]:
    """Active on the last day, as the setting means it then."""
    return _shares(activation.active_on(session, membership.members_on(last, places), last))


def active_at_year_end(
    session: Session, places: Places, _first: date, last: date, today: date, _path: str
) -> dict[int, Measured]:
    """Took part in the year up to its end, or up to today."""
    day = year_end(last, today)
    return _shares(activation.took_part_by(session, membership.members_on(day, places), day))


def paid_at_year_end(
    session: Session, places: Places, _first: date, last: date, today: date, _path: str
) -> dict[int, Measured]:
    """Have paid the year's fee by its end, or by today."""
    day = year_end(last, today)
    return _shares(activation.paid_by(session, membership.members_on(day, places), day))


def renewed(session: Session, places: Places, _first: date, last: date, _today: date, path: str) -> dict[int, Measured]:
    """Of the members on 1 January, those who have paid by the last day."""
    return _shares(membership.renewed(session, last, places, path))


def new(*kinds: Kind) -> ByPlace:
    """New members with a first personal contact, or something of `kinds`, in time."""

    def count(
        session: Session, places: Places, first: date, last: date, today: date, _path: str
    ) -> dict[int, Measured]:
        return _shares(membership.new_in_time(session, first, last, today, places, *kinds))

    return count


def days(session: Session, places: Places, first: date, last: date, today: date, _path: str) -> dict[int, Measured]:
    """The median of days to the first contact, association by association."""
    found = joining.days_to_contact(session, first, last, today, places)
    return {place: Measured(whole=len(days), number=joining.median(days)) for place, days in found.items()}


def days_of_all(session: Session, places: Places, first: date, last: date, today: date) -> Measured:
    """The median of everybody together: medians do not add up."""
    found = joining.days_to_contact(session, first, last, today, places)
    days = [one for some in found.values() for one in some]
    return Measured(whole=len(days), number=joining.median(days))


def offered(session: Session, places: Places, first: date, last: date, _today: date, _path: str) -> dict[int, Measured]:
    """Members invited to a course in the period."""
    return _shares(joining.offered_course(session, first, last, places))


def cover(session: Session, places: Places, first: date, last: date, _today: date, _path: str) -> dict[int, Measured]:
    """Associations with an activity in the period."""
    return coverage_of(session, "activity", places, first, last)


def coverage_of(session: Session, rule: str, places: Places, first_day: date, last_day: date) -> dict[int, Measured]:
    """Which associations meet a rule of `coverage.RULES`: 1 of 1 or 0 of 1 each, so that they pool."""
    here = session.scalars(
        sa.select(Association.id).where(
            Association.id.in_(places), Association.kind == AssociationKind.ASSOCIATION,
            sa.or_(Association.founded_on.is_(None), Association.founded_on <= last_day),
            sa.or_(Association.closed_on.is_(None), Association.closed_on > last_day),
        )
    )  # fmt: skip
    met = coverage.RULES[rule].met(session, places, first_day, last_day)
    return {place: Measured(int(place in met), 1) for place in here}
