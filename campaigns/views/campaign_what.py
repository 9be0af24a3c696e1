"""The part *Vilka och vad* of a campaign: shown and saved by a new campaign's first step and by the settings."""

from typing import Any

import sqlalchemy as sa

from campaigns import contents, definition_checks, definitions, follow_ups, script
from campaigns.models import Campaign
from campaigns.ready_made import READY_MADE
from campaigns.views import campaign_form
from campaigns.views.campaign_form import Form
from organizer import page, saved_selections, survey_drafts
from organizer.models import Association, Survey
from organizer.views import selection_form
from organizer.words import Refused


def store_what(campaign: Campaign, form: Form, definition: dict[str, Any]) -> bool:
    """Check and save *Vilka och vad*; False, with the mistakes in the form, when something is wrong."""
    session, wanted = page.session(), campaign_form.what_of(form.values, definition)
    stale(campaign, form)
    form.refuse(definition_checks.what(session, campaign, wanted, page.now()))
    if not form.errors:
        try:
            with session.begin_nested():
                definitions.edit_what(session, campaign, wanted, page.viewer().account_id, page.now())
        except Refused as refusal:
            form.refuse([refusal])
    return not form.errors


def stale(campaign: Campaign, form: Form) -> None:
    """Notice that somebody else has changed the campaign since this form was opened; saving again writes over."""
    if form.get("seen") != definitions.fingerprint(page.session(), campaign):
        form.refuse([Refused(
            "Någon annan har ändrat kampanjen medan du skrev. Det du skrev står kvar här men är inte sparat. "
            "Spara igen om ditt ska gälla, eller ladda om sidan för att se ändringen.", field="seen",
        )])  # fmt: skip


def use_saved(form: Form, definition: dict[str, Any]) -> bool:
    """Aim at a saved selection instead, if that button was pressed: the campaign follows it when it is changed."""
    if "use" not in form.values:
        return False
    chosen = form.get("selection")
    found = [row for row in _usable() if str(row.id) == chosen]
    if found:
        every = [{"kind": "selection", "ids": [found[0].id], "match": "any"}]
        definition["steps"] = [{"do": "add", "all": every}]
    return True


def use_survey(campaign: Campaign, form: Form) -> bool:
    """Take the questions of a survey, if that button was pressed: answers in calls then stand among its others."""
    if "ask" not in form.values:
        return False
    here = dict(contents.surveys_to_ask(page.session(), campaign, page.now()))
    chosen = campaign_form.whole(form.get("survey"), 0)
    if chosen in here:
        campaign_form.put_questions(form.values, survey_drafts.of(page.session(), chosen).questions)
        form.values["survey_id"] = str(chosen)
    return True


def link_choices(campaign: Campaign) -> dict[str, Any]:
    """The surveys whose link may be sent after a call, the chosen one among them, and after which outcomes."""
    found = [(str(one), title) for one, title in contents.surveys_to_link(page.session(), campaign, page.now())]
    chosen = page.session().get(Survey, campaign.link_survey_id) if campaign.link_survey_id else None
    if chosen and str(chosen.id) not in dict(found):
        found.append((str(chosen.id), chosen.title))
    return {"link_surveys": found, "link_after": tuple(follow_ups.SURVEY_AFTER.items())}


def _usable() -> list[Any]:
    """The selections the viewer may use: own ones and those shared from above."""
    return saved_selections.usable(page.session(), selection_form.paths_of(page.viewer()))


def what_context(campaign: Campaign, form: Form, definition: dict[str, Any]) -> dict[str, Any]:
    """What the fields of *Vilka och vad* need around them."""
    session = page.session()
    path = session.scalar(sa.select(Association.path).where(Association.id == campaign.association_id)) or "-"
    shown = selection_form.shown(definition)
    return {
        "campaign": campaign,
        "form": form,
        "seen": definitions.fingerprint(session, campaign),
        "definition": shown,
        "counted": selection_form.counted(session, definition, [path], page.now()),
        "activities": contents.choices(session, campaign, page.now()),
        "surveys": contents.surveys_to_ask(session, campaign, page.now()),
        "locked_questions": contents.has_answers(session, campaign),
        "fields": script.FIELDS,
        "saved": _usable(),
        "ready": READY_MADE[campaign.template],
        **link_choices(campaign),
        **selection_form.choices(session, [path], shown, form.values),
    }
