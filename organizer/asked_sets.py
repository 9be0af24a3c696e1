"""Asks the database who the people of some conditions are, all of them or among a few, and takes them home as bits."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors

from organizer.selection_trees import Those

WIDTH = 64
"""So many people are packed into one number by PostgreSQL."""


def of(ids: Iterable[int | None]) -> int:
    """Some people as a set: bit n is the person with id n."""
    every = [one for one in ids if one is not None]
    packed = bytearray(1 + max(every, default=0) // 8)
    for one in every:
        packed[one >> 3] |= 1 << (one & 7)
    return int.from_bytes(packed, "little")


def ids(people: int) -> Iterator[int]:
    """The people of a set."""
    return (n for n, bit in enumerate(reversed(f"{people:b}")) if bit == "1")


def by_table(wanted: Mapping[str, Those]) -> list[dict[str, Those]]:
    """Those that ask the same table alone stand together, so that it is read once."""
    groups: dict[Any, dict[str, Those]] = {}
    for key, those in wanted.items():
        table, select = getattr(those.person_id, "table", None), list(visitors.iterate(those.ids))
        asked = {one for one in select if isinstance(one, sa.FromClause) and not isinstance(one, sa.Select)}
        alone = (
            asked <= {table, getattr(table, "element", table)}
            and sum(isinstance(one, sa.Select) for one in select) == 1
        )
        groups.setdefault(getattr(table, "element", table) if alone else key, {})[key] = those
    return list(groups.values())


def everybody(session: Session, each: Sequence[Those]) -> list[int]:
    """All people of each of some Those that stand together. PostgreSQL packs them: a million come as 125 kB."""
    if session.get_bind().dialect.name == "sqlite":
        return [of(session.scalars(those.ids)) for those in each]
    first, wanted = each[0], [_on_the_row_of(each[0], those) for those in each]
    _read_side_by_side(session)
    one = sa.literal_column("CAST(1 AS BIGINT)", sa.BigInteger)
    pack: Any = sa.func.bit_or(one.op("<<")(first.person_id.op("&")(WIDTH - 1)))
    place = first.person_id.op("/")(WIDTH).label("which_pack")
    packs = [pack] if len(each) == 1 else [pack.filter(where) for where in wanted]
    named = [one.label(f"pack{n}") for n, one in enumerate(packs)]
    asked: Any = first.select.with_only_columns(place, *named, maintain_column_froms=True)
    asked._where_criteria = (first.person_id.is_not(None), sa.or_(sa.false(), *wanted))  # noqa: SLF001  those of all of them
    return [int.from_bytes(one or b"", "big") for one in session.execute(_strung(asked.group_by("which_pack"))).one()]


def some(session: Session, each: Sequence[Those], people: Iterable[int]) -> list[int]:
    """The people of each of Those among a few, asked in one statement."""
    ids = _listed(session, people)
    asked = (those.ids.add_columns(sa.literal(n)).where(those.person_id.in_(ids)) for n, those in enumerate(each))
    found: list[list[int]] = [[] for _ in each]
    for person_id, n in session.execute(sa.union_all(*asked)):
        found[n].append(person_id)
    return [of(one) for one in found]


def _read_side_by_side(session: Session) -> None:
    """For this transaction let PostgreSQL read a large table with several processes; it fears handing over the rows too much."""
    free = (sa.func.set_config(f"parallel_{what}_cost", "0", sa.true()) for what in ("setup", "tuple"))
    session.execute(sa.select(*free))


def _on_the_row_of(first: Those, those: Those) -> Any:
    """Its condition, where it asks the same table by another alias."""
    table, other = first.person_id.table, those.person_id.table

    def column(element: Any, **_how: Any) -> Any:
        return table.c[element.key] if getattr(element, "table", None) is other else None

    return (
        visitors.replacement_traverse(those.select.whereclause, {}, column)
        if other is not table
        else those.select.whereclause
    )


def _strung(asked: sa.Select[Any]) -> Any:
    """The numbers of each pack one after the other, the highest people first, with nothing where nobody is."""
    packed = asked.cte("packed").prefix_with("MATERIALIZED")
    most = sa.select(sa.func.max(packed.c.which_pack)).scalar_subquery()
    places = sa.func.generate_series(0, most).table_valued("place").render_derived("places")
    highest_first: Any = aggregate_order_by(sa.cast(sa.literal(b""), sa.LargeBinary), places.c.place.desc())
    return sa.select(
        *(
            sa.func.string_agg(
                sa.func.int8send(sa.func.coalesce(one, sa.literal(0, sa.BigInteger))),
                highest_first,
                type_=sa.LargeBinary,
            )
            for one in packed.c
            if one.key != "which_pack"
        )
    ).select_from(places.outerjoin(packed, packed.c.which_pack == places.c.place))


def _listed(session: Session, ids: Iterable[int]) -> Any:
    """A list of ids as one value, for IN: a statement with twenty thousand values takes longer to write than to answer."""
    if session.get_bind().dialect.name == "sqlite":
        return sa.select(sa.column("value")).select_from(sa.func.json_each(json.dumps(list(ids))))
    return sa.select(sa.func.unnest(sa.cast(list(ids), ARRAY(sa.Integer))))


__all__ = ["by_table", "everybody", "ids", "of", "some"]
