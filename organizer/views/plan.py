"""The activity plan of a district or an association: every goal with how far it has come, and a page for the board."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from organizer import access, page, plan_nudges, plans
from organizer.menu import Entry
from organizer.models import Association, AssociationKind, Plan, RoleName
from organizer.plan_goals import Goal, goals_for
from organizer.plan_status import STATUSES, Status
from organizer.times import local_day
from organizer.views import plan_words
from organizer.words import N_, Missing, Refused

pages = Blueprint("plan", __name__, url_prefix="/verksamhetsplan")
READS = (RoleName.ORGANIZER, RoleName.CHAIR, RoleName.STEWARD)
WRITES = (RoleName.ORGANIZER, RoleName.CHAIR)
MENU = (Entry(N_("Verksamhetsplan"), "plan.start", "target", READS, group=N_("Uppföljning"), order=64),)


@dataclass(frozen=True, slots=True)
class Shown:
    """The plan of one place for one year, as this visitor sees it."""

    place: Association
    year: int
    plan: Plan | None
    goals: list[Goal]
    today: date

    @property
    def counts(self) -> list[tuple[Status, int]]:
        """How many goals stand where, the reached first."""
        number = Counter(goal.status for goal in self.goals)
        order = (Status.REACHED, Status.ON_TRACK, Status.PLANNED, Status.NEEDS_ACTION, Status.NOT_BEGUN, Status.UNKNOWN)
        return [(status, number[status]) for status in order if number[status]]

    @property
    def sections(self) -> list[tuple[str, list[Goal]]]:
        """The goals under their headings, those of the place's own plan first."""
        names = dict.fromkeys((goal.owner_id == self.place.id, goal.section) for goal in self.goals)
        return [
            (section, [goal for goal in self.goals if (goal.owner_id == self.place.id, goal.section) == (own, section)])
            for own, section in names
        ]

    @property
    def days_left(self) -> int:
        """Days left of the year; 0 when it is over, and before it has begun."""
        return max(0, (date(self.year, 12, 31) - self.today).days) if self.today.year == self.year else 0


@pages.get("")
@access.allow(*READS)
def start() -> ResponseReturnValue:
    """To the plan one works with: the district's for whoever organises it, else the own association's."""
    viewer = page.viewer()
    for roles in ((RoleName.ORGANIZER,), (RoleName.CHAIR, RoleName.STEWARD)):
        found = page.session().scalar(
            access.reach(viewer, *roles)
            .with_only_columns(Association.slug)
            .order_by(sa.func.length(Association.path), Association.kind, Association.sort_key)
            .limit(1)
        )
        if found:
            return redirect(url_for("plan.show", slug=found))
    raise Missing


@pages.get("/<slug>")
@access.allow(*READS)
def show(slug: str) -> ResponseReturnValue:
    """Every goal of a year, under the plan's own headings; a chair sees no other association's part (D7)."""
    place = place_to_read(slug)
    shown = shown_of(place, year_chosen())
    session, viewer, now = page.session(), page.viewer(), page.now()
    noted = plan_nudges.noted_this_month(session, [goal.id for goal in shown.goals], now)
    return render_template(
        "plan/show.html",
        shown=shown,
        writes=may_write(place),
        years=_years(place, shown),
        above=_above(place),
        waiting=[
            goal for goal in shown.goals if plan_nudges.waits(goal, viewer.account_id, noted, shown.year, shown.today)
        ],
        statuses=STATUSES,
        words=plan_words,
    )


@pages.get("/<slug>/styrelse")
@access.allow(*READS)
def board(slug: str) -> ResponseReturnValue:
    """One page to print for the board: what needs something first (P§6.7 styrelseläge)."""
    shown = shown_of(place_to_read(slug), year_chosen())
    order = list(STATUSES)
    goals = sorted(shown.goals, key=lambda goal: order.index(goal.status))
    return render_template("plan/board.html", shown=shown, goals=goals, statuses=STATUSES, words=plan_words)


@pages.post("/<slug>/antagen")
@access.allow(*WRITES)
def adopt(slug: str) -> ResponseReturnValue:
    """Write down the day the plan was decided on."""
    place = place_to_write(slug)
    year = year_chosen()
    plan = plans.plan_of(page.session(), place, year)
    if plan is None:
        raise Missing
    typed = request.form.get("adopted", "").strip()
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Refused("Skriv dagen då planen antogs, till exempel %(year)s-03-14.", "adopted", year=year) from None
    plans.adopt(page.session(), plan, day, page.viewer().account_id, page.now())
    flash(gettext("Dagen är sparad."))
    return redirect(url_for("plan.show", slug=slug, ar=year))


def shown_of(place: Association, year: int) -> Shown:
    """The plan with its goals: an association's are counted now, a district's as they were kept for the day (D7)."""
    session, now = page.session(), page.now()
    fresh = place.kind == AssociationKind.ASSOCIATION
    goals = goals_for(session, place.id, year, now, fresh=fresh, eyes=eyes_on(place))
    return Shown(place, year, plans.plan_of(session, place, year), goals, local_day(now))


def eyes_on(place: Association) -> set[int] | None:
    """The associations whose numbers the viewer may know, for a place above them; None for whoever knows them all."""
    viewer = page.viewer()
    if viewer.covers(place.path, *READS):
        return None
    return set(page.session().scalars(access.reach(viewer, *READS)))


def place_to_read(slug: str) -> Association:
    """A place within reach, or the district above one's own: its plan is everybody's. Else Missing."""
    found = page.session().scalar(sa.select(Association).where(Association.slug == slug))
    viewer = page.viewer()
    if found is None or not (viewer.covers(found.path, *READS) or is_above(found)):
        raise Missing
    return found


def is_above(place: Association) -> bool:
    """Whether it is the district of one of the viewer's own places."""
    mine = page.viewer().paths(*READS)
    return place.kind == AssociationKind.DISTRICT and any(path.startswith(place.path) for path in mine)


def place_to_write(slug: str) -> Association:
    """A place whose plan the viewer writes, else Missing."""
    return access.association(page.session(), page.viewer(), slug, *WRITES)


def may_write(place: Association) -> bool:
    """Whether the viewer writes the place's plan."""
    return page.viewer().covers(place.path, *WRITES)


def year_chosen() -> int:
    """The year in the address or the form; this year when there is none that a plan can be about."""
    typed, today = request.values.get("ar", ""), local_day(page.now())
    year = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) == 4 else 0
    return year if year in plans.years(today) else today.year


def _years(place: Association, shown: Shown) -> list[int]:
    """The years one can look at: those with a plan, this one and the next."""
    there = plans.with_plan(page.session(), place)
    return sorted({*there, shown.year, shown.today.year, shown.today.year + 1}, reverse=True)


def _above(place: Association) -> Any:
    """The district of an association, to find its plan."""
    if place.kind != AssociationKind.ASSOCIATION:
        return None
    line = [int(one) for one in place.path.strip("/").split("/")]
    kind = Association.kind == AssociationKind.DISTRICT
    return page.session().scalar(sa.select(Association).where(Association.id.in_(line), kind))
