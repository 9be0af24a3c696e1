"""The year of a place in figures for its report: members, the new, the active, activities and offices; small groups left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import district_figures, membership, places, settings, small_groups
from organizer.activation import ACTIVE_DAYS, Share
from organizer.metrics import METRICS, Measured, pooled
from organizer.models import ACTIVATION, Association, AssociationKind, Event, Import, Membership
from organizer.periods import year_before
from organizer.times import local_day
from organizer.words import Refused

Figures = dict[str, Any]
"""What is kept with a report: plain numbers, texts and lists, so that it can be stored and sealed as JSON."""
FIRST_YEAR = 1990
SHARES = ("active", "new_n", "new_inv", "renewed", "offered")
COMPARED = ("active", "renewed")
"""Shares that are told beside those of the year before."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days a report is about: a whole year, or the part of it that has been or in which the place existed."""

    year: int
    first: date
    last: date
    today: date

    @property
    def going_on(self) -> bool:
        """Whether the year is not over, so that every figure is preliminary."""
        return self.year == self.today.year

    @property
    def whole(self) -> bool:
        """Whether the last day is the turn of the year."""
        return self.last == date(self.year, 12, 31)

    @property
    def year_end_before(self) -> date:
        """The turn of the year before."""
        return date(self.year - 1, 12, 31)

    @property
    def last_before(self) -> date:
        """The day to compare the last with: the turn of the year before, or the same day last year (P§6.2)."""
        return self.year_end_before if self.whole else year_before(self.last)


def span(place: Association, year: int, today: date) -> Span:
    """The days a report of `year` is about; Refused for a year that has not begun or in which the place was not there."""
    if year > today.year:
        raise Refused(
            "%(year)s har inte börjat. Du kan göra en årsrapport för %(this)s eller tidigare.",
            "year", year=year, this=today.year,
        )  # fmt: skip
    if year < FIRST_YEAR:
        raise Refused("Välj ett år från %(first)s och framåt.", "year", first=FIRST_YEAR)
    if place.founded_on and place.founded_on.year > year:
        raise Refused(
            "%(place)s bildades %(day)s, så det finns inget att berätta om %(year)s.",
            "year", place=place.short_name, day=place.founded_on.isoformat(), year=year,
        )  # fmt: skip
    if place.closed_on and place.closed_on <= date(year, 1, 1):
        raise Refused(
            "%(place)s fanns till och med %(day)s, så det finns inget att berätta om %(year)s.", "year",
            place=place.short_name, day=(place.closed_on - timedelta(days=1)).isoformat(), year=year,
        )  # fmt: skip
    ends = [date(year, 12, 31), today]
    if place.closed_on:
        ends.append(place.closed_on - timedelta(days=1))
    return Span(year, max(date(year, 1, 1), place.founded_on or date.min), min(ends), today)


