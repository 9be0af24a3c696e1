"""The member file as the office exports it month by month: now from Excel, now from somewhere else (sweden.md C5)."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta

from campaigns.demo.register import Member

SHAPES = (("cp1252", ";"), ("utf-8-sig", ";"), ("utf-8", ","), ("utf-16", "\t"))
"""Excel in Swedish, Excel's "CSV UTF-8", Google, and "Unicode text"."""


def file_days(start: date, today: date) -> list[date]:
    """When the office exports: twice a year at first, twice a month in the last year, and yesterday."""
    days = [start + timedelta(days=n) for n in range((today - start).days - 1)]
    lately = today - timedelta(days=400)
    chosen = [day for day in days if (day.day in {1, 15} and day > lately) or (day.day == 1 and day.month in {1, 7})]
    return sorted({start, *chosen, today - timedelta(days=1)})


def member_file(register: Sequence[Member], day: date) -> bytes:
    """Everyone who is a member on `day`, as the bytes of that month's file."""
    encoding, between = SHAPES[day.month % len(SHAPES)]
    years = (day.year - 1, day.year)
    text = io.StringIO()
    rows = csv.writer(text, delimiter=between, lineterminator="\r\n")
    rows.writerow(
        ("Medlemsnummer", "Förnamn", "Efternamn", "Mobil", "Telefon", "E-post", "Förening", "Medlem sedan",
         *(f"Avgift {year}" for year in years), "Etikett", "Skyddad")
    )  # fmt: skip
    for one in register:
        if one.member_on(day):
            rows.writerow(
                (one.number, one.first, one.last, one.mobile, one.landline, one.email, one.home_on(day),
                 one.joined.isoformat(), *(_paid(one, year, day) for year in years), one.tag,
                 "Ja" if one.protected else "")
            )  # fmt: skip
    return text.getvalue().encode(encoding)


def _paid(one: Member, year: int, day: date) -> str:
    """The day the fee was paid, if it has been by then."""
    paid = one.paid.get(year)
    return paid.isoformat() if paid and paid <= day else ""
