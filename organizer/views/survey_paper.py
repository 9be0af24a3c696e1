"""Answers that came on paper: find who answered and write in what stands there; anonymous ones without anybody."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from organizer import access, anonymous_answers, finding, page, survey_door, surveys
from organizer.models import RoleName
from organizer.views import survey_form
from organizer.words import Missing, Refused

pages = Blueprint("survey_paper", __name__, url_prefix="/enkater")
ROLES = (RoleName.ORGANIZER, RoleName.CHAIR, RoleName.STEWARD)


@pages.get("/<int:survey_id>/papper")
@access.allow(*ROLES)
def start(survey_id: int) -> ResponseReturnValue:
    """Find who answered; an anonymous paper is written in at once."""
    row = _open(survey_id)
    return _questions(row, None, {}) if row.mode == "anonymous" else _search(row)


@pages.post("/<int:survey_id>/papper/sok")
@access.allow(*ROLES)
def find(survey_id: int) -> ResponseReturnValue:
    """Look for a member; a POST, so that no name stands in an address (D16)."""
    row, words = _open(survey_id), request.form.get("q", "").strip()[:120]
    stewarded = [role.association_id for role in page.viewer().roles if role.name == RoleName.STEWARD]
    found = finding.find(page.session(), words, access.reach(page.viewer(), *ROLES), protected_in=stewarded)
    page.saw(*(one.id for one in found.people))
    return _search(row, found, words)


@pages.post("/<int:survey_id>/papper")
@access.allow(*ROLES)
def count(survey_id: int) -> ResponseReturnValue:
    """Count an anonymous paper."""
    row = _open(survey_id)
    if row.mode != "anonymous":
        raise Missing
    given = _given(survey_id)
    try:
        with page.session().begin_nested():
            secret = current_app.extensions["configuration"].secret_key
            anonymous_answers.give(page.session(), survey_id, given, secret=secret)
    except Refused as refusal:
        return _questions(row, None, given, page.in_words(refusal))
    return _again(survey_id)


@pages.get("/<int:survey_id>/papper/<int:person_id>")
@access.allow(*ROLES)
def of_person(survey_id: int, person_id: int) -> ResponseReturnValue:
    """The questions for one member, with what they have answered so far."""
    row = _named(survey_id)
    person = access.person(page.session(), page.viewer(), person_id, *ROLES)
    return _questions(row, person, survey_door.answers_of(page.session(), survey_id, person.id))


@pages.post("/<int:survey_id>/papper/<int:person_id>")
@access.allow(*ROLES)
def save(survey_id: int, person_id: int) -> ResponseReturnValue:
    """Save what stands on the member's paper."""
    row, given = _named(survey_id), _given(survey_id)
    person = access.person(page.session(), page.viewer(), person_id, *ROLES)
    try:
        with page.session().begin_nested():
            for question_id, (choices, text) in given.items():
                surveys.answer(page.session(), question_id, person.id, choices, text, page.now(), how="paper")
    except Refused as refusal:
        return _questions(row, person, given, page.in_words(refusal))
    return _again(survey_id)


def _open(survey_id: int) -> Any:
    """A survey the viewer may see and that still takes answers."""
    row = surveys.one(page.session(), page.viewer().paths(*ROLES), survey_id)
    if not surveys.is_open(row, page.now()):
        raise Refused("Enkäten är stängd. Öppna den först om fler svar ska in.")
    return row


def _named(survey_id: int) -> Any:
    row = _open(survey_id)
    if row.mode != "named":
        raise Missing
    return row


def _given(survey_id: int) -> dict[int, tuple[list[int], str]]:
    return survey_form.answers(surveys.questions(page.session(), survey_id))


def _again(survey_id: int) -> ResponseReturnValue:
    flash(gettext("Svaren är sparade. Här är nästa papper."))
    return redirect(url_for("survey_paper.start", survey_id=survey_id))


def _search(row: Any, found: finding.Answer | None = None, words: str = "") -> ResponseReturnValue:
    return render_template("surveys/paper_search.html", row=row, found=found, words=words)


def _questions(row: Any, person: Any, given: dict[int, Any], problem: str | None = None) -> ResponseReturnValue:
    if person is not None:
        page.saw(person.id)
    asked = surveys.questions(page.session(), row.id)
    return render_template(
        "surveys/paper.html", row=row, person=person, asked=asked, given=given, problem=problem
    ), 422 if problem else 200  # fmt: skip
