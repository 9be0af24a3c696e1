"""A stretch of days in a condition: the last so many days, or from one day to another; and how it is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

import sqlalchemy as sa

from organizer import typed_days
from organizer.conditions.condition import Phrase
from organizer.conditions.inputs import Fields, Input, Raw, number, whole
from organizer.times import moment
from organizer.words import N_, Refused

MOST_DAYS = 36500
MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both ends included; nothing set means ever."""

    days: int | None = None
    first: date | None = None
    last: date | None = None

    def covers(self, day: Any, today: date) -> list[sa.ColumnElement[bool]]:
        """What is asked of a column of days."""
        first, last = self.ends(today)
        return [*([day >= first] if first else []), *([day <= last] if last else [])]

    def covers_moment(self, at: Any, today: date) -> list[sa.ColumnElement[bool]]:
        """The same of a column of moments, by the days of Stockholm."""
        first, last = self.ends(today)
        return [
            *([at >= moment(first, MIDNIGHT)] if first else []),
            *([at < moment(last + timedelta(days=1), MIDNIGHT)] if last else []),
        ]

    def ends(self, today: date) -> tuple[date | None, date | None]:
        """The first and last day, where there are any."""
        if self.days is not None:
            return today - timedelta(days=self.days), today
        return self.first, self.last

    def phrase(self) -> Phrase:
        """When, after something that did happen."""
        if self.days is not None:
            return Phrase(N_("de senaste %(days)s dagarna"), {"days": self.days})
        if self.first and self.last:
            return Phrase(N_("mellan %(first)s och %(last)s"), {"first": self.first, "last": self.last})
        if self.first:
            return Phrase(N_("sedan %(first)s"), {"first": self.first})
        if self.last:
            return Phrase(N_("till och med %(last)s"), {"last": self.last})
        return Phrase(N_("någon gång"), {})

    def not_phrase(self) -> Phrase:
        """When, after something that did not happen."""
        if self.days is not None:
            return Phrase(N_("på %(days)s dagar"), {"days": self.days})
        if not self.first and not self.last:
            return Phrase(N_("någonsin"), {})
        return self.phrase()


@dataclass(frozen=True)
class When(Input):
    """A period: so many days back, or from and to, either of them open. Nothing filled in means ever, if `ever`."""

    control = "when"
    ever: bool = False

    @property
    def required(self) -> bool:
        """Whether something must be filled in."""
        return not self.ever

    def read(self, raw: Raw) -> Period:
        """The period; Refused with the field `days`, `from` or `to`."""
        given = raw.get(self.key, {})
        if (
            not isinstance(given, Mapping)
            or set(given) - {"days", "from", "to"}
            or ("days" in given and len(given) > 1)
        ):
            raise Refused("Skriv antingen ett antal dagar eller en period.", field="days")
        if "days" in given:
            days = whole(given["days"])
            if days is None or not 1 <= days <= MOST_DAYS:
                raise Refused(
                    "Skriv antalet dagar som ett helt tal mellan 1 och %(most)s.", field="days", most=MOST_DAYS
                )
            return Period(days=days)
        found = Period(first=_day(given, "from"), last=_day(given, "to"))
        if not self.ever and not given:
            raise Refused("Skriv antalet dagar som ett helt tal mellan 1 och %(most)s.", field="days", most=MOST_DAYS)
        if found.first and found.last and found.last < found.first:
            raise Refused("Perioden slutar innan den börjar. Ändra datumen.", field="to")
        return found

    def fresh(self, today: date) -> dict[str, int]:  # noqa: ARG002
        """So many days back, or ever."""
        return {"days": self.usual} if self.usual else {}

    def schema(self) -> dict[str, Any]:
        """Days back, or from and to."""
        day = {"type": "string", "format": "date"}
        back = {"type": "object", "properties": {"days": {"type": "integer", "minimum": 1, "maximum": MOST_DAYS}},
                "required": ["days"], "additionalProperties": False}  # fmt: skip
        between = {"type": "object", "properties": {"from": day, "to": day}, "additionalProperties": False,
                   "minProperties": 0 if self.ever else 1}  # fmt: skip
        return {"oneOf": [back, between]}

    def typed(self, fields: Fields, n: int) -> dict[str, Any] | None:
        """Dates count before days, as the form says."""
        days = {name: fields.get(f"{name}-{n}", "").strip() for name in ("from", "to")}
        dates = {name: text for name, text in days.items() if text}
        back = fields.get(f"days-{n}", "").strip()
        if dates:
            return dates
        return {"days": number(back)} if back or not self.ever else {}


def _day(given: Mapping[str, Any], name: str) -> date | None:
    if name not in given:
        return None
    text = given[name]
    return typed_days.asked(text if isinstance(text, str) else "", name)
