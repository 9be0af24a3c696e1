"""The third step of a blast: who gets it and who does not, when, what it costs; then four eyes, or off it goes."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import (
    blast_approval,
    blast_call_list,
    blast_hours,
    blast_left_out,
    blast_progress,
    blast_recipients,
    blast_review,
    blast_spent,
    blasts,
    sms_settings,
)
from campaigns.blast_texts import Writer
from campaigns.models import Blast, BlastState
from campaigns.views.blast_preview import stepped
from campaigns.views.blast_write import own_number
from campaigns.views.blasts import (
    SEE,
    WRITE,
    base,
    found,
    heading,
    low_balance,
    pages,
    path_of,
    say_what_was_voided,
    worker,
)
from organizer import access, page, second_factor, writing
from organizer.models import Account, RoleName
from organizer.times import local, local_day, moment
from organizer.words import N_, Missing, Refused

S = BlastState
QUICK = {"tonight": N_("I kväll %(clock)s"), "tomorrow": N_("I morgon %(clock)s")}
"""The moments with a button of their own (blast_hours.QUICK)."""


@pages.get("/<int:blast_id>/granska")
@access.allow(*SEE)
def review(blast_id: int) -> ResponseReturnValue:
    """Everything a decision is made about, on one page; the same for the writer and the approver.

    When it has begun to leave there is nothing more to decide, and how it goes is told instead.
    """
    blast = found(blast_id, *SEE)
    if blast.state not in {S.DRAFT, S.WAITING, S.APPROVED}:
        return redirect(url_for("blasts.status", blast_id=blast_id))
    return _review(blast)


@pages.post("/<int:blast_id>/tid")
@access.allow(*WRITE)
def when(blast_id: int) -> ResponseReturnValue:
    """When it leaves, and whether twenty go first."""
    blast = found(blast_id, *WRITE)
    try:
        with page.session().begin_nested():
            changed = blasts.save_time(
                page.session(), blast_id, _moment(blast), page.viewer().account_id, page.now(),
                look_first="look_first" in request.form, on_approval=request.form.get("when", "now") == "now",
            )  # fmt: skip
    except Refused as refusal:
        return _review(blast, refusal)
    say_what_was_voided(changed)
    flash(gettext("Tiden är sparad."))
    return redirect(url_for("blasts.review", blast_id=blast_id))


@pages.post("/<int:blast_id>/nar-som-helst")
@access.allow(RoleName.OWNER)
def any_hour(blast_id: int) -> ResponseReturnValue:
    """Let it leave outside the hours, with a written reason; only an owner who may also write here."""
    blast = found(blast_id, *WRITE)
    try:
        with page.session().begin_nested():
            changed = blasts.save_any_hour(
                page.session(), blast_id, request.form.get("any_hour_why", ""), page.viewer().account_id, page.now()
            )
    except Refused as refusal:
        return _review(blast, refusal)
    say_what_was_voided(changed)
    return redirect(url_for("blasts.review", blast_id=blast_id))


@pages.post("/<int:blast_id>/be-om-godkannande")
@access.allow(*WRITE)
def ask(blast_id: int) -> ResponseReturnValue:
    """Ask somebody else to say yes; whoever is asked is told by SMS."""
    blast, seen = found(blast_id, *WRITE), request.form.get("seen", "")
    try:
        with page.session().begin_nested():
            blast_approval.ask(
                page.session(), blast_id, page.viewer().account_id, base(), page.now(), seen=seen,
                confirmed="confirmed" in request.form, of=request.form.get("of", type=int),
            )  # fmt: skip
    except Refused as refusal:
        return _review(blast, refusal)
    sa.event.listen(page.session(), "after_commit", lambda _session: worker().wake(), once=True)
    flash(gettext("Någon annan är ombedd att godkänna. Du får se här när det är gjort."))
    return redirect(url_for("blasts.review", blast_id=blast_id))


@pages.post("/<int:blast_id>/skicka")
@access.allow(*WRITE)
def send(blast_id: int) -> ResponseReturnValue:
    """Off it goes, or at its time."""
    blast = found(blast_id, *WRITE)
    try:
        with page.session().begin_nested():
            blasts.send(
                page.session(), blast_id, page.viewer().account_id, base(), page.now(), seen=request.form.get("seen", ""),
                confirmed="confirmed" in request.form,
            )  # fmt: skip
    except Refused as refusal:
        return _review(blast, refusal)
    worker().blasts_soon(page.session())
    return redirect(url_for("blasts.one", blast_id=blast_id))


@pages.get("/<int:blast_id>/godkann")
@access.allow(*SEE)
def approving(blast_id: int) -> ResponseReturnValue:
    """The second tap of the approver: exactly what the yes is about, and a code if there is an app."""
    return _approving(_may_decide(blast_id))


@pages.post("/<int:blast_id>/godkann")
@access.allow(*SEE)
def approve(blast_id: int) -> ResponseReturnValue:
    """Say yes to exactly what was seen."""
    blast, me, now = _may_decide(blast_id), page.viewer().account_id, page.now()
    try:
        with page.session().begin_nested():
            _check_code(me)
            blast_approval.approve(page.session(), blast_id, me, base(), now, seen=request.form.get("seen", ""))
    except Refused as refusal:
        return _approving(blast, refusal)
    worker().blasts_soon(page.session())
    flash(gettext("Godkänt."))
    return redirect(url_for("blasts.one", blast_id=blast_id))


@pages.post("/<int:blast_id>/skicka-tillbaka")
@access.allow(*SEE)
def send_back(blast_id: int) -> ResponseReturnValue:
    """Say no, with a comment."""
    blast = _may_decide(blast_id)
    try:
        with page.session().begin_nested():
            blast_approval.send_back(
                page.session(), blast_id, page.viewer().account_id, request.form.get("comment", ""), page.now()
            )
    except Refused as refusal:
        return _review(blast, refusal)
    flash(gettext("Skickat tillbaka med din kommentar."))
    return redirect(url_for("blasts.index"))


@pages.post("/<int:blast_id>/ta-tillbaka")
@access.allow(*WRITE)
def withdraw(blast_id: int) -> ResponseReturnValue:
    """A draft again."""
    found(blast_id, *WRITE)
    blasts.withdraw(page.session(), blast_id, page.viewer().account_id, page.now())
    flash(gettext("Utskicket är ett utkast igen. Inget skickas."))
    return redirect(url_for("blasts.review", blast_id=blast_id))


@pages.get("/<int:blast_id>/far-inte/<why>")
@access.allow(*WRITE)
def left_out(blast_id: int, why: str) -> ResponseReturnValue:
    """Who does not get it for one reason, by name; those with a protected identity are only counted (D19)."""
    blast = found(blast_id, *WRITE)
    if why not in blast_recipients.REASONS or why == "protected":
        raise Missing
    rows, total = blast_left_out.people(page.session(), blast, why, page.now())
    page.saw(*(row.id for row in rows))
    return render_template(
        "blasts/people.html", rows=rows, total=total, heading=gettext(blast_recipients.REASONS[why]), remedy=blast_recipients.REMEDIES.get(why, ""),
        calls=why in blast_call_list.CALLABLE, why=why, fates={}, **heading(blast, 3),
    )  # fmt: skip


@pages.post("/<int:blast_id>/ringlista/<why>")
@access.allow(*WRITE)
def call_list(blast_id: int, why: str) -> ResponseReturnValue:
    """Make a campaign's draft of those who can only be rung; for whoever may not make campaigns, a selection of them."""
    blast, session, me = found(blast_id, *WRITE), page.session(), page.viewer().account_id
    if why not in blast_call_list.CALLABLE:
        raise Missing
    if page.viewer().covers(path_of(blast), RoleName.ORGANIZER):
        made = blast_call_list.make(session, blast, me, page.now(), why)
        flash(gettext("Ringlistan är gjord. Se över manuset och starta när du vill."))
        return redirect(url_for("campaigns.what", campaign_id=made))
    name, many = blast_call_list.save_selection(session, blast, me, page.now(), why)
    flash(
        gettext(
            "Urvalet ”%(namn)s” med %(antal)s personer är sparat. Den som gör ringkampanjer kan välja det.",
            namn=name,
            antal=many,
        )
    )
    return redirect(url_for("blasts.review", blast_id=blast_id))


