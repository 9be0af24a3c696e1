"""My account: language and look, password, second factor, and the places one is logged in."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import DataRequired, Length

from organizer import access, accounts, audit, door, page, passwords, second_factor, throttling
from organizer.languages import LANGUAGES
from organizer.menu import Entry
from organizer.models import Account
from organizer.views.login import CodeForm
from organizer.words import N_, Missing, Refused

pages = Blueprint("account", __name__, url_prefix="/konto")
MENU = (Entry(N_("Mitt konto"), "account.start", "lock", (), group=N_("Du"), order=95),)
THEMES = ("auto", "light", "dark")


class ChangeForm(FlaskForm):  # type: ignore[misc]
    """The present password and a new one."""

    present = PasswordField(_l("Nuvarande lösenord"), [DataRequired(_l("Skriv ditt lösenord.")), Length(max=1000)])
    password = PasswordField(_l("Nytt lösenord"), [DataRequired(_l("Skriv ett lösenord.")), Length(max=1000)])


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """The present password, before something that matters."""

    confirm = PasswordField(_l("Ditt lösenord"), [DataRequired(_l("Skriv ditt lösenord.")), Length(max=1000)])


@pages.get("")
@access.allow()
def start() -> ResponseReturnValue:
    """Everything about one's own account."""
    return _page()


@pages.post("/utseende")
@access.allow()
def look() -> ResponseReturnValue:
    """Keep language and light or dark for next time."""
    language, theme = request.form.get("language", ""), request.form.get("theme", "")
    if language not in LANGUAGES or theme not in THEMES:
        raise Missing
    account = _me()
    account.language, account.theme = language, theme
    response = redirect(url_for("account.start"))
    response.set_cookie("lang", language, max_age=31536000, httponly=True, samesite="Lax")
    return response


@pages.post("/losenord")
@access.allow()
def password() -> ResponseReturnValue:
    """Change the password; every other login ends."""
    form, me = ChangeForm(), _me()
    if not form.validate() or not _knows(form.present, me):
        return _page(422, change=form)
    try:
        passwords.check(form.password.data, me.email or "")
    except Refused as refusal:
        form.password.errors = [page.in_words(refusal)]
        return _page(422, change=form)
    passwords.keep(page.session(), me.id, form.password.data, cheap=door.configuration().testing)
    accounts.end_logins(page.session(), me.id, page.now(), but=page.viewer().token)
    audit.changed(page.session(), me.id, "password_replaced", "account", me.id, page.now())
    return _page(done=_l("Lösenordet är bytt. Du är utloggad överallt utom här."))


@pages.post("/app")
@access.allow()
def begin_app() -> ResponseReturnValue:
    """Begin with a new code app; the old one holds until the new one has shown a code."""
    form, me = ConfirmForm(), _me()
    if not form.validate() or not _knows(form.confirm, me):
        return _page(422, confirm=form)
    session["new_totp"] = second_factor.new_secret()
    return redirect(url_for("account.app"))


@pages.get("/app")
@access.allow()
def app() -> ResponseReturnValue:
    """The picture for the new app."""
    if "new_totp" not in session:
        return redirect(url_for("account.start"))
    return _picture(CodeForm(formdata=None))


@pages.post("/app/klar")
@access.allow()
def finish_app() -> ResponseReturnValue:
    """Change to the new app once it has shown a right code; fresh recovery codes are shown this once."""
    if "new_totp" not in session:
        return redirect(url_for("account.start"))
    form, me = CodeForm(), _me()
    if not form.validate():
        return _picture(form, 422)
    if paused := door.too_many(throttling.FACTOR, me.id):
        form.code.errors = [paused]
        return _picture(form, 429)
    papers = second_factor.set_up(page.session(), me.id, session["new_totp"], form.code.data, page.now())
    if papers is None:
        form.code.errors = [_l("Koden stämmer inte. Kontrollera att telefonens klocka går rätt och försök igen.")]
        return _picture(form, 422)
    session.pop("new_totp")
    audit.changed(page.session(), me.id, "factor_set_up", "account", me.id, page.now())
    return render_template("login/papers.html", codes=papers)


@pages.post("/inloggningar")
@access.allow()
def end_others() -> ResponseReturnValue:
    """Log out everywhere else."""
    ended = accounts.end_logins(page.session(), page.viewer().account_id, page.now(), but=page.viewer().token)
    return _page(done=_l("Du är utloggad överallt utom här.") if ended else None)


@pages.post("/inloggningar/<int:login_id>")
@access.allow()
def end_login(login_id: int) -> ResponseReturnValue:
    """Log out in one place; one's own logins only."""
    if not accounts.end_logins(page.session(), page.viewer().account_id, page.now(), login_id=login_id):
        raise Missing
    return redirect(url_for("account.start"))


def _me() -> Account:
    return page.session().get_one(Account, page.viewer().account_id)


def _knows(field: PasswordField, me: Account) -> bool:
    """Whether the present password is right; tries are counted as at the login."""
    if paused := door.too_many(throttling.PASSWORD, me.id):
        field.errors = [paused]
        return False
    if not passwords.right(page.session(), me.id, field.data, cheap=door.configuration().testing):
        field.errors = [_l("Lösenordet stämmer inte.")]
        return False
    door.forget(throttling.PASSWORD, me.id)
    return True


def _picture(form: CodeForm, status: int = 200) -> ResponseReturnValue:
    secret, me = session["new_totp"], _me()
    picture = second_factor.picture(secret, me.email or me.name, door.configuration().site_name)
    action = url_for("account.finish_app")
    return render_template("login/new_app.html", form=form, picture=picture, secret=secret, action=action), status


def _page(
    status: int = 200,
    *,
    change: ChangeForm | None = None,
    confirm: ConfirmForm | None = None,
    done: object = None,
) -> ResponseReturnValue:
    me, viewer = _me(), page.viewer()
    return render_template(
        "account/start.html",
        me=me,
        change=change or ChangeForm(formdata=None),
        confirm=confirm or ConfirmForm(formdata=None),
        done=done,
        here=accounts.hashed(viewer.token),
        logins=accounts.logins(page.session(), me.id, page.now()),
        papers=second_factor.recovery_codes_left(page.session(), me.id),
    ), status
