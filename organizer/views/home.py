"""The front door, the Meny page and the language switch."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from organizer import access
from organizer.languages import LANGUAGES
from organizer.models import RoleName
from organizer.words import N_  # noqa: F401  areas announce themselves with it

pages = Blueprint("home", __name__)


@pages.get("/")
@access.public
def front_door() -> ResponseReturnValue:
    """To the login, or to the start page of the visitor's first role: a thing to do before a chart (P§1)."""
    if not current_user.is_authenticated:
        return redirect(url_for("login.start"))
    starts: dict[str, str] = current_app.extensions["starts"]
    for role in (RoleName.ORGANIZER, RoleName.CHAIR, RoleName.STEWARD, RoleName.APPROVER, RoleName.OWNER,
                 RoleName.SHIFT_LEADER, RoleName.CALLER):  # fmt: skip
        if current_user.holds(role) and role in starts:
            return redirect(url_for(starts[role]))
    return redirect(url_for("home.menu"))


@pages.get("/meny")
@access.allow()
def menu() -> ResponseReturnValue:
    """The whole menu as a page, for phones."""
    return render_template("home/menu.html")


@pages.post("/sprak")
@access.public
def switch_language() -> ResponseReturnValue:
    """Remember the language in a cookie and go back."""
    language = request.form.get("lang", "sv")
    back = request.form.get("back", "/")
    if not back.startswith("/") or back.startswith(("//", "/\\")):
        back = "/"
    response = redirect(back)
    if language in LANGUAGES:
        response.set_cookie("lang", language, max_age=31536000, httponly=True, samesite="Lax")
    return response
