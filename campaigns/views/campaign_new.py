"""A new campaign in five clicks: a template, then three steps that are each saved (P§2.2 J10), then *Starta*."""

from typing import Any

import sqlalchemy as sa
from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from campaigns import (
    contents,
    definition_checks,
    definitions,
    preview,
    reach,
    script,
    shift_planning,
)
from campaigns.models import Campaign, CampaignState, Shift, Template
from campaigns.ready_made import READY_MADE
from campaigns.views import campaign_form, campaign_what, campaign_words, shift_form
from campaigns.views.campaign_form import Form
from campaigns.views.campaigns import heading, pages
from organizer import access, activity_lists, page
from organizer.models import Association, RoleName, Survey
from organizer.views import selection_form
from organizer.words import Missing, Refused

ROLE = RoleName.ORGANIZER
NOT_YET = "no_shift"


@pages.get("/kampanjer/ny")
@access.allow(ROLE)
def choose() -> ResponseReturnValue:
    """Five templates, one button each."""
    return render_template("campaigns/choose.html", templates=READY_MADE.values(), places=_places())


@pages.post("/kampanjer/ny")
@access.allow(ROLE)
def create() -> ResponseReturnValue:
    """A draft from the chosen template, or for an activity, and on to its first step."""
    chosen, places = request.form.get("template", ""), _places()
    if activity_id := request.form.get("activity", type=int):
        return _for_activity(activity_id)
    if chosen not in READY_MADE:
        raise Refused("Välj en av mallarna.")
    place = request.form.get("place") or str(places[0].id)
    if place not in {str(one.id) for one in places}:
        raise Missing
    campaign_id = definitions.from_template(
        page.session(), Template(chosen), int(place), page.viewer().account_id, page.now()
    )
    return redirect(url_for("campaigns.what", campaign_id=campaign_id))


def _for_activity(activity_id: int) -> ResponseReturnValue:
    """A draft that gathers people to an activity, at the place that holds it (P§3.3)."""
    session, me, now = page.session(), page.viewer().account_id, page.now()
    activity = activity_lists.one(session, page.viewer().paths(ROLE), activity_id)
    if not page.viewer().covers(activity.path, ROLE):
        raise Missing
    campaign_id = definitions.from_template(session, Template.MOBILISE, activity.association_id, me, now)
    campaign = session.get_one(Campaign, campaign_id)
    campaign.title = activity.title
    if activity_id in {one.id for one in contents.choices(session, campaign, now)}:
        contents.invite_to(session, campaign_id, [activity_id])
    return redirect(url_for("campaigns.what", campaign_id=campaign_id))


@pages.get("/kampanjer/<int:campaign_id>/vilka")
@access.allow(ROLE)
def what(campaign_id: int) -> ResponseReturnValue:
    """Step one: whom, what is said, what is asked."""
    campaign = _draft(campaign_id)
    return _what_page(campaign, Form(campaign_form.what_values(page.session(), campaign)), campaign.target)


@pages.post("/kampanjer/<int:campaign_id>/vilka")
@access.allow(ROLE)
def save_what(campaign_id: int) -> ResponseReturnValue:
    """Save step one and go on, or show it again with its mistakes."""
    campaign = _draft(campaign_id, to_change=True)
    form = Form(campaign_form.compacted(request.form))
    definition = selection_form.definition_of(form.values)
    if (
        campaign_what.use_survey(campaign, form)
        or campaign_what.use_saved(form, definition)
        or selection_form.after_button(definition, form.values, page.now())
    ):
        return _what_page(campaign, form, definition)
    if not campaign_what.store_what(campaign, form, definition):
        return _what_page(campaign, form, definition), 422
    return redirect(url_for("campaigns.when", campaign_id=campaign_id))


@pages.get("/kampanjer/<int:campaign_id>/nar")
@access.allow(ROLE)
def when(campaign_id: int) -> ResponseReturnValue:
    """Step two: dates and rules, the first shift and its callers."""
    campaign = _draft(campaign_id)
    values = campaign_form.when_values(campaign)
    values.update(first_shift_values(campaign))
    return _when_page(campaign, Form(values))


@pages.post("/kampanjer/<int:campaign_id>/nar")
@access.allow(ROLE)
def save_when(campaign_id: int) -> ResponseReturnValue:
    """Save step two and go on, or show it again with its mistakes."""
    campaign = _draft(campaign_id, to_change=True)
    form = Form(request.form)
    wanted = campaign_form.when_of(form.values)
    campaign_what.stale(campaign, form)
    form.refuse(definition_checks.when(campaign, wanted, page.now()))
    if not form.errors:
        try:
            with page.session().begin_nested():
                definitions.edit_when(page.session(), campaign, wanted, page.viewer().account_id, page.now())
                _save_first_shift(campaign, form)
        except Refused as refusal:
            form.refuse([refusal])
    if form.errors:
        return _when_page(campaign, form), 422
    return redirect(url_for("campaigns.review", campaign_id=campaign_id))


@pages.get("/kampanjer/<int:campaign_id>/granska")
@access.allow(ROLE)
def review(campaign_id: int) -> ResponseReturnValue:
    """Step three: who will be rung, who cannot be and why, and what stands in the way of starting."""
    return _review_page(_draft(campaign_id))


