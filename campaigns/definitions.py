"""What a campaign is and how it lives: made from a template, edited, started, paused, closed, copied."""

import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import call_queue, contents, definition_checks, script
from campaigns.definition_checks import What, When
from campaigns.models import Campaign, CampaignState, QueueRow, Template
from campaigns.ready_made import PAUSES, READY_MADE, WEEKS, season
from organizer import audit, settings, surveys
from organizer.db import changed
from organizer.models import Survey
from organizer.times import local_day
from organizer.words import Missing, Refused

SOONEST = timedelta(days=4)
"""An activity that a new campaign invites to by itself is further off than this: the first shift comes before it."""
MOVES: dict[CampaignState, frozenset[CampaignState]] = {
    CampaignState.DRAFT: frozenset({CampaignState.RUNNING}),
    CampaignState.RUNNING: frozenset({CampaignState.PAUSED, CampaignState.CLOSED}),
    CampaignState.PAUSED: frozenset({CampaignState.RUNNING, CampaignState.CLOSED}),
    CampaignState.CLOSED: frozenset(),
}


def from_template(session: Session, template: Template, association_id: int, account_id: int, now: datetime) -> int:
    """A draft with everything filled in, ready to be started as it stands; its id."""
    ready, today = READY_MADE[template], local_day(now)
    campaign = Campaign(
        association_id=association_id,
        title=f"{ready.title} {season(today)}" if not ready.standing else ready.title,
        template=template,
        state=CampaignState.DRAFT,
        target={"version": 1, "all": [_as_set(session, one, association_id, today) for one in ready.target(today)]},
        opening=ready.opening,
        steps=list(ready.steps),
        hours=settings.get(session, association_id, settings.HOURS, today),
        pauses=PAUSES,
        follow_ups={"signed_up": True, "tried": False},
        starts_on=today,
        ends_on=None if ready.standing else today + timedelta(weeks=WEEKS),
        standing=ready.standing,
        created_by=account_id,
        created_at=now,
    )
    session.add(campaign)
    session.flush()
    contents.ask(
        session,
        campaign,
        [surveys.Asked(one["text"], one["kind"], tuple(one["options"])) for one in ready.questions],
        now,
    )
    coming = contents.choices(session, campaign, now)
    first = [one.id for one in [*(one for one in coming if one.starts_at > now + SOONEST), *coming][:1]]
    contents.invite_to(session, campaign.id, first)
    if not first:
        campaign.steps = [one for one in ready.steps if not script.fields([one]) & script.OF_ACTIVITY]
    audit.changed(session, account_id, "create", "campaign", campaign.id, now, association_id)
    return campaign.id


