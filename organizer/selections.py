"""A group of members as a sentence, turned into one SELECT; never anyone protected or deceased.

A definition is `{"version": 1, "all": [condition, …]}`; the kinds of condition stand in organizer.conditions.
An empty list means every member.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.conditions import CONDITIONS, Condition, HasTag, InAssociation, Names, Phrase
from organizer.models import Association, Membership, Person, Selection, Tag
from organizer.times import local_day
from organizer.words import N_, Refused

VERSION = 1
MOST_CONDITIONS = 12
EVERYONE: dict[str, Any] = {"version": VERSION, "all": []}
Say = Callable[..., str]
"""say(sentence, **values): the sentence in the reader's language."""


@dataclass(frozen=True, slots=True)
class Step:
    """How many are left when a condition and those before it have been applied."""

    condition: Condition
    left: int


def conditions(definition: object) -> list[Condition]:
    """The conditions of a definition; Refused in words, with a field such as "days-2", when it cannot be read."""
    if not isinstance(definition, Mapping) or definition.get("version") != VERSION:
        raise Refused("Urvalet är sparat i en form som inte går att läsa. Gör om det från början.")
    given = definition.get("all")
    if not isinstance(given, list) or len(given) > MOST_CONDITIONS:
        raise Refused("Ett urval kan ha högst %(most)s villkor.", most=MOST_CONDITIONS)
    return [_read(raw, position) for position, raw in enumerate(given)]


def people(
    definition: object, now: datetime, place_path: str = "", *, protected: bool = False
) -> sa.Select[tuple[int, int]]:
    """SELECT (person_id, association_id) of those who are members today and fulfil every condition.

    `place_path` keeps to an association and everything below it. `protected`: those with a protected identity
    instead of everybody else, for pages that say how many they are and never who (D19).
    """
    today = local_day(now)
    statement = _members(today, place_path, protected=protected).add_columns(
        Membership.person_id, Membership.association_id
    )
    return statement.where(*(one.where(today) for one in conditions(definition)))


def count(session: Session, definition: object, place_path: str, now: datetime) -> int:
    """How many people a definition finds below a place."""
    return session.scalar(sa.select(sa.func.count()).select_from(people(definition, now, place_path).subquery())) or 0


def steps(session: Session, definition: object, place_path: str, now: datetime) -> tuple[int, list[Step]]:
    """How many members there are, and how many are left after each condition: which one removes the last is seen."""
    today, wanted = local_day(now), conditions(definition)
    clauses = [one.where(today) for one in wanted]
    counts = [sa.func.count().filter(sa.and_(*clauses[: n + 1])) for n in range(len(clauses))]
    row = session.execute(_members(today, place_path).add_columns(sa.func.count(), *counts)).one()
    return row[0], [Step(one, left) for one, left in zip(wanted, row[1:], strict=True)]


def phrases(session: Session, definition: object) -> list[Phrase]:
    """The condition's words in their order, with the names of places and tags filled in."""
    wanted = conditions(definition)
    names = _names(session, wanted)
    return [one.phrase(names) for one in wanted]


def sentence(session: Session, definition: object, say: Say) -> str:
    """The whole definition as one sentence: "Medlemmar i Timrå som gått med de senaste 90 dagarna"."""
    wanted = conditions(definition)
    names = _names(session, wanted)
    places = [one.phrase(names) for one in wanted if isinstance(one, InAssociation)]
    rest = [one.phrase(names) for one in wanted if not isinstance(one, InAssociation)]
    where = " ".join(_said(one, say, N_("och")) for one in places)
    which = _list([_said(one, say) for one in rest], say)
    if where and which:
        return say(N_("Medlemmar %(where)s som %(which)s"), where=where, which=which)
    if where:
        return say(N_("Medlemmar %(where)s"), where=where)
    if which:
        return say(N_("Medlemmar som %(which)s"), which=which)
    return say(N_("Alla medlemmar"))