def of_members(session: Session, place: Association, days: Span) -> Figures:
    """Who is told about, the members, the new and the active, with the year before; and the table of associations."""
    k, means = small_groups.smallest(session, days.today), settings.active_means(session, days.last)
    now = _counted(session, [place], days.first, days.last, days)
    merged = _merged_in(session, place, days)
    before = _before(session, [place, *merged], days, means)
    members = now.numbers["members"]
    growth = now.measured("growth")
    return {
        "format": 1, "k": k, "means": means, "in_time_days": membership.IN_TIME_DAYS, "year": days.year,
        "first": days.first.isoformat(), "last": days.last.isoformat(), "counted_on": days.today.isoformat(),
        "going_on": days.going_on, "whole": days.whole,
        "place": _about(session, place, merged),
        "small": members < k,
        "nothing": not members and not growth.number and not before.get("members") and not any((growth.parts or {}).values()),
        "now": _protected(now, k),
        "before": before,
        "places": _places(session, place, now, days, k) if place.kind == AssociationKind.DISTRICT else [],
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counted:
    """Every metric of a place with what lies below it, association by association."""

    by_place: dict[str, dict[int, Measured]]
    numbers: dict[str, int]
    days: int | None

    def measured(self, key: str) -> Measured:
        """A metric of all of them."""
        found = self.by_place[key]
        return pooled(found.values()) if found else Measured(0, 0, 0 if key == "growth" else None, {})

    def share(self, key: str) -> Share:
        """A share of all of them."""
        found = self.by_place[key].values()
        return Share(sum(one.part or 0 for one in found), sum(one.whole or 0 for one in found))


def _counted(session: Session, places: Sequence[Association], first: date, last: date, days: Span) -> Counted:
    keys = (*SHARES, "growth", "members", "joined", "cover")
    found: dict[str, dict[int, Measured]] = {key: {} for key in keys}
    for place in places:
        for key in keys:
            found[key].update(METRICS[key].by_association(session, place, first, last, days.today))
    numbers = {
        key: sum(one.number or 0 for one in found[key].values() if one.number is not None)
        for key in ("members", "joined")
    }
    median = METRICS["new_days"].compute(session, places[0], first, last, days.today)
    enough = median.whole or 0
    return Counted(found, numbers, median.number if enough else None)


def _protected(now: Counted, k: int) -> Figures:
    """The numbers of the year; shares of fewer than k are left out, and so is everything of fewer than k members."""
    members = now.numbers["members"]
    if members < k:
        return {
            "members": None,
            "joined": None,
            "growth": None,
            "new_days": None,
            "cover": None,
            **dict.fromkeys(SHARES),
        }
    shares: Figures = {key: _pair(now.share(key), k) for key in SHARES}
    cover = now.share("cover")
    return {
        "members": members, "joined": now.numbers["joined"], "growth": dict(now.measured("growth").parts or {}),
        "new_days": now.days if shares["new_n"] else None,
        "cover": [cover.part, cover.whole], **shares,
    }  # fmt: skip


def _pair(share: Share, k: int) -> list[int] | None:
    return [share.part, share.whole] if share.whole >= k else None


def _before(session: Session, places: Sequence[Association], days: Span, means: str) -> Figures:
    """The same of the year before, as far as it can be known: with a place that has merged into this one."""
    k = small_groups.smallest(session, days.today)
    ids = [one for place in places for one in session.scalars(district_figures.below(place.path))]
    known = _known_from(session, places, ids)
    found: Figures = {"known_from": known.isoformat() if known else None, "members": None, **dict.fromkeys(COMPARED)}
    if places[0].founded_on and places[0].founded_on > days.year_end_before:
        return found
    if known and known <= days.year_end_before:
        members = sum(membership.counted(session, days.year_end_before, ids).values())
        found["members"] = members if members >= k else None
    day = days.last_before
    for key in COMPARED:
        share = Share(0, 0)
        for place in places:
            parts = METRICS[key].by_association(session, place, date(day.year, 1, 1), day, day).values()
            share += Share(sum(one.part or 0 for one in parts), sum(one.whole or 0 for one in parts))
        comparable = share.part > 0 if key == "renewed" else _active_known(session, ids, means, day)
        found[key] = _pair(share, k) if comparable else None
    return found


def _known_from(session: Session, places: Sequence[Association], ids: Sequence[int]) -> date | None:
    """From which day members are known: the first member file, or the first membership where there is no file."""
    line = [int(one) for one in places[0].path.strip("/").split("/")]
    first = session.scalar(sa.select(sa.func.min(Import.applied_at)).where(Import.association_id.in_([*line, *ids])))
    if first is not None:
        return local_day(first)
    return session.scalar(sa.select(sa.func.min(Membership.from_day)).where(Membership.association_id.in_(ids)))


def _active_known(session: Session, ids: Iterable[int], means: str, day: date) -> bool:
    """Whether the number of active members on a day is the whole truth (as `active_over_time.known_since`)."""
    if means == settings.PAID:
        return True
    here = (Event.association_id.in_(list(ids)), Event.kind.in_(ACTIVATION))
    first = session.scalar(sa.select(sa.func.min(Event.day)).where(*here))
    return first is not None and first + timedelta(days=ACTIVE_DAYS) <= day


def _merged_in(session: Session, place: Association, days: Span) -> list[Association]:
    """Places that went up into this one during the year: comparisons count them with it (D22)."""
    here = (Association.id.in_(places.parts_of(session, place.id)), Association.closed_on > days.year_end_before)
    return list(
        session.scalars(
            sa.select(Association).where(*here, Association.closed_on <= days.last).order_by(Association.id)
        )
    )


def _about(session: Session, place: Association, merged: Sequence[Association]) -> Figures:
    into = session.get(Association, place.merged_into_id) if place.merged_into_id else None
    return {
        "name": place.name, "short": place.short_name, "kind": place.kind,
        "founded_on": place.founded_on.isoformat() if place.founded_on else None,
        "closed_on": place.closed_on.isoformat() if place.closed_on else None,
        "merged_into": into.short_name if into else None,
        "merged_in": [{"name": one.short_name, "on": one.closed_on.isoformat()} for one in merged if one.closed_on],
    }  # fmt: skip


def _places(session: Session, district: Association, now: Counted, days: Span, k: int) -> list[Figures]:
    """One row for each association of the district; of those with fewer than k members only the name (P§6.3)."""
    rows = session.execute(
        sa.select(Association.id, Association.short_name, Association.sort_key)
        .where(
            Association.id.in_(district_figures.below(district.path)), Association.kind == AssociationKind.ASSOCIATION,
            sa.or_(Association.founded_on.is_(None), Association.founded_on <= days.last),
            sa.or_(Association.closed_on.is_(None), Association.closed_on > days.last),
        )
        .order_by(Association.sort_key, Association.id)
    ).all()  # fmt: skip
    day = days.last_before
    then = METRICS["active"].by_association(session, district, date(day.year, 1, 1), day, day)
    members = [now.by_place["members"].get(row.id, Measured(number=0)).number or 0 for row in rows]
    shown = small_groups.cells(members, k, total_shown=True)
    found = [
        {"name": row.short_name, "members": number, **_actives(now.by_place["active"].get(row.id), then.get(row.id), number)}
        for row, number in zip(rows, shown, strict=True)
    ]  # fmt: skip
    if any(0 < (one.whole or 0) < k for one in then.values()):
        for one in found:  # a single hidden number could be subtracted from the total, so none of that year is told
            one["before"] = None
    return found


def _actives(now: Measured | None, then: Measured | None, members: int | None) -> Figures:
    if members is None:
        return {"active": None, "before": None}
    return {"active": now.part if now else 0, "before": then.part if then and then.whole else None}
