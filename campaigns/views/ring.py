"""The caller's evening: my shifts, the shift page, pausing, finishing, asking for help, the promise and the help page."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from campaigns import call_queue, caller_shift, contents, promised, shifts
from campaigns.views import ring_scene
from campaigns.views.ring_scene import RINGS
from organizer import access, accounts, page
from organizer.menu import Entry
from organizer.models import RoleName
from organizer.words import N_

pages = Blueprint("ring", __name__)
MENU = (Entry(N_("Ring"), "ring.start", "phone", RINGS, order=15),)
STARTS = {RoleName.CALLER: "ring.start", RoleName.SHIFT_LEADER: "ring.start"}
for _name, _filter in ring_scene.FILTERS.items():
    pages.add_app_template_filter(_filter, _name)


@pages.before_app_request
def ask_for_the_promise() -> ResponseReturnValue | None:
    """Nobody sees a member before having promised to keep quiet about who is one (P§2.1 J1)."""
    asks = request.blueprint in {"ring", "call", "incoming", "change"}
    free = request.endpoint in {"ring.promise", "ring.promise_page", "ring.help_page"}
    if not asks or free or not current_user.is_authenticated or current_user.promised:
        return None
    to = request.full_path.rstrip("?") if request.method == "GET" else url_for("ring.start")
    return redirect(url_for("ring.promise_page", to=to))


@pages.get("/ring")
@access.allow(*RINGS)
def start() -> ResponseReturnValue:
    """My shifts, whom I have promised to ring, and practice."""
    viewer, now = page.viewer(), page.now()
    mine = promised.of(page.session(), viewer.account_id, now)
    page.saw(*(one.person_id for one in mine))
    return render_template(
        "ring/start.html",
        shifts=caller_shift.all_of(page.session(), viewer.account_id, now),
        promised=mine,
        taken_over=promised.taken_over(page.session(), viewer.account_id, now),
        greeting=ring_scene.greeting(viewer.name, now),
    )


@pages.get("/ring/<int:shift_id>")
@access.allow(*RINGS)
def shift(shift_id: int) -> ResponseReturnValue:
    """One shift: before it starts and while it runs; when it has ended, thanks to who rang (P§3.2)."""
    viewer, now, session = page.viewer(), page.now(), page.session()
    here = caller_shift.of(session, shift_id, viewer.account_id, now)
    if here.state(now) == "over" and here.joined_at:
        return redirect(url_for("ring.done", shift_id=shift_id))
    mine = [one for one in promised.of(session, viewer.account_id, now) if one.campaign_id == here.campaign_id]
    page.saw(*(one.person_id for one in mine))
    return render_template(
        "ring/shift.html",
        s=here,
        state=here.state(now),
        team=shifts.team(session, here, now),
        promised=mine,
        greeting=ring_scene.greeting(viewer.name, now),
        script=ring_scene.said(
            here,
            "…",
            here.owner_name,
            viewer.name,
            contents.first_activity(session, here.campaign_id, max(now, here.starts_at)),
        ),
    )


@pages.post("/ring/<int:shift_id>/paus")
@access.allow(*RINGS)
def pause(shift_id: int) -> ResponseReturnValue:
    """A break: whoever was held goes back at once (D9)."""
    caller_shift.of(page.session(), shift_id, page.viewer().account_id, page.now())
    call_queue.release(page.session(), page.viewer().account_id, page.now())
    return redirect(url_for("ring.shift", shift_id=shift_id))


@pages.post("/ring/<int:shift_id>/sluta")
@access.allow(*RINGS)
def stop(shift_id: int) -> ResponseReturnValue:
    """Done for tonight: whoever was held goes back, and the evening counts."""
    viewer, now, session = page.viewer(), page.now(), page.session()
    caller_shift.of(session, shift_id, viewer.account_id, now)
    call_queue.release(session, viewer.account_id, now)
    shifts.finish(session, shift_id, viewer.account_id, now)
    return redirect(url_for("ring.done", shift_id=shift_id))


@pages.get("/ring/<int:shift_id>/klart")
@access.allow(*RINGS)
def done(shift_id: int) -> ResponseReturnValue:
    """Thanks, own numbers, and the shifts to come."""
    viewer, now, session = page.viewer(), page.now(), page.session()
    here = caller_shift.of(session, shift_id, viewer.account_id, now)
    return render_template(
        "ring/done.html",
        s=here,
        over=here.state(now) == "over",
        own=shifts.own_numbers(session, shift_id, viewer.account_id),
        shifts=[one for one in caller_shift.all_of(session, viewer.account_id, now) if one.starts_at > now],
    )


@pages.post("/ring/<int:shift_id>/hjalp-mig")
@access.allow(*RINGS)
def ask_for_help(shift_id: int) -> ResponseReturnValue:
    """Raise a hand: the shift leader sees it on the own page."""
    caller_shift.of(page.session(), shift_id, page.viewer().account_id, page.now())
    shifts.ask_for_help(page.session(), shift_id, page.viewer().account_id, page.now())
    return redirect(url_for("ring.shift", shift_id=shift_id))


@pages.get("/ring/lova")
@access.allow(*RINGS)
def promise_page() -> ResponseReturnValue:
    """What a caller promises, once."""
    return render_template("ring/promise.html", to=_own_address(request.args.get("to", "")))


@pages.post("/ring/lova")
@access.allow(*RINGS)
def promise() -> ResponseReturnValue:
    """Keep the promise, and go on to where the caller was going."""
    accounts.promise(page.session(), page.viewer().account_id, page.now())
    return redirect(_own_address(request.form.get("to", "")))


@pages.get("/ring/hjalp")
@access.allow(*RINGS)
def help_page() -> ResponseReturnValue:
    """Help for those who ring."""
    return render_template("ring/help.html", back=url_for("ring.start"))


def _own_address(to: str) -> str:
    """Only ever a caller's page: an address from outside is not followed."""
    if to != "/ring" and not to.startswith("/ring/"):
        return url_for("ring.start")
    return to
