"""Answers without a name: added to numbers that stand alone, so that not even someone with the database finds whose.

There is no row for an answer, no time, no link, no account and no association; only how many chose each option. All the
numbers of the survey are written anew each time, those that grow by nothing too, because a database remembers which
rows were written last. Words are kept beside no other answer, under a random id, and are written anew in an order
drawn by lot together with up to five hundred others. So nobody can be stopped from answering twice either: the page
says so, and so does the result.
"""

import random
import secrets
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import surveys
from organizer.models import AnonymousTally, AnonymousWords, Question, Survey
from organizer.survey_drafts import ANSWERED
from organizer.words import Missing, Refused

TOGETHER = 500
"""So many earlier words are written anew together with somebody's: far more than the ten an answer must hide among."""


def give(session: Session, survey_id: int, answers: Mapping[int, tuple[Sequence[int], str]]) -> None:
    """Count one person's answers: question id → chosen option indexes and text. Refused when nothing is answered.

    Missing for a survey that is not anonymous; Refused, and nothing counted, for an answer that does not exist.
    """
    # One at a time: two at once would take the same rows in different orders.
    session.execute(sa.select(Survey.id).where(Survey.id == survey_id).with_for_update())
    asked = session.execute(
        sa.select(Question.id, Question.kind, Question.options)
        .join(Survey, Survey.id == Question.survey_id)
        .where(Survey.id == survey_id, Survey.mode == "anonymous")
    ).all()
    if not asked:
        raise Missing
    grows: list[tuple[int, int]] = []
    words: list[tuple[int, str]] = []
    for question in asked:
        chosen, text = surveys.read(question.kind, question.options, *answers.get(question.id, ((), "")))
        if chosen or text:
            grows += [(question.id, option) for option in (ANSWERED, *chosen)]
        if text:
            words.append((question.id, text))
    if not grows:
        raise Refused("Svara på minst en fråga. Inget är skickat än.")
    one_more = sa.case((sa.tuple_(AnonymousTally.question_id, AnonymousTally.option).in_(grows), 1), else_=0)
    session.execute(
        sa.update(AnonymousTally)
        .where(AnonymousTally.question_id.in_([question.id for question in asked]))
        .values(answers=AnonymousTally.answers + one_more)
        .execution_options(synchronize_session=False)
    )
    if words:
        _mix(session, [question.id for question in asked], words)


def _mix(session: Session, asked: Sequence[int], words: Sequence[tuple[int, str]]) -> None:
    """Write the new words among earlier ones of the survey, taken out and put back under new ids.

    A database keeps in which order, and in which transaction, its rows were written: the words of one person, written
    alone, could be put together again, and followed by the clock of what else was written then.
    """
    lot = sa.select(AnonymousWords.id).where(AnonymousWords.question_id.in_(asked))
    ids = session.scalars(lot.order_by(sa.func.random()).limit(TOGETHER)).all()
    taken = sa.delete(AnonymousWords).where(AnonymousWords.id.in_(ids))
    rows = session.execute(taken.returning(AnonymousWords.question_id, AnonymousWords.text))
    mixed = [*((row.question_id, row.text) for row in rows), *words]
    random.SystemRandom().shuffle(mixed)
    session.execute(
        sa.insert(AnonymousWords),
        [{"id": secrets.token_hex(16), "question_id": question_id, "text": text} for question_id, text in mixed],
    )
