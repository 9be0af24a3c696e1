"""Signing up without logging in: by a personal link with the first name filled in, or by a number proved with a code."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from organizer import (
    access,
    activities,
    activity_lists,
    door,
    guests,
    interests,
    page,
    personal_links,
    phones,
    seats,
    shared_calendar,
)
from organizer.activity_drafts import KINDS
from organizer.languages import chosen
from organizer.models import Activity, Person
from organizer.words import Refused

pages = Blueprint("signup", __name__)
REMEMBERED = 20
"""How many activities a browser remembers having signed up to."""
MOST_SEATS = 8


@pages.get("/a/<token>")
@access.public
def personal(token: str) -> ResponseReturnValue:
    """The activity with the person's first name, and the three answers; looking changes nothing."""
    try:
        link = personal_links.find(page.session(), "activity", token, page.now())
    except personal_links.Expired as expired:
        return _old_link(expired.link.target_id), 410
    return _personal(token, link)


@pages.post("/a/<token>")
@access.public
def answer(token: str) -> ResponseReturnValue:
    """Kommer, Behöver skjuts, Jag kan köra or Kan inte, by the person whose link it is."""
    try:
        link = personal_links.find(page.session(), "activity", token, page.now())
    except personal_links.Expired as expired:
        return _old_link(expired.link.target_id), 410
    row = _activity(link.target_id)
    try:
        _answer_of(row, link)
    except Refused as refusal:
        return _personal(token, link, page.in_words(refusal), 409)
    personal_links.used(page.session(), link.id, page.now())
    return redirect(url_for("signup.personal", token=token))


@pages.get("/kalender/<int:activity_id>")
@access.public
def public(activity_id: int) -> ResponseReturnValue:
    """One activity of the shared calendar, and a form for whoever wants to come."""
    return _public(shared_calendar.one(page.session(), activity_id))


@pages.post("/kalender/<int:activity_id>/anmal")
@access.public
def ask(activity_id: int) -> ResponseReturnValue:
    """Send a code to the number: the answer is the same for everybody."""
    row = shared_calendar.one(page.session(), activity_id)
    needs_lift, lift_seats = _lift(row, request.form.get("answer", ""))
    guest = _guest(activity_id)
    try:
        _refuse_when_shut(row)
        if guest is not None:
            guests.come(page.session(), guest, activity_id, page.now(), needs_lift=needs_lift, lift_seats=lift_seats)
            return redirect(url_for("signup.public", activity_id=activity_id))
        if paused := _too_many():
            return _public(row, {"phone": paused}, 429)
        made = guests.ask(
            page.session(), activity_id, request.form.get("name", ""), request.form.get("phone", ""), page.now(),
            current_app.extensions["send_sms"], secret=door.configuration().secret_key, language=chosen(),
        )  # fmt: skip
    except Refused as refusal:
        return _public(row, {refusal.field or "name": page.in_words(refusal)}, 422)
    session["guest"] = {"id": made, "activity": activity_id, "lift": needs_lift, "seats": lift_seats}
    return redirect(url_for("signup.code", activity_id=activity_id))


@pages.get("/kalender/<int:activity_id>/kod")
@access.public
def code(activity_id: int) -> ResponseReturnValue:
    """Where the six digits are written."""
    row = shared_calendar.one(page.session(), activity_id)
    if (session.get("guest") or {}).get("activity") != activity_id:
        return redirect(url_for("signup.public", activity_id=activity_id))
    return _code(row)


@pages.post("/kalender/<int:activity_id>/kod")
@access.public
def prove(activity_id: int) -> ResponseReturnValue:
    """Sign up with the right code; a wrong one costs a try."""
    row, kept = shared_calendar.one(page.session(), activity_id), session.get("guest") or {}
    if kept.get("activity") != activity_id:
        return redirect(url_for("signup.public", activity_id=activity_id))
    if paused := door.paused((guests.GUESSES, kept["id"])):
        return _code(row, paused, 429)
    secret = door.configuration().secret_key
    proved = guests.prove(page.session(), kept["id"], request.form.get("code", "")[:20], page.now(), secret=secret)
    if proved is None:
        return _code(
            row, gettext("Koden stämmer inte, eller så är den för gammal. Försök igen eller be om en ny."), 422
        )
    session.pop("guest")
    _remember(activity_id, proved)
    try:
        guests.come(
            page.session(), _guest(activity_id), activity_id, page.now(), needs_lift=kept["lift"], lift_seats=kept["seats"]
        )  # fmt: skip
    except Refused as refusal:
        return _public(row, {"name": page.in_words(refusal)}, 409)
    return redirect(url_for("signup.public", activity_id=activity_id))


@pages.post("/kalender/<int:activity_id>/avanmal")
@access.public
def leave(activity_id: int) -> ResponseReturnValue:
    """Give the seat back, from the browser that signed up."""
    shared_calendar.one(page.session(), activity_id)
    guest = _guest(activity_id)
    if guest is not None:
        guests.leave(page.session(), guest, activity_id, page.now())
    return redirect(url_for("signup.public", activity_id=activity_id))


