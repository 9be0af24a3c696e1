"""The index that finds people by the beginning of any part of a name, in each database's own way; kept by the database."""

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.db import search_key
from organizer.models import Person

TABLE = "name_words"
_WORDS = "to_tsvector('simple', translate(search_key, '-./@_:&<>', '         '))"
_TRIGGERS = {
    "name_words_added": "AFTER INSERT ON people BEGIN INSERT INTO name_words(rowid, search_key)"
    " VALUES (new.id, new.search_key); END",
    "name_words_gone": "AFTER DELETE ON people BEGIN INSERT INTO name_words(name_words, rowid, search_key)"
    " VALUES ('delete', old.id, old.search_key); END",
    "name_words_changed": "AFTER UPDATE OF search_key ON people WHEN old.search_key IS NOT new.search_key"
    " BEGIN INSERT INTO name_words(name_words, rowid, search_key) VALUES ('delete', old.id, old.search_key);"
    " INSERT INTO name_words(rowid, search_key) VALUES (new.id, new.search_key); END",
}
MOST_WORDS = 6


def make(connection: sa.Connection) -> None:
    """Make the index over everybody there is: an FTS5 table on SQLite, a GIN index on PostgreSQL."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"CREATE INDEX ix_people_words ON people USING gin ({_WORDS})")
        return
    connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5(search_key, content='people', content_rowid='id', detail=none,"
        " columnsize=0, tokenize='unicode61 remove_diacritics 0', prefix='2 3')"
    )
    connection.exec_driver_sql("INSERT INTO name_words(name_words) VALUES ('rebuild')")
    _triggers(connection)


def drop(connection: sa.Connection) -> None:
    """Take the index away."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("DROP INDEX ix_people_words")
        return
    for name in _TRIGGERS:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    connection.exec_driver_sql(f"DROP TABLE {TABLE}")


def mend(connection: sa.Connection) -> None:
    """After migrations: SQLite forgets a table's triggers when the table is made anew to change a column."""
    if connection.dialect.name == "sqlite" and sa.inspect(connection).has_table(TABLE):
        _triggers(connection)


def matches(session: Session, text: str) -> sa.ColumnElement[bool] | None:
    """Whether somebody's name has parts that begin with each of these words; None for fewer than two letters."""
    words = re.findall(r"\w+", search_key(text).replace("_", " "))[:MOST_WORDS]
    if sum(letter.isalpha() for letter in "".join(words)) < 2:
        return None
    if session.get_bind().dialect.name == "sqlite":
        wanted = " AND ".join(f'"{word}"*' for word in words)
        rows = sa.text("SELECT rowid FROM name_words WHERE name_words MATCH :wanted")
        return Person.id.in_(rows.bindparams(wanted=wanted).columns(sa.column("rowid", sa.Integer)))
    query = " & ".join(f"'{word}':*" for word in words)
    return sa.literal_column(_WORDS.replace("search_key", "people.search_key"), sa.Boolean).op(
        "@@", is_comparison=True
    )(sa.func.to_tsquery(sa.literal_column("'simple'"), query))


def forget(session: Session) -> None:
    """Take deleted names out of the index itself: SQLite's keeps them, crossed out, until it is next put in order."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sa.text("INSERT INTO name_words(name_words) VALUES ('optimize')"))


def _triggers(connection: sa.Connection) -> None:
    for name, rule in _TRIGGERS.items():
        connection.exec_driver_sql(f"CREATE TRIGGER IF NOT EXISTS {name} {rule}")
