"""Everything a chair's page counts of the own association this year, person by person, so that it need not be counted again."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import activation, active_over_time, counted, district_figures, membership, places, settings
from organizer.activation import STEPS, Figures, Share
from organizer.counted import Counts, Fact, Facts, Way
from organizer.models import Association, CountedPerson, CountedPlace, Membership
from organizer.periods import year_before
from organizer.settings import PAID, TOOK_PART

SCOPES = {TOOK_PART: "year", PAID: "year:paid"}
"""The names these counts are kept under, by what active means; they hold for one day."""
MEMBER, FRESH, RENEWING, RENEWED, RENEWING_THEN, RENEWED_THEN = range(6)
FIRST_STEP = 6
LINE = FIRST_STEP + len(STEPS)
"""From this bit on two for each day of the line: a member that day, and an active one."""


@dataclass(frozen=True, slots=True)
class Own:
    """One association this year: what `membership`, `activation` and `active_over_time` would count."""

    figures: Figures
    renewed: Share
    renewed_then: Share
    line: list[Share]
    """On each of `line_days`."""

    @property
    def members(self) -> int:
        """Members today."""
        return self.figures.people

    def __add__(self, other: "Own") -> "Own":
        line = [one + two for one, two in zip(self.line, other.line, strict=True)]
        return Own(
            self.figures + other.figures, self.renewed + other.renewed, self.renewed_then + other.renewed_then, line
        )


def line_days(today: date, then: date | None = None) -> list[date]:
    """The ends of this year's months, of the year compared with, and the day compared with: today a year ago."""
    ends, then = active_over_time.month_ends, then or year_before(today)
    return [*ends(today.year, today), *ends(then.year, today), then]


def merged_into(session: Session, place: int) -> dict[int, str]:
    """The associations that have become part of one, by id with their names (D22)."""
    parts = places.parts_of(session, place)
    if not parts:
        return {}
    rows = session.execute(sa.select(Association.id, Association.name).where(Association.id.in_(parts)))
    return {row.id: row.name for row in rows}


def scope(session: Session, today: date) -> str:
    """The name under which today's counts are kept."""
    return SCOPES[settings.active_means(session, today)]


def counted_of(session: Session, place: int, today: date, means: str | None = None) -> Own | None:
    """The own figures of a place as kept and corrected to this moment; None where they must be counted instead."""
    name = SCOPES[means] if means else scope(session, today)
    counts = counted.live_at(session, name, way(today), place, today)
    return None if counts is None else own(place, counts, today)


@dataclass(frozen=True, slots=True)
class Everywhere:
    """What a table of every place of the large districts says of members."""

    active: dict[int, Share]
    """Active members of the members today."""
    waiting: dict[int, tuple[int, date]]
    """New members nobody has contacted, and when the first of them joined."""


def everywhere(session: Session, today: date) -> Everywhere | None:
    """Every place as kept and corrected to this moment; None where it must be counted."""
    name = scope(session, today)
    kept = counted.as_kept(session, name, today)
    changed = counted.changed_people(session) if kept else None
    if kept is None or changed is None:
        return None
    now = counted.corrected(session, name, way(today), kept, changed) or {}
    member = LINE + 2 * (today.month - 1)
    active = {place: Share(one[member + 1], one[member]) for place, one in now.items()}
    return Everywhere(active, _waiting(session, name, today, changed))


def way(today: date) -> Way:
    """How these facts are looked up; only the associations of large districts are counted so."""
    return Way(partial(look, today=today), whole=False)


def own(place: int, counts: Counts, today: date) -> Own:
    """Counts of bits as figures."""
    people, fresh = counts[MEMBER], counts[FRESH]
    steps = {
        step: Share(counts[FIRST_STEP + n], fresh if step == "activated" else people) for n, step in enumerate(STEPS)
    }
    days = range(len(line_days(today)))
    return Own(
        Figures(place, people, **steps),
        Share(counts[RENEWED], counts[RENEWING]),
        Share(counts[RENEWED_THEN], counts[RENEWING_THEN]),
        [Share(counts[LINE + 2 * n + 1], counts[LINE + 2 * n]) for n in days],
    )


