"""What the provider tells us about messages, and what the operator sees of them."""

import logging
from urllib.parse import quote

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import inbox, sms_log, telephony, telephony_codes
from campaigns.worker import Worker
from organizer import access, page, phones
from organizer.menu import Entry
from organizer.models import RoleName
from organizer.words import N_, Missing

pages = Blueprint("messages", __name__)
MENU = (Entry(N_("Sms"), "messages.outbox", "sms", (RoleName.OWNER,), group=N_("Systemet"), order=92),)
log = logging.getLogger("rundan")
LARGEST = 64 * 1024
"""Bytes: a real call has one or two thousand."""


@pages.post("/twilio/sms/<ref>")
@access.public
@page.without_transaction
@page.at_most(LARGEST)
def news(ref: str) -> ResponseReturnValue:
    """News about one message, signed by the provider; answered when they are written down for good."""
    _check_signature()
    receipt = telephony.told(request.form)
    if receipt and not _worker().news.tell(ref, receipt, page.now()):
        raise Missing
    return "", 204


@pages.post("/twilio/inkommande")
@access.public
@page.for_a_machine
@page.at_most(LARGEST)
def incoming() -> ResponseReturnValue:
    """An SMS somebody has sent us, signed by the provider; answered with nothing, we answer through the queue."""
    _check_signature()
    message = telephony.written(request.form)
    if message:
        inbox.receive(
            page.session(), message.sender, message.to, message.body, message.sid, page.now(), opt_out=message.opt_out
        )
        sa.event.listen(page.session(), "after_commit", lambda _session: _worker().wake(), once=True)
    return Response("<Response/>", mimetype="text/xml")


SIGNED = (news, incoming)
"""Views that no form of ours posts to: the provider's signature takes the place of the CSRF token."""


def _check_signature() -> None:
    """Refuse what the provider has not signed; the address is ours as the settings know it (twilio.md B7)."""
    configuration, query = current_app.extensions["configuration"], request.query_string.decode("ascii", "replace")
    path = quote(request.path, safe="/!$&'()*+,;=:@-._~")  # as it was sent: the framework has unescaped it
    address = configuration.public_base_url + path + (f"?{query}" if query else "")
    if not _worker().known_gateway().genuine(address, request.form, request.headers.get("X-Twilio-Signature", "")):
        log.warning("a call about a message was not signed by the provider")
        abort(403)


@pages.get("/system/sms")
@access.allow(RoleName.OWNER)
def outbox() -> ResponseReturnValue:
    """How the messages stand, the newest ones, and those a human must decide on.

    Texts are shown only where nothing is sent for real: everything in a demo; otherwise only what goes to those who
    work here, never to members, whom the owner does not see (D19).
    """
    session, demo = page.session(), current_app.extensions["configuration"].demo
    rehearsal = _worker().gateway(session).name == "rehearsal"
    lines = sms_log.newest(session, before=min(request.args.get("fore", 0, type=int), 2**31 - 1))
    readable = {one.id for one in lines if rehearsal and one.body and (demo or one.person_id is None)}
    page.saw(*(one.person_id for one in lines if one.id in readable and one.person_id))
    return render_template(
        "messages/outbox.html",
        day=sms_log.last_day(session, page.now()),
        unclear=sms_log.unclear(session),
        lines=lines,
        readable=readable,
        rehearsal=rehearsal,
        older=lines[-1].id if len(lines) == sms_log.PAGE else None,
        kinds=sms_log.KINDS,
        meaning=telephony_codes.meaning,
        number=lambda e164: phones.display(e164) if demo else f"… {e164[-2:]}",
    )


@pages.post("/system/sms/<int(max=2147483647):message_id>/igen")
@access.allow(RoleName.OWNER)
def send_again(message_id: int) -> ResponseReturnValue:
    """Send what may already have arrived: only ever decided here, by a human."""
    sms_log.send_again(page.session(), message_id, page.viewer().account_id, page.now())
    flash(gettext("Sms:et skickas igen."))
    return redirect(url_for("messages.outbox"))


@pages.post("/system/sms/<int(max=2147483647):message_id>/lat-bli")
@access.allow(RoleName.OWNER)
def leave(message_id: int) -> ResponseReturnValue:
    """Leave it: rather none than two."""
    sms_log.leave(page.session(), message_id, page.viewer().account_id, page.now())
    flash(gettext("Sms:et skickas inte igen."))
    return redirect(url_for("messages.outbox"))


def _worker() -> Worker:
    worker: Worker = current_app.extensions["worker"]
    return worker
