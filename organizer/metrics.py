"""Every metric of the activity plan, the yearly report and "så räknar vi": its words and what counts it, in one place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import activation, coverage, district_figures, joining, membership
from organizer.activation import STEPS, Share
from organizer.definitions_of_figures import DEFINITIONS, Definition
from organizer.membership import Growth
from organizer.models import Association, AssociationKind, Kind
from organizer.periods import year_end

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


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its words (Swedish, marked for translation) and how it is counted."""

    definition_of: Definition
    formula: str
    by_place: ByPlace
    people: bool = True
    """Whether it counts people, so that small groups are to be protected."""
    whole_place: Callable[[Session, Places, date, date, date], Measured] | None = None
    """How it is counted for many associations at once where adding them up would be wrong."""

    @property
    def key(self) -> str:
        """Its name in addresses, goals and archives."""
        return self.definition_of.key

    @property
    def label(self) -> str:
        """Its name on pages."""
        return self.definition_of.name

    @property
    def definition(self) -> str:
        """What is counted."""
        return self.definition_of.part

    @property
    def denominator(self) -> str:
        """Of what."""
        return self.definition_of.whole

    @property
    def example(self) -> str:
        """An example."""
        return self.definition_of.example

    @property
    def source(self) -> str:
        """Where it comes from."""
        return self.definition_of.source

    def compute(
        self, session: Session, place: Association, first_day: date, last_day: date, today: date | None = None
    ) -> Measured:
        """The metric of one association, or of everything below a district, from `first_day` to `last_day`.

        `today` is the day from which it is seen (default: the last day): who joined lately may still be in time.
        """
        today = today or last_day
        places = district_figures.below(place.path)
        if self.whole_place is not None:
            return self.whole_place(session, places, first_day, min(last_day, today), today)
        return pooled(self.by_association(session, place, first_day, last_day, today).values())

    def by_association(
        self, session: Session, place: Association, first_day: date, last_day: date, today: date | None = None
    ) -> dict[int, Measured]:
        """`compute` for each association at or below `place`; one with nobody in the denominator may be missing."""
        today = today or last_day
        path = district_figures.district_of(session, place).path
        places = district_figures.below(place.path)
        return self.by_place(session, places, first_day, min(last_day, today), today, path)


def pooled(found: Any) -> Measured:
    """Many associations as one: sum ÷ sum."""
    found = list(found)
    parts: dict[str, int] = {}
    for one in found:
        for name, number in (one.parts or {}).items():
            parts[name] = parts.get(name, 0) + number
    if any(one.number is not None for one in found):
        return Measured(number=sum(one.number or 0 for one in found), parts=parts or None)
    return Measured(sum(one.part for one in found), sum(one.whole for one in found))


def _shares(found: Mapping[int, Share]) -> dict[int, Measured]:
    return {place: Measured(share.part, share.whole) for place, share in found.items()}


def _step(step: str) -> ByPlace:
    def count(
        session: Session, places: Places, first: date, last: date, _today: date, _path: str
    ) -> dict[int, Measured]:
        people = membership.members_on(last, places)
        found = activation.by_association(session, people, first, last)
        return {one.association_id: Measured(getattr(one, step).part, getattr(one, step).whole) for one in found}

    return count


def _members(
    session: Session, places: Places, _first: date, last: date, _today: date, _path: str
) -> dict[int, Measured]:
    return {place: Measured(number=number) for place, number in membership.counted(session, last, places).items()}


def _joined(session: Session, places: Places, first: date, last: date, _today: date, _path: str) -> dict[int, Measured]:
    return {
        place: Measured(number=one.joined) for place, one in membership.growth(session, first, last, places).items()
    }


def _growth(session: Session, places: Places, first: date, last: date, _today: date, _path: str) -> dict[int, Measured]:
    found = membership.growth(session, first, last, places)
    return {place: Measured(number=one.net, parts=_parts(one)) for place, one in found.items()}


def _parts(growth: Growth) -> dict[str, int]:
    names = ("joined", "moved_in", "merged_in", "left", "moved_out", "deceased", "merged_out")
    return {name: getattr(growth, name) for name in names}


def _active(
    session: Session, places: Places, _first: date, last: date, _today: date, _path: str
) -> dict[int, Measured]:
    return _shares(activation.active_on(session, membership.members_on(last, places), last))


def _active_at_year_end(
    session: Session, places: Places, _first: date, last: date, today: date, _path: str
) -> dict[int, Measured]:
    day = year_end(last, today)
    return _shares(activation.took_part_by(session, membership.members_on(day, places), day))


def _paid_at_year_end(
    session: Session, places: Places, _first: date, last: date, today: date, _path: str
) -> dict[int, Measured]:
    day = year_end(last, today)
    return _shares(activation.paid_by(session, membership.members_on(day, places), day))


def _renewed(
    session: Session, places: Places, _first: date, last: date, _today: date, path: str
) -> dict[int, Measured]:
    return _shares(membership.renewed(session, last, places, path))


def _new(*kinds: Kind) -> ByPlace:
    def count(
        session: Session, places: Places, first: date, last: date, today: date, _path: str
    ) -> dict[int, Measured]:
        return _shares(membership.new_in_time(session, first, last, today, places, *kinds))

    return count


def _days(session: Session, places: Places, first: date, last: date, today: date, _path: str) -> dict[int, Measured]:
    found = joining.days_to_contact(session, first, last, today, places)
    return {place: Measured(whole=len(days), number=joining.median(days)) for place, days in found.items()}


def _days_of_all(session: Session, places: Places, first: date, last: date, today: date) -> Measured:
    found = joining.days_to_contact(session, first, last, today, places)
    days = [one for some in found.values() for one in some]
    return Measured(whole=len(days), number=joining.median(days))


def _offered(
    session: Session, places: Places, first: date, last: date, _today: date, _path: str
) -> dict[int, Measured]:
    return _shares(joining.offered_course(session, first, last, places))


def _cover(session: Session, places: Places, first: date, last: date, _today: date, _path: str) -> dict[int, Measured]:
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


_WORDS = {one.key: one for one in DEFINITIONS}
_COUNTED: dict[str, ByPlace] = {
    "members": _members, "joined": _joined, "growth": _growth,
    "active": _active, "active_ye": _active_at_year_end, "paid_ye": _paid_at_year_end,
    "new_n": _new(), "new_inv": _new(Kind.INVITATION), "new_days": _days, "renewed": _renewed,
    **{step: _step(step) for step in STEPS},
    "offered": _offered, "cover": _cover,
}  # fmt: skip

METRICS: dict[str, Metric] = {
    key: Metric(
        _WORDS[key], _WORDS[key].formula, count, people=key != "cover",
        whole_place=_days_of_all if key == "new_days" else None,
    )
    for key, count in _COUNTED.items()
}  # fmt: skip
"""Every metric of P§6.2 by its key, and the two counts that plan goals also use: members and those who have joined."""
