"""How people can be reached: mobile, landline, e-mail."""

from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from organizer.conditions.condition import Asked, Condition, Names, Phrase
from organizer.conditions.inputs import Choice, YesNo
from organizer.models import BlockedNumber, Person, Phone
from organizer.words import N_


@dataclass(frozen=True)
class HasNumber(Condition):
    """Has a number, of any kind or of one, that is not known to be somebody else's (D14); or has none."""

    kind: ClassVar = "has_number"
    label: ClassVar = N_("Har telefonnummer")
    family: ClassVar = "person"
    inputs: ClassVar = (
        Choice("number", N_("Vilket slags nummer"), wrong=N_("Välj vilket slags telefonnummer."), options={
            "any": N_("Vilket som helst"), "mobile": N_("Mobilnummer"), "landline": N_("Fast telefon"),
            "only_landline": N_("Bara fast telefon"), "none": N_("Inget nummer alls"),
        }),
    )  # fmt: skip
    number: str

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """A phone that is not blocked, or none."""
        if self.number == "none":
            return ~_have(at)
        if self.number == "any":
            return _have(at)
        if self.number == "mobile":
            return _have(at, Phone.kind == "mobile")
        landline = _have(at, Phone.kind == "landline")
        return landline if self.number == "landline" else sa.and_(landline, ~_have(at, Phone.kind == "mobile"))

    def phrase(self, names: Names) -> Phrase:  # noqa: ARG002
        """Which kind."""
        sentences = {
            "any": N_("har telefonnummer"), "mobile": N_("har mobilnummer"), "landline": N_("har fast telefon"),
            "only_landline": N_("bara har fast telefon"), "none": N_("saknar telefonnummer"),
        }  # fmt: skip
        return Phrase(sentences[self.number], {})


@dataclass(frozen=True)
class HasEmail(Condition):
    """Has an e-mail address, or has none."""

    kind: ClassVar = "has_email"
    label: ClassVar = N_("Har e-postadress")
    family: ClassVar = "person"
    inputs: ClassVar = (YesNo("is", N_("Har e-postadress"), yes=N_("Har e-postadress"), no=N_("Saknar e-postadress")),)
    is_so: bool

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """An address on the person."""
        person = aliased(Person)
        have = sa.exists().where(person.id == at.person_id, person.email != "")
        return have if self.is_so else ~have

    def phrase(self, names: Names) -> Phrase:  # noqa: ARG002
        """Has or lacks."""
        return Phrase(N_("har e-postadress") if self.is_so else N_("saknar e-postadress"), {})


def _have(at: Asked, *more: Any) -> sa.ColumnElement[bool]:
    blocked = sa.exists().where(BlockedNumber.e164 == Phone.e164)
    return sa.exists().where(Phone.person_id == at.person_id, ~blocked, *more)
