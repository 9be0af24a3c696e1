"""How alive is each association? People counted from the ledger, every figure with its denominator; reads, never writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from organizer import settings
from organizer.db import days_after, there_is
from organizer.models import ACTIVATION, Event, Fee, Kind
from organizer.settings import PAID

ACTIVE_DAYS = 365
"""A member is active who has done something in this many days, today included (P§6.2 `active`)."""
SIGN_UP_DAYS = 14
"""A sign-up counts for a campaign until this many days after its end."""
EFFECT_DAYS = 60
"""Attendance and activation count for a campaign until this many days after its end."""

Population = sa.Select[*tuple[Any, ...]]
"""People to count: a SELECT of person_id and association_id, and columns of their own (`by_association`)."""

REACHING = (Kind.ATTEMPT, Kind.CONTACT, Kind.CONVERSATION, Kind.RESPONSE)
"""What a campaign's own calls lead to; counted for a campaign only from its own rows (D1)."""
TOUCH = (Kind.CONTACT, Kind.CONVERSATION, Kind.MESSAGE)
"""A contact outside any campaign: also a delivered message (P§6.1)."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many people; adding two pools them (sum ÷ sum, never a mean of percentages, P§6.5)."""

    part: int
    whole: int

    def __add__(self, other: "Share") -> "Share":
        return Share(self.part + other.part, self.whole + other.whole)

    @property
    def percent(self) -> int:
        """Whole per cent, halves upwards; 0 of nothing."""
        return (200 * self.part + self.whole) // (2 * self.whole) if self.whole else 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a campaign or a period in one association: people, not calls (P§6.2)."""

    association_id: int
    people: int
    """T or M(A, end): the denominator of all but `activated`."""
    sought: Share
    contacted: Share
    reached: Share
    responded: Share
    signed_up: Share
    attended: Share
    activated: Share
    """Of those who were not active at the start."""

    def __add__(self, other: "Figures") -> "Figures":
        steps = {step: getattr(self, step) + getattr(other, step) for step in STEPS}
        return Figures(self.association_id, self.people + other.people, **steps)


STEPS = ("sought", "contacted", "reached", "responded", "signed_up", "attended", "activated")
"""The shares of Figures in the order of a funnel."""


def by_association(
    session: Session,
    population: Population,
    first_day: date,
    last_day: date,
    campaign_id: int | None = None,
    *,
    known_by: date | None = None,
) -> list[Figures]:
    """Count `population` (person_id, association_id) by what happened to each from `first_day` to `last_day`.

    With `campaign_id` only that campaign's calls count as sought … responded, and the ends of P§6.2 apply
    (sign-ups 14 days more, attendance and activation 60). The population may carry columns of its own for each
    person: `from_day`, `to_day` (D4) and `was_active` (D2); without them the arguments hold for everyone.
    `known_by` leaves out what happened after that day, for figures that must stand still (D7).
    """
    person = person_by_person(population, first_day, last_day, campaign_id, known_by=known_by).subquery("person")
    fresh = sa.case((person.c.was_active, 0), else_=1)
    rows = session.execute(
        sa.select(
            person.c.association_id,
            sa.func.count().label("people"),
            *(sa.func.sum(person.c[step]).label(step) for step in STEPS[:-1]),
            sa.func.sum(person.c.did * fresh).label("activated"),
            sa.func.sum(fresh).label("fresh"),
        ).group_by(person.c.association_id)
    )
    return [_figures(row) for row in rows]


