"""The periods one can choose on a page of figures (P§6.5)."""

from dataclasses import dataclass
from datetime import date, timedelta

from organizer.words import N_


@dataclass(frozen=True, slots=True)
class Period:
    """A named run of days, both ends included."""

    key: str
    name: str
    first_day: date
    last_day: date


NAMES = {"year": N_("I år"), "last_year": N_("Förra året"), "days90": N_("Senaste 90 dagarna")}


def period(key: str, today: date) -> Period:
    """The period called `key`, as seen from `today`; an unknown name means this year."""
    if key == "last_year":
        return Period(key, NAMES[key], date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
    if key == "days90":
        return Period(key, NAMES[key], today - timedelta(days=89), today)
    return Period("year", NAMES["year"], date(today.year, 1, 1), today)


def year_before(day: date) -> date:
    """The same day last year; 28 February stands for the leap day."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def year_end(day: date, today: date) -> date:
    """The last day of the year of `day`; today while that year goes on."""
    return min(date(day.year, 12, 31), today)