def check_within(session: Session, wanted: Sequence[Condition], paths: Sequence[str]) -> None:
    """Refuse places and tags that do not lie at or below one of `paths`: for the one who asks they do not exist."""
    for position, one in enumerate(wanted):
        if isinstance(one, InAssociation | HasTag) and _known(session, one, paths) < len(one.ids):
            raise Refused("Välj bland dem som finns i listan.", field=f"ids-{position}")


def saved(session: Session, reach: sa.Select[int], selection_id: int) -> Selection | None:
    """A saved selection of one of the associations in `reach`, or None."""
    return session.scalar(sa.select(Selection).where(Selection.id == selection_id, Selection.association_id.in_(reach)))


def fingerprint(name: str, definition: object) -> str:
    """What a form carries along, to notice that somebody else has changed the selection meanwhile."""
    return hashlib.sha256(json.dumps([name, definition], sort_keys=True).encode()).hexdigest()[:16]


def said(phrase: Phrase, say: Say) -> str:
    """One condition on its own, in the reader's language."""
    return _said(phrase, say)


def swedish(text: str, **values: Any) -> str:
    """Say it as written: for tests and messages outside any page."""
    return text % values if values else text


def _read(raw: object, position: int) -> Condition:
    if not isinstance(raw, Mapping):
        raise Refused("Villkor %(number)s går inte att läsa. Ta bort det och lägg till ett nytt.",
                      field=f"kind-{position}", number=position + 1)  # fmt: skip
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in CONDITIONS:
        raise Refused("Villkor %(number)s är av ett slag som inte finns. Ta bort det och lägg till ett nytt.",
                      field=f"kind-{position}", number=position + 1)  # fmt: skip
    try:
        return CONDITIONS[kind](raw)
    except Refused as refusal:
        raise Refused(refusal.sentence, field=f"{refusal.field}-{position}", **refusal.values) from refusal


def _known(session: Session, one: InAssociation | HasTag, paths: Sequence[str]) -> int:
    here = sa.or_(sa.false(), *(Association.path.like(path + "%") for path in paths))
    known = sa.select(sa.func.count()).select_from(Association).where(here)
    if isinstance(one, HasTag):
        known = known.join(Tag, Tag.association_id == Association.id).where(Tag.id.in_(one.ids))
    else:
        known = known.where(Association.id.in_(one.ids))
    return session.scalar(known) or 0


def _members(today: date, place_path: str, *, protected: bool = False) -> sa.Select[Any]:
    """Those who are members on a day, in half-open intervals (D20), and may be shown to others than their steward."""
    statement = (
        sa.select()
        .select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(
            sa.or_(Membership.to_day.is_(None), Membership.to_day > today),
            sa.or_(Membership.from_day.is_(None), Membership.from_day <= today),
            Person.protected.is_(protected),
            Person.deceased_on.is_(None),
            Person.merged_into_id.is_(None),
        )
    )
    if place_path:
        here = sa.select(Association.id).where(Association.path.like(place_path + "%"))
        statement = statement.where(Membership.association_id.in_(here))
    return statement


def _names(session: Session, wanted: list[Condition]) -> Names:
    places = {one_id for one in wanted if isinstance(one, InAssociation) for one_id in one.ids}
    tags = {one_id for one in wanted if isinstance(one, HasTag) for one_id in one.ids}
    found: dict[tuple[str, int], str] = {}
    if places:
        rows = session.execute(sa.select(Association.id, Association.short_name).where(Association.id.in_(places)))
        found |= {("association", row.id): row.short_name for row in rows}
    if tags:
        rows = session.execute(sa.select(Tag.id, Tag.name).where(Tag.id.in_(tags)))
        found |= {("tag", row.id): row.name for row in rows}
    return found


def _said(phrase: Phrase, say: Say, between: str = N_("eller")) -> str:
    values = dict(phrase.values)
    if isinstance(values.get("names"), tuple):
        values["names"] = _list(list(values["names"]), say, between)
    return say(phrase.sentence, **values)


def _list(parts: list[str], say: Say, last: str = N_("och")) -> str:
    """A, b och c."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {say(last)} {parts[-1]}"
