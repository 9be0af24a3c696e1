"""What is chosen at the top of a page of figures: the period, what it is compared with, and whose numbers the viewer knows."""

from dataclasses import dataclass

from flask import request

from organizer import access, archived_figures, district_figures, page, periods, places, settings
from organizer.models import Association, RoleName
from organizer.periods import Period
from organizer.times import local_day

ROLES = (RoleName.CHAIR, RoleName.STEWARD, RoleName.ORGANIZER)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The period of the page, and everything else that can be chosen."""

    period: Period
    choice: str
    """What to compare with, as in the address; `periods.BEFORE` where nothing sensible stands there."""
    offered: dict[str, str]
    """Periods by the names they have in addresses."""
    years: list[int]
    """Earlier years than the one before that can be compared with."""


def chosen_period(place: Association) -> Chosen:
    """What the address asks for, at a place; whatever makes no sense means this year, compared with the one before."""
    session, today = page.session(), local_day(page.now())
    starts = int(settings.get(session, place.id, settings.BUSINESS_YEAR, today)["month"])
    offered = dict(periods.NAMES)
    if starts != 1:
        offered |= periods.BUSINESS
    offered |= {str(year): str(year) for year in archived_figures.years(session, today) if year < today.year - 1}
    asked = request.args.get("period", "")
    period = periods.period(asked if asked in offered else "", today, starts)
    years = periods.years_to_compare(period, today)
    choice = request.args.get("compare", "")
    allowed = {periods.NOTHING, *(str(year) for year in years[1:])}
    return Chosen(period, choice if choice in allowed else periods.BEFORE, offered, years[1:])


def known_places(place: Association) -> set[int] | None:
    """The associations whose numbers the viewer knows; None = every one of the district."""
    session, viewer = page.session(), page.viewer()
    district = district_figures.district_of(session, place)
    if viewer.covers(district.path, RoleName.ORGANIZER):
        return None
    known = set(session.scalars(access.reach(viewer, *ROLES)))
    return known | {gone for gone, into in places.now_part_of(session).items() if into in known}
