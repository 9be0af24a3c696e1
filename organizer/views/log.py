"""The logs: who looked at whom, and who changed what."""

from collections.abc import Callable, Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from organizer import access, finding, log_words, logs, page
from organizer.menu import Entry
from organizer.models import RoleName
from organizer.words import N_

pages = Blueprint("log", __name__, url_prefix="/logg")
ROLES = (RoleName.OWNER, RoleName.ORGANIZER)
MENU = (Entry(N_("Logg"), "log.looks", "note", ROLES, group=N_("Distriktet"), order=92),)


@pages.get("")
@access.allow(*ROLES)
def looks() -> ResponseReturnValue:
    """Who looked at people: the owner reads everything, an organiser what concerns the own associations."""
    return _log("log/looks.html", logs.looks, place_of=log_words.place_of)


@pages.post("/sok")
@access.allow(RoleName.ORGANIZER)
def search() -> ResponseReturnValue:
    """Whose log to read, by name or number; a POST, so that no name stands in an address (D16)."""
    words, viewer = request.form.get("q", "").strip()[:120], page.viewer()
    found = finding.find(page.session(), words, access.reach(viewer, RoleName.ORGANIZER))
    page.saw(*(one.id for one in found.people))
    return render_template("log/search.html", found=found, words=words)


@pages.get("/andringar")
@access.allow(*ROLES)
def changes() -> ResponseReturnValue:
    """Who changed what."""
    return _log("log/changes.html", logs.changes, action=log_words.of_action, subject=log_words.of_subject)


def _log(template: str, read: Callable[..., Sequence[object]], **words: Callable[..., str]) -> str:
    """One page of a log, of one account or one person if the address says so."""
    account, person, number = _whole("konto"), _whole("person"), min(max(_whole("sida") or 1, 1), 1000)
    rows = read(page.session(), _reach(), account_id=account, person_id=person, page=number)
    return render_template(
        template,
        rows=rows[: logs.PAGE],
        more=len(rows) > logs.PAGE,
        number=number,
        account=account,
        person=person,
        accounts=logs.who(page.session(), _reach()),
        **words,
    )


def _reach() -> tuple[str, ...] | None:
    """The places whose part of the log the viewer reads; None for the owner, who reads all of it."""
    viewer = page.viewer()
    return None if viewer.holds(RoleName.OWNER) else viewer.paths(RoleName.ORGANIZER)


def _whole(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
