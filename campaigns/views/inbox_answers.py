"""The answers of the inbox, to write, change and throw away: for those who answer."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import inbox_answers
from campaigns.views.campaign_form import Form
from campaigns.views.inbox import SEE, rehearsal
from organizer import access, page
from organizer.words import Refused

pages = Blueprint("inbox_answers", __name__, url_prefix="/inkorg/mallar")


@pages.get("")
@access.allow(*SEE)
def start() -> ResponseReturnValue:
    """All of them; each of one's own with its form."""
    return _page(Form(request.args))


@pages.post("")
@access.allow(*SEE)
def save() -> ResponseReturnValue:
    """Save a new one, or a changed one."""
    form, viewer, session = Form(request.form), page.viewer(), page.session()
    changes = form.values.get("changes", type=int)
    places = [role.association_id for role in sorted(viewer.roles, key=lambda role: role.path) if role.name in SEE]
    place = places[0]
    try:
        with session.begin_nested():
            if changes is not None:
                place = inbox_answers.place_of(session, access.reach(viewer, *SEE), changes)
            inbox_answers.save(
                session, place, form.get("name"), form.get("body"), viewer.account_id, page.now(), changes=changes
            )
    except Refused as refusal:
        form.refuse([refusal])
        return _page(form)
    flash(gettext("Mallen är sparad."))
    return redirect(url_for("inbox_answers.start"))


@pages.post("/<int:answer_id>/bort")
@access.allow(*SEE)
def remove(answer_id: int) -> ResponseReturnValue:
    """Throw one away; one that comes with Rundan then shows again."""
    inbox_answers.remove(
        page.session(), access.reach(page.viewer(), *SEE), answer_id, page.viewer().account_id, page.now()
    )
    flash(gettext("Mallen är borttagen."))
    return redirect(url_for("inbox_answers.start"))


def _page(form: Form) -> ResponseReturnValue:
    viewer = page.viewer()
    answers = inbox_answers.usable(page.session(), viewer.paths(*SEE), access.reach(viewer, *SEE))
    return render_template(
        "inbox/answers.html", answers=answers, form=form, fields=inbox_answers.FIELDS, rehearsal=rehearsal(),
        changed=form.values.get("changes", type=int) if form.errors else None,
    ), 422 if form.errors else 200  # fmt: skip
