"""Stockholm time: the local day of a moment, red days, and how times are written."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def utc_now() -> datetime:
    """The moment it is, for those who hand a clock to the application."""
    return datetime.now(UTC)


def local(at: datetime) -> datetime:
    """A moment on the wall clocks of Stockholm."""
    return at.astimezone(STOCKHOLM)


def local_day(at: datetime) -> date:
    """The day in Stockholm; every window of a metric uses it (D5)."""
    return at.astimezone(STOCKHOLM).date()


def moment(day: date, clock: time) -> datetime:
    """The moment a wall clock in Stockholm shows `clock` on `day`, in UTC."""
    return datetime.combine(day, clock, STOCKHOLM).astimezone(UTC)


def easter(year: int) -> date:
    """Easter Sunday by the Gregorian rule (the anonymous algorithm of 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def red_day(day: date) -> bool:
    """Whether `day` is a public holiday or a major eve in Sweden (lag 1989:253 and custom), Sundays apart."""
    paschal = easter(day.year)
    moving = {paschal + timedelta(days=n) for n in (-2, -1, 0, 1, 39, 49)}
    midsummer = next(date(day.year, 6, n) for n in range(20, 27) if date(day.year, 6, n).weekday() == 5)
    saints = next(one for one in (date(day.year, 10, 31) + timedelta(days=n) for n in range(7)) if one.weekday() == 5)
    fixed = {(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)}
    return (day.month, day.day) in fixed or day in moving or day in {midsummer, midsummer - timedelta(days=1), saints}
