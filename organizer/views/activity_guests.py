"""Whoever signed up in public or came unknown: written down at the door, ticked, and matched to a person by a human."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from organizer import access, activity_lists, audit, guests, page, phones
from organizer.times import local_day
from organizer.views.activities import ROLES
from organizer.words import Missing, Refused

pages = Blueprint("guests", __name__, url_prefix="/aktiviteter")
MIN_LETTERS = 2


@pages.get("/<int:activity_id>/gaster")
@access.allow(*ROLES)
def start(activity_id: int) -> ResponseReturnValue:
    """Each guest with the members it might be, and a form for somebody who came without being known."""
    return _page(_own(activity_id))


@pages.post("/<int:activity_id>/gaster")
@access.allow(*ROLES)
def add(activity_id: int) -> ResponseReturnValue:
    """Write down somebody who came and is not in the register."""
    row, form = _own(activity_id), request.form
    if local_day(page.now()) < local_day(row.starts_at):
        return _page(
            row, {"guest_name": gettext("Aktiviteten har inte varit än. Närvaro kan bockas av från samma dag.")}
        ), 422
    try:
        guests.newcomer(
            page.session(), activity_id, form.get("guest_name", ""), form.get("guest_number", ""), page.now()
        )
    except Refused as refusal:
        return _page(row, {refusal.field or "guest_name": page.in_words(refusal)}), 422
    return redirect(url_for("guests.start", activity_id=activity_id))


@pages.post("/<int:activity_id>/gaster/<int:guest_id>/sok")
@access.allow(*ROLES)
def find(activity_id: int, guest_id: int) -> ResponseReturnValue:
    """Look for the member a guest is, when neither name nor number says so; a POST, so that no name stands in an address."""
    row, words = _own(activity_id), request.form.get("q", "").strip()[:80]
    reach = access.reach(page.viewer(), *ROLES)
    found = activity_lists.find(page.session(), words, reach) if len(words) >= MIN_LETTERS else []
    return _page(row, searched=(guest_id, words, found))


@pages.post("/<int:activity_id>/gaster/<int:guest_id>")
@access.allow(*ROLES)
def settle(activity_id: int, guest_id: int) -> ResponseReturnValue:
    """Say who it is: the member chosen, or nobody in the register."""
    row, viewer = _own(activity_id), page.viewer()
    if request.form.get("person") == "nobody":
        guests.is_nobody(page.session(), activity_id, guest_id, page.now())
        flash(gettext("Antecknat: inte medlem. Anmälan står kvar."))
        return redirect(url_for("guests.start", activity_id=activity_id))
    text = request.form.get("person", "")
    if not (text.isdecimal() and len(text) < 10):
        raise Missing
    found = access.person(page.session(), viewer, int(text), *ROLES)
    page.saw(found.id)
    guests.match(page.session(), activity_id, guest_id, found.id, viewer.account_id, page.now())
    audit.changed(
        page.session(), viewer.account_id, "guest_matched", "person", found.id, page.now(), row.association_id,
        activity=activity_id,
    )  # fmt: skip
    flash(gettext("Anmälan är kopplad till medlemmen."))
    return redirect(url_for("guests.start", activity_id=activity_id))


@pages.post("/<int:activity_id>/gaster/<int:guest_id>/narvaro")
@access.allow(*ROLES)
def attendance(activity_id: int, guest_id: int) -> ResponseReturnValue:
    """One tap at the door."""
    row = _own(activity_id)
    if local_day(page.now()) < local_day(row.starts_at):
        raise Refused("Aktiviteten har inte varit än. Närvaro kan bockas av från samma dag.")
    guests.came(page.session(), activity_id, guest_id, here=request.form.get("came") == "1")
    return redirect(url_for("activities.show", activity_id=activity_id, _anchor="gaster"))


@pages.post("/<int:activity_id>/gaster/<int:guest_id>/avanmal")
@access.allow(*ROLES)
def withdraw(activity_id: int, guest_id: int) -> ResponseReturnValue:
    """Take a guest who has called off the list; the first who waits gets the seat."""
    _own(activity_id)
    guest = guests.standing(page.session(), activity_id, guest_id)
    if guest is None:
        raise Missing
    guests.leave(page.session(), guest, activity_id, page.now())
    return redirect(url_for("activities.show", activity_id=activity_id, _anchor="gaster"))


def _page(row: Any, mistakes: dict[str, str] | None = None, searched: tuple[int, str, list[Any]] = (0, "", [])) -> str:
    session, reach = page.session(), access.reach(page.viewer(), *ROLES)
    unknown = guests.of_activity(session, row.id)
    waiting = [(one, guests.perhaps(session, one, reach)) for one in unknown if one.settled_at is None]
    page.saw(*(person.id for _, found in waiting for person in found), *(person.id for person in searched[2]))
    return render_template(
        "activities/guests.html", row=row, waiting=waiting, settled=[one for one in unknown if one.settled_at],
        mistakes=mistakes or {}, display=phones.display, searched=searched, least=MIN_LETTERS,
        begun=local_day(page.now()) >= local_day(row.starts_at),
    )  # fmt: skip


def _own(activity_id: int) -> Any:
    """An activity the viewer may change, else Missing: guests are the arranger's."""
    row = activity_lists.one(page.session(), page.viewer().paths(*ROLES), activity_id)
    if not page.viewer().covers(row.path, *ROLES):
        raise Missing
    return row
