"""What every kind of condition has in common: what it asks of a form, its SQL, its words and its schema."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Self

import sqlalchemy as sa

from organizer.conditions.inputs import Input
from organizer.words import N_, Refused

Names = Mapping[tuple[str, Any], str]
"""What things are called: ("association", 3) -> "Timrå"."""
FAMILIES = {
    "member": N_("Medlemskap"),
    "person": N_("Personen"),
    "contact": N_("Kontakt"),
    "activity": N_("Deltagande"),
    "group": N_("Andra urval och lottning"),
}
"""Under which heading a form offers a kind."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of a sentence in Swedish, with its values (which may be phrases too); whoever shows it translates it."""

    sentence: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a condition is held against, and when."""

    member: Any
    """The row of `memberships`, by an alias of its own."""
    now: datetime
    today: date
    chosen: Callable[[int, sa.ColumnElement[int]], sa.ColumnElement[bool]]
    """Whether another selection, by its id, finds a person."""
    below: Callable[[Sequence[int]], Any]
    """The ids of some associations and of everything below them: a list, or a SELECT of them."""

    @property
    def person_id(self) -> sa.ColumnElement[int]:
        """The person on the row."""
        found: sa.ColumnElement[int] = self.member.person_id
        return found


@dataclass(frozen=True)
class Condition(ABC):
    """Something a person fulfils or not. A subclass is a frozen dataclass with one field for each of its inputs."""

    kind: ClassVar[str]
    """The word that stands in a definition; never changed once saved."""
    label: ClassVar[str]
    """On the button that adds it."""
    family: ClassVar[str]
    inputs: ClassVar[tuple[Input, ...]]
    members_only: ClassVar[bool] = False
    """Has no meaning for somebody who has left."""

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Self:
        """Take it out of a definition; Refused in words, with the field, when it makes no sense or says too much."""
        known = {"kind", *(one.key for one in cls.inputs)}
        unknown = sorted(str(one) for one in set(raw) - known)
        if unknown:
            raise Refused("Villkoret innehåller något som inte går att läsa: %(names)s. Ta bort det och lägg till ett nytt.",
                          field="kind", names=", ".join(unknown)[:80])  # fmt: skip
        return cls(*(one.read(raw) for one in cls.inputs))

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """What such a condition looks like, as JSON schema."""
        return {
            "type": "object",
            "properties": {"kind": {"const": cls.kind}, **{one.key: one.schema() for one in cls.inputs}},
            "required": ["kind", *(one.key for one in cls.inputs if one.required)],
            "additionalProperties": False,
        }

    @classmethod
    def fresh(cls, today: date) -> dict[str, Any]:
        """What stands in a definition when the condition has just been added."""
        return {"kind": cls.kind, **{one.key: one.fresh(today) for one in cls.inputs}}

    @abstractmethod
    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """The condition on a row of `memberships`; true or false, never null."""

    @abstractmethod
    def phrase(self, names: Names) -> Phrase:
        """What follows *som* in "medlemmar som …"; for places, what follows *medlemmar*."""

    def asks(self) -> Iterator[tuple[Input, str, tuple[Any, ...]]]:
        """The things it names, so that they can be checked and called by name: (input, source, ids)."""
        for one, value in zip(self.inputs, vars(self).values(), strict=True):
            if one.source and value:
                yield one, one.source, value


def named(names: Names, source: str, ids: tuple[Any, ...]) -> tuple[str, ...]:
    """What they are called; a thing that is gone is called a question mark."""
    return tuple(names.get((source, one), "?") for one in ids)
