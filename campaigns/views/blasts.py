"""Blasts: the list, a new one from a template or an activity, copies, and what all their pages share."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import (
    blast_approval,
    blast_progress,
    blast_states,
    blast_texts_ready,
    blasts,
    provider_balance,
    sms_settings,
)
from campaigns.models import Blast, BlastState, ProviderBalance
from campaigns.worker import Worker
from organizer import access, activity_lists, page, selections
from organizer.menu import Entry
from organizer.models import Association, RoleName
from organizer.times import local_day
from organizer.words import N_, Missing

pages = Blueprint("blasts", __name__, url_prefix="/utskick")
WRITE = (RoleName.ORGANIZER, RoleName.STEWARD)
SEE = (*WRITE, RoleName.APPROVER)
MENU = (Entry(N_("Utskick"), "blasts.index", "sms", SEE, order=24, count=lambda viewer: len(asked_of(viewer))),)
STARTS = {RoleName.APPROVER: "blasts.index"}
S = BlastState
ORDER = (S.WAITING, S.SENDING, S.PAUSED, S.DRAFT, S.APPROVED, S.DONE, S.PARTLY, S.STOPPED)
CHIPS = {S.WAITING: "warn", S.SENDING: "ok", S.PAUSED: "warn", S.APPROVED: "ok", S.PARTLY: "warn", S.STOPPED: "danger"}
MOST_DAYS = 3650
STEPS = (N_("Mottagare"), N_("Skriv"), N_("Granska"), N_("Skicka"))


@pages.get("")
@access.allow(*SEE)
def index() -> ResponseReturnValue:
    """What waits for somebody first, then drafts, then what has been sent."""
    viewer, session = page.viewer(), page.session()
    rows = session.execute(
        sa.select(Blast.id, Blast.title, Blast.body, Blast.state, Blast.recipients, Blast.send_at, Blast.finished_at,
                  Blast.created_at, Association.short_name, Association.path)
        .join(Association, Association.id == Blast.association_id)
        .where(Blast.association_id.in_(access.reach(viewer, *SEE)))
        .order_by(Blast.id.desc())
        .limit(100)
    ).all()  # fmt: skip
    mine = [row for row in rows if row.state != S.DRAFT or viewer.covers(row.path, *WRITE)]
    groups = [
        (blast_states.WORDS[state], CHIPS.get(state, ""), [row for row in mine if row.state == state])
        for state in ORDER
    ]
    return render_template(
        "blasts/index.html", groups=groups, any=bool(mine), writes=viewer.holds(*WRITE), places=_places(),
        ready=blast_texts_ready.READY, saved=blast_texts_ready.saved(session, access.reach(viewer, *WRITE)),
        rehearsal=rehearsing(), asked_of=asked_of(viewer),
    )  # fmt: skip


@pages.post("/nytt")
@access.allow(*WRITE)
def create() -> ResponseReturnValue:
    """A draft to all members of the place or the new ones, perhaps with a text or an activity; the first step opens."""
    session, viewer = page.session(), page.viewer()
    activity_id = request.form.get("activity", type=int)
    place = _place(request.form.get("place", ""))
    title, body = "", ""
    if activity_id:
        activity = activity_lists.one(session, viewer.paths(*WRITE), activity_id)
        title, body = activity.title, blast_texts_ready.OF_ACTIVITY
    elif chosen := blast_texts_ready.one(session, access.reach(viewer, *WRITE), request.form.get("template", "")):
        title, body = chosen
    blast_id = blasts.create(
        session, place.id, viewer.account_id, page.now(), title=title, body=body, activity_id=activity_id,
        on_approval=True,
    )  # fmt: skip
    to = blasts.To(include=[_whom(request.form.get("joined_within", type=int))], exclude=[])
    blasts.save_recipients(session, blast_id, to, viewer.account_id, page.now())
    return redirect(url_for("blasts.recipients", blast_id=blast_id))


@pages.post("/<int:blast_id>/kopiera")
@access.allow(*WRITE)
def copy(blast_id: int) -> ResponseReturnValue:
    """The same again, to those who have not got it."""
    made = blasts.copy(page.session(), found(blast_id, *WRITE), page.viewer().account_id, page.now())
    flash(gettext("En kopia är gjord. De som redan har fått sms:et får det inte igen."))
    return redirect(url_for("blasts.recipients", blast_id=made))


@pages.post("/<int:blast_id>/kasta")
@access.allow(*WRITE)
def discard(blast_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    found(blast_id, *WRITE)
    blasts.discard(page.session(), blast_id, page.viewer().account_id, page.now())
    flash(gettext("Utkastet är borttaget."))
    return redirect(url_for("blasts.index"))


@pages.get("/<int:blast_id>")
@access.allow(*SEE)
def one(blast_id: int) -> ResponseReturnValue:
    """To the page that fits its state."""
    blast = found(blast_id, *SEE)
    if blast.state == S.DRAFT:
        return redirect(url_for("blasts.recipients", blast_id=blast_id))
    there = "blasts.review" if blast.state in {S.WAITING, S.APPROVED} else "blasts.status"
    return redirect(url_for(there, blast_id=blast_id))


def _whom(joined_within: int | None) -> dict[str, Any]:
    """Everybody, or those who joined within so many days."""
    if joined_within is None or not 1 <= joined_within <= MOST_DAYS:
        return {"name": gettext("Alla medlemmar"), "definition": selections.EVERYONE}
    new = {"version": 1, "all": [{"kind": "joined_within", "days": joined_within}]}
    return {"name": gettext("Medlemmar sedan högst %(days)s dagar", days=joined_within), "definition": new, "own": True}


def found(blast_id: int, *roles: str) -> Blast:
    """The blast if one of `roles` reaches its place, else Missing; a draft is its writers' alone."""
    blast = blasts.one(page.session(), blast_id)
    path = path_of(blast)
    if blast.state == S.DRAFT:
        roles = tuple(role for role in roles if role != RoleName.APPROVER)
    if not page.viewer().covers(path, *roles):
        raise Missing
    return blast


