"""Shifts for staff: time, place and callers, their links by SMS, and the guide to print."""

from typing import Any

import segno
import sqlalchemy as sa
from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from markupsafe import Markup

from campaigns import contents, reach, script, shift_planning
from campaigns.models import Campaign, CampaignState, Shift
from campaigns.views import campaign_form, shift_form
from campaigns.views.campaign_form import Form, Values
from campaigns.views.campaigns import pages
from organizer import access, accounts, page, phones
from organizer.models import Account, Activity, Association, Role, RoleName
from organizer.times import local_day
from organizer.words import Missing, Refused
from organizer.writing import clock, short_day

ROLES = (RoleName.ORGANIZER, RoleName.SHIFT_LEADER)


@pages.get("/kampanjer/<int:campaign_id>/ringpass/nytt")
@access.allow(RoleName.ORGANIZER)
def new_shift(campaign_id: int) -> ResponseReturnValue:
    """An evening more, filled in with the next one."""
    campaign = _open(campaign_id)
    first = shift_form.next_evening(campaign, page.now())
    values = campaign_form.shift_values(None, [], first, gettext("Hemifrån"), page.viewer().account_id)
    return _page(campaign, None, Form(values))


@pages.post("/kampanjer/<int:campaign_id>/ringpass/nytt")
@access.allow(RoleName.ORGANIZER)
def add_shift(campaign_id: int) -> ResponseReturnValue:
    """Add it, with its callers."""
    campaign = _open(campaign_id)
    return _save(campaign, None)


@pages.get("/ringpass/<int:shift_id>")
@access.allow(*ROLES)
def shift(shift_id: int) -> ResponseReturnValue:
    """One shift, open for change."""
    found, campaign = reach.shift(page.session(), page.viewer(), shift_id)
    callers = [one.id for one in shift_planning.invited(page.session(), shift_id)]
    return _page(campaign, found, Form(campaign_form.shift_values(found, callers, local_day(page.now()), "", None)))


@pages.post("/ringpass/<int:shift_id>")
@access.allow(*ROLES)
def change_shift(shift_id: int) -> ResponseReturnValue:
    """Save its time, place and callers."""
    found, campaign = reach.shift(page.session(), page.viewer(), shift_id)
    return _save(campaign, found)


