"""Surveys: who may see them, what people answered to them by name, and whether they can still be answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import earlier, timeline
from organizer.models import AnonymousTally, Answer, Association, Kind, Question, SealedAnswer, Survey
from organizer.survey_drafts import (
    ANSWERED,
    KINDS,
    MOST_QUESTIONS,
    YES_NO,
    Asked,
    check,
    create,
    has_answers,
    options_of,
)
from organizer.survey_results import Result, given, results, words_of
from organizer.times import local_day
from organizer.words import Missing, Refused

__all__ = [
    "KINDS", "MOST_QUESTIONS", "YES_NO", "Asked", "Result", "answer", "check", "close", "create", "given", "has_answers",
    "is_open", "listed", "one", "options_of", "publish", "questions", "results", "retract", "words_of",
]  # fmt: skip


def answer(
    session: Session,
    question_id: int,
    person_id: int,
    choices: Sequence[int],
    text: str,
    now: datetime,
    *,
    how: str = "call",
    call_id: int | None = None,
    campaign_id: int | None = None,
) -> None:
    """Note what a person answered; the latest answer stands, and an empty one takes the answer back (P§4.8).

    `how` it came: in a call, by link or on paper. Missing for a question that is not there or is asked without names.
    """
    question = session.execute(
        sa.select(Question.kind, Question.options)
        .join(Survey, Survey.id == Question.survey_id)
        .where(Question.id == question_id, Survey.mode == "named")
    ).first()
    if question is None:
        raise Missing
    chosen, words = read(question.kind, question.options, choices, text)
    row = _row(session, question_id, person_id)
    if row is not None and (row.choices, row.text, row.call_id) == (chosen, words, call_id):
        return
    if not chosen and not words:
        if row is not None:
            _empty(session, row, call_id)
        return
    values = {
        "choices": chosen, "text": words, "at": now, "how": how, "call_id": call_id, "campaign_id": campaign_id,
    }  # fmt: skip
    answer_id = _write(session, row, question_id, person_id, values)
    timeline.retract(session, kind=Kind.RESPONSE, table="answers", source_id=answer_id)
    timeline.record(
        session, kind=Kind.RESPONSE, table="answers", source_id=answer_id, person_id=person_id, at=now,
        campaign_id=campaign_id,
    )  # fmt: skip


def retract(session: Session, call_id: int) -> None:
    """Undo every answer a call wrote; an earlier answer that it replaced stands again."""
    columns = (Answer.id, Answer.before)
    for answer_id, before in session.execute(sa.select(*columns).where(Answer.call_id == call_id)).all():
        earlier.put_back(session, before, "answers", answer_id, (Kind.RESPONSE,))
        here = Answer.id == answer_id
        if before is None:
            session.execute(sa.delete(Answer).where(here))
        else:
            session.execute(sa.update(Answer).where(here).values(**earlier.columns_of(before)))


def questions(session: Session, survey_id: int) -> list[Any]:
    """The questions in order: rows of id, text, kind and options."""
    columns = (Question.id, Question.text, Question.kind, Question.options)
    here = sa.select(*columns).where(Question.survey_id == survey_id).order_by(Question.position)
    return list(session.execute(here).all())


def listed(session: Session, paths: Sequence[str]) -> list[Any]:
    """Surveys at or below `paths`, or of what stands above them, the newest first, with how many have answered."""
    answered = sa.select(sa.func.count(sa.distinct(Answer.person_id))).join(Question, Question.id == Answer.question_id)
    unnamed = sa.select(sa.func.max(AnonymousTally.answers)).join(Question, Question.id == AnonymousTally.question_id)
    sealed = sa.select(sa.func.count()).select_from(SealedAnswer).where(SealedAnswer.survey_id == Survey.id)
    asked = sa.select(sa.func.count()).select_from(Question).where(Question.survey_id == Survey.id)
    here = sa.select(
        Survey.id, Survey.title, Survey.mode, Survey.in_calls, Survey.closes_on, Survey.closed_at, Survey.created_at,
        Association.short_name.label("owner"),
        asked.correlate(Survey).scalar_subquery().label("questions"),
        (
            answered.where(Question.survey_id == Survey.id, given()).correlate(Survey).scalar_subquery()
            + sa.func.coalesce(
                unnamed.where(Question.survey_id == Survey.id, AnonymousTally.option == ANSWERED)
                .correlate(Survey).scalar_subquery(), 0,
            )
            + sealed.correlate(Survey).scalar_subquery()
        ).label("answered"),
    ).join(Association, Association.id == Survey.association_id).where(_near(paths))  # fmt: skip
    return list(session.execute(here.order_by(Survey.created_at.desc(), Survey.id.desc()).limit(200)))


def one(session: Session, paths: Sequence[str], survey_id: int) -> Any:
    """One survey that the holder of `paths` may look at, with its owner's `path`, else Missing."""
    columns = (
        *(getattr(Survey, name) for name in ("id", "title", "about", "mode", "in_calls", "closes_on", "closed_at",
                                             "published_at", "public_code", "created_at", "association_id")),
        Association.short_name.label("owner"), Association.path,
    )  # fmt: skip
    here = sa.select(*columns).join(Association, Association.id == Survey.association_id)
    row = session.execute(here.where(Survey.id == survey_id, _near(paths))).first()
    if row is None:
        raise Missing
    return row


