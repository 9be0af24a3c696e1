"""How we count: every figure with its meaning, its denominator, an example and where it comes from."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from organizer import access, coverage, page, small_groups
from organizer.metrics import BESIDE, LIMITS, METRICS
from organizer.times import local_day

pages = Blueprint("counting", __name__)


@pages.get("/sa-raknar-vi")
@access.allow()
def how_we_count() -> ResponseReturnValue:
    """Printed from the very table that counts the figures, with the limits that are in force."""
    return render_template(
        "counting/how.html",
        metrics=(*METRICS.values(), *BESIDE),
        limits=LIMITS,
        rules=coverage.RULES,
        k=small_groups.smallest(page.session(), local_day(page.now())),
        rule=small_groups,
    )
