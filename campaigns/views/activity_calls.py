"""The list of those to ring when an activity is moved or called off: their numbers, and a tick for each who knows."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaigns import activity_calls
from organizer import access, activity_lists, page, phones
from organizer.models import RoleName
from organizer.words import Missing

pages = Blueprint("activity_calls", __name__, url_prefix="/aktiviteter")
ROLES = (RoleName.ORGANIZER, RoleName.CHAIR, RoleName.STEWARD)


@pages.get("/<int:activity_id>/ring")
@access.allow(*ROLES)
def start(activity_id: int) -> ResponseReturnValue:
    """Everybody whom no SMS tells, with why, and what to say."""
    session, viewer = page.session(), page.viewer()
    row = activity_lists.one(session, viewer.paths(*ROLES), activity_id)
    stewarded = [role.association_id for role in viewer.roles if role.name == RoleName.STEWARD]
    people, hidden = activity_calls.of_activity(session, activity_id, access.reach(viewer, *ROLES), stewarded)
    if not viewer.covers(row.path, *ROLES):
        people = [one for one in people if one.person_id]
    page.saw(*(one.person_id for one in people if one.person_id))
    return render_template(
        "activities/ring.html", row=row, why=activity_calls.WHY, hidden=hidden, display=phones.display,
        left=[one for one in people if not one.told], told=[one for one in people if one.told],
        over=row.starts_at <= page.now(),
    )  # fmt: skip


@pages.post("/<int:activity_id>/ring/<int:sign_up_id>")
@access.allow(*ROLES)
def tell(activity_id: int, sign_up_id: int) -> ResponseReturnValue:
    """One tap: has been told, or has not after all."""
    session, viewer = page.session(), page.viewer()
    row = activity_lists.one(session, viewer.paths(*ROLES), activity_id)
    told = request.form.get("told") == "1"
    person_id = activity_calls.tell(session, activity_id, sign_up_id, page.now(), told=told)
    if person_id is not None:
        access.person(session, viewer, person_id, *ROLES)
    elif not viewer.covers(row.path, *ROLES):
        raise Missing
    return redirect(url_for("activity_calls.start", activity_id=activity_id))
