"""A selection as it is stored: a typed, versioned definition, read with a sentence for whatever is wrong, and its schema.

Version 2: `{"version": 2, "status": "members", "steps": [{"do": "add", "all": [condition, …], "limit": 100, "seed": 1}, …]}`.
A step adds those who fulfil all its conditions or removes them; a limit takes so many of them by lot. Version 1 was a
single step, `{"version": 1, "all": [condition, …]}`, and is still read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from organizer.conditions import CONDITIONS, Condition
from organizer.conditions.groups import MOST_SEED
from organizer.conditions.inputs import whole
from organizer.words import N_, Refused

VERSION = 2
MOST_CONDITIONS = 30
MOST_STEPS = 8
MOST_PEOPLE = 1_000_000
EVERYONE: dict[str, Any] = {"version": VERSION, "status": "members", "steps": [{"do": "add", "all": []}]}
STATUSES = {"members": N_("Medlemmar nu"), "former": N_("Tidigare medlemmar")}
_UNREADABLE = N_("Urvalet är sparat i en form som inte går att läsa. Gör om det från början.")


@dataclass(frozen=True, slots=True)
class Step:
    """Add, or remove, those who fulfil every condition; at most `limit` of them, by the lot of `seed`."""

    add: bool
    conditions: tuple[Condition, ...]
    limit: int | None = None
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Definition:
    """Current members, or former ones, in steps; conditions are numbered through all steps."""

    steps: tuple[Step, ...]
    former: bool = False

    @property
    def conditions(self) -> list[Condition]:
        """All of them, in order."""
        return [one for step in self.steps for one in step.conditions]

    @property
    def drawn(self) -> bool:
        """Whether a limit draws people by lot: then who is in depends on who else is."""
        return any(step.limit is not None for step in self.steps)

    @property
    def others(self) -> set[int]:
        """The saved selections it builds on."""
        return {
            one_id
            for one in self.conditions
            for _input, source, ids in one.asks()
            if source == "selection"
            for one_id in ids
        }


def read(raw: object) -> Definition:
    """The definition; Refused in words, with a field such as "days-2" or "limit-1", when it cannot be read."""
    current = upgraded(raw)
    if set(current) - {"version", "status", "steps"}:
        raise Refused(_UNREADABLE)
    status = current.get("status", "members")
    if not isinstance(status, str) or status not in STATUSES:
        raise Refused("Välj ett av alternativen.", field="status")
    found = Definition(tuple(_steps(current.get("steps"))), status == "former")
    for position, condition in enumerate(found.conditions):
        if found.former and condition.members_only:
            raise Refused("Det villkoret gäller bara dem som är medlemmar nu. Ta bort det.", field=f"kind-{position}")
    return found


def upgraded(raw: object) -> dict[str, Any]:
    """A definition of any version as one of the newest, unchecked; Refused when it is none at all."""
    if not isinstance(raw, Mapping):
        raise Refused(_UNREADABLE)
    if raw.get("version") == VERSION:
        return dict(raw)
    if raw.get("version") != 1 or set(raw) != {"version", "all"}:
        raise Refused(_UNREADABLE)
    given = raw["all"]
    every = [_condition_of_1(one) for one in given] if isinstance(given, list) else given
    return {"version": VERSION, "status": "members", "steps": [{"do": "add", "all": every}]}


def schema() -> dict[str, Any]:
    """The newest version as JSON schema, made of the classes of the conditions."""
    step = {
        "type": "object",
        "properties": {
            "do": {"enum": ["add", "remove"]},
            "all": {"type": "array", "items": {"$ref": "#/$defs/condition"}, "maxItems": MOST_CONDITIONS},
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST_PEOPLE},
            "seed": {"type": "integer", "minimum": 1, "maximum": MOST_SEED},
        },
        "required": ["do", "all"],
        "additionalProperties": False,
    }
    first = {"allOf": [{"$ref": "#/$defs/step"}, {"properties": {"do": {"const": "add"}}}]}
    later = {"allOf": [{"$ref": "#/$defs/step"}, {"properties": {"all": {"minItems": 1}}}]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A selection of people in Rundan",
        "type": "object",
        "properties": {
            "version": {"const": VERSION},
            "status": {"enum": list(STATUSES)},
            "steps": {"type": "array", "prefixItems": [first], "items": later, "minItems": 1,
                      "maxItems": MOST_STEPS},
        },
        "required": ["version", "steps"],
        "additionalProperties": False,
        "$defs": {
            "step": step,
            "condition": {"oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in CONDITIONS]},
            **{kind: one.schema() for kind, one in CONDITIONS.items()},
        },
    }  # fmt: skip


def _steps(given: object) -> list[Step]:
    if not isinstance(given, list) or not given:
        raise Refused(_UNREADABLE)
    if len(given) > MOST_STEPS:
        raise Refused("Ett urval kan ha högst %(most)s grupper.", most=MOST_STEPS)
    steps: list[Step] = []
    for number, one in enumerate(given):
        steps.append(_step(one, number, sum(len(step.conditions) for step in steps)))
    if not steps[0].add:
        raise Refused(_UNREADABLE)
    return steps


def _step(raw: object, number: int, before: int) -> Step:
    if (
        not isinstance(raw, Mapping)
        or set(raw) - {"do", "all", "limit", "seed"}
        or raw.get("do") not in ("add", "remove")
    ):
        raise Refused(_UNREADABLE)
    every = raw.get("all")
    if not isinstance(every, list):
        raise Refused(_UNREADABLE)
    if before + len(every) > MOST_CONDITIONS:
        raise Refused("Ett urval kan ha högst %(most)s villkor.", most=MOST_CONDITIONS)
    conditions = tuple(_condition(one, before + position) for position, one in enumerate(every))
    if number and not conditions:
        raise Refused("Gruppen är tom: lägg till minst ett villkor i den, eller ta bort den.", field=f"do-{number}")
    limit, seed = whole(raw.get("limit")), whole(raw.get("seed", 1))
    if "limit" in raw and (limit is None or not 1 <= limit <= MOST_PEOPLE):
        raise Refused("Skriv hur många som mest, som ett helt tal.", field=f"limit-{number}")
    if seed is None or not 1 <= seed <= MOST_SEED:
        raise Refused(_UNREADABLE)
    return Step(raw["do"] == "add", conditions, limit, seed)


def _condition(raw: object, position: int) -> Condition:
    if not isinstance(raw, Mapping):
        raise Refused("Villkor %(number)s går inte att läsa. Ta bort det och lägg till ett nytt.",
                      field=f"kind-{position}", number=position + 1)  # fmt: skip
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in CONDITIONS:
        raise Refused("Villkor %(number)s är av ett slag som inte finns. Ta bort det och lägg till ett nytt.",
                      field=f"kind-{position}", number=position + 1)  # fmt: skip
    try:
        return CONDITIONS[kind].read(raw)
    except Refused as refusal:
        raise Refused(refusal.sentence, field=f"{refusal.field}-{position}", **refusal.values) from refusal


def _condition_of_1(raw: object) -> object:
    """A condition of version 1 in the words of version 2; what it does not understand it leaves as it is."""
    if not isinstance(raw, Mapping):
        return raw
    one = dict(raw)
    kind = one.get("kind")
    if kind == "association":
        one.setdefault("below", True)
    elif kind == "renewed":
        one.setdefault("is", True)
    elif kind == "has_number":
        one.setdefault("number", "any")
    elif kind == "tag":
        so = one.pop("is", True)
        one["match"] = {True: "any", False: "none"}.get(so) if isinstance(so, bool) else so
    elif kind in ("joined_within", "not_contacted_since", "not_active_since"):
        first = one.pop("day", None)
        days = one.pop("days", None)
        one["when"] = {"days": days} if first in (None, "") or kind == "joined_within" else {"from": first}
        one["kind"] = {"joined_within": "joined", "not_contacted_since": "contacted", "not_active_since": "active"}[
            kind
        ]
        if kind != "joined_within":
            one["is"] = False
    return one
