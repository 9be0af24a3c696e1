"""Personnummer: recognised by header or by values, decided per column, dropped and never shown (sweden.md C3)."""

import re
from datetime import date

HEADERS = frozenset({
    "personnummer", "personnr", "persnr", "pnr", "pers", "personnummerorgnr", "pnummer", "fodelsenummer", "fodelsenr",
    "ssn", "personalid", "personalidentitynumber", "personalnumber", "personalidnumber", "samordningsnummer",
    "socialsecuritynumber", "nationalid", "personid", "personnummer12", "personnummer10", "personnummermedsekel",
})  # fmt: skip
_FORM = re.compile(r"(?:19|20)?([0-9]{2})([0-9]{2})([0-9]{2})\s?[-+–]?\s?([0-9]{4})")
_INSIDE = re.compile(r"(?<![0-9])(?:19|20)?[0-9]{6}\s?[-+–]?\s?[0-9]{4}(?![0-9])")
_TOO_MANY = 0.1
"""In a column that should hold something else, one value in ten is enough; chance gives fewer than one in a hundred."""
_TOO_MANY_PHONES = 0.5
"""Ten-digit mobiles look alike in form; about one in thirty passes by chance."""


def looks_like(text: str) -> bool:
    """Whether a value has the form, a valid date (day + 60 for samordningsnummer) and the right check digit."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) in {8, 9}:
        text = text.zfill(10)  # a spreadsheet ate the zeros of those born 2000-2009
    found = _FORM.fullmatch(text)
    if not found:
        return False
    year, month, day, last = found.groups()
    return _is_date(int(year), int(month), int(day)) and _luhn(year + month + day + last)


def fills(values: list[str], *, phone: bool = False) -> bool:
    """Whether a column's values are personnummer; ten bare digits in a column for phones need more to convince."""
    values = [value for value in values if value.strip()]
    if not values:
        return False
    alike = [value for value in values if looks_like(value)]
    if not phone:
        return len(alike) / len(values) >= _TOO_MANY
    if len(values) < 5:
        alike = [value for value in alike if not (value.strip().isdigit() and len(value.strip()) <= 10)]
    return len(alike) / len(values) >= _TOO_MANY_PHONES


def hidden(text: str) -> str:
    """A text that may be shown: anything that looks like a personnummer is covered."""
    if not re.search(r"[0-9]{4}", text):
        return text
    return _INSIDE.sub(lambda found: "••••••" if looks_like(found[0]) else found[0], text)


def inside(text: str) -> bool:
    """Whether a personnummer stands somewhere in a text."""
    return bool(re.search(r"[0-9]{4}", text)) and any(looks_like(found[0]) for found in _INSIDE.finditer(text))


def _is_date(year: int, month: int, day: int) -> bool:
    """A day that exists in 1900-1999 or 2000-2099."""
    day = day - 60 if day > 60 else day
    for century in (1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False


def _luhn(digits: str) -> bool:
    """The check digit: every other digit doubled, digits summed, divisible by ten."""
    total = 0
    for place, digit in enumerate(digits):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
