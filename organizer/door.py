"""Coming in and going out of the pages: codes sent and checked, tries counted, a new login put in the cookie."""

from datetime import datetime
from typing import Any

from flask import current_app, redirect, request, session, url_for
from flask_babel import gettext
from flask_login import current_user, login_user
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from organizer import access, accounts, codes, kept_forms, page, second_factor, throttling
from organizer.configuration import Configuration
from organizer.models import Account
from organizer.throttling import Limit
from organizer.writing import clock

HALF_LASTS = 15 * 60
"""Seconds between the password and the second factor."""


def configuration() -> Configuration:
    """The settings of this installation."""
    settings: Configuration = current_app.extensions["configuration"]
    return settings


def too_many(limit: Limit, who: object) -> str | None:
    """Count one try by `who`, and one from this address; the sentence to show when it has been too many."""
    return paused((limit, who), (throttling.ADDRESS, request.remote_addr))


def paused(*counted: tuple[Limit, object]) -> str | None:
    """Count one try for each until one has had too many, and then the sentence to show."""
    session, secret = page.session(), configuration().secret_key
    ends = (throttling.allow(session, limit, who, page.now(), secret=secret) for limit, who in counted)
    return next((pause_in_words(one) for one in ends if one), None)


def pause_in_words(ends: datetime) -> str:
    """Too many tries: when one may try again, by the clock."""
    return gettext("Det blev för många försök. Vänta och försök igen kl. %(klockan)s.", klockan=clock(ends))


def forget(limit: Limit, who: object) -> None:
    """The right answer came: start counting anew."""
    throttling.forget(page.session(), limit, who, secret=configuration().secret_key)


def send_code(account_id: int, opens: str = codes.CALLER) -> None:
    """Send the account a one-time code through the message queue."""
    codes.send_code(
        page.session(),
        account_id,
        page.now(),
        current_app.extensions["send_sms"],
        secret=configuration().secret_key,
        opens=opens,
    )


def check_code(account_id: int, code: str, opens: str = codes.CALLER) -> bool:
    """Whether this is the code just sent; used up if so."""
    return codes.check_code(
        page.session(), account_id, code, page.now(), secret=configuration().secret_key, opens=opens
    )


def readable_code(account_id: int) -> str | None:
    """The caller's code in digits where no message can leave the house: in the demo and without a provider (D18)."""
    settings = configuration()
    if settings.has_provider:
        return None
    return codes.readable_code(page.session(), account_id, page.now(), secret=settings.secret_key)


def come_in(account_id: int, level: str, then: str | None = None) -> Response:
    """Open a new login, never one the visitor brought along, and go to `then` or to the page first asked for."""
    asked_for = then or session.get("next")
    if current_user.is_authenticated:
        accounts.end_login(page.session(), current_user.token, page.now())
    token = accounts.open_login(page.session(), account_id, level, page.now())
    viewer = accounts.viewer_of(page.session(), token, page.now())
    session.clear()
    if viewer is None:
        return redirect(url_for("login.start"))
    login_user(viewer)
    kept = kept_forms.of(page.session(), account_id, page.now())
    if kept and _is_for(viewer, kept.address, "POST"):
        return redirect(url_for("kept_form.show"))
    return redirect(asked_for if asked_for and _is_for(viewer, asked_for) else url_for("home.front_door"))


def next_door(account_id: int) -> Response:
    """After the right password: the second factor, setting one up, or straight in for those who see no members."""
    account = page.session().get_one(Account, account_id)
    staff = accounts.is_staff(page.session(), account_id, page.now())
    if not account.totp_secret and not staff:
        return come_in(account_id, "full")
    session["half"] = {"id": account_id, "at": int(page.now().timestamp()), "with": _mark(account)}
    session.pop("factor_sent", None)
    if account.totp_secret or (configuration().has_provider and account.e164):
        return redirect(url_for("second_door.factor"))
    session["totp"] = second_factor.new_secret()
    return redirect(url_for("second_door.new_app"))


def half_in() -> Account | None:
    """Whoever gave the right password in the last quarter of an hour and has not changed it since."""
    half = session.get("half") or {}
    if int(page.now().timestamp()) - half.get("at", 0) > HALF_LASTS:
        return None
    account = page.session().get(Account, half.get("id", 0))
    return account if account and account.disabled_at is None and _mark(account) == half.get("with") else None


def _mark(account: Account) -> str:
    """What changes with the password, and tells nothing about it."""
    return accounts.hashed(account.password_hash or "")[:16]


def _is_for(viewer: access.Viewer, address: str, method: str = "GET") -> bool:
    """Whether the page someone asked for before logging in is one their roles open."""
    try:
        endpoint, _values = current_app.url_map.bind("").match(address.split("?", 1)[0], method=method)
    except HTTPException:
        return False
    view: Any = current_app.view_functions[endpoint]
    return not view.access.roles or viewer.holds(*view.access.roles)
