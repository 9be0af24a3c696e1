"""The part *Vilka och vad* of a campaign: shown and saved by a new campaign's first step and by the settings."""

from typing import Any

import sqlalchemy as sa

from campaigns import contents, definition_checks, definitions, script
from campaigns.models import Campaign
from campaigns.ready_made import READY_MADE
from campaigns.views import campaign_form
from campaigns.views.campaign_form import Form
from organizer import access, page
from organizer.models import Association, Selection
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
    """Replace the conditions by those of a saved selection, if that button was pressed."""
    if "use" not in form.values:
        return False
    chosen = form.get("selection")
    found = [row for row in saved_selections() if str(row.id) == chosen]
    if found:
        definition["all"] = list(found[0].definition.get("all", []))
    return True


def saved_selections() -> list[Any]:
    """The selections the viewer may use, by name."""
    rows = sa.select(Selection.id, Selection.name, Selection.definition).order_by(Selection.name, Selection.id)
    here = Selection.association_id.in_(access.reach(page.viewer(), *selection_form.ROLES))
    return list(page.session().execute(rows.where(here)).all())


def what_context(campaign: Campaign, form: Form, definition: dict[str, Any]) -> dict[str, Any]:
    """What the fields of *Vilka och vad* need around them."""
    session = page.session()
    path = session.scalar(sa.select(Association.path).where(Association.id == campaign.association_id)) or "-"
    return {
        "campaign": campaign,
        "form": form,
        "seen": definitions.fingerprint(session, campaign),
        "definition": definition,
        "counted": selection_form.counted(session, definition, [path], page.now()),
        "activities": contents.choices(session, campaign, page.now()),
        "locked_questions": contents.has_answers(session, campaign),
        "fields": script.FIELDS,
        "saved": saved_selections(),
        "ready": READY_MADE[campaign.template],
        **selection_form.choices(session, [path]),
    }
