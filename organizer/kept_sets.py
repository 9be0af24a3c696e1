"""Who fulfils a condition, kept in memory as a set of bits and corrected by what has changed, so that counting is quick.

Bit n is the person with id n. A condition is taken apart at its *and*, *or* and *not*; each part that is left asks one
table who is there, and that is what is kept. What a set was made of is known from its own SQL: the same SQL with the same
values is the same set, and only SQL over tables that are watched (selection_news) is kept. Before a set is used, everybody
of whom something has changed since is asked about again, so that it is right to the last person.
"""

import json
import operator
import threading
import time
from array import array
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any, cast
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList, Grouping, UnaryExpression

from organizer import selection_news
from organizer.selection_news import News, Point

MOST_BYTES = 64 * 2**20
"""Of memory in each process; the set that was used longest ago goes first. A million people take 125 kB."""
OLDEST = 3600.0
"""Seconds since a set was last corrected; the notes of what has changed stay twice as long."""
WIDTH = 32
"""So many people come from the database as one number."""


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


Tree = Those | tuple[str, tuple["Tree", ...]]
"""Those, or ("and" | "or" | "not", parts)."""


@dataclass(frozen=True, slots=True)
class _Kept:
    bits: int
    point: Point
    tables: frozenset[str]
    seen: float


