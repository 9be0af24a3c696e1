"""Follow-ups on a person's page: what is to be done, by whom and when; ticked off where it stands."""

from datetime import date

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from campaigns import person_todos
from organizer import access, cards, page, typed_days
from organizer.models import Person
from organizer.times import local_day
from organizer.views.people import SEE, change
from organizer.words import N_

pages = Blueprint("follow_ups", __name__, url_prefix="/medlemmar")


@pages.post("/<int:person_id>/folj-upp")
@access.allow(*SEE)
def follow_up(person_id: int) -> ResponseReturnValue:
    """Ask somebody to do something about the person on a day."""

    def work() -> None:
        session = page.session()
        place = cards.card(session, session.get_one(Person, person_id)).place_id
        owner = request.form.get("owner", "")
        person_todos.add(
            session, person_id, place, request.form.get("text", "")[:280],
            int(owner) if owner.isdecimal() and len(owner) < 10 else None, _day(), page.now(),
        )  # fmt: skip

    return change(
        person_id, N_("Uppföljningen är sparad. Den syns under Behöver dig när dagen kommer."), work, roles=SEE
    )


@pages.post("/<int:person_id>/folj-upp/<int:todo_id>/klar")
@access.allow(*SEE)
def finished(person_id: int, todo_id: int) -> ResponseReturnValue:
    """It has been done."""
    return change(
        person_id, N_("Klart. Det är antecknat."),
        lambda: person_todos.done(page.session(), person_id, todo_id, page.viewer().account_id, page.now()), roles=SEE,
    )  # fmt: skip


def _day() -> date:
    return typed_days.offered(request.form.get("day", ""), "day") or local_day(page.now())
