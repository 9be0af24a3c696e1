"""The database notes by itself of whom something has changed that a selection may ask about, whoever changes it.

What is kept in memory (kept_sets) is corrected with this. On PostgreSQL a note carries its transaction, so that what was
not yet committed when somebody looked is never overlooked; SQLite writes one transaction at a time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.db import changed
from organizer.models import SelectionNews

MOST_PEOPLE = 2000
"""So many changed since a set was made are asked about one by one; of more it is quicker to ask everybody anew."""
REMEMBERED = "2 hours"
TABLE = "selection_news"
_LISTS = {"choices", "interests"}
"""Columns that PostgreSQL cannot compare as they are."""
_OPERATIONS = {"insert": ("new",), "delete": ("old",), "update": ("old", "new")}


@dataclass(frozen=True, slots=True)
class Watched:
    """A table that conditions read."""

    columns: tuple[str, ...] = ()
    """Those that matter when a row is changed; none means all."""
    key: str = "person_id"
    """The column that leads to the people: it is the person, or stands in the last condition of `of`."""
    of: str = ""
    """SELECT the people, up to the value of `key`. A table without a key concerns everybody."""
    only: str = ""
    """Which of its rows matter, for tables that a crowd writes to row by row: the others then cost nothing."""


WATCHED: Mapping[str, Watched] = {
    "associations": Watched(("path",), key=""),
    "memberships": Watched(),
    "people": Watched(("email", "birth_year", "protected", "deceased_on", "merged_into_id"), key="id"),
    "phones": Watched(("person_id", "e164", "kind")),
    "blocked_numbers": Watched(("e164",), "e164", "SELECT w.person_id FROM phones w WHERE w.e164 ="),
    "fees": Watched(("person_id", "year")),
    "person_tags": Watched(),
    "assignments": Watched(("person_id", "office", "from_day", "to_day")),
    "timeline": Watched(("person_id", "kind", "day", "campaign_id")),
    "sign_ups": Watched(("person_id", "activity_id", "state")),
    "attendances": Watched(("person_id", "activity_id")),
    "activities": Watched(
        ("kind", "starts_at", "ends_at", "cancelled_at", "theme"), "id",
        "SELECT w.person_id FROM (SELECT activity_id, person_id FROM attendances UNION ALL SELECT activity_id, person_id"
        " FROM sign_ups WHERE person_id IS NOT NULL) w WHERE w.activity_id =",
    ),
    "answers": Watched(("person_id", "question_id", "choices")),
    "questions": Watched(("interests",), key=""),
    "interests": Watched(("person_id", "kind")),
    "calls": Watched(("person_id", "outcome", "campaign_id", "happened_at"), only="state = 'reported'"),
    "messages": Watched(
        ("person_id", "blast_id", "claimed_at"), only="state IN ('accepted', 'sent', 'delivered', 'no_receipt')"
    ),
    "threads": Watched(("person_id",)),
    "thread_messages": Watched(
        ("thread_id", "incoming", "meaning", "blast_id", "at"), "thread_id", "SELECT w.person_id FROM threads w WHERE w.id ="
    ),
}  # fmt: skip
Point = int | str
"""A moment in the life of the database: a snapshot of PostgreSQL, or the latest note in SQLite."""


@dataclass(frozen=True, slots=True)
class News:
    """Of whom something has changed, and the tables in which too much has."""

    people: frozenset[int]
    tables: frozenset[str]


def point(session: Session) -> Point:
    """What this session sees, to ask `since` about later."""
    if session.get_bind().dialect.name == "sqlite":
        return int(session.scalar(sa.select(sa.func.coalesce(sa.func.max(SelectionNews.id), 0))) or 0)
    return str(session.scalar(sa.text("SELECT CAST(pg_current_snapshot() AS TEXT)")))


def in_time(one: Point) -> tuple[int, ...]:
    """What puts moments of one database in order: never earlier than one at which less could be seen."""
    if isinstance(one, int):
        return (one,)
    first, end, going_on = one.split(":")
    return int(end), int(first), -len(going_on.split(",")) if going_on else 0


def since(session: Session, then: Point) -> News | None:
    """What this session sees and that moment did not; None when it is too much to go through."""
    if isinstance(then, int):
        fresh: sa.ColumnElement[bool] = SelectionNews.id > then
    else:
        snapshot = sa.cast(sa.bindparam("then", then, sa.Text), _Snapshot)
        number = sa.cast(sa.cast(SelectionNews.xid, sa.Text), _Transaction)
        first = sa.cast(sa.cast(sa.func.pg_snapshot_xmin(snapshot), sa.Text), sa.BigInteger)
        fresh = sa.and_(SelectionNews.xid >= first, ~sa.func.pg_visible_in_snapshot(number, snapshot))
    rows = session.execute(
        sa.select(SelectionNews.person_id, SelectionNews.what).where(fresh).distinct().limit(MOST_PEOPLE + 1)
    ).all()
    if len(rows) > MOST_PEOPLE:
        return None
    return News(
        frozenset(row.person_id for row in rows if row.person_id is not None),
        frozenset(row.what for row in rows if row.what is not None),
    )


def forget(session: Session) -> int:
    """Throw away the notes that nothing in memory is old enough to need; returns how many."""
    old = "datetime('now', '-2 hours')" if session.get_bind().dialect.name == "sqlite" else "now() - interval '2 hours'"
    return changed(session.execute(sa.delete(SelectionNews).where(SelectionNews.at < sa.literal_column(old))))


def notice(connection: sa.Connection) -> None:
    """Make the triggers, in place of any there are; nothing before the table they write to exists."""
    there_now = set(sa.inspect(connection).get_table_names())
    if TABLE not in there_now:
        return
    stop_noticing(connection)
    if "shared_sets" in there_now:  # what changed while nobody noted it
        connection.exec_driver_sql("DELETE FROM shared_sets")
    for name, table in WATCHED.items():
        if name in there_now:
            for statement in _sqlite(name, table) if connection.dialect.name == "sqlite" else _postgresql(name, table):
                connection.exec_driver_sql(statement)


def there(connection: sa.Connection) -> int:
    """How many triggers there are: three for each table."""
    sqlite = "sqlite_master WHERE type = 'trigger' AND name"
    names = sqlite if connection.dialect.name == "sqlite" else "pg_trigger WHERE tgname"
    return int(connection.exec_driver_sql(f"SELECT count(*) FROM {names} LIKE 'news!_%%' ESCAPE '!'").scalar_one())  # noqa: S608


def stop_noticing(connection: sa.Connection) -> None:
    """Remove every trigger, and on PostgreSQL the functions they call."""
    there_now = set(sa.inspect(connection).get_table_names())
    for name in WATCHED.keys() & there_now:
        for operation in _OPERATIONS:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS news_{name}_{operation}")
            else:
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS news_{name}_{operation} ON {name}")
                connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS news_of_{name}_{operation}()")


def _sqlite(name: str, table: Watched) -> list[str]:
    """Once for each row: SQLite knows no other way."""
    made = []
    for operation, rows in _OPERATIONS.items():
        notes = " ".join(_note_of_row(name, table, row.upper()) for row in rows)
        made.append(
            f"CREATE TRIGGER news_{name}_{operation} AFTER {operation} ON {name}{_when(table, rows, 'IS NOT')}"
            f" BEGIN {notes} END"
        )
    return made


def _when(table: Watched, rows: tuple[str, ...], differs: str) -> str:
    """Of a row: it matters, or did, and something that matters of it is no longer the same."""
    only = [f"{row.upper()}.{table.only}" for row in rows if table.only]
    if len(rows) == 1:
        return f" WHEN ({only[0]})" if only else ""
    other = " OR ".join(f"OLD.{one} {differs} NEW.{one}" for one in table.columns)
    if only:
        other = f"({only[0]}) <> ({only[1]}) OR {only[1]} AND ({other})"
    return f" WHEN ({other})" if other else ""


def _note_of_row(name: str, table: Watched, row: str) -> str:
    """The table alone where other tables would have to be asked: SQLite then could not make those anew (migrations)."""
    if table.of or not table.key:
        return f"INSERT INTO {TABLE} (what, at) VALUES ('{name}', datetime('now'));"  # noqa: S608  our own tables
    person = f"{row}.{table.key}"
    return f"INSERT INTO {TABLE} (person_id, at) SELECT {person}, datetime('now') WHERE {person} IS NOT NULL;"


def _postgresql_by_row(name: str, table: Watched) -> Iterator[str]:
    """Once for each row that matters: rows come a few at a time, and who comes with them has no use for a summary."""
    for operation, rows in _OPERATIONS.items():
        people = " UNION ".join(f"SELECT {row.upper()}.{table.key} AS person_id" for row in rows)
        yield (
            f"CREATE OR REPLACE FUNCTION news_of_{name}_{operation}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"  # noqa: S608  our own tables
            f" INSERT INTO {TABLE} (person_id, xid, at) SELECT p.person_id,"
            f" CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT), clock_timestamp() FROM ({people}) p"
            " WHERE p.person_id IS NOT NULL; RETURN NULL; END $$"
        )
        yield (
            f"CREATE TRIGGER news_{name}_{operation} AFTER {operation} ON {name} FOR EACH ROW"
            f"{_when(table, rows, 'IS DISTINCT FROM')} EXECUTE FUNCTION news_of_{name}_{operation}()"
        )


def _postgresql(name: str, table: Watched) -> Iterator[str]:
    """Once for each statement; one that changes very many leaves a single note, so that an import costs no more."""
    if table.only:
        yield from _postgresql_by_row(name, table)
        return
    for operation, rows in _OPERATIONS.items():
        tables = " ".join(f"{row.upper()} TABLE AS {row}_rows" for row in rows)
        yield (
            f"CREATE OR REPLACE FUNCTION news_of_{name}_{operation}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"  # noqa: S608  our own tables
            f" IF {_too_many(table, rows)} THEN INSERT INTO {TABLE} (what, xid, at)"
            f" VALUES ('{name}', CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT), clock_timestamp());"
            f" {_notes(table, rows)} END IF; RETURN NULL; END $$"
        )
        yield (
            f"CREATE TRIGGER news_{name}_{operation} AFTER {operation} ON {name} REFERENCING {tables}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION news_of_{name}_{operation}()"
        )


def _too_many(table: Watched, rows: tuple[str, ...]) -> str:
    """What of a statement is noted with the table alone."""
    if table.key:
        return f"(SELECT count(*) FROM (SELECT 1 FROM {rows[-1]}_rows LIMIT {MOST_PEOPLE + 1}) r) > {MOST_PEOPLE}"  # noqa: S608
    return f"EXISTS (SELECT 1 FROM {_differing(table, rows)} r)"  # noqa: S608  our own tables


def _notes(table: Watched, rows: tuple[str, ...]) -> str:
    if not table.key:
        return ""
    if table.of:
        people = f"{_differing(table, rows)} r CROSS JOIN LATERAL ({table.of} r.{table.key}) p"
    else:
        people = f"(SELECT r.{table.key} AS person_id FROM {_differing(table, rows)} r) p"  # noqa: S608  our own tables
    return (
        f"ELSE INSERT INTO {TABLE} (person_id, xid, at) SELECT DISTINCT p.person_id,"  # noqa: S608  our own tables
        f" CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT), clock_timestamp() FROM {people}"
        " WHERE p.person_id IS NOT NULL;"
    )


def _differing(table: Watched, rows: tuple[str, ...]) -> str:
    """The rows of a statement; of an update those that were otherwise before in the columns that matter, both ways."""
    if len(rows) == 1:
        return f"{rows[0]}_rows"
    if not table.columns:
        return f"(SELECT {table.key} FROM old_rows UNION SELECT {table.key} FROM new_rows)"  # noqa: S608  our own tables
    wanted = dict.fromkeys([*([table.key] if table.key else []), *table.columns])
    names = ", ".join(f"CAST({one} AS TEXT) AS {one}" if one in _LISTS else one for one in wanted)
    old, new = (f"SELECT {names} FROM {one}_rows" for one in rows)  # noqa: S608  our own tables
    return f"(({old} EXCEPT {new}) UNION ({new} EXCEPT {old}))"


class _Snapshot(sa.types.UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_how: Any) -> str:
        return "PG_SNAPSHOT"


class _Transaction(sa.types.UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_how: Any) -> str:
        return "XID8"
