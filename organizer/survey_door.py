"""The address of a survey: whose personal link it is, or the open address that an anonymous survey is answered at."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import personal_links, surveys
from organizer.models import Answer, Person, Question, Survey
from organizer.times import moment
from organizer.words import Missing

LINK_LASTS = timedelta(days=60)
"""How long a personal link to a survey without a last day leads somewhere."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at the door of a survey; nobody in particular when the survey is anonymous."""

    survey: Any
    person_id: int | None
    first_name: str
    link_id: int | None
    is_open: bool


def visit(session: Session, code: str, now: datetime) -> Visit:
    """Who comes to which survey. Missing for an address that leads nowhere, Refused for a link whose time is over.

    A personal link to an anonymous survey is as good as the open address: whose it is, is forgotten at the door.
    """
    open_address = session.scalar(sa.select(Survey).where(Survey.public_code == code.strip().lower()))
    if open_address is not None and open_address.mode == "anonymous":
        return Visit(open_address, None, "", None, surveys.is_open(open_address, now))
    link = personal_links.find(session, "survey", code, now)
    survey = session.get(Survey, link.target_id or 0)
    if survey is None:
        raise Missing
    if survey.mode == "anonymous":
        return Visit(survey, None, "", None, surveys.is_open(survey, now))
    person = session.execute(
        sa.select(Person.id, Person.first_name).where(Person.id == link.person_id, Person.deceased_on.is_(None))
    ).first()
    if person is None:
        raise Missing
    return Visit(survey, person.id, person.first_name, link.id, surveys.is_open(survey, now))


def published(session: Session, code: str) -> Survey:
    """The survey whose result may be read at this open address; Missing if there is none."""
    found = session.scalar(
        sa.select(Survey).where(Survey.public_code == code.strip().lower(), Survey.published_at.is_not(None))
    )
    if found is None:
        raise Missing
    return found


def open_code(session: Session, survey_id: int | None) -> str | None:
    """The one address that everybody gets to an anonymous survey, so that no link tells who has been there; else None."""
    here = sa.select(Survey.public_code).where(Survey.id == survey_id, Survey.mode == "anonymous")
    return session.scalar(here) if survey_id else None


def link_until(survey: Survey, now: datetime) -> datetime:
    """When a personal link to the survey stops leading there: after its last day, or in sixty days."""
    return moment(survey.closes_on + timedelta(days=1), time.min) if survey.closes_on else now + LINK_LASTS


def answers_of(session: Session, survey_id: int, person_id: int) -> dict[int, tuple[list[int], str]]:
    """What a person has answered so far: question id → chosen option indexes and text."""
    rows = session.execute(
        sa.select(Answer.question_id, Answer.choices, Answer.text)
        .join(Question, Question.id == Answer.question_id)
        .where(Question.survey_id == survey_id, Answer.person_id == person_id)
    )
    return {row.question_id: (list(row.choices), row.text) for row in rows}
