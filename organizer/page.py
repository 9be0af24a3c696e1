"""What every page has at hand: the session, the moment, the viewer, and a way to say whom it showed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar, cast

from flask import current_app, g, request
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from organizer.access import Viewer
from organizer.db import LONGEST_WAIT
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
