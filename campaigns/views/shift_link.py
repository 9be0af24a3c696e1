"""The personal shift link: it shows nobody; a code is sent on a button, and the right code opens the shift (D16)."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from campaigns import shifts
from campaigns.models import Shift, ShiftCaller
from organizer import access, door, page, throttling
from organizer.models import Account
from organizer.words import Missing

pages = Blueprint("link", __name__)


@pages.get("/p/<token>")
@access.public
def start(token: str) -> ResponseReturnValue:
    """Whose link it is, by first name; straight to the shift for who has logged in already."""
    invited, shift, account = _found(token)
    if page.now() >= shift.ends_at + shifts.GRACE:
        return render_template(
            "ring/link.html", ended=True, coming=shifts.next_start(page.session(), shift.campaign_id, page.now())
        )
    if current_user.is_authenticated and current_user.account_id == invited.account_id:
        return redirect(url_for("ring.shift", shift_id=shift.id))
    return _link(token, account)


@pages.post("/p/<token>/skicka")
@access.public
def send(token: str) -> ResponseReturnValue:
    """Send the code, not more often than the account allows."""
    invited, _shift, account = _found(token, open_only=True)
    if paused := door.too_many(throttling.SEND, account.e164 or account.id):
        return _link(token, account, paused, 429)
    if not account.e164:
        return _link(
            token, account, gettext("Vi saknar ditt mobilnummer. Be den som bjöd in dig att lägga till det."), 422
        )
    door.send_code(invited.account_id)
    return redirect(url_for("link.code", token=token))


@pages.get("/p/<token>/kod")
@access.public
def code(token: str) -> ResponseReturnValue:
    """Where the six digits are written."""
    _found(token, open_only=True)
    return _code(token)


@pages.post("/p/<token>/kod")
@access.public
def check(token: str) -> ResponseReturnValue:
    """The right code opens the caller's pages; five wrong ones mean a pause."""
    invited, shift, account = _found(token, open_only=True)
    who = account.e164 or account.id
    if paused := door.too_many(throttling.CODE, who):
        return _code(token, paused, 429)
    if not door.check_code(invited.account_id, request.form.get("code", "")[:20]):
        wrong = gettext("Koden stämmer inte, eller så är den för gammal. Försök igen eller be om en ny.")
        return _code(token, wrong, 422)
    door.forget(throttling.CODE, who)
    return door.come_in(invited.account_id, "caller", url_for("ring.shift", shift_id=shift.id))


@pages.errorhandler(Missing)
def gone(_missing: Missing) -> ResponseReturnValue:
    """A link that is replaced, ended or was never one: all the same answer, and the way in that always works."""
    return render_template("ring/link.html", gone=True), 404


def _found(token: str, *, open_only: bool = False) -> tuple[ShiftCaller, Shift, Account]:
    invited = shifts.by_link(page.session(), token) if len(token) < 40 else None
    if invited is None:
        raise Missing
    shift = page.session().get_one(Shift, invited.shift_id)
    if open_only and page.now() >= shift.ends_at + shifts.GRACE:
        raise Missing
    return invited, shift, page.session().get_one(Account, invited.account_id)


def _link(token: str, account: Account, error: str = "", status: int = 200) -> ResponseReturnValue:
    first = account.name.split(" ")[0]
    return render_template("ring/link.html", ended=False, token=token, first=first, error=error), status


def _code(token: str, error: str = "", status: int = 200) -> ResponseReturnValue:
    shown = None
    if door.configuration().demo:
        shown = door.readable_code(_found(token)[0].account_id)
    return render_template("ring/code.html", token=token, error=error, demo_code=shown), status
