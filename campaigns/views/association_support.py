"""One association as the district's organizer sees it: why it may need support, contacts with it, and the plan."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import association_table
from campaigns.association_table import FEW, INACTIVE, NOBODY, QUIET, SILENT, STALE, WAITING
from organizer import access, page, phones, support, typed_days
from organizer.models import Association, RoleName
from organizer.times import local_day
from organizer.words import N_, Missing, Refused

pages = Blueprint("support", __name__)
ACTIONS = {
    NOBODY: (N_("Ge någon rollen"), "users.all_roles"),
    QUIET: (N_("Planera ett möte"), "activities.new"),
    FEW: (N_("Ring tidigare medlemmar"), "campaigns.choose"),
    INACTIVE: (N_("Ring medlemmarna"), "campaigns.choose"),
    WAITING: (N_("Visa och ring"), "association_new.waiting"),
    STALE: (N_("Läs in register"), "imports.start"),
    SILENT: (N_("Ring ordföranden"), ""),
}
"""What can be done about each reason: the words of the button and the page it leads to; '' = further down this page."""


@pages.get("/foreningar/<slug>")
@access.allow(RoleName.ORGANIZER)
def one(slug: str) -> ResponseReturnValue:
    """Reasons with a button each, never a score; no member is named."""
    return _page(_place(slug))


@pages.post("/foreningar/<slug>/kontakt")
@access.allow(RoleName.ORGANIZER)
def log(slug: str) -> ResponseReturnValue:
    """Write down that the district has been in touch."""
    place, form = _place(slug), request.form
    try:
        with page.session().begin_nested():
            support.log(
                page.session(), place, form.get("how", ""), form.get("text", ""), typed_days.read(form.get("day", "")),
                page.viewer().account_id, page.now(),
            )  # fmt: skip
    except Refused as refusal:
        return _page(place, refusal), 422
    flash(gettext("Kontakten är sparad."))
    return redirect(url_for("support.one", slug=slug))


@pages.post("/foreningar/<slug>/plan")
@access.allow(RoleName.ORGANIZER)
def plan(slug: str) -> ResponseReturnValue:
    """Add a step to the plan of support."""
    place, form = _place(slug), request.form
    try:
        with page.session().begin_nested():
            support.plan(
                page.session(), place, form.get("step", ""), typed_days.offered(form.get("due", ""), "due"),
                _whole(form.get("who", "")), page.viewer().account_id, page.now(),
            )  # fmt: skip
    except Refused as refusal:
        return _page(place, refusal), 422
    flash(gettext("Steget är sparat."))
    return redirect(url_for("support.one", slug=slug))


@pages.post("/foreningar/<slug>/plan/<int(max=2147483647):step_id>/klart")
@access.allow(RoleName.ORGANIZER)
def done(slug: str, step_id: int) -> ResponseReturnValue:
    """Tick a step off."""
    support.done(page.session(), _place(slug), step_id, page.viewer().account_id, page.now())
    flash(gettext("Klart. Det är avbockat."))
    return redirect(url_for("support.one", slug=slug))


@pages.post("/foreningar/<slug>/plan/<int(max=2147483647):step_id>/ta-bort")
@access.allow(RoleName.ORGANIZER)
def remove(slug: str, step_id: int) -> ResponseReturnValue:
    """Take a step out of the plan."""
    support.remove(page.session(), _place(slug), step_id, page.viewer().account_id, page.now())
    flash(gettext("Steget är borttaget."))
    return redirect(url_for("support.one", slug=slug))


def _place(slug: str) -> Association:
    return access.association(page.session(), page.viewer(), slug, RoleName.ORGANIZER)


def _page(place: Association, refusal: Refused | None = None) -> str:
    session, today = page.session(), local_day(page.now())
    row = association_table.of_association(session, place, page.now())
    if row is None:
        raise Missing
    return render_template(
        "associations/support.html",
        place=place,
        row=row,
        actions=[_action(reason, place) for reason in row.reasons],
        found=support.of(session, place, today),
        helpers=support.helpers(session, place, today),
        how=support.HOW,
        today=today,
        display=phones.display,
        typed=request.form,
        field=refusal.field if refusal else None,
        problem=page.in_words(refusal) if refusal else None,
    )


def _action(reason: str, place: Association) -> dict[str, Any]:
    words, endpoint = ACTIONS[reason]
    values = {"slug": place.slug} if reason == WAITING else {}
    address = "#ring" if not endpoint else url_for(endpoint, _anchor=None, **values)  # type: ignore[arg-type]
    return {"reason": gettext(reason), "words": gettext(words), "address": address}


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
