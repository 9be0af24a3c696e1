"""Surveys: what is asked in calls, by link and on paper, and what people answered, by name or without."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class Survey(Base):
    """Questions to members: `named` answers belong to a person, `anonymous` ones to nobody at all."""

    __tablename__ = "surveys"

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    about: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    """What those who answer by link read first."""
    mode: Mapped[str] = mapped_column(sa.String(10), default="named", server_default="named")
    in_calls: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Belongs to a call campaign, where its questions are changed."""
    closes_on: Mapped[date | None]
    """The last day it can be answered."""
    closed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    """When what came in was made readable for everybody with the address."""
    public_code: Mapped[str | None] = mapped_column(sa.String(12), unique=True)
    """The open address: where an anonymous survey is answered, and a published result read."""
    created_at: Mapped[datetime]


class Question(Base):
    """One question and, for choices, its options in order."""

    __tablename__ = "questions"
    __table_args__ = (sa.UniqueConstraint("survey_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("surveys.id", ondelete="CASCADE"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(sa.String(200))
    kind: Mapped[str] = mapped_column(sa.String(8))
    """one, many, yes_no (yes / no / maybe), scale (1 to 5) or text."""
    options: Mapped[list[Any]]
    """The labels of a choice, in order; an answer stores the index. Options are only ever added at the end."""
    interests: Mapped[list[Any] | None]
    """Beside `options`: the kind of activity that choosing it shows an interest in, or an empty text."""


class Answer(Base):
    """What a person answered to a question: the chosen option indexes, or a short text. Latest answer stands."""

    __tablename__ = "answers"
    __table_args__ = (sa.UniqueConstraint("question_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), index=True)
    choices: Mapped[list[Any]]
    text: Mapped[str] = mapped_column(sa.String(280), default="")
    at: Mapped[datetime]
    how: Mapped[str] = mapped_column(sa.String(8), default="call", server_default="call")
    """call, link or paper."""
    call_id: Mapped[int | None] = mapped_column(index=True)
    campaign_id: Mapped[int | None] = mapped_column(index=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    """What stood here before the call `call_id` changed it (organizer.earlier), for undo."""


class AnonymousTally(Base):
    """How many chose an option of an anonymous survey: a number alone, so there is no answer to lead back to anybody."""

    __tablename__ = "anonymous_tallies"

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True)
    option: Mapped[int] = mapped_column(primary_key=True)
    """The option's index; -1 = how many answered the question at all."""
    answers: Mapped[int]


class AnonymousWords(Base):
    """What somebody wrote in an anonymous survey: beside no other answer, under a random id, with no time or order."""

    __tablename__ = "anonymous_words"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(sa.String(280))


class SealedAnswer(Base):
    """One answer to an anonymous survey that waits to be counted together with others; nobody reads it here."""

    __tablename__ = "anonymous_sealed"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("surveys.id", ondelete="CASCADE"), index=True)
    sealed: Mapped[str] = mapped_column(sa.Text)
    """By organizer.sealing, with a key that is not in the database."""
