"""How the goals of a plan are counted: each measure gives a reading for every association at once, and one for the whole."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import metrics, settings
from organizer.district_figures import below
from organizer.metrics import METRICS, Measured
from organizer.models import (
    Activity,
    ActivityOrganizer,
    Association,
    AssociationKind,
    Motion,
    PlaceContact,
    Role,
    RoleName,
)
from organizer.periods import year_before
from organizer.plan_status import TOO_FEW, Reading
from organizer.settings import PAID
from organizer.times import local_day, moment

Readings = dict[int, Reading]
"""Association → its own reading; under the asked place's own id the reading of the whole."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be counted: where, from which day to which, and what the goal says besides."""

    place: Association
    first: date
    last: date
    """Today, or the last day of the goal if that has passed."""
    due: date
    today: date
    path: str
    """Of the district."""
    living: Mapping[int, str]
    """The associations at or below the place that exist on the last day, with their short names, in order."""
    merged: Mapping[int, int]
    """Associations that have been merged → the one they are part of now (D22)."""
    k: int
    """Shares of fewer people are not shown (P§6.3)."""
    compares: bool = False
    """Whether last year is wanted too."""
    detail: Mapping[str, Any] | None = None

    @property
    def places(self) -> sa.Select[int]:
        """Everything at or below the place, and what has been merged into it."""
        gone = [old for old, into in self.merged.items() if into in self.living]
        return sa.select(Association.id).where(
            sa.or_(Association.id.in_(below(self.place.path)), Association.id.in_(gone))
        )

    def here(self, place: int) -> int:
        """The association that counts what an old one did."""
        return self.merged.get(place, place)


Count = Callable[[Session, Ask], Readings]


def living_in(session: Session, place: Association, day: date) -> dict[int, str]:
    """The associations at or below `place` that exist on `day`, by name; those founded later or closed are not there."""
    rows = session.execute(
        sa.select(Association.id, Association.short_name)
        .where(
            Association.path.like(place.path + "%"), Association.kind == AssociationKind.ASSOCIATION,
            sa.or_(Association.founded_on.is_(None), Association.founded_on <= day),
            sa.or_(Association.closed_on.is_(None), Association.closed_on > day),
        )
        .order_by(Association.sort_key, Association.id)
    )  # fmt: skip
    return {row.id: row.short_name for row in rows}


def metric(key: str, *, stock: bool = False, beat: bool = False) -> Count:
    """A metric of P§6.2; `stock` compares with the end of last year, `beat` asks for more than all of last year."""

    def count(session: Session, ask: Ask) -> Readings:
        now = _folded(ask, _metric(session, ask, key, ask.first, ask.last, ask.today))
        found = {place: _own(ask, key, one) for place, one in now.items()}
        if ask.compares:
            found = _compared(session, ask, key, found, stock=stock, beat=beat)
        return found

    return count


def active(session: Session, ask: Ask) -> Readings:
    """Active members as the district means it (D23): those who take part, or those who have paid."""
    key = "paid_ye" if settings.active_means(session, ask.last) == PAID else "active_ye"
    return metric(key, beat=True)(session, ask)


def activities(*kinds: str, inner: bool = False) -> Count:
    """Activities of these kinds (or any), by day; `inner` counts only what the place itself holds."""

    def count(session: Session, ask: Ask) -> Readings:
        own, whole = _activity_days(session, ask, kinds)
        found = {place: _by_day(ask, days) for place, days in own.items()}
        everything = own.get(ask.place.id, {}) if inner else whole
        return {place: Reading(part=0) for place in ask.living} | found | {ask.place.id: _by_day(ask, everything)}

    return count


def covered_by_activity(*kinds: str, public: bool = False, in_person: bool = False) -> Count:
    """Associations with an activity: of these kinds, in the shared calendar, or where people meet."""

    def count(session: Session, ask: Ask) -> Readings:
        own, _ = _activity_days(session, ask, kinds, public=public, in_person=in_person)
        held = {place: _by_day(ask, days) for place, days in own.items()}
        met = {place for place, one in held.items() if one.part}
        booked = {place: one.next_on for place, one in held.items() if one.next_on}
        return covered(ask, met, booked)

    return count


def covered(ask: Ask, met: Iterable[int], booked: Mapping[int, date] | None = None) -> Readings:
    """One of one or none of one for each association, and for the whole how many of them, with who is left."""
    met, booked = {ask.here(place) for place in met}, booked or {}
    found = {place: Reading(int(place in met), 1, next_on=booked.get(place)) for place in ask.living}
    left = [place for place in ask.living if place not in met]
    next_on = min((booked[place] for place in left if place in booked), default=None)
    names = tuple(ask.living[place] for place in left)
    if ask.place.id not in ask.living:
        found[ask.place.id] = Reading(len(ask.living) - len(left), len(ask.living), next_on=next_on, left=names)
    return found


def by_rule(rule: str) -> Count:
    """Associations that meet a rule of organizer.coverage."""

    def count(session: Session, ask: Ask) -> Readings:
        found = metrics.coverage_of(session, rule, ask.places, ask.first, ask.last)
        return covered(ask, (place for place, one in found.items() if one.part))

    return count


