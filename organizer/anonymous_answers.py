"""Answers without a name: added to numbers that stand alone, so that not even someone with the database finds whose.

There is no row for an answer that has been counted, no time, no link, no account and no association; only how many
chose each option, and words beside no other answer. So nobody can be stopped from answering twice either: the page
says so, and so does the result.

An answer counted at once would be the difference between the numbers before and after it: in two copies of the
database, in what a database keeps of its latest changes, or on a page looked at twice. So answers wait, sealed with a
key that is not in the database, until they are twenty, and ten of them drawn by lot are counted together. When the
survey has been closed the rest are, who then are ten at least.
"""

import json
import random
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import sealing, surveys
from organizer.models import AnonymousTally, AnonymousWords, Question, SealedAnswer, Survey
from organizer.survey_drafts import ANSWERED
from organizer.survey_results import SMALLEST_UNNAMED
from organizer.times import local_day
from organizer.words import Missing, Refused

TOGETHER = SMALLEST_UNNAMED
"""So many are counted at once, and so many stay behind among whom the next one hides."""
MIXED = 500
"""So many earlier words are written anew together with new ones: a database remembers which rows were written last."""

Given = Mapping[int, tuple[Sequence[int], str]]
"""Question id → chosen option indexes and text."""


def give(session: Session, survey_id: int, answers: Given, *, secret: str) -> None:
    """Take in one person's answers. Refused when nothing is answered.

    Missing for a survey that is not anonymous; Refused, and nothing kept, for an answer that does not exist.
    """
    _hold(session, survey_id)
    asked = session.execute(
        sa.select(Question.id, Question.kind, Question.options)
        .join(Survey, Survey.id == Question.survey_id)
        .where(Survey.id == survey_id, Survey.mode == "anonymous")
    ).all()
    if not asked:
        raise Missing
    read = {one.id: surveys.read(one.kind, one.options, *answers.get(one.id, ((), ""))) for one in asked}
    said = {question_id: one for question_id, one in read.items() if any(one)}
    if not said:
        raise Refused("Svara på minst en fråga. Inget är skickat än.")
    _put(session, survey_id, [json.dumps(said)], secret)
    _count_some(session, survey_id, secret, stay=TOGETHER)


def count_rest(session: Session, survey_id: int, *, secret: str) -> int:
    """Count those that still wait in a survey that has been closed; how many. Fewer than ten stay sealed."""
    _hold(session, survey_id)
    return _count_some(session, survey_id, secret, stay=0)


def count_closed(session: Session, now: datetime, *, secret: str) -> int:
    """Count what waits in every survey that has been closed or whose last day is over; how many."""
    over = sa.or_(Survey.closed_at.is_not(None), Survey.closes_on < local_day(now))
    waits = sa.select(SealedAnswer.survey_id).group_by(SealedAnswer.survey_id)
    many = waits.having(sa.func.count() >= TOGETHER)
    closed = session.scalars(sa.select(Survey.id).where(Survey.id.in_(many), over)).all()
    return sum(count_rest(session, one, secret=secret) for one in closed)


def waiting(session: Session, survey_id: int) -> int:
    """How many answers have come in that are not counted yet."""
    here = sa.select(sa.func.count()).select_from(SealedAnswer)
    return session.scalar(here.where(SealedAnswer.survey_id == survey_id)) or 0


def _hold(session: Session, survey_id: int) -> None:
    """One at a time: two at once would take the same rows in different orders."""
    session.execute(sa.select(Survey.id).where(Survey.id == survey_id).with_for_update())


def _put(session: Session, survey_id: int, answers: Sequence[str], secret: str) -> None:
    rows = [
        {"id": secrets.token_hex(16), "survey_id": survey_id, "sealed": sealing.seal(one, _about(survey_id), secret=secret)}
        for one in answers
    ]  # fmt: skip
    session.execute(sa.insert(SealedAnswer), rows)


def _count_some(session: Session, survey_id: int, secret: str, stay: int) -> int:
    """Count all but `stay` of those that wait, drawn by lot, if at least ten would be counted; how many.

    Those that stay are sealed anew, so that nobody sees which went. What another key has sealed is left as it is.
    """
    if waiting(session, survey_id) < stay + TOGETHER:
        return 0
    found = session.execute(sa.select(SealedAnswer.id, SealedAnswer.sealed).where(SealedAnswer.survey_id == survey_id))
    read = {row.id: sealing.opened(row.sealed, _about(survey_id), secret=secret) for row in found}
    answers = [one for one in read.values() if one is not None]
    if len(answers) < stay + TOGETHER:
        return 0
    random.SystemRandom().shuffle(answers)
    readable = [one for one, answer in read.items() if answer is not None]
    session.execute(sa.delete(SealedAnswer).where(SealedAnswer.id.in_(readable)))
    if stay:
        _put(session, survey_id, answers[:stay], secret)
    _count(session, survey_id, [json.loads(one) for one in answers[stay:]])
    return len(answers) - stay


def _count(session: Session, survey_id: int, answers: Sequence[dict[str, tuple[list[int], str]]]) -> None:
    """Add the answers to the numbers: all of the survey's are written anew, those that grow by nothing too."""
    grows: Counter[tuple[int, int]] = Counter()
    words: list[tuple[int, str]] = []
    for question, (chosen, text) in (pair for one in answers for pair in one.items()):
        grows.update((int(question), option) for option in (ANSWERED, *chosen))
        words += [(int(question), text)] if text else []
    asked = session.scalars(sa.select(Question.id).where(Question.survey_id == survey_id)).all()
    tally: sa.Table = AnonymousTally.__table__  # type: ignore[assignment]
    columns = sa.select(tally.c.question_id, tally.c.option, tally.c.answers)
    rows = session.execute(columns.where(tally.c.question_id.in_(asked))).all()
    here = (tally.c.question_id == sa.bindparam("question"), tally.c.option == sa.bindparam("which"))
    session.execute(
        sa.update(tally).where(*here).values(answers=sa.bindparam("number")),
        [{"question": one.question_id, "which": one.option, "number": one.answers + grows[one.question_id, one.option]}
         for one in rows],
    )  # fmt: skip
    if words:
        _mix(session, asked, words)


def _mix(session: Session, asked: Sequence[int], words: Sequence[tuple[int, str]]) -> None:
    """Write the new words among earlier ones of the survey, taken out and put back under new ids, in an order by lot."""
    lot = sa.select(AnonymousWords.id).where(AnonymousWords.question_id.in_(asked))
    ids = session.scalars(lot.order_by(sa.func.random()).limit(MIXED)).all()
    taken = sa.delete(AnonymousWords).where(AnonymousWords.id.in_(ids))
    rows = session.execute(taken.returning(AnonymousWords.question_id, AnonymousWords.text))
    mixed = [*((row.question_id, row.text) for row in rows), *words]
    random.SystemRandom().shuffle(mixed)
    session.execute(
        sa.insert(AnonymousWords),
        [{"id": secrets.token_hex(16), "question_id": question_id, "text": text} for question_id, text in mixed],
    )


def _about(survey_id: int) -> str:
    return f"survey {survey_id}"
