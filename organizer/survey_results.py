"""What a survey adds up to: how many answered and how many chose what, counted in the database."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.models import AnonymousTally, AnonymousWords, Answer, Association, Membership, Person, Question, Survey
from organizer.survey_drafts import ANSWERED
from organizer.words import Missing

SMALLEST_UNNAMED = 10
"""An anonymous survey shows nothing of fewer (P§6.3)."""
MOST_WORDS = 500


@dataclass(frozen=True, slots=True)
class Result:
    """What came in on one question: how many answered, and how many chose each option."""

    question_id: int
    text: str
    kind: str
    options: tuple[str, ...]
    answered: int
    chosen: tuple[int, ...]
    """Beside `options`; empty for a question answered in words."""


def results(
    session: Session, survey_id: int, *, path: str | None = None, campaign_id: int | None = None
) -> list[Result]:
    """How many answered each question and chose each option, at a place and below it and in a campaign if given.

    The raw counts: a page that shows them hides small groups first (P§6.3). Of an anonymous survey nobody knows where
    the answers come from: there place and campaign are not asked about.
    """
    mode = session.scalar(sa.select(Survey.mode).where(Survey.id == survey_id))
    if mode is None:
        raise Missing
    counted = _unnamed(session, survey_id) if mode == "anonymous" else _named(session, survey_id, path, campaign_id)
    here = sa.select(Question.id, Question.text, Question.kind, Question.options)
    rows = session.execute(here.where(Question.survey_id == survey_id).order_by(Question.position))
    return [_result(row, counted.get(row.id, {})) for row in rows]


def words_of(session: Session, question_id: int, path: str) -> list[str]:
    """What people at a place answered in their own words, in no order that says who; at most 500.

    Nobody's who has protected identity: words may say who wrote them (D19).
    """
    place = sa.select(Membership.person_id).join(Association, Association.id == Membership.association_id)
    place = place.join(Person, Person.id == Membership.person_id).where(Person.protected.is_(False))
    within = place.where(Membership.to_day.is_(None), Association.path.like(path + "%"))
    named = sa.select(Answer.text).where(
        Answer.question_id == question_id, Answer.text != "", Answer.person_id.in_(within)
    )
    unnamed = sa.select(AnonymousWords.text).where(AnonymousWords.question_id == question_id)
    both = named.union_all(unnamed).subquery()
    return list(session.scalars(sa.select(both.c.text).order_by(both.c.text).limit(MOST_WORDS)))


def given() -> sa.ColumnElement[bool]:
    """Answers that say something: an emptied one stays as a row until its call can no longer be undone."""
    return sa.or_(Answer.text != "", sa.cast(Answer.choices, sa.String) != "[]")


Counted = dict[int, dict[int, int]]
"""Question id → option index, or ANSWERED → how many."""


def _named(session: Session, survey_id: int, path: str | None, campaign_id: int | None) -> Counted:
    """One row for each different answer comes back from the database, not one for each person."""
    choices = sa.cast(Answer.choices, sa.String)
    here = sa.select(Answer.question_id, choices, sa.func.count()).join(Question, Question.id == Answer.question_id)
    here = here.where(Question.survey_id == survey_id, given())
    if campaign_id is not None:
        here = here.where(Answer.campaign_id == campaign_id)
    if path is not None:
        place = sa.select(Membership.person_id).join(Association, Association.id == Membership.association_id)
        here = here.where(
            Answer.person_id.in_(place.where(Membership.to_day.is_(None), Association.path.like(path + "%")))
        )
    counted: Counted = {}
    for question_id, chosen, people in session.execute(here.group_by(Answer.question_id, choices)):
        tally = counted.setdefault(question_id, {})
        for option in (ANSWERED, *json.loads(chosen)):
            tally[option] = tally.get(option, 0) + people
    return counted


def _unnamed(session: Session, survey_id: int) -> Counted:
    here = sa.select(AnonymousTally.question_id, AnonymousTally.option, AnonymousTally.answers)
    counted: Counted = {}
    for question_id, option, answers in session.execute(
        here.join(Question, Question.id == AnonymousTally.question_id).where(Question.survey_id == survey_id)
    ):
        counted.setdefault(question_id, {})[option] = answers
    return counted


def _result(question: Any, tally: dict[int, int]) -> Result:
    options: Sequence[str] = tuple(question.options)
    chosen = tuple(tally.get(index, 0) for index in range(len(options)))
    return Result(question.id, question.text, question.kind, tuple(options), tally.get(ANSWERED, 0), chosen)
