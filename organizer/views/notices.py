"""Public pages in plain words: how data is handled, accessibility, help, and a sign of life for monitors."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from organizer import access, health, page

pages = Blueprint("notices", __name__)


@pages.get("/integritet")
@access.public
def privacy() -> ResponseReturnValue:
    """What is kept about members, why, how long, and what they may ask for."""
    return render_template("notices/privacy.html")


@pages.get("/tillganglighet")
@access.public
def accessibility() -> ResponseReturnValue:
    """What we promise about accessibility and how to tell us where we fail."""
    return render_template("notices/accessibility.html")


@pages.get("/hjalp")
@access.public
def get_help() -> ResponseReturnValue:
    """How to come in, how to call, and whom to ask."""
    return render_template("notices/help.html")


@pages.get("/halsa")
@access.public
def alive() -> ResponseReturnValue:
    """`ok` when the database answers, else 503; no details for strangers."""
    try:
        health.check(page.session())
    except SQLAlchemyError:
        return "503", 503, {"Content-Type": "text/plain"}
    return "ok", 200, {"Content-Type": "text/plain"}
