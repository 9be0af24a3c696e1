"""Selections: see, build, name, share and save a group of people as a sentence, with a live count."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from organizer import access, audit, page, ready_selections, saved_selections, selections
from organizer.menu import Entry
from organizer.models import Association, Selection
from organizer.saved_selections import Use
from organizer.times import local_day
from organizer.views import selection_form
from organizer.views.selection_form import ROLES
from organizer.words import N_, Missing, Refused

pages = Blueprint("selections", __name__)
MENU = (Entry(N_("Urval"), "selections.index", "people", ROLES, order=25),)


@pages.get("/urval")
@access.allow(*ROLES)
def index() -> ResponseReturnValue:
    """The saved selections within reach and those shared from above, each as its sentence; and ready-made ones."""
    session, viewer = page.session(), page.viewer()
    rows = saved_selections.usable(session, selection_form.paths_of(viewer))
    saved = [(row, _sentence(row.definition), viewer.covers(row.path, *ROLES)) for row in rows]
    return render_template("selections/index.html", saved=saved, ready=ready_selections.READY)


@pages.get("/urval/ny")
@access.allow(*ROLES)
def new() -> ResponseReturnValue:
    """An empty selection, everyone within reach; or a ready-made one to begin from."""
    key = request.args.get("fran", "")
    ready = ready_selections.definition(key, local_day(page.now()))
    name = gettext(ready_selections.READY[key][0]) if ready else ""
    return _builder(None, ready or selections.EVERYONE, name)


@pages.post("/urval/ny")
@access.allow(*ROLES)
def create() -> ResponseReturnValue:
    """Add or remove a condition, count, or save."""
    return _answer(None)


@pages.get("/urval/<int:selection_id>")
@access.allow(*ROLES)
def edit(selection_id: int) -> ResponseReturnValue:
    """A saved selection, open for change; one shared from above only to be read and used."""
    session, viewer = page.session(), page.viewer()
    rows = saved_selections.usable(session, selection_form.paths_of(viewer))
    row = next((one for one in rows if one.id == selection_id), None)
    if row is None:
        raise Missing
    if not viewer.covers(row.path, *ROLES):
        using = {"version": 2, "status": "members", "steps": [
            {"do": "add", "all": [{"kind": "selection", "ids": [row.id], "match": "any"}]},
        ]}  # fmt: skip
        return render_template(
            "selections/shared.html", found=row, sentence=_sentence(row.definition), counted=_counted(using, "")
        )
    found = _mine(selection_id)
    return _builder(found, found.definition, found.name, shared=found.shared)


@pages.post("/urval/<int:selection_id>")
@access.allow(*ROLES)
def change(selection_id: int) -> ResponseReturnValue:
    """Add or remove a condition, count, save or delete."""
    found = _mine(selection_id)
    if "delete" not in request.form:
        return _answer(found)
    try:
        saved_selections.remove(page.session(), found.id, _uses(found))
    except Refused as refusal:
        definition = selection_form.definition_of(request.form)
        return _builder(found, definition, request.form.get("name", ""), {"target": [page.in_words(refusal)]}), 422
    audit.changed(page.session(), page.viewer().account_id, "delete", "selection", found.id, page.now())
    flash(gettext("Urvalet är borttaget."))
    return redirect(url_for("selections.index"))


@pages.get("/urval/antal")
@access.allow(*ROLES)
def live_count() -> ResponseReturnValue:
    """The sentence and the count of what stands in a form, for the script that asks as you change it."""
    definition = selection_form.definition_of(MultiDict(request.args))
    return render_template("selections/_count.html", counted=_counted(definition, request.args.get("place", "")))


def _answer(found: Selection | None) -> ResponseReturnValue:
    form = request.form
    definition, name, shared = selection_form.definition_of(form), form.get("name", ""), "shared" in form
    if selection_form.after_button(definition, form, page.now()):
        return _builder(found, definition, name, shared=shared)
    errors = _mistakes(found, definition, name)
    if errors:
        return _builder(found, definition, name, errors, shared=shared), 422
    return _save(found, definition, name, shared=shared)


def _mistakes(found: Selection | None, definition: dict[str, Any], name: str) -> dict[str, list[str]]:
    """Everything that stands in the way of saving, by field."""
    errors = dict(_counted(definition, request.form.get("place", "")).errors)
    if not errors:
        try:
            saved_selections.check_round(page.session(), found.id if found else None, name, definition)
        except Refused as refusal:
            errors[refusal.field or "target"] = [page.in_words(refusal)]
    if not name.strip():
        errors["name"] = [gettext("Skriv ett namn så att andra hittar urvalet.")]
    elif len(name.strip()) > 120:
        errors["name"] = [gettext("Namnet är för långt: högst 120 tecken.")]
    if found and request.form.get("seen") != _seen(found):
        errors["name"] = [gettext("Någon annan har ändrat urvalet medan du hade det öppet. Ladda om sidan för att se "
                                  "ändringen. Inget av ditt har sparats.")]  # fmt: skip
    return errors


def _save(found: Selection | None, definition: dict[str, Any], name: str, *, shared: bool) -> ResponseReturnValue:
    owner = found.association_id if found else _place(request.form.get("place", ""))
    saved_id = saved_selections.save(
        page.session(), found, name, definition, owner, page.viewer().account_id, page.now(), shared=shared
    )
    flash(gettext("Urvalet är sparat."))
    return redirect(url_for("selections.edit", selection_id=saved_id))


def _builder(
    found: Selection | None, definition: dict[str, Any], name: str, errors: dict[str, list[str]] | None = None, *,
    shared: bool = False,
) -> str:  # fmt: skip
    session, place = page.session(), str(found.association_id) if found else request.form.get("place", "")
    counted = _counted(definition, place)
    shown = selection_form.shown(definition)
    return render_template(
        "selections/edit.html",
        found=found,
        definition=shown,
        name=name,
        shared=shared,
        counted=counted,
        form={"errors": errors or {}},
        place=place,
        seen=_seen(found) if found else "",
        owners=_owners(),
        uses=_uses(found) if found else [],
        reaches=lambda use: page.viewer().covers(use.place, *use.roles),
        **selection_form.choices(session, selection_form.paths_of(page.viewer()), shown, request.form),
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
    found = saved_selections.mine(page.session(), access.reach(page.viewer(), *ROLES), selection_id)
    if found is None:
        raise Missing
    return found


def _uses(found: Selection) -> list[Use]:
    return saved_selections.uses(page.session(), found.id, current_app.extensions["selection_uses"])


def _seen(found: Selection) -> str:
    return saved_selections.fingerprint(found.name, [found.definition, found.shared])


def _sentence(definition: dict[str, Any]) -> str:
    try:
        return selections.sentence(page.session(), definition, selection_form.say)
    except Refused as refusal:
        return page.in_words(refusal)
