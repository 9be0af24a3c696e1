"""What the templates of a call need besides the card: addresses, script, callback times, the undo bar, greetings."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import segno
import sqlalchemy as sa
from flask import current_app, render_template, url_for
from flask_babel import format_date, gettext, lazy_gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns import callbacks, calling_hours, outcomes, script, sms_text
from campaigns.caller_card import Card, Earlier, Invitation
from campaigns.caller_shift import CallerShift
from campaigns.models import Call, CallState, Campaign, Message, MessageState, QueueRow, QueueState
from organizer import page
from organizer.languages import chosen
from organizer.models import Activity, Person, RoleName
from organizer.times import local, local_day
from organizer.words import N_, Refused
from organizer.writing import clock, day_with_year, short_day

RINGS = (RoleName.CALLER, RoleName.SHIFT_LEADER, RoleName.STEWARD, RoleName.CHAIR, RoleName.ORGANIZER)
"""Who may be invited to a shift; which shift is a matter of the invitation, not of the role."""
PARTS = {
    "utfall": "outcomes", "samtal": "talk", "tillbaka": "callback", "fel-nummer": "wrong", "nej": "refusal",
    "annat": "other",
}  # fmt: skip
"""Addresses of the sections of a call (P§3.2) and the templates that show them."""
LANGUAGES = (
    ("ar", lazy_gettext("Arabiska")), ("bcs", lazy_gettext("Bosniska, kroatiska, serbiska")),
    ("en", lazy_gettext("Engelska")),
    ("fa", lazy_gettext("Persiska eller dari")), ("fi", lazy_gettext("Finska")), ("ku", lazy_gettext("Kurdiska")),
    ("pl", lazy_gettext("Polska")), ("ru", lazy_gettext("Ryska")),
    ("so", lazy_gettext("Somaliska")), ("ti", lazy_gettext("Tigrinja")),
    ("tr", lazy_gettext("Turkiska")), ("uk", lazy_gettext("Ukrainska")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Go:
    """Where everything on the page of a call leads; `sections` empty = sections of the same document (D11)."""

    report: str
    now: str
    pause: str
    help: str
    done: str
    keep: str = ""
    shift_id: int | None = None
    sections: str = ""
    ref: str = ""

    def to(self, section: str) -> str:
        """The address of a section: on this page, or a page of its own."""
        return f"{self.sections or '#'}{section}"


@dataclass(frozen=True, slots=True)
class Said:
    """The script with its merge fields filled in."""

    opening: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undo:
    """The bar under the header: what was just saved, what follows, and the way back."""

    title: str
    text: str
    url: str
    shift_id: int | None


@dataclass(frozen=True, slots=True)
class When:
    """The callback choices and what is already typed."""

    slots: list[callbacks.Slot]
    rule: str
    day: str
    clock: str
    who: str = "anyone"
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Wrong:
    """A mistake in a form: which field, the sentence, what was typed."""

    field: str
    text: str
    typed: str = ""


def addresses(call_id: int, shift_id: int | None, *, own_pages: bool = False, change: bool = False) -> Go:
    """The addresses of a real call; `own_pages` leads from section to section by address."""
    sections = ""
    if change:
        sections = url_for("change.part", call_id=call_id, name="nej").removesuffix("nej")
    elif own_pages:
        sections = url_for("call.part", call_id=call_id, name="nej").removesuffix("nej")
    start = url_for("ring.start")
    return Go(
        report=url_for("change.save" if change else "call.report", call_id=call_id),
        now=url_for("call.now", shift_id=shift_id) if shift_id else start,
        pause=url_for("ring.pause", shift_id=shift_id) if shift_id else start,
        help=url_for("ring.help_page"),
        done=url_for("ring.done", shift_id=shift_id) if shift_id else start,
        keep=url_for("call.keep", call_id=call_id),
        shift_id=shift_id, sections=sections, ref=secrets.token_urlsafe(16),
    )  # fmt: skip


def links_begin() -> str:
    """The address that links in the SMS after a call begin with."""
    return str(current_app.extensions["configuration"].public_base_url)


def call_page(template: str, card: Card, go: Go, *, status: int = 200, **more: Any) -> tuple[str, int]:
    """Render one of the call's templates with everything its sections ask for."""
    values: dict[str, Any] = {
        "c": card, "go": go, "languages": LANGUAGES, "part": "", "error": None, "hint": False, "filled": None,
        "changing": False, "trial": False, "nth": "", "undo": None, "texts_sign_up": False, "texts_link": False, "own": False, **more,
    }  # fmt: skip
    values["changed_words"] = gettext("Spara ändringen") if values["changing"] else ""
    return render_template(template, **values), status


def of_shift(shift: CallerShift, card: Card | None, caller: str) -> dict[str, Any]:
    """The script, the callback times and the small words that come from the shift."""
    first = next((one for one in card.activities if one.chosen), None) if card else None
    return {
        "s": shift,
        "script": said(shift, card.first_name if card else "…", card.association if card else shift.owner_name,
                       caller, first),
        "when": when(shift, page.now()),
        "nth": gettext("Ditt %(nth)s samtal i kväll", nth=ordinal(shift.calls + 1)),
        "texts_sign_up": bool(shift.follow_ups.get("signed_up")),
        "texts_link": bool(shift.link_survey_id and "reached" in shift.follow_ups.get("survey_after", ())),
    }  # fmt: skip


