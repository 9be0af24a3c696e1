"""Surveys: at most five questions to ask in a call, what people answered, and what it adds up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import earlier, timeline
from organizer.models import Answer, Association, Kind, Membership, Question, Survey
from organizer.words import N_, Missing, Refused

KINDS = {
    "one": N_("Välj ett svar"),
    "many": N_("Välj ett eller flera svar"),
    "yes_no": N_("Ja, nej eller kanske"),
    "text": N_("Kort svar med egna ord"),
}
YES_NO = (N_("Ja"), N_("Nej"), N_("Kanske"))
"""The options of a yes/no question, in order: an answer stores the index."""
MOST_QUESTIONS = 5
MOST_OPTIONS = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it should be said, and the options if it is a choice."""

    text: str
    kind: str
    options: tuple[str, ...] = ()


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


def create(session: Session, association_id: int, title: str, questions: Sequence[Asked], now: datetime) -> int:
    """Add a survey; its id. Refused with the field: title, or question-0 … question-4."""
    check(title, questions)
    new = sa.insert(Survey).values(association_id=association_id, title=title.strip(), created_at=now)
    survey_id: int = session.execute(new.returning(Survey.id)).scalar_one()
    rows = [
        {
            "survey_id": survey_id, "position": position, "text": question.text.strip(), "kind": question.kind,
            "options": [option.strip() for option in options_of(question.kind, question.options)],
        }
        for position, question in enumerate(questions)
    ]  # fmt: skip
    session.execute(sa.insert(Question), rows)
    return survey_id


def answer(
    session: Session,
    question_id: int,
    person_id: int,
    choices: Sequence[int],
    text: str,
    now: datetime,
    *,
    call_id: int | None = None,
    campaign_id: int | None = None,
) -> None:
    """Note what a person answered; the latest answer stands, and an empty one takes the answer back (P§4.8)."""
    question = session.execute(sa.select(Question.kind, Question.options).where(Question.id == question_id)).first()
    if question is None:
        raise Missing
    chosen, words = _read(question.kind, question.options, choices, text)
    row = _row(session, question_id, person_id)
    if row is not None and (row.choices, row.text, row.call_id) == (chosen, words, call_id):
        return
    if not chosen and not words:
        if row is not None:
            _empty(session, row, call_id)
        return
    values = {"choices": chosen, "text": words, "at": now, "call_id": call_id, "campaign_id": campaign_id}
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


def results(
    session: Session, survey_id: int, *, path: str | None = None, campaign_id: int | None = None
) -> list[Result]:
    """How many answered each question and chose each option, at a place and below it and in a campaign if given.

    The raw counts: a page that shows them hides small groups first (P§6.3). Protected people are not counted.
    """
    here = sa.select(Answer.question_id, Answer.choices).join(Question, Question.id == Answer.question_id)
    here = here.where(Question.survey_id == survey_id, _given())
    if campaign_id is not None:
        here = here.where(Answer.campaign_id == campaign_id)
    if path is not None:
        place = sa.select(Membership.person_id).join(Association, Association.id == Membership.association_id)
        here = here.where(
            Answer.person_id.in_(place.where(Membership.to_day.is_(None), Association.path.like(path + "%")))
        )
    given: dict[int, list[list[int]]] = {}
    for question_id, choices in session.execute(here):
        given.setdefault(question_id, []).append(choices)
    return [_counted(question, given.get(question.id, [])) for question in questions(session, survey_id)]


def listed(session: Session, paths: Sequence[str]) -> list[Any]:
    """Surveys at or below `paths`, or of what stands above them, the newest first, with how many have answered."""
    answered = sa.select(sa.func.count(sa.distinct(Answer.person_id))).join(Question, Question.id == Answer.question_id)
    asked = sa.select(sa.func.count()).select_from(Question).where(Question.survey_id == Survey.id)
    here = sa.select(
        Survey.id, Survey.title, Survey.created_at, Association.short_name.label("owner"),
        asked.correlate(Survey).scalar_subquery().label("questions"),
        answered.where(Question.survey_id == Survey.id, _given()).correlate(Survey).scalar_subquery().label("answered"),
    ).join(Association, Association.id == Survey.association_id).where(_near(paths))  # fmt: skip
    return list(session.execute(here.order_by(Survey.created_at.desc(), Survey.id.desc()).limit(200)))


