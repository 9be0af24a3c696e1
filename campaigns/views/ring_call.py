"""One person at a time: begin, the person held, the report that fetches the next, undo, and my calls."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import call_queue, caller_card, caller_shift, my_calls, notes, outcomes, promised, shifts
from campaigns.caller_shift import CallerShift
from campaigns.models import CampaignState
from campaigns.views import ring_empty, ring_form, ring_scene, ring_weight
from campaigns.views.ring_scene import PARTS, RINGS, Wrong
from organizer import access, page
from organizer.words import Missing, Refused

pages = Blueprint("call", __name__)


@pages.post("/ring/<int:shift_id>/borja")
@access.allow(*RINGS)
def begin(shift_id: int) -> ResponseReturnValue:
    """Claim the next person, or go on with the one held; claiming happens only here and with a report (D10)."""
    shift = _shift(shift_id)
    if request.form.get("instead"):
        call_queue.release(page.session(), page.viewer().account_id, page.now())
    if shift.state(page.now()) == "open":
        shifts.join(page.session(), shift_id, page.viewer().account_id, page.now())
        _claim(shift)
    return redirect(url_for("call.now", shift_id=shift_id))


@pages.get("/ring/<int:shift_id>/nu")
@access.allow(*RINGS)
def now(shift_id: int) -> ResponseReturnValue:
    """The person held, always the same until reported; or why there is nobody. Reading it changes nothing (D10)."""
    shift, viewer, at = _shift(shift_id), page.viewer(), page.now()
    card = caller_card.held(page.session(), viewer.account_id, at)
    if card and card.shift_id not in {None, shift_id}:
        return redirect(url_for("call.now", shift_id=card.shift_id))
    if card is None:
        return ring_empty.nobody(shift)
    go = ring_scene.addresses(card.call_id, shift_id)
    closed = shift.campaign_state == CampaignState.CLOSED
    if card.refused or card.shut or closed:
        return ring_scene.call_page("ring/stopped.html", card, go, s=shift, closed=closed)
    page.saw(card.person_id)
    left = card.expires_at - at if card.expires_at else timedelta()
    html, status = ring_scene.call_page(
        "ring/now.html",
        card,
        go,
        undo=_undo(shift_id, card),
        lease=int(left.total_seconds()),
        qr=url_for("call.qr", call_id=card.call_id),
        last=ring_scene.last_call(card.last),
        **ring_scene.of_shift(shift, card, viewer.name),
    )
    return ring_weight.within(html, ring_scene.addresses(card.call_id, shift_id, own_pages=True)), status


@pages.post("/ring/samtal/<int:call_id>/behall")
@access.allow(*RINGS)
def keep(call_id: int) -> ResponseReturnValue:
    """Keep the person a while longer: the page is looked at, or *Ring* was tapped (D9)."""
    viewer, session = page.viewer(), page.session()
    card = caller_card.of_call(session, call_id, viewer.account_id, page.now())
    if call_queue.held_call(session, viewer.account_id, page.now()) != call_id:
        raise Refused("Personen är inte längre din. Ladda om sidan.")
    if card.refused or card.shut:
        raise Refused("%(name)s har just tackat nej till samtal. Ring inte.", name=card.first_name)
    rang = bool(request.form.get("rang"))
    call_queue.renew(session, viewer.account_id, page.now(), rang=rang)
    if rang:
        return "", 204
    return _onward(url_for("call.now", shift_id=card.shift_id) if card.shift_id else url_for("ring.start"))


@pages.post("/ring/<int:shift_id>/lovat/<int:queue_id>")
@access.allow(*RINGS)
def promised_call(shift_id: int, queue_id: int) -> ResponseReturnValue:
    """Ring somebody I promised to ring; an untouched person goes back to the same place (D13)."""
    shift = _shift(shift_id)
    if queue_id not in {one.queue_id for one in promised.of(page.session(), page.viewer().account_id, page.now())}:
        raise Missing
    if shift.state(page.now()) != "open":
        raise Refused("Passet är inte öppet just nu. Inget har ändrats.")
    shifts.join(page.session(), shift_id, page.viewer().account_id, page.now())
    call_queue.claim_row(page.session(), page.viewer().account_id, queue_id, page.now(), shift_id=shift_id)
    return redirect(url_for("call.now", shift_id=shift_id))


@pages.get("/ring/samtal/<int:call_id>")
@access.allow(*RINGS)
def address(call_id: int) -> ResponseReturnValue:
    """Where a browser's Back or a reload after a report lands: the person held now."""
    card = caller_card.of_call(page.session(), call_id, page.viewer().account_id, page.now())
    return redirect(url_for("call.now", shift_id=card.shift_id) if card.shift_id else url_for("ring.start"))


