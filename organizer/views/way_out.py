"""The way out in every SMS: a link that shows what can be refused, refuses on a button, and can be undone.

Whoever has no link that works gets out with their number and a code.
"""

import sqlalchemy as sa
from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from organizer import access, door, page, personal_links, processing, refusals, refusing_by_code, throttling
from organizer.languages import chosen
from organizer.models import Association, Phone, Refusal
from organizer.times import local_day
from organizer.words import N_, Missing, Refused

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


@pages.get("/")
@access.public
def without_link() -> ResponseReturnValue:
    """How to get out without a link: STOPP, a code to one's own number, or somebody to ask."""
    return _without_link()


@pages.post("/")
@access.public
def ask() -> ResponseReturnValue:
    """Send a code to the number: the answer is the same for everybody, so nobody learns who is a member."""
    number, channel, secret = request.form.get("phone", ""), request.form.get("channel", ""), _secret()
    try:
        e164 = refusing_by_code.mobile(number)
        counted = (
            (refusing_by_code.PER_NUMBER, e164), (refusing_by_code.PER_ADDRESS, request.remote_addr),
            (refusing_by_code.ALTOGETHER, "all"),
        )  # fmt: skip
        if paused := door.paused(*counted):
            return _without_link({"phone": paused}, 429)
        asked = refusing_by_code.ask(
            page.session(), number, channel, page.now(), current_app.extensions["send_sms"],
            secret=secret, language=chosen(),
        )  # fmt: skip
    except Refused as refusal:
        return _without_link({refusal.field or "phone": page.in_words(refusal)}, 422)
    session["way_out"] = asked.sealed(secret)
    return redirect(url_for("way_out.code"))


@pages.get("/kod")
@access.public
def code() -> ResponseReturnValue:
    """Where the six digits are written."""
    return _code() if _asked() else redirect(url_for("way_out.without_link"))


@pages.post("/kod")
@access.public
def prove() -> ResponseReturnValue:
    """With the right code the no holds; a wrong one costs a try."""
    asked = _asked()
    if asked is None:
        return _without_link({"phone": gettext("Koden är för gammal. Skriv numret igen, så får du en ny.")}, 422)
    if paused := door.paused((refusing_by_code.GUESSES, asked.e164)):
        return _code(paused, 429)
    if not refusing_by_code.prove(
        page.session(), asked, request.form.get("code", "")[:20], page.now(), secret=_secret()
    ):
        return _code(gettext("Koden stämmer inte, eller så är den för gammal. Försök igen eller be om en ny."), 422)
    session.pop("way_out")
    return render_template("way_out/done.html", done=DONE[asked.channel])


@pages.errorhandler(Missing)
def lost(_missing: Missing) -> ResponseReturnValue:
    """A link with a letter too little, or none of ours: the ways out that need no link."""
    return _without_link(status=404, lost=True)


@pages.get("/<token>", strict_slashes=False)
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


def _without_link(
    mistakes: dict[str, str] | None = None, status: int = 200, *, lost: bool = False
) -> ResponseReturnValue:
    top = page.session().scalar(sa.select(Association).where(Association.parent_id.is_(None)))
    answers = processing.controller(page.session(), top, local_day(page.now())) if top else None
    return render_template(
        "way_out/by_number.html", mistakes=mistakes or {}, lost=lost, choices=CHOICES, answers=answers
    ), status


def _code(mistake: str = "", status: int = 200) -> ResponseReturnValue:
    asked = _asked()
    shown = refusing_by_code.readable_code(asked, _secret()) if asked and door.configuration().demo else ""
    return render_template("way_out/code.html", mistake=mistake, shown=shown), status


def _asked() -> refusing_by_code.Asked | None:
    return refusing_by_code.opened(session.get("way_out", ""), page.now(), secret=_secret())


def _secret() -> str:
    return door.configuration().secret_key
