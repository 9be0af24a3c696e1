"""What a person can ask of us: everything we hold about them, and that it is erased (J22)."""

import json
from dataclasses import dataclass, field

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from organizer import access, erasure, extract, page, person_locks
from organizer.models import Person, RoleName
from organizer.personal_register import Register
from organizer.refusals import CHANNELS
from organizer.words import N_, Refused

pages = Blueprint("privacy", __name__, url_prefix="/medlemmar/<int:person_id>")
ROLES = (RoleName.ORGANIZER, RoleName.STEWARD)


@dataclass
class Mistakes:
    """What the macro `errors` shows: a sentence by the field's name, and what was chosen."""

    errors: dict[str, list[str]] = field(default_factory=dict)
    reason: str = ""


@pages.get("/registerutdrag")
@access.allow(*ROLES)
def show_extract(person_id: int) -> ResponseReturnValue:
    """Everything about one person, to read and to print."""
    person = _person(person_id)
    sections = extract.of(page.session(), _register(), person_id)
    return render_template("privacy/extract.html", person=person, sections=sections, now=page.now())


@pages.get("/registerutdrag.json")
@access.allow(*ROLES)
def download_extract(person_id: int) -> ResponseReturnValue:
    """The same as a file that another system can read (art. 20)."""
    person = _person(person_id)
    sections = extract.of(page.session(), _register(), person_id)
    found = extract.as_json(sections, f"{person.first_name} {person.last_name}".strip(), page.now())
    answer = Response(json.dumps(found, ensure_ascii=False, indent=2), mimetype="application/json")
    answer.headers["Content-Disposition"] = f"attachment; filename=registerutdrag-{person_id}.json"
    return answer


@pages.get("/radera")
@access.allow(*ROLES)
def show_erasure(person_id: int) -> ResponseReturnValue:
    """What erasing would do."""
    return _preview(person_id, Mistakes())


@pages.post("/radera")
@access.allow(*ROLES)
def erase(person_id: int) -> ResponseReturnValue:
    """Erase, when a reason is chosen and the word is typed; a refusal stands on the same page."""
    person_locks.take(page.session(), [person_id])
    access.person(page.session(), page.viewer(), person_id, *ROLES)
    reason, word = request.form.get("reason", ""), request.form.get("confirmation", "")
    try:
        with page.session().begin_nested():
            erasure.erase(
                page.session(), _register(), person_id, reason, word, page.viewer().account_id, page.now()
            )  # fmt: skip
    except Refused as refusal:
        mistakes = Mistakes({refusal.field or "confirmation": [page.in_words(refusal)]}, reason)
        return _preview(person_id, mistakes), 422
    flash(gettext(N_("Personen är raderad. Siffrorna från tidigare är oförändrade.")))
    return redirect(url_for("people.start"))


def _preview(person_id: int, mistakes: Mistakes) -> str:
    return render_template(
        "privacy/erase.html", person=_person(person_id), form=mistakes, reasons=erasure.REASONS, channels=CHANNELS,
        preview=erasure.preview(page.session(), _register(), person_id), word=erasure.CONFIRMATION,
    )  # fmt: skip


def _person(person_id: int) -> Person:
    """The person, if the viewer answers for them; seeing the page is noted."""
    person = access.person(page.session(), page.viewer(), person_id, *ROLES)
    page.saw(person_id)
    return person


def _register() -> Register:
    register: Register = current_app.extensions["personal_data"]
    return register
