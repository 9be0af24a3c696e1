"""The district organizer's start page: what needs someone now, before any chart."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from campaigns import activity_calls, blast_states, overview
from campaigns.views import blasts
from campaigns.views.association_todos import KINDS
from organizer import access, motions, page, plan_nudges
from organizer.menu import Entry
from organizer.models import RoleName
from organizer.plan_status import STATUSES
from organizer.times import local_day
from organizer.views import plan_words
from organizer.views.motions import before
from organizer.words import N_

pages = Blueprint("overview", __name__)
MENU = (Entry(N_("Översikt"), "overview.start", "home", (RoleName.ORGANIZER,), order=5),)
STARTS = {RoleName.ORGANIZER: "overview.start"}


@pages.get("/oversikt")
@access.allow(RoleName.ORGANIZER)
def start() -> ResponseReturnValue:
    """A few names stand under *Behöver dig*, logged; the protected never do."""
    found = overview.of(page.session(), page.viewer(), page.now())
    page.saw(*(row.person_id for row in found.todos))
    waiting = activity_calls.waiting(page.session(), access.reach(page.viewer(), RoleName.ORGANIZER), page.now())
    return render_template(
        "overview/start.html", found=found, kinds=KINDS, rules=overview, waiting=waiting, states=blast_states.WORDS,
        asked_of=blasts.asked_of(page.viewer()),
        statuses=STATUSES, words=plan_words, plan_page=url_for("plan.start"),
        new_motions=motions.how_many_of_month(page.session(), before(local_day(page.now()))),
        nudges=plan_nudges.monthly(page.session(), page.viewer().account_id, page.now()),
    )  # fmt: skip