def said(shift: CallerShift, first_name: str, place: str, caller: str, activity: Activity | Invitation | None) -> Said:
    """The campaign's words, filled in for this person and this caller; without an activity nothing is said of one."""
    opening, steps = shift.opening, [str(one) for one in shift.steps]
    values: dict[str, str | None] = dict.fromkeys(script.FIELDS)
    values |= {"förnamn": first_name, "ringare": caller.split(" ", maxsplit=1)[0], "förening": place}
    if activity:
        values |= {
            "aktivitet": activity.title, "datum": short_day(local_day(activity.starts_at)),
            "tid": clock(activity.starts_at), "plats": activity.place,
        }  # fmt: skip
    else:
        opening, steps = script.without_activity(opening), [script.without_activity(one) for one in steps]
    return Said(sms_text.filled(opening, values), tuple(sms_text.filled(one, values) for one in steps if one))


def when(shift: CallerShift, now: datetime) -> When:
    """The callback choices of a shift, and the rule in words."""
    span = shift.hours.get("weekday") or ["09:00", "20:30"]
    rule = gettext("Vi ringer aldrig före %(first)s eller efter %(last)s.", first=_hour(span[0]), last=_hour(span[1]))
    return When(
        callbacks.slots(now, shift.ends_at, shift.next_shift, allowed(shift.hours, shift.any_hour)),
        "" if shift.any_hour else rule,
        _tomorrow(now),
        "18:00",
    )


def allowed(hours: dict[str, Any], any_hour: bool) -> callbacks.Allowed:
    """The first moment at or after a given one at which a campaign with these hours may ring."""
    if any_hour:
        return lambda at: at
    return lambda at: calling_hours.first_open(hours, at)


def allowed_for_call(session: Session, call_id: int) -> callbacks.Allowed:
    """The same, from the call's campaign."""
    row = session.execute(
        sa.select(Campaign.hours, Campaign.any_hour)
        .join(Call, Call.campaign_id == Campaign.id)
        .where(Call.id == call_id)
    ).one()
    return allowed(row.hours, row.any_hour)


def without_shift(session: Session, card: Card, now: datetime) -> dict[str, Any]:
    """Callback times for a call whose shift is over or gone."""
    slots = callbacks.slots(now, now, None, allowed_for_call(session, card.call_id))
    return {"when": When(slots, "", _tomorrow(now), "18:00")}


def when_typed(present: When, form: Any, refusal: Refused) -> When:
    """The same choices with what was typed kept; the day and time are those the refusal offers instead, if any."""
    day, clock = form.get("day", "")[:10], form.get("clock", "")[:5]
    if nearest := refusal.values.get("nearest"):
        day, clock = local_day(nearest).isoformat(), f"{local(nearest):%H:%M}"
    return replace(present, day=day, clock=clock, who=form.get("who", ""), asked=bool(form.get("asked")))


def part_of(outcome: str) -> str:
    """The section in which an outcome is told, to show it again when something in it was refused."""
    seldom = outcome not in {"no_answer", "left_message"} and outcome in outcomes.OUTCOMES
    told_in = {"callback": "tillbaka", "wrong_number": "fel-nummer", "reached": "samtal"}
    return "nej" if outcome.startswith("opt_out") else told_in.get(outcome, "annat" if seldom else "utfall")


def qr(card: Card) -> Response:
    """The first number as a picture to point a phone at, for whoever sits at a computer with a phone beside."""
    drawn = BytesIO()
    segno.make(f"tel:{card.numbers[0].e164}", error="l", micro=False).save(
        drawn, kind="svg", scale=4, border=2, svgclass=None, lineclass=None, light="#fff"
    )
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


def last_call(earlier: Earlier | None) -> str:
    """14 oktober, inget svar; the year too when it was another."""
    if earlier is None:
        return ""
    day, label = local_day(earlier.at), gettext(outcomes.OUTCOMES[earlier.outcome].label)
    written = format_date(day, "d MMMM") if day.year == local_day(page.now()).year else day_with_year(day)
    return f"{written}, {label[:1].lower()}{label[1:]}"


