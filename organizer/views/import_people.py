"""More pages of member files: what unknown columns hold, whom a file changes, taking it back, and the history."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from organizer import access, imports, page
from organizer.imports import arrival, jobs, telling
from organizer.models import Association
from organizer.views.imports import ROLES, begin_work, history, own, page_of
from organizer.words import Missing, Refused

pages = Blueprint("import_people", __name__, url_prefix="/medlemmar/import")
A_PAGE = 50


@pages.get("/historik")
@access.allow(*ROLES)
def all_files() -> ResponseReturnValue:
    """Every file: who, when, what it changed, and whether it was taken back."""
    number = _page_number()
    rows = history((number - 1) * A_PAGE, A_PAGE + 1)
    return render_template("imports/history.html", rows=rows[:A_PAGE], number=number, more=len(rows) > A_PAGE)


@pages.post("/<int:import_id>/kolumner")
@access.allow(*ROLES)
def columns(import_id: int) -> ResponseReturnValue:
    """Keep what somebody says that the unknown columns hold, and read the file."""
    row = own(import_id)
    if row.state != "mapping":
        return redirect(url_for("imports.show", import_id=import_id))  # a double click
    said = {name.removeprefix("column-"): value for name, value in request.form.items() if name.startswith("column-")}
    said = {place: value for place, value in said.items() if place.isascii() and place.isdecimal()}
    try:
        with page.session().begin_nested():
            arrival.explain(page.session(), row.id, said, page.viewer().account_id, page.now())
    except Refused as refusal:
        page.session().expire_all()
        return page_of(
            own(import_id), refusal=refusal, answers=[f"{place}={name}" for place, name in said.items()]
        ), 422
    if own(import_id).state == "waiting":
        begin_work(page.session())
    return redirect(url_for("imports.show", import_id=import_id))


@pages.get("/<int:import_id>/personer")
@access.allow(*ROLES)
def people(import_id: int) -> ResponseReturnValue:
    """Whom the file makes, changes or ends, person by person."""
    row = own(import_id)
    kind, number = request.args.get("visa", "andrade"), _page_number()
    if row.state not in {"checked", "applied", "undone"} or kind not in telling.KINDS:
        raise Missing
    listed = telling.people(page.session(), row, kind, number, page.now())
    page.saw(*(one.person_id for one in listed.lines if one.person_id))
    place = page.session().get_one(Association, row.association_id)
    return render_template(
        "imports/people.html", row=row, place=place, kind=kind, kinds=telling.KINDS, listed=listed, number=number,
        pages=max(1, -(-listed.whole // telling.PER_PAGE)),
    )  # fmt: skip


@pages.post("/<int:import_id>/inte-i-natt")
@access.allow(*ROLES)
def not_at_night(import_id: int) -> ResponseReturnValue:
    """Do nothing at night after all: the file waits for somebody to decide."""
    jobs.not_at_night(page.session(), own(import_id).id)
    return redirect(url_for("imports.show", import_id=import_id))


@pages.get("/<int:import_id>/arbete")
@access.allow(*ROLES)
def work(import_id: int) -> ResponseReturnValue:
    """How far the worker has come, for the page to fetch again and again."""
    row = own(import_id)
    report = imports.restored(row.report)
    return render_template("imports/_part.html", row=row, report=report, progress=row.progress or {})


@pages.post("/<int:import_id>/angra")
@access.allow(*ROLES)
def undo(import_id: int) -> ResponseReturnValue:
    """Take the import back, within 72 hours; a large one is left to the worker."""
    row, session = own(import_id), page.session()
    report = imports.restored(row.report)
    try:
        with session.begin_nested():
            if row.state == "applied" and report.created + report.updated + report.left > jobs.AT_ONCE:
                imports.may_undo(row, page.now())
                jobs.wait_for_undo(session, import_id, page.viewer().account_id)
                begin_work(session)
            else:
                imports.undo(session, import_id, page.viewer().account_id, page.now())
    except Refused as refusal:
        session.expire_all()
        return page_of(own(import_id), refusal=refusal), 409
    return redirect(url_for("imports.show", import_id=import_id))


def _page_number() -> int:
    text = request.args.get("sida", "1")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
