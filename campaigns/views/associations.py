"""The chair's page: how the own association is doing, with the district beside it."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaigns import association_page, figures, goals_shown
from organizer import access, charts, page
from organizer.menu import Entry
from organizer.metrics import NAMES
from organizer.models import Association, RoleName
from organizer.plan_status import STATUSES
from organizer.times import local_day
from organizer.views import plan_words
from organizer.views.period_chosen import chosen_period, known_places
from organizer.words import N_, Missing

pages = Blueprint("association", __name__)
MENU = (Entry(N_("Så går det"), "association.own", "chart", (RoleName.CHAIR,), order=10),)
STARTS = {RoleName.CHAIR: "association.own"}
ROLES = (RoleName.CHAIR, RoleName.STEWARD, RoleName.ORGANIZER)


@pages.get("/min-forening")
@access.allow(RoleName.CHAIR, RoleName.STEWARD)
def own() -> ResponseReturnValue:
    """To the page of one's own association, without choosing."""
    return redirect(url_for("association.dashboard", slug=own_slug()))


@pages.get("/forening/<slug>")
@access.allow(*ROLES)
def dashboard(slug: str) -> ResponseReturnValue:
    """Numbers, never names: those stand in *Att göra* and *Nya medlemmar*, with their purpose (P§6.3)."""
    session, viewer = page.session(), page.viewer()
    association = access.association(session, viewer, slug, *ROLES)
    if association.merged_into_id is not None:
        into = session.get_one(Association, association.merged_into_id)
        if viewer.covers(into.path, *ROLES):
            return redirect(url_for("association.dashboard", slug=into.slug))
    chosen = chosen_period(association)
    eyes = known_places(association)
    found = association_page.of(session, association, chosen.period, page.now(), eyes, chosen.choice)
    own, before = ([share.part for share in line] for line in (found.years.own, found.years.before))
    goals = goals_shown.of_page(session, association, found, page.now(), eyes) if found.members >= found.k else []
    goal = goals_shown.line(goals, found, association.id)
    return render_template(
        "associations/dashboard.html",
        association=association,
        found=found,
        chosen=chosen,
        goal=goal,
        goals=goals_shown.first_those_that_need(goals),
        most_goals=goals_shown.MOST_SHOWN,
        plan_page=url_for("plan.show", slug=association.slug),
        statuses=STATUSES,
        words=plan_words,
        sees_campaign=viewer.covers(association.path, RoleName.CHAIR, RoleName.ORGANIZER),
        so_far=found.campaign is not None and figures.goes_on_counting(found.campaign, local_day(page.now())),
        today=local_day(page.now()),
        names=NAMES,
        wide=charts.months(own, before, 620, 260, 84, goal),
        narrow=charts.months(own, before, 370, 240, 72, goal),
    )


def own_slug() -> str:
    """The association whose chair or steward is looking; the first by name if there are several."""
    found = page.session().scalars(
        access.reach(page.viewer(), RoleName.CHAIR, RoleName.STEWARD)
        .with_only_columns(Association.slug)
        .order_by(Association.closed_on.is_not(None), Association.kind, Association.sort_key)
        .limit(1)
    )
    for slug in found:
        return slug
    raise Missing