def person_by_person(
    population: Population,
    first_day: date,
    last_day: date,
    campaign_id: int | None = None,
    *,
    known_by: date | None = None,
) -> Population:
    """One row for each person of `by_association`: a 1 for everything that happened, a 0 for what did not.

    The columns are person_id, association_id, was_active, the steps but the last, and `did`: an activation event.
    """
    people = population.cte("population")
    left = [Event.day <= known_by] if known_by else []
    begins = people.c.get("from_day", sa.literal(first_day))
    ends = people.c.get("to_day")
    in_campaign = campaign_id is not None

    def until(days: int) -> Any:
        extra = days if in_campaign else 0
        return last_day + timedelta(days=extra) if ends is None else days_after(ends, extra)

    def within(days: int) -> sa.ColumnElement[bool]:
        return sa.and_(Event.day >= begins, Event.day <= until(days))

    own = Event.campaign_id == campaign_id if in_campaign else within(0)
    signed_up = sa.and_(Event.kind == Kind.SIGN_UP, within(SIGN_UP_DAYS))
    did = sa.and_(Event.kind.in_(ACTIVATION), within(EFFECT_DAYS))
    before = first_day - timedelta(days=1)
    was_active: sa.ColumnElement[bool] = people.c.get(
        "was_active", did_something(people.c.person_id, before - timedelta(days=ACTIVE_DAYS), before)
    )
    touch = (Kind.CONTACT, Kind.CONVERSATION) if in_campaign else TOUCH
    kinds = {*REACHING, *touch, Kind.SIGN_UP, *ACTIVATION}
    return (
        sa.select(
            _each_person(people)[0].label("person_id"),
            people.c.association_id,
            was_active.label("was_active"),
            _happened(Event.kind == Kind.ATTEMPT, own).label("sought"),
            _happened(Event.kind.in_(touch), own).label("contacted"),
            _happened(Event.kind == Kind.CONVERSATION, own).label("reached"),
            _happened(Event.kind == Kind.RESPONSE, own).label("responded"),
            _happened(signed_up).label("signed_up"),
            _happened(Event.kind == Kind.ATTENDANCE, did).label("attended"),
            _happened(did).label("did"),
        )
        .select_from(people)
        .outerjoin(
            Event,
            sa.and_(
                Event.person_id == people.c.person_id,
                Event.kind.in_(sorted(kinds)),
                *left,
            ),
        )
        .group_by(*_each_person(people))
    )


def active_on(session: Session, population: Population, day: date, means: str | None = None) -> dict[int, Share]:
    """Active members per association: of `population`, those who are active on `day` as the district means it (D23).

    Whoever knows already what active `means` says so, and it is not asked again.
    """
    means = means or settings.active_means(session, day)
    return (paid_by if means == PAID else took_part_by)(session, population, day)


def took_part_by(session: Session, population: Population, day: date) -> dict[int, Share]:
    """Of `population`, those who did something in (day − 365, day]."""
    people = population.subquery()
    return _those(session, people, did_something(people.c.person_id, day - timedelta(days=ACTIVE_DAYS), day))


def paid_by(session: Session, population: Population, day: date) -> dict[int, Share]:
    """Of `population`, those who have paid the fee of the year by `day`."""
    people = population.subquery()
    fee = (Fee.person_id == people.c.person_id, Fee.year == day.year, Fee.paid_on <= day)
    return _those(session, people, there_is(Fee.person_id, *fee))


def _those(session: Session, people: sa.Subquery, are: sa.ColumnElement[bool]) -> dict[int, Share]:
    rows = session.execute(
        sa.select(people.c.association_id, sa.func.sum(sa.case((are, 1), else_=0)), sa.func.count()).group_by(
            people.c.association_id
        )
    )
    return {place: Share(part, whole) for place, part, whole in rows}


def did_something(person_id: sa.ColumnElement[int], after: Any, until: Any) -> sa.ColumnElement[bool]:
    """Whether the person has an activation event on a day in (after, until]."""
    done = aliased(Event)
    return there_is(
        done.id, done.person_id == person_id, done.kind.in_(ACTIVATION), done.day > after, done.day <= until
    )


def pooled(shares: Iterable[Share]) -> Share:
    """Many shares as one."""
    return sum(shares, Share(0, 0))


def _each_person(people: sa.CTE) -> list[sa.ColumnElement[Any]]:
    """What makes a row a person. The +0 keeps SQLite from walking a whole campaign in the order of its people."""
    if "was_active" in people.c:
        return [people.c.person_id + sa.literal_column("0"), people.c.association_id, people.c.was_active]
    return [people.c.person_id, people.c.association_id]


def _happened(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.max(sa.case((sa.and_(*conditions), 1), else_=0))


def _figures(row: Any) -> Figures:
    steps = {step: Share(row._mapping[step], row.people) for step in STEPS[:-1]}  # noqa: SLF001  its public name
    return Figures(row.association_id, row.people, **steps, activated=Share(row.activated, row.fresh))