def undo_bar(session: Session, account_id: int, shift_id: int, now: datetime) -> Undo | None:
    """The caller's latest report in the shift: what happens to the person, and *Ångra*."""
    row = session.execute(
        sa.select(
            Call.id, Call.outcome, Call.detail, Call.state, Call.reported_at, Call.person_id, Person.first_name,
            Person.last_name, QueueRow.state.label("stands"), QueueRow.due_at, QueueRow.callback_by,
            Campaign.hours, Campaign.any_hour,
            _texted().label("texted_at"),
        )
        .join(Person, Person.id == Call.person_id)
        .join(QueueRow, QueueRow.id == Call.queue_id)
        .join(Campaign, Campaign.id == Call.campaign_id)
        .where(
            Call.account_id == account_id, Call.shift_id == shift_id, Call.state == CallState.REPORTED,
            Call.reported_at > now - timedelta(hours=12),
        )
        .order_by(Call.reported_at.desc(), Call.id.desc())
        .limit(1)
    ).first()  # fmt: skip
    if row is None:
        return None
    name = f"{row.first_name} {row.last_name[:1]}."
    label = gettext(outcomes.OUTCOMES[row.outcome].label)
    page.saw(row.person_id)
    follows = _follows(row, name, account_id)
    if row.texted_at:
        follows = f"{follows} " + gettext("Ett sms går %(when)s.", when=soon(row.texted_at))
    return Undo(gettext("Sparat: %(outcome)s", outcome=label), follows, url_for("call.undo", call_id=row.id), shift_id)


def _texted() -> Any:
    """When the first SMS after the call leaves: the real time, by the hours of its kind (D24)."""
    here = (Message.call_id == Call.id, Message.state == MessageState.QUEUED)
    return sa.select(sa.func.min(Message.not_before)).where(*here).correlate(Call).scalar_subquery()


_AT_ONCE = {
    "deceased": N_("Tack. Vi ser till att ingen ringer igen."),
    "distress": N_("Passledaren får veta. %(name)s rings inte igen."),
    "opt_out": N_("Gäller direkt. %(name)s slipper."),
    "skip": N_("%(name)s ligger kvar i kön för en annan."),
    "conflict": N_("%(name)s ligger kvar i kön för en annan."),
}
"""What follows whatever the queue says."""
_STILL_TO_RING = {
    "language": N_("%(name)s väntar på en ringare som talar språket."),
    "wrong_number": N_("Det finns ett nummer till att prova."),
}
"""What follows when the person may be rung at once, by whom or how."""


def _follows(row: Any, name: str, account_id: int) -> str:
    """What happens to the person now, in one line."""
    for beginning, sentence in _AT_ONCE.items():
        if row.outcome.startswith(beginning):
            return gettext(sentence, name=name)
    if row.stands in {QueueState.READY, QueueState.HELD} and row.outcome in _STILL_TO_RING:
        return gettext(_STILL_TO_RING[row.outcome], name=name)
    if row.stands in {QueueState.READY, QueueState.HELD}:
        return gettext("%(name)s rings igen.", name=name)
    if row.stands == QueueState.WAITING:
        if row.callback_by == account_id:
            return gettext("Du ringer %(name)s %(when)s.", name=name, when=soon(row.due_at))
        opens = allowed(row.hours, row.any_hour)(row.due_at)
        return gettext("%(name)s rings igen %(when)s.", name=name, when=soon(opens))
    return gettext("%(name)s rings inte mer i den här kampanjen.", name=name)


def greeting(name: str, now: datetime) -> str:
    """God kväll, Birgitta, or what the hour asks for."""
    first, hour = name.split(" ", maxsplit=1)[0], local(now).hour
    if 4 <= hour < 10:
        return gettext("God morgon, %(name)s!", name=first)
    if hour >= 17 or hour < 4:
        return gettext("God kväll, %(name)s!", name=first)
    return gettext("Hej %(name)s!", name=first)


def ordinal(n: int) -> str:
    """4:e in Swedish, 4th in English."""
    if chosen() == "sv":
        return f"{n}:{'a' if n % 10 in {1, 2} and n % 100 not in {11, 12} else 'e'}"
    return f"{n}{'th' if 10 < n % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def soon(at: datetime) -> str:
    """A moment as people say it: i dag 19.15, i morgon 15.00, fre 15.00, tis 24 nov 17.30."""
    days = (local_day(at) - local_day(page.now())).days
    if days in {0, 1, -1}:
        return {
            0: gettext("i dag %(time)s", time=clock(at)),
            1: gettext("i morgon %(time)s", time=clock(at)),
            -1: gettext("i går %(time)s", time=clock(at)),
        }[days]
    if abs(days) > 300:
        return f"{day_with_year(local_day(at))} {clock(at)}"
    return f"{format_date(local_day(at), 'EEE d MMM').replace('.', '')} {clock(at)}"


def weekday_time(at: datetime) -> str:
    """A moment beside words that already say which day: i dag 19.15, fre 15.00, tis 24 nov 17.30."""
    days = (local_day(at) - local_day(page.now())).days
    if days == 0:
        return soon(at)
    return f"{format_date(local_day(at), 'EEE' if days < 3 else 'EEE d MMM').replace('.', '')} {clock(at)}"


FILTERS = {
    "soon": soon,
    "weekday_time": weekday_time,
    "month": lambda at: format_date(local_day(at), "MMM").replace(".", ""),
    "weekday": lambda at: format_date(local_day(at), "EEEE"),
}


def _tomorrow(now: datetime) -> str:
    return (local_day(now) + timedelta(days=1)).isoformat()


def _hour(text: str) -> str:
    hour, _, minute = text.partition(":")
    mark = "." if chosen() == "sv" else ":"
    return str(int(hour)) if minute in {"", "00"} else f"{int(hour)}{mark}{minute}"
