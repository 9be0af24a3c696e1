"""The shift leader's page: who rings, who needs help, pause, one caller more, and a code read out (P§3.2, D18)."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import shift_room, shifts
from campaigns.shift_room import Room
from organizer import access, accounts, audit, door, page, phones
from organizer.languages import say
from organizer.models import Account, RoleName
from organizer.times import local_day
from organizer.words import N_, Refused
from organizer.writing import clock, short_day

pages = Blueprint("shift_leader", __name__)
LEADS = (RoleName.SHIFT_LEADER, RoleName.ORGANIZER, RoleName.CALLER, RoleName.CHAIR, RoleName.STEWARD)
"""Anybody who may be named leader of a shift; which shift is decided by shift_room.of."""
TEXT = N_("Hej %(name)s! %(day)s kl. %(clock)s ringer vi: %(title)s. Din länk: %(link)s")


@pages.get("/pass/<int:shift_id>/led")
@access.allow(*LEADS)
def lead(shift_id: int) -> ResponseReturnValue:
    """The room, live by reloading: who rings, who needs help, how long the queue is."""
    return _page(_room(shift_id))


@pages.post("/pass/<int:shift_id>/led/paus")
@access.allow(*LEADS)
def pause(shift_id: int) -> ResponseReturnValue:
    """Stop or start handing out people to everyone in the shift."""
    room = _room(shift_id)
    if room.paused_at:
        shifts.resume(page.session(), shift_id)
    else:
        shifts.pause(page.session(), shift_id, page.now())
    audit.changed(page.session(), page.viewer().account_id, "shift_resumed" if room.paused_at else "shift_paused",
                  "shift", shift_id, page.now())  # fmt: skip
    return redirect(url_for("shift_leader.lead", shift_id=shift_id))


@pages.post("/pass/<int:shift_id>/led/ringare")
@access.allow(*LEADS)
def add(shift_id: int) -> ResponseReturnValue:
    """One caller more: a number is enough; who is new gets an account, and everyone gets the link by SMS."""
    room, session, now = _room(shift_id), page.session(), page.now()
    name, typed = request.form.get("name", ""), request.form.get("phone", "")
    try:
        with session.begin_nested():
            number = _mobile(typed)
            account_id = accounts.by_number(session, number) or accounts.add(session, name, None, number, now)
            _send_link(room, session.get_one(Account, account_id))
    except Refused as refusal:
        wrong = {refusal.field or "phone": page.in_words(refusal)}
        return _page(room, 422, wrong=wrong, name=name[:120], phone=typed[:40])
    audit.changed(session, page.viewer().account_id, "caller_invited", "shift", shift_id, now, caller=account_id)
    flash(gettext("Länken är på väg med sms."))
    return redirect(url_for("shift_leader.lead", shift_id=shift_id))


@pages.post("/pass/<int:shift_id>/led/<int:account_id>/lank")
@access.allow(*LEADS)
def link(shift_id: int, account_id: int) -> ResponseReturnValue:
    """Send an invited caller a new link; the old one stops working."""
    room = _room(shift_id)
    _send_link(room, shift_room.in_shift(page.session(), shift_id, account_id))
    flash(gettext("Länken är på väg med sms."))
    return redirect(url_for("shift_leader.lead", shift_id=shift_id))


@pages.post("/pass/<int:shift_id>/led/<int:account_id>/hjalpt")
@access.allow(*LEADS)
def helped(shift_id: int, account_id: int) -> ResponseReturnValue:
    """The leader has been there."""
    _room(shift_id)
    shift_room.in_shift(page.session(), shift_id, account_id)
    shifts.helped(page.session(), shift_id, account_id)
    return redirect(url_for("shift_leader.lead", shift_id=shift_id))


@pages.post("/pass/<int:shift_id>/led/<int:account_id>/kod")
@access.allow(*LEADS)
def code(shift_id: int, account_id: int) -> ResponseReturnValue:
    """Where no SMS can be sent: the caller's present code, to be read out; every look is logged (D18)."""
    room = _room(shift_id)
    account = shift_room.in_shift(page.session(), shift_id, account_id)
    digits = door.readable_code(account_id)
    audit.changed(page.session(), page.viewer().account_id, "code_read_out", "account", account_id, page.now())
    return _page(room, shown={"name": account.name, "code": digits})


def _room(shift_id: int) -> Room:
    return shift_room.of(page.session(), shift_id, page.viewer())


def _page(room: Room, status: int = 200, **more: Any) -> ResponseReturnValue:
    session, now = page.session(), page.now()
    values: dict[str, Any] = {"wrong": {}, "name": "", "phone": "", "shown": None, **more}
    return render_template(
        "ring/lead.html",
        room=room,
        callers=shift_room.callers(session, room.id, now),
        counts=shift_room.queue_counts(session, room),
        hard=shift_room.hard_calls(session, room.id),
        can_send=door.configuration().has_provider,
        over=now >= room.ends_at,
        **values,
    ), status


def _mobile(typed: str) -> str:
    try:
        number = phones.normalise(typed)
    except Refused as refusal:
        raise Refused(refusal.sentence, field="phone", **refusal.values) from refusal
    if phones.classify(number) != "mobile":
        raise Refused("Skriv ett mobilnummer: länken och koden kommer som sms.", field="phone")
    return number


def _send_link(room: Room, account: Account) -> None:
    """A fresh link in the message queue, in the caller's language."""
    if not account.e164:
        raise Refused("Den här ringaren har inget mobilnummer. Lägg till det först.", field="phone")
    token = shifts.invite(page.session(), room.id, account.id, page.now())
    address = f"{door.configuration().public_base_url}/p/{token}"
    text = say(
        account.language, TEXT, name=account.name.split(" ")[0], day=short_day(local_day(room.starts_at)).capitalize(),
        clock=clock(room.starts_at), title=room.title, link=address,
    )  # fmt: skip
    current_app.extensions["send_sms"](page.session(), "shift_link", account.e164, text, account.id, page.now())
