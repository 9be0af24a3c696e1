"""Doing something with many people at once: tags on a selection or on those ticked, and lists taken out as files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from organizer import access, bulk_tags, chosen_people, exports, page, saved_selections, selections
from organizer.db import Database
from organizer.models import Account, Association, Export, Tag, TagRun
from organizer.times import local_day
from organizer.views.people import EDIT, Mistakes
from organizer.words import N_, Missing, Refused

pages = Blueprint("many", __name__, url_prefix="/medlemmar")
MOST_TICKED = 50
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom it is about: a SELECT of people, what to call them, and what the form must carry along."""

    people: Any
    name: str
    selection_id: int | None
    ids: list[int]


@pages.get("/etiketter")
@access.allow(*EDIT)
def tags() -> ResponseReturnValue:
    """Choose a selection, a tag, and whether it goes on or off."""
    return _tags(Mistakes())


@pages.post("/etiketter")
@access.allow(*EDIT)
def tag() -> ResponseReturnValue:
    """First how many it would change, then doing it."""
    session, put, name = page.session(), request.form.get("put", "on") != "off", request.form.get("tag", "").strip()
    try:
        chosen = _chosen()
        with session.begin_nested():
            if "do" not in request.form:
                told = bulk_tags.preview(session, chosen.people, _home(), name, put=put)
                return _tags(Mistakes(), chosen=chosen, told=told)
            run = bulk_tags.run(
                session, chosen.people, _home(), name, page.now(), put=put, account_id=page.viewer().account_id
            )
    except Refused as refusal:
        return _tags(Mistakes({refusal.field or "tag": [page.in_words(refusal)]})), 422
    return redirect(url_for("many.tagged", run_id=run))


@pages.get("/etiketter/<int:run_id>")
@access.allow(*EDIT)
def tagged(run_id: int) -> ResponseReturnValue:
    """What was done, and the way back."""
    run, name = _run(run_id)
    return render_template("people/tagged.html", run=run, name=name, number=bulk_tags.counted(page.session(), run.id))


@pages.post("/etiketter/<int:run_id>/angra")
@access.allow(*EDIT)
def undo_tags(run_id: int) -> ResponseReturnValue:
    """Take back what the run did, to those it did it to."""
    run, _name = _run(run_id)
    try:
        number = bulk_tags.undo(page.session(), run.id, page.now(), page.viewer().account_id)
    except Refused as refusal:
        flash(page.in_words(refusal))
        return redirect(url_for("many.tagged", run_id=run_id))
    flash(gettext("Ångrat. Etiketterna för %(number)s personer är som de var.", number=number))
    return redirect(url_for("many.tagged", run_id=run_id))


@pages.get("/uttag")
@access.allow(*EDIT)
def start() -> ResponseReturnValue:
    """Choose what to take out, and see what has been taken out before."""
    return _start(Mistakes())


@pages.post("/uttag")
@access.allow(*EDIT)
def download() -> ResponseReturnValue:
    """The file. What is written down is committed before the first piece leaves."""
    columns = [one for one in exports.COLUMNS if one in request.form.getlist("columns")]
    form = request.form.get("form", "")
    try:
        chosen = _chosen()
        with page.session().begin_nested():
            ids = exports.begin(
                page.session(), chosen.people, chosen.name, columns, form, request.form.get("purpose", "").strip(),
                page.now(), place=_home(), account_id=page.viewer().account_id,
            )  # fmt: skip
    except Refused as refusal:
        return _start(Mistakes({refusal.field or "selection": [page.in_words(refusal)]})), 422
    name = f"medlemmar-{local_day(page.now()).isoformat()}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(_file(ids, columns, form), content_type=KINDS[form], headers=headers)


def _file(ids: list[int], columns: list[str], form: str) -> Iterator[bytes]:
    """The pieces, read in a transaction of their own while they leave."""
    database: Database = current_app.extensions["database"]
    words = {text: gettext(text) for text in (*exports.COLUMNS.values(), *exports.CHANNELS.values())}
    make = exports.as_xlsx if form == "xlsx" else exports.as_csv

    def pieces() -> Iterator[bytes]:
        with database.reading() as session:
            yield from make(session, ids, columns, words.__getitem__)

    return pieces()


def _chosen() -> Chosen:
    """The selection chosen in the form, or those ticked in the list before it."""
    session, reach = page.session(), access.reach(page.viewer(), *EDIT)
    ticked = _ticked()
    if ticked:
        page.saw(*ticked)
        return Chosen(chosen_people.ticked(ticked, reach), gettext("De du har valt i listan"), None, ticked)
    row = next((one for one in _usable() if str(one.id) == request.form.get("selection")), None)
    if row is None:
        raise Refused(N_("Välj ett urval i listan."), field="selection")
    selections.reachable(row.definition)
    people = chosen_people.of_selection(session, row.definition, row.path, reach, page.now())
    return Chosen(people, row.name, row.id, [])


def _ticked() -> list[int]:
    typed = request.form.getlist("person")
    return [int(one) for one in typed if one.isdecimal() and len(one) < 10][:MOST_TICKED]


def _tags(form: Mistakes, chosen: Chosen | None = None, told: bulk_tags.Preview | None = None) -> str:
    ticked = chosen.ids if chosen else _ticked()
    return render_template(
        "people/tags.html", form=form, usable=_usable(), typed=request.form, chosen=chosen, told=told, ticked=ticked,
        asked=request.args.get("urval", ""),
    )  # fmt: skip


def _start(form: Mistakes) -> str:
    before = page.session().execute(
        sa.select(Export.at, Export.selection, Export.people, Export.purpose, Export.form, Account.name)
        .outerjoin(Account, Account.id == Export.account_id)
        .where(Export.association_id.in_(access.reach(page.viewer(), *EDIT)))
        .order_by(Export.at.desc(), Export.id.desc())
        .limit(20)
    )
    return render_template(
        "people/export.html", form=form, usable=_usable(), typed=request.form, columns=exports.COLUMNS,
        forms=exports.FORMS, usual=exports.USUAL, before=before.all(), asked=request.args.get("urval", ""),
    )  # fmt: skip


def _usable() -> list[Any]:
    return saved_selections.usable(page.session(), page.viewer().paths(*EDIT))


def _home() -> int:
    """The place whose tag it becomes, and whose log an export stands in: the widest the viewer answers for."""
    path = min(page.viewer().paths(*EDIT), key=len)
    place = page.session().scalar(sa.select(Association.id).where(Association.path == path))
    if place is None:
        raise Missing
    return place


def _run(run_id: int) -> tuple[TagRun, str]:
    row = (
        page.session()
        .execute(
            sa.select(TagRun, Tag.name)
            .join(Tag, Tag.id == TagRun.tag_id)
            .where(TagRun.id == run_id, TagRun.association_id.in_(access.reach(page.viewer(), *EDIT)))
        )
        .first()
    )
    if row is None:
        raise Missing
    return row[0], row[1]
