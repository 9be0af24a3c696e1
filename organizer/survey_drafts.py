"""What a survey is to be: its questions and the ways to answer, checked, written down, changed and copied."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.models import AnonymousTally, AnonymousWords, Answer, Question, SealedAnswer, Survey
from organizer.personal_links import new_token
from organizer.times import local_day
from organizer.words import N_, Missing, Refused

KINDS = {
    "one": N_("Välj ett svar"),
    "many": N_("Välj ett eller flera svar"),
    "yes_no": N_("Ja, nej eller kanske"),
    "scale": N_("Skala från 1 till 5"),
    "text": N_("Kort svar med egna ord"),
}
MODES = {
    "named": N_("Med namn: vi ser vem som har svarat vad"),
    "anonymous": N_("Anonymt: ingen kan ta reda på vem som har svarat vad"),
}
YES_NO = (N_("Ja"), N_("Nej"), N_("Kanske"))
"""The options of a yes/no question, in order: an answer stores the index."""
SCALE = ("1", "2", "3", "4", "5")
MOST_QUESTIONS = 5
"""In a call (P§4.8)."""
MOST_BY_LINK = 30
MOST_OPTIONS = 10
ANSWERED = -1
"""The tally of how many answered an anonymous question at all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it should be said, the options if it is a choice, and the interest each option shows."""

    text: str
    kind: str
    options: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    """Beside `options`: a kind of activity, or an empty text; nothing at all when no option shows any."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything a survey by link is made of; `closes_on` is the last day it can be answered."""

    title: str
    questions: tuple[Asked, ...]
    about: str = ""
    mode: str = "named"
    closes_on: date | None = None


def create(session: Session, association_id: int, title: str, questions: Sequence[Asked], now: datetime) -> int:
    """Add a survey that a call campaign asks; its id. Refused with the field: title, or question-0 … question-4."""
    check(title, questions)
    return _write(session, association_id, Draft(title, tuple(questions)), now, in_calls=True)


def write(session: Session, association_id: int, draft: Draft, now: datetime) -> int:
    """Add a survey to be answered by link or on paper; its id. Refused with the field, as `check_draft`."""
    check_draft(draft, now)
    return _write(session, association_id, draft, now, in_calls=False)


def edit(session: Session, survey_id: int, draft: Draft, now: datetime) -> None:
    """Change a survey; once somebody has answered, only its title, its introduction and its last day."""
    row = session.get(Survey, survey_id, with_for_update=True)
    if row is None:
        raise Missing
    was = of(session, survey_id)
    check_draft(draft, now, was.closes_on)
    row.title, row.about, row.closes_on = draft.title.strip(), draft.about.strip(), draft.closes_on
    if (draft.questions, draft.mode) == (was.questions, was.mode):
        return
    if row.in_calls:
        raise Refused("Frågorna hör till en ringkampanj och ändras där. Inget har sparats.", field="question-0")
    if has_answers(session, survey_id):
        raise Refused("Frågorna kan inte ändras när någon har svarat. Kopiera enkäten för att ställa andra. Inget har sparats.",
                      field="question-0")  # fmt: skip
    row.mode = draft.mode
    session.execute(sa.delete(Question).where(Question.survey_id == survey_id))
    _ask(session, survey_id, draft)


def copy(session: Session, survey_id: int, association_id: int, now: datetime) -> int:
    """The same questions anew, without answers and without a last day; its id."""
    was = of(session, survey_id)
    title = was.title if len(was.title) > 112 else f"{was.title} (kopia)"
    return _write(session, association_id, Draft(title, was.questions, was.about, was.mode), now, in_calls=False)


