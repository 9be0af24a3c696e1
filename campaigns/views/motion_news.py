"""Telling the group leaders what is new among the motions: the draft of a blast, once a month or when somebody likes."""

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import blasts
from campaigns.views.blasts import WRITE
from organizer import access, motions, page
from organizer.configuration import Configuration
from organizer.models import Association
from organizer.views import calendar, own_places
from organizer.words import Missing
from organizer.writing import month_and_year

pages = Blueprint("motion_news", __name__)
LEADERS = {
    "version": 2,
    "steps": [{"do": "add", "all": [{"kind": "office", "offices": ["group_leader"], "match": "any"}]}],
}
NAMED = 3
"""So many motions are named in the text; the rest are counted."""


@pages.post("/motioner/nya/sms")
@access.allow(*WRITE)
def write() -> ResponseReturnValue:
    """A draft to the group leaders of one's own widest place, with what came in the month; its first step opens."""
    month = calendar.month_of(request.form.get("month", ""))
    rows = motions.of_month(page.session(), month) if month else []
    if month is None or not rows:
        raise Missing
    session, me = page.session(), page.viewer().account_id
    place = session.get_one(Association, own_places.first(*WRITE))
    titles = [f"{row.title} ({row.association})" for row in rows[:NAMED]]
    if len(rows) > NAMED:
        titles.append(f"{len(rows) - NAMED} till")
    settings: Configuration = current_app.extensions["configuration"]
    body = (  # in the language of the members (P§7.6)
        f"Hej {{förnamn}}! Nya motioner att läsa och låna: {'; '.join(titles)}."
        f" Logga in och läs: {settings.public_base_url}{url_for('motions.new_ones', manad=f'{month:%Y-%m}')}"
    )
    title = f"{month_and_year(month)}: {gettext('Nya motioner').lower()}"
    blast_id = blasts.create(session, place.id, me, page.now(), title=title, body=body)
    to = blasts.To(include=[{"name": gettext("Gruppledare"), "definition": LEADERS, "own": True}], exclude=[])
    blasts.save_recipients(session, blast_id, to, me, page.now())
    return redirect(url_for("blasts.recipients", blast_id=blast_id))
