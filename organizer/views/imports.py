"""The pages of member files: choose a file, read in words what it will do, import it, read what it did."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from organizer import access, imports, page
from organizer.imports import alone, arrival, habits, jobs, later_files, questions, undoing
from organizer.imports.columns import FIELDS
from organizer.imports.report import Report
from organizer.imports.rows import Problem
from organizer.imports.staging import KEPT, WAITING
from organizer.models import Account, Association, Import, RoleName
from organizer.times import local_day
from organizer.words import N_, Missing, Refused

pages = Blueprint("imports", __name__, url_prefix="/medlemmar/import")
ROLES = (RoleName.ORGANIZER, RoleName.STEWARD)
SHOWN = 100
"""Bad rows on the page; all of them are in the list to download."""
NO_FILE = N_("Välj en fil först.")
TEMPLATES = {
    "mapping": "imports/columns.html", "waiting": "imports/working.html", "checking": "imports/working.html",
    "applying": "imports/working.html", "undoing": "imports/working.html", "refused": "imports/refused.html",
    "checked": "imports/checked.html", "applied": "imports/applied.html", "undone": "imports/undone.html",
}  # fmt: skip
"""The page of an import in each state."""
EXAMPLE = (
    ("Medlemsnummer", "Förnamn", "Efternamn", "Mobil", "E-post", "Förening", "Medlem sedan", "Betald år"),
    ("1001", "Åsa", "Öberg", "070-174 06 05", "asa@exempel.se", "Härnösand", "2021-03-01", "2026"),
)


@pages.get("")
@access.allow(*ROLES)
def start() -> ResponseReturnValue:
    """Choose a file and what it means that somebody is missing from it."""
    return _start_page()


@pages.post("")
@access.allow(*ROLES)
def upload() -> ResponseReturnValue:
    """Read and check the file; nothing is changed yet."""
    file = request.files.get("file")
    missing = request.form.get("missing", "")
    missing = missing if missing in habits.MEANINGS else "nothing"
    place = next((one for one in _places() if str(one.id) == request.form.get("place")), None)
    if place is None:
        raise Missing
    if file is None or not file.filename:
        return _start_page(gettext(NO_FILE), place.id, missing), 422
    try:
        with page.session().begin_nested():
            import_id = arrival.receive(
                page.session(), file.stream, place.id, page.now(), missing_means=missing,  # type: ignore[arg-type]
                account_id=page.viewer().account_id, filename=file.filename,
            )  # fmt: skip
    except Refused as refusal:
        return _start_page(page.in_words(refusal), place.id, missing), 422
    account = page.viewer().account_id
    habits.choose(page.session(), place.id, missing, account, page.now(), local_day(page.now()))
    if own(import_id).state == "waiting":
        begin_work(page.session())
    return redirect(url_for("imports.show", import_id=import_id))


@pages.get("/exempel.csv")
@access.allow(*ROLES)
def example() -> ResponseReturnValue:
    """A file to start from."""
    return _download("exempel.csv", EXAMPLE)


@pages.get("/<int:import_id>")
@access.allow(*ROLES)
def show(import_id: int) -> ResponseReturnValue:
    """What the file will do; after the import, what it did; meanwhile, how far the work has come."""
    return page_of(own(import_id))


@pages.post("/<int:import_id>/importera")
@access.allow(*ROLES)
def apply(import_id: int) -> ResponseReturnValue:
    """Import what the page showed; if that is no longer what would happen, show the new check instead."""
    row = own(import_id)
    if row.state in {"applying", "applied", "undoing", "undone"}:
        return redirect(url_for("imports.show", import_id=import_id))  # a double click
    try:
        shown = int(request.form.get("fingerprint", ""))
    except ValueError:
        shown = -1
    answers = [one for one in (*request.form.getlist("answer"), request.form.get("corrected", "")) if one]
    try:
        done = _apply(row, shown, answers)
    except Refused as refusal:
        page.session().expire_all()
        return page_of(own(import_id), refusal=refusal, answers=answers), 422
    if done:
        return redirect(url_for("imports.show", import_id=import_id))
    page.session().expire_all()
    return page_of(own(import_id), stale=True), 409


@pages.post("/<int:import_id>/kasta")
@access.allow(*ROLES)
def discard(import_id: int) -> ResponseReturnValue:
    """Throw the checked file away."""
    own(import_id)
    imports.discard(page.session(), import_id)
    return redirect(url_for("imports.start"))


@pages.get("/<int:import_id>/rader-att-ratta.csv")
@access.allow(*ROLES)
def bad_rows(import_id: int) -> ResponseReturnValue:
    """Every bad row as a table for a spreadsheet."""
    report = imports.restored(own(import_id).report)
    page.saw(*{one.person for one in report.problems if one.person})
    heads = (
        gettext("Rad"),
        gettext("Kolumn"),
        gettext("Det står"),
        gettext("Vad som är fel och vad du kan göra"),
        gettext("Lämnas utanför"),
    )
    lines = [
        (
            str(one.row),
            one.column,
            one.value,
            _reason(one),
            gettext("Hela raden") if one.effect == "row" else gettext("Bara cellen"),
        )
        for one in report.problems
    ]
    return _download("rader-att-ratta.csv", (heads, *lines))


def history(first: int, how_many: int) -> list[Any]:
    """The files of the places one reaches, the newest first: who, when, what they changed, whether it stands."""
    again = aliased(Account)
    rows = page.session().execute(
        sa.select(
            Import.id, Import.created_at, Import.state, Import.filename, Import.report, Import.undone_at,
            Association.short_name, Account.name, again.name.label("undone_by"),
        )
        .join(Association, Association.id == Import.association_id)
        .outerjoin(Account, Account.id == Import.account_id)
        .outerjoin(again, again.id == Import.undone_by)
        .where(Import.association_id.in_(access.reach(page.viewer(), *ROLES)))
        .order_by(Import.id.desc())
        .offset(first)
        .limit(how_many)
    )  # fmt: skip
    return list(rows)


def begin_work(session: Session) -> None:
    """Wake the worker when this page's transaction has been committed, if anything waits for it."""
    current_app.extensions["begin_imports"](session)


