"""Who has been contacted and who has been active, or not, in a period: read from the ledger."""

from dataclasses import dataclass
from typing import ClassVar

import sqlalchemy as sa

from organizer.conditions.condition import Asked, Condition, Names, Phrase
from organizer.conditions.inputs import YesNo
from organizer.conditions.periods import Period, When
from organizer.models import ACTIVATION, Event, Kind
from organizer.words import N_


@dataclass(frozen=True)
class Happened(Condition):
    """Something of some kinds stands in the ledger in a period, or nothing does."""

    family: ClassVar = "contact"
    happenings: ClassVar[tuple[Kind, ...]]
    did: ClassVar[str]
    did_not: ClassVar[str]
    is_so: bool
    when: Period

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """Such a row in the ledger, or none."""
        happened = sa.exists().where(
            Event.person_id == at.person_id, Event.kind.in_(self.happenings), *self.when.covers(Event.day, at.today)
        )
        return happened if self.is_so else ~happened

    def phrase(self, names: Names) -> Phrase:  # noqa: ARG002
        """Whether and when."""
        if self.is_so:
            return Phrase(self.did, {"when": self.when.phrase()})
        return Phrase(self.did_not, {"when": self.when.not_phrase()})


@dataclass(frozen=True)
class Contacted(Happened):
    """Somebody has reached this person, by voice, voicemail or message, or nobody has (P§6.1 *Contact*)."""

    kind: ClassVar = "contacted"
    label: ClassVar = N_("Kontaktad eller inte")
    happenings: ClassVar = (Kind.CONTACT,)
    did: ClassVar = N_("kontaktats %(when)s")
    did_not: ClassVar = N_("inte kontaktats %(when)s")
    inputs: ClassVar = (
        YesNo("is", N_("Kontaktad eller inte"), yes=N_("Har kontaktats"), no=N_("Har inte kontaktats"), usual=False),
        When("when", N_("När"), ever=True, usual=180),
    )


@dataclass(frozen=True)
class Active(Happened):
    """Has an activation event (P§6.1), or none: signing up is not enough, every effort counts."""

    kind: ClassVar = "active"
    label: ClassVar = N_("Aktiv eller inte")
    family: ClassVar = "activity"
    happenings: ClassVar = ACTIVATION
    did: ClassVar = N_("deltagit %(when)s")
    did_not: ClassVar = N_("inte deltagit %(when)s")
    inputs: ClassVar = (
        YesNo("is", N_("Aktiv eller inte"), yes=N_("Har deltagit"), no=N_("Har inte deltagit"), usual=False),
        When("when", N_("När"), ever=True, usual=365),
    )