def organizers(session: Session, ask: Ask) -> Readings:
    """How many organise the place itself on the last day."""
    holds = (Role.name == RoleName.ORGANIZER, Role.from_day <= ask.last)
    number = session.scalar(
        sa.select(sa.func.count(Role.account_id.distinct())).where(
            Role.association_id == ask.place.id, *holds, sa.or_(Role.to_day.is_(None), Role.to_day > ask.last)
        )
    )
    return {ask.place.id: Reading(part=number or 0)}


def in_touch(session: Session, ask: Ask) -> Readings:
    """Associations that the district has been in touch with."""
    begins, ends = moment(ask.first, time(0)), moment(ask.last + timedelta(days=1), time(0))
    return covered(
        ask,
        session.scalars(
            sa.select(PlaceContact.association_id)
            .distinct()
            .where(PlaceContact.association_id.in_(ask.places), PlaceContact.at >= begins, PlaceContact.at < ends)
        ),
    )


def motions(session: Session, ask: Ask) -> Readings:
    """Motions put in the library, by day."""
    begins, ends = moment(ask.first, time(0)), moment(ask.last + timedelta(days=1), time(0))
    rows = session.execute(
        sa.select(Motion.association_id, Motion.created_at).where(
            Motion.association_id.in_(ask.places), Motion.created_at >= begins, Motion.created_at < ends
        )
    )
    return by_days(ask, ((place, local_day(at)) for place, at in rows))


def by_days(ask: Ask, happened: Iterable[tuple[int, date]]) -> Readings:
    """Readings of things that each happened in one place on a day, some of them perhaps booked ahead."""
    own: dict[int, list[date]] = {}
    for place, day in happened:
        own.setdefault(ask.here(place), []).append(day)
    whole = [day for days in own.values() for day in days]
    found = {place: Reading(part=0) for place in ask.living}
    found |= {place: _days(ask, days) for place, days in own.items()}
    return found | {ask.place.id: _days(ask, whole)}


def _metric(session: Session, ask: Ask, key: str, first: date, last: date, today: date) -> dict[int, Measured]:
    return METRICS[key].by_place(session, ask.places, first, last, today, ask.path)


def _folded(ask: Ask, found: Mapping[int, Measured]) -> dict[int, Measured]:
    """Each association with those merged into it, and the whole place under its own id."""
    own: dict[int, list[Measured]] = {}
    for place, one in found.items():
        own.setdefault(ask.here(place), []).append(one)
    together = {place: metrics.pooled(some) for place, some in own.items()}
    if ask.place.id not in ask.living:
        together[ask.place.id] = metrics.pooled(found.values())
    return together


def _own(ask: Ask, key: str, one: Measured) -> Reading:
    if one.number is not None:
        return Reading(part=one.number)
    if METRICS[key].people and (one.whole or 0) < ask.k:
        return Reading(missing=TOO_FEW)
    return Reading(one.part, one.whole)


def _compared(
    session: Session, ask: Ask, key: str, found: Readings, *, stock: bool, beat: bool
) -> Readings:  # fmt: skip
    """The readings with last year beside them; without members then there is nothing to compare with."""
    new_year_eve = date(ask.first.year - 1, 12, 31)
    day = new_year_eve if stock else year_before(ask.last)
    there = _folded(ask, _metric(session, ask, "members", ask.first, day, day))
    then = _folded(ask, _metric(session, ask, key, year_before(ask.first), day, day))
    last_year = (
        _folded(ask, _metric(session, ask, key, year_before(ask.first), new_year_eve, new_year_eve)) if beat else {}
    )
    for place, one in found.items():
        if one.missing or not there.get(place, Measured(number=0)).value:
            continue
        old, all_year = then.get(place, Measured(0, 0)), last_year.get(place, Measured(0, 0))
        found[place] = replace(
            one, before=old.value or 0, before_whole=old.whole, beat=(all_year.value or 0) if beat else None
        )
    return found


def _activity_days(
    session: Session, ask: Ask, kinds: Iterable[str], *, public: bool = False, in_person: bool = False
) -> tuple[dict[int, dict[int, date]], dict[int, date]]:
    """Activities held or booked within the goal's time: by association (activity → day), and all of them once."""
    begins, ends = moment(ask.first, time(0)), moment(ask.due + timedelta(days=1), time(0))
    kinds = tuple(kinds)
    rows = session.execute(
        sa.select(ActivityOrganizer.association_id, Activity.id, Activity.starts_at)
        .join(Activity, Activity.id == ActivityOrganizer.activity_id)
        .where(
            ActivityOrganizer.association_id.in_(ask.places), Activity.starts_at >= begins, Activity.starts_at < ends,
            Activity.cancelled_at.is_(None), Activity.kind.in_(kinds) if kinds else sa.true(),
            Activity.public.is_(True) if public else sa.true(), Activity.link == "" if in_person else sa.true(),
        )
    )  # fmt: skip
    own: dict[int, dict[int, date]] = {}
    whole: dict[int, date] = {}
    for place, activity, at in rows:
        own.setdefault(ask.here(place), {})[activity] = whole[activity] = local_day(at)
    return own, whole


def _by_day(ask: Ask, found: Mapping[int, date]) -> Reading:
    return _days(ask, found.values())


def _days(ask: Ask, found: Iterable[date]) -> Reading:
    found = sorted(found)
    been = tuple(day for day in found if day <= ask.last)
    next_on = next((day for day in found if day > ask.today), None)
    return Reading(part=len(been), days=been, next_on=next_on)