def _personal(token: str, link: personal_links.Link, problem: str = "", status: int = 200) -> ResponseReturnValue:
    row = _activity(link.target_id)
    person = page.session().get_one(Person, link.person_id)
    mine = seats.row(page.session(), row.id, link.person_id)
    return render_template(
        "signup/personal.html", first_name=person.first_name, token=token, problem=problem,
        wants_next=interests.has(page.session(), link.person_id, row.kind), **_shown(row, mine),
    ), status  # fmt: skip


def _public(row: Any, mistakes: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    guest = _guest(row.id)
    mine = guests.state(page.session(), guest, row.id) if guest is not None else None
    return render_template("signup/public.html", mistakes=mistakes or {}, **_shown(row, mine)), status


def _shown(row: Any, mine: Any) -> dict[str, Any]:
    """What both pages say of the activity and of where the visitor stands."""
    database = page.session()
    taken = seats.count(database, row.id)
    over = row.ends_at <= page.now()
    shut = over or row.cancelled_at is not None
    ahead = shared_calendar.between(database, row.path, page.now(), page.now() + shared_calendar.SOON) if shut else []
    return {
        "row": row, "mine": mine, "kinds": KINDS, "taken": taken, "over": over, "shut": shut,
        "full": row.capacity is not None and taken >= row.capacity, "ahead": ahead[:5],
        "organizers": activity_lists.organizers(database, row.id), "most_seats": MOST_SEATS,
        "responsible": activity_lists.responsible(database, row.responsible_id),
    }  # fmt: skip


def _activity(activity_id: int | None) -> Any:
    """The activity a personal link leads to, public or not: the link is the invitation."""
    return shared_calendar.one(page.session(), activity_id or 0, inner=True)


def _answer_of(row: Any, link: personal_links.Link) -> None:
    chosen_answer, now, database = request.form.get("answer", ""), page.now(), page.session()
    if chosen_answer == "next":
        interests.add(database, link.person_id, row.kind, now)
        return
    _refuse_when_shut(row)
    if chosen_answer == "no":
        activities.decline(database, row.id, link.person_id, now, campaign_id=link.campaign_id)
        return
    if chosen_answer not in {"come", "lift", "drive"}:
        raise Refused("Välj ett av svaren.")
    needs_lift, lift_seats = _lift(row, chosen_answer)
    activities.sign_up(
        database,
        row.id,
        link.person_id,
        now,
        campaign_id=link.campaign_id,
        needs_lift=needs_lift,
        lift_seats=lift_seats,
    )


def _lift(row: Any, chosen_answer: str) -> tuple[bool, int]:
    """Whether they need a lift, and how many can ride with them."""
    if not row.travel_pool:
        return False, 0
    text = request.form.get("seats", "")
    many = int(text) if text.isdecimal() and len(text) < 3 else 1
    return chosen_answer == "lift", min(max(many, 1), MOST_SEATS) if chosen_answer == "drive" else 0


def _refuse_when_shut(row: Any) -> None:
    if row.cancelled_at is not None:
        raise Refused("Aktiviteten är inställd, så det går inte att svara.")
    if row.ends_at <= page.now():
        raise Refused("Den här aktiviteten har varit.")


def _old_link(activity_id: int | None) -> str:
    path = page.session().scalar(shared_calendar.path_of(activity_id or 0)) or ""
    ahead = shared_calendar.between(page.session(), path, page.now(), page.now() + shared_calendar.SOON)
    over = page.session().get(Activity, activity_id or 0)
    return render_template(
        "signup/old.html", ahead=ahead[:5], kinds=KINDS, over=over is not None and over.ends_at <= page.now()
    )


def _code(row: Any, mistake: str = "", status: int = 200) -> ResponseReturnValue:
    settings, kept = door.configuration(), session["guest"]
    shown = guests.readable_code(page.session(), kept["id"], secret=settings.secret_key) if settings.demo else ""
    return render_template("signup/code.html", row=row, mistake=mistake, shown=shown), status


def _guest(activity_id: int) -> Any:
    """Whoever signed up from this browser and proved their number."""
    known = (session.get("guests") or {}).get(str(activity_id))
    return guests.standing(page.session(), activity_id, known)


def _remember(activity_id: int, guest_id: int) -> None:
    known = {**(session.get("guests") or {}), str(activity_id): guest_id}
    session["guests"] = dict(list(known.items())[-REMEMBERED:])


def _too_many() -> str | None:
    """Counted for the number, the address and the installation: a code costs money and wakes somebody."""
    try:
        number = phones.normalise(request.form.get("phone", ""))
    except Refused:
        return None
    return door.paused(
        (guests.PER_NUMBER, number), (guests.PER_ADDRESS, request.remote_addr), (guests.ALTOGETHER, "all")
    )
