"""A group of people as a sentence, turned into one SELECT; never anyone protected or deceased.

How a definition is stored stands in organizer.selection_definitions, the kinds of condition in organizer.conditions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any, Self, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from organizer import kept_sets, selection_sets
from organizer.conditions import SOURCES, Asked, Condition
from organizer.conditions.groups import lot
from organizer.models import Association, Membership, Selection
from organizer.selection_definitions import EVERYONE, VERSION, Definition, Step, read
from organizer.selection_members import Among, Place, member_rows
from organizer.selection_sentences import Say, phrases, said, sentence, swedish
from organizer.selection_trees import Known
from organizer.times import local_day
from organizer.words import N_, Refused

GONE = N_("Ett urval som det här bygger på finns inte längre. Ta bort villkoret om det.")
MOST_OTHERS = 60
"""How many other selections one may build on, through however many steps: each is looked up and asked inside."""
TOO_MANY = N_("Urvalet bygger på för många andra urval. Ta bort något av villkoren om andra urval.")
ROUND = N_("Urvalet bygger på sig självt: %(names)s. Ta bort något av villkoren om andra urval.")


@dataclass(frozen=True, slots=True)
class ConditionLeft:
    """How many fulfil a condition and all before it in its step."""

    condition: Condition
    left: int


@dataclass(frozen=True, slots=True)
class StepLeft:
    """What a step of a definition does: condition by condition, and how many there are in all after it."""

    step: Step
    conditions: tuple[ConditionLeft, ...]
    found: int
    """How many the step is about, within its limit."""
    people: int


def conditions(definition: object) -> list[Condition]:
    """All conditions of a definition in order; Refused in words, with a field such as "days-2", when it cannot be read."""
    return read(definition).conditions


def people(
    definition: object,
    now: datetime,
    place_path: Place = "",
    session: Session | None = None,
    *,
    protected: bool = False,
) -> sa.Select[int, int]:
    """SELECT (person_id, association_id) of those who are members today and are found by the definition.

    `place_path` keeps to an association and everything below it. A definition that builds on other selections needs
    `session` to look them up. Former members are never found here: what calls and messages are sent from is this.
    `protected`: those with a protected identity instead of everybody else, for pages that say how many they are and
    never who (D19).
    """
    wanted = read(definition)
    if wanted.former:
        nobody = aliased(Membership)
        return sa.select(nobody.person_id, nobody.association_id).where(sa.false())
    return _found(wanted, now, Among(False, place_path, protected), session)


def everyone(definition: object, now: datetime, place_path: Place, session: Session) -> sa.Select[int, int]:
    """The same with former members where the definition is about them: for counting, never for reaching (P§4.9)."""
    wanted = read(definition)
    return _found(wanted, now, Among(wanted.former, place_path), session)


def count(session: Session, definition: object, place_path: Place, now: datetime) -> int:
    """How many people a definition finds below a place, former members too where it is about them."""
    _make_room(session)
    if kept_sets.usable(session):
        return _counts_of_sets(session, read(definition), place_path, now)[-1]
    found = everyone(definition, now, place_path, session).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(found)) or 0


def steps(session: Session, definition: object, place_path: Place, now: datetime) -> tuple[int, list[StepLeft]]:
    """How many there are to choose among, and how many are left after each condition and step of the definition.

    Where it can, it counts with sets that are kept (kept_sets). Elsewhere in one statement: each condition is asked only
    of those who fulfil the one before it.
    """
    wanted = read(definition)
    _make_room(session)
    if kept_sets.usable(session):
        total, *rest = _counts_of_sets(session, wanted, place_path, now)
        return total, _left(wanted, iter(rest))
    others = _Others(session, now)
    everyone = _kept(member_rows(Among(wanted.former, place_path), at := others.asked()), at.member, "everyone")
    counts = [_how_many(everyone)]
    inside: sa.CTE | None = None
    for n, step in enumerate(wanted.steps):
        these = everyone
        for k, one in enumerate(step.conditions):
            row = these.alias()
            these = _kept(sa.select().where(one.where(others.asked(row))), row, f"step{n}_{k}")
            counts.append(_how_many(these))
        if step.limit is not None:
            row = these.alias()
            lots = (lot(row.c.person_id, step.seed), row.c.person_id)
            these = _kept(sa.select().order_by(*lots).limit(step.limit), row, f"step{n}_drawn")
        inside = these if inside is None else _together(inside, these, f"after{n}", add=step.add)
        counts += [_how_many(these), _how_many(inside)]
    row_of_counts = session.execute(sa.select(*(one.label(f"n{n}") for n, one in enumerate(counts)))).one()
    total, *rest = row_of_counts
    return total, _left(wanted, iter(rest))


def make_ready(session: Session, definition: object, place_path: Place, now: datetime) -> None:
    """Make and keep the sets that a count needs; Refused as when it is counted. Only where sets are usable (kept_sets)."""
    _make_room(session)
    wanted, others = read(definition), _OthersAsSets(session, now)
    selection_sets.make(session, wanted, Among(wanted.former, place_path), others.asked())


def drawn(session: Session, definition: object) -> bool:
    """Whether a limit takes some of the people by lot, here or in what it builds on: who is in depends on who else is."""
    seen: set[int] = set()
    waiting = [read(definition)]
    while waiting:
        one = waiting.pop()
        if one.drawn:
            return True
        new = one.others - seen
        seen |= new
        waiting += [read(raw) for raw in session.scalars(sa.select(Selection.definition).where(Selection.id.in_(new)))]
    return False


def reachable(definition: object) -> None:
    """Refused in words when a definition is about people who must not be rung or sent messages (P§4.9)."""
    if read(definition).former:
        raise Refused(
            "Urvalet gäller tidigare medlemmar. De får inte ringas eller få sms härifrån, för de har inte sagt ja till det. "
            "Välj ett urval av medlemmar.", field="target",
        )  # fmt: skip


def check_within(session: Session, wanted: Sequence[Condition], paths: Sequence[str]) -> None:
    """Refuse things that somebody at `paths` may not choose: for the one who asks they do not exist."""
    for position, one in enumerate(wanted):
        for field, source, ids in one.asks():
            if not SOURCES[source].known(session, ids, paths):
                raise Refused("Välj bland dem som finns i listan.", field=f"{field.key}-{position}")


def _make_room(session: Session) -> None:
    """For this transaction let PostgreSQL hold a table of people in memory, and not compile what it counts once."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.set_config("work_mem", "64MB", True), sa.func.set_config("jit", "off", True)))


