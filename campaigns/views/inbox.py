"""The inbox: replies as threads, for those who answer for the place they come from."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import inbox_answers, inbox_threads, sms_text
from campaigns.inbox_threads import TABS, Row, Scope
from organizer import access, finding, page, phones
from organizer.access import Viewer
from organizer.menu import Entry
from organizer.models import RoleName
from organizer.words import N_, Missing, Refused

pages = Blueprint("inbox", __name__, url_prefix="/inkorg")
SEE = inbox_threads.ANSWERS
MENU = (
    Entry(
        N_("Inkorg"), "inbox.start", "inbox", SEE, order=26,
        count=lambda viewer: inbox_threads.counts(page.session(), scope(viewer))["att-svara"],
    ),
)  # fmt: skip


@pages.get("")
@access.allow(*SEE)
def start() -> ResponseReturnValue:
    """*Att svara på* first; the other two tabs beside it."""
    session, mine = page.session(), scope(page.viewer())
    tab = request.args.get("flik", "")
    tab = tab if tab in TABS else next(iter(TABS))
    skip = max(0, min(request.args.get("fran", 0, type=int), 100_000))
    rows = inbox_threads.threads(session, mine, tab, skip=skip)
    page.saw(*(row.person_id for row in rows if row.person_id is not None))
    return render_template(
        "inbox/list.html", rows=rows, tab=tab, counts=inbox_threads.counts(session, mine), tabs=TABS,
        older=skip + len(rows) if len(rows) == inbox_threads.PAGE else None, rehearsal=rehearsal(),
    )  # fmt: skip


@pages.get("/antal")
@access.allow(*SEE)
def live() -> ResponseReturnValue:
    """The tabs with their numbers; no names, because they are fetched again and again."""
    tab = request.args.get("flik", "")
    counts = inbox_threads.counts(page.session(), scope(page.viewer()))
    return render_template("inbox/_tabs.html", counts=counts, tabs=TABS, tab=tab)


@pages.get("/<int:thread_id>")
@access.allow(*SEE)
def show(thread_id: int) -> ResponseReturnValue:
    """One thread; `mall` fills in an answer to begin with."""
    one = _thread(thread_id)
    chosen = next((answer for answer in _answers() if answer.key == request.args.get("mall")), None)
    return _show(one, _filled(chosen.body, one) if chosen else "")


@pages.post("/<int:thread_id>/svara")
@access.allow(*SEE)
def reply(thread_id: int) -> ResponseReturnValue:
    """Answer; it leaves through the queue."""
    one, body = _thread(thread_id), request.form.get("body", "")[:2000]
    try:
        inbox_threads.reply(page.session(), one, body, page.viewer().account_id, page.now())
    except Refused as refusal:
        return _show(one, body, refusal)
    flash(gettext("Svaret skickas."))
    return redirect(url_for("inbox.start"))


@pages.post("/<int:thread_id>/klart")
@access.allow(*SEE)
def done(thread_id: int) -> ResponseReturnValue:
    """No answer is needed."""
    inbox_threads.done(page.session(), _thread(thread_id), page.viewer().account_id, page.now())
    flash(gettext("Klart. Tråden finns kvar under Alla."))
    return redirect(url_for("inbox.start"))


@pages.post("/<int:thread_id>/vidare")
@access.allow(*SEE)
def pass_on(thread_id: int) -> ResponseReturnValue:
    """Let somebody else answer."""
    one, to = _thread(thread_id), request.form.get("to", 0, type=int)
    try:
        inbox_threads.pass_on(page.session(), one, to, page.viewer().account_id, page.now())
    except Refused as refusal:
        return _show(one, "", refusal)
    flash(gettext("Skickat vidare."))
    return redirect(url_for("inbox.start"))


@pages.post("/<int:thread_id>/stopp")
@access.allow(*SEE)
def read_stop(thread_id: int) -> ResponseReturnValue:
    """Say whether it was a STOPP."""
    yes = request.form.get("stop") == "yes"
    one = _thread(thread_id)
    inbox_threads.is_stop(page.session(), one, page.viewer().account_id, page.now(), yes=yes)
    flash(gettext("Antecknat. Inga fler sms går till numret.") if yes else gettext("Antecknat som ett vanligt svar."))
    return redirect(url_for("inbox.start") if yes else url_for("inbox.show", thread_id=one.id))


@pages.post("/<int:thread_id>/sok")
@access.allow(*SEE)
def find(thread_id: int) -> ResponseReturnValue:
    """Look for who has written, among those one may see; a POST, so that no name stands in an address (D16)."""
    one, viewer = _thread(thread_id), page.viewer()
    if one.person_id is not None:
        raise Missing
    words = request.form.get("q", "").strip()[:120]
    found = finding.find(page.session(), words, access.reach(viewer, *SEE), protected_in=_stewarded(viewer)).people
    page.saw(*(person.id for person in found))
    return _show(one, "", found=found, words=words)


@pages.post("/<int:thread_id>/koppla")
@access.allow(*SEE)
def attach(thread_id: int) -> ResponseReturnValue:
    """Say who an unknown number belongs to."""
    one = _thread(thread_id)
    if one.person_id is not None:
        raise Missing
    person = access.person(page.session(), page.viewer(), request.form.get("person", 0, type=int), *SEE)
    inbox_threads.attach(page.session(), one, person.id, page.viewer().account_id, page.now())
    flash(gettext("Kopplat."))
    return redirect(url_for("inbox.show", thread_id=one.id))


def scope(viewer: Viewer) -> Scope:
    """Which threads a viewer reaches; what belongs to no place is for those who answer at the top of the tree."""
    paths = viewer.paths(*SEE)
    highest = inbox_threads.unplaced_are_of(page.now()).subquery()
    unplaced = sa.exists().where(highest.c.path.in_(paths))
    return Scope(access.reach(viewer, *SEE), unknown=unplaced, protected_in=tuple(_stewarded(viewer)))


def rehearsal() -> bool:
    """Whether nothing leaves the house, which every SMS page says."""
    worker = current_app.extensions["worker"]
    return bool(worker.gateway(page.session()).name == "rehearsal")


def _stewarded(viewer: Viewer) -> list[int]:
    return [role.association_id for role in viewer.roles if role.name == RoleName.STEWARD]


def _answers() -> list[inbox_answers.Answer]:
    viewer = page.viewer()
    return inbox_answers.usable(page.session(), viewer.paths(*SEE), access.reach(viewer, *SEE))


def _thread(thread_id: int) -> Row:
    return inbox_threads.thread(page.session(), scope(page.viewer()), thread_id)


def _filled(template: str, one: Row) -> str:
    sender = ", ".join(part for part in (page.viewer().name.split(" ")[0], one.association) if part)
    return sms_text.filled(template, {"förnamn": one.first_name, "avsändare": sender})


def _show(
    one: Row,
    body: str,
    refusal: Refused | None = None,
    *,
    found: Sequence[finding.Found] | None = None,
    words: str = "",
) -> ResponseReturnValue:
    session, viewer = page.session(), page.viewer()
    if one.person_id is not None:
        page.saw(one.person_id)
    return render_template(
        "inbox/thread.html", one=one, bubbles=inbox_threads.bubbles(session, one), body=body,
        refused=inbox_threads.refused(session, one), answers=_answers(), found=found, words=words,
        receivers=inbox_threads.receivers(session, one, viewer.account_id, page.now()),
        number=phones.display(one.e164), rings=phones.classify(one.e164) in {"mobile", "landline"},
        field=refusal.field if refusal else None, problem=page.in_words(refusal) if refusal else None,
        rehearsal=rehearsal(),
    ), 422 if refusal else 200  # fmt: skip
