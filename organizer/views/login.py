"""Logging in: phone and code for callers, password and second factor for staff, and out again."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user, logout_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, Length

from organizer import access, accounts, demo_roles, door, page, passwords, phones, throttling
from organizer.words import Missing, Refused

pages = Blueprint("login", __name__)


class PhoneForm(FlaskForm):  # type: ignore[misc]
    """A mobile number."""

    phone = StringField(_l("Mobilnummer"), [DataRequired(_l("Skriv ditt mobilnummer.")), Length(max=40)])


class CodeForm(FlaskForm):  # type: ignore[misc]
    """Six digits."""

    code = StringField(_l("Kod"), [DataRequired(_l("Skriv de sex siffrorna.")), Length(max=20)])


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """E-mail and password."""

    email = StringField(_l("E-post"), [DataRequired(_l("Skriv din e-postadress.")), Length(max=254)])
    password = PasswordField(_l("Lösenord"), [DataRequired(_l("Skriv ditt lösenord.")), Length(max=1000)])


@pages.get("/logga-in")
@access.public
def start() -> ResponseReturnValue:
    """Both ways in; in the demo every role in one click."""
    return _start(PhoneForm(formdata=None), PasswordForm(formdata=None))


@pages.post("/logga-in/telefon")
@access.public
def send() -> ResponseReturnValue:
    """Send a code if the number is known; the answer is the same if it is not."""
    form = PhoneForm()
    if not form.validate():
        return _start(form, PasswordForm(formdata=None), 422)
    try:
        number = phones.normalise(form.phone.data)
    except Refused as refusal:
        form.phone.errors = [page.in_words(refusal)]
        return _start(form, PasswordForm(formdata=None), 422)
    if paused := door.too_many(throttling.SEND, number):
        form.phone.errors = [paused]
        return _start(form, PasswordForm(formdata=None), 429)
    account = accounts.by_number(page.session(), number)
    if account:
        door.send_code(account)
    session["number"] = number
    return redirect(url_for("login.code"))


@pages.get("/logga-in/kod")
@access.public
def code() -> ResponseReturnValue:
    """Where the six digits are written."""
    if "number" not in session:
        return redirect(url_for("login.start"))
    return _code(CodeForm(formdata=None))


@pages.post("/logga-in/kod")
@access.public
def check() -> ResponseReturnValue:
    """Let the caller in with the right code; five wrong ones mean a pause."""
    number = session.get("number")
    if number is None:
        return redirect(url_for("login.start"))
    form = CodeForm()
    if not form.validate():
        return _code(form, 422)
    if paused := door.too_many(throttling.CODE, number):
        form.code.errors = [paused]
        return _code(form, 429)
    account = accounts.by_number(page.session(), number)
    if account and door.check_code(account, form.code.data):
        door.forget(throttling.CODE, number)
        return door.come_in(account, "caller")
    form.code.errors = [_l("Koden stämmer inte, eller så är den för gammal. Försök igen eller be om en ny.")]
    return _code(form, 422)


@pages.post("/logga-in/losenord")
@access.public
def password() -> ResponseReturnValue:
    """The first of two doors for staff; the only one for those who see no members."""
    form = PasswordForm()
    if not form.validate():
        return _start(PhoneForm(formdata=None), form, 422)
    who = form.email.data.strip().casefold()
    here = f"{who} {request.remote_addr}"
    if paused := door.too_many(throttling.PASSWORD, here) or door.too_many(throttling.PASSWORD_ANYWHERE, who):
        form.email.errors = [paused]
        return _start(PhoneForm(formdata=None), form, 429)
    account = accounts.by_email(page.session(), who)
    cheap = door.configuration().testing
    if not passwords.right(page.session(), account, form.password.data, cheap=cheap) or account is None:
        form.email.errors = [_l("E-post och lösenord hör inte ihop. Kontrollera båda och försök igen.")]
        return _start(PhoneForm(formdata=None), form, 422)
    door.forget(throttling.PASSWORD, here)
    return door.next_door(account)


@pages.post("/logga-in/demo")
@access.public
def as_role() -> ResponseReturnValue:
    """In the demo alone: be whoever holds a role."""
    if not door.configuration().demo:
        raise Missing
    chosen = demo_roles.holder(page.session(), request.form.get("role", ""), page.now())
    if chosen is None:
        raise Missing
    session.pop("next", None)
    return door.come_in(chosen.account_id, chosen.level)


@pages.post("/logga-ut")
@access.public
def leave() -> ResponseReturnValue:
    """End this login for good."""
    if current_user.is_authenticated:
        accounts.end_login(page.session(), current_user.token, page.now())
    logout_user()
    session.clear()
    return redirect(url_for("login.start", ute="1"))


def _start(phone: PhoneForm, words: PasswordForm, status: int = 200) -> ResponseReturnValue:
    settings = door.configuration()
    roles = demo_roles.holders(page.session(), page.now()) if settings.demo else []
    return render_template(
        "login/start.html",
        phone=phone,
        words=words,
        roles=roles,
        left="ute" in request.args,
        kept="kvar" in request.args,
    ), status


def _code(form: CodeForm, status: int = 200) -> ResponseReturnValue:
    number = session["number"]
    shown = None
    if door.configuration().demo and (account := accounts.by_number(page.session(), number)):
        shown = door.readable_code(account)
    return render_template("login/code.html", form=form, number=phones.display(number), shown=shown), status
