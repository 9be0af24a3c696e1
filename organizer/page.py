"""What every page has at hand: the session, the moment, the viewer, and a way to say whom it showed."""

from datetime import datetime
from typing import cast

from flask import current_app, g
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from organizer.access import Viewer
from organizer.words import Refused


def session() -> Session:
    """The request's one session: reading on GET, writing on everything else (db.py)."""
    return cast("Session", g.session)


def now() -> datetime:
    """The moment this request began, from the application's one clock (D26)."""
    if "now" not in g:
        g.now = current_app.extensions["clock"]()
    return cast("datetime", g.now)


def viewer() -> Viewer:
    """Whoever is logged in; only for pages that are not public."""
    return cast("Viewer", current_user)


def saw(*person_ids: int) -> None:
    """Note that this page shows these people; written to the access log before the page leaves (promise 6)."""
    g.setdefault("seen", []).extend(person_ids)


def in_words(refusal: Refused) -> str:
    """A refusal in the visitor's language."""
    return cast("str", gettext(refusal.sentence, **refusal.values))
