"""Editing a person with a reason, and what they have said yes to."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from organizer import access, cards, consents, interests, page, person_edits
from organizer.models import Person
from organizer.views.people import EDIT, Mistakes, change
from organizer.words import N_, Missing, Refused

pages = Blueprint("person_edit", __name__, url_prefix="/medlemmar")
FIELDS = ("first_name", "last_name", "member_number", "email", "language")


@pages.get("/<int:person_id>/andra")
@access.allow(*EDIT)
def edit(person_id: int) -> ResponseReturnValue:
    """The form, as the person stands."""
    person = _person(person_id)
    values: dict[str, Any] = {name: getattr(person, name) or "" for name in FIELDS}
    return _form(person, values | {"protected": person.protected}, Mistakes())


@pages.post("/<int:person_id>/andra")
@access.allow(*EDIT)
def save(person_id: int) -> ResponseReturnValue:
    """Change what differs, with the reason."""
    person = _person(person_id)
    typed = {name: value.strip() for name, value in request.form.items() if name != "csrf_token"}
    try:
        with page.session().begin_nested():
            person_edits.edit(
                page.session(), person_id, typed, protected="protected" in typed, reason=typed.get("reason", ""),
                now=page.now(), account_id=page.viewer().account_id,
            )  # fmt: skip
    except Refused as refusal:
        mistakes = Mistakes({refusal.field or "first_name": [page.in_words(refusal)]})
        return _form(person, typed, mistakes), 422
    flash(gettext("Det är sparat, och nästa medlemsfil skriver inte över det."))
    page.session().expire(person)
    try:
        _person(person_id)
    except Missing:
        flash(gettext("Personen har nu skyddade uppgifter och visas bara för föreningens medlemsansvariga."))
        return redirect(url_for("people.start"))
    return redirect(url_for("people.show", person_id=person_id))


@pages.post("/<int:person_id>/ja")
@access.allow(*EDIT)
def consent(person_id: int) -> ResponseReturnValue:
    """Record a yes, with how we know."""
    said = {name: request.form.get(name, "").strip() for name in ("channel", "purpose", "how", "evidence")}
    return change(
        person_id, N_("Samtycket är antecknat."),
        lambda: consents.record(
            page.session(), person_id, said["channel"], said["purpose"], said["how"], page.now(),
            evidence=said["evidence"], account_id=page.viewer().account_id,
        ),
    )  # fmt: skip


@pages.post("/<int:person_id>/ja/<int:consent_id>/aterta")
@access.allow(*EDIT)
def take_back(person_id: int, consent_id: int) -> ResponseReturnValue:
    """Take a yes back."""

    def work() -> None:
        if consent_id not in {one.id for one in cards.consents_of(page.session(), person_id)}:
            raise Missing
        why = request.form.get("why", "").strip()
        consents.revoke(page.session(), consent_id, page.now(), page.viewer().account_id, why)

    return change(person_id, N_("Samtycket är återtaget."), work)


@pages.post("/<int:person_id>/intressen")
@access.allow(*EDIT)
def interested(person_id: int) -> ResponseReturnValue:
    """What the person wants to come to."""
    kinds = request.form.getlist("kind")
    return change(
        person_id, N_("Intressena är sparade."),
        lambda: interests.settle(page.session(), person_id, kinds, page.now(), page.viewer().account_id),
    )  # fmt: skip


def _person(person_id: int) -> Person:
    return access.person(page.session(), page.viewer(), person_id, *EDIT)


def _form(person: Person, values: dict[str, Any], mistakes: Mistakes) -> str:
    page.saw(person.id)
    return render_template(
        "people/edit.html", person=person, values=values, form=mistakes, languages=person_edits.SPOKEN
    )
