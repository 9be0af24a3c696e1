"""Which campaign's answers may be shown beside the answers of the whole survey, so that the rest is not a few people."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import small_groups
from organizer.models import Answer, Association, Membership, Question
from organizer.survey_results import given


def may_be_shown(session: Session, survey_id: int, *, path: str, campaign_id: int, k: int) -> set[int]:
    """The questions of which the campaign's part at a place can be shown.

    The page of the survey shows all answers, this one some of them: who has both can subtract (P§6.3). So the parts,
    each campaign's and what came by link, are cells beside a shown total: none of fewer than k, and never exactly one.
    """
    place = sa.select(Membership.person_id).join(Association, Association.id == Membership.association_id)
    here = place.where(Membership.to_day.is_(None), Association.path.like(path + "%"))
    rows: Any = session.execute(
        sa.select(Answer.question_id, Answer.campaign_id, sa.func.count())
        .join(Question, Question.id == Answer.question_id)
        .where(Question.survey_id == survey_id, given(), Answer.person_id.in_(here))
        .group_by(Answer.question_id, Answer.campaign_id)
        .order_by(Answer.question_id, Answer.campaign_id)
    )
    parts: dict[int, dict[int | None, int]] = {}
    for question, campaign, people in rows:
        parts.setdefault(question, {})[campaign] = people
    shown = set()
    for question, by_campaign in parts.items():
        cells = small_groups.cells(list(by_campaign.values()), k, total_shown=True)
        found = dict(zip(by_campaign, cells, strict=True))
        if found.get(campaign_id) is not None:
            shown.add(question)
    return shown
