"""Settings of a place, and the tree of places."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from organizer import access, page, place_mergers, places, settings, user_lists
from organizer.menu import Entry
from organizer.models import Association, AssociationKind, RoleName
from organizer.times import local_day
from organizer.words import N_, Missing, Refused

pages = Blueprint("settings", __name__, url_prefix="/installningar")
ROLES = (RoleName.ORGANIZER, RoleName.OWNER)
MENU = (Entry(N_("Inställningar"), "settings.start", "gear", ROLES, group=N_("Distriktet"), order=90),)


@pages.get("")
@access.allow(*ROLES)
def start() -> ResponseReturnValue:
    """What holds at the highest place one reaches, and the way to everything else."""
    reached = _places()
    if not reached:
        raise Missing
    return _page(reached[0])


@pages.get("/plats/<slug>")
@access.allow(*ROLES)
def place(slug: str) -> ResponseReturnValue:
    """What holds at one place."""
    return _page(access.association(page.session(), page.viewer(), slug, *ROLES))


@pages.post("/plats/<slug>/<key>")
@access.allow(*ROLES)
def change(slug: str, key: str) -> ResponseReturnValue:
    """Let a setting hold at the place and below, from today."""
    here = access.association(page.session(), page.viewer(), slug, *ROLES)
    if key not in settings.ALL:
        raise Missing
    try:
        with page.session().begin_nested():
            account = page.viewer().account_id
            settings.set_at(page.session(), here, key, _value(key), account, page.now())
    except Refused as refusal:
        return _page(here, key=key, refusal=refusal)
    return redirect(url_for("settings.place", slug=slug, sparat=key))


@pages.get("/platser")
@access.allow(*ROLES)
def tree() -> ResponseReturnValue:
    """The places one reaches, and a form for one more."""
    return _tree()


@pages.post("/platser")
@access.allow(*ROLES)
def add() -> ResponseReturnValue:
    """Add a place below one of one's own."""
    under = access.association(page.session(), page.viewer(), request.form.get("under", ""), *ROLES)
    kind = request.form.get("kind", AssociationKind.ASSOCIATION)
    try:
        with page.session().begin_nested():
            account = page.viewer().account_id
            places.add(page.session(), request.form.get("name", ""), kind, under, account, page.now())
    except Refused as refusal:
        return _tree(refusal)
    return redirect(url_for("settings.tree"))


def _value(key: str) -> dict[str, Any]:
    """The setting's value as the form sent it; what is no number or time is refused by the rule itself."""
    if key == settings.HOURS:
        days = ("weekday", "weekend")
        return {day: [request.form.get(f"{day}_opens", ""), request.form.get(f"{day}_closes", "")] for day in days}
    chosen = {name: request.form.get(name, "") for name in settings.ALL[key].choices}
    return chosen | {name: _whole(request.form.get(name, "").strip()) for name in settings.ALL[key].numbers}


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


def _page(here: Association, key: str | None = None, refusal: Refused | None = None) -> ResponseReturnValue:
    day = local_day(page.now())
    values = {one: settings.get(page.session(), here.id, one, day) for one in settings.ALL}
    if key is not None:
        values[key] = _value(key)
    return render_template(
        "settings/start.html",
        here=here,
        places=_places(),
        settings=settings,
        values=values,
        saved=request.args.get("sparat"),
        wrong=key,
        field=refusal.field if refusal else None,
        problem=page.in_words(refusal) if refusal else None,
    ), 422 if refusal else 200


def _tree(refusal: Refused | None = None) -> ResponseReturnValue:
    return render_template(
        "settings/places.html",
        places=_places(),
        may_merge=place_mergers.districts_of(page.session(), page.viewer()),
        closed=user_lists.closed(page.session(), page.viewer().paths(*ROLES)),
        merged=user_lists.merged(page.session(), page.viewer().paths(*ROLES)),
        kinds=places.KINDS,
        typed=request.form,
        problem=page.in_words(refusal) if refusal else None,
    ), 422 if refusal else 200


def _places() -> list[Association]:
    return user_lists.places(page.session(), page.viewer().paths(*ROLES))
