"""Someone is calling me: search one's own seven days, open the person again (P§2.1 J8)."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import call_queue, caller_shift, my_calls
from campaigns.views.ring_scene import RINGS
from organizer import access, page
from organizer.words import Missing

pages = Blueprint("incoming", __name__)


@pages.get("/ring/inkommande")
@access.allow(*RINGS)
def start() -> ResponseReturnValue:
    """An empty search: nobody is listed before something is typed."""
    return render_template("ring/incoming.html", what="", found=None, error="", leader="")


@pages.post("/ring/inkommande")
@access.allow(*RINGS)
def search() -> ResponseReturnValue:
    """First name and initial of those who match; the number never comes back (P§4.9)."""
    session, viewer, now = page.session(), page.viewer(), page.now()
    what = request.form.get("what", "").strip()[:40]
    digits = sum(sign.isdecimal() for sign in what)
    if (digits < 4 and len(what) < 2) or 0 < digits < 4:
        error = gettext("Skriv minst två bokstäver av förnamnet, eller fyra siffror.")
        return render_template("ring/incoming.html", what=what, found=None, error=error, leader=""), 422
    found = my_calls.who_rings(session, viewer.account_id, what, now)
    page.saw(*(one.person_id for one in found))
    shifts = caller_shift.all_of(session, viewer.account_id, now) if not found else []
    return render_template(
        "ring/incoming.html", what=what, found=found, error="", leader=next((one.leader for one in shifts), "")
    )


@pages.post("/ring/inkommande/<int:queue_id>")
@access.allow(*RINGS)
def open_row(queue_id: int) -> ResponseReturnValue:
    """Hold the person who rings; whoever was held untouched goes back to the same place (D13)."""
    session, viewer, now = page.session(), page.viewer(), page.now()
    shift_id = my_calls.shift_of(session, viewer.account_id, queue_id, now)
    if shift_id is None:
        raise Missing
    call_queue.claim_row(session, viewer.account_id, queue_id, now, shift_id=shift_id)
    return redirect(url_for("call.now", shift_id=shift_id))
