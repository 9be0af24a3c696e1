"""Whether people are in another saved selection, or drawn by lot."""

import hashlib
import heapq
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sqlalchemy as sa

from organizer.conditions.condition import Asked, Condition, Names, Phrase, named
from organizer.conditions.inputs import Choice, Ids, Number
from organizer.words import N_

PRIME = 2**31 - 1
"""A prime no person's id reaches."""
MOST_SEED = 2**31 - 1


@dataclass(frozen=True)
class InSelection(Condition):
    """Is found by one of these saved selections right now, or by none of them."""

    kind: ClassVar = "selection"
    label: ClassVar = N_("I ett annat urval")
    family: ClassVar = "group"
    inputs: ClassVar = (
        Ids("ids", N_("Vilka urval"), source="selection", none=N_("Välj minst ett urval.")),
        Choice("match", N_("I dem eller inte"), options={"any": N_("I något av dem"), "none": N_("Inte i något av dem")}),
    )  # fmt: skip
    ids: tuple[int, ...]
    match: str

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """The other selections' own SELECTs, inside."""
        found = sa.or_(*(at.chosen(one, at.person_id) for one in self.ids))
        return found if self.match == "any" else ~found

    def phrase(self, names: Names) -> Phrase:
        """The names of the selections."""
        text = N_("finns i urvalet %(names)s") if self.match == "any" else N_("inte finns i urvalet %(names)s")
        return Phrase(text, {"names": named(names, "selection", self.ids)})


@dataclass(frozen=True)
class Sample(Condition):
    """Drawn by lot: so many in a hundred, always the same people for the same seed."""

    kind: ClassVar = "sample"
    label: ClassVar = N_("Lottad del")
    family: ClassVar = "group"
    inputs: ClassVar = (
        Number("percent", N_("Så många av hundra"), least=1, most=99, usual=10, wrong=N_("Skriv ett helt tal mellan %(least)s och %(most)s.")),
        Number("seed", N_("Lottens nummer"), least=1, most=MOST_SEED, usual=lambda _today: draw(), wrong=N_("Lotta om."), hidden=True),
    )  # fmt: skip
    percent: int
    seed: int

    def where(self, at: Asked) -> sa.ColumnElement[bool]:
        """The person's lot is among the lowest."""
        return lot(at.person_id, self.seed) < PRIME // 100 * self.percent

    def phrase(self, names: Names) -> Phrase:  # noqa: ARG002
        """How large a part."""
        return Phrase(N_("hör till en lottad del (%(percent)s av 100)"), {"percent": self.percent})


def draw() -> int:
    """A new seed."""
    return secrets.randbelow(1_000_000) + 1


def lot(person_id: sa.ColumnElement[int], seed: int) -> sa.ColumnElement[int]:
    """A number from 0 to PRIME - 1 that looks drawn by lot but is the same on every engine, every time.

    A polynomial of the third degree over a prime field: any four people's numbers are independent of each other, and
    every product stays below 2**62, where SQLite and PostgreSQL still count exactly.
    """
    first, *rest = coefficients(seed)
    person = sa.cast(person_id, sa.BigInteger)
    found: sa.ColumnElement[int] = (person * sa.literal(first, sa.BigInteger) + rest[0]) % PRIME
    for one in rest[1:]:
        found = (found * person + one) % PRIME
    return found


def lowest_lots(people: Iterable[int], seed: int, most: int) -> list[int]:
    """So many of some people as have the lowest lots; of two with the same lot the lower id goes first. See `lot`."""
    a, b, c, d = coefficients(seed)
    lots = (((((one * a + b) % PRIME * one + c) % PRIME * one + d) % PRIME, one) for one in people)
    return [one for _lot, one in heapq.nsmallest(most, lots)]


def coefficients(seed: int) -> list[int]:
    """Four numbers below PRIME, from the seed."""
    drawn = hashlib.sha256(b"lot %d" % seed).digest()
    return [int.from_bytes(drawn[n * 8 : n * 8 + 8]) % PRIME for n in range(4)]