def of(session: Session, survey_id: int) -> Draft:
    """The survey as it could be written anew."""
    survey = session.get(Survey, survey_id)
    if survey is None:
        raise Missing
    rows = session.execute(
        sa.select(Question.text, Question.kind, Question.options, Question.interests)
        .where(Question.survey_id == survey_id)
        .order_by(Question.position)
    )
    asked = tuple(
        Asked(row.text, row.kind, tuple(row.options) if row.kind in {"one", "many"} else (), tuple(row.interests or ()))
        for row in rows
    )
    return Draft(survey.title, asked, survey.about, survey.mode, survey.closes_on)


def has_answers(session: Session, survey_id: int) -> bool:
    """Whether anybody has answered, by name or without."""
    here = sa.select(Question.id).where(Question.survey_id == survey_id)
    given = (
        sa.exists().where(Answer.question_id.in_(here)),
        sa.exists().where(AnonymousTally.question_id.in_(here), AnonymousTally.answers > 0),
        sa.exists().where(AnonymousWords.question_id.in_(here)),
        sa.exists().where(SealedAnswer.survey_id == survey_id),
    )
    return bool(session.scalar(sa.select(sa.or_(*given))))


def options_of(kind: str, options: Sequence[str]) -> Sequence[str]:
    """The options a question of this kind has."""
    return {"yes_no": YES_NO, "scale": SCALE, "text": ()}.get(kind, options)


def check_draft(draft: Draft, now: datetime, closed_so_far: date | None = None) -> None:
    """Refuse a survey that cannot be answered by link, with the field: title, about, mode, closes_on or question-N."""
    if draft.mode not in MODES:
        raise Refused("Välj om svaren ska ha namn eller vara anonyma.", field="mode")
    if len(draft.about) > 2000:
        raise Refused("Texten är för lång: högst 2 000 tecken.", field="about")
    if draft.closes_on and draft.closes_on != closed_so_far and draft.closes_on < local_day(now):
        raise Refused("Den dagen har redan varit. Välj en senare.", field="closes_on")
    check(draft.title, draft.questions, MOST_BY_LINK)


def check(title: str, asked: Sequence[Asked], most: int = MOST_QUESTIONS) -> None:
    """Refuse a survey that cannot be asked, with the field: title, or question-0 and on."""
    if not title.strip():
        raise Refused("Skriv vad enkäten heter.", field="title")
    if len(title) > 120:
        raise Refused("Namnet är för långt: högst 120 tecken.", field="title")
    if not asked:
        raise Refused("Skriv minst en fråga.", field="question-0")
    if len(asked) > most == MOST_QUESTIONS:
        raise Refused("I ett samtal ryms högst fem frågor.", field=f"question-{most - 1}")
    if len(asked) > most:
        raise Refused("En enkät kan ha högst %(most)s frågor.", field=f"question-{most - 1}", most=most)
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


def _write(session: Session, association_id: int, draft: Draft, now: datetime, *, in_calls: bool) -> int:
    values = {
        "association_id": association_id, "title": draft.title.strip(), "about": draft.about.strip(), "mode": draft.mode,
        "in_calls": in_calls, "closes_on": draft.closes_on, "public_code": new_token(), "created_at": now,
    }  # fmt: skip
    survey_id: int = session.execute(sa.insert(Survey).values(**values).returning(Survey.id)).scalar_one()
    _ask(session, survey_id, draft)
    return survey_id


def _ask(session: Session, survey_id: int, draft: Draft) -> None:
    """The questions in order, and the tallies that an anonymous survey only ever adds to."""
    for position, question in enumerate(draft.questions):
        options = [option.strip() for option in options_of(question.kind, question.options)]
        values = {
            "survey_id": survey_id, "position": position, "text": question.text.strip(), "kind": question.kind,
            "options": options, "interests": list(question.interests) if any(question.interests) else None,
        }  # fmt: skip
        made = session.execute(sa.insert(Question).values(**values).returning(Question.id)).scalar_one()
        if draft.mode == "anonymous":
            tallies = [{"question_id": made, "option": n, "answers": 0} for n in range(ANSWERED, len(options))]
            session.execute(sa.insert(AnonymousTally), tallies)
