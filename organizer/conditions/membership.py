"""How long people have been members, when they joined and when they left."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from organizer.conditions.condition import Asked, Condition, Names, Phrase
from organizer.conditions.inputs import Choice, Number
from organizer.conditions.periods import Period, When
from organizer.models import Membership
from organizer.words import N_

JOINED = ("joined", "returned")
"""Why an interval began, when it is the person who came: a move is no joining (D20)."""


@dataclass(frozen=True)
class Joined(Condition):
    """Joined or came back in a period; without a join date nobody is new (D20), and moving on makes no less new."""

    kind: ClassVar = "joined"
    label: ClassVar = N_("Gått med i en period")
    family: ClassVar = "member"
    inputs: ClassVar = (When("when", N_("När"), usual=90),)
    when: Period

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """Any interval of the person that began with joining."""
        came = aliased(Membership)
        return sa.exists().where(
            came.person_id == at.person_id, came.from_why.in_(JOINED), *self.when.covers(came.from_day, at.today)
        )

    def phrase(self, names: Names) -> Phrase:  # noqa: ARG002
        """When."""
        return Phrase(N_("gått med %(when)s"), {"when": self.when.phrase()})


@dataclass(frozen=True)
class Left(Condition):
    """Left in a period: former members, or those who have come back since. A move or a merger is no leaving."""

    kind: ClassVar = "left"
    label: ClassVar = N_("Lämnat i en period")
    family: ClassVar = "member"
    inputs: ClassVar = (When("when", N_("När"), usual=90),)
    when: Period

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """Any interval of the person that ended by leaving, no later than today."""
        gone = aliased(Membership)
        return sa.exists().where(
            gone.person_id == at.person_id, gone.to_why == "left", gone.to_day <= at.today,
            *self.when.covers(gone.to_day, at.today),
        )  # fmt: skip

    def phrase(self, names: Names) -> Phrase:  # noqa: ARG002
        """When."""
        return Phrase(N_("lämnat %(when)s"), {"when": self.when.phrase()})


@dataclass(frozen=True)
class MemberFor(Condition):
    """A member for at least, or for less than, so many months since joining last; an unknown day is neither (D20)."""

    kind: ClassVar = "member_for"
    label: ClassVar = N_("Medlem så länge")
    family: ClassVar = "member"
    members_only: ClassVar = True
    inputs: ClassVar = (
        Choice("than", N_("Hur länge"), options={"at_least": N_("Minst"), "less_than": N_("Kortare än")}),
        Number("months", N_("Antal månader"), least=1, most=1200, usual=24,
               wrong=N_("Skriv antalet månader som ett helt tal mellan %(least)s och %(most)s.")),
    )  # fmt: skip
    than: str
    months: int

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """The latest joining on or before today, held against the day so many months ago."""
        limit = months_before(at.today, self.months)
        came, later = aliased(Membership), aliased(Membership)
        joined = [came.person_id == at.person_id, came.from_why.in_(JOINED), came.from_day <= at.today]
        if self.than == "less_than":
            return sa.exists().where(*joined, came.from_day > limit)
        since = sa.exists().where(
            later.person_id == at.person_id,
            later.from_why.in_(JOINED),
            later.from_day > limit,
            later.from_day <= at.today,
        )
        return sa.and_(sa.exists().where(*joined, came.from_day <= limit), ~since)

    def phrase(self, names: Names) -> Phrase:  # noqa: ARG002
        """How long."""
        text = N_("varit medlemmar i minst %(months)s månader") if self.than == "at_least" else N_(
            "varit medlemmar kortare än %(months)s månader"
        )  # fmt: skip
        return Phrase(text, {"months": self.months})


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last day of that month; never before the year 1900."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1900:
        return date(1900, 1, 1)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
