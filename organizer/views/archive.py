"""Figures of long ago: the closed months and years of a place, as they stand in the archive (D6)."""

from datetime import date

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from organizer import access, figure_archive, page, small_groups, writing
from organizer.metrics import NAMES
from organizer.models import RoleName
from organizer.times import local_day

pages = Blueprint("archive", __name__, url_prefix="/forening/<slug>/forr")
ROLES = (RoleName.ORGANIZER, RoleName.CHAIR, RoleName.STEWARD)
COLUMNS = ("active", "new_n", "renewed", "contacted", "reached", "signed_up", "attended")
"""The figures of the table; their names are those of *Så räknar vi*."""


@pages.get("")
@access.allow(*ROLES)
def show(slug: str) -> ResponseReturnValue:
    """Years and months that are archived, newest first, each figure with its denominator."""
    association = access.association(page.session(), page.viewer(), slug, *ROLES)
    found = figure_archive.of_place(page.session(), association)
    return render_template(
        "archive/show.html",
        association=association,
        years={scope: shares for scope, shares in found.items() if len(scope) == len("2024")},
        months={_month(scope): shares for scope, shares in found.items() if len(scope) != len("2024")},
        columns=[(key, NAMES[key]) for key in COLUMNS],
        k=small_groups.smallest(page.session(), local_day(page.now())),
    )


def _month(scope: str) -> str:
    """September 2024, of the period written 2024-09."""
    return writing.month_and_year(date.fromisoformat(f"{scope}-01"))