@pages.post("/ring/samtal/<int:call_id>")
@access.allow(*RINGS)
def report(call_id: int) -> ResponseReturnValue:
    """Save what a call led to and fetch the next person, in one transaction; authorised by owning the call (D15)."""
    viewer, session, at = page.viewer(), page.session(), page.now()
    card = caller_card.of_call(session, call_id, viewer.account_id, at)
    shift = _shift_or_none(card.shift_id)
    outcome, onward = ring_form.outcome_of(request.form), url_for("call.address", call_id=call_id)
    if _delivered(card, outcome):
        return _onward(onward)
    if outcome == "reached" and _worth_asking():
        return _again(card, shift)
    try:
        with session.begin_nested():
            made = ring_form.read(
                request.form, card, ring_scene.allowed_for_call(session, call_id), at, ring_scene.links_begin()
            )
            outcomes.report(session, call_id, viewer.account_id, made, at)
    except Refused as refusal:
        return _refused(refusal, card, shift, outcome)
    if shift and outcome != "distress" and shift.state(at) == "open":
        _claim(shift)
    return _onward(url_for("call.now", shift_id=shift.id) if shift else url_for("ring.start"))


@pages.get("/ring/samtal/<int:call_id>/<any(utfall,samtal,tillbaka,'fel-nummer',nej,annat):name>")
@access.allow(*RINGS)
def part(call_id: int, name: str) -> ResponseReturnValue:
    """One section of the call at an address of its own (P§3.2)."""
    card = caller_card.of_call(page.session(), call_id, page.viewer().account_id, page.now())
    if card.reported:
        return redirect(url_for("change.start", call_id=call_id))
    return _part(card, _shift_or_none(card.shift_id), name)


@pages.get("/ring/samtal/<int:call_id>/resten")
@access.allow(*RINGS)
def rest(call_id: int) -> ResponseReturnValue:
    """The sections a call's page may have had no room for, fetched by its script before the network can go (D12)."""
    card = caller_card.of_call(page.session(), call_id, page.viewer().account_id, page.now())
    if card.reported:
        raise Missing
    page.saw(card.person_id)
    go, values = ring_scene.addresses(card.call_id, card.shift_id), _scene(card, _shift_or_none(card.shift_id))
    sections = [PARTS[name] for name in ring_weight.SELDOM]
    return ring_scene.call_page("ring/rest.html", card, go, sections=sections, **values)


@pages.get("/ring/samtal/<int:call_id>/qr.svg")
@access.allow(*RINGS)
def qr(call_id: int) -> ResponseReturnValue:
    """The number of the person held as a picture, for whoever sits at a computer; only while held."""
    card = caller_card.of_call(page.session(), call_id, page.viewer().account_id, page.now())
    if not card.numbers or card.refused:
        raise Missing
    page.saw(card.person_id)
    return ring_scene.qr(card)


@pages.post("/ring/samtal/<int:call_id>/angra")
@access.allow(*RINGS)
def undo(call_id: int) -> ResponseReturnValue:
    """Take the report back; the person is the caller's again, and whoever came after goes back untouched (P§4.5)."""
    viewer, session = page.viewer(), page.session()
    card = caller_card.of_call(session, call_id, viewer.account_id, page.now())
    outcomes.undo(session, call_id, viewer.account_id, page.now())
    if card.shift_id is None:
        return redirect(url_for("ring.start"))
    return redirect(url_for("call.now", shift_id=card.shift_id, angrat=1))


