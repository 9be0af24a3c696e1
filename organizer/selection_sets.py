"""Counting a selection with sets: each condition is a set of people, and what is left after it is what they share."""

from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from organizer import kept_sets
from organizer.conditions import Asked
from organizer.selection_definitions import Definition, Step
from organizer.selection_members import Among, members_anywhere, members_tree


def counts(
    session: Session, wanted: Definition, among: Among, at: Asked, by_lot: Callable[[Step], Iterable[int]]
) -> list[int]:
    """How many there are; then for each step how many are left after each condition, are in it, and are in all after it.

    `by_lot` gives the people of a step whose limit draws some of them.
    """
    rows = members_anywhere(among, at)
    trees = [kept_sets.tree(one.where(at), at.member, rows) for one in wanted.conditions]
    everyone, *each = kept_sets.sets(session, [members_tree(session, among, at), *trees], at.now)
    found, inside, turn = [everyone.bit_count()], 0, iter(each)
    for step in wanted.steps:
        these = everyone
        for one in (next(turn) for _ in step.conditions):
            these &= one
            found.append(these.bit_count())
        if step.limit is not None and these.bit_count() > step.limit:
            if len(wanted.steps) == 1:
                return [*found, step.limit, step.limit]
            these = kept_sets.of(by_lot(step))
        inside = inside | these if step.add else inside & ~these
        found += [these.bit_count(), inside.bit_count()]
    return found


__all__ = ["counts"]