def asked_of(viewer: access.Viewer) -> list[int]:
    """The blasts that wait for this viewer's yes: what the menu counts and the start page names, asked for once."""
    if "asked_of" not in g:
        g.asked_of = blast_approval.waiting_for(page.session(), viewer.account_id, viewer.paths(*blast_approval.MAY))
    return list(g.asked_of)


def path_of(blast: Blast) -> str:
    """The path of the place whose blast it is."""
    return page.session().scalar(sa.select(Association.path).where(Association.id == blast.association_id)) or "-"


def heading(blast: Blast, step: int) -> dict[str, Any]:
    """What the top of every page of a blast says."""
    return {
        "blast": blast, "step": step, "steps": STEPS, "state": blast_states.WORDS[S(blast.state)],
        "state_kind": CHIPS.get(S(blast.state), ""), "rehearsal": rehearsing(),
        "title": blast.title or gettext("Nytt sms"), "returned": blast_progress.returned(page.session(), blast),
    }  # fmt: skip


def base() -> str:
    """The address that links in messages begin with."""
    return str(current_app.extensions["configuration"].public_base_url)


def worker() -> Worker:
    """The worker of this process, to wake and to ask which provider there is."""
    here: Worker = current_app.extensions["worker"]
    return here


def rehearsing() -> bool:
    """Whether nothing leaves the house."""
    return worker().gateway(page.session()).name == "rehearsal"


def low_balance() -> ProviderBalance | None:
    """What is left on the account at the provider, when it is less than the owner wants to be warned at."""
    session, now = page.session(), page.now()
    settings = sms_settings.current(session, local_day(now))
    return provider_balance.low(session, worker().gateway(session).name, settings, now)


def say_what_was_voided(changed: list[str]) -> None:
    """Tell the writer that an approval no longer holds, and what has changed."""
    if changed:
        words = ", ".join(gettext(blasts.CHANGED[name]) for name in changed)
        flash(gettext("Godkännandet gäller inte längre, för att %(vad)s har ändrats.", vad=words))


def _place(slug: str) -> Association:
    """The chosen place, which must be one's own; otherwise the highest."""
    if slug:
        return access.association(page.session(), page.viewer(), slug, *WRITE)
    places = _places()
    if not places:
        raise Missing
    return places[0]


def _places() -> list[Association]:
    ids = [role.association_id for role in page.viewer().roles if role.name in WRITE]
    rows = sa.select(Association).where(Association.id.in_(ids)).order_by(Association.path)
    return list(page.session().scalars(rows))