class _Others:
    """Looks up the other selections a definition builds on, and remembers through which it has come."""

    def __init__(
        self, session: Session | None, now: datetime, trail: tuple[int, ...] = (), asked: list[int] | None = None
    ) -> None:
        self._session, self._now, self._trail = session, now, trail
        self._asked = [] if asked is None else asked

    def asked(self, people: sa.FromClause | None = None) -> Asked:
        """Conditions are asked of memberships, or of rows that have been found already."""
        member = aliased(Membership) if people is None else people.c
        return Asked(member, self._now, local_day(self._now), self._chosen, self._below)

    def _below(self, ids: Sequence[int]) -> Any:
        """Looked up beforehand where that can be done: a list tells PostgreSQL how many people to expect."""
        here, top = aliased(Association), aliased(Association)
        found = sa.select(here.id).join(top, here.path.like(top.path.concat("%"))).where(top.id.in_(ids)).distinct()
        return found if self._session is None else list(self._session.scalars(found))

    def _chosen(self, selection_id: int, person_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
        """Whether another selection finds a person: all of it, at its own place, whoever asks."""
        definition, among, inner = self._other(selection_id)
        at = inner.asked()
        rows = member_rows(among, at).where(_matches(definition, at, among, inner))
        if definition.drawn:
            return person_id.in_(rows.add_columns(at.person_id))
        return rows.add_columns(sa.literal(1)).where(at.person_id == person_id).exists()

    def _other(self, selection_id: int) -> tuple[Definition, Among, Self]:
        """Another selection, whom it chooses among, and what looks up those that it builds on in its turn."""
        if self._session is None:
            raise RuntimeError("a selection that builds on others needs the session: people(..., session=session)")
        row = self._session.execute(
            sa.select(Selection.definition, Association.path)
            .join(Association, Association.id == Selection.association_id)
            .where(Selection.id == selection_id)
        ).first()
        if row is None:
            raise Refused(GONE)
        if selection_id in self._trail:
            raise Refused(ROUND, names=_names_in_turn(self._session, (*self._trail, selection_id)))
        self._asked.append(selection_id)
        if len(self._asked) > MOST_OTHERS:
            raise Refused(TOO_MANY)
        definition = read(row.definition)
        inner = type(self)(self._session, self._now, (*self._trail, selection_id), self._asked)
        return definition, Among(definition.former, row.path), inner


class _OthersAsSets(_Others):
    """The same where sets are counted: another selection is a set of people too."""

    def _chosen(self, selection_id: int, person_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:  # noqa: ARG002
        definition, among, inner = self._other(selection_id)
        return Known(selection_sets.people(cast("Session", self._session), definition, among, inner.asked()))


def _counts_of_sets(session: Session, wanted: Definition, place: Place, now: datetime) -> list[int]:
    """How many there are, are left after each condition, are in each step, and are in all after it."""
    at = _OthersAsSets(session, now).asked()
    return selection_sets.counts(session, wanted, Among(wanted.former, place), at)


def _found(wanted: Definition, now: datetime, among: Among, session: Session | None) -> sa.Select[int, int]:
    others = _Others(session, now)
    at = others.asked()
    rows = member_rows(among, at).where(_matches(wanted, at, among, others))
    return rows.add_columns(at.member.person_id, at.member.association_id)


def _matches(wanted: Definition, at: Asked, among: Among, others: _Others) -> sa.ColumnElement[bool]:
    """Whether a row is in the selection: in after each step that adds it, out after each that removes it."""

    def then(so_far: sa.ColumnElement[bool], step: Step) -> sa.ColumnElement[bool]:
        these = _in_step(step, at, among, others)
        return sa.or_(so_far, these) if step.add else sa.and_(so_far, sa.not_(these))

    first, *rest = wanted.steps
    return reduce(then, rest, _in_step(first, at, among, others))


def _in_step(step: Step, at: Asked, among: Among, others: _Others) -> sa.ColumnElement[bool]:
    if step.limit is not None:
        return _drawn(step, at, among, others)
    return sa.and_(sa.true(), *(one.where(at) for one in step.conditions))


def _drawn(step: Step, at: Asked, among: Among, others: _Others) -> sa.ColumnElement[bool]:
    """Whether a row is among the `limit` people of a step with the lowest lots."""
    return at.person_id.in_(_lowest(step, others.asked(), among))


def _lowest(step: Step, at: Asked, among: Among) -> sa.Select[int]:
    rows = member_rows(among, at).where(*(one.where(at) for one in step.conditions))
    return rows.add_columns(at.person_id).order_by(lot(at.person_id, step.seed), at.person_id).limit(step.limit)


def _kept(statement: sa.Select[Any], row: Any, name: str) -> sa.CTE:
    """The people of a statement, worked out once however often they are asked for."""
    columns = row.c if isinstance(row, sa.FromClause) else row
    found = statement.add_columns(columns.person_id.label("person_id"), columns.association_id.label("association_id"))
    return found.cte(name).prefix_with("MATERIALIZED")


def _together(inside: sa.CTE, these: sa.CTE, name: str, *, add: bool) -> sa.CTE:
    """Those inside with these added, or with these taken away."""
    one, other = (sa.select(each.c.person_id, each.c.association_id) for each in (inside, these))
    return (sa.union(one, other) if add else sa.except_(one, other)).cte(name).prefix_with("MATERIALIZED")


def _how_many(people: sa.CTE) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(people).scalar_subquery()


def _left(wanted: Definition, counts: Iterator[int]) -> list[StepLeft]:
    """The counts in the order they were asked for: each condition, then the step, then all after it."""
    return [
        StepLeft(step, tuple(ConditionLeft(one, next(counts)) for one in step.conditions), next(counts), next(counts))
        for step in wanted.steps
    ]


def _names_in_turn(session: Session, ids: Sequence[int]) -> str:
    rows = session.execute(sa.select(Selection.id, Selection.name).where(Selection.id.in_(ids)))
    names = {row.id: row.name for row in rows}
    return " → ".join(f"”{names.get(one, '?')}”" for one in ids)


__all__ = [
    "EVERYONE", "VERSION", "ConditionLeft", "Say", "StepLeft", "check_within", "conditions", "count", "drawn", "everyone",
    "make_ready", "people", "phrases", "reachable", "said", "sentence", "steps", "swedish",
]  # fmt: skip