def one(session: Session, paths: Sequence[str], survey_id: int) -> Any:
    """One survey that the holder of `paths` may look at, with its owner's `path`, else Missing."""
    columns = (Survey.id, Survey.title, Survey.created_at, Association.short_name.label("owner"), Association.path)
    here = sa.select(*columns).join(Association, Association.id == Survey.association_id)
    row = session.execute(here.where(Survey.id == survey_id, _near(paths))).first()
    if row is None:
        raise Missing
    return row


def words_of(session: Session, question_id: int, path: str) -> list[str]:
    """What people at a place answered in their own words, in no order that says who."""
    place = sa.select(Membership.person_id).join(Association, Association.id == Membership.association_id)
    within = place.where(Membership.to_day.is_(None), Association.path.like(path + "%"))
    here = sa.select(Answer.text).where(Answer.question_id == question_id, Answer.text != "")
    return list(session.scalars(here.where(Answer.person_id.in_(within)).order_by(Answer.text).limit(500)))


def _near(paths: Sequence[str]) -> sa.ColumnElement[bool]:
    """At, below or above one of the places."""
    near = [
        clause
        for path in paths
        for clause in (Association.path.like(path + "%"), sa.literal(path).like(Association.path + "%"))
    ]
    return sa.or_(*near) if near else sa.false()


def options_of(kind: str, options: Sequence[str]) -> Sequence[str]:
    """The options a question of this kind has."""
    return YES_NO if kind == "yes_no" else () if kind == "text" else options


def _counted(question: Any, answers: list[list[int]]) -> Result:
    options = tuple(question.options)
    chosen = tuple(sum(index in one for one in answers) for index in range(len(options)))
    return Result(question.id, question.text, question.kind, options, len(answers), chosen)


def _given() -> sa.ColumnElement[bool]:
    """Answers that say something: an emptied one stays as a row until its call can no longer be undone."""
    return sa.or_(Answer.text != "", sa.cast(Answer.choices, sa.String) != "[]")


def check(title: str, asked: Sequence[Asked]) -> None:
    """Refuse a survey that cannot be asked, with the field: title, or question-0 … question-4."""
    if not title.strip():
        raise Refused("Skriv vad enkäten heter.", field="title")
    if len(title) > 120:
        raise Refused("Namnet är för långt: högst 120 tecken.", field="title")
    if not asked:
        raise Refused("Skriv minst en fråga.", field="question-0")
    if len(asked) > MOST_QUESTIONS:
        raise Refused("I ett samtal ryms högst fem frågor.", field=f"question-{MOST_QUESTIONS - 1}")
    for position, question in enumerate(asked):
        _check_question(question, f"question-{position}")


def _check_question(question: Asked, field: str) -> None:
    if not question.text.strip():
        raise Refused("Skriv frågan som den ska sägas.", field=field)
    if len(question.text) > 200:
        raise Refused("Frågan är för lång: högst 200 tecken.", field=field)
    if question.kind not in KINDS:
        raise Refused("Välj hur frågan ska besvaras.", field=field)
    if question.kind not in {"one", "many"}:
        return
    options = [option.strip() for option in question.options]
    if len(options) < 2 or not all(options):
        raise Refused("Skriv minst två svar att välja mellan, ett på varje rad.", field=field)
    if len(options) > MOST_OPTIONS or max(map(len, options)) > 80:
        raise Refused("Högst tio svar, med högst 80 tecken i varje.", field=field)
    if len(set(options)) < len(options):
        raise Refused("Samma svar står två gånger.", field=field)


def _read(kind: str, options: Sequence[str], choices: Sequence[int], text: str) -> tuple[list[int], str]:
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
