"""Which tags people have."""

from dataclasses import dataclass
from typing import ClassVar

import sqlalchemy as sa

from organizer.conditions.condition import Asked, Condition, Names, Phrase, named
from organizer.conditions.inputs import Choice, Ids
from organizer.models import PersonTag
from organizer.words import N_


@dataclass(frozen=True)
class HasTag(Condition):
    """Has at least one of these tags, all of them, or none of them."""

    kind: ClassVar = "tag"
    label: ClassVar = N_("Märkning")
    family: ClassVar = "person"
    inputs: ClassVar = (
        Ids("ids", N_("Vilka märkningar"), source="tag", none=N_("Välj minst en märkning.")),
        Choice("match", N_("Hur många av dem"), options={
            "any": N_("Har någon av dem"), "all": N_("Har alla"), "none": N_("Har ingen av dem"),
        }),
    )  # fmt: skip
    ids: tuple[int, ...]
    match: str

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """A row in person_tags, one for each, or none."""
        mine = PersonTag.person_id == at.person_id
        if self.match == "all":
            return sa.and_(*(sa.exists().where(mine, PersonTag.tag_id == one) for one in self.ids))
        tagged = sa.exists().where(mine, PersonTag.tag_id.in_(self.ids))
        return tagged if self.match == "any" else ~tagged

    def phrase(self, names: Names) -> Phrase:
        """The names of the tags."""
        sentences = {
            "any": N_("har märkningen %(names)s"),
            "all": N_("har alla märkningarna %(all_names)s"),
            "none": N_("inte har märkningen %(names)s"),
        }
        value = "all_names" if self.match == "all" else "names"
        return Phrase(sentences[self.match], {value: named(names, "tag", self.ids)})
