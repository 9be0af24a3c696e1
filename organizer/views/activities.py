"""The pages of activities: what lies ahead and behind, who comes, and ticking those who came at the door."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from organizer import access, activities, activity_lists, audit, page
from organizer.menu import Entry
from organizer.models import Association, RoleName
from organizer.times import local_day
from organizer.views.activity_form import ActivityForm
from organizer.words import N_, Missing, Refused

pages = Blueprint("activities", __name__, url_prefix="/aktiviteter")
ROLES = (RoleName.ORGANIZER, RoleName.CHAIR, RoleName.STEWARD)
MENU = (Entry(N_("Aktiviteter"), "activities.start", "cal", ROLES, order=60),)


@pages.get("")
@access.allow(*ROLES)
def start() -> ResponseReturnValue:
    """What lies ahead, or behind with ?visa=tidigare."""
    past = request.args.get("visa") == "tidigare"
    rows = activity_lists.listed(page.session(), page.viewer().paths(*ROLES), page.now(), past=past)
    return render_template("activities/list.html", rows=rows, past=past, kinds=activities.KINDS)


@pages.route("/ny", methods=["GET", "POST"])
@access.allow(*ROLES)
def new() -> ResponseReturnValue:
    """Add an activity."""
    form = ActivityForm(request.form, places=_places())
    if request.method == "POST":
        try:
            place, draft = form.place_chosen(), form.draft()
            made = activities.create(
                page.session(), place, draft, page.now(),
                organizers=form.together(), account_id=page.viewer().account_id,
            )  # fmt: skip
            _note("activity_created", made, place)
            return redirect(url_for("activities.show", activity_id=made))
        except Refused as refusal:
            form.refuse(refusal)
    return _form_page(form, None)


@pages.get("/<int:activity_id>")
@access.allow(*ROLES)
def show(activity_id: int) -> ResponseReturnValue:
    """One activity: who comes and who waits; from its day on, a row to tap for each who came."""
    return _page(activity_id)


@pages.route("/<int:activity_id>/andra", methods=["GET", "POST"])
@access.allow(*ROLES)
def edit(activity_id: int) -> ResponseReturnValue:
    """Change an activity of one's own."""
    row = _own(activity_id)
    held = [one.id for one in activity_lists.organizers(page.session(), activity_id)]
    form = ActivityForm(request.form, places=_places())
    if request.method == "GET":
        form.fill(row, held)
    else:
        try:
            within = {place.id for place in form.places}
            kept = [one for one in held if one not in within]
            activities.edit(page.session(), activity_id, form.draft(), page.now(), organizers=[*form.together(), *kept])
            _note("activity_changed", activity_id, row.association_id)
            return redirect(url_for("activities.show", activity_id=activity_id))
        except Refused as refusal:
            form.refuse(refusal)
    return _form_page(form, row)


@pages.route("/<int:activity_id>/stall-in", methods=["GET", "POST"])
@access.allow(*ROLES)
def cancel(activity_id: int) -> ResponseReturnValue:
    """Ask once, then call the activity off."""
    row = _own(activity_id)
    if request.method == "POST":
        if activities.cancel(page.session(), activity_id, page.now()):
            _note("activity_cancelled", activity_id, row.association_id)
        return redirect(url_for("activities.show", activity_id=activity_id))
    counts = activity_lists.how_many_people(page.session(), activity_id)
    return render_template("activities/cancel.html", row=row, counts=counts)


@pages.post("/<int:activity_id>/sok")
@access.allow(*ROLES)
def find(activity_id: int) -> ResponseReturnValue:
    """Look for a member to sign up or tick; a POST, so that no name stands in an address (D16)."""
    words = request.form.get("q", "").strip()
    enough = len(words) >= 2
    found = activity_lists.find(page.session(), words, _reach()) if enough else []
    return _page(activity_id, found=found, words=words, enough=enough)


@pages.post("/<int:activity_id>/anmal")
@access.allow(*ROLES)
def sign_up(activity_id: int) -> ResponseReturnValue:
    """Sign a member up from the search."""
    person_id = _person(activity_id)
    activities.sign_up(page.session(), activity_id, person_id, page.now())
    return _back(activity_id)


@pages.post("/<int:activity_id>/avanmal")
@access.allow(*ROLES)
def withdraw(activity_id: int) -> ResponseReturnValue:
    """Take a member off the list."""
    person_id = _person(activity_id)
    activities.withdraw(page.session(), activity_id, person_id, page.now())
    return _back(activity_id)


@pages.post("/<int:activity_id>/narvaro")
@access.allow(*ROLES)
def attendance(activity_id: int) -> ResponseReturnValue:
    """One tap at the door: came, or did not after all."""
    person_id = _person(activity_id)
    if request.form.get("came") == "1":
        activities.attend(page.session(), activity_id, person_id, page.viewer().account_id, page.now())
    else:
        activities.unattend(page.session(), activity_id, person_id)
    return _back(activity_id)


def _page(activity_id: int, **searched: Any) -> ResponseReturnValue:
    session, viewer = page.session(), page.viewer()
    row = activity_lists.one(session, viewer.paths(*ROLES), activity_id)
    people = activity_lists.people_of(session, activity_id, _reach())
    page.saw(*(one.id for one in people), *(one.id for one in searched.get("found", ())))
    coming = [one for one in people if one.state in activities.COMING or one.came]
    return render_template(
        "activities/show.html",
        row=row,
        kinds=activities.KINDS,
        counts=activity_lists.how_many_people(session, activity_id),
        organizers=activity_lists.organizers(session, activity_id),
        coming=coming,
        answered_no=[one for one in people if one not in coming],
        own=viewer.covers(row.path, *ROLES),
        begun=local_day(page.now()) >= local_day(row.starts_at),
        over=row.ends_at <= page.now(),
        **searched,
    )


def _form_page(form: ActivityForm, row: Any) -> ResponseReturnValue:
    status = 422 if form.errors else 200
    return render_template("activities/form.html", form=form, row=row), status


def _own(activity_id: int) -> Any:
    """An activity the viewer may change, else Missing."""
    row = activity_lists.one(page.session(), page.viewer().paths(*ROLES), activity_id)
    if not page.viewer().covers(row.path, *ROLES):
        raise Missing
    return row


def _person(activity_id: int) -> int:
    """The person of the form, if both the activity and the person are within reach, else Missing."""
    activity_lists.one(page.session(), page.viewer().paths(*ROLES), activity_id)
    text = request.form.get("person", "")
    if not (text.isdecimal() and len(text) < 10):
        raise Missing
    found = access.person(page.session(), page.viewer(), int(text), *ROLES)
    page.saw(found.id)
    return found.id


def _reach() -> sa.Select[int]:
    return access.reach(page.viewer(), *ROLES)


def _places() -> list[Any]:
    """The associations in whose name the viewer may add activities."""
    here = sa.select(Association.id, Association.short_name, Association.kind)
    here = here.where(Association.id.in_(_reach()), Association.closed_on.is_(None))
    return list(page.session().execute(here.order_by(Association.path)))


def _back(activity_id: int) -> ResponseReturnValue:
    """To the same row of the list: the row's number on the page, nothing about the person."""
    row = request.form.get("row", "")
    anchor = f"rad-{row}" if row.isdecimal() and len(row) < 5 else None
    return redirect(url_for("activities.show", activity_id=activity_id, _anchor=anchor))


def _note(action: str, activity_id: int, association_id: int) -> None:
    account_id = page.viewer().account_id
    audit.changed(page.session(), account_id, action, "activity", activity_id, page.now(), association_id)
