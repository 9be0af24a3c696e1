"""Who holds an office today: the board, the treasurers, the group leaders."""

from dataclasses import dataclass
from typing import ClassVar

import sqlalchemy as sa

from organizer.assignments import OFFICES
from organizer.conditions.condition import Asked, Condition, Names, Phrase
from organizer.conditions.inputs import Choice, Codes
from organizer.models import Assignment
from organizer.words import N_


@dataclass(frozen=True)
class HoldsOffice(Condition):
    """Holds at least one of these offices today, at whatever place; or none of them (P§1.5 need 53)."""

    kind: ClassVar = "office"
    label: ClassVar = N_("Uppdrag")
    family: ClassVar = "person"
    inputs: ClassVar = (
        Codes("offices", N_("Vilka uppdrag"), options=OFFICES, none=N_("Välj minst ett uppdrag.")),
        Choice("match", N_("Har dem eller inte"), options={"any": N_("Har något av dem"), "none": N_("Har inget av dem")}),
    )  # fmt: skip
    offices: tuple[str, ...]
    match: str

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """A row in assignments that has begun and has not ended."""
        held = sa.exists().where(
            Assignment.person_id == at.person_id, Assignment.office.in_(self.offices), Assignment.from_day <= at.today,
            sa.or_(Assignment.to_day.is_(None), Assignment.to_day > at.today),
        )  # fmt: skip
        return held if self.match == "any" else ~held

    def phrase(self, names: Names) -> Phrase:  # noqa: ARG002
        """The offices."""
        text = N_("har uppdraget %(what)s") if self.match == "any" else N_("inte har uppdraget %(what)s")
        return Phrase(text, {"what": tuple(Phrase(OFFICES[one], {}) for one in self.offices)})
