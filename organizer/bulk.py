"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite; in the session's own transaction."""

import gc
import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, REGCLASS
from sqlalchemy.orm import Session

_lock = threading.Lock()
_busy: list[tuple[int, int, int]] = []
"""The collector's ordinary thresholds, once for each import going on."""


@contextmanager
def undisturbed() -> Iterator[None]:
    """While many short-lived rows pass through, look for cycles among them seldom: it takes half the time else."""
    with _lock:
        _busy.append(_busy[0] if _busy else gc.get_threshold())
        gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        with _lock:
            ordinary = _busy.pop()
            if not _busy:
                gc.set_threshold(*ordinary)


def insert(session: Session, model: Any, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows of plain values in the order of `columns`; what is not named must have a default or allow none."""
    if not rows:
        return
    table: sa.Table = model.__table__
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        _copy(connection, table, columns, rows)
        return
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  our own names
    connection.exec_driver_sql(statement, list(_as_sqlite_keeps_them(connection, table, columns, rows)))


def next_ids(session: Session, model: Any, how_many: int) -> Sequence[int]:
    """Ids for new rows, taken before the rows exist, so that other rows can point at them."""
    table: sa.Table = model.__table__
    if session.connection().dialect.name == "sqlite":
        first = (session.scalar(sa.select(sa.func.max(table.c.id))) or 0) + 1
        return range(first, first + how_many)
    sequence = sa.cast(sa.func.pg_get_serial_sequence(table.name, "id"), REGCLASS)
    numbers = sa.func.generate_series(1, how_many).table_valued("n")
    return session.scalars(sa.select(sa.func.nextval(sequence)).select_from(numbers)).all()


def among(session: Session, column: Any, values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """`column IN values` with one parameter for all of them, so that thousands cost no more to say than two."""
    if session.connection().dialect.name == "sqlite":
        given = sa.func.json_each(sa.literal(json.dumps(values))).table_valued("value")
        inside: sa.ColumnElement[bool] = column.in_(sa.select(given.c.value))
        return inside
    given_array = sa.literal(list(values), ARRAY(column.type))
    one_of: sa.ColumnElement[bool] = column == sa.any_(given_array)
    return one_of


def _copy(connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Stream the rows over psycopg's own COPY."""
    documents = {place for place, name in enumerate(columns) if isinstance(table.c[name].type, sa.JSON)}
    driver: Any = connection.connection.driver_connection
    statement = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                if documents:
                    copy.write_row([json.dumps(one) if place in documents else one for place, one in enumerate(row)])
                else:
                    copy.write_row(row)
    except psycopg.Error as error:  # as for every other statement: who asks for a kind of error gets it
        raise sa.exc.DBAPIError.instance(statement, None, error, psycopg.Error, hide_parameters=True) from error


def _as_sqlite_keeps_them(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> Iterable[tuple[Any, ...]]:
    """Days, moments and documents turned into text the way SQLAlchemy does, once for each value."""
    dialect = connection.dialect
    turns = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns]
    odd = [(place, turn) for place, turn in enumerate(turns) if turn]
    if not odd:
        return rows
    known: list[dict[Any, Any]] = [{} for _ in columns]

    def turned(row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for place, turn in odd:
            value = values[place]
            if value.__hash__ is None:
                values[place] = turn(value)
            elif value in known[place]:
                values[place] = known[place][value]
            else:
                values[place] = known[place][value] = turn(value)
        return tuple(values)

    return map(turned, rows)
