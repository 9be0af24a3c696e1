"""What every page has at hand: the session, the moment, the viewer, and a way to say whom it showed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime
from typing import Any, TypeVar, cast

from flask import current_app, g, request
from flask import session as cookie
from flask.globals import request_ctx
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from organizer.access import Viewer
from organizer.db import LONGEST_WAIT, Busy
from organizer.words import Refused
from organizer.writing import day_and_time

View = TypeVar("View", bound=Callable[..., Any])
PATIENCE = 7.0
"""Seconds a page waits when somebody else writes to SQLite: less than a caller's phone does (static/ring.js)."""


def without_transaction(view: View) -> View:
    """For a view that a machine calls and that opens what it needs itself; `session()` is not there."""
    view.without_transaction = True  # type: ignore[attr-defined]
    return view


def for_a_machine(view: View) -> View:
    """For a view whose caller would not come back with what it tells: it waits for its turn as long as a worker does."""
    view.patience = LONGEST_WAIT  # type: ignore[attr-defined]
    return view


def at_most(largest: int) -> Callable[[View], View]:
    """For a view that takes no more than so many bytes: a longer request is refused unread."""

    def mark(view: View) -> View:
        view.largest = largest  # type: ignore[attr-defined]
        return view

    return mark


class AsItCame:
    """A request before its view: what the view may change outside the database, to be put back when it is done again."""

    def __init__(self) -> None:
        """Remember who is logged in, the cookie with what waits in it to be said, and that no file has been read."""
        self._known, self._cookie, self._touched = {name: g.get(name) for name in g}, deepcopy(dict(cookie)), False

    def again(self) -> None:
        """Put everything back, but for the first time. Raises Busy when a file cannot be read once more."""
        if not self._touched:
            self._touched = True
            return
        for name in list(g):
            g.pop(name)
        for name, value in self._known.items():
            setattr(g, name, value)
        cookie.clear()
        cookie.update(deepcopy(self._cookie))
        request_ctx.flashes = None
        for one in request.files.values():
            if one.stream.closed:
                raise Busy
            one.stream.seek(0)


def session() -> Session:
    """The request's one session: reading on GET, writing on everything else (db.py)."""
    return cast("Session", g.session)


@contextmanager
def looking() -> Iterator[Session]:
    """A session that looks, also while the request writes: it sees nothing that is being written, and is quick to count."""
    if request.method in {"GET", "HEAD"}:
        yield session()
    else:
        with current_app.extensions["database"].reading() as other:
            yield other


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
    """A refusal in the visitor's language, with its moments written as people write them."""
    values = {name: day_and_time(one) if isinstance(one, datetime) else one for name, one in refusal.values.items()}
    return cast("str", gettext(refusal.sentence, **values))
