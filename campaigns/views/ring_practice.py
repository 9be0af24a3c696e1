"""Practice: the very same pages with invented people; nothing is saved."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import callbacks, outcomes, sms_text
from campaigns.caller_card import Asked, Card, Earlier, Invitation, Number
from campaigns.views import ring_form, ring_scene
from campaigns.views.ring_scene import RINGS, Go, Said, Undo, When
from organizer import access, page
from organizer.words import N_, Refused

pages = Blueprint("practice", __name__)
PEOPLE = (
    # first name, last name, place, weeks or year, numbers reserved for fiction (PTS), what was said last time
    ("Anders", "Wikberg", "Härnösand", 3, None, (("+46701740621", "070-174 06 21", "mobile"),), ""),
    ("Ingegerd", "Sundin", "Härnösand", None, 2009,
     (("+46313900612", "031-390 06 12", "landline"), ("+46701740633", "070-174 06 33", "mobile")),
     N_("Ring gärna fasta telefonen, helst efter 18.")),
    ("Mikael", "Prov", "Timrå", None, 2021, (("+46701740634", "070-174 06 34", "mobile"),), ""),
    ("Fatima", "Exempel", "Kramfors", 1, None, (("+46701740635", "070-174 06 35", "mobile"),), ""),
    ("Sven-Åke", "Låtsas", "Sollefteå", None, 1987, (("+46313900635", "031-390 06 35", "landline"),), ""),
)  # fmt: skip
OPENING = N_(
    "Hej {förnamn}! Jag heter {ringare} och ringer från partiföreningen i {förening}. Har du tid en liten stund?"
)
STEPS = (
    N_("Fråga hur det är och lyssna."), N_("Bjud in till introduktionsträffen."), N_("Vad skulle du vilja vara med på?"),
)  # fmt: skip
QUESTION = N_("Vill du vara med på något?")
OPTIONS = (N_("Studiecirkel"), N_("Dela ut flygblad"), N_("Hjälpa till på möten"), N_("Inte just nu"))


@pages.get("/ring/ova")
@access.allow(*RINGS)
def start() -> ResponseReturnValue:
    """The next invented person, and what would have been saved about the one before."""
    number = _number()
    card, saved = _card(number), request.args.get("sparat", "")
    undo = None
    if saved in outcomes.OUTCOMES and number > 0:
        label = gettext(outcomes.OUTCOMES[saved].label)
        undo = Undo(gettext("Sparat: %(outcome)s", outcome=label), gettext("Övning: inget har sparats."),
                    url_for("practice.undo", n=number - 1), None)  # fmt: skip
    elif saved == "angrat":
        text = gettext("%(name)s är tillbaka hos dig.", name=card.first_name)
        undo = Undo(gettext("Ångrat."), text, "", None)
    return ring_scene.call_page(
        "ring/now.html", card, _go(number), trial=True, undo=undo, lease=0, qr=url_for("practice.qr", n=number),
        last=ring_scene.last_call(card.last), nth=gettext("Övning %(n)s", n=number + 1), when=_when(page.now()),
        script=_script(card), texts_sign_up=True,
    )  # fmt: skip


@pages.post("/ring/ova")
@access.allow(*RINGS)
def report() -> ResponseReturnValue:
    """What a report would lead to: the next person. Mistakes are told as in earnest."""
    number = _number()
    card = _card(number)
    try:
        made = ring_form.read(request.form, card, lambda at: at, page.now())
    except Refused as refusal:
        name = ring_scene.part_of(ring_form.outcome_of(request.form))
        wrong = ring_scene.Wrong(refusal.field or "", page.in_words(refusal), request.form.get("new_number", ""))
        return ring_scene.call_page(
            "ring/sheet.html", card, _go(number), status=422, part=ring_scene.PARTS[name], trial=True, error=wrong,
            when=ring_scene.when_typed(_when(page.now()), request.form, refusal), texts_sign_up=True,
        )  # fmt: skip
    return redirect(url_for("practice.start", n=number + 1, sparat=made.outcome))


@pages.get("/ring/ova/qr.svg")
@access.allow(*RINGS)
def qr() -> ResponseReturnValue:
    """The invented number as a picture."""
    return ring_scene.qr(_card(_number()))


@pages.post("/ring/ova/<int:n>/angra")
@access.allow(*RINGS)
def undo(n: int) -> ResponseReturnValue:
    """Back to the person before."""
    return redirect(url_for("practice.start", n=n, sparat="angrat"))


@pages.post("/ring/ova/sluta")
@access.allow(*RINGS)
def stop() -> ResponseReturnValue:
    """Enough practice."""
    return redirect(url_for("ring.start"))


def _number() -> int:
    text = request.args.get("n", "0")
    return min(int(text), 99) if text.isdecimal() and len(text) < 4 else 0


def _go(number: int) -> Go:
    here = url_for("practice.start", n=number)
    return Go(
        report=url_for("practice.report", n=number), now=here, pause=url_for("practice.stop"),
        help=url_for("ring.help_page"), done=url_for("ring.start"), ref=f"ovning-{number:04d}",
    )  # fmt: skip


def _card(number: int) -> Card:
    first, last, place, weeks, since, numbers, note = PEOPLE[number % len(PEOPLE)]
    now: datetime = page.now()
    before = Earlier(now - timedelta(days=36), "no_answer", gettext(note) if note else "", "Nils Ö.")
    meeting = Invitation(1, gettext("Introduktionsträff"), now + timedelta(days=13), "Folkets hus", False, "", True)
    translated: Callable[[Any], str] = gettext
    return Card(
        call_id=0, queue_id=0, shift_id=None, person_id=0, first_name=str(first), last_name=str(last),
        association=str(place), new_weeks=weeks, since=since, numbers=tuple(Number(n, *one) for n, one in enumerate(numbers, 1)),
        signed_up=(), activities=(meeting,),
        questions=(Asked(1, gettext(QUESTION), "many", tuple(translated(one) for one in OPTIONS)),),
        last=before if since else None, note=before if note else None,
    )  # fmt: skip


def _script(card: Card) -> Said:
    name = page.viewer().name.split(" ")[0]
    values = {"förnamn": card.first_name, "ringare": name, "förening": card.association}
    return Said(sms_text.filled(gettext(OPENING), values), tuple(gettext(step) for step in STEPS))


def _when(now: datetime) -> When:
    slots = callbacks.slots(now, now + timedelta(hours=2), now + timedelta(days=5), lambda at: at)
    return When(slots, "", (now + timedelta(days=1)).date().isoformat(), "18:00")
