"""How we count: every figure with its meaning, its denominator, an example and where it comes from."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from organizer import access, page, small_groups
from organizer.definitions_of_figures import DEFINITIONS, LIMITS
from organizer.times import local_day

pages = Blueprint("counting", __name__)


@pages.get("/sa-raknar-vi")
@access.allow()
def how_we_count() -> ResponseReturnValue:
    """Printed from the same sentences and limits that the pages of figures use."""
    k = small_groups.smallest(page.session(), local_day(page.now()))
    return render_template("counting/how.html", definitions=DEFINITIONS, limits=LIMITS, k=k, rule=small_groups)
