"""How old people turn this year, where the register knows a year of birth."""

from dataclasses import dataclass
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from organizer.conditions.condition import Asked, Condition, Names, Phrase
from organizer.conditions.inputs import Number
from organizer.models import Person
from organizer.words import N_

_WRONG = N_("Skriv åldern som ett helt tal mellan %(least)s och %(most)s.")


@dataclass(frozen=True)
class Age(Condition):
    """Turns at least and at most so many years this year; whoever has no year of birth here is never found."""

    kind: ClassVar = "age"
    label: ClassVar = N_("Ålder")
    family: ClassVar = "person"
    inputs: ClassVar = (
        Number("least", N_("Fyller i år minst"), least=0, most=120, usual=16, wrong=_WRONG),
        Number("most", N_("och högst"), least=0, most=120, usual=30, wrong=_WRONG),
    )
    least: int
    most: int

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """The year of birth, if there is one."""
        person = aliased(Person)
        return sa.exists().where(
            person.id == at.person_id,
            person.birth_year.between(at.today.year - self.most, at.today.year - self.least),
        )

    def phrase(self, names: Names) -> Phrase:  # noqa: ARG002
        """From which age to which."""
        return Phrase(N_("fyller %(least)s till %(most)s i år"), {"least": self.least, "most": self.most})
