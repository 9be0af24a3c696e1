"""The pages of surveys: at most five questions to ask in a call, and what the answers add up to."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from organizer import access, audit, page, surveys
from organizer.menu import Entry
from organizer.models import Association, RoleName
from organizer.small_groups import cells, smallest
from organizer.surveys import KINDS, MOST_QUESTIONS, Asked
from organizer.times import local_day
from organizer.words import N_, Refused

pages = Blueprint("surveys", __name__, url_prefix="/enkater")
ROLES = (RoleName.ORGANIZER, RoleName.CHAIR, RoleName.STEWARD)
MENU = (Entry(N_("Enkäter"), "surveys.start", "form", ROLES, order=70),)


@pages.get("")
@access.allow(*ROLES)
def start() -> ResponseReturnValue:
    """The surveys one may see."""
    rows = surveys.listed(page.session(), page.viewer().paths(*ROLES))
    return render_template("surveys/list.html", rows=rows)


@pages.route("/ny", methods=["GET", "POST"])
@access.allow(*ROLES)
def new() -> ResponseReturnValue:
    """Write a survey: one to five questions, worded as they should be said."""
    sent: MultiDict[str, str] = request.form if request.method == "POST" else MultiDict()
    error: tuple[str, str] | None = None
    if request.method == "POST":
        try:
            place = _place_chosen()
            made = surveys.create(page.session(), place, _typed("title"), _questions(), page.now())
            audit.changed(page.session(), page.viewer().account_id, "survey_created", "survey", made, page.now(), place)
            return redirect(url_for("surveys.show", survey_id=made))
        except Refused as refusal:
            error = (refusal.field or "title", page.in_words(refusal))
    page_ = render_template(
        "surveys/form.html", sent=sent, error=error, kinds=KINDS, places=_places(), most=MOST_QUESTIONS
    )
    return page_, 422 if error else 200


@pages.get("/<int:survey_id>")
@access.allow(*ROLES)
def show(survey_id: int) -> ResponseReturnValue:
    """What came in, at the viewer's own place, with small groups hidden (P§6.3)."""
    session, viewer = page.session(), page.viewer()
    row = surveys.one(session, viewer.paths(*ROLES), survey_id)
    path = row.path if viewer.covers(row.path, *ROLES) else _longest_below(viewer.paths(*ROLES), row.path)
    k = smallest(session, local_day(page.now()))
    results = [_protected(session, one, path, k) for one in surveys.results(session, survey_id, path=path)]
    place = session.scalar(sa.select(Association.short_name).where(Association.path == path))
    return render_template("surveys/show.html", row=row, results=results, k=k, place=place)


def _protected(session: Any, result: surveys.Result, path: str, k: int) -> dict[str, Any]:
    """One question for the page; nothing of it is handed to the template until k have answered."""
    enough = result.answered >= k
    numbers = cells(result.chosen, k, total_shown=result.kind != "many") if enough else []
    options = [gettext(one) if result.kind == "yes_no" else one for one in result.options]
    return {
        "text": result.text, "kind": result.kind, "answered": result.answered, "enough": enough,
        "options": list(zip(options, numbers, strict=False)),
        "words": surveys.words_of(session, result.question_id, path) if enough and result.kind == "text" else [],
    }  # fmt: skip


def _longest_below(paths: tuple[str, ...], above: str) -> str:
    """The viewer's own place below the survey's owner."""
    return next(path for path in paths if path.startswith(above))


def _questions() -> list[Asked]:
    """The questions that were filled in; an empty one in the middle is skipped, as it would be on paper."""
    asked = []
    for n in range(MOST_QUESTIONS):
        text, options = _typed(f"question-{n}"), _typed(f"options-{n}")
        if text or options:
            lines = tuple(line.strip() for line in options.splitlines() if line.strip())
            asked.append(Asked(text, _typed(f"kind-{n}"), lines))
    return asked


def _typed(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "").strip()


def _places() -> list[Any]:
    here = sa.select(Association.id, Association.short_name)
    here = here.where(Association.id.in_(access.reach(page.viewer(), *ROLES)), Association.closed_on.is_(None))
    return list(page.session().execute(here.order_by(Association.path)))


def _place_chosen() -> int:
    places = _places()
    for one in places:
        if len(places) == 1 or str(one.id) == request.form.get("place_id"):
            return int(one.id)
    raise Refused("Välj vilken förening enkäten hör till.", field="place_id")
