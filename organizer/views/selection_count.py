"""What a definition comes to right now, for a page: the sentence, how many, and how many are left after each condition."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from organizer import page, selections, writing
from organizer.conditions import CONDITIONS, SOURCES, Condition
from organizer.selection_definitions import upgraded
from organizer.selection_sentences import names_of, said
from organizer.words import Refused


@dataclass(frozen=True, slots=True)
class Line:
    """A condition in words, with its number in the form and how many are left after it."""

    number: int
    text: str
    left: int


@dataclass(frozen=True, slots=True)
class Group:
    """A step: whether it adds or removes, its conditions, how many it is about, and how many there are after it."""

    add: bool
    lines: tuple[Line, ...]
    limit: int | None
    found: int
    people: int


@dataclass(slots=True)
class Counted:
    """The sentence and the numbers; or what is wrong."""

    sentence: str = ""
    people: int | None = None
    members: int = 0
    former: bool = False
    groups: list[Group] = field(default_factory=list)
    removes_last: str = ""
    removes_last_number: int | None = None
    texts: dict[int, str] = field(default_factory=dict)
    """Each condition in words, by its number, as far as it can be read."""
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def lines(self) -> list[Line]:
        """Every condition."""
        return [line for group in self.groups for line in group.lines]


def counted(session: Session, definition: dict[str, Any], paths: Sequence[str], now: datetime) -> Counted:
    """Count it at one place (`paths` holds one) or several; a broken definition comes back with its errors."""
    texts = _texts(session, definition, paths)
    try:
        selections.check_within(session, selections.conditions(definition), paths)
        with page.looking() as looking:
            total, steps = selections.steps(looking, definition, list(paths), now)
    except Refused as refusal:
        return Counted(texts=texts, errors={refusal.field or "target": [page.in_words(refusal)]})
    words = iter(texts.items())
    groups = [
        Group(
            one.step.add,
            tuple(Line(*next(words), left=condition.left) for condition in one.conditions),
            one.step.limit, one.found, one.people,
        )
        for one in steps
    ]  # fmt: skip
    found = Counted(
        sentence=selections.sentence(session, definition, say), people=groups[-1].people, members=total, groups=groups, texts=texts,
        former=definition.get("status") == "former",
    )  # fmt: skip
    _say_what_removes_the_last(found)
    return found


def _texts(session: Session, definition: dict[str, Any], paths: Sequence[str]) -> dict[int, str]:
    """Never of things the reader may not choose: their names would be told."""
    found: dict[int, Condition] = {}
    raws = (raw for step in shown(definition)["steps"] for raw in step["all"])
    for number, raw in enumerate(raws):
        kind = raw.get("kind") if isinstance(raw, dict) else None
        with contextlib.suppress(Refused):
            if isinstance(kind, str) and kind in CONDITIONS:
                one = CONDITIONS[kind].read(raw)
                if all(SOURCES[source].known(session, ids, paths) for _input, source, ids in one.asks()):
                    found[number] = one
    names = names_of(session, list(found.values()))
    return {number: said(one.phrase(names), say) for number, one in found.items()}


def shown(definition: Any) -> dict[str, Any]:
    """A saved definition as the form needs it; one that cannot be read is shown as an empty one."""
    try:
        found = upgraded(definition)
    except Refused:
        found = {}
    given = found.get("steps")
    steps = (
        [one for one in given if isinstance(one, dict) and isinstance(one.get("all"), list)]
        if isinstance(given, list)
        else []
    )
    return {**found, "status": found.get("status", "members"), "steps": steps or [{"do": "add", "all": []}]}


def say(sentence: str, **values: Any) -> str:
    """A sentence in the visitor's language, with days written out."""
    shown = {
        name: writing.day_with_year(value) if hasattr(value, "isoformat") else value for name, value in values.items()
    }
    return str(gettext(sentence, **shown))


def _say_what_removes_the_last(found: Counted) -> None:
    """The first condition after which nobody is left, or the group that takes the last away."""
    if found.people or not found.members:
        return
    gone = next((line for line in found.lines if line.left == 0), None)
    taken = next(
        (group for group in found.groups if not group.add and group.people == 0 and group.lines and group.found), None
    )
    if taken and any(group.people for group in found.groups):
        found.removes_last, found.removes_last_number = taken.lines[-1].text, taken.lines[-1].number
    elif gone:
        found.removes_last, found.removes_last_number = gone.text, gone.number
