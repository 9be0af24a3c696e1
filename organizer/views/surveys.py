"""The pages of surveys for those who ask: writing one, the ways to answer it, what came in, closing and publishing."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from organizer import access, anonymous_answers, audit, page, survey_drafts, surveys
from organizer.menu import Entry
from organizer.models import Association, RoleName
from organizer.question_bank import BANK
from organizer.survey_drafts import KINDS, MODES, MOST_BY_LINK, MOST_QUESTIONS
from organizer.views import own_places, survey_form, survey_shown
from organizer.words import N_, Missing, Refused

pages = Blueprint("surveys", __name__, url_prefix="/enkater")
ROLES = (RoleName.ORGANIZER, RoleName.CHAIR, RoleName.STEWARD)
MENU = (Entry(N_("Enkäter"), "surveys.start", "form", ROLES, order=70),)
MOVES = {
    "stang": ("survey_closed", surveys.close, True),
    "oppna": ("survey_opened", surveys.close, False),
    "publicera": ("survey_published", surveys.publish, True),
    "dolj": ("survey_hidden", surveys.publish, False),
}
"""What can be done to a survey with one press: what the log calls it, the rule, and whether it is done or undone."""


@pages.get("")
@access.allow(*ROLES)
def start() -> ResponseReturnValue:
    """The surveys one may see."""
    rows = surveys.listed(page.session(), page.viewer().paths(*ROLES))
    return render_template("surveys/list.html", rows=rows, is_open=surveys.is_open)


@pages.route("/ny", methods=["GET", "POST"])
@access.allow(*ROLES)
def new() -> ResponseReturnValue:
    """Write a survey of up to thirty questions, five of which fit in a call."""
    if request.method == "GET":
        return _form(MultiDict())
    if "more" in request.form or "add" in request.form:
        return _form(survey_form.more(request.form))
    try:
        with page.session().begin_nested():
            place = own_places.chosen(N_("Välj vilken förening enkäten hör till."), *ROLES).id
            made = survey_drafts.write(page.session(), place, survey_form.draft(), page.now())
    except Refused as refusal:
        return _form(request.form, refusal)
    _log("survey_created", made, place)
    return redirect(url_for("surveys.show", survey_id=made))


@pages.get("/<int:survey_id>")
@access.allow(*ROLES)
def show(survey_id: int) -> ResponseReturnValue:
    """What came in, at the viewer's own place, with small groups hidden (P§6.3), and the ways to answer."""
    row, viewer = _one(survey_id), page.viewer()
    path = row.path if _owns(row) else _longest_below(viewer.paths(*ROLES), row.path)
    shown = survey_shown.of(page.session(), row, page.now(), path=path)
    place = page.session().scalar(sa.select(Association.short_name).where(Association.path == path))
    return render_template(
        "surveys/show.html", row=row, shown=shown, place=place, mine=_owns(row),
        is_open=surveys.is_open(row, page.now()), asked=len(shown.results), in_a_call=MOST_QUESTIONS,
    )  # fmt: skip


@pages.route("/<int:survey_id>/andra", methods=["GET", "POST"])
@access.allow(*ROLES)
def edit(survey_id: int) -> ResponseReturnValue:
    """Change a survey; once somebody has answered, only its name, its introduction and its last day."""
    row = _own(survey_id)
    was = survey_drafts.of(page.session(), survey_id)
    if request.method == "GET":
        return _form(survey_form.fields(was), row=row)
    if "more" in request.form or "add" in request.form:
        return _form(survey_form.more(request.form), row=row)
    locked = row.in_calls or surveys.has_answers(page.session(), survey_id)
    try:
        with page.session().begin_nested():
            draft = survey_form.draft()
            if locked:
                draft = survey_drafts.Draft(draft.title, was.questions, draft.about, was.mode, draft.closes_on)
            survey_drafts.edit(page.session(), survey_id, draft, page.now())
    except Refused as refusal:
        return _form(request.form, refusal, row=row)
    _log("survey_changed", survey_id, row.association_id)
    return redirect(url_for("surveys.show", survey_id=survey_id))


@pages.post("/<int:survey_id>/kopiera")
@access.allow(*ROLES)
def copy(survey_id: int) -> ResponseReturnValue:
    """The same questions anew, at a place of one's own."""
    row = _one(survey_id)
    place = row.association_id if _owns(row) else own_places.first(*ROLES)
    made = survey_drafts.copy(page.session(), survey_id, place, page.now())
    _log("survey_created", made, place)
    return redirect(url_for("surveys.edit", survey_id=made))


@pages.post("/<int:survey_id>/<move>")
@access.allow(*ROLES)
def do(survey_id: int, move: str) -> ResponseReturnValue:
    """Close or open it, publish or hide what came in."""
    row = _own(survey_id)
    if move not in MOVES:
        raise Missing
    called, rule, done = MOVES[move]
    rule(page.session(), survey_id, page.now() if done else None)
    if move == "stang" and row.mode == "anonymous":
        secret = current_app.extensions["configuration"].secret_key
        anonymous_answers.count_rest(page.session(), survey_id, secret=secret)
    _log(called, survey_id, row.association_id)
    return redirect(url_for("surveys.show", survey_id=survey_id))


def _form(sent: MultiDict[str, str], refusal: Refused | None = None, row: Any = None) -> ResponseReturnValue:
    error = (refusal.field or "title", page.in_words(refusal)) if refusal else None
    locked = row is not None and (row.in_calls or surveys.has_answers(page.session(), row.id))
    return render_template(
        "surveys/form.html", sent=sent, error=error, kinds=KINDS, modes=MODES, bank=BANK, places=own_places.listed(*ROLES), row=row,
        locked=locked, blocks=survey_form.blocks(sent), most=MOST_BY_LINK, in_a_call=MOST_QUESTIONS,
    ), 422 if refusal else 200  # fmt: skip


def _one(survey_id: int) -> Any:
    return surveys.one(page.session(), page.viewer().paths(*ROLES), survey_id)


def _own(survey_id: int) -> Any:
    """A survey of the viewer's own place or below it; Missing for one that is only asked there from above."""
    row = _one(survey_id)
    if not _owns(row):
        raise Missing
    return row


def _owns(row: Any) -> bool:
    return page.viewer().covers(row.path, *ROLES)


def _log(action: str, survey_id: int, place: int) -> None:
    audit.changed(page.session(), page.viewer().account_id, action, "survey", survey_id, page.now(), place)


def _longest_below(paths: tuple[str, ...], above: str) -> str:
    """The viewer's own place below the survey's owner."""
    return next(path for path in paths if path.startswith(above))
