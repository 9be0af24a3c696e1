"""Changing a reported call for 24 hours: the same choices, first name and initial, never a number (D13)."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import caller_card, outcomes, said_in_call
from campaigns.caller_card import Card
from campaigns.views import ring_form, ring_scene
from campaigns.views.ring_scene import PARTS, RINGS, Wrong
from organizer import access, page
from organizer.words import Missing, Refused

pages = Blueprint("change", __name__)


@pages.get("/ring/samtal/<int:call_id>/andra")
@access.allow(*RINGS)
def start(call_id: int) -> ResponseReturnValue:
    """What is saved now, and what it may become."""
    return _start(_card(call_id))


@pages.get("/ring/samtal/<int:call_id>/andra/<any(utfall,samtal,tillbaka,'fel-nummer',nej,annat):name>")
@access.allow(*RINGS)
def part(call_id: int, name: str) -> ResponseReturnValue:
    """One section of the change; the conversation as it was reported."""
    if name == "utfall":
        return redirect(url_for("change.start", call_id=call_id))
    card = _card(call_id)
    if name != "samtal":
        return _part(card, name)
    before, filled = said_in_call.again(page.session(), card)
    return _part(before, name, filled=filled)


@pages.post("/ring/samtal/<int:call_id>/andra")
@access.allow(*RINGS)
def save(call_id: int) -> ResponseReturnValue:
    """Save the change: what the first report led to is taken back and the new one recorded, in one transaction."""
    viewer, session, now = page.viewer(), page.session(), page.now()
    card = _card(call_id)
    try:
        with session.begin_nested():
            made = ring_form.read(
                request.form, card, ring_scene.allowed_for_call(session, call_id), now, ring_scene.links_begin()
            )
            outcomes.change(session, call_id, viewer.account_id, made, now)
    except Refused as refusal:
        return _refused(card, refusal)
    return redirect(url_for("call.mine", shift_id=card.shift_id) if card.shift_id else url_for("ring.start"))


def _card(call_id: int) -> Card:
    """The caller's own reported call, without numbers even if she holds the person again."""
    card = caller_card.of_call(page.session(), call_id, page.viewer().account_id, page.now())
    if not card.reported:
        raise Missing
    page.saw(card.person_id)
    return caller_card.after_report(card)


def _refused(card: Card, refusal: Refused) -> ResponseReturnValue:
    """The section again, with what was wrong and all that was typed."""
    typed = request.form.get("new_number", "") if refusal.field == "new_number" else ""
    error, name = (
        Wrong(refusal.field or "", page.in_words(refusal), typed),
        ring_scene.part_of(ring_form.outcome_of(request.form)),
    )
    if name == "samtal":
        return _part(
            said_in_call.again(page.session(), card)[0],
            name,
            422,
            filled=ring_form.filled(request.form, card),
            error=error,
        )
    return _start(card, 422, error=error) if name == "utfall" else _part(card, name, 422, refusal, error=error)


def _start(card: Card, status: int = 200, **more: Any) -> ResponseReturnValue:
    return ring_scene.call_page(
        "ring/change.html", card, ring_scene.addresses(card.call_id, card.shift_id, change=True), status=status,
        label=outcomes.OUTCOMES[card.outcome or ""].label, changing=True, **more,
    )  # fmt: skip


def _part(card: Card, name: str, status: int = 200, refusal: Refused | None = None, **more: Any) -> ResponseReturnValue:
    values = ring_scene.without_shift(page.session(), card, page.now())
    if refusal and name == "tillbaka":
        values["when"] = ring_scene.when_typed(values["when"], request.form, refusal)
    return ring_scene.call_page(
        "ring/sheet.html", card, ring_scene.addresses(card.call_id, card.shift_id, change=True), status=status,
        part=PARTS[name], changing=True, nth=gettext("Ändra ett samtal"), **values, **more,
    )  # fmt: skip
