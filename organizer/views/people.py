"""The pages of people: a search that never lists the register by itself, and the card of one person."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from organizer import (
    access,
    cards,
    consents,
    corrections,
    erasure,
    finding,
    households,
    interests,
    page,
    people,
    refusals,
    stream,
    typed_days,
)
from organizer.activity_drafts import KINDS
from organizer.menu import Entry
from organizer.models import Association, Person, RoleName
from organizer.times import local_day
from organizer.words import N_, Missing, Refused

pages = Blueprint("people", __name__, url_prefix="/medlemmar")
SEE = (RoleName.ORGANIZER, RoleName.STEWARD, RoleName.CHAIR)
EDIT = (RoleName.ORGANIZER, RoleName.STEWARD)
MENU = (Entry(N_("Medlemmar"), "people.start", "people", SEE, order=20),)


@dataclass
class Mistakes:
    """What the macro `errors` shows: sentences by the form's and the field's name, and what was typed."""

    errors: dict[str, list[str]] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)


@pages.get("")
@access.allow(*SEE)
def start() -> ResponseReturnValue:
    """An empty search."""
    return render_template("people/search.html", found=None, words="", place=None, **_around_search())


@pages.post("")
@access.allow(*SEE)
def search() -> ResponseReturnValue:
    """Look somebody up; a POST, so that no name stands in an address (D16)."""
    words = request.form.get("q", "").strip()[:120]
    viewer, around = page.viewer(), _around_search()
    place = next((one for one in around["places"] if str(one.id) == request.form.get("place")), None)
    stewarded = [role.association_id for role in viewer.roles if role.name == RoleName.STEWARD]
    found = finding.find(
        page.session(), words, access.reach(viewer, *SEE), protected_in=stewarded, place=place.id if place else None
    )
    page.saw(*(one.id for one in found.people))
    return render_template(
        "people/search.html", found=found, words=words, place=place, counted=finding.COUNTED, **around
    )


@pages.get("/<int:person_id>")
@access.allow(*SEE)
def show(person_id: int) -> ResponseReturnValue:
    """The card of one person; somebody merged leads to who they are now."""
    merged = people.now_is(page.session(), person_id)
    if merged != person_id:
        access.person(page.session(), page.viewer(), merged, *SEE)
        return redirect(url_for("people.show", person_id=merged))
    return _card(person_id, Mistakes())


@pages.post("/<int:person_id>/nummer")
@access.allow(*EDIT)
def add_number(person_id: int) -> ResponseReturnValue:
    """Add a number, to be rung first."""
    return change(
        person_id, N_("Numret är tillagt."),
        lambda: people.add_number(page.session(), person_id, _typed("number"), page.now(), account_id=_me(),
                                  reason=_reason()),
    )  # fmt: skip


@pages.post("/<int:person_id>/nummer/<int:phone_id>/ta-bort")
@access.allow(*EDIT)
def remove_number(person_id: int, phone_id: int) -> ResponseReturnValue:
    """Take a number away."""
    return change(
        person_id, N_("Numret är borttaget."),
        lambda: people.remove_number(page.session(), person_id, phone_id, page.now(), _me(), _reason()),
        form=f"remove_number-{phone_id}",
    )  # fmt: skip


@pages.post("/<int:person_id>/e-post")
@access.allow(*EDIT)
def set_email(person_id: int) -> ResponseReturnValue:
    """Keep another e-mail address, or none."""
    return change(
        person_id, N_("E-postadressen är sparad."),
        lambda: people.set_email(page.session(), person_id, _typed("email"), page.now(), _me(), _reason()),
    )  # fmt: skip


@pages.post("/<int:person_id>/nej")
@access.allow(*SEE)
def refuse(person_id: int) -> ResponseReturnValue:
    """Record that the person does not want to be contacted; holds from this second (promise 4)."""
    return change(
        person_id, N_("Det är antecknat och gäller från och med nu, i hela distriktet."),
        lambda: people.refuse(
            page.session(), person_id, _typed("channel"), "staff", page.now(), account_id=_me(),
            evidence=_typed("evidence"),
        ),
        roles=SEE,
    )  # fmt: skip


@pages.post("/<int:person_id>/nej/<int:refusal_id>/aterta")
@access.allow(*EDIT)
def revoke(person_id: int, refusal_id: int) -> ResponseReturnValue:
    """Take a no back because the person asked for it."""

    def take_back() -> None:
        if refusal_id not in {one.id for one in cards.refusals_of(page.session(), person_id)}:
            raise Missing
        people.revoke(page.session(), refusal_id, page.now(), _me(), _typed("why"))

    return change(person_id, N_("Nejet är återtaget."), take_back)


@pages.post("/<int:person_id>/etikett")
@access.allow(*EDIT)
def tag(person_id: int) -> ResponseReturnValue:
    """Put a tag on the person."""
    return change(
        person_id, N_("Etiketten är satt."),
        lambda: people.tag(page.session(), person_id, _here(person_id), _typed("tag"), page.now(), _me()),
    )  # fmt: skip


@pages.post("/<int:person_id>/etikett/<int:tag_id>/ta-bort")
@access.allow(*EDIT)
def untag(person_id: int, tag_id: int) -> ResponseReturnValue:
    """Take a tag off."""
    return change(
        person_id, N_("Etiketten är borttagen."),
        lambda: people.untag(page.session(), person_id, tag_id, page.now(), _me()),
    )  # fmt: skip


@pages.post("/<int:person_id>/flytta")
@access.allow(*EDIT)
def move(person_id: int) -> ResponseReturnValue:
    """Move the membership to another association within reach."""

    def work() -> None:
        place = next((one.id for one in _places(*EDIT) if str(one.id) == _typed("association")), None)
        if place is None:
            raise Refused(N_("Välj en förening i listan."), field="association")
        people.move(page.session(), person_id, place, _day(), page.now(), _me(), reason=_reason())

    return change(person_id, N_("Medlemskapet är flyttat."), work)


@pages.post("/<int:person_id>/avsluta")
@access.allow(*EDIT)
def end(person_id: int) -> ResponseReturnValue:
    """End the membership: left, or died."""

    def work() -> None:
        if _typed("why") not in {"left", "deceased"}:
            raise Refused(N_("Välj varför medlemskapet slutar."), field="why")
        people.close_membership(page.session(), person_id, _day(), _typed("why"), page.now(), _me(), reason=_reason())

    return change(person_id, N_("Medlemskapet är avslutat."), work)


def change(
    person_id: int, said: str, work: Callable[[], object], *, roles: tuple[str, ...] = EDIT, form: str = ""
) -> ResponseReturnValue:
    """Do it and go back to the card; a refusal stands on the card beside what was typed, and nothing is changed.

    `form` is what the form's fields begin with when it is not the view's name.
    """
    access.person(page.session(), page.viewer(), person_id, *roles)
    try:
        with page.session().begin_nested():
            work()
    except Refused as refusal:
        typed = {name: value for name, value in request.form.items() if name != "csrf_token"}
        which = form or (request.endpoint or "").rpartition(".")[2]
        mistakes = Mistakes({f"{which}-{refusal.field or 'day'}": [page.in_words(refusal)]}, typed)
        return _card(person_id, mistakes), 422
    flash(gettext(said))
    return redirect(url_for("people.show", person_id=person_id))


def _card(person_id: int, mistakes: Mistakes) -> str:
    session, viewer = page.session(), page.viewer()
    person = access.person(session, viewer, person_id, *SEE)
    card = cards.card(session, person)
    page.saw(person_id)
    may_edit = person.protected or viewer.covers(card.path, *EDIT)
    told: Any = current_app.extensions["person_page"]
    number = request.args.get("sida", 1, int)
    mates = households.of(session, person_id, access.reach(viewer, *SEE))
    page.saw(*(one.id for one in mates))
    ids = [person_id, *(one for one in erasure.everyone_in(session, person_id) if one != person_id)]
    return render_template(
        "people/card.html", person=person, card=card, form=mistakes, housemates=mates, may_edit=may_edit, number=number,
        stream=stream.of(
            session, ids, told.calls(session, person_id, page.now()),
            told.messages(session, person_id, max(1, min(number, 500)) * stream.PAGE + 1), number,
        ),
        todos=told.todos(session, person_id), receivers=told.receivers(session, card.path, page.now()),
        consents=consents, channels=refusals.CHANNELS, ways=refusals.WAYS, ends=people.ENDS, kinds=KINDS, asked=interests.ASKED, because=corrections.REASONS,
        places=[one for one in _places(*EDIT) if one.id != card.place_id], today=local_day(page.now()),
    )  # fmt: skip


def _around_search() -> dict[str, Any]:
    """What stands beside a search: the places to narrow it to, and what else the viewer may do here."""
    return {"places": _places(*SEE), "can_import": page.viewer().holds(*EDIT)}


def _places(*roles: str) -> list[Any]:
    """The associations open today that the viewer reaches: id and name, by name."""
    here = (
        Association.id.in_(access.reach(page.viewer(), *roles)),
        Association.kind == "association",
        Association.closed_on.is_(None),
    )
    columns = sa.select(Association.id, Association.short_name)
    return list(page.session().execute(columns.where(*here).order_by(Association.sort_key)))


def _here(person_id: int) -> int:
    """The association the person's latest membership is in."""
    return cards.card(page.session(), page.session().get_one(Person, person_id)).place_id


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()


def _reason() -> str:
    return corrections.reason(_typed("because"), _typed("reason"))


def _day() -> date:
    """The day in the form; today when left empty."""
    return typed_days.offered(_typed("day"), "day") or local_day(page.now())


def _me() -> int:
    return page.viewer().account_id