@pages.get("/ring/<int:shift_id>/mina")
@access.allow(*RINGS)
def mine(shift_id: int) -> ResponseReturnValue:
    """My calls in this shift: first name and initial, what happened, *Ändra* for 24 hours; never a number (P§4.9)."""
    shift = _shift(shift_id)
    calls = my_calls.in_shift(page.session(), shift_id, page.viewer().account_id, page.now())
    page.saw(*(one.person_id for one in calls))
    return render_template("ring/mine.html", s=shift, calls=calls)


def _shift(shift_id: int) -> CallerShift:
    return caller_shift.of(page.session(), shift_id, page.viewer().account_id, page.now())


def _undo(shift_id: int, card: caller_card.Card) -> ring_scene.Undo | None:
    """The bar under the header: what was just saved, or that it was just taken back."""
    if request.args.get("angrat") == "1":
        text = gettext("%(name)s är tillbaka hos dig.", name=card.first_name)
        return ring_scene.Undo(gettext("Ångrat."), text, "", None)
    return ring_scene.undo_bar(page.session(), page.viewer().account_id, shift_id, page.now())


def _shift_or_none(shift_id: int | None) -> CallerShift | None:
    """A call may be reported after its shift is gone, or belong to none."""
    try:
        return _shift(shift_id) if shift_id else None
    except Missing:
        return None


def _claim(shift: CallerShift) -> int | None:
    return call_queue.claim_next(
        page.session(), page.viewer().account_id, shift.campaign_id, page.now(),
        shift_id=shift.id, association_id=shift.association_id,
    )  # fmt: skip


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _delivered(card: caller_card.Card, outcome: str) -> bool:
    """Whether a report kept on the phone had come through before the network went: then it stands as it came.

    The phone keeps no typed number, so what it sends again may say less than what arrived (D15).
    """
    same = card.outcome == outcome and card.client_ref == request.form.get("client_ref")
    return same and bool(request.form.get("shelved"))


def _worth_asking() -> bool:
    """Whether to ask once if the note is needed; a report kept on the phone is never stopped (P§4.8)."""
    asked = request.form.get("noted") or request.form.get("shelved")
    return not asked and notes.sensitive(request.form.get("note", ""))


def _onward(address: str) -> ResponseReturnValue:
    """To the next page: a redirect, or its address for the script that keeps reports on the phone."""
    return {"next": address} if _wants_json() else redirect(address)


def _refused(refusal: Refused, card: caller_card.Card, shift: CallerShift | None, outcome: str) -> ResponseReturnValue:
    sentence = page.in_words(refusal)
    if _wants_json():
        return {"refused": sentence}, 422
    typed = request.form.get("new_number", "") if refusal.field == "new_number" else ""
    name, error = ring_scene.part_of(outcome), Wrong(refusal.field or "", sentence, typed)
    if name == "samtal":
        return _part(card, shift, name, 422, filled=ring_form.filled(request.form, card), error=error)
    return _part(card, shift, name, 422, refusal=refusal, error=error)


def _again(card: caller_card.Card, shift: CallerShift | None) -> ResponseReturnValue:
    """Ask once about the note; everything that was ticked and written stands as it was (P§4.8)."""
    if _wants_json():
        return {"refused": gettext("Behövs det här för nästa samtal?")}, 422
    return _part(card, shift, "samtal", 422, filled=ring_form.filled(request.form, card), hint=True)


def _part(
    card: caller_card.Card,
    shift: CallerShift | None,
    name: str,
    status: int = 200,
    *,
    refusal: Refused | None = None,
    **more: Any,
) -> ResponseReturnValue:
    page.saw(card.person_id)
    go, values = ring_scene.addresses(card.call_id, card.shift_id, own_pages=True), _scene(card, shift)
    if refusal and name == "tillbaka":
        values["when"] = ring_scene.when_typed(values["when"], request.form, refusal)
    return ring_scene.call_page("ring/sheet.html", card, go, status=status, part=PARTS[name], **{**values, **more})


def _scene(card: caller_card.Card, shift: CallerShift | None) -> dict[str, Any]:
    """What the sections ask for, also when the shift is over or gone."""
    if shift:
        return ring_scene.of_shift(shift, card, page.viewer().name)
    return ring_scene.without_shift(page.session(), card, page.now())
