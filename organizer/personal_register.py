"""How personal data is declared: what extract, erasure, retention and merging do with the rows of a table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from organizer.db import Base

Whose = Callable[[Sequence[int]], sa.ColumnElement[bool]]
"""Which rows of a table are about these people."""


class Settle(StrEnum):
    """Which row stays when two people turn out to be the same and the table allows only one row."""

    KEPT = "kept"
    """That of the person who is kept."""
    LATEST = "latest"
    """The one with the later value in `by` (an empty value is the earliest)."""
    EARLIEST = "earliest"
    """The one with the earlier value in `by` (an empty value is the latest)."""


@dataclass(frozen=True, slots=True)
class Move:
    """Merging gives the rows to the person who is kept, by changing the person's column and nothing else (D5).

    `one_per` are the columns that, with the person, are unique in the database: where both people have a row with the
    same values there (`()`: at all; an empty value collides with nothing), the `settle` row stays and the other goes. `open_column`: this holds only
    among rows where that column is empty; the one that goes is then closed by the merging, not deleted.
    `followers` are columns of other tables ("table.column") that point at the row that goes: they point at the one
    that stays before it is deleted. `proves`: the ledger rows with key "kind:table:id" of the row that goes are
    retracted with it. `unlink`: the row that goes is kept, only its person column becomes empty.
    """

    one_per: tuple[str, ...] | None = None
    settle: Settle = Settle.KEPT
    by: str = ""
    open_column: str = ""
    followers: tuple[str, ...] = ()
    proves: bool = False
    unlink: bool = False


class Merging(StrEnum):
    """What merging does where rows are not simply moved."""

    DROP = "drop"
    """The rows of the person who goes are deleted: they are only about this moment (a hold)."""
    STAY = "stay"
    """The rows stay on the old id, as they were written; whoever reads follows `people.merged_into_id` (a log)."""
    FOLLOW = "follow"
    """The rows hang on rows of another table and go where those go."""


class Erasing(StrEnum):
    """What erasure does with a row, beside `Keep`."""

    DELETE = "delete"
    STAY = "stay"
    """The row stays as it is: it names nobody, and the id in it leads nowhere any more (a log)."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Erasure keeps the row for the figures, as that of an anonymous stand-in, with these columns emptied.

    A value may be a function of the model that gives an expression, for columns that must stay unique.
    """

    blank: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of the extract: its name (for gettext) and, for a code, the words for its values.

    `chosen_from`: the column holds places in a list, which stands in this column of the row that another column of
    the same table points at: ("question_id", Question.options).
    """

    label: str
    words: Mapping[Any, str] | Callable[[str], str] = field(default_factory=dict)
    chosen_from: tuple[str, InstrumentedAttribute[Any]] | None = None


@dataclass(frozen=True, slots=True)
class Personal:
    """One table that holds something about a person.

    `person` is the column with the person's id; where there is none, `whose` finds the rows. `shows` are the columns
    of the extract, in order. `retention` is a key of retention_terms.TERMS, empty = as long as the person is in
    the register. `harmless` are columns that look like free text and are not about the person.
    """

    model: type[Base]
    title: str
    person: InstrumentedAttribute[Any] | None
    shows: Mapping[str, Shown]
    erasure: Keep | Erasing
    merging: Move | Merging
    retention: str = ""
    whose: Whose | None = None
    harmless: tuple[str, ...] = ()

    @property
    def table(self) -> sa.Table:
        """The table itself."""
        return self.model.__table__  # type: ignore[return-value]

    def about(self, person_ids: Sequence[int]) -> sa.ColumnElement[bool]:
        """The rows that are about these people."""
        if self.whose is not None:
            return self.whose(person_ids)
        if self.person is None:
            raise ValueError(f"{self.table.name} says neither `person` nor `whose`")
        return self.person.in_(person_ids)


@dataclass(frozen=True, slots=True)
class Mentions:
    """A table whose rows belong to nobody but can quote a person (a member file): what is quoted is removed.

    `columns` are texts or JSON; with `whole_row` a row that quotes the person is deleted.
    """

    model: type[Base]
    title: str
    columns: tuple[str, ...]
    whole_row: bool = False
    retention: str = ""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A table kept by phone number alone: erasure deletes the rows of the person's numbers that nobody else has.

    `remember`: what a row says that must outlive erasure, as a keyed hash (`refusals.kept`); empty = nothing.
    """

    model: type[Base]
    title: str
    number: InstrumentedAttribute[str]
    remember: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """Everything declared, in the order the extract shows it, and the names that ids stand for.

    `names`: column name → the column to show in its place ("campaign_id" → Campaign.title).
    `impersonal`: tables that hold nothing about people who are organised, and why.
    """

    personal: tuple[Personal, ...]
    mentions: tuple[Mentions, ...] = ()
    numbers: tuple[Numbers, ...] = ()
    names: Mapping[str, InstrumentedAttribute[Any]] = field(default_factory=dict)
    impersonal: Mapping[str, str] = field(default_factory=dict)
    before_erasing: tuple[Callable[[Session, Sequence[int], datetime], None], ...] = ()
    """What must be made ready before these people are erased; may refuse in words."""

    def __add__(self, other: "Register") -> "Register":
        return Register(
            self.personal + other.personal,
            self.mentions + other.mentions,
            self.numbers + other.numbers,
            {**self.names, **other.names},
            {**self.impersonal, **other.impersonal},
            self.before_erasing + other.before_erasing,
        )

    def of(self, table: str) -> Personal:
        """What is declared of a table; KeyError when nothing is."""
        return {one.table.name: one for one in self.personal}[table]

    def moving(self) -> Iterable[tuple[Personal, Move]]:
        """The tables whose rows merging moves, each with how."""
        return [(one, one.merging) for one in self.personal if isinstance(one.merging, Move)]