def _apply(row: Import, shown: int, answers: list[str]) -> bool:
    """Import now, or leave a large file to the worker; False when the register has changed since the page was shown."""
    session, account = page.session(), page.viewer().account_id
    report = imports.restored(row.report)
    questions.check(report, row.missing_means, answers)
    if request.form.get("when") == "night" and _felt(report):
        jobs.wait_for_night(session, row, shown, answers, account, page.now())
        return True
    if report.created + report.updated + report.left > jobs.AT_ONCE:
        alone.claim(session, row.association_id, row.id)
        jobs.wait_for_apply(session, row.id, shown, answers, account)
        begin_work(session)
        return True
    try:
        with session.begin_nested():
            return imports.apply_checked(session, row.id, shown, page.now(), account, answers)[1]
    except IntegrityError:
        raise Refused(imports.CHANGED_MEANWHILE) from None


def _start_page(mistake: str = "", place_id: int | None = None, missing: str = "") -> str:
    places = _places()
    place_id = place_id or (places[0].id if places else None)
    chosen = habits.chosen(page.session(), place_id, local_day(page.now())) if place_id else None
    return render_template(
        "imports/start.html", places=places, place_id=place_id, missing=missing or chosen or "nothing",
        chosen=chosen, mistake=mistake, recent=history(0, 8),
    )  # fmt: skip


def page_of(
    row: Import, *, stale: bool = False, refusal: Refused | None = None, answers: Sequence[str] = ()
) -> str:  # fmt: skip
    """The page of an import as it stands."""
    session = page.session()
    place = session.get_one(Association, row.association_id)
    too_old = row.state in WAITING and row.created_at <= page.now() - KEPT
    if too_old or row.state == "discarded":
        return render_template("imports/gone.html", row=row, place=place)
    report: Report = imports.restored(row.report)
    page.saw(*{one.person for one in report.problems[:SHOWN] if one.person})
    progress = row.progress or {}
    said = refusal
    if said is None and (sentence := progress.get("refused")):
        said = Refused(sentence, **progress.get("values", {}))
    return render_template(
        TEMPLATES[row.state], row=row, place=place, report=report, stale=stale or "stale" in progress, reason=_reason,
        shown=report.problems[:SHOWN], cells=len(report.problems) - report.out, progress=progress,
        said=page.in_words(said) if said else "", answers=answers, **_more(row, report),
    )  # fmt: skip


def _more(row: Import, report: Report) -> dict[str, Any]:
    """What only some of the pages show."""
    session = page.session()
    if row.state == "mapping":
        known, unknown = arrival.unknown(session, row.id)
        return {"unknown": unknown, "known": known, "fields": FIELDS}
    if row.state == "checked":
        asked = questions.asked(report, row.missing_means)
        felt = _felt(report)
        return {
            "others": alone.others(session, row, page.now()),
            "felt": felt,
            "night": jobs.tonight(row, page.now()) if felt else None,
            "ringing": bool(felt) and current_app.extensions["calls_going_on"](session, page.now()),
            "asked": {one: (questions.SENTENCES[one], *counts) for one, counts in asked.items()},
        }
    if row.state in {"applied", "undone"}:
        name = session.scalar(sa.select(Account.name).where(Account.id == row.undone_by))
        until = row.applied_at + undoing.WITHIN if row.applied_at else None
        return {
            "until": until, "problem": undoing.problem(row, page.now()), "undone_by": name or "",
            "newer": later_files.of_the_same_people(session, row), "reasons": undoing.REASONS,
        }  # fmt: skip
    return {}


def _felt(report: Report) -> int:
    """How many people the file changes, if so many that everybody else has to wait meanwhile; else none."""
    changes = report.created + report.updated + report.left
    return changes if changes > jobs.FELT and current_app.extensions["database"].sqlite else 0


def _reason(problem: Problem) -> str:
    """Why, in the visitor's language."""
    return page.in_words(Refused(problem.reason, **problem.values))


def own(import_id: int) -> Import:
    """The import if its place is within reach, else Missing."""
    row = page.session().get(Import, import_id, populate_existing=True) if import_id < 2**31 else None
    place = page.session().get(Association, row.association_id) if row else None
    if row is None or place is None or not page.viewer().covers(place.path, *ROLES):
        raise Missing
    return row


def _places() -> list[Association]:
    """The places a file may be for, the highest first."""
    return list(
        page.session().scalars(
            sa.select(Association)
            .where(Association.id.in_(access.reach(page.viewer(), *ROLES)), Association.closed_on.is_(None))
            .order_by(sa.func.length(Association.path), Association.sort_key)
        )
    )


def _download(name: str, rows: tuple[tuple[str, ...], ...]) -> Response:
    """A CSV file as Swedish Excel opens it; no cell is a formula (sweden.md C5)."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([_harmless(cell) for cell in row] for row in rows)
    response = Response(text.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def _harmless(cell: str) -> str:
    """A leading =, +, - or @ would be run by the spreadsheet."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
