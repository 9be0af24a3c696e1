"""Data protection of the whole organisation: the record of processing, what is forgotten by itself, and what has been erased."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from organizer import access, erasure, page, processing, settings, user_lists
from organizer.configuration import Configuration
from organizer.menu import Entry
from organizer.models import Association, RoleName
from organizer.personal_register import Register
from organizer.times import local_day
from organizer.words import N_, Missing, Refused

pages = Blueprint("data_protection", __name__, url_prefix="/system/dataskydd")
CHANGES = (RoleName.OWNER, RoleName.ORGANIZER)
READS = (*CHANGES, RoleName.STEWARD)
MENU = (Entry(N_("Dataskydd"), "data_protection.start", "lock", READS, group=N_("Distriktet"), order=93),)


@pages.get("")
@access.allow(*READS)
def start() -> ResponseReturnValue:
    """The record of processing, to read and to print."""
    return _page()


@pages.post("")
@access.allow(*CHANGES)
def save() -> ResponseReturnValue:
    """Say who answers for the data."""
    try:
        with page.session().begin_nested():
            processing.save(page.session(), _place(*CHANGES), request.form, page.viewer().account_id, page.now())
    except Refused as refusal:
        return _page(refusal), 422
    flash(gettext(N_("Sparat. Det gäller från i dag.")))
    return redirect(url_for("data_protection.start"))


@pages.get("/gallring")
@access.allow(*CHANGES)
def forgetting() -> ResponseReturnValue:
    """What would go now, if the worker began this minute."""
    preview: Callable[..., list[tuple[str, int]]] = current_app.extensions["forgetting"]
    return render_template("data_protection/forgetting.html", found=preview(page.session(), page.now()))


def _page(refusal: Refused | None = None) -> str:
    session, viewer, day = page.session(), page.viewer(), local_day(page.now())
    place, register = _place(*READS), _register()
    configuration: Configuration = current_app.extensions["configuration"]
    now_is = processing.controller(session, place, day)
    typed: Any = request.form if refusal else now_is
    mine = None if viewer.holds(RoleName.OWNER) else viewer.paths(*READS)
    return render_template(
        "data_protection/start.html",
        place=place, controller=now_is, typed=typed, day=day, may_change=viewer.holds(*CHANGES),
        wrong=refusal.field if refusal else None, problem=page.in_words(refusal) if refusal else None,
        kept=processing.kept(register, settings.get(session, place.id, settings.RETENTION, day)),
        erased=processing.erasures(session, mine), reasons=erasure.REASONS, processing=processing,
        sends=bool(configuration.twilio_account_sid),
    )  # fmt: skip


def _place(*roles: str) -> Association:
    """The highest place the viewer reaches."""
    reached = user_lists.places(page.session(), page.viewer().paths(*roles))
    if not reached:
        raise Missing
    return reached[0]


def _register() -> Register:
    register: Register = current_app.extensions["personal_data"]
    return register
