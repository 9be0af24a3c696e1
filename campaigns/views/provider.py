"""The owner's page of the SMS provider: what is set, what has been decided, and a trial of it all in plain words."""

import dataclasses
import secrets
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from campaigns import inbox, provider_balance, provider_trials, sms_prices, sms_settings, sms_text
from campaigns.provider_trials import FOUND, INCOMING, PARTS, SILENT
from campaigns.sms_settings import LIMITS, SmsSettings
from campaigns.views.campaign_form import Form
from campaigns.worker import Worker
from organizer import access, page, phones
from organizer.configuration import Configuration
from organizer.models import RoleName
from organizer.times import local_day
from organizer.words import Refused

pages = Blueprint("provider", __name__, url_prefix="/system/leverantor")
DAYS = ("weekday", "weekend", "office")


@pages.get("")
@access.allow(RoleName.OWNER)
def start() -> ResponseReturnValue:
    """How the provider is set up, and the settings to change."""
    return _page(Form(_values(sms_settings.current(page.session(), local_day(page.now())))))


@pages.get("/prov")
@access.allow(RoleName.OWNER)
def live() -> ResponseReturnValue:
    """The trial, fetched again while the worker is at it."""
    return render_template("provider/_trial.html", **_trial())


@pages.post("")
@access.allow(RoleName.OWNER)
def save() -> ResponseReturnValue:
    """Let the settings hold from today."""
    form = Form(request.form)
    try:
        wanted = _wanted(request.form)
        sms_settings.change(page.session(), wanted, page.viewer().account_id, page.now())
    except Refused as refusal:
        form.refuse([refusal])
        return _page(form)
    flash(gettext("Sparat. Det gäller från i dag."))
    return redirect(url_for("provider.start"))


@pages.post("/prov")
@access.allow(RoleName.OWNER)
def trial() -> ResponseReturnValue:
    """Ask the worker to try everything."""
    provider_trials.ask(page.session(), page.viewer().account_id, page.now())
    sa.event.listen(page.session(), "after_commit", lambda _session: _worker().wake_for_round(), once=True)
    return redirect(url_for("provider.start") + "#prov")


@pages.post("/svar")
@access.allow(RoleName.OWNER)
def pretend() -> ResponseReturnValue:
    """In rehearsal: pretend that somebody has written to us, from a number reserved for fiction."""
    try:
        _take(request.form.get("from", ""), request.form.get("text", "")[:1600])
    except Refused as refusal:
        form = Form(_values(sms_settings.current(page.session(), local_day(page.now()))))
        form.values.update({name: request.form.get(name, "") for name in ("from", "text")})
        form.refuse([Refused(refusal.sentence, "from", **refusal.values)])
        return _page(form)
    flash(gettext("Svaret har kommit in. Det finns i inkorgen hos den som svarar för föreningen."))
    return redirect(url_for("provider.start"))


def _take(sender: str, body: str) -> None:
    """Take in what was pretended. Refused for a number that may be somebody's."""
    if not _rehearsing():
        raise Refused("Det går bara när Rundan övar.")
    number = phones.normalise(sender)
    if not phones.fictional(number):
        raise Refused("Skriv ett nummer som är till för påhittade personer, till exempel 070-174 06 30.")
    inbox.receive(page.session(), number, "", body, f"RH{secrets.token_hex(16)}", page.now())


def _page(form: Form) -> ResponseReturnValue:
    settings = _configuration()
    return render_template(
        "provider/start.html", form=form, limits=LIMITS, settings=settings, rehearsal=_rehearsing(),
        account=_masked(settings.twilio_account_sid), number=_sender(settings),
        incoming=settings.public_base_url + INCOMING, **_trial(),
        balance=provider_balance.known(page.session(), _worker().gateway(page.session()).name, page.now()),
    ), 422 if form.errors else 200  # fmt: skip


def _trial() -> dict[str, Any]:
    last = provider_trials.latest(page.session())
    silent = bool(last and not last.done_at and last.asked_at < page.now() - SILENT)
    return {"last": last, "silent": silent, "parts": PARTS, "found": FOUND}


def _values(settings: SmsSettings) -> "MultiDict[str, str]":
    values: MultiDict[str, str] = MultiDict()
    for name, value in dataclasses.asdict(settings).items():
        if name in DAYS:
            values[f"{name}_from"], values[f"{name}_to"] = value
        elif name == "prices_abroad":
            values[name] = sms_prices.written(value)
        elif name == "names":
            values["names"] = "\n".join(value)
        elif value is not False:
            values[name] = "on" if value is True else str(value)
    return values


def _wanted(sent: "MultiDict[str, str]") -> SmsSettings:
    numbers: dict[str, Any] = {name: _whole(sent.get(name, ""), name) for name in LIMITS}
    hours: dict[str, Any] = {day: (sent.get(f"{day}_from", ""), sent.get(f"{day}_to", "")) for day in DAYS}
    names = tuple(dict.fromkeys(line.strip() for line in sent.get("names", "").splitlines() if line.strip()))
    away = sms_text.cheapened(sms_text.clean(sent.get("away_text", ""))).strip()
    return SmsSettings(
        **numbers,
        **hours,
        prices_abroad=sms_prices.parsed(sent.get("prices_abroad", "")[:2000]),
        names=names[:10],
        away_text=away,
        abroad="abroad" in sent,
        look_first="look_first" in sent,
    )


def _whole(text: str, field: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 9):
        raise Refused(
            "Välj ett tal från %(minst)s till %(mest)s.", field, minst=LIMITS[field][0], mest=LIMITS[field][1]
        )
    return int(text)


def _masked(sid: str) -> str:
    """Enough to see which account it is, no more."""
    return f"{sid[:2]}…{sid[-4:]}" if len(sid) > 8 else ""


def _sender(settings: Configuration) -> str:
    if settings.twilio_messaging_service_sid:
        return _masked(settings.twilio_messaging_service_sid)
    return phones.display(settings.twilio_sender) if settings.twilio_sender.startswith("+") else settings.twilio_sender


def _rehearsing() -> bool:
    return _worker().gateway(page.session()).name == "rehearsal"


def _configuration() -> Configuration:
    settings: Configuration = current_app.extensions["configuration"]
    return settings


def _worker() -> Worker:
    worker: Worker = current_app.extensions["worker"]
    return worker
