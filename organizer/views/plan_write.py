"""Writing a plan: paste its text and confirm what was understood, or choose goals from the catalogue."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from organizer import access, page, plan_reading, plans
from organizer.models import Association, AssociationKind
from organizer.plan_catalogue import CATALOGUE
from organizer.plan_reading import MOST_GOALS, MOST_TEXT
from organizer.views import plan_form, plan_words
from organizer.views.plan import WRITES, pages, place_to_write, year_chosen
from organizer.words import Refused

MOST_ROWS = 2 * MOST_GOALS


@pages.route("/<slug>/klistra", methods=["GET", "POST"])
@access.allow(*WRITES)
def paste(slug: str) -> ResponseReturnValue:
    """Paste the plan's text; what it may mean is shown to be confirmed, and nothing is saved yet."""
    place, year = place_to_write(slug), year_chosen()
    text = request.form.get("text", "")
    if request.method == "GET":
        return _paste_page(place, year, text)
    try:
        found = plan_reading.read(text, year, association=place.kind == AssociationKind.ASSOCIATION)
    except Refused as refusal:
        return _paste_page(place, year, text, refusal), 422
    rows = [{"kept": one.kept, "fields": plan_form.of_suggestion(one)} for one in found.suggestions]
    return _review_page(place, year, rows, found.left)


@pages.post("/<slug>/bekrafta")
@access.allow(*WRITES)
def confirm(slug: str) -> ResponseReturnValue:
    """Save the goals that are ticked, all of them or none; a mistake is said at its goal with everything kept."""
    place, year = place_to_write(slug), year_chosen()
    numbers = [n for n in range(MOST_ROWS) if f"{n}-goal" in request.form]
    rows = [
        {"kept": f"{n}-keep" in request.form, "fields": plan_form.typed(request.form, f"{n}-")} for n in numbers
    ]  # fmt: skip
    wrong = _save(place, year, rows)
    if wrong:
        return _review_page(place, year, rows, "", wrong), 422
    number = sum(bool(row["kept"]) for row in rows)
    flash(ngettext("%(num)s mål är sparat.", "%(num)s mål är sparade.", number))
    return redirect(url_for("plan.show", slug=slug, ar=year))


@pages.get("/<slug>/katalog")
@access.allow(*WRITES)
def catalogue(slug: str) -> ResponseReturnValue:
    """Everything a plan can ask for, how it is counted and what is usually enough."""
    place = place_to_write(slug)
    groups = [
        (title, [CATALOGUE[key] for key, _ in entries]) for title, entries in plan_form.choices(place)["groups"]
    ]  # fmt: skip
    return render_template("plan/catalogue.html", place=place, year=year_chosen(), groups=groups, words=plan_words)


@pages.route("/<slug>/nytt", methods=["GET", "POST"])
@access.allow(*WRITES)
def new(slug: str) -> ResponseReturnValue:
    """Add one goal, perhaps begun from the catalogue."""
    place, year = place_to_write(slug), year_chosen()
    if request.method == "GET":
        entry = CATALOGUE.get(request.args.get("fran", ""), CATALOGUE["yes_no"])
        return goal_form(place, year, plan_form.of_entry(entry))
    values = plan_form.typed(request.form)
    try:
        with page.session().begin_nested():
            (made,) = plans.add(
                page.session(), place, year, [plan_form.draft(values)], page.viewer().account_id, page.now()
            )
    except Refused as refusal:
        return goal_form(place, year, values, refusal=refusal), 422
    return redirect(url_for("plan.goal", goal_id=made))


def goal_form(
    place: Association, year: int, values: dict[str, str], row: Any = None, refusal: Refused | None = None
) -> str:  # fmt: skip
    """The form of one goal, new or changed."""
    error = (refusal.field or "goal", page.in_words(refusal)) if refusal else None
    return render_template(
        "plan/form.html", place=place, year=year, values=values, row=row, error=error, choices=plan_form.choices(place)
    )


def _save(place: Association, year: int, rows: list[dict[str, Any]]) -> dict[int, tuple[str, str]]:
    """Save the ticked rows; the mistakes by row (field, sentence), and then nothing is saved."""
    wrong: dict[int, tuple[str, str]] = {}
    kept = [(n, row) for n, row in enumerate(rows) if row["kept"]]
    if not kept:
        return {-1: ("keep", page.in_words(Refused("Kryssa för minst ett mål, eller avbryt.")))}
    session = page.session()
    with session.begin_nested() as all_of_them:
        for n, row in kept:
            try:
                with session.begin_nested():
                    draft = plan_form.draft(row["fields"])
                    plans.add(session, place, year, [draft], page.viewer().account_id, page.now())
            except Refused as refusal:
                wrong[n] = (refusal.field or "goal", page.in_words(refusal))
        if wrong:
            all_of_them.rollback()
    return wrong


def _paste_page(place: Association, year: int, text: str, refusal: Refused | None = None) -> str:
    return render_template(
        "plan/paste.html", place=place, year=year, text=text, most=MOST_TEXT,
        problem=page.in_words(refusal) if refusal else "",
    )  # fmt: skip


def _review_page(
    place: Association,
    year: int,
    rows: list[dict[str, Any]],
    left: str,
    wrong: dict[int, tuple[str, str]] | None = None,
) -> str:
    return render_template(
        "plan/review.html", place=place, year=year, rows=rows, left=left, wrong=wrong or {},
        choices=plan_form.choices(place), catalogue=CATALOGUE, words=plan_words,
    )  # fmt: skip
