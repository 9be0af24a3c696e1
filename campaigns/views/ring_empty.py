"""Nobody to ring right now: just taken by another, a hard call, a closed hour, or everyone is called."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session, aliased

from campaigns import call_queue, caller_card, caller_shift, promised
from campaigns.caller_card import Card
from campaigns.caller_shift import CallerShift
from campaigns.models import Call, CallState, CampaignState
from campaigns.reasons import Reason, why_not_callable
from campaigns.views import ring_scene
from organizer import page
from organizer.models import Person, Refusal


def nobody(shift: CallerShift) -> ResponseReturnValue:
    """The page without a person: why, when it opens, and what else there is to do (P§3.2)."""
    session, viewer, now = page.session(), page.viewer(), page.now()
    state = shift.state(now)
    if stopped := _refused_meanwhile(session, shift, viewer.account_id, now):
        page.saw(stopped.person_id)
        return ring_scene.call_page(
            "ring/stopped.html", stopped, ring_scene.addresses(stopped.call_id, shift.id), s=shift, closed=False
        )
    wait = state in {"paused", "resting"} or (state == "open" and "vanta" in request.args)
    last = _last(session, shift.id, viewer.account_id)
    title, button, reasons = _why(session, shift, last, state, now)
    hard = state == "open" and _was_hard(last)
    mine = promised.of(session, viewer.account_id, now)
    page.saw(*(one.person_id for one in mine))
    others = [
        one
        for one in caller_shift.all_of(session, viewer.account_id, now)
        if one.id != shift.id and one.state(now) == "open"
    ]
    return render_template(
        "ring/empty.html",
        s=shift, state=state, title=title, button=button, reasons=reasons, wait=wait, others=others, promised=mine, hard=hard,
        go=ring_scene.addresses(0, shift.id),
        undo=ring_scene.undo_bar(session, viewer.account_id, shift.id, now),
    )  # fmt: skip


def _why(session: Session, shift: CallerShift, last: Any, state: str, now: datetime) -> tuple[str, str, list[str]]:
    again = gettext("Fortsätt ringa")
    if state != "open":
        return _closed(shift, state), again, [gettext("Det du har rapporterat är sparat.")] if shift.calls else []
    if _was_hard(last):
        leader = shift.leader or gettext("passledaren")
        return gettext("Det var ett jobbigt samtal"), gettext("Nästa person"), [
            gettext("Ta paus så länge du vill. Prata gärna med %(name)s.", name=leader)
        ]  # fmt: skip
    if last and last.taken:
        return (
            gettext("%(name)s har just blivit uppringd av en annan.", name=last.first_name),
            gettext("Nästa person"),
            [],
        )
    if not shift.joined_at:
        return gettext("Du har inte börjat ringa än."), gettext("Börja ringa"), []
    here = shift.association_id
    if call_queue.anyone_to_ring(session, page.viewer().account_id, shift.campaign_id, now, association_id=here):
        return gettext("Det finns fler att ringa."), again, []
    why = why_not_callable(session, shift.campaign_id, now)
    shut = any(one.key == "outside_hours" for one in why)
    title = gettext("Vi ringer inte så här dags.") if shut else gettext("Alla är uppringda just nu.")
    return title, gettext("Titta efter igen"), _in_words(why)


def _was_hard(last: Any) -> bool:
    """Whether the caller's latest call was an unpleasant one: then a pause and the leader come first (P§4.2)."""
    return bool(last) and last.state == CallState.REPORTED and last.outcome == "distress"


def _closed(shift: CallerShift, state: str) -> str:
    if state == "before":
        return gettext("Passet börjar %(when)s.", when=ring_scene.soon(shift.starts_at))
    if state == "paused":
        return gettext("Passledaren har pausat passet.")
    if state == "resting":
        return gettext("Kampanjen är pausad. Ingen rings just nu.")
    if shift.campaign_state == CampaignState.CLOSED:
        return gettext("Ringkampanjen är avslutad.")
    return gettext("Passet är slut.")


def _in_words(reasons: list[Reason]) -> list[str]:
    """Why nobody comes, in sentences: how many and when, never who and never a refusal (P§4.6)."""
    found = []
    for one in reasons:
        values = {"num": one.count, "when": ring_scene.soon(one.when) if one.when else ""}
        if one.key == "outside_hours":
            found.append(gettext("Nästa tid är %(when)s.", **values))
        elif one.key in {"waiting", "promised"}:
            found.append(ngettext("%(num)s ringer vi igen, tidigast %(when)s.", "%(num)s ringer vi igen, tidigast %(when)s.",
                                  one.count, when=values["when"]))  # fmt: skip
        elif one.key == "held":
            found.append(ngettext("%(num)s talar med en annan ringare just nu.",
                                  "%(num)s talar med andra ringare just nu.", one.count))  # fmt: skip
        elif one.key in {"language", "personal"}:
            found.append(
                ngettext("%(num)s väntar på en viss ringare.", "%(num)s väntar på en viss ringare.", one.count)
            )
    return found


def _refused_meanwhile(session: Session, shift: CallerShift, account_id: int, now: datetime) -> Card | None:
    """The person taken from the caller because they said no to calls meanwhile: told at the next contact (P§4.6)."""
    last = _last(session, shift.id, account_id)
    if last is None or last.state != CallState.RELEASED or not last.refused or shift.state(now) != "open":
        return None
    return caller_card.of_call(session, last.id, account_id, now)


def _last(session: Session, shift_id: int, account_id: int) -> Any:
    """The caller's latest call in the shift, and whether somebody else has reported the person since."""
    other = aliased(Call)
    taken = sa.exists().where(
        other.person_id == Call.person_id, other.account_id != account_id, other.state == CallState.REPORTED,
        other.reported_at > Call.assigned_at, Call.state.in_([CallState.OPEN, CallState.RELEASED]),
    )  # fmt: skip
    refused = sa.exists().where(
        Refusal.person_id == Call.person_id, Refusal.channel.in_(["call", "all"]), Refusal.revoked_at.is_(None),
        Refusal.recorded_at > Call.assigned_at,
    )  # fmt: skip
    return session.execute(
        sa.select(Call.id, Call.state, Call.outcome, Person.first_name, taken.label("taken"), refused.label("refused"))
        .join(Person, Person.id == Call.person_id)
        .where(Call.shift_id == shift_id, Call.account_id == account_id)
        .order_by(sa.func.coalesce(Call.reported_at, Call.assigned_at).desc(), Call.id.desc())
        .limit(1)
    ).first()
