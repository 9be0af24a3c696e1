"""A condition taken apart at its *and*, *or* and *not*: what is left are the people in one SELECT."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList, Grouping, UnaryExpression


@dataclass(frozen=True, slots=True)
class Those:
    """The people in a column, of the rows of a SELECT that hold it: `select` has no columns yet."""

    select: sa.Select[Any]
    """With at least one condition."""
    person_id: Any

    @property
    def ids(self) -> sa.Select[int]:
        """SELECT the people."""
        return self.select.with_only_columns(self.person_id, maintain_column_froms=True)

    @property
    def tables(self) -> frozenset[str]:
        """What is asked to find them."""
        return frozenset(one.name for one in visitors.iterate(self.ids) if isinstance(one, sa.Table))


Tree = Those | int | tuple[str, tuple["Tree", ...]]
"""Those, a set that is known already (bit n is the person with id n), or ("and" | "or" | "not", parts)."""


class Known(sa.ColumnElement[bool]):
    """A condition that a known set of people fulfil; it stands for them in a tree and cannot be sent to a database."""

    def __init__(self, people: int) -> None:
        """As bits."""
        self.people = people

    def _negate(self) -> sa.ColumnElement[Any]:
        return UnaryExpression(self, operator=operators.inv)


def tree(condition: Any, member: Any, rows: sa.Select[Any]) -> Tree:
    """A condition on the alias `member` taken apart; what cannot be is asked of `rows`, a SELECT from that alias."""
    match condition:
        case Known():
            return condition.people
        case Grouping():
            return tree(condition.element, member, rows)
        case BooleanClauseList() if condition.operator in (operators.and_, operators.or_):
            word = "and" if condition.operator is operators.and_ else "or"
            return word, tuple(tree(one, member, rows) for one in condition.clauses)
        case sa.Exists():
            return _of_one_table(condition, member) or Those(rows.where(condition), member.person_id)
        case UnaryExpression() if condition.operator is operators.inv:
            return "not", (tree(condition.element, member, rows),)
    return Those(rows.where(condition), member.person_id)


def leaves(each: Tree) -> Iterable[Those]:
    """What is left of it."""
    if isinstance(each, Those):
        yield each
    elif not isinstance(each, int):
        for one in each[1]:
            yield from leaves(one)


def _of_one_table(exists: sa.Exists, member: Any) -> Those | None:
    """EXISTS (… WHERE x = person AND …) as those x; None when it asks something else of the member too."""
    select: Any = exists.element
    while not isinstance(select, sa.Select):
        select = select.element
    asked = select.whereclause
    parts = (
        list(asked.clauses) if isinstance(asked, BooleanClauseList) and asked.operator is operators.and_ else [asked]
    )
    alias = sa.inspect(member).selectable
    ours = [
        one
        for one in parts
        if isinstance(one, BinaryExpression) and one.operator is operators.eq and _person(one, alias) is not None
    ]
    if len(ours) != 1:
        return None
    rest = [one for one in parts if one is not ours[0]]
    if any(getattr(one, "table", None) is alias for part in rest for one in visitors.iterate(part)):
        return None
    person_id: Any = _person(ours[0], alias)
    bare: Any = select.with_only_columns(person_id)
    bare._where_criteria = tuple(rest)  # noqa: SLF001  a SELECT can be given conditions but not freed of one
    return Those(bare, person_id)


def _person(equal: BinaryExpression[Any], alias: Any) -> Any:
    """The other side of "= person"."""
    for one, other in ((equal.left, equal.right), (equal.right, equal.left)):
        if getattr(one, "table", None) is alias and one.key == "person_id":
            return other
    return None


__all__ = ["Known", "Those", "Tree", "leaves", "tree"]
