"""What people have answered in surveys."""

from collections import defaultdict
from dataclasses import dataclass
from typing import ClassVar

import sqlalchemy as sa

from organizer.conditions.condition import Asked, Condition, Names, Phrase, named
from organizer.conditions.inputs import Choice, Options
from organizer.db import list_holds
from organizer.models import Answer
from organizer.words import N_


@dataclass(frozen=True)
class Answered(Condition):
    """Gave one of these answers, or none of them; the latest answer to a question stands."""

    kind: ClassVar = "answered"
    label: ClassVar = N_("Svarat i en enkät")
    family: ClassVar = "activity"
    inputs: ClassVar = (
        Options("options", N_("Vilka svar"), source="answer", none=N_("Välj minst ett svar.")),
        Choice("match", N_("Har svarat så eller inte"), options={
            "any": N_("Har svarat något av dem"), "none": N_("Har inte svarat så"),
        }),
    )  # fmt: skip
    options: tuple[str, ...]
    match: str

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """An answer whose chosen places hold one of these."""
        wanted: dict[int, list[int]] = defaultdict(list)
        for one in self.options:
            question, _, place = one.partition(":")
            wanted[int(question)].append(int(place))
        said = sa.exists().where(
            Answer.person_id == at.person_id,
            sa.or_(*(
                sa.and_(Answer.question_id == question, sa.or_(*(list_holds(Answer.choices, place) for place in places)))
                for question, places in wanted.items()
            )),
        )  # fmt: skip
        return said if self.match == "any" else ~said

    def phrase(self, names: Names) -> Phrase:
        """The answers in their own words."""
        text = N_("svarat %(names)s") if self.match == "any" else N_("inte svarat %(names)s")
        return Phrase(text, {"names": named(names, "answer", self.options)})
