"""The library of motions: everybody logged in may search, read and borrow; whoever put one in changes it."""

import io
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from organizer import access, audit, motions, page, typed_days
from organizer.menu import Entry
from organizer.models import Motion, RoleName
from organizer.motions import KINDS, RESULTS, Draft, File, Wanted
from organizer.times import local_day
from organizer.views import calendar, own_places
from organizer.words import N_, Missing, Refused

pages = Blueprint("motions", __name__, url_prefix="/motioner")
WRITES = (RoleName.ORGANIZER, RoleName.CHAIR, RoleName.STEWARD)
MENU = (Entry(N_("Motioner"), "motions.start", "doc", (), order=75),)
FIELDS = ("title", "body", "kind", "municipality", "theme", "result", "link")


@pages.get("")
@access.allow()
def start() -> ResponseReturnValue:
    """Search the library; without words the newest come first."""
    asked = {name: request.args.get(field, "").strip()[:120] for name, field in _ASKED.items()}
    session = page.session()
    return render_template(
        "motions/list.html", rows=motions.find(session, Wanted(**asked)), asked=asked, results=RESULTS, kinds=KINDS,
        themes=motions.known(session, Motion.theme), municipalities=motions.known(session, Motion.municipality),
        writes=page.viewer().holds(*WRITES), most=motions.SHOWN,
    )  # fmt: skip


@pages.get("/nya")
@access.allow()
def new_ones() -> ResponseReturnValue:
    """What came in a month, to read through or print: the one that has passed, or another with ?manad=2026-10."""
    this = local_day(page.now()).replace(day=1)
    month = calendar.month_of(request.args.get("manad", "")) or before(this)
    return render_template(
        "motions/new.html", rows=motions.of_month(page.session(), month), month=month, this=this, kinds=KINDS,
        before=before(month), after=(month + timedelta(days=31)).replace(day=1), writes=page.viewer().holds(*WRITES),
    )  # fmt: skip


@pages.route("/ny", methods=["GET", "POST"])
@access.allow(*WRITES)
def new() -> ResponseReturnValue:
    """Put a motion in the library."""
    if request.method == "GET":
        return _form({"kind": "motion", "result": "open"})
    try:
        with page.session().begin_nested():
            place = own_places.chosen(N_("Välj vilken förening motionen hör till."), *WRITES).id
            made = motions.add(page.session(), place, _draft(), _file(), page.viewer().account_id, page.now())
    except Refused as refusal:
        return _form(request.form, refusal=refusal)
    _log("motion_added", made, place)
    return redirect(url_for("motions.show", motion_id=made))


@pages.get("/<int:motion_id>")
@access.allow()
def show(motion_id: int) -> ResponseReturnValue:
    """One motion: its words, its file, how it went, and where it was borrowed from."""
    row = motions.one(page.session(), motion_id)
    from_whom = motions.one(page.session(), row.borrowed_from_id) if row.borrowed_from_id else None
    return render_template(
        "motions/show.html", row=row, from_whom=from_whom, kinds=KINDS, results=RESULTS, mine=_is_mine(row),
        writes=page.viewer().holds(*WRITES),
    )  # fmt: skip


@pages.get("/<int:motion_id>/fil")
@access.allow()
def file(motion_id: int) -> ResponseReturnValue:
    """The file, always to be saved and never opened as a page of ours."""
    found = motions.file_of(page.session(), motion_id)
    answer = send_file(
        io.BytesIO(found.content), mimetype="application/octet-stream", as_attachment=True, download_name=found.name
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.route("/<int:motion_id>/andra", methods=["GET", "POST"])
@access.allow(*WRITES)
def edit(motion_id: int) -> ResponseReturnValue:
    """Change a motion of one's own association."""
    row = _own(motion_id)
    if request.method == "GET":
        was = motions.draft_of(page.session(), motion_id)
        return _form({**{name: getattr(was, name) for name in FIELDS}, "put_on": was.put_on or ""}, row)
    try:
        with page.session().begin_nested():
            motions.edit(page.session(), motion_id, _draft(), _file(), drop_file="drop_file" in request.form)
    except Refused as refusal:
        return _form(request.form, row, refusal)
    _log("motion_changed", motion_id, row.association_id)
    return redirect(url_for("motions.show", motion_id=motion_id))


@pages.post("/<int:motion_id>/lana")
@access.allow(*WRITES)
def borrow(motion_id: int) -> ResponseReturnValue:
    """Copy the words to one's own association, to be worked on there."""
    motions.one(page.session(), motion_id)
    place = own_places.first(*WRITES)
    made = motions.borrow(page.session(), motion_id, place, page.viewer().account_id, page.now())
    _log("motion_added", made, place)
    return redirect(url_for("motions.edit", motion_id=made))


@pages.post("/<int:motion_id>/ta-bort")
@access.allow(*WRITES)
def remove(motion_id: int) -> ResponseReturnValue:
    """Take a motion of one's own association out of the library."""
    row = _own(motion_id)
    motions.remove(page.session(), motion_id)
    _log("motion_removed", motion_id, row.association_id)
    return redirect(url_for("motions.start"))


def before(day: date) -> date:
    """The first day of the month before the one that a day is in."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


_ASKED = {"words": "q", "theme": "tema", "municipality": "kommun", "result": "resultat"}


def _draft() -> Draft:
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    return Draft(**typed, put_on=typed_days.offered(request.form.get("put_on", ""), "put_on"))


def _file() -> File | None:
    sent = request.files.get("file")
    return File(sent.filename, sent.read(motions.MOST_BYTES + 1)) if sent and sent.filename else None


def _form(sent: Any, row: Any = None, refusal: Refused | None = None) -> ResponseReturnValue:
    error = (refusal.field or "title", page.in_words(refusal)) if refusal else None
    return render_template(
        "motions/form.html", sent=sent, row=row, error=error, kinds=KINDS, results=RESULTS, places=own_places.listed(*WRITES),
        themes=motions.known(page.session(), Motion.theme),
    ), 422 if refusal else 200  # fmt: skip


def _is_mine(row: Any) -> bool:
    return page.viewer().covers(row.path, *WRITES)


def _own(motion_id: int) -> Any:
    row = motions.one(page.session(), motion_id)
    if not _is_mine(row):
        raise Missing
    return row


def _log(action: str, motion_id: int, place: int) -> None:
    audit.changed(page.session(), page.viewer().account_id, action, "motion", motion_id, page.now(), place)
