"""Following campaigns: the list, one campaign's page with its live part, and its answers."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from campaigns import call_queue, contents, progress, reach, todo_list
from campaigns.models import Campaign, CampaignState
from campaigns.ready_made import READY_MADE
from campaigns.views import campaign_words
from campaigns.views.campaign_words import STATES
from organizer import access, page, selections, small_groups, survey_parts, surveys, writing
from organizer.menu import Entry
from organizer.models import Association, RoleName
from organizer.times import local_day
from organizer.views import selection_form
from organizer.words import N_, Refused

SEES = (RoleName.ORGANIZER, RoleName.CHAIR)
pages = Blueprint("campaigns", __name__)
MENU = (Entry(N_("Ringkampanjer"), "campaigns.index", "phone", (*SEES, RoleName.SHIFT_LEADER), order=20),)
ORDER = (CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.DRAFT, CampaignState.CLOSED)
STEPS = ("sought", "contacted", "reached", "responded", "signed_up", "activated")
"""The columns of the table per association, in the order of a funnel (P§6.2)."""
ON_THE_PAGE = 5
"""So many to-dos stand on the campaign's own page; the rest are one link away."""


@pages.get("/kampanjer")
@access.allow(*SEES, RoleName.SHIFT_LEADER)
def index() -> ResponseReturnValue:
    """Cards by state; a chair finds the campaigns that concern the own association, a shift leader those led."""
    session, viewer = page.session(), page.viewer()
    rows = session.execute(
        sa.select(Campaign.id, Campaign.title, Campaign.state, Campaign.template, Campaign.ends_on, Campaign.standing,
                  Association.short_name, Association.path)
        .join(Association, Association.id == Campaign.association_id)
        .where(reach.listed(viewer))
        .order_by(Campaign.starts_on.desc(), Campaign.id.desc())
        .limit(200)
    ).all()  # fmt: skip
    whole = [row.id for row in rows if viewer.covers(row.path, RoleName.ORGANIZER)]
    counts = progress.cards(session, whole)
    groups = [(STATES[state], [row for row in rows if row.state == state]) for state in ORDER]
    return render_template("campaigns/index.html", groups=groups, counts=counts, labels=READY_MADE,
                           may_start=viewer.holds(RoleName.ORGANIZER), opens=viewer.holds(*SEES))  # fmt: skip


@pages.get("/kampanjer/<int:campaign_id>")
@access.allow(*SEES)
def one(campaign_id: int) -> ResponseReturnValue:
    """The whole campaign for its organisers; for a chair the own association's part of it."""
    session, now = page.session(), page.now()
    seen = reach.seen(session, page.viewer(), campaign_id)
    if seen.campaign.state == CampaignState.DRAFT:
        return _draft(seen.campaign)
    work = todo_list.of_campaign(session, page.viewer(), campaign_id, now, ON_THE_PAGE) if seen.managed else None
    if work:
        page.saw(*(row.person_id for row in work.rows))
    return render_template("campaigns/one.html", work=work, work_words=campaign_words.NEEDS_YOU, **_numbers(seen),
                           **heading(seen.campaign))  # fmt: skip


@pages.get("/kampanjer/<int:campaign_id>/laget")
@access.allow(*SEES)
def live(campaign_id: int) -> ResponseReturnValue:
    """The part of the page that changes while people ring; no names in it, because it is fetched again and again."""
    seen = reach.seen(page.session(), page.viewer(), campaign_id)
    return render_template("campaigns/_live.html", **_numbers(seen))


@pages.get("/kampanjer/<int:campaign_id>/svar")
@access.allow(*SEES)
def answers(campaign_id: int) -> ResponseReturnValue:
    """What people answered, added up; small numbers are hidden so that nobody's answer can be read out (P§6.3)."""
    session, viewer = page.session(), page.viewer()
    seen = reach.seen(session, viewer, campaign_id)
    k = small_groups.smallest(session, local_day(page.now()))
    questions = []
    for path in [None] if seen.managed else selection_form.outermost(viewer.paths(*SEES)):
        if seen.campaign.survey_id is not None:
            found = surveys.results(session, seen.campaign.survey_id, path=path, campaign_id=campaign_id)
            apart = _apart(session, seen.campaign, path, k)
            shown = [one for one in found if apart is None or one.answered < k or one.question_id in apart]
            questions += [(one, _cells(one, k)) for one in shown]
    return render_template(
        "campaigns/answers.html", campaign=seen.campaign, managed=seen.managed, questions=questions, k=k
    )


def _apart(session: Session, campaign: Campaign, path: str | None, k: int) -> set[int] | None:
    """The questions whose answers somebody who sees only a part may be shown; None for whoever sees everything."""
    if path is None or campaign.survey_id is None:
        return None
    return survey_parts.may_be_shown(session, campaign.survey_id, path=path, campaign_id=campaign.id, k=k)


def heading(campaign: Campaign) -> dict[str, Any]:
    """The sentence, the template and the state, as every page of a campaign says them."""
    session = page.session()
    try:
        sentence = selections.sentence(session, campaign.target, selection_form.say)
    except Refused as refusal:
        sentence = page.in_words(refusal)
    return {
        "sentence": sentence,
        "ready": READY_MADE[campaign.template],
        "state": STATES[CampaignState(campaign.state)],
    }


def _cells(result: surveys.Result, k: int) -> list[int | None]:
    return small_groups.cells(result.chosen, k, total_shown=result.kind != "many") if result.answered >= k else []


def _draft(campaign: Campaign) -> ResponseReturnValue:
    return render_template("campaigns/draft.html", campaign=campaign, **heading(campaign))


def _numbers(seen: reach.Seen) -> dict[str, Any]:
    """What the live part shows."""
    session, now, campaign = page.session(), page.now(), seen.campaign
    found = progress.of(session, campaign, now, seen.places)
    k = small_groups.smallest(session, local_day(now))
    going = campaign.state == CampaignState.RUNNING
    return {
        "campaign": campaign,
        "managed": seen.managed,
        "progress": found,
        "k": k,
        "table": _rows(found, k, seen.managed),
        "shifts": progress.shifts(session, campaign.id, now, seen.places),
        "pace": progress.pace(session, campaign, found, now) if going and seen.managed else None,
        "opens_at": None if not going or call_queue.calling_hours_open(campaign, now) else call_queue.next_opening(campaign, now),
        "reasons": [(campaign_words.reason(why), number) for why, number in found.not_callable.items() if why != "goal_met"],
        "has_questions": campaign.survey_id is not None,
        "activities": contents.activity_ids(session, campaign.id),
    }  # fmt: skip


def _rows(found: progress.Progress, k: int, total_shown: bool) -> list[tuple[str, str, list[tuple[str, str] | None]]]:
    """The table's rows as they are written: name, target group, and for each step (part, "av whole") or None if hidden.

    Written here and not in the template, because three hundred rows of six cells are mostly the same few words.
    """
    hidden = progress.hidden(found.by_association, k, total_shown)
    places = sa.select(Association.id, Association.short_name).where(Association.id.in_(list(found.by_association)))
    number = cache(writing.number)
    of = cache(lambda whole: gettext("av %(whole)s", whole=number(whole)))

    def cell(place: int, step: str) -> tuple[str, str] | None:
        share = getattr(found.by_association[place], step)
        return None if (place, step) in hidden else (number(share.part), of(share.whole))

    return [
        (row.short_name, number(found.by_association[row.id].people), [cell(row.id, step) for step in STEPS])
        for row in page.session().execute(places.order_by(Association.sort_key, Association.id))
    ]
