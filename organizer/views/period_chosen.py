"""What is chosen at the top of a page of figures: the period, what it is compared with, and whose numbers the viewer knows."""

from dataclasses import dataclass

import sqlalchemy as sa
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
    mine = Association.id.in_(access.reach(viewer, *ROLES))
    rows = session.execute(
        sa.select(Association.id, Association.merged_into_id, mine).where(
            sa.or_(mine, Association.merged_into_id.is_not(None))
        )
    ).all()
    known = {row[0] for row in rows if row[2]}
    into = places.last_in_line({row[0]: row[1] for row in rows if row[1] is not None})
    return known | {gone for gone, last in into.items() if last in known}
