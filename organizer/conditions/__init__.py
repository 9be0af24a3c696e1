"""What a selection can ask of a person: one class per kind, a file per family; app.py adds those of campaigns."""

from collections.abc import Iterable, Mapping

from organizer.conditions.ages import Age
from organizer.conditions.answers import Answered
from organizer.conditions.condition import FAMILIES, Asked, Condition, Names, Phrase, named
from organizer.conditions.fees import Renewed
from organizer.conditions.groups import InSelection, Sample
from organizer.conditions.happenings import Active, Contacted
from organizer.conditions.interested import Interested
from organizer.conditions.membership import Joined, Left, MemberFor
from organizer.conditions.offices import HoldsOffice
from organizer.conditions.participation import Participates
from organizer.conditions.places import InAssociation
from organizer.conditions.reaching import HasEmail, HasNumber
from organizer.conditions.sources import SOURCES, Option, Source
from organizer.conditions.tags import HasTag

CONDITIONS: dict[str, type[Condition]] = {}
"""By kind, in the order a form offers them."""


def register(kinds: Iterable[type[Condition]], sources: Mapping[str, Source] | None = None) -> None:
    """Add kinds of condition, and the sources of the things they name."""
    SOURCES.update(sources or {})
    for one in kinds:
        CONDITIONS[one.kind] = one


register(
    (InAssociation, Joined, Left, MemberFor, Renewed, HasTag, HoldsOffice, Age, HasNumber, HasEmail, Contacted, Active, Participates,
     Interested, Answered, InSelection, Sample)
)  # fmt: skip

__all__ = [
    "CONDITIONS",
    "FAMILIES",
    "SOURCES",
    "Asked",
    "Condition",
    "Names",
    "Option",
    "Phrase",
    "Source",
    "named",
    "register",
]
