"""The second factor at login, setting one up, welcome links and forgotten passwords."""

from flask import Blueprint, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, Length

from organizer import access, accounts, audit, codes, door, page, passwords, second_factor, setup_links, throttling
from organizer.models import Account
from organizer.views.login import CodeForm
from organizer.words import Refused

pages = Blueprint("second_door", __name__)


class RecoveryForm(FlaskForm):  # type: ignore[misc]
    """A code from the paper."""

    recovery = StringField(
        _l("Återställningskod"), [DataRequired(_l("Skriv en av dina återställningskoder.")), Length(max=40)]
    )


class ChooseForm(FlaskForm):  # type: ignore[misc]
    """A new password."""

    password = PasswordField(_l("Nytt lösenord"), [DataRequired(_l("Skriv ett lösenord.")), Length(max=1000)])


class ForgottenForm(RecoveryForm, ChooseForm):
    """E-mail, a recovery code and a new password."""

    email = StringField(_l("E-post"), [DataRequired(_l("Skriv din e-postadress.")), Length(max=254)])


@pages.get("/logga-in/andra")
@access.public
def factor() -> ResponseReturnValue:
    """Where the code from the app is written."""
    account = door.half_in()
    if account is None:
        return redirect(url_for("login.start"))
    return _factor(account, CodeForm(formdata=None), RecoveryForm(formdata=None))


@pages.post("/logga-in/andra")
@access.public
def check_factor() -> ResponseReturnValue:
    """Let staff in with a code from the app, or with the one just sent."""
    account, form = door.half_in(), CodeForm()
    if account is None:
        return redirect(url_for("login.start"))
    if not form.validate():
        return _factor(account, form, RecoveryForm(formdata=None), 422)
    if paused := door.too_many(throttling.FACTOR, account.id):
        form.code.errors = [paused]
        return _factor(account, form, RecoveryForm(formdata=None), 429)
    by_app = second_factor.right(page.session(), account.id, form.code.data, page.now())
    if by_app or door.check_code(account.id, form.code.data, codes.FACTOR):
        door.forget(throttling.FACTOR, account.id)
        return door.come_in(account.id, "full")
    form.code.errors = [_l("Koden stämmer inte. Vänta på nästa i appen och försök igen. En kod gäller bara en gång.")]
    return _factor(account, form, RecoveryForm(formdata=None), 422)


@pages.post("/logga-in/andra/papper")
@access.public
def check_recovery() -> ResponseReturnValue:
    """Let staff in with a recovery code."""
    account, form = door.half_in(), RecoveryForm()
    if account is None:
        return redirect(url_for("login.start"))
    if not form.validate():
        return _factor(account, CodeForm(formdata=None), form, 422)
    if paused := door.too_many(throttling.FACTOR, account.id):
        form.recovery.errors = [paused]
        return _factor(account, CodeForm(formdata=None), form, 429)
    if second_factor.use_recovery_code(page.session(), account.id, form.recovery.data, page.now()):
        audit.changed(page.session(), account.id, "recovery_code_used", "account", account.id, page.now())
        return door.come_in(account.id, "full")
    form.recovery.errors = [_l("Koden stämmer inte, eller så är den redan använd.")]
    return _factor(account, CodeForm(formdata=None), form, 422)


@pages.post("/logga-in/andra/sms")
@access.public
def send_factor() -> ResponseReturnValue:
    """Send the second code by SMS, where messages can leave the house."""
    account = door.half_in()
    if account is None or not _by_sms(account):
        return redirect(url_for("login.start"))
    if paused := door.too_many(throttling.SEND, account.e164):
        form = CodeForm(formdata=None)
        form.code.errors = [paused]
        return _factor(account, form, RecoveryForm(formdata=None), 429)
    door.send_code(account.id, codes.FACTOR)
    session["factor_sent"] = True
    return redirect(url_for("second_door.factor"))


@pages.get("/logga-in/ny-app")
@access.public
def new_app() -> ResponseReturnValue:
    """A picture to photograph with an app, the first time."""
    account = door.half_in()
    if account is None or account.totp_secret or "totp" not in session:
        return redirect(url_for("login.start"))
    return _new_app(account, CodeForm(formdata=None))


