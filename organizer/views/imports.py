"""The pages of member files: choose a file, read in words what it will do, import it, read what it did."""

import csv
import io

import sqlalchemy as sa
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError

from organizer import access, imports, page
from organizer.imports.report import Report
from organizer.imports.rows import Problem
from organizer.imports.staging import KEPT
from organizer.models import Account, Association, Import, RoleName
from organizer.words import N_, Missing, Refused

pages = Blueprint("imports", __name__, url_prefix="/medlemmar/import")
ROLES = (RoleName.ORGANIZER, RoleName.STEWARD)
SHOWN = 100
"""Bad rows on the page; all of them are in the list to download."""
NO_FILE = N_("Välj en fil först.")
CHANGED_MEANWHILE = N_("Registret ändrades av någon annan under tiden. Inget har importerats. Försök igen.")
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
    missing = "left" if request.form.get("missing") == "left" else "nothing"
    place = next((one for one in _places() if str(one.id) == request.form.get("place")), None)
    if place is None:
        raise Missing
    if file is None or not file.filename:
        return _start_page(gettext(NO_FILE), place.id, missing), 422
    try:
        with page.session().begin_nested():
            import_id = imports.stage(
                page.session(), file.stream, place.id, page.now(), missing_means=missing,  # type: ignore[arg-type]
                account_id=page.viewer().account_id, filename=file.filename,
            )  # fmt: skip
    except Refused as refusal:
        return _start_page(page.in_words(refusal), place.id, missing), 422
    return redirect(url_for("imports.show", import_id=import_id))


@pages.get("/exempel.csv")
@access.allow(*ROLES)
def example() -> ResponseReturnValue:
    """A file to start from."""
    return _download("exempel.csv", EXAMPLE)


@pages.get("/<int:import_id>")
@access.allow(*ROLES)
def show(import_id: int) -> ResponseReturnValue:
    """What the file will do; after the import, what it did."""
    return _show(_own(import_id))


@pages.post("/<int:import_id>/importera")
@access.allow(*ROLES)
def apply(import_id: int) -> ResponseReturnValue:
    """Import what the page showed; if that is no longer what would happen, show the new check instead."""
    row = _own(import_id)
    if row.state == "applied":
        return redirect(url_for("imports.show", import_id=import_id))  # a double click
    try:
        shown = int(request.form.get("fingerprint", ""))
    except ValueError:
        shown = -1
    try:
        with page.session().begin_nested():
            _, done = imports.apply_checked(page.session(), import_id, shown, page.now(), page.viewer().account_id)
    except IntegrityError:
        raise Refused(CHANGED_MEANWHILE) from None
    if done:
        return redirect(url_for("imports.show", import_id=import_id))
    page.session().expire_all()
    return _show(_own(import_id), stale=True), 409


@pages.post("/<int:import_id>/kasta")
@access.allow(*ROLES)
def discard(import_id: int) -> ResponseReturnValue:
    """Throw the checked file away."""
    _own(import_id)
    imports.discard(page.session(), import_id)
    return redirect(url_for("imports.start"))


@pages.get("/<int:import_id>/rader-att-ratta.csv")
@access.allow(*ROLES)
def bad_rows(import_id: int) -> ResponseReturnValue:
    """Every bad row as a table for a spreadsheet."""
    report = imports.restored(_own(import_id).report)
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


def _start_page(mistake: str = "", place_id: int | None = None, missing: str = "nothing") -> str:
    places = _places()
    recent = (
        page.session()
        .execute(
            sa.select(Import.id, Import.created_at, Import.state, Import.filename, Association.short_name, Account.name)
            .join(Association, Association.id == Import.association_id)
            .outerjoin(Account, Account.id == Import.account_id)
            .where(Import.association_id.in_(access.reach(page.viewer(), *ROLES)))
            .order_by(Import.id.desc())
            .limit(8)
        )
        .all()
    )
    return render_template(
        "imports/start.html", places=places, place_id=place_id or (places[0].id if places else None),
        missing=missing, mistake=mistake, recent=recent,
    )  # fmt: skip


def _show(row: Import, *, stale: bool = False) -> str:
    place = page.session().get_one(Association, row.association_id)
    too_old = row.state == "checked" and row.created_at <= page.now() - KEPT
    if too_old or row.state == "discarded":
        return render_template("imports/gone.html", row=row, place=place)
    report: Report = imports.restored(row.report)
    page.saw(*{one.person for one in report.problems[:SHOWN] if one.person})
    return render_template(
        "imports/applied.html" if row.state == "applied" else "imports/checked.html",
        row=row, place=place, report=report, stale=stale, reason=_reason,
        shown=report.problems[:SHOWN], cells=len(report.problems) - report.out,
    )  # fmt: skip


def _reason(problem: Problem) -> str:
    """Why, in the visitor's language."""
    return page.in_words(Refused(problem.reason, **problem.values))


def _own(import_id: int) -> Import:
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
