"""Who has paid the fee of a year."""

from dataclasses import dataclass
from typing import ClassVar

import sqlalchemy as sa

from organizer.conditions.condition import Asked, Condition, Names, Phrase
from organizer.conditions.inputs import Number, YesNo
from organizer.models import Fee
from organizer.words import N_


@dataclass(frozen=True)
class Renewed(Condition):
    """Has paid the fee of a year, or has not."""

    kind: ClassVar = "renewed"
    label: ClassVar = N_("Avgiften betald eller inte")
    family: ClassVar = "member"
    inputs: ClassVar = (
        Number(
            "year",
            N_("År"),
            least=1900,
            most=2200,
            usual=lambda today: today.year,
            wrong=N_("Skriv året med fyra siffror, till exempel 2026."),
        ),
        YesNo("is", N_("Avgiften betald eller inte"), yes=N_("Har betalat"), no=N_("Har inte betalat"), usual=False),
    )
    year: int
    is_so: bool

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """A row in fees, or none."""
        paid = sa.exists().where(Fee.person_id == at.person_id, Fee.year == self.year)
        return paid if self.is_so else ~paid

    def phrase(self, names: Names) -> Phrase:  # noqa: ARG002
        """Which year."""
        text = N_("har betalat avgiften för %(year)s") if self.is_so else N_("saknar betald avgift för %(year)s")
        return Phrase(text, {"year": str(self.year)})
