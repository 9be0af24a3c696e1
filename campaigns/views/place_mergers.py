"""The pages where an association becomes part of another: choosing, a check in words, and what to decide afterwards."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import place_mergers
from organizer import access, after_mergers, page, typed_days
from organizer import place_mergers as rules
from organizer.models import Association, RoleName
from organizer.roles import NAMES
from organizer.times import local_day
from organizer.words import Missing, Refused

pages = Blueprint("place_mergers", __name__, url_prefix="/installningar/plats")
ROLES = (RoleName.ORGANIZER, RoleName.OWNER)


@pages.get("/<slug>/sla-ihop")
@access.allow(*ROLES)
def choose(slug: str) -> ResponseReturnValue:
    """Into which association, and from which day; with both chosen, what would happen."""
    return _page(of_district(slug))


@pages.post("/<slug>/sla-ihop")
@access.allow(*ROLES)
def merge(slug: str) -> ResponseReturnValue:
    """Do it, all or nothing."""
    session, gone = page.session(), of_district(slug)
    into, day = _into(gone), typed_days.read(request.values.get("day", ""))
    try:
        with session.begin_nested():
            place_mergers.merge(session, gone, into, day, page.viewer().account_id, page.now())
    except Refused as refusal:
        return _page(gone, refusal), 422
    return redirect(url_for("place_mergers.after", slug=slug))


@pages.get("/<slug>/efter")
@access.allow(*ROLES)
def after(slug: str) -> ResponseReturnValue:
    """What waits for somebody to decide."""
    return _after(of_district(slug))


@pages.post("/<slug>/efter/<what>/<int:subject_id>")
@access.allow(*ROLES)
def decide(slug: str, what: str, subject_id: int) -> ResponseReturnValue:
    """Let one thing go on in the other association, or end."""
    session, gone = page.session(), of_district(slug)
    into = session.get(Association, gone.merged_into_id) if gone.merged_into_id else None
    if into is None:
        raise Missing
    account, now = page.viewer().account_id, page.now()
    goes_on = into if request.form.get("go") == "on" else None
    try:
        with session.begin_nested():
            if what == "roll":
                after_mergers.pass_role(session, page.viewer(), gone, goes_on, subject_id, now)
            elif what == "mal":
                after_mergers.pass_goal(session, gone, goes_on, subject_id, account, now)
            elif what == "distriktsmal":
                after_mergers.aim_anew(session, gone, goes_on, subject_id, account, now)
            elif what == "urval":
                after_mergers.rename(session, gone, into, subject_id, account, now)
            else:
                raise Missing
    except Refused as refusal:
        return _after(gone, refusal), 422
    flash(gettext("Sparat."))
    return redirect(url_for("place_mergers.after", slug=slug))


def _page(gone: Association, refusal: Refused | None = None) -> str:
    session, today = page.session(), local_day(page.now())
    into, day, check = _into(gone), typed_days.read(request.values.get("day", "")), None
    asked = request.values.get("into") is not None
    if asked and refusal is None:
        try:
            day = rules.check(session, gone, into, day, today)
            check = place_mergers.look(session, gone, page.now())
        except Refused as mistake:
            refusal = mistake
    return render_template(
        "settings/merge.html", gone=gone, into=into, day=day, check=check, choices=rules.choices(session, gone),
        typed=request.values, today=today, earliest=rules.earliest(today),
        hindrances=place_mergers.hindrances(session, gone),
        problem=page.in_words(refusal) if refusal else None, field=refusal.field if refusal else None,
    )  # fmt: skip


def _after(gone: Association, refusal: Refused | None = None) -> str:
    session = page.session()
    if gone.merged_into_id is None:
        raise Missing
    return render_template(
        "settings/after_merger.html", gone=gone, into=session.get_one(Association, gone.merged_into_id),
        left=after_mergers.left(session, gone, page.now()), role_names=NAMES,
        problem=page.in_words(refusal) if refusal else None,
    )  # fmt: skip


def of_district(slug: str) -> Association:
    """One of a district that the viewer answers for: a merger touches more than the two."""
    session, viewer = page.session(), page.viewer()
    found = access.association(session, viewer, slug, *ROLES)
    if not found.path.startswith(rules.districts_of(session, viewer) or "-"):
        raise Missing
    return found


def _into(gone: Association) -> Association | None:
    chosen = request.values.get("into", "")
    return next((one for one in rules.choices(page.session(), gone) if one.slug == chosen), None)
