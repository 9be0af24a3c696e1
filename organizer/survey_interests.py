"""Answers that show an interest: whoever chose an option that stands for a kind of activity wants to come to one."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.models import Answer, Question


def answers(session: Session, kind: str) -> list[Any]:
    """SELECTs of (person_id, at) of those whose present answers show an interest in a kind of activity.

    Worked out from the answers themselves, so that changing or undoing one takes the interest back too.
    """
    asked = session.execute(sa.select(Question.id, Question.interests).where(Question.interests.is_not(None)))
    found = []
    for question_id, shows in asked:
        options = [n for n, shown in enumerate(shows or ()) if shown == kind]
        if options:
            # An option is one digit (at most ten of them), so its digit stands for nothing else in the list.
            chosen = [sa.cast(Answer.choices, sa.String).contains(str(n)) for n in options]
            found.append(
                sa.select(Answer.person_id, Answer.at).where(Answer.question_id == question_id, sa.or_(*chosen))
            )
    return found


def of_options(session: Session, survey_id: int) -> dict[int, list[str | None]]:
    """Which kind of activity each option of a survey's questions stands for, by question."""
    asked = session.execute(
        sa.select(Question.id, Question.interests).where(
            Question.survey_id == survey_id, Question.interests.is_not(None)
        )
    )
    return {question: [kind or None for kind in kinds or ()] for question, kinds in asked}
