"""What a condition can ask for: each sort of field with its reading, its JSON schema and how it stands in a form."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Protocol

from organizer.words import N_, Refused

MOST_IDS = 500
Raw = Mapping[str, Any]


class Fields(Protocol):
    """The fields of a form, as they were typed."""

    def get(self, key: str, default: str, /) -> str:
        """One value."""

    def getlist(self, key: str, /) -> list[str]:
        """All values of one name."""


@dataclass(frozen=True)
class Input(ABC):
    """One thing to fill in. `key` is its name in the definition and, with a number, in the form."""

    control: ClassVar[str]
    """Which piece of the template draws it."""
    key: str
    label: str = ""
    source: str = ""
    """Where its things come from (organizer.conditions.sources), if it names any."""
    usual: Any = None
    """What stands there when the condition has just been added; None is the first or the least there is."""

    @property
    def required(self) -> bool:
        """Whether a definition must have it."""
        return True

    @abstractmethod
    def read(self, raw: Raw) -> Any:
        """Its value; Refused in words, with the field."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """What it may look like."""

    def fresh(self, today: date) -> Any:  # noqa: ARG002
        """What stands in the definition when the condition has just been added."""
        return self.usual

    @abstractmethod
    def typed(self, fields: Fields, n: int) -> Any:
        """What a form says, for a definition; what cannot be read stays as it was typed. None leaves it out."""


@dataclass(frozen=True)
class Ids(Input):
    """Some things of a source: associations, tags, activities … At least one, unless `none` is empty."""

    control = "ids"
    none: str = ""
    """What is said when nothing is chosen; empty: nothing chosen is fine."""

    @property
    def required(self) -> bool:
        """Whether something must be chosen."""
        return bool(self.none)

    def read(self, raw: Raw) -> tuple[int, ...]:
        """Each once, in their order."""
        given = raw.get(self.key, [])
        wanted = [whole(one) for one in given] if isinstance(given, list) else [None]
        found = tuple(dict.fromkeys(one for one in wanted if one is not None and 0 < one < 2**31))
        if (self.none and not found) or len(found) != len(wanted) or len(found) > MOST_IDS:
            raise Refused(self.none or N_("Välj bland dem som finns i listan."), field=self.key)
        return found

    def fresh(self, today: date) -> list[int]:  # noqa: ARG002
        """Nothing chosen."""
        return []

    def schema(self) -> dict[str, Any]:
        """Ids, each once."""
        one = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
        return {
            "type": "array",
            "items": one,
            "minItems": 1 if self.none else 0,
            "maxItems": MOST_IDS,
            "uniqueItems": True,
        }

    def typed(self, fields: Fields, n: int) -> list[int | str]:
        """What is ticked."""
        return [number(one) for one in dict.fromkeys(fields.getlist(f"{self.key}-{n}"))]


@dataclass(frozen=True)
class Codes(Input):
    """Some of a fixed set of words. At least one, unless `none` is empty."""

    control = "codes"
    options: Mapping[str, str] = field(default_factory=dict)
    none: str = ""

    @property
    def required(self) -> bool:
        """Whether something must be chosen."""
        return bool(self.none)

    def read(self, raw: Raw) -> tuple[str, ...]:
        """Each once, in their order."""
        given = raw.get(self.key, [])
        fine = isinstance(given, list) and all(isinstance(one, str) and one in self.options for one in given)
        if not fine or (self.none and not given) or len(set(given)) != len(given):
            raise Refused(self.none or N_("Välj bland dem som finns i listan."), field=self.key)
        return tuple(given)

    def fresh(self, today: date) -> list[str]:  # noqa: ARG002
        """Nothing chosen."""
        return []

    def schema(self) -> dict[str, Any]:
        """Words, each once."""
        return {
            "type": "array",
            "items": {"enum": list(self.options)},
            "minItems": 1 if self.none else 0,
            "uniqueItems": True,
        }

    def typed(self, fields: Fields, n: int) -> list[str]:
        """What is ticked."""
        return list(dict.fromkeys(fields.getlist(f"{self.key}-{n}")))


@dataclass(frozen=True)
class Choice(Input):
    """One of a fixed set of words."""

    control = "choice"
    options: Mapping[str, str] = field(default_factory=dict)
    wrong: str = N_("Välj ett av alternativen.")

    def read(self, raw: Raw) -> str:
        """The word."""
        given = raw.get(self.key)
        if not isinstance(given, str) or given not in self.options:
            raise Refused(self.wrong, field=self.key)
        return given

    def fresh(self, today: date) -> str:  # noqa: ARG002
        """The first."""
        return self.usual or next(iter(self.options))

    def schema(self) -> dict[str, Any]:
        """One of the words."""
        return {"enum": list(self.options)}

    def typed(self, fields: Fields, n: int) -> str:
        """What is chosen."""
        return fields.get(f"{self.key}-{n}", "")


@dataclass(frozen=True)
class YesNo(Input):
    """Is so, or is not; `yes` and `no` are what the two buttons say."""

    control = "yes_no"
    yes: str = ""
    no: str = ""

    def read(self, raw: Raw) -> bool:
        """True or false, nothing that looks like it."""
        given = raw.get(self.key)
        if not isinstance(given, bool):
            raise Refused("Välj ett av alternativen.", field=self.key)
        return given

    def fresh(self, today: date) -> bool:  # noqa: ARG002
        """Is so, unless the usual thing is that it is not."""
        return self.usual is not False

    def schema(self) -> dict[str, Any]:
        """True or false."""
        return {"type": "boolean"}

    def typed(self, fields: Fields, n: int) -> bool | None:
        """What is chosen."""
        return {"yes": True, "no": False}.get(fields.get(f"{self.key}-{n}", ""))


@dataclass(frozen=True)
class Number(Input):
    """A whole number between two others."""

    control = "number"
    least: int = 1
    most: int = 100
    wrong: str = ""
    hidden: bool = False
    """Carried along, not shown."""

    def read(self, raw: Raw) -> int:
        """The number."""
        found = whole(raw.get(self.key))
        if found is None or not self.least <= found <= self.most:
            raise Refused(self.wrong, field=self.key, least=self.least, most=self.most)
        return found

    def fresh(self, today: date) -> int:
        """The usual number, which may depend on the day."""
        usual = self.usual(today) if callable(self.usual) else self.usual
        return self.least if usual is None else usual

    def schema(self) -> dict[str, Any]:
        """A whole number."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def typed(self, fields: Fields, n: int) -> int | str:
        """What was typed."""
        return number(fields.get(f"{self.key}-{n}", ""))