def _review(blast: Blast, refusal: Refused | None = None) -> ResponseReturnValue:
    session, viewer, now = page.session(), page.viewer(), page.now()
    looked = blast_review.review(session, blast, base(), now, confirmed="confirmed" in request.form)
    approvers = (
        blast_approval.approvers(session, blast, now) if looked.needs_approval or blast.state == S.WAITING else []
    )
    names = dict(session.execute(sa.select(Account.id, Account.name).where(
        Account.id.in_([one for one in (blast.created_by, blast.asked_by, blast.approved_by) if one]))).all())  # fmt: skip
    writes = viewer.covers(path_of(blast), *WRITE)
    writer = Writer(session, blast, base(), now)
    quick = _quick(blast)
    chosen = next((one for one, at in quick.items() if at == blast.send_at), "other" if blast.send_at else "button")
    if chosen == "button" and (blast.on_approval or not looked.needs_approval):
        chosen = "now"
    return render_template(
        "blasts/review.html", looked=looked, frozen=_frozen(blast), reasons=blast_recipients.REASONS, remedies=blast_recipients.REMEDIES,
        calls=blast_call_list.CALLABLE, writes=writes, low=low_balance(), abroad=blast_review.prices_abroad(looked),
        approvers=approvers, of=request.form.get("of", type=int), asked=[one.name for one in approvers if one.id in blast.asked_of],
        may_decide=viewer.account_id in {one.id for one in approvers}, names=names,
        history=blast_progress.history(session, blast.id), spent=blast_spent.this_month(session, now).cost, quick=quick,
        quick_words=QUICK, chosen=request.form.get("when", chosen), send_at=request.form.get("send_at", _typed(blast)), number=own_number(),
        owner=viewer.holds(RoleName.OWNER), changed_words=blasts.CHANGED, confirmed="confirmed" in request.form,
        field=refusal.field if refusal else None, problem=page.in_words(refusal) if refusal else None, comment=request.form.get("comment", ""),
        **stepped(blast, writer, looked.audience, looked.figures, names=writes), **heading(blast, 3),
    ), 422 if refusal else 200  # fmt: skip