@pages.post("/logga-in/ny-app")
@access.public
def set_up_app() -> ResponseReturnValue:
    """Take the app into use once it has shown a right code; recovery codes are shown this once."""
    account, form = door.half_in(), CodeForm()
    if account is None or account.totp_secret or "totp" not in session:
        return redirect(url_for("login.start"))
    if not form.validate():
        return _new_app(account, form, 422)
    if paused := door.too_many(throttling.FACTOR, account.id):
        form.code.errors = [paused]
        return _new_app(account, form, 429)
    papers = second_factor.set_up(page.session(), account.id, session["totp"], form.code.data, page.now())
    if papers is None:
        form.code.errors = [_l("Koden stämmer inte. Kontrollera att telefonens klocka går rätt och försök igen.")]
        return _new_app(account, form, 422)
    audit.changed(page.session(), account.id, "factor_set_up", "account", account.id, page.now())
    door.come_in(account.id, "full")
    return render_template("login/papers.html", codes=papers)


@pages.get("/valkommen/<token>")
@access.public
def welcome(token: str) -> ResponseReturnValue:
    """Where someone with a fresh link chooses a password; an old link says so."""
    account = setup_links.owner_of(page.session(), token, page.now())
    if account is None:
        return render_template("login/old_link.html"), 404
    return render_template("login/welcome.html", form=ChooseForm(formdata=None), account=account, token=token)


@pages.post("/valkommen/<token>")
@access.public
def choose(token: str) -> ResponseReturnValue:
    """Take the password, use the link up, and go on to the second factor."""
    account = setup_links.owner_of(page.session(), token, page.now())
    if account is None:
        return render_template("login/old_link.html"), 404
    form = ChooseForm()
    strong = form.validate() and _strong(form, account.email or "")
    if strong and setup_links.use(page.session(), token, page.now()):
        return _with_new_password(account.id, form)
    return render_template("login/welcome.html", form=form, account=account, token=token), 422


@pages.get("/logga-in/glomt")
@access.public
def forgotten() -> ResponseReturnValue:
    """A new password with a recovery code."""
    return render_template("login/forgotten.html", form=ForgottenForm(formdata=None))


@pages.post("/logga-in/glomt")
@access.public
def replace_password() -> ResponseReturnValue:
    """Take a new password from whoever has a recovery code; the second factor is still asked for."""
    form = ForgottenForm()
    if not form.validate():
        return render_template("login/forgotten.html", form=form), 422
    who = form.email.data.strip().casefold()
    if paused := door.too_many(throttling.PASSWORD, who):
        form.email.errors = [paused]
        return render_template("login/forgotten.html", form=form), 429
    if not _strong(form, who):
        return render_template("login/forgotten.html", form=form), 422
    account = accounts.by_email(page.session(), who)
    if account and second_factor.use_recovery_code(page.session(), account, form.recovery.data, page.now()):
        return _with_new_password(account, form)
    form.recovery.errors = [_l("E-post och återställningskod hör inte ihop, eller så är koden redan använd.")]
    return render_template("login/forgotten.html", form=form), 422


def _strong(form: ChooseForm, email: str) -> bool:
    """Whether the typed password will do; the reason stands beside the field if not."""
    try:
        passwords.check(form.password.data, email)
    except Refused as refusal:
        form.password.errors = [page.in_words(refusal)]
        return False
    return True


def _with_new_password(account_id: int, form: ChooseForm) -> ResponseReturnValue:
    """Keep the password, end every login made with the old one, and go on to the second factor."""
    passwords.keep(page.session(), account_id, form.password.data, cheap=door.configuration().testing)
    accounts.end_logins(page.session(), account_id, page.now())
    audit.changed(page.session(), account_id, "password_replaced", "account", account_id, page.now())
    return door.next_door(account_id)


def _by_sms(account: Account) -> bool:
    return door.configuration().has_provider and account.e164 is not None


def _factor(account: Account, form: CodeForm, paper: RecoveryForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "login/factor.html",
        form=form,
        paper=paper,
        by_sms=_by_sms(account),
        by_app=account.totp_secret is not None,
        sent=session.get("factor_sent", False),
    ), status


def _new_app(account: Account, form: CodeForm, status: int = 200) -> ResponseReturnValue:
    secret = session["totp"]
    site = door.configuration().site_name
    picture = second_factor.picture(secret, account.email or account.name, site)
    return render_template(
        "login/new_app.html", form=form, picture=picture, secret=secret, by_sms=_by_sms(account)
    ), status
