"""A survey's result as pages show it: small groups hidden before anything reaches a template (P§6.3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from organizer import anonymous_answers, surveys
from organizer.models import Association
from organizer.small_groups import cells, smallest
from organizer.survey_results import SMALLEST_UNNAMED
from organizer.times import local_day


@dataclass(frozen=True, slots=True)
class Shown:
    """The questions with what may be shown of them, and the least number of answers that is shown."""

    results: list[dict[str, Any]]
    k: int
    unnamed: bool
    waiting: int
    """Answers to an anonymous survey that have come in and are not counted yet."""


def of(session: Session, survey: Any, now: datetime, *, path: str | None = None, words: bool = True) -> Shown:
    """What came in at a place and below it, or everywhere; `words` = also what people wrote themselves."""
    k = smallest(session, local_day(now))
    unnamed = survey.mode == "anonymous"
    if unnamed:
        k = max(k, SMALLEST_UNNAMED)
    here = path or session.scalar(sa.select(Association.path).where(Association.id == survey.association_id)) or ""
    found = surveys.results(session, survey.id, path=here)
    waits = anonymous_answers.waiting(session, survey.id) if unnamed else 0
    return Shown([_protected(session, one, here, k, words) for one in found], k, unnamed, waits)


def _protected(session: Session, result: surveys.Result, path: str, k: int, words: bool) -> dict[str, Any]:
    """One question for the page; nothing of it is handed to the template until k have answered."""
    enough = result.answered >= k
    numbers = cells(result.chosen, k, total_shown=result.kind != "many") if enough else []
    options = [gettext(one) if result.kind == "yes_no" else one for one in result.options]
    mean = sum((n + 1) * chosen for n, chosen in enumerate(result.chosen)) / result.answered if enough else 0
    return {
        "text": result.text, "kind": result.kind, "answered": result.answered, "enough": enough,
        "options": list(zip(options, numbers, strict=False)),
        "hidden": bool(numbers) and not any(number is not None for number in numbers),
        "mean": mean if result.kind == "scale" and None not in numbers else None,
        "words": surveys.words_of(session, result.question_id, path) if words and enough and result.kind == "text" else [],
    }  # fmt: skip
