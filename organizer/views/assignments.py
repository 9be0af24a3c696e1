"""Who holds which office: the list of a place, and the page of one person where it is noted, ended or taken away."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from organizer import access, activity_lists, assignments, audit, page, typed_days
from organizer.menu import Entry
from organizer.times import local_day
from organizer.views import own_places
from organizer.views.activities import ROLES
from organizer.words import N_, Missing, Refused

pages = Blueprint("assignments", __name__)
MENU = (Entry(N_("Uppdrag"), "assignments.start", "people", ROLES, order=65),)


@pages.get("/uppdrag")
@access.allow(*ROLES)
def start() -> ResponseReturnValue:
    """Who holds what today, place by place."""
    return _list()


@pages.post("/uppdrag/sok")
@access.allow(*ROLES)
def find() -> ResponseReturnValue:
    """Look for the member who has got an office; a POST, so that no name stands in an address (D16)."""
    words = request.form.get("q", "").strip()
    enough = len(words) >= 2
    return _list(
        words=words, enough=enough, found=activity_lists.find(page.session(), words, _reach()) if enough else []
    )


@pages.get("/medlemmar/<int:person_id>/uppdrag")
@access.allow(*ROLES)
def of_person(person_id: int) -> ResponseReturnValue:
    """Everything one person holds and has held, and a form for another."""
    return _page(person_id)


@pages.post("/medlemmar/<int:person_id>/uppdrag")
@access.allow(*ROLES)
def add(person_id: int) -> ResponseReturnValue:
    """Note that the person has an office."""
    person, form = access.person(page.session(), page.viewer(), person_id, *ROLES), request.form
    try:
        place = own_places.chosen(N_("Välj var uppdraget är."), *ROLES, field="place")
        until = typed_days.offered(form.get("to_day", ""), "to_day")
        office = form.get("own_words", "").strip() or form.get("office", "")
        me = page.viewer().account_id
        made = assignments.add(
            page.session(),
            person.id,
            place.id,
            office,
            typed_days.asked(form.get("from_day", ""), "from_day"),
            until,
            me,
            page.now(),
        )
    except Refused as refusal:
        return _page(person_id, {refusal.field or "office": page.in_words(refusal)}), 422
    _note("assignment_added", made, place.id)
    flash(gettext("Uppdraget är sparat."))
    return redirect(url_for("assignments.of_person", person_id=person_id))


@pages.post("/medlemmar/<int:person_id>/uppdrag/<int:assignment_id>/avsluta")
@access.allow(*ROLES)
def end(person_id: int, assignment_id: int) -> ResponseReturnValue:
    """Note the first day it is no longer held."""
    row = _own(person_id, assignment_id)
    try:
        assignments.end(page.session(), row.id, typed_days.asked(request.form.get("to_day", ""), "to_day"), page.now())
    except Refused as refusal:
        return _page(person_id, {"to_day": page.in_words(refusal)}), 422
    _note("assignment_ended", row.id, row.association_id)
    return redirect(url_for("assignments.of_person", person_id=person_id))


@pages.post("/medlemmar/<int:person_id>/uppdrag/<int:assignment_id>/ta-bort")
@access.allow(*ROLES)
def remove(person_id: int, assignment_id: int) -> ResponseReturnValue:
    """Take away what was noted by mistake."""
    row = _own(person_id, assignment_id)
    assignments.remove(page.session(), row.id)
    _note("assignment_removed", row.id, row.association_id)
    return redirect(url_for("assignments.of_person", person_id=person_id))


def _list(**searched: Any) -> str:
    rows = assignments.held(page.session(), _reach(), local_day(page.now()))
    page.saw(*(one.person_id for one in rows), *(one.id for one in searched.get("found", ())))
    return render_template("assignments/list.html", rows=rows, offices=assignments.OFFICES, **searched)


def _page(person_id: int, mistakes: dict[str, str] | None = None) -> str:
    person = access.person(page.session(), page.viewer(), person_id, *ROLES)
    page.saw(person.id)
    rows, today = assignments.of_person(page.session(), person.id), local_day(page.now())
    return render_template(
        "assignments/person.html", person=person, mistakes=mistakes or {}, offices=assignments.OFFICES, today=today,
        rows=[(row, page.viewer().covers(row.path, *ROLES)) for row in rows], places=own_places.listed(*ROLES),
    )  # fmt: skip


def _own(person_id: int, assignment_id: int) -> Any:
    """An assignment of a person within reach at a place within reach, else Missing."""
    person = access.person(page.session(), page.viewer(), person_id, *ROLES)
    page.saw(person.id)
    for row in assignments.of_person(page.session(), person.id):
        if row.id == assignment_id and page.viewer().covers(row.path, *ROLES):
            return row
    raise Missing


def _reach() -> sa.Select[int]:
    return access.reach(page.viewer(), *ROLES)


def _note(action: str, assignment_id: int, association_id: int) -> None:
    me = page.viewer().account_id
    audit.changed(page.session(), me, action, "assignment", assignment_id, page.now(), association_id)