class _Shelf:
    """The sets of one database, by their SQL."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sets: OrderedDict[Any, _Kept] = OrderedDict()
        self._bytes = 0

    def get(self, key: Any) -> _Kept | None:
        with self._lock:
            found = self._sets.get(key)
            if found is None or time.monotonic() - found.seen > OLDEST:
                return None
            self._sets.move_to_end(key)
            return found

    def put(self, key: Any, kept: _Kept) -> None:
        with self._lock:
            self._drop(key)
            self._sets[key] = kept
            self._bytes += kept.bits.bit_length() // 8
            while self._bytes > MOST_BYTES and len(self._sets) > 1:
                self._drop(next(iter(self._sets)))

    def _drop(self, key: Any) -> None:
        gone = self._sets.pop(key, None)
        self._bytes -= gone.bits.bit_length() // 8 if gone else 0


_SHELVES: WeakKeyDictionary[Any, _Shelf] = WeakKeyDictionary()
_SHELVES_LOCK = threading.Lock()


def usable(session: Session) -> bool:
    """Only a session that looks sees one moment from beginning to end, and nothing that may be taken back."""
    options = session.get_bind().get_execution_options()
    looking = session.get_bind().dialect.name == "sqlite" or options.get("isolation_level") == "REPEATABLE READ"
    return looking and not options.get("writing")


def tree(condition: Any, member: Any, rows: sa.Select[Any]) -> Tree:
    """A condition on the alias `member` taken apart; what cannot be is asked of `rows`, a SELECT from that alias."""
    match condition:
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


def sets(session: Session, trees: Sequence[Tree], now: datetime) -> list[int]:
    """For each tree the people it is true of; a number below zero has all the bits beyond its own."""
    keys = {id(one): _key(session, one) for each in trees for one in _leaves(each)}
    bits = _bits_of(session, {keys[id(one)]: one for each in trees for one in _leaves(each)}, now)
    return [_put_together(each, lambda one: bits[keys[id(one)]]) for each in trees]


def tables(each: Tree) -> frozenset[str]:
    """What is asked to find them."""
    return frozenset().union(*(_tables(one) for one in _leaves(each)))


def of(ids: Iterable[int | None]) -> int:
    """Some people as a set."""
    every = [one for one in ids if one is not None]
    packed = bytearray(1 + max(every, default=0) // 8)
    for one in every:
        packed[one >> 3] |= 1 << (one & 7)
    return int.from_bytes(packed, "little")


def _bits_of(session: Session, leaves: dict[Any, Those], now: datetime) -> dict[Any, int]:
    here = selection_news.point(session)
    shelf = _shelf(session)
    found = {key: one for key in leaves if (one := shelf.get(key)) is not None}
    kept = {key: one for key, one in found.items() if one.point == here}
    for point in {one.point for one in found.values()} - {here}:
        old = {key: one for key, one in found.items() if one.point == point}
        kept |= _corrected(session, old, leaves, selection_news.since(session, point))
    bits = {key: one.bits for key, one in kept.items()}
    for key, one in kept.items():
        shelf.put(key, replace(one, point=here, seen=time.monotonic()))
    for together in _by_table({key: those for key, those in leaves.items() if key not in kept}):
        made = dict(zip(together, _all(session, list(together.values())), strict=True))
        for key, those in together.items():
            if _may_be_kept(session, those, now):
                shelf.put(key, _Kept(made[key], here, _tables(those), time.monotonic()))
        bits |= made
    return bits


def _corrected(
    session: Session, old: dict[Any, _Kept], leaves: dict[Any, Those], news: News | None
) -> dict[Any, _Kept]:
    """The sets as they are now; without those that have to be made anew."""
    if news is None:
        return {}
    still = {key: one for key, one in old.items() if not news.tables & one.tables}
    if not news.people or not still:
        return still
    order = list(still)
    ids = _listed(session, news.people)
    each = (
        leaves[key].ids.add_columns(sa.literal(n)).where(leaves[key].person_id.in_(ids)) for n, key in enumerate(order)
    )
    these: dict[Any, list[int]] = {key: [] for key in order}
    for person_id, n in session.execute(sa.union_all(*each)):
        these[order[n]].append(person_id)
    touched = of(news.people)
    return {key: replace(one, bits=one.bits & ~touched | of(these[key])) for key, one in still.items()}


def _listed(session: Session, ids: Iterable[int]) -> Any:
    """A list of ids as one value, for IN: a statement with twenty thousand values takes longer to write than to answer."""
    if session.get_bind().dialect.name == "sqlite":
        return sa.select(sa.column("value")).select_from(sa.func.json_each(json.dumps(list(ids))))
    return sa.select(sa.func.unnest(sa.cast(list(ids), ARRAY(sa.Integer))))


def _by_table(missing: dict[Any, Those]) -> list[dict[Any, Those]]:
    """Those that ask the same table alone stand together, so that it is read once."""
    groups: dict[Any, dict[Any, Those]] = {}
    for key, those in missing.items():
        table, select = getattr(those.person_id, "table", None), list(visitors.iterate(those.ids))
        asked = {one for one in select if isinstance(one, sa.FromClause) and not isinstance(one, sa.Select)}
        alone = (
            asked <= {table, getattr(table, "element", table)}
            and sum(isinstance(one, sa.Select) for one in select) == 1
        )
        groups.setdefault(table if alone else key, {})[key] = those
    return list(groups.values())


def _all(session: Session, each: Sequence[Those]) -> list[int]:
    """Asked of everybody. PostgreSQL packs them, so that a million people come as some thirty thousand numbers."""
    if session.get_bind().dialect.name == "sqlite":
        return [of(session.scalars(those.ids)) for those in each]
    first, wanted = each[0], cast("list[sa.ColumnElement[bool]]", [those.select.whereclause for those in each])
    one = sa.literal_column("CAST(1 AS BIGINT)", sa.BigInteger)
    pack: Any = sa.func.bit_or(one.op("<<")(first.person_id.op("&")(WIDTH - 1)))
    block = first.person_id.op("/")(WIDTH).label("block")
    packs = [pack] if len(each) == 1 else [pack.filter(where) for where in wanted]
    asked: Any = first.select.with_only_columns(block, *packs, maintain_column_froms=True)
    asked._where_criteria = (first.person_id.is_not(None), sa.or_(sa.false(), *wanted))  # noqa: SLF001  those of all of them
    rows = session.execute(asked.group_by("block")).all()
    size = WIDTH // 8 * (1 + max((row[0] for row in rows), default=0))
    return [_unpacked(((row[0], row[n + 1]) for row in rows), size) for n in range(len(each))]


def _unpacked(numbers: Iterable[tuple[int, int | None]], size: int) -> int:
    packed = array("I", bytes(size))
    for block, number in numbers:
        packed[block] = number or 0
    return int.from_bytes(packed.tobytes(), "little")


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


def _put_together(each: Tree, bits: Any) -> int:
    if isinstance(each, Those):
        return int(bits(each))
    word, parts = each
    found = [_put_together(one, bits) for one in parts]
    if word == "not":
        return ~found[0]
    return reduce(operator.and_ if word == "and" else operator.or_, found)


def _leaves(each: Tree) -> Iterable[Those]:
    if isinstance(each, Those):
        yield each
    else:
        for one in each[1]:
            yield from _leaves(one)


def _key(session: Session, those: Those) -> Any:
    """The SQL with its values: what is named, and which day it is, stands in it."""
    text = those.ids.compile(dialect=session.get_bind().dialect)
    return str(text), repr(sorted(text.params.items()))


def _tables(those: Those) -> frozenset[str]:
    return frozenset(one.name for one in visitors.iterate(those.ids) if isinstance(one, sa.Table))


def _may_be_kept(session: Session, those: Those, now: datetime) -> bool:
    """Every table is watched, nobody is drawn by lot among others, and time alone changes nothing."""
    if not _tables(those) <= selection_news.WATCHED.keys():
        return False
    if any(isinstance(one, sa.Select) and one._limit_clause is not None for one in visitors.iterate(those.ids)):  # noqa: SLF001
        return False
    return now not in those.ids.compile(dialect=session.get_bind().dialect).params.values()


def _shelf(session: Session) -> _Shelf:
    with _SHELVES_LOCK:
        return _SHELVES.setdefault(session.get_bind().engine.pool, _Shelf())


__all__ = ["Those", "Tree", "of", "sets", "tables", "tree", "usable"]
