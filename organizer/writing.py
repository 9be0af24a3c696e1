"""How times, numbers and phone numbers are written, in both languages (P§7.6)."""

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date as babel_date
from flask_babel import format_decimal, format_percent, get_locale, gettext

from organizer import phones, roles
from organizer.activation import Share
from organizer.languages import chosen
from organizer.models import RoleName
from organizer.times import local, local_day


def day_and_time(at: datetime) -> str:
    """Tors 19 nov 17.30; Thu 19 Nov 17:30."""
    return f"{short_day(local_day(at))} {clock(at)}"


def short_day(day: date) -> str:
    """Tors 19 nov; Thu 19 Nov."""
    return _written(day, "EEE d MMM", chosen()).replace(".", "")


def long_day(day: date) -> str:
    """Torsdag 19 november."""
    return _written(day, "EEEE d MMMM", chosen())


def day_with_year(day: date) -> str:
    """19 november 2026."""
    return _written(day, "d MMMM y", chosen())


def clock(at: datetime) -> str:
    """17.30 in Swedish, 17:30 in English."""
    return local(at).strftime("%H.%M" if chosen() == "sv" else "%H:%M")


def number(value: float) -> str:
    """1 430 in Swedish, 1,430 in English."""
    if isinstance(value, int) and value >= 0:  # nearly always, and hundreds of times on a page
        return f"{value:,}" if chosen() == "en" else f"{value:,}".replace(",", "\N{NO-BREAK SPACE}")
    return str(format_decimal(value))


def kronor(ore: int) -> str:
    """282,36 kr in Swedish, SEK 282.36 in English, of a sum in öre."""
    amount = str(format_decimal(ore / 100, "#,##0.00"))
    return f"SEK {amount}" if chosen() == "en" else f"{amount}\N{NO-BREAK SPACE}kr"


def share(part: int, whole: int) -> str:
    """36 % of a whole; an empty string of nothing, because a share needs a denominator."""
    return str(format_percent(round(part / whole, 2))) if whole else ""


def money(amount: int, currency: str) -> str:
    """12,50 USD in Swedish, USD 12.50 in English, of hundredths."""
    written = str(format_decimal(amount / 100, "#,##0.00"))
    return f"{currency} {written}" if chosen() == "en" else f"{written}\N{NO-BREAK SPACE}{currency}"


def country(code: str) -> str:
    """Norge (+47): the country of a code, in the visitor's language."""
    name = get_locale().territories.get(phones.region(code))
    return f"{name} (+{code})" if name else f"+{code}"


def role_name(role: str) -> str:
    """What a role is called in the visitor's language."""
    return str(gettext(roles.NAMES[RoleName(role)]))


def percent(figure: Share) -> str:
    """36 % of a figure's whole; an empty string of nothing."""
    return of_hundred(figure.percent) if figure.whole else ""


def of_hundred(number: float) -> str:
    """36 % in Swedish, 36% in English."""
    return f"{round(number)}%" if chosen() == "en" else f"{round(number)}\N{NO-BREAK SPACE}%"


def month(day: date) -> str:
    """Nov: the month on the axis of a chart."""
    return _written(day, "MMM", chosen()).replace(".", "")


def month_and_year(day: date) -> str:
    """November 2026."""
    return sentence(_written(day, "LLLL y", chosen()))


def sentence(words: str) -> str:
    """The words as a sentence begins: only the first letter is made large, so *November* keeps its own."""
    return words[:1].upper() + words[1:]


def hour(written: str) -> str:
    """09.00 in Swedish, 09:00 in English, of a time kept as 09:00."""
    return written.replace(":", ".") if chosen() == "sv" else written


def weekday_short(day: date) -> str:
    """Tors; Thu."""
    return _written(day, "EEE", chosen()).replace(".", "")


@lru_cache(maxsize=4096)
def _written(day: date, form: str, language: str) -> str:
    """A day in a form of CLDR; a table has hundreds of them and few are different."""
    return babel_date(day, form, locale=language)


FILTERS = {
    "day_and_time": day_and_time,
    "short_day": short_day,
    "long_day": long_day,
    "day_with_year": day_with_year,
    "clock": clock,
    "country": country,
    "number": number,
    "kronor": kronor,
    "money": money,
    "percent": percent,
    "of_hundred": of_hundred,
    "month_name": month,
    "month_and_year": month_and_year,
    "sentence": sentence,
    "hour": hour,
    "weekday_short": weekday_short,
    "local_day": local_day,
}