@dataclass(frozen=True)
class Options(Input):
    """Answers to questions, each as "question:place in the list"."""

    control = "options"
    none: str = ""

    def read(self, raw: Raw) -> tuple[str, ...]:
        """Each once."""
        given = raw.get(self.key)
        fine = isinstance(given, list) and all(isinstance(one, str) and re.fullmatch(_OPTION, one) for one in given)
        if not fine or not given or len(set(given)) != len(given) or len(given) > MOST_IDS:
            raise Refused(self.none, field=self.key)
        return tuple(given)

    def fresh(self, today: date) -> list[str]:  # noqa: ARG002
        """Nothing chosen."""
        return []

    def schema(self) -> dict[str, Any]:
        """Texts of two numbers."""
        one = {"type": "string", "pattern": f"^{_OPTION}$"}
        return {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_IDS, "uniqueItems": True}

    def typed(self, fields: Fields, n: int) -> list[str]:
        """What is ticked."""
        return list(dict.fromkeys(fields.getlist(f"{self.key}-{n}")))


_OPTION = "[1-9][0-9]{0,8}:[0-9]{1,3}"


def whole(value: object) -> int | None:
    """A whole number, never a truth value or a fraction."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def number(text: str) -> int | str:
    """A number if it is one, else what was typed, so that it is said back."""
    text = text.strip()
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else text
