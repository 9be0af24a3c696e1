"""Surveys: at most five questions in a call, and what people answered."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Base


class Survey(Base):
    """A handful of questions, worded as they should be said."""

    __tablename__ = "surveys"

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(sa.ForeignKey("associations.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(120))
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
    """one, many, yes_no (yes / no / maybe) or text."""
    options: Mapped[list[Any]]
    """The labels of a choice, in order; an answer stores the index. Options are only ever added at the end."""


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
    call_id: Mapped[int | None] = mapped_column(index=True)
    campaign_id: Mapped[int | None] = mapped_column(index=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    """What stood here before the call `call_id` changed it (organizer.earlier), for undo."""
