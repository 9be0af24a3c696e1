"""Where people are members."""

from dataclasses import dataclass
from typing import ClassVar

import sqlalchemy as sa

from organizer.conditions.condition import Asked, Condition, Names, Phrase, named
from organizer.conditions.inputs import Ids, YesNo
from organizer.words import N_


@dataclass(frozen=True)
class InAssociation(Condition):
    """Belongs to one of these associations or, with `below`, to one under them."""

    kind: ClassVar = "association"
    label: ClassVar = N_("Förening")
    family: ClassVar = "member"
    inputs: ClassVar = (
        Ids("ids", N_("Vilka föreningar"), source="association", none=N_("Välj minst en förening.")),
        YesNo("below", N_("Föreningar under dem"), yes=N_("Med föreningarna under"), no=N_("Bara de valda")),
    )
    ids: tuple[int, ...]
    below: bool

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """The places themselves, or everything below them."""
        place: sa.ColumnElement[int] = at.member.association_id
        return place.in_(at.below(self.ids) if self.below else self.ids)

    def phrase(self, names: Names) -> Phrase:
        """The names of the places."""
        text = N_("i %(names)s") if self.below else N_("direkt i %(names)s")
        return Phrase(text, {"names": named(names, "association", self.ids)})
