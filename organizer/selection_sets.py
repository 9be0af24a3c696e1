"""Counting a selection with sets: each condition is a set of people, and what is left after it is what they share."""

from collections.abc import Iterator
from itertools import accumulate, islice
from operator import and_

from sqlalchemy.orm import Session

from organizer import asked_sets, kept_sets
from organizer.conditions import Asked
from organizer.conditions.groups import lowest_lots
from organizer.selection_definitions import Definition, Step
from organizer.selection_members import Among, members_anywhere, members_tree
from organizer.selection_trees import tree


def counts(session: Session, wanted: Definition, among: Among, at: Asked) -> list[int]:
    """How many there are; then for each step how many are left after each condition, are in it, and are in all after it."""
    everyone, *conditions = make(session, wanted, among, at)
    found, inside = [everyone.bit_count()], 0
    for step, left in _left(wanted, everyone, conditions):
        found += [one.bit_count() for one in left[1:]]
        if step.limit is not None and len(wanted.steps) == 1:
            many = min(step.limit, left[-1].bit_count())
            return [*found, many, many]
        these = _within_limit(step, left[-1])
        inside = _after(step, inside, these)
        found += [these.bit_count(), inside.bit_count()]
    return found


def people(session: Session, wanted: Definition, among: Among, at: Asked) -> int:
    """Everybody it finds, as bits."""
    everyone, *conditions = make(session, wanted, among, at)
    inside = 0
    for step, left in _left(wanted, everyone, conditions):
        inside = _after(step, inside, _within_limit(step, left[-1]))
    return inside


def make(session: Session, wanted: Definition, among: Among, at: Asked) -> list[int]:
    """The sets of everybody there is to choose among and of each condition, kept from then on."""
    rows = members_anywhere(among, at)
    trees = [tree(one.where(at), at.member, rows) for one in wanted.conditions]
    return kept_sets.sets(session, [members_tree(session, among, at), *trees], at.now)


def _left(wanted: Definition, everyone: int, conditions: list[int]) -> Iterator[tuple[Step, list[int]]]:
    """Each step with everybody, and who is left after each of its conditions."""
    turn = iter(conditions)
    for step in wanted.steps:
        yield step, list(accumulate([everyone, *islice(turn, len(step.conditions))], and_))


def _within_limit(step: Step, these: int) -> int:
    if step.limit is None or these.bit_count() <= step.limit:
        return these
    return asked_sets.of(lowest_lots(asked_sets.ids(these), step.seed, step.limit))


def _after(step: Step, inside: int, these: int) -> int:
    return inside | these if step.add else inside & ~these


__all__ = ["counts", "make", "people"]