@pages.post("/ringpass/<int:shift_id>/ta-bort")
@access.allow(*ROLES)
def remove_caller(shift_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    found, _campaign = reach.shift(page.session(), page.viewer(), shift_id)
    shift_planning.remove(page.session(), found.id, campaign_form.whole(request.form.get("caller", ""), 0))
    return redirect(url_for("campaigns.shift", shift_id=shift_id) + "#callers-now")


@pages.post("/ringpass/<int:shift_id>/sms")
@access.allow(*ROLES)
def send_links(shift_id: int) -> ResponseReturnValue:
    """SMS every caller a link of their own."""
    found, campaign = reach.shift(page.session(), page.viewer(), shift_id)
    if found.ends_at <= page.now():
        raise Refused("Passet är slut. Inget sms har skickats.")
    if campaign.state not in {CampaignState.RUNNING, CampaignState.PAUSED}:
        raise Refused(
            "Kampanjen är inte igång. Starta den först, sedan går det att skicka länkarna. Inget sms har skickats."
        )
    base = current_app.extensions["configuration"].public_base_url
    sent, without = shift_planning.send_links(page.session(), found, campaign.title, base, page.now())
    flash(ngettext("%(num)s ringare får sin länk med sms.", "%(num)s ringare får sin länk med sms.", sent))
    if without:
        flash(ngettext("%(num)s saknar mobilnummer.", "%(num)s saknar mobilnummer.", without))
    return redirect(url_for("campaigns.shift", shift_id=shift_id) + "#callers-now")


@pages.post("/ringpass/<int:shift_id>/ny-ringare")
@access.allow(RoleName.ORGANIZER)
def new_caller(shift_id: int) -> ResponseReturnValue:
    """Somebody who does not have an account yet: a name and a mobile number, invited at once."""
    session, now = page.session(), page.now()
    found, campaign = reach.shift(session, page.viewer(), shift_id)
    form = Form(request.form)
    try:
        with session.begin_nested():
            _add_caller(found, campaign, form)
    except Refused as refusal:
        named = {"number": "phone", "email": "phone"}.get(refusal.field or "phone", refusal.field)
        form.refuse([Refused(refusal.sentence, field=named, **refusal.values)])
        callers = [one.id for one in shift_planning.invited(session, shift_id)]
        shown = Form(campaign_form.shift_values(found, callers, local_day(now), "", None))
        return _page(campaign, found, shown, form), 422
    flash(gettext("%(name)s är inbjuden till passet.", name=" ".join(form.get("name").split())))
    return redirect(url_for("campaigns.shift", shift_id=shift_id) + "#callers-now")


@pages.get("/ringpass/<int:shift_id>/utskrift")
@access.allow(*ROLES)
def shift_kit(shift_id: int) -> ResponseReturnValue:
    """The guide on paper, with no name or number of anyone to be rung."""
    session = page.session()
    found, campaign = reach.shift(session, page.viewer(), shift_id)
    address = current_app.extensions["configuration"].public_base_url + "/ring"
    leader = session.scalar(sa.select(Account.name).where(Account.id == found.leader_id)) if found.leader_id else ""
    qr = Markup(segno.make(address, micro=False).svg_inline(scale=4, border=2, dark="#000", light="#fff"))  # noqa: S704  drawn by segno from our own address
    invited = contents.first_activity(session, campaign.id, max(page.now(), found.starts_at))
    return render_template("campaigns/kit.html", shift=found, campaign=campaign, leader=leader, qr=qr, address=address,
                           asked=contents.asked(session, campaign), pieces=script.pieces,
                           filled=lambda text: _filled(text, invited))  # fmt: skip


def _filled(text: str, activity: Activity | None) -> str:
    """The words about the activity as they are to be said; the member's and the caller's own stay fields."""
    if activity is None:
        return script.without_activity(text)
    day, at = short_day(local_day(activity.starts_at)), clock(activity.starts_at)
    for name, said in (("aktivitet", activity.title), ("datum", day), ("tid", at), ("plats", activity.place)):
        text = text.replace(f"{{{name}}}", said)
    return text


def _open(campaign_id: int) -> Campaign:
    campaign = reach.managed(page.session(), page.viewer(), campaign_id)
    if campaign.state == CampaignState.CLOSED:
        raise Refused("Kampanjen är avslutad. Kopiera den för att ringa igen.")
    return campaign


def _save(campaign: Campaign, found: Shift | None) -> ResponseReturnValue:
    session, form = page.session(), Form(request.form)
    try:
        with session.begin_nested():
            shift_id = shift_form.save_shift(campaign, found, form)
            shift_form.save_callers(campaign, shift_id, form)
    except Refused as refusal:
        form.refuse([refusal])
        return _page(campaign, found, form), 422
    flash(gettext("Passet är sparat."))
    return redirect(url_for("campaigns.shift", shift_id=shift_id))


def _add_caller(found: Shift, campaign: Campaign, form: Form) -> None:
    """The caller's role is held where the campaign's own place is, if the viewer reaches it."""
    session, now, viewer = page.session(), page.now(), page.viewer()
    path = session.scalar(sa.select(Association.path).where(Association.id == campaign.association_id)) or ""
    if not viewer.covers(path, RoleName.ORGANIZER):
        raise Missing
    e164 = phones.normalise(form.get("phone"))
    account_id = accounts.by_number(session, e164) or accounts.add(session, form.get("name"), None, e164, now)
    if account_id not in {one.id for one in shift_planning.possible(session, campaign, now)}:
        session.add(Role(account_id=account_id, association_id=campaign.association_id, name=RoleName.CALLER,
                         from_day=local_day(now)))  # fmt: skip
        session.flush()
    have = {one.id for one in shift_planning.invited(session, found.id)}
    shift_planning.set_callers(session, found.id, have | {account_id}, now)


def _page(campaign: Campaign, found: Shift | None, form: Form, caller_form: Form | None = None) -> str:
    session, now = page.session(), page.now()
    values: dict[str, Any] = {
        "campaign": campaign,
        "shift": found,
        "form": form,
        "caller_form": caller_form or Form(Values()),
        "invited": shift_planning.invited(session, found.id) if found else [],
        "callers": shift_planning.possible(session, campaign, now),
        "leader_options": [(str(one.id), one.name) for one in shift_form.leaders(campaign)],
        "managed": page.viewer().holds(RoleName.ORGANIZER),
        "over": found is not None and found.ends_at <= now,
    }
    return render_template("campaigns/shift.html", **values)
