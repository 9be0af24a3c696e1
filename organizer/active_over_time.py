"""Active members month by month: the line of the chair's page, this year beside the one before."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import figure_archive, settings
from organizer.activation import ACTIVE_DAYS, TOUCH, Share
from organizer.models import ACTIVATION, Event, Fee, Kind, Membership
from organizer.settings import PAID


def active_on_days(session: Session, association_id: int, days: list[date], means: str | None = None) -> list[Share]:
    """`activation.active_on` of one association for many days at once, in two statements.

    Each person becomes a number with one bit for each day: a member then, active then. An event makes one active
    on every day in [event, event + 365), so it sets a run of bits.
    """
    found = person_by_person(session, Membership.association_id == association_id, days, means)
    wholes, parts = Counter(member for member, _ in found.values()), Counter(active for _, active in found.values())
    return [Share(_with_bit(parts, n), _with_bit(wholes, n)) for n in range(len(days))]


def person_by_person(
    session: Session, which: sa.ColumnElement[bool], days: list[date], means: str | None = None
) -> dict[tuple[int, int], tuple[int, int]]:
    """(person, place) → on which of the days they were a member there, and an active one: a bit for each day.

    `which` chooses memberships, by their association or by their person.
    """
    spans = session.execute(_intervals(which, days))
    member = _runs(days, (((person, place), begins, ends) for person, place, begins, ends in spans))
    active = _runs(
        days, (_paid if (means or settings.active_means(session, max(days))) == PAID else _done)(session, which, days)
    )
    return {key: (bits, bits & active.get((key[0],), 0)) for key, bits in member.items()}


def month_ends(year: int, today: date) -> list[date]:
    """The last day of each month of `year` so far; the present month ends today."""
    firsts = [date(year, month, 1) for month in range(2, 13)] + [date(year + 1, 1, 1)]
    ends = [first - timedelta(days=1) for first in firsts]
    return [*(day for day in ends if day < today), *([today] if today.year == year else [])][:12]


def known_since(session: Session, association_id: int, means: str) -> date | None:
    """From which day the number of active members is the whole truth; before it nothing can be compared.

    A year after the first thing anybody is known to have done, or the day the first fee is known to have been paid.
    """
    if means == PAID:
        ours = sa.select(Membership.person_id).where(Membership.association_id == association_id)
        return session.scalar(sa.select(sa.func.min(Fee.paid_on)).where(Fee.person_id.in_(ours)))
    of_each = (
        sa.select(sa.func.min(Event.day)).where(Event.association_id == association_id, Event.kind == kind)
        for kind in ACTIVATION
    )
    first = min((day for day in session.scalars(sa.union_all(*of_each)) if day), default=None)
    return first + timedelta(days=ACTIVE_DAYS) if first else None


def reached_since(session: Session, places: list[int], day: date) -> bool:
    """Whether it is known since a day, or longer, whom anybody at these places has been in contact with."""
    return known_of(session, places, TOUCH, day)


def known_of(session: Session, places: list[int] | sa.Select[int], kinds: Iterable[Kind], day: date) -> bool:
    """Whether something of these kinds was written down by a day, so that what is missing after it did not happen."""
    first = session.scalar(
        sa.select(Event.id)
        .where(Event.association_id.in_(places), Event.kind.in_(tuple(kinds)), Event.day <= day)
        .limit(1)
    )
    begun = figure_archive.begun(session) if first is None else None
    return first is not None or (begun is not None and begun <= day)


def _runs(days: list[date], spans: Iterable[Any]) -> dict[Any, int]:
    bits: dict[Any, int] = {}
    runs: dict[Any, int] = {}
    for whose, begins, ends in spans:
        run = runs.get((begins, ends))
        if run is None:
            run = runs[begins, ends] = sum(
                1 << n
                for n, day in enumerate(days)
                if (begins is None or begins <= day) and (ends is None or day < ends)
            )
        bits[tuple(whose)] = bits.get(tuple(whose), 0) | run
    return bits


def _intervals(which: sa.ColumnElement[bool], days: list[date]) -> Any:
    here = sa.select(Membership.person_id, Membership.association_id, Membership.from_day, Membership.to_day)
    return here.where(which, sa.or_(Membership.to_day.is_(None), Membership.to_day > min(days)))


def _done(session: Session, which: sa.ColumnElement[bool], days: list[date]) -> list[Any]:
    """From when to when each thing somebody did makes them active."""
    people = _intervals(which, days).subquery()
    rows = session.execute(
        sa.select(Event.person_id, Event.day)
        .where(
            Event.person_id.in_(sa.select(people.c.person_id)),
            Event.kind.in_(ACTIVATION),
            Event.day > min(days) - timedelta(days=ACTIVE_DAYS),
            Event.day <= max(days),
        )
        .distinct()
    )
    return [((person,), day, day + timedelta(days=ACTIVE_DAYS)) for person, day in rows]


def _paid(session: Session, which: sa.ColumnElement[bool], days: list[date]) -> list[Any]:
    """From when to when each fee makes somebody paid-up: the rest of its year."""
    people = _intervals(which, days).subquery()
    rows = session.execute(
        sa.select(Fee.person_id, Fee.year, Fee.paid_on).where(
            Fee.person_id.in_(sa.select(people.c.person_id)), Fee.year.between(min(days).year, max(days).year)
        )
    )
    return [((person,), max(paid_on, date(year, 1, 1)), date(year + 1, 1, 1)) for person, year, paid_on in rows]


def _with_bit(numbers: Counter[int], n: int) -> int:
    return sum(many for bits, many in numbers.items() if bits >> n & 1)
