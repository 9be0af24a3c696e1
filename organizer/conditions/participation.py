"""Who takes part, has taken part or has never taken part in some activities or kinds of activity."""

from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa

from organizer.activities import KINDS
from organizer.conditions.condition import Asked, Condition, Names, Phrase, named
from organizer.conditions.inputs import Choice, Codes, Ids
from organizer.conditions.periods import Period, When
from organizer.models import Activity, Attendance, SignUp
from organizer.words import N_


@dataclass(frozen=True)
class Participates(Condition):
    """Has a place at something to come, came to something, or never came; to any activity, some, or some kinds."""

    kind: ClassVar = "participates"
    label: ClassVar = N_("Deltar i aktivitet")
    family: ClassVar = "activity"
    inputs: ClassVar = (
        Choice("how", N_("Hur"), options={
            "signed_up": N_("Är anmäld"), "took_part": N_("Har varit med"), "never": N_("Har inte varit med"),
        }),
        Ids("activities", N_("Vilka aktiviteter"), source="activity"),
        Codes("kinds", N_("Eller vilka slag"), options=KINDS),
        When("when", N_("När aktiviteten är"), ever=True),
    )  # fmt: skip
    how: str
    activities: tuple[int, ...]
    kinds: tuple[str, ...]
    when: Period

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """A sign-up or an attendance at an activity of these, or none."""
        if self.how == "signed_up":
            # Signed up for what has been is no news; a chosen activity counts whenever it was.
            coming = [] if self.activities else [Activity.ends_at > at.now, Activity.cancelled_at.is_(None)]
            return sa.exists().where(
                SignUp.person_id == at.person_id, SignUp.state == "signed_up", SignUp.activity_id == Activity.id,
                *coming, *self._which(at),
            )  # fmt: skip
        came = sa.exists().where(
            Attendance.person_id == at.person_id, Attendance.activity_id == Activity.id, *self._which(at)
        )
        return came if self.how == "took_part" else ~came

    def phrase(self, names: Names) -> Phrase:
        """How, in what and when."""
        if self.how == "never":
            return Phrase(
                N_("inte varit med på %(what)s %(when)s"), {"what": self._what(names), "when": self.when.not_phrase()}
            )
        ever = self.when == Period()
        if self.how == "signed_up":
            text = N_("är anmälda till %(what)s") if ever else N_("är anmälda till %(what)s %(when)s")
        else:
            text = N_("varit med på %(what)s") if ever else N_("varit med på %(what)s %(when)s")
        return Phrase(text, {"what": self._what(names), **({} if ever else {"when": self.when.phrase()})})

    def _which(self, at: Asked) -> list[sa.ColumnElement[bool]]:
        some: list[sa.ColumnElement[bool]] = []
        if self.activities:
            some.append(Activity.id.in_(self.activities))
        if self.kinds:
            some.append(Activity.kind.in_(self.kinds))
        return [*([sa.or_(*some)] if some else []), *self.when.covers_moment(Activity.starts_at, at.today)]

    def _what(self, names: Names) -> Any:
        parts = [*named(names, "activity", self.activities), *(Phrase(KINDS[one], {}) for one in self.kinds)]
        return tuple(parts) or Phrase(N_("någon aktivitet"), {})
