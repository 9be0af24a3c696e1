"""The last step of a blast: how it goes on a page that can be closed, pause and stop, and exactly who got it."""

import csv
import io
from typing import Any

import sqlalchemy as sa
from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import blast_progress, blast_watch, blasts, sms_log, telephony_codes
from campaigns.blast_progress import FATES
from campaigns.models import Blast, BlastState, Meaning, Message, ThreadMessage
from campaigns.views.blasts import SEE, WRITE, found, heading, pages, worker
from organizer import access, page, small_groups
from organizer.models import Account, Association, Person, PersonalLink
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
        "blasts/status.html", asks_stop="stoppa" in request.args, **_numbers(blast), **heading(blast, 4)
    )


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


@pages.get("/<int:blast_id>/kom-inte-fram.csv")
@access.allow(*WRITE)
def failures(blast_id: int) -> ResponseReturnValue:
    """Those it did not reach, as a file: name, association and why; who has taken it is in the log."""
    blast = found(blast_id, *WRITE)
    ones = blast_progress.people(page.session(), blast.id, GROUPS["inte"], at_most=5000)
    rows = _named([one.person_id for one in ones if one.person_id])
    page.saw(*rows)
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";")
    lines.writerow([gettext("Namn"), gettext("Förening"), gettext("Vad som hände")])
    for one in ones:
        if one.person_id in rows:
            name, place = rows[one.person_id]
            lines.writerow([_harmless(name), _harmless(place), gettext(FATES[one.fate])])
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
        "going": going, "fates": FATES, "replies": _replies(blast), "failures": FAILURES, "k": k,
        "since": blast_progress.left_out_since(session, blast.id), "cancelled": blast_progress.CANCELLED,
        "table": blast_progress.by_association(session, blast.id), "why": blast_watch.WHY.get(blast.paused_why or "", ""),
        "names": dict(session.execute(names).all()), "writes": page.viewer().covers(path, *WRITE),  # type: ignore[arg-type]
        "percent": round(100 * going.handed / going.recipients) if going.recipients else 0,
    }  # fmt: skip


def _replies(blast: Blast) -> dict[str, int]:
    """What has come back: used links, replies and STOPP."""
    session = page.session()
    said = dict(session.execute(
        sa.select(ThreadMessage.meaning, sa.func.count())
        .where(ThreadMessage.blast_id == blast.id, ThreadMessage.incoming).group_by(ThreadMessage.meaning)
    ).all())  # type: ignore[arg-type]  # fmt: skip
    used = sa.select(sa.func.count()).select_from(PersonalLink).where(
        PersonalLink.blast_id == blast.id, PersonalLink.kind != "stop", PersonalLink.used_at.is_not(None)
    )  # fmt: skip
    stops = said.pop(Meaning.STOP, 0)
    return {"links": session.scalar(used) or 0, "replies": sum(said.values()), "stops": stops}


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


def _harmless(cell: str) -> str:
    """A spreadsheet reads no formula out of it (sweden.md C5)."""
    return f"'{cell}" if cell[:1] in "=+-@\t" else cell