def _frozen(blast: Blast) -> dict[str, Any] | None:
    """What was approved: who gets it and who does not stand fast from then on, whatever the selections find today."""
    if blast.frozen_at is None:
        return None
    counts = {why: blast.left_out[why] for why in blast_recipients.REASONS if blast.left_out.get(why)}
    return {
        "many": blast.recipients, "counts": counts, "all": (blast.recipients or 0) + sum(counts.values()),
        "spends": blast_spent.of_blast(page.session(), blast, blast_spent.LEFT),
    }  # fmt: skip


def _may_decide(blast_id: int) -> Blast:
    """The blast, for somebody who may say yes or no to it; Missing for everybody else."""
    blast = found(blast_id, *SEE)
    approvers = blast_approval.approvers(page.session(), blast, page.now())
    if blast.state != S.WAITING or page.viewer().account_id not in {one.id for one in approvers}:
        raise Missing
    return blast


def _approving(blast: Blast, refusal: Refused | None = None) -> ResponseReturnValue:
    looked = blast_review.review(page.session(), blast, base(), page.now(), confirmed=True)
    writer = Writer(page.session(), blast, base(), page.now())
    return render_template(
        "blasts/approve.html", looked=looked, author=page.session().get_one(Account, blast.created_by).name, **stepped(blast, writer, looked.audience, looked.figures, names=False), asks_code=_has_app(page.viewer().account_id),
        problem=page.in_words(refusal) if refusal else None, field=refusal.field if refusal else None, **heading(blast, 3),
    ), 422 if refusal else 200  # fmt: skip


def _check_code(account_id: int) -> None:
    """That it really is the approver: the app's code, for those who have one (J13)."""
    code = request.form.get("code", "")[:20]
    if _has_app(account_id) and not second_factor.right(page.session(), account_id, code, page.now()):
        raise Refused("Koden stämmer inte. Skriv den som appen visar nu.", "code")


def _has_app(account_id: int) -> bool:
    secret = page.session().scalar(sa.select(Account.totp_secret).where(Account.id == account_id))
    return bool(secret)


def _moment(blast: Blast) -> datetime | None:
    """The time the form says: none (as soon as it may, or on a button), one of the quick ones, or a day and a clock that there is."""
    chosen = request.form.get("when", "now")
    if chosen in {"now", "button"}:
        return None
    if chosen in QUICK:
        if chosen not in (quick := _quick(blast)):
            raise Refused("Den tiden har passerat eller ligger utanför tiderna. Välj en ny tid.", "send_at")
        return quick[chosen]
    try:
        typed = datetime.fromisoformat(request.form.get("send_at", "")).replace(tzinfo=None)
        at = moment(typed.date(), typed.time())
    except (ValueError, OverflowError):
        raise Refused("Välj dag och klockslag.", "send_at") from None
    if local(at).replace(tzinfo=None) != typed:
        raise Refused(
            "Den tiden finns inte: klockan ställs fram den natten. Menade du %(clock)s?",
            "send_at",
            clock=writing.clock(at),
        )
    return at


def _quick(blast: Blast) -> dict[str, datetime]:
    settings = sms_settings.current(page.session(), local_day(page.now()))
    return blast_hours.quick(settings, page.now(), any_hour=bool(blast.any_hour_by))


def _typed(blast: Blast) -> str:
    return local(blast.send_at).strftime("%Y-%m-%dT%H:%M") if blast.send_at else ""
