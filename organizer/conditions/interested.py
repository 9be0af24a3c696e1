"""Who has said that they want to come next time something of a kind is arranged."""

from dataclasses import dataclass
from typing import ClassVar

import sqlalchemy as sa

from organizer.activity_drafts import INNER, KINDS
from organizer.conditions.condition import Asked, Condition, Names, Phrase
from organizer.conditions.inputs import Choice, Codes
from organizer.db import chosen_stands_for
from organizer.models import Answer, Interest, Question
from organizer.words import N_


@dataclass(frozen=True)
class Interested(Condition):
    """Stands on the list of one of these kinds, or has answered so in a survey; or neither."""

    kind: ClassVar = "interested"
    label: ClassVar = N_("Intresserad av")
    family: ClassVar = "activity"
    inputs: ClassVar = (
        Codes("kinds", N_("Vad de vill komma på"), options={one: name for one, name in KINDS.items() if one not in INNER},
              none=N_("Välj minst ett slags aktivitet.")),
        Choice("match", N_("Har sagt så eller inte"), options={"any": N_("Har sagt så"), "none": N_("Har inte sagt så")}),
    )  # fmt: skip
    kinds: tuple[str, ...]
    match: str

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """A row in interests, or an answer whose option stands for the kind."""
        said = sa.or_(
            sa.exists().where(Interest.person_id == at.person_id, Interest.kind.in_(self.kinds)),
            *(
                sa.exists().where(
                    Answer.person_id == at.person_id, Answer.question_id == Question.id, Question.interests.is_not(None),
                    chosen_stands_for(Answer.choices, Question.interests, one),
                )
                for one in self.kinds
            ),
        )  # fmt: skip
        return said if self.match == "any" else ~said

    def phrase(self, names: Names) -> Phrase:  # noqa: ARG002
        """The kinds."""
        text = (
            N_("vill komma på %(what)s") if self.match == "any" else N_("inte har sagt att de vill komma på %(what)s")
        )
        return Phrase(text, {"what": tuple(Phrase(KINDS[one], {}) for one in self.kinds)})