def of_large_district(session: Session, today: date, path: str) -> list[int]:
    """The places of a district with members enough for it to be kept; none if it is not large."""
    members = membership.counted(session, today, district_figures.below(path))
    if sum(members.values()) < district_figures.LARGE:
        return []
    return list(session.scalars(district_figures.below(path)))


def counted_on(session: Session, day: date) -> set[int]:
    """The places whose counts hold for a day."""
    here = (CountedPlace.scope == scope(session, day), CountedPlace.day == day)
    return set(session.scalars(sa.select(CountedPlace.association_id).where(*here)))


def look(session: Session, people: list[int], *, today: date) -> Facts:
    """What is true of these people now, in every association they are or were members of."""
    return _facts(session, Membership.person_id.in_(people), today)


def look_at(session: Session, *, place: int, today: date) -> Facts:
    """What is true of everyone of one association."""
    return _facts(session, Membership.association_id == place, today)


def _waiting(session: Session, name: str, today: date, changed: list[int]) -> dict[int, tuple[int, date]]:
    """As kept for those who have not changed since, and looked up for those who have."""
    rows: Any = session.execute(
        sa.select(CountedPerson.association_id, sa.func.count(), sa.func.min(CountedPerson.waiting_since))
        .where(
            CountedPerson.scope == name, CountedPerson.waiting_since.is_not(None),
            CountedPerson.person_id.not_in(changed),
        )
        .group_by(CountedPerson.association_id)
    )  # fmt: skip
    found: dict[int, tuple[int, date]] = {place: (number, first) for place, number, first in rows}
    new: Any = session.execute(membership.waiting_among(today, Membership.person_id.in_(changed))) if changed else ()
    for _, place, joined in new:
        number, first = found.get(place, (0, joined))
        found[place] = (number + 1, min(first, joined))
    return found


def _facts(session: Session, which: sa.ColumnElement[bool], today: date) -> Facts:
    bits: dict[tuple[int, int], int] = {}
    days = line_days(today)
    pairs: dict[tuple[int, int], int] = {}
    for key, (member, active) in active_over_time.person_by_person(session, which, days).items():
        if (member, active) not in pairs:  # few patterns, many people
            pairs[member, active] = _in_turn(member, active, len(days)) << LINE
        bits[key] = pairs[member, active]
    population = sa.select(Membership.person_id, Membership.association_id).where(which, membership.open_on(today))
    for row in session.execute(activation.person_by_person(population, date(today.year, 1, 1), today)):
        steps = [getattr(row, step) for step in STEPS[:-1]]
        fresh = not row.was_active
        done = 1 << MEMBER | fresh << FRESH | (row.did and fresh) << FIRST_STEP + len(steps)
        done |= sum(step << FIRST_STEP + n for n, step in enumerate(steps))
        bits[row.person_id, row.association_id] = bits.get((row.person_id, row.association_id), 0) | done
    for path in district_figures.districts(session).values():
        here = sa.and_(
            which, Membership.association_id.in_(sa.select(Association.id).where(Association.path.like(path + "%")))
        )
        for day, all_of, those in ((today, RENEWING, RENEWED), (year_before(today), RENEWING_THEN, RENEWED_THEN)):
            for person, place, paid in session.execute(membership.renewals(day, here, path)):
                bits[person, place] = bits.get((person, place), 0) | 1 << all_of | paid << those
    since = {
        (person, place): joined for person, place, joined in session.execute(membership.waiting_among(today, which))
    }
    return {key: Fact(some, since.get(key)) for key, some in bits.items() if some or key in since}


def _in_turn(member: int, active: int, days: int) -> int:
    """Two bits for each day: a member then, and an active one."""
    return sum((member >> n & 1) << 2 * n | (active >> n & 1) << 2 * n + 1 for n in range(days))