@pages.post("/kampanjer/<int:campaign_id>/starta")
@access.allow(ROLE)
def start(campaign_id: int) -> ResponseReturnValue:
    """Start it; a second click finds it started and does nothing more."""
    session, now = page.session(), page.now()
    campaign = reach.managed(session, page.viewer(), campaign_id)
    was_draft = campaign.state == CampaignState.DRAFT
    try:
        with session.begin_nested():
            definitions.start(session, campaign_id, page.viewer().account_id, now)
    except Refused as refusal:
        session.refresh(campaign)
        return _review_page(campaign, refusal), 422
    if was_draft and campaign.state == CampaignState.RUNNING:
        flash(gettext("Kampanjen är startad."))
        if "send_links" in request.form:
            _send_first_links(campaign)
    return redirect(url_for("campaigns.one", campaign_id=campaign_id))


def first_shift_values(campaign: Campaign) -> campaign_form.Values:
    """The draft's own shift, or the next evening inside the calling hours."""
    session, now = page.session(), page.now()
    shift = _first_shift(campaign)
    callers = [one.id for one in shift_planning.invited(session, shift.id)] if shift else []
    leader = page.viewer().account_id
    return campaign_form.shift_values(
        shift, callers, shift_form.next_evening(campaign, now), gettext("Hemifrån"), leader
    )


def _what_page(campaign: Campaign, form: Form, definition: dict[str, Any]) -> str:
    return render_template("campaigns/what.html", **campaign_what.what_context(campaign, form, definition))


def _when_page(campaign: Campaign, form: Form) -> str:
    return render_template(
        "campaigns/when.html", campaign=campaign, form=form, seen=definitions.fingerprint(page.session(), campaign),
        callers=shift_planning.possible(page.session(), campaign, page.now()),
        leader_options=[(str(one.id), one.name) for one in shift_form.leaders(campaign)],
        **campaign_what.link_choices(campaign),
    )  # fmt: skip


def _review_page(campaign: Campaign, refusal: Refused | None = None) -> str:
    session, now = page.session(), page.now()
    problems = definition_checks.ready(session, campaign, now)
    if refusal and not problems:
        problems = [refusal]
    shift = _first_shift(campaign)
    try:
        found = preview.of(session, campaign, now)
    except Refused:  # the saved selection cannot be read, which stands among the problems
        found = None
    return render_template(
        "campaigns/review.html", campaign=campaign, preview=found, shift=shift,
        problems=[(page.in_words(one), "campaigns.when" if _of_when(one) else "campaigns.what", one.field) for one in problems],
        reasons=[(campaign_words.reason(why), count) for why, count in found.hindered.items()] if found else [],
        callers=shift_planning.invited(session, shift.id) if shift else [],
        asked=contents.asked(session, campaign), pieces=script.pieces, texts=_texts(campaign), **heading(campaign),
    )  # fmt: skip


def _texts(campaign: Campaign) -> list[str]:
    """What is sent after the calls, in words."""
    wanted, survey = campaign.follow_ups, None
    if campaign.link_survey_id:
        survey = page.session().scalar(sa.select(Survey.title).where(Survey.id == campaign.link_survey_id))
    return [
        *([gettext("bekräftelse på en anmälan")] if wanted.get("signed_up") else ()),
        *([gettext("att vi har sökt personen")] if wanted.get("tried") else ()),
        *([gettext("länk till ”%(title)s”", title=survey)] if survey else ()),
    ]


def _of_when(refusal: Refused) -> bool:
    return (refusal.field or "").startswith(("starts", "ends", "week", "max_", "pause_", "link_"))


def _save_first_shift(campaign: Campaign, form: Form) -> None:
    shift = _first_shift(campaign)
    if form.has(NOT_YET):
        if shift is not None:
            page.session().execute(sa.delete(Shift).where(Shift.id == shift.id))
        return
    shift_form.save_callers(campaign, shift_form.save_shift(campaign, shift, form), form)


def _send_first_links(campaign: Campaign) -> None:
    shift = _first_shift(campaign)
    if shift is not None:
        base = current_app.extensions["configuration"].public_base_url
        sent, _without = shift_planning.send_links(page.session(), shift, campaign.title, base, page.now())
        if sent:
            flash(ngettext("%(num)s ringare får sin länk med sms.", "%(num)s ringare får sin länk med sms.", sent))


def _first_shift(campaign: Campaign) -> Shift | None:
    rows = sa.select(Shift).where(Shift.campaign_id == campaign.id).order_by(Shift.starts_at, Shift.id)
    return page.session().scalar(rows.limit(1))


def _draft(campaign_id: int, *, to_change: bool = False) -> Campaign:
    """A draft the viewer may edit; one that has been started has its own settings page instead."""
    campaign = reach.managed(page.session(), page.viewer(), campaign_id)
    if to_change:
        campaign = definitions.locked(page.session(), campaign_id)
    if campaign.state != CampaignState.DRAFT:
        raise Refused("Kampanjen är redan startad. Ändra den under Inställningar.")
    return campaign


def _places() -> list[Any]:
    """Where the viewer organises: the campaign belongs to one of them."""
    ids = [role.association_id for role in page.viewer().roles if role.name == ROLE]
    rows = sa.select(Association.id, Association.short_name).where(Association.id.in_(ids)).order_by(Association.path)
    return list(page.session().execute(rows).all())
