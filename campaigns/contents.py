"""What belongs to a campaign beside its own row: the activities it invites to and the questions it asks."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Campaign, CampaignActivity
from organizer import surveys
from organizer.models import Activity, ActivityOrganizer, Answer, Association, Question, Survey
from organizer.words import Refused


@dataclass(frozen=True, slots=True)
class Choice:
    """An activity a campaign can invite to."""

    id: int
    title: str
    starts_at: datetime
    place: str
    association: str


def choices(session: Session, campaign: Campaign, now: datetime) -> list[Choice]:
    """The coming activities the campaign may invite to: held at its place, below it, or by those above."""
    path = session.scalar(sa.select(Association.path).where(Association.id == campaign.association_id)) or ""
    above = [int(one) for one in path.strip("/").split("/") if one]
    held = sa.select(ActivityOrganizer.activity_id).join(
        Association, Association.id == ActivityOrganizer.association_id
    )
    rows = session.execute(
        sa.select(Activity.id, Activity.title, Activity.starts_at, Activity.place, Association.short_name)
        .join(Association, Association.id == Activity.association_id)
        .where(
            Activity.ends_at > now,
            Activity.cancelled_at.is_(None),
            Activity.id.in_(held.where(sa.or_(Association.path.like(path + "%"), Association.id.in_(above)))),
        )
        .order_by(Activity.starts_at, Activity.id)
        .limit(100)
    )
    return [Choice(*row) for row in rows]


def activity_ids(session: Session, campaign_id: int) -> list[int]:
    """The activities a campaign invites to, in order."""
    rows = sa.select(CampaignActivity.activity_id).where(CampaignActivity.campaign_id == campaign_id)
    return list(session.scalars(rows.order_by(CampaignActivity.position)))


def asked(session: Session, campaign: Campaign) -> list[surveys.Asked]:
    """The questions of a campaign as they could be asked anew."""
    return [] if campaign.survey_id is None else _asked_in(session, campaign.survey_id)


def _asked_in(session: Session, survey_id: int) -> list[surveys.Asked]:
    return [
        surveys.Asked(row.text, row.kind, tuple(row.options) if row.kind in {"one", "many"} else ())
        for row in surveys.questions(session, survey_id)
    ]


def has_answers(session: Session, campaign: Campaign) -> bool:
    """Whether somebody has answered one of the questions in a call, so that they can no longer be changed."""
    here = sa.select(Question.id).where(Question.survey_id == campaign.survey_id)
    in_a_call = sa.exists().where(Answer.question_id.in_(here), Answer.campaign_id == campaign.id)
    return campaign.survey_id is not None and bool(session.scalar(sa.select(in_a_call)))


def ask(
    session: Session, campaign: Campaign, questions: list[surveys.Asked], now: datetime, *, survey_id: int | None = None
) -> None:
    """Give the campaign these questions; refused once somebody has answered in its calls.

    With `survey_id` they are those of a survey that is also answered by link or on paper, so that all answers stand
    together; have they been changed since they were taken from it, the campaign gets questions of its own.
    """
    shared = survey_id if survey_id and questions == _asked_in(session, survey_id) else None
    if questions == asked(session, campaign) and shared in (None, campaign.survey_id):
        return
    if has_answers(session, campaign):
        raise Refused("Frågorna kan inte ändras när någon har svarat. Kopiera kampanjen för att ställa andra.",
                      field="question-0")  # fmt: skip
    old = campaign.survey_id
    campaign.survey_id = shared
    if questions and shared is None:
        campaign.survey_id = surveys.create(session, campaign.association_id, campaign.title, questions, now)
    session.flush()
    if old is not None:
        session.execute(sa.delete(Survey).where(Survey.id == old, Survey.in_calls))


def surveys_to_ask(session: Session, campaign: Campaign, now: datetime) -> list[tuple[int, str]]:
    """The surveys whose questions fit in a call: by name, open, of the campaign's place or one above; id and title."""
    few = sa.select(sa.func.count()).select_from(Question).where(Question.survey_id == Survey.id)
    return _surveys(session, campaign, now, few.correlate(Survey).scalar_subquery() <= surveys.MOST_QUESTIONS)


def surveys_to_link(session: Session, campaign: Campaign, now: datetime) -> list[tuple[int, str]]:
    """The surveys a link may be sent to after a call: by name, open, of the campaign's place or one above."""
    return _surveys(session, campaign, now, sa.true())


def _surveys(
    session: Session, campaign: Campaign, now: datetime, which: sa.ColumnElement[bool]
) -> list[tuple[int, str]]:
    path = session.scalar(sa.select(Association.path).where(Association.id == campaign.association_id)) or ""
    above = [int(one) for one in path.strip("/").split("/") if one]
    rows = session.scalars(
        sa.select(Survey)
        .where(Survey.mode == "named", Survey.in_calls.is_(False), Survey.association_id.in_(above), which)
        .order_by(Survey.created_at.desc(), Survey.id.desc())
        .limit(50)
    )
    return [(row.id, row.title) for row in rows if surveys.is_open(row, now)]


def first_activity(session: Session, campaign_id: int, now: datetime) -> Activity | None:
    """The activity that the script speaks of: the first the campaign invites to that still lies ahead."""
    return session.scalar(
        sa.select(Activity)
        .join(CampaignActivity, CampaignActivity.activity_id == Activity.id)
        .where(CampaignActivity.campaign_id == campaign_id, Activity.starts_at > now, Activity.cancelled_at.is_(None))
        .order_by(CampaignActivity.position)
        .limit(1)
    )


def invite_to(session: Session, campaign_id: int, activities: list[int]) -> None:
    """Set which activities the campaign invites to, in this order."""
    session.execute(sa.delete(CampaignActivity).where(CampaignActivity.campaign_id == campaign_id))
    if activities:
        rows = [{"campaign_id": campaign_id, "activity_id": one, "position": n} for n, one in enumerate(activities)]
        session.execute(sa.insert(CampaignActivity), rows)
