"""The way out in every SMS: a link that shows what can be refused, refuses on a button, and can be undone."""

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from organizer import access, door, page, personal_links, refusals, throttling
from organizer.models import Phone, Refusal
from organizer.words import N_

pages = Blueprint("way_out", __name__, url_prefix="/stopp")
CHOICES = {
    "sms": N_("Inga fler sms"),
    "call": N_("Inga fler samtal"),
    "all": N_("Ingen kontakt alls"),
}
"""What the buttons say, by channel."""
DONE = {
    "sms": N_("Klart. Du får inga fler sms från oss."),
    "call": N_("Klart. Vi ringer dig inte mer."),
    "all": N_("Klart. Vi kontaktar dig inte mer."),
}


@pages.get("/<token>")
@access.public
def start(token: str) -> ResponseReturnValue:
    """What can be refused, and what has been; looking refuses nothing, so previews of links are harmless (D16)."""
    return _page(token, _found(token))


@pages.post("/<token>")
@access.public
def refuse(token: str) -> ResponseReturnValue:
    """Refuse; holds from this second, on every number the person has (D21)."""
    link, channel = _found(token), request.form.get("channel", "")
    if too_many := door.too_many(throttling.LINK, token):
        return _page(token, link, too_many, 429)
    if channel not in CHOICES:
        return _page(token, link, gettext("Välj vad du vill slippa."), 422)
    session, now = page.session(), page.now()
    mobiles = session.scalars(
        sa.select(Phone.e164).where(Phone.person_id == link.person_id, Phone.kind == "mobile")
    ).all()
    for e164 in (mobiles if channel != "call" else ()) or (None,):
        refusals.refuse(session, link.person_id, channel, "link", now, e164=e164)
    personal_links.used(session, link.id, now)
    return redirect(url_for("way_out.start", token=token))


@pages.post("/<token>/angra")
@access.public
def undo(token: str) -> ResponseReturnValue:
    """Take back what was refused through a link; what was said in other ways stands."""
    link = _found(token)
    if too_many := door.too_many(throttling.LINK, token):
        return _page(token, link, too_many, 429)
    for one in _standing(link.person_id):
        refusals.revoke(page.session(), one.id, page.now())
    return redirect(url_for("way_out.start", token=token))


def _found(token: str) -> personal_links.Link:
    """Whose link it is; one whose time is over still leads out."""
    try:
        return personal_links.find(page.session(), "stop", token, page.now())
    except personal_links.Expired as old:
        return old.link


def _standing(person_id: int) -> list[Refusal]:
    return list(
        page.session().scalars(
            sa.select(Refusal)
            .where(Refusal.person_id == person_id, Refusal.how == "link", Refusal.revoked_at.is_(None))
            .order_by(Refusal.id)
        )
    )


def _page(token: str, link: personal_links.Link, problem: str = "", status: int = 200) -> ResponseReturnValue:
    channels = {one.channel for one in _standing(link.person_id)}
    done = [DONE[channel] for channel in DONE if channel in channels]
    left = {} if "all" in channels else {key: text for key, text in CHOICES.items() if key not in channels}
    return render_template("way_out/start.html", token=token, done=done, left=left, problem=problem), status
