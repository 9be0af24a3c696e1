"""Changing a campaign while it runs, and moving it: pause, resume, close, copy, throw away, each on a confirming page."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from campaigns import definition_checks, definitions, reach
from campaigns.models import Campaign, CampaignState
from campaigns.views import campaign_form
from campaigns.views.campaign_form import Form, Values
from campaigns.views.campaign_new import ROLE
from campaigns.views.campaign_what import stale, use_saved, use_survey, what_context
from campaigns.views.campaigns import heading, pages
from organizer import access, page
from organizer.views import selection_form
from organizer.words import N_, Missing, Refused

MOVES = {
    "pausa": N_("Pausa"),
    "fortsatt": N_("Fortsätt ringa"),
    "avsluta": N_("Avsluta"),
    "kopiera": N_("Kopiera"),
    "kasta": N_("Kasta utkastet"),
}
OFFERED = {
    CampaignState.DRAFT: ("kasta", "kopiera"),
    CampaignState.RUNNING: ("pausa", "kopiera", "avsluta"),
    CampaignState.PAUSED: ("fortsatt", "kopiera", "avsluta"),
    CampaignState.CLOSED: ("kopiera",),
}


@pages.get("/kampanjer/<int:campaign_id>/installningar")
@access.allow(ROLE)
def settings(campaign_id: int) -> ResponseReturnValue:
    """Everything that can be changed while it runs."""
    campaign = _started(campaign_id)
    values: Values = campaign_form.what_values(page.session(), campaign)
    values.update(campaign_form.when_values(campaign))
    return _page(campaign, Form(values), campaign.target)


@pages.post("/kampanjer/<int:campaign_id>/installningar")
@access.allow(ROLE)
def save_settings(campaign_id: int) -> ResponseReturnValue:
    """Save all of it or nothing, with every mistake at its field."""
    session, now, account_id = page.session(), page.now(), page.viewer().account_id
    _started(campaign_id)
    campaign = definitions.locked(session, campaign_id)
    if campaign.state == CampaignState.CLOSED:
        raise Refused("Kampanjen är avslutad och kan inte ändras. Kopiera den för att ringa igen.")
    form = Form(campaign_form.compacted(request.form))
    definition = selection_form.definition_of(form.values)
    if (
        use_survey(campaign, form)
        or use_saved(form, definition)
        or selection_form.after_button(definition, form.values, now)
    ):
        return _page(campaign, form, definition)
    what, when = campaign_form.what_of(form.values, definition), campaign_form.when_of(form.values)
    stale(campaign, form)
    form.refuse([*definition_checks.what(session, campaign, what, now), *definition_checks.when(campaign, when, now)])
    if not form.errors:
        try:
            with session.begin_nested():
                definitions.edit_what(session, campaign, what, account_id, now)
                definitions.edit_when(session, campaign, when, account_id, now)
        except Refused as refusal:
            form.refuse([refusal])
    if form.errors:
        return _page(campaign, form, definition), 422
    flash(gettext("Ändringarna är sparade."))
    return redirect(url_for("campaigns.settings", campaign_id=campaign_id))


@pages.get("/kampanjer/<int:campaign_id>/<any(pausa, fortsatt, avsluta, kopiera, kasta):move>")
@access.allow(ROLE)
def confirm(campaign_id: int, move: str) -> ResponseReturnValue:
    """What the move will do, before it is done."""
    campaign = reach.managed(page.session(), page.viewer(), campaign_id)
    questions = {
        "pausa": gettext("Pausa kampanjen?"),
        "fortsatt": gettext("Fortsätta ringa?"),
        "avsluta": gettext("Avsluta kampanjen?"),
        "kopiera": gettext("Kopiera kampanjen?"),
        "kasta": gettext("Kasta utkastet?"),
    }
    effects = {
        "pausa": gettext("Ingen ny person delas ut. De som talar i telefon just nu kan rapportera som vanligt."),
        "fortsatt": gettext("Ringkön öppnas igen och nästa person delas ut."),
        "avsluta": gettext("Ingen mer rings. Den som talar i telefon just nu kan ändå berätta hur det gick. Siffrorna och svaren är kvar. Det går inte att öppna kampanjen igen, men den kan kopieras."),
        "kopiera": gettext("Ett nytt utkast med samma urval, manus, frågor och ringtider. Ingen rings förrän du startar det."),
        "kasta": gettext("Utkastet och dess ringpass försvinner. Ingen har blivit ringd."),
    }  # fmt: skip
    return render_template("campaigns/confirm.html", campaign=campaign, move=move, question=questions[move],
                           effect=effects[move], button=gettext(MOVES[move]))  # fmt: skip


@pages.post("/kampanjer/<int:campaign_id>/<any(pausa, fortsatt, avsluta, kopiera, kasta):move>")
@access.allow(ROLE)
def do_move(campaign_id: int, move: str) -> ResponseReturnValue:
    """Do it; doing it twice does nothing more."""
    session, now, account_id = page.session(), page.now(), page.viewer().account_id
    campaign = reach.managed(session, page.viewer(), campaign_id)
    if move == "kopiera":
        new_id = definitions.copy(session, campaign, account_id, now)
        flash(gettext("Kopian är ett utkast. Ändra det du vill och starta."))
        return redirect(url_for("campaigns.what", campaign_id=new_id))
    if move == "kasta":
        definitions.discard(session, campaign_id, account_id, now)
        flash(gettext("Utkastet är borta."))
        return redirect(url_for("campaigns.index"))
    moves = {"pausa": definitions.pause, "fortsatt": definitions.resume, "avsluta": definitions.close}
    moves[move](session, campaign_id, account_id, now)
    said = {"pausa": gettext("Kampanjen är pausad."), "fortsatt": gettext("Kampanjen är igång igen."),
            "avsluta": gettext("Kampanjen är avslutad.")}  # fmt: skip
    flash(said[move])
    return redirect(url_for("campaigns.one", campaign_id=campaign_id))


def _started(campaign_id: int) -> Campaign:
    campaign = reach.managed(page.session(), page.viewer(), campaign_id)
    if campaign.state == CampaignState.DRAFT:
        raise Missing
    return campaign


def _page(campaign: Campaign, form: Form, definition: dict[str, object]) -> str:
    moves = [(move, MOVES[move]) for move in OFFERED[CampaignState(campaign.state)]]
    context = what_context(campaign, form, definition) | heading(campaign)
    return render_template("campaigns/settings.html", moves=moves, **context)
