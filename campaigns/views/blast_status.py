"""The last step of a blast: how it goes on a page that can be closed, pause and stop, and exactly who got it."""

import csv
import io
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from itsdangerous import BadSignature, URLSafeSerializer

from campaigns import blast_comparison, blast_progress, blast_watch, blasts, sms_log, telephony_codes
from campaigns.blast_progress import FATES
from campaigns.models import Blast, BlastState, Message
from campaigns.views.blasts import SEE, WRITE, found, heading, low_balance, pages, worker
from organizer import access, audit, exports, page, small_groups
from organizer.db import sort_key
from organizer.models import Account, Association, Person
from organizer.times import local_day
from organizer.words import N_, Missing

S = BlastState
GROUPS = {
    "fick": blast_progress.GOT,
    "inte": ("phone_off", "no_such", "rejected"),
    "kvar": ("queued", "in_hand"),
    "stoppade": ("cancelled",),
    "oklara": ("unclear",),
}
"""The lists by name: which fates each holds."""
LINK_LASTS = timedelta(minutes=15)
"""How long the link to a list can be followed."""
FAILURES = {
    "no_such": N_("Ska rättas av föreningen. Står under Behöver dig."),
    "phone_off": N_("Operatören har gett upp. Går att ringa i stället."),
    "rejected": N_("Operatören släppte inte igenom det. Se över texten."),
}


@pages.get("/<int:blast_id>/status")
@access.allow(*SEE)
def status(blast_id: int) -> ResponseReturnValue:
    """How it goes; `stoppa` opens the question before the stop."""
    blast = found(blast_id, *SEE)
    if blast.state in {S.DRAFT, S.WAITING}:
        return redirect(url_for("blasts.one", blast_id=blast_id))
    return render_template(
        "blasts/status.html", asks_stop="stoppa" in request.args, history=blast_progress.history(page.session(), blast.id), changed_words=blasts.CHANGED,
        low=low_balance(), beside=blast_comparison.beside(page.session(), blast),
        **_numbers(blast), **heading(blast, 4),
    )  # fmt: skip


@pages.get("/<int:blast_id>/laget")
@access.allow(*SEE)
def live(blast_id: int) -> ResponseReturnValue:
    """The part that changes; no names in it, because it is fetched again and again."""
    blast = found(blast_id, *SEE)
    return render_template("blasts/_live.html", **_numbers(blast), **heading(blast, 4))


@pages.post("/<int:blast_id>/<move>")
@access.allow(*WRITE)
def do_move(blast_id: int, move: str) -> ResponseReturnValue:
    """Pause, go on, or stop."""
    blast = found(blast_id, *WRITE)
    moves = {"pausa": blasts.pause, "fortsatt": blasts.resume, "stoppa": blasts.stop}
    if move not in moves:
        raise Missing
    moves[move](page.session(), blast.id, page.viewer().account_id, page.now())  # type: ignore[operator]
    worker().blasts_soon(page.session())
    return redirect(url_for("blasts.status", blast_id=blast_id))


@pages.get("/<int:blast_id>/personer/<group>")
@access.allow(*WRITE)
def people(blast_id: int, group: str) -> ResponseReturnValue:
    """Exactly who has got it and who has not, a page at a time, in the order they were taken up."""
    blast, after = found(blast_id, *WRITE), max(0, request.args.get("efter", 0, type=int))
    if group not in GROUPS:
        raise Missing
    ones = blast_progress.people(page.session(), blast.id, GROUPS[group], after=min(after, 2**31 - 1))
    rows = _named([one.person_id for one in ones if one.person_id])
    page.saw(*rows)
    return render_template(
        "blasts/recipients_list.html", ones=ones, rows=rows, group=group, fates=FATES, meaning=telephony_codes.meaning,
        titles={"fick": gettext("Har fått sms:et"), "inte": gettext("Kom inte fram"), "kvar": gettext("I kö"),
                "stoppade": gettext("Skickades inte"), "oklara": gettext("Oklart om det gick iväg")},
        more=ones[-1].message_id if len(ones) == 200 else None, **heading(blast, 4),
    )  # fmt: skip


@pages.post("/<int:blast_id>/lista")
@access.allow(*WRITE)
def take_out(blast_id: int) -> ResponseReturnValue:
    """Write down that the list is taken out, and give a link to it that soon leads nowhere (P§5.5)."""
    blast, me, now = found(blast_id, *WRITE), page.viewer().account_id, page.now()
    audit.changed(page.session(), me, "export", "blast", blast.id, now, blast.association_id)
    key = _signer().dumps([blast.id, me, int((now + LINK_LASTS).timestamp())])
    return redirect(url_for("blasts.failures", blast_id=blast_id, nyckel=key))


