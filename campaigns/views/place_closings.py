"""The page where an association is closed, and opened again."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import place_closings
from campaigns.views.place_mergers import ROLES, of_district
from organizer import access, page
from organizer.models import Association
from organizer.words import Refused

pages = Blueprint("place_closings", __name__, url_prefix="/installningar/plats")


@pages.get("/<slug>/lagg-ned")
@access.allow(*ROLES)
def start(slug: str) -> ResponseReturnValue:
    """What hinders it and what ends; or, when it is closed, the way to open it again."""
    return _page(of_district(slug))


@pages.post("/<slug>/lagg-ned")
@access.allow(*ROLES)
def close(slug: str) -> ResponseReturnValue:
    """Close it from today, all or nothing."""
    place = of_district(slug)
    try:
        with page.session().begin_nested():
            place_closings.close(page.session(), page.viewer(), place, page.now())
    except Refused as refusal:
        return _page(place, refusal), 422
    return redirect(url_for("place_closings.start", slug=slug))


@pages.post("/<slug>/oppna")
@access.allow(*ROLES)
def open_again(slug: str) -> ResponseReturnValue:
    """Let it be there again."""
    place = of_district(slug)
    try:
        with page.session().begin_nested():
            place_closings.open_again(page.session(), place, page.viewer().account_id, page.now())
    except Refused as refusal:
        return _page(place, refusal), 422
    flash(gettext("%(place)s är öppen igen. Ge någon roller där.", place=place.short_name))
    return redirect(url_for("settings.tree"))


def _page(place: Association, refusal: Refused | None = None) -> str:
    return render_template(
        "settings/close.html", place=place, check=place_closings.look(page.session(), place, page.now()),
        problem=page.in_words(refusal) if refusal else None,
    )  # fmt: skip
