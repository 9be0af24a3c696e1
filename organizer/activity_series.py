"""A series of activities: repeated by the week or month, changed or called off from one of them on, and the yearly dates."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import activities
from organizer.activity_drafts import Draft
from organizer.clashes import Time
from organizer.models import Activity
from organizer.times import local, local_day, moment
from organizer.words import N_, Refused

EVERY = {
    "": N_("Bara en gång"),
    "week": N_("Varje vecka"),
    "fortnight": N_("Varannan vecka"),
    "month": N_("Varje månad, samma veckodag"),
}
MOST = 60
"""The longest series."""


@dataclass(frozen=True, slots=True)
class YearlyDate:
    """A day that comes back each year, with what is usually arranged."""

    key: str
    title: str
    month: int
    day: int
    about: str


YEARLY = (
    YearlyDate("8-mars", N_("8 mars – internationella kvinnodagen"), 3, 8, N_("Infaller samma dag varje år.")),
    YearlyDate("1-maj", N_("1 maj – demonstration och tal"), 5, 1, N_("Infaller samma dag varje år.")),
    YearlyDate("pride", N_("Pride"), 8, 1, N_("Olika dag på olika orter. Ändra till er dag.")),
)


def days(first: date, every: str, until: date) -> list[date]:
    """The days of a series that begins on `first`, until and with `until`; Refused with the field `until`."""
    if until < first:
        raise Refused("Serien måste sluta efter den första dagen.", field="until")
    found, n = [], 0
    while (day := _nth(first, every, n)) <= until:
        found.append(day)
        n += 1
        if n > MOST:
            raise Refused(
                "En serie kan ha högst %(most)s tillfällen. Välj ett tidigare slut.", field="until", most=MOST
            )
    return found


def repeat(
    session: Session,
    association_id: int,
    draft: Draft,
    on: Iterable[date],
    now: datetime,
    *,
    organizers: Iterable[int] = (),
    account_id: int | None = None,
) -> list[int]:
    """Add the draft on each day at the same time by the clock, also when summer time begins between; their ids."""
    others, first = list(organizers), local_day(draft.starts_at)
    made: list[int] = []
    for day in on:
        one = _moved(draft, (day - first).days, draft)
        series_id = made[0] if made else None
        made.append(
            activities.create(
                session, association_id, one, now, organizers=others, account_id=account_id, series_id=series_id
            )
        )
    if len(made) > 1:
        session.execute(sa.update(Activity).where(Activity.id == made[0]).values(series_id=made[0]))
    return made


def times(draft: Draft, on: Iterable[date]) -> list[Time]:
    """When each of a series to be begins and is over."""
    first = local_day(draft.starts_at)
    series = (_moved(draft, (day - first).days, draft) for day in on)
    return [(one.starts_at, one.ends_at) for one in series]


def times_following(session: Session, activity_id: int, draft: Draft) -> dict[int, Time]:
    """When each after this one would begin and be over, by its id, if the draft held for them too."""
    here = session.execute(sa.select(Activity.starts_at).where(Activity.id == activity_id)).scalar_one()
    shift = (local_day(draft.starts_at) - local_day(here)).days
    found = {
        one.id: _moved(replace(draft, starts_at=one.starts_at), shift, draft)
        for one in _following(session, activity_id)
    }
    return {activity: (one.starts_at, one.ends_at) for activity, one in found.items()}


def edit_following(
    session: Session, activity_id: int, draft: Draft, now: datetime, *, organizers: Iterable[int] = ()
) -> int:
    """Change this activity and all after it in the series; those after move by as many days; how many were changed.

    Each keeps its own link to take part on the net only if the draft has none.
    """
    others = list(organizers)
    here = session.execute(sa.select(Activity.starts_at).where(Activity.id == activity_id)).scalar_one()
    shift = (local_day(draft.starts_at) - local_day(here)).days
    following = _following(session, activity_id)
    activities.edit(session, activity_id, draft, now, organizers=others)
    for one in following:
        theirs = replace(draft, link=draft.link or one.link, starts_at=one.starts_at, ends_at=one.starts_at)
        activities.edit(session, one.id, _moved(theirs, shift, draft), now, organizers=others)
    return 1 + len(following)


def cancel_following(session: Session, activity_id: int, now: datetime) -> int:
    """Call this activity and all after it in the series off; how many were called off."""
    following = [one.id for one in _following(session, activity_id)]
    return sum(activities.cancel(session, one, now) for one in (activity_id, *following))


def how_many_follow(session: Session, activity_id: int) -> int:
    """How many come after this one in its series and are not called off."""
    return len(_following(session, activity_id))


def next_time(one: YearlyDate, today: date) -> date:
    """The next day a yearly date comes."""
    this_year = date(today.year, one.month, one.day)
    return this_year if this_year > today else date(today.year + 1, one.month, one.day)


def _following(session: Session, activity_id: int) -> list[Any]:
    this = sa.select(Activity.series_id, Activity.starts_at).where(Activity.id == activity_id).subquery()
    rows = session.execute(
        sa.select(Activity.id, Activity.starts_at, Activity.link)
        .join(this, Activity.series_id == this.c.series_id)
        .where(Activity.starts_at > this.c.starts_at, Activity.cancelled_at.is_(None))
        .order_by(Activity.starts_at)
    )
    return list(rows.all())


def _moved(draft: Draft, by: int, clocks: Draft) -> Draft:
    """The draft so many days later, at the wall clock of `clocks` and as many days long."""
    first, starts, ends = local_day(draft.starts_at), local(clocks.starts_at), local(clocks.ends_at)
    day = first + timedelta(days=by)
    last = day + (ends.date() - starts.date())
    return replace(draft, starts_at=moment(day, starts.time()), ends_at=moment(last, ends.time()))


def _nth(first: date, every: str, n: int) -> date:
    if every in {"week", "fortnight"}:
        return first + timedelta(weeks=n * (2 if every == "fortnight" else 1))
    month = first.month - 1 + n
    start = date(first.year + month // 12, month % 12 + 1, 1)
    day = start + timedelta(days=(first.weekday() - start.weekday()) % 7 + 7 * ((first.day - 1) // 7))
    return day if day.month == start.month else day - timedelta(weeks=1)
