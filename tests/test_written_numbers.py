"""Numbers, shares and days are written as CLDR writes them, in both languages."""

from datetime import date

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from organizer import writing
from organizer.activation import Share


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_fast_way_writes_what_the_library_writes(configuration, language):
    from app import create_app

    app = create_app(configuration)
    with app.test_request_context(headers={"Cookie": f"lang={language}"}):
        for value in (0, 7, 999, 1000, 1430, 28236, 1_000_000, -5, 2.5):
            assert writing.number(value) == format_decimal(value, locale=language)
        for part in (0, 1, 36, 100):
            assert writing.percent(Share(part, 100)) == format_percent(part / 100, locale=language)
        assert writing.percent(Share(0, 0)) == ""
        day = date(2026, 11, 19)
        assert writing.day_with_year(day) == format_date(day, "d MMMM y", locale=language)
        assert writing.month(date(2026, 1, 31)) == format_date(date(2026, 1, 31), "MMM", locale=language).strip(".")
    app.extensions["database"].dispose()
