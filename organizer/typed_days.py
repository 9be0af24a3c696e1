"""A day as somebody writes it in a form: year-month-day, and one sentence when it is not."""

from datetime import date

from organizer.words import N_, Refused

SENTENCE = N_("Skriv dagen som år-månad-dag, till exempel 2026-12-01.")
"""What whoever wrote something else is told, beside the field."""
EARLIEST, LATEST = 1900, 2200
"""Years; whatever lies outside is a slip of the keys."""


def read(text: str) -> date | None:
    """The day the text says; None when it says none. Python would read week numbers and days without dashes too."""
    text = text.strip()
    try:
        day = date.fromisoformat(text) if len(text) == len("2026-12-01") and "W" not in text else None
    except ValueError:
        return None
    return day if day and EARLIEST <= day.year <= LATEST else None


def asked(text: str, field: str) -> date:
    """The day of a field that must be filled in; Refused when it says none."""
    day = read(text)
    if day is None:
        raise Refused(SENTENCE, field=field)
    return day


def offered(text: str, field: str) -> date | None:
    """The day of a field that may be left empty; Refused when something else stands there."""
    return asked(text, field) if text.strip() else None