def is_open(survey: Any, now: datetime) -> bool:
    """Whether it can still be answered: not closed, and its last day is not over."""
    return survey.closed_at is None and (survey.closes_on is None or local_day(now) <= survey.closes_on)


def close(session: Session, survey_id: int, now: datetime | None) -> None:
    """Take no more answers by link or on paper; None opens it again."""
    session.execute(sa.update(Survey).where(Survey.id == survey_id).values(closed_at=now))


def publish(session: Session, survey_id: int, now: datetime | None) -> None:
    """Let everybody with the address read what came in, small groups hidden; None takes it away again."""
    session.execute(sa.update(Survey).where(Survey.id == survey_id).values(published_at=now))


def _near(paths: Sequence[str]) -> sa.ColumnElement[bool]:
    """At, below or above one of the places."""
    near = [
        clause
        for path in paths
        for clause in (Association.path.like(path + "%"), sa.literal(path).like(Association.path + "%"))
    ]
    return sa.or_(*near) if near else sa.false()


def read(kind: str, options: Sequence[str], choices: Sequence[int], text: str) -> tuple[list[int], str]:
    """What a form sent, held to the question: unknown options are refused, words are cut to what the table holds."""
    if kind == "text":
        return [], text.strip()[:280]
    chosen = sorted(set(choices))
    if any(not 0 <= one < len(options) for one in chosen) or (kind != "many" and len(chosen) > 1):
        raise Refused("Svaret finns inte bland alternativen. Ladda om sidan och försök igen. Inget har sparats.")
    return chosen, ""


def _row(session: Session, question_id: int, person_id: int) -> Any:
    here = sa.select(*Answer.__table__.columns)
    return session.execute(here.where(Answer.question_id == question_id, Answer.person_id == person_id)).first()


def _write(session: Session, row: Any, question_id: int, person_id: int, values: dict[str, Any]) -> int:
    if row is None:
        new = sa.insert(Answer).values(question_id=question_id, person_id=person_id, **values).returning(Answer.id)
        return int(session.execute(new).scalar_one())
    before = _before(session, row, values["call_id"])
    session.execute(sa.update(Answer).where(Answer.id == row.id).values(before=before, **values))
    return int(row.id)


def _before(session: Session, row: Any, call_id: int | None) -> dict[str, Any] | None:
    if call_id is None:
        return None
    if row.call_id == call_id:
        return row.before  # type: ignore[no-any-return]
    return earlier.remembered(session, row, "answers", row.id, (Kind.RESPONSE,))


def _empty(session: Session, row: Any, call_id: int | None) -> None:
    """Take an answer back: gone, unless a call did it and may be undone."""
    before = _before(session, row, call_id)
    timeline.retract(session, kind=Kind.RESPONSE, table="answers", source_id=row.id)
    here = Answer.id == row.id
    if before is None:
        session.execute(sa.delete(Answer).where(here))
    else:
        session.execute(sa.update(Answer).where(here).values(choices=[], text="", call_id=call_id, before=before))
