"""What the columns of member files are remembered to hold: seen, changed and forgotten."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from organizer import access, page
from organizer.imports import layouts
from organizer.imports.columns import FIELDS
from organizer.models import Association, ImportLayout
from organizer.views.imports import ROLES
from organizer.words import Missing, Refused

pages = Blueprint("import_layouts", __name__, url_prefix="/medlemmar/import/kolumner")


@pages.get("")
@access.allow(*ROLES)
def start() -> ResponseReturnValue:
    """Every kind of file whose columns somebody has explained."""
    known = layouts.within(page.session(), access.reach(page.viewer(), *ROLES))
    return render_template("imports/layouts.html", known=known)


@pages.get("/<int:layout_id>")
@access.allow(*ROLES)
def edit(layout_id: int) -> ResponseReturnValue:
    """Each column of the kind of file, and what it holds."""
    return _form(_own(layout_id))


@pages.post("/<int:layout_id>")
@access.allow(*ROLES)
def save(layout_id: int) -> ResponseReturnValue:
    """Remember something else; the next file with these headers is read so."""
    layout = _own(layout_id)
    said = {name.removeprefix("column-"): value for name, value in request.form.items() if name.startswith("column-")}
    said = {place: value for place, value in said.items() if place.isascii() and place.isdecimal()}
    try:
        layouts.change(page.session(), layout, said, page.viewer().account_id, page.now())
    except Refused as refusal:
        return _form(layout, said, page.in_words(refusal)), 422
    flash(gettext("Det är sparat och gäller från nästa fil med samma rubriker."))
    return redirect(url_for("import_layouts.start"))


@pages.post("/<int:layout_id>/glom")
@access.allow(*ROLES)
def forget(layout_id: int) -> ResponseReturnValue:
    """Forget it; the next such file is asked about."""
    layouts.forget(page.session(), _own(layout_id), page.viewer().account_id, page.now())
    flash(gettext("Det är glömt. Nästa fil med samma rubriker frågar vi om."))
    return redirect(url_for("import_layouts.start"))


def _form(layout: ImportLayout, said: dict[str, str] | None = None, mistake: str = "") -> str:
    columns: list[Any] = layouts.columns_of(layout)
    place = page.session().get_one(Association, layout.association_id)
    return render_template(
        "imports/layout.html", layout=layout, place=place, columns=columns, fields=FIELDS, said=said or {},
        mistake=mistake,
    )  # fmt: skip


def _own(layout_id: int) -> ImportLayout:
    """The layout if its place is within reach, else Missing."""
    layout = page.session().get(ImportLayout, layout_id) if layout_id < 2**31 else None
    place = page.session().get(Association, layout.association_id) if layout else None
    if layout is None or place is None or not page.viewer().covers(place.path, *ROLES):
        raise Missing
    return layout
