"""Selections: see, build, name and save a group of people as a sentence, with a live count."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from organizer import access, audit, page, selections
from organizer.menu import Entry
from organizer.models import Association, Selection
from organizer.views import selection_form
from organizer.views.selection_form import ROLES
from organizer.words import N_, Missing, Refused

pages = Blueprint("selections", __name__)
MENU = (Entry(N_("Urval"), "selections.index", "people", ROLES, order=25),)


@pages.get("/urval")
@access.allow(*ROLES)
def index() -> ResponseReturnValue:
    """The saved selections within reach, each as its sentence."""
    session = page.session()
    rows = session.execute(
        sa.select(Selection.id, Selection.name, Selection.definition, Association.short_name)
        .join(Association, Association.id == Selection.association_id)
        .where(Selection.association_id.in_(access.reach(page.viewer(), *ROLES)))
        .order_by(Association.path, Selection.name, Selection.id)
    ).all()
    saved = [(row, _sentence(row.definition)) for row in rows]
    return render_template("selections/index.html", saved=saved)


@pages.get("/urval/ny")
@access.allow(*ROLES)
def new() -> ResponseReturnValue:
    """An empty selection: everyone within reach."""
    return _builder(None, selections.EVERYONE, "")


@pages.post("/urval/ny")
@access.allow(*ROLES)
def create() -> ResponseReturnValue:
    """Add or remove a condition, count, or save."""
    return _answer(None)


@pages.get("/urval/<int:selection_id>")
@access.allow(*ROLES)
def edit(selection_id: int) -> ResponseReturnValue:
    """A saved selection, open for change."""
    found = _mine(selection_id)
    return _builder(found, found.definition, found.name)


@pages.post("/urval/<int:selection_id>")
@access.allow(*ROLES)
def change(selection_id: int) -> ResponseReturnValue:
    """Add or remove a condition, count, save or delete."""
    found = _mine(selection_id)
    if "delete" in request.form:
        page.session().execute(sa.delete(Selection).where(Selection.id == found.id))
        audit.changed(page.session(), page.viewer().account_id, "delete", "selection", found.id, page.now())
        flash(gettext("Urvalet är borttaget. Kampanjer som använt det påverkas inte."))
        return redirect(url_for("selections.index"))
    return _answer(found)


@pages.get("/urval/antal")
@access.allow(*ROLES)
def live_count() -> ResponseReturnValue:
    """The sentence and the count of what stands in a form, for the script that asks as you change it."""
    definition = selection_form.definition_of(MultiDict(request.args))
    return render_template("selections/_count.html", counted=_counted(definition, request.args.get("place", "")))


def _answer(found: Selection | None) -> ResponseReturnValue:
    session, form = page.session(), request.form
    definition, name = selection_form.definition_of(form), form.get("name", "")
    if selection_form.after_button(definition, form, page.now()):
        return _builder(found, definition, name)
    counted = _counted(definition, form.get("place", ""))
    errors = dict(counted.errors)
    if not name.strip():
        errors["name"] = [gettext("Skriv ett namn så att andra hittar urvalet.")]
    elif len(name.strip()) > 120:
        errors["name"] = [gettext("Namnet är för långt: högst 120 tecken.")]
    if found and form.get("seen") != _seen(found):
        errors["name"] = [gettext("Någon annan har ändrat urvalet medan du hade det öppet. Ladda om sidan för att se "
                                  "ändringen. Inget av ditt har sparats.")]  # fmt: skip
    if errors:
        return _builder(found, definition, name, errors), 422
    if found is None:
        found = Selection(
            association_id=_place(form.get("place", "")), created_by=page.viewer().account_id, created_at=page.now(),
            name="", definition={},
        )  # fmt: skip
        session.add(found)
    found.name, found.definition = name.strip(), definition
    session.flush()
    audit.changed(session, page.viewer().account_id, "save", "selection", found.id, page.now(), found.association_id)
    flash(gettext("Urvalet är sparat."))
    return redirect(url_for("selections.edit", selection_id=found.id))


def _builder(
    found: Selection | None, definition: dict[str, Any], name: str, errors: dict[str, list[str]] | None = None
) -> str:
    session, place = page.session(), str(found.association_id) if found else request.form.get("place", "")
    counted = _counted(definition, place)
    paths = selection_form.paths_of(page.viewer())
    return render_template(
        "selections/edit.html",
        found=found,
        definition=definition,
        name=name,
        counted=counted,
        form={"errors": errors or {}},
        place=place,
        seen=_seen(found) if found else "",
        owners=_owners(),
        **selection_form.choices(session, paths),
    )


def _counted(definition: dict[str, Any], place: str) -> selection_form.Counted:
    """Count at the selection's own place, or everywhere within reach."""
    paths = list(selection_form.paths_of(page.viewer()))
    if place:
        paths = [path for path in _paths_of_place(place) if page.viewer().covers(path, *ROLES)] or paths
    return selection_form.counted(page.session(), definition, paths, page.now())


def _paths_of_place(place: str) -> list[str]:
    if not place.isdecimal() or len(place) > 9:
        return []
    return list(page.session().scalars(sa.select(Association.path).where(Association.id == int(place))))


def _place(chosen: str) -> int:
    """The association a new selection belongs to: the chosen one, which must be within reach."""
    owners = [row.id for row in _owners()]
    if not owners:
        raise Missing
    if chosen and chosen not in map(str, owners):
        raise Refused("Välj bland dem som finns i listan.", field="place")
    return int(chosen) if chosen else owners[0]


def _owners() -> list[Any]:
    """The places where the viewer holds a role: the selection may belong to any of them."""
    ids = [role.association_id for role in page.viewer().roles if role.name in ROLES]
    rows = sa.select(Association.id, Association.short_name).where(Association.id.in_(ids)).order_by(Association.path)
    return list(page.session().execute(rows).all())


def _mine(selection_id: int) -> Selection:
    found = selections.saved(page.session(), access.reach(page.viewer(), *ROLES), selection_id)
    if found is None:
        raise Missing
    return found


def _seen(found: Selection) -> str:
    return selections.fingerprint(found.name, found.definition)


def _sentence(definition: dict[str, Any]) -> str:
    try:
        return selections.sentence(page.session(), definition, selection_form.say)
    except Refused as refusal:
        return page.in_words(refusal)
