"""From the fields of a call's forms to a report: what was tapped, ticked, chosen and written."""

from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from campaigns import callbacks, notes
from campaigns.caller_card import Card
from campaigns.outcomes import OUTCOMES, Report
from campaigns.said_in_call import Filled
from organizer import phones
from organizer.words import Refused

Fields = MultiDict[str, str]
"""What a form sends."""


def read(form: Fields, card: Card, allowed: callbacks.Allowed, now: datetime, base: str = "") -> Report:
    """The report a form makes, `base` = where links in messages begin; Refused, naming the field, when something in it cannot be understood."""
    outcome = outcome_of(form)
    if outcome not in OUTCOMES:
        raise Refused("Välj hur det gick.", field="outcome")
    ref = form.get("client_ref", "")
    if not 8 <= len(ref) <= 40:
        raise Refused("Sidan var för gammal. Ladda om den och försök igen. Inget har ändrats.", field="outcome")
    talk = filled(form, card)
    talked = outcome == "reached"
    return Report(
        outcome=outcome,
        client_ref=ref,
        happened_at=_moment(form.get("happened_at", "")),
        detail=_detail(form, outcome, card, allowed, now),
        note=talk.note,
        answers=_answers(talk) if talked else {},
        sign_ups=talk.sign_ups if talked else set(),
        invited=talk.invited | talk.sign_ups | talk.declined if talked else set(),
        withdrawn=talk.withdrawn if talked else set(),
        declined=talk.declined if talked else set(),
        follow_up=talk.follow_up,
        base=base,
    )


def outcome_of(form: Fields) -> str:
    """The outcome code of the button pressed: "callback 2026-11-19T18:15Z" carries its time, "opt_out" has a level."""
    code = form.get("outcome", "").partition(" ")[0]
    return f"opt_out_{form.get('level', '')}" if code == "opt_out" else code


def filled(form: Fields, card: Card) -> Filled:
    """The conversation's fields; what does not belong to this campaign is left out."""
    known = {one.id for one in card.activities}
    choices: dict[int, list[int]] = {}
    texts: dict[int, str] = {}
    for question in card.questions:
        values = form.getlist(f"q{question.id}")
        if question.kind == "text":
            texts[question.id] = notes.tidy(values[0]) if values else ""
        else:
            picked = [int(value) for value in values if value.isdecimal() and len(value) < 3]
            choices[question.id] = picked if question.kind == "many" else picked[:1]
    return Filled(
        choices,
        texts,
        notes.tidy(form.get("note", "")),
        _ids(form, "sign_up") & known,
        _ids(form, "invited") & known,
        _ids(form, "withdraw") & known,
        _ids(form, "declined") & known,
        bool(form.get("follow_up", "")),
    )


def _answers(talk: Filled) -> dict[int, tuple[list[int], str]]:
    """Only what was answered: skipped is not no (P§4.8)."""
    given: dict[int, tuple[list[int], str]] = {one: (picked, "") for one, picked in talk.choices.items() if picked}
    return given | {one: ([], text) for one, text in talk.texts.items() if text}


def _detail(form: Fields, outcome: str, card: Card, allowed: callbacks.Allowed, now: datetime) -> dict[str, Any]:
    """What an outcome carries (P§4.2)."""
    if outcome == "callback":
        at = callbacks.chosen(
            form.get("outcome", "").partition(" ")[2], form.get("day", ""), form.get("clock", ""), now, allowed
        )
        return {
            "at": at.isoformat(),
            "who": "me" if form.get("who", "") == "me" else "anyone",
            "asked": bool(form.get("asked", "")),
        }
    if outcome == "wrong_number":
        return _wrong_number(form, card)
    if outcome == "language":
        return {"language": form.get("language", "")[:8]}
    if outcome.startswith("opt_out") and form.get("leaving", ""):
        return {"leaving": True}
    return {}


def _wrong_number(form: Fields, card: Card) -> dict[str, Any]:
    """Which number was wrong, of those the card shows, and the right one if the caller was given it."""
    detail: dict[str, Any] = {}
    if form.get("phone_id", "") in {str(number.id) for number in card.numbers}:
        detail["phone_id"] = int(form.get("phone_id", ""))
    if typed := form.get("new_number", "").strip():
        try:
            detail["new_number"] = phones.normalise(typed)
        except Refused as refusal:
            raise Refused(refusal.sentence, field="new_number", **refusal.values) from refusal
    return detail


def _moment(text: str) -> datetime | None:
    """When the phone says it happened; outcomes.report keeps it within reason (P§4.10)."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _ids(form: Fields, name: str) -> set[int]:
    return {int(value) for value in form.getlist(name) if value.isdecimal() and len(value) < 12}