def locked(session: Session, campaign_id: int) -> Campaign:
    """The campaign, held until the end of the transaction so that nobody else changes it meanwhile."""
    found = session.scalar(
        sa.select(Campaign)
        .where(Campaign.id == campaign_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def edit_what(session: Session, campaign: Campaign, what: What, account_id: int, now: datetime) -> None:
    """Change whom the campaign is for and what is said. Raises the first of definition_checks' refusals."""
    _raise_first(definition_checks.what(session, campaign, what, now))
    campaign.title, campaign.target = what.title.strip(), what.target
    campaign.opening, campaign.steps = what.opening.strip(), what.steps
    campaign.goal, campaign.asks_money, campaign.nix_checked = what.goal, what.asks_money, what.nix_checked
    contents.invite_to(session, campaign.id, what.activity_ids)
    contents.ask(session, campaign, what.questions, now, survey_id=what.survey_id)
    session.flush()
    audit.changed(session, account_id, "edit", "campaign", campaign.id, now, campaign.association_id)


def edit_when(session: Session, campaign: Campaign, when: When, account_id: int, now: datetime) -> None:
    """Change dates, hours, attempts and pauses. Raises the first of definition_checks' refusals."""
    _raise_first(definition_checks.when(campaign, when, now))
    campaign.starts_on, campaign.ends_on = when.starts_on or campaign.starts_on, when.ends_on
    campaign.hours, campaign.pauses, campaign.follow_ups = when.hours, when.pauses, when.follow_ups
    campaign.max_attempts = when.max_attempts or campaign.max_attempts
    linked = {campaign.link_survey_id, None, *(one for one, _title in contents.surveys_to_link(session, campaign, now))}
    if when.link_survey_id not in linked:
        raise Refused("Enkäten finns inte längre eller har stängt. Välj en annan.", field="link_survey")
    campaign.link_survey_id = when.link_survey_id
    session.flush()
    audit.changed(session, account_id, "edit", "campaign", campaign.id, now, campaign.association_id)


def start(session: Session, campaign_id: int, account_id: int, now: datetime) -> None:
    """Check, fill the queue and open it, in one transaction; a second start does nothing.

    Refused when something is missing or there is nobody at all to ring (a standing campaign may wait for people).
    """
    campaign = locked(session, campaign_id)
    if campaign.state == CampaignState.RUNNING:
        return
    _raise_first(definition_checks.ready(session, campaign, now))
    _move(session, campaign, CampaignState.RUNNING, account_id, now)
    call_queue.fill(session, campaign, now)
    if not campaign.standing and not _anybody(session, campaign.id):
        raise Refused("Det finns ingen att ringa i urvalet. Ändra urvalet och försök igen. Inget har startats.")


def pause(session: Session, campaign_id: int, account_id: int, now: datetime) -> None:
    """Hand out nobody until it is resumed; whoever is being rung may still be reported."""
    _move(session, locked(session, campaign_id), CampaignState.PAUSED, account_id, now)


def resume(session: Session, campaign_id: int, account_id: int, now: datetime) -> None:
    """Go on after a pause."""
    campaign = locked(session, campaign_id)
    if campaign.state == CampaignState.DRAFT:
        raise Refused("Kampanjen är inte startad än. Granska och starta den först.")
    _move(session, campaign, CampaignState.RUNNING, account_id, now)


def close(session: Session, campaign_id: int, account_id: int, now: datetime) -> None:
    """End it for good: nobody more is rung, the figures stay."""
    _move(session, locked(session, campaign_id), CampaignState.CLOSED, account_id, now)


def discard(session: Session, campaign_id: int, account_id: int, now: datetime) -> None:
    """Throw a draft away, with its shifts and questions; what has been started can only be closed."""
    campaign = locked(session, campaign_id)
    if campaign.state != CampaignState.DRAFT:
        raise Refused("Kampanjen är redan startad och kan bara avslutas. Inget har tagits bort.")
    survey_id = campaign.survey_id
    session.execute(sa.delete(Campaign).where(Campaign.id == campaign_id))
    if survey_id is not None:
        session.execute(sa.delete(Survey).where(Survey.id == survey_id, Survey.in_calls))
    audit.changed(session, account_id, "discard", "campaign", campaign_id, now, campaign.association_id)


def copy(session: Session, campaign: Campaign, account_id: int, now: datetime) -> int:
    """A new draft with the same target, words, questions and rules, beginning today and lasting as long; its id."""
    today = local_day(now)
    lasts = campaign.ends_on - campaign.starts_on if campaign.ends_on else None
    kept = ("association_id", "template", "target", "opening", "steps", "goal", "hours", "max_attempts", "pauses",
            "follow_ups", "link_survey_id", "standing", "asks_money")  # fmt: skip
    new = Campaign(
        **{name: getattr(campaign, name) for name in kept},
        title=f"{campaign.title[:110]} (kopia)", state=CampaignState.DRAFT, starts_on=today,
        ends_on=today + lasts if lasts is not None else None, created_by=account_id, created_at=now,
    )  # fmt: skip
    session.add(new)
    session.flush()
    contents.ask(session, new, contents.asked(session, campaign), now)
    still = {one.id for one in contents.choices(session, campaign, now)}
    contents.invite_to(session, new.id, [one for one in contents.activity_ids(session, campaign.id) if one in still])
    audit.changed(session, account_id, "copy", "campaign", new.id, now, new.association_id, of=campaign.id)
    return new.id


def fingerprint(session: Session, campaign: Campaign) -> str:
    """What a form carries along, to notice that somebody else has changed the campaign meanwhile."""
    parts = [
        campaign.title, campaign.target, campaign.opening, campaign.steps, campaign.goal, campaign.asks_money,
        campaign.nix_checked, campaign.starts_on.isoformat(), str(campaign.ends_on), campaign.hours,
        campaign.max_attempts, campaign.pauses, campaign.follow_ups, contents.activity_ids(session, campaign.id), campaign.survey_id,
        campaign.link_survey_id,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _move(session: Session, campaign: Campaign, to: CampaignState, account_id: int, now: datetime) -> None:
    """The one place where a campaign changes state; moving to where it already is does nothing."""
    here = CampaignState(campaign.state)
    if here == to:
        return
    if to not in MOVES[here]:
        raise Refused("Kampanjen är redan avslutad eller inte startad. Inget har ändrats.")
    values: dict[str, Any] = {"state": to}
    if to == CampaignState.RUNNING and campaign.started_at is None:
        values["started_at"] = now
    if to == CampaignState.CLOSED:
        values["closed_at"] = now
    moved = session.execute(
        sa.update(Campaign).where(Campaign.id == campaign.id, Campaign.state == here).values(**values)
    )
    if not changed(moved):
        raise Refused("Någon annan ändrade kampanjen just nu. Ladda om sidan och försök igen. Inget har ändrats.")
    session.refresh(campaign)
    audit.changed(session, account_id, str(to), "campaign", campaign.id, now, campaign.association_id)


def _anybody(session: Session, campaign_id: int) -> bool:
    waiting = sa.exists().where(QueueRow.campaign_id == campaign_id, QueueRow.state.in_(("ready", "waiting")))
    return bool(session.scalar(sa.select(waiting)))


def _raise_first(problems: list[Refused]) -> None:
    if problems:
        raise problems[0]


def _as_set(session: Session, condition: dict[str, Any], association_id: int, today: date) -> dict[str, Any]:
    """A ready-made condition with what counts as a new member where the campaign is made (D23)."""
    if condition["kind"] != "joined_within":
        return condition
    return {**condition, **settings.get(session, association_id, settings.NEW_MEMBER, today)}
