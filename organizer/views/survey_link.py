"""Answering a survey by its address, without logging in, and reading the result of one that has been published."""

from datetime import time
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from organizer import access, anonymous_answers, page, personal_links, survey_door, surveys, throttling
from organizer.survey_door import Visit
from organizer.times import local_day, moment
from organizer.views import survey_form, survey_shown
from organizer.words import Missing, Refused

pages = Blueprint("survey_link", __name__, url_prefix="/e")


@pages.get("/<code>")
@access.public
def start(code: str) -> ResponseReturnValue:
    """The questions, with what the person has answered so far; or that it is too late, or already done."""
    try:
        visit = survey_door.visit(page.session(), code, page.now())
    except Refused as refusal:
        return render_template("surveys/closed.html", title="", sentence=page.in_words(refusal)), 410
    if not visit.is_open:
        return _closed(visit)
    if visit.person_id is None and visit.survey.id in session.get("answered", []):
        return render_template("surveys/thanks.html", survey=visit.survey, code=code, visit=visit)
    found = {} if visit.person_id is None else survey_door.answers_of(page.session(), visit.survey.id, visit.person_id)
    return _questions(visit, code, found)


@pages.post("/<code>")
@access.public
def save(code: str) -> ResponseReturnValue:
    """Save the answers; `draft` is what the page sends by itself while somebody is still answering by name."""
    visit = survey_door.visit(page.session(), code, page.now())
    if not visit.is_open:
        return _closed(visit)
    asked = surveys.questions(page.session(), visit.survey.id)
    given = survey_form.answers(asked)
    draft = "draft" in request.form
    if draft and visit.person_id is None:
        raise Missing
    if later := _too_many(visit):
        return _questions(visit, code, given, page.in_words(later), 429)
    try:
        with page.session().begin_nested():
            _write(visit, given)
    except Refused as refusal:
        return _questions(visit, code, given, page.in_words(refusal), 422)
    if draft:
        return "", 204
    if visit.person_id is None:
        session["answered"] = [*session.get("answered", []), visit.survey.id][-20:]
    return redirect(url_for("survey_link.thanks", code=code))


@pages.get("/<code>/tack")
@access.public
def thanks(code: str) -> ResponseReturnValue:
    """It is saved; by name it can be changed as long as the survey is open."""
    visit = survey_door.visit(page.session(), code, page.now())
    return render_template("surveys/thanks.html", survey=visit.survey, code=code, visit=visit)


@pages.get("/<code>/resultat")
@access.public
def result(code: str) -> ResponseReturnValue:
    """What came in, once whoever asked has published it: numbers alone, small groups hidden, nobody's own words."""
    survey = survey_door.published(page.session(), code)
    shown = survey_shown.of(page.session(), survey, page.now(), words=False)
    return render_template(
        "surveys/published.html", survey=survey, shown=shown, is_open=surveys.is_open(survey, page.now())
    )


def _write(visit: Visit, given: dict[int, tuple[list[int], str]]) -> None:
    now = page.now()
    if visit.person_id is None:
        secret = current_app.extensions["configuration"].secret_key
        anonymous_answers.give(page.session(), visit.survey.id, given, secret=secret)
        return
    if "draft" not in request.form and not any(choices or text.strip() for choices, text in given.values()):
        raise Refused("Svara på minst en fråga. Inget är skickat än.")
    for question_id, (choices, text) in given.items():
        surveys.answer(page.session(), question_id, visit.person_id, choices, text, now, how="link")
    if visit.link_id:
        personal_links.used(page.session(), visit.link_id, now)


def _too_many(visit: Visit) -> Refused | None:
    """A flood is stopped per link, or per anonymous survey: never by anything that tells who is answering, or when."""
    secret, now = current_app.extensions["configuration"].secret_key, page.now()
    if visit.link_id:
        ends = throttling.allow(page.session(), throttling.SURVEY_LINK, visit.link_id, now, secret=secret)
    else:
        today = moment(local_day(now), time.min)
        ends = throttling.allow(page.session(), throttling.SURVEY_OPEN, visit.survey.id, today, secret=secret)
    if ends is None:
        return None
    if visit.link_id:
        return Refused("Det kom många svar på en gång. Vänta en kvart och skicka igen. Det du har fyllt i är kvar.")
    return Refused("Det har kommit ovanligt många svar i dag. Försök igen i morgon. Inget är skickat än.")


def _questions(
    visit: Visit, code: str, given: dict[int, Any], problem: str | None = None, status: int = 200
) -> ResponseReturnValue:
    asked = surveys.questions(page.session(), visit.survey.id)
    return render_template(
        "surveys/answer.html", survey=visit.survey, visit=visit, code=code, asked=asked, given=given, problem=problem,
        before=any(choices or text for choices, text in given.values()) and not problem,
    ), status  # fmt: skip


def _closed(visit: Visit) -> ResponseReturnValue:
    published = visit.survey.public_code if visit.survey.published_at else None
    return render_template(
        "surveys/closed.html",
        title=visit.survey.title,
        sentence="",
        published=published,
        anonymous=visit.person_id is None,
    )
