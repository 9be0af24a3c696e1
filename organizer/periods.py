"""The periods one can choose on a page of figures, and the one each is compared with (P§6.5)."""

import calendar
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

    @property
    def scope(self) -> str | None:
        """Its name in the archive of figures: a whole calendar year or month; None for any other run of days."""
        if self.first_day.day != 1 or self.first_day.year != self.last_day.year:
            return None
        if (self.first_day.month, self.last_day.month, self.last_day.day) == (1, 12, 31):
            return str(self.first_day.year)
        ends = calendar.monthrange(self.last_day.year, self.last_day.month)[1]
        one_month = self.first_day.month == self.last_day.month and self.last_day.day == ends
        return f"{self.first_day:%Y-%m}" if one_month else None


NAMES = {"year": N_("I år"), "last_year": N_("Förra året"), "days90": N_("Senaste 90 dagarna")}
"""The periods whose district figures are kept each night."""
BUSINESS = {"business": N_("Verksamhetsåret"), "last_business": N_("Förra verksamhetsåret")}
"""Two more where the business year is not the calendar year."""
BEFORE, NOTHING = "before", "none"
YEARS_BACK = 4
"""So many years can be chosen to compare with."""


def period(key: str, today: date, starts: int = 1) -> Period:
    """The period called `key`, as seen from `today`; an unknown name, or a year to come, means this year.

    `starts` is the month in which the business year begins (settings.BUSINESS_YEAR). An earlier year is called by its
    number.
    """
    if key == "last_year":
        return Period(key, NAMES[key], date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
    if key == "days90":
        return Period(key, NAMES[key], today - timedelta(days=89), today)
    if key in BUSINESS and starts != 1:
        begun = date(today.year - (today.month < starts), starts, 1)
        if key == "business":
            return Period(key, BUSINESS[key], begun, today)
        return Period(key, BUSINESS[key], years_before(begun, 1), begun - timedelta(days=1))
    if key.isascii() and key.isdecimal() and len(key) == 4 and 1900 < int(key) < today.year - 1:
        return Period(key, key, date(int(key), 1, 1), date(int(key), 12, 31))
    return Period("year", NAMES["year"], date(today.year, 1, 1), today)


def compared(chosen: Period, today: date, choice: str) -> Period | None:
    """What a period is compared with: the same days a year before (also when nothing is chosen), of another year, or None.

    `choice` is BEFORE, NOTHING or a year among `years_to_compare`.
    """
    if choice == NOTHING:
        return None
    last = min(chosen.last_day, today)
    back = last.year - int(choice) if choice in {str(one) for one in years_to_compare(chosen, today)} else 1
    return Period(
        BEFORE if back == 1 else choice, str(last.year - back), years_before(chosen.first_day, back),
        years_before(last, back),
    )  # fmt: skip


def years_to_compare(chosen: Period, today: date) -> list[int]:
    """The years a period can be compared with, the latest first."""
    last = min(chosen.last_day, today).year
    return [last - n for n in range(1, YEARS_BACK + 1)]


def year_before(day: date) -> date:
    """The same day last year; 28 February stands for the leap day."""
    return years_before(day, 1)


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 28 February stands for the leap day where there is none."""
    year = day.year - years
    return (
        day.replace(year=year, day=28)
        if (day.month, day.day) == (2, 29) and not calendar.isleap(year)
        else day.replace(year=year)
    )


def year_end(day: date, today: date) -> date:
    """The last day of the year of `day`; today while that year goes on."""
    return min(date(day.year, 12, 31), today)
