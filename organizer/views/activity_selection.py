"""Those who come, or came, to an activity as a selection: to ring, to text, or to take out as a list with e-mail."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from organizer import access, activity_lists, page
from organizer.models import Selection
from organizer.times import local_day
from organizer.views import own_places
from organizer.views.activities import ROLES as LOOKS
from organizer.views.selection_form import ROLES
from organizer.writing import day_with_year

pages = Blueprint("activity_selection", __name__, url_prefix="/aktiviteter")


@pages.post("/<int:activity_id>/urval")
@access.allow(*ROLES)
def make(activity_id: int) -> ResponseReturnValue:
    """Save it at one's widest place, or open the one that is there; it follows whoever signs up later (D20)."""
    session, viewer = page.session(), page.viewer()
    row = activity_lists.one(session, viewer.paths(*LOOKS), activity_id)
    over = row.ends_at <= page.now()
    day = day_with_year(local_day(row.starts_at))
    about = {"title": row.title[:70], "day": day}
    name = (
        gettext("Kom till %(title)s %(day)s", **about) if over else gettext("Anmälda till %(title)s %(day)s", **about)
    )
    place = own_places.first(*ROLES)
    made = session.scalar(sa.select(Selection.id).where(Selection.association_id == place, Selection.name == name))
    if made is None:
        those: dict[str, Any] = {"kind": "participates", "how": "took_part" if over else "signed_up", "activities": [activity_id],
                 "kinds": [], "when": {}}  # fmt: skip
        values = {"definition": {"version": 2, "status": "members", "steps": [{"do": "add", "all": [those]}]}}
        new = sa.insert(Selection).values(
            association_id=place, name=name, created_by=viewer.account_id, created_at=page.now(), **values
        )
        made = session.execute(new.returning(Selection.id)).scalar_one()
    flash(gettext("Urvalet är sparat. Använd det i en kampanj eller ett utskick."))
    return redirect(url_for("selections.edit", selection_id=made))
