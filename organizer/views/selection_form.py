"""A selection as form fields and back: the same part stands on the page of selections and in a campaign's first step.

Conditions are numbered through the whole form (`kind-2`, `days-2`); `in-2` says to which step one belongs, and steps have
fields of their own (`do-1`, `limit-1`, `seed-1`).
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from organizer.access import Viewer
from organizer.conditions import CONDITIONS, FAMILIES, SOURCES
from organizer.conditions.groups import draw
from organizer.conditions.inputs import number
from organizer.models import Person, RoleName, Tag
from organizer.selection_definitions import MOST_CONDITIONS, MOST_STEPS, STATUSES, VERSION
from organizer.times import local_day
from organizer.views.selection_count import Counted, counted, say, shown

ROLES = (RoleName.ORGANIZER, RoleName.STEWARD)
Values = MultiDict[str, str]


def definition_of(values: Values) -> dict[str, Any]:
    """The definition a form describes, with what could not be read kept as it was typed."""
    numbers = sorted({int(found[1]) for name in values if (found := re.fullmatch(r"kind-([0-9]{1,3})", name))})
    steps = sorted({0, *(int(found[1]) for name in values if (found := re.fullmatch(r"do-([0-9]{1,2})", name)))})
    of_step = {n: [one for one in numbers if values.get(f"in-{one}", "0") == str(n)] for n in steps}
    return {
        "version": VERSION,
        "status": values.get("status", "members"),
        "steps": [_step(values, n, of_step[n]) for n in steps],
    }


def after_button(definition: dict[str, Any], values: Values, now: datetime) -> bool:
    """Add or remove a condition or a step, or draw lots anew, if such a button was pressed; whether one was."""
    steps = definition["steps"]
    kind, _, at = values.get("add", "").partition(":")
    step = number(at or "0")
    if kind in CONDITIONS and isinstance(step, int) and step < len(steps):
        steps[step]["all"].append(CONDITIONS[kind].fresh(local_day(now)))
        return True
    if values.get("step") in ("add", "remove") and len(steps) < MOST_STEPS:
        steps.append({"do": values["step"], "all": []})
        return True
    for name, act in (("remove", _remove), ("drop", _drop), ("lots", _draw_anew)):
        if values.get(name, "").isdecimal() and len(values[name]) < 4:
            return act(steps, int(values[name]))
    return "count" in values


def outermost(paths: Sequence[str]) -> list[str]:
    """The paths that lie below no other one, so that nobody is counted twice."""
    return [one for one in sorted(set(paths)) if not any(one != other and one.startswith(other) for other in paths)]


def paths_of(viewer: Viewer) -> tuple[str, ...]:
    """The places where the viewer may make selections."""
    return viewer.paths(*ROLES)


def choices(session: Session, paths: Sequence[str], definition: Any, values: Values | None = None) -> dict[str, Any]:
    """What the form needs around a definition: the kinds on offer by family, and the lists that its conditions have.

    `values` is the form as it came, so that a condition just added stands open.
    """
    used = {str(one.get("kind")) for step in definition["steps"] for one in step["all"] if isinstance(one, dict)}
    wanted = {one.source for kind in CONDITIONS.keys() & used for one in CONDITIONS[kind].inputs if one.source}
    offered = [one for one in CONDITIONS.values() if _has_matter(session, one.kind)]
    return {
        "kinds": CONDITIONS,
        "families": [(name, [one for one in offered if one.family == family]) for family, name in FAMILIES.items()],
        "lists": {source: SOURCES[source].options(session, paths) for source in wanted},
        "statuses": STATUSES,
        "opened": _just_added(definition, values),
        "room": sum(len(step["all"]) for step in definition["steps"]) < MOST_CONDITIONS,
        "more_steps": len(definition["steps"]) < MOST_STEPS,
    }


def _just_added(definition: Any, values: Values | None) -> int | None:
    kind, _, at = ("" if values is None else values.get("add", "")).partition(":")
    step = number(at or "0")
    if kind not in CONDITIONS or not isinstance(step, int):
        return None
    return sum(len(one["all"]) for one in definition["steps"][: step + 1]) - 1


def _has_matter(session: Session, kind: str) -> bool:
    """Tags are offered where there are tags, age where anybody's year of birth is known."""
    if kind == "tag":
        return session.scalar(sa.select(Tag.id).limit(1)) is not None
    if kind == "age":
        return session.scalar(sa.select(Person.id).where(Person.birth_year.is_not(None)).limit(1)) is not None
    return True


def _step(values: Values, n: int, numbers: list[int]) -> dict[str, Any]:
    step: dict[str, Any] = {"do": values.get(f"do-{n}", "add"), "all": [_condition(values, one) for one in numbers]}
    limit = values.get(f"limit-{n}", "").strip()
    if limit:
        step["limit"] = number(limit)
        step["seed"] = number(values.get(f"seed-{n}", "")) or draw()
    return step


def _condition(values: Values, n: int) -> dict[str, Any]:
    kind = values.get(f"kind-{n}", "")
    given: dict[str, Any] = {"kind": kind}
    if kind in CONDITIONS:
        found = {one.key: one.typed(values, n) for one in CONDITIONS[kind].inputs}
        given |= {key: value for key, value in found.items() if value is not None}
    return given


def _remove(steps: list[dict[str, Any]], n: int) -> bool:
    for step in steps:
        if n < len(step["all"]):
            del step["all"][n]
            return True
        n -= len(step["all"])
    return False


def _drop(steps: list[dict[str, Any]], n: int) -> bool:
    if not 0 < n < len(steps):
        return False
    del steps[n]
    return True


def _draw_anew(steps: list[dict[str, Any]], n: int) -> bool:
    """Other lots for a step's limit and its samples: other people of the same sort."""
    if n >= len(steps):
        return False
    if "limit" in steps[n]:
        steps[n]["seed"] = draw()
    for one in steps[n]["all"]:
        if one.get("kind") == "sample":
            one["seed"] = draw()
    return True


__all__ = [
    "ROLES",
    "Counted",
    "after_button",
    "choices",
    "counted",
    "definition_of",
    "outermost",
    "paths_of",
    "say",
    "shown",
]