@pages.get("/<int:blast_id>/kom-inte-fram.csv")
@access.allow(*WRITE)
def failures(blast_id: int) -> ResponseReturnValue:
    """Those it did not reach, as a file: name, association and why; only by a link of one's own that still holds."""
    blast = found(blast_id, *WRITE)
    if not _still_holds(blast.id, request.args.get("nyckel", "")):
        sentence = gettext("Länken till listan har gått ut. Hämta en ny under Kom inte fram i utskicket.")
        return render_template("problem.html", status=410, sentence=sentence), 410
    ones = blast_progress.people(page.session(), blast.id, GROUPS["inte"], at_most=5000)
    rows = _named([one.person_id for one in ones if one.person_id])
    page.saw(*rows)
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";")
    lines.writerow([gettext("Namn"), gettext("Förening"), gettext("Vad som hände")])
    for one in ones:
        if one.person_id in rows:
            name, place = rows[one.person_id]
            why = gettext(telephony_codes.meaning(one.error_code) or FATES[one.fate])
            lines.writerow([exports.safe(name), exports.safe(place), why])
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv",
                    headers={"Content-Disposition": "attachment; filename=kom-inte-fram.csv"})  # fmt: skip


@pages.post("/<int:blast_id>/oklart/<int:message_id>")
@access.allow(*WRITE)
def decide(blast_id: int, message_id: int) -> ResponseReturnValue:
    """Somebody who has seen both facts sends it again, or leaves it."""
    blast = found(blast_id, *WRITE)
    of_this = sa.select(Message.id).where(Message.id == message_id, Message.blast_id == blast.id)
    if page.session().scalar(of_this) is None:
        raise Missing
    again = request.form.get("what") == "again"
    (sms_log.send_again if again else sms_log.leave)(page.session(), message_id, page.viewer().account_id, page.now())
    worker().blasts_soon(page.session())
    flash(gettext("Sms:et skickas igen.") if again else gettext("Sms:et skickas inte igen."))
    return redirect(url_for("blasts.people", blast_id=blast_id, group="oklara"))


def _numbers(blast: Blast) -> dict[str, Any]:
    session, now = page.session(), page.now()
    going = blast_progress.progress(session, blast, now)
    k = small_groups.smallest(session, local_day(now))
    names = sa.select(Account.id, Account.name).where(Account.id.in_([blast.created_by, blast.approved_by or 0]))
    path = session.scalar(sa.select(Association.path).where(Association.id == blast.association_id)) or "-"
    return {
        "trouble": blast_progress.trouble(session, blast, worker().gateway(session).name, now), "going": going, "fates": FATES, "came": blast_comparison.came_back(session, [blast.id])[blast.id], "failures": FAILURES,
        "since": blast_progress.left_out_since(session, blast.id), "cancelled": blast_progress.CANCELLED,
        "table": _grouped(blast_progress.by_association(session, blast.id), k), "why": blast_watch.WHY.get(blast.paused_why or "", ""),
        "names": dict(session.execute(names).all()), "writes": page.viewer().covers(path, *WRITE),  # type: ignore[arg-type]
        "percent": round(100 * going.handed / going.recipients) if going.recipients else 0,
    }  # fmt: skip


def _grouped(rows: list[Any], k: int) -> list[Any]:
    """Each association with at least k recipients; the smaller ones are one line together, which must not be small either."""
    rows = sorted(rows, key=lambda row: -row.recipients)
    alone = [row for row in rows if row.recipients >= k]
    few = rows[len(alone) :]
    while few and alone and sum(row.recipients for row in few) < k:
        few.insert(0, alone.pop())
    together = tuple(sum(getattr(row, name) for row in few) for name in ("recipients", "delivered"))
    shown = sorted(
        ((row.name or gettext("Ingen förening"), row.recipients, row.delivered) for row in alone),
        key=lambda row: sort_key(row[0]),
    )
    if together[0] < k:
        return shown
    return [*shown, (ngettext("%(num)s förening till", "%(num)s föreningar till", len(few)), *together)]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.extensions["configuration"].secret_key, salt="blast-failures")


def _still_holds(blast_id: int, key: str) -> bool:
    """Whether the link is this blast's and the viewer's own, and its time is not over."""
    try:
        whose, account_id, until = _signer().loads(key)
    except (BadSignature, ValueError, TypeError):
        return False
    return (whose, account_id) == (blast_id, page.viewer().account_id) and page.now().timestamp() < until


def _named(ids: list[int]) -> dict[int, tuple[str, str]]:
    """Person id → name and association, of those who may be named (D19)."""
    rows = page.session().execute(
        sa.select(Person.id, Person.first_name, Person.last_name, Association.short_name)
        .select_from(Message)
        .join(Person, Person.id == Message.person_id)
        .outerjoin(Association, Association.id == Message.association_id)
        .where(Person.id.in_(ids), Message.blast_id.is_not(None), Person.protected.is_(False))
        .distinct()
    )
    return {row.id: (f"{row.first_name} {row.last_name}".strip(), row.short_name or "") for row in rows}
