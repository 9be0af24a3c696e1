"""Interest lists: how many want to come next time, when they are enough, and inviting those who joined since last."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from organizer import access, activities, activity_lists, interests, page
from organizer.models import RoleName, Selection
from organizer.times import local_day
from organizer.views.activities import ROLES
from organizer.words import Missing, Refused

pages = Blueprint("interest", __name__, url_prefix="/aktiviteter/intresse")
SELECTS = (RoleName.ORGANIZER, RoleName.STEWARD)
"""Who may make selections."""


@pages.get("")
@access.allow(*ROLES)
def start() -> ResponseReturnValue:
    """Every kind with its counter, and those who joined since the last introduction."""
    session, now = page.session(), page.now()
    last = interests.last_held(session, "introduction", _reach(), now)
    new = interests.joined_since(session, _reach(), local_day(last.starts_at), now) if last else None
    lists = interests.lists(session, _reach(), now)
    return render_template(
        "activities/interests.html", lists=lists, kinds=activities.KINDS, last=last,
        new=new, days=_days_since(last), coming=interests.next_with_room(session, "introduction", _reach(), now), may_select=page.viewer().holds(*SELECTS),
    )  # fmt: skip


@pages.get("/<kind>")
@access.allow(*ROLES)
def of_kind(kind: str) -> ResponseReturnValue:
    """Who wants to come to something of a kind."""
    return _page(_known(kind))


@pages.post("/<kind>/sok")
@access.allow(*ROLES)
def find(kind: str) -> ResponseReturnValue:
    """Look for a member to put on the list; a POST, so that no name stands in an address (D16)."""
    words = request.form.get("q", "").strip()
    enough = len(words) >= 2
    found = activity_lists.find(page.session(), words, _reach()) if enough else []
    return _page(_known(kind), found=found, words=words, enough=enough)


@pages.post("/lagg-till")
@access.allow(*ROLES)
def add() -> ResponseReturnValue:
    """Put a member on the list of the form's kind."""
    person_id, kind = _person(), _known(request.form.get("kind", ""))
    interests.add(page.session(), person_id, kind, page.now())
    return redirect(url_for("interest.of_kind", kind=kind))


@pages.post("/ta-bort")
@access.allow(*ROLES)
def remove() -> ResponseReturnValue:
    """Take a member off the list of the form's kind."""
    person_id, kind = _person(), _known(request.form.get("kind", ""))
    interests.remove(page.session(), person_id, kind)
    return redirect(url_for("interest.of_kind", kind=kind))


@pages.post("/nya-sedan-sist")
@access.allow(*SELECTS)
def select_new() -> ResponseReturnValue:
    """Make a selection of those who joined since the last introduction, to ring or write to."""
    session, viewer, now = page.session(), page.viewer(), page.now()
    last = interests.last_held(session, "introduction", _reach(), now)
    if last is None:
        raise Refused("Ingen introduktion har hållits än, så det finns ingen att räkna från.")
    place = next(one for one in viewer.roles if one.name in SELECTS)
    days = _days_since(last)
    definition = {"version": 1, "all": [
        {"kind": "association", "ids": [place.association_id], "below": True}, {"kind": "joined_within", "days": days},
    ]}  # fmt: skip
    name = gettext("Nya sedan introduktionen %(day)s", day=local_day(last.starts_at).isoformat())
    new = sa.insert(Selection).values(
        association_id=place.association_id,
        name=name,
        definition=definition,
        created_by=viewer.account_id,
        created_at=now,
    )
    made = session.execute(new.returning(Selection.id)).scalar_one()
    flash(gettext("Urvalet är sparat. Använd det i en kampanj eller ett utskick."))
    return redirect(url_for("selections.edit", selection_id=made))


def _days_since(last: Any) -> int:
    """Days since the last introduction; 1 at least, because a condition asks for one."""
    return max((local_day(page.now()) - local_day(last.starts_at)).days, 1) if last else 0


def _page(kind: str, **searched: Any) -> str:
    session = page.session()
    rows = interests.people(session, kind, _reach(), page.now())
    page.saw(*(one.id for one in rows), *(one.id for one in searched.get("found", ())))
    return render_template(
        "activities/interest.html",
        kind=kind,
        kinds=activities.KINDS,
        rows=rows,
        enough_for=interests.enough(session, _reach(), local_day(page.now()))[kind],
        **searched,
    )


def _known(kind: str) -> str:
    if kind not in interests.ASKED:
        raise Missing
    return kind


def _person() -> int:
    text = request.form.get("person", "")
    if not (text.isdecimal() and len(text) < 10):
        raise Missing
    found = access.person(page.session(), page.viewer(), int(text), *ROLES)
    page.saw(found.id)
    return found.id


def _reach() -> sa.Select[int]:
    return access.reach(page.viewer(), *ROLES)
