"""Engine, transactions, the UTC type and the keys for Swedish sorting and searching; the only file that commits."""

import select
import threading
import time
import unicodedata
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.functions import FunctionElement

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Utc(sa.TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in both databases (SQLite alone would hand it back naive)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse naive moments; they have no meaning here."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Hand back an aware UTC moment whatever the driver gave."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The tables of both packages, in one metadata so that one migration history covers them."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Utc, dict[str, Any]: sa.JSON, list[Any]: sa.JSON}  # noqa: RUF012


LONGEST_WAIT = 120.0
"""Seconds that whoever is nobody's page waits for SQLite's one writer: a worker, or a machine that tells us something."""


TURNS = 8
"""How often something is written at most when the database has let others go first."""
_LOST_A_RACE = {"40P01", "40001"}
"""PostgreSQL's codes for a deadlock and for what cannot be put in one order with what others did."""
_OVERTAKEN = {"23505", "23503"}
"""For a row that is there already, and for one that points at a row no longer there."""
Answer = TypeVar("Answer")


AS_IT_IS: dict[str, Any] = {"populate_existing": True}
"""For a row that is taken to be changed: as it stands when it has become ours, whatever this session read before."""


class Busy(Exception):  # noqa: N818  it is no error: somebody else is writing, and nothing has been written here
    """Somebody else has been writing for longer than this one would wait."""


class LostARace(Busy):
    """Somebody else was quicker, or two waited for each other and the other one went first: all of it is done again."""


class FairLock:
    """A first-come, first-served lock: SQLite's own busy handler lets the unlucky wait for seconds."""

    def __init__(self) -> None:
        """Start free."""
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def acquire(self, seconds: float = -1) -> bool:
        """Wait for one's turn, for so long at most; whether it came."""
        with self._mutex:
            if not self._taken:
                self._taken = True
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=seconds):
            return True
        with self._mutex:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        return True  # it came in the same instant

    def release(self) -> None:
        """Hand over to whoever has waited longest."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


class Database:
    """One engine and the two ways to use it: `reading()` and `writing()`."""

    def __init__(self, url: str, threads: int = 8, **options: Any) -> None:
        """Open the database at `url` (SQLite or PostgreSQL) for so many threads; nothing is contacted until first use."""
        if url.startswith("postgres://"):
            url = "postgresql://" + url.removeprefix("postgres://")
        self.sqlite = url.startswith("sqlite")
        self._lock = FairLock() if self.sqlite else None
        options.setdefault("hide_parameters", True)  # what goes wrong is logged, whom it was about is not
        if not self.sqlite:
            # Two for each thread and a few more. A larger crowd waits in line: on PostgreSQL that is quicker than pushing.
            options.setdefault("pool_size", 12)
            options.setdefault("max_overflow", max(4, 2 * threads - 12))
        self.engine = sa.create_engine(url, **options)
        if self.sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine, "connect", _prepare_postgresql)
            event.listen(self.engine, "checkout", _refuse_dead_connection)
        self._writer = self.engine.execution_options(writing=True)
        # Whoever looks sees one moment, as in SQLite: a page with two numbers has both from before a report, or after.
        self._reader = self.engine if self.sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking: always rolled back at the end."""
        with Session(self._reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self, patience: float = LONGEST_WAIT) -> Iterator[Session]:
        """A session for changing: returning commits, raising rolls back everything.

        SQLite has one writer: raises Busy when somebody else has been it for `patience` seconds. PostgreSQL lets one go
        first when two wait for each other: the other gets LostARace. Nothing is written then.
        """
        began = time.monotonic()
        if self._lock and not self._lock.acquire(patience):
            raise Busy
        try:
            with Session(self._writer, expire_on_commit=False) as session:
                if self.sqlite:
                    _begin_within(session, patience - (time.monotonic() - began))
                yield session
                session.commit()
        except sa.exc.DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) in _LOST_A_RACE:
                raise LostARace from error
            raise
        finally:
            if self._lock:
                self._lock.release()

    def write(self, work: Callable[[Session], Answer], patience: float = LONGEST_WAIT) -> Answer:
        """Do `work` in a session for changing, and all of it again when a race was lost; it must bear being repeated.

        A row that somebody else made or removed between our looking and our writing was a race too: doing it once more
        finds what is there now. When that is no help it is an error like any other.
        """
        overtaken = False
        for turn in range(TURNS):
            last = turn == TURNS - 1
            try:
                with self.writing(patience) as session:
                    return work(session)
            except LostARace:
                if last:
                    raise
            except sa.exc.IntegrityError as error:
                if last or overtaken or getattr(error.orig, "sqlstate", None) not in _OVERTAKEN:
                    raise
                overtaken = True
        raise AssertionError("the last turn returns or raises")

    def dispose(self) -> None:
        """Close every connection of the pool."""
        self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Take transactions over from the driver, whose default silently loses updates."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        f"busy_timeout={int(LONGEST_WAIT * 1000)}",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_within(session: Session, seconds: float) -> None:
    """Become the one writer, or raise Busy; rounded so that the connection is seldom told anew how long to wait."""
    try:
        session.connection(execution_options={"patience": max(0, round(seconds, 1))})
    except sa.exc.OperationalError as error:
        if "locked" in str(error.orig):
            raise Busy from None
        raise


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """No compiling of statements: it takes the worker's round of a campaign from a few hundredths of a second to two."""
    connection.execute("SET jit = off")
    connection.commit()


def _refuse_dead_connection(connection: Any, _record: Any, _proxy: Any) -> None:
    """A server that has gone away has hung up: seen without asking it, which would cost every transaction a question."""
    line = select.poll()
    line.register(connection.pgconn.socket, select.POLLIN)
    if line.poll(0):
        raise sa.exc.DisconnectionError("the database has closed this connection")


def _begin_sqlite(connection: sa.Connection) -> None:
    """Writers take the write lock at once, so that nobody reads what they are about to change."""
    options = connection.get_execution_options()
    writing, patience = options.get("writing"), options.get("patience", LONGEST_WAIT)
    if writing and connection.info.get("patience") != patience:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(patience * 1000)}")
        connection.info["patience"] = patience
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def changed(result: Any) -> int:
    """How many rows a guarded UPDATE or DELETE touched."""
    return int(result.rowcount)


class days_after(FunctionElement[date]):  # noqa: N801  it reads as a function of SQL
    """The day so many days after a column's day, in both engines' words."""

    type = sa.Date()
    inherit_cache = True


@compiles(days_after, "sqlite")
def _days_after_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    day, days = (compiler.process(one, **how) for one in element.clauses)
    return f"date({day}, {days} || ' days')"


@compiles(days_after, "postgresql")
def _days_after_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    day, days = (compiler.process(one, **how) for one in element.clauses)
    return f"({day} + CAST({days} AS INTEGER))"


class list_holds(FunctionElement[bool]):  # noqa: N801  it reads as a function of SQL
    """Whether a stored list (JSON) holds a whole number, in both engines' words."""

    type = sa.Boolean()
    inherit_cache = True


@compiles(list_holds, "sqlite")
def _list_holds_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    column, number = (compiler.process(one, **how) for one in element.clauses)
    return f"EXISTS (SELECT 1 FROM json_each({column}) WHERE value = {number})"  # noqa: S608  a column and a bound number


@compiles(list_holds, "postgresql")
def _list_holds_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    column, number = (compiler.process(one, **how) for one in element.clauses)
    return f"(CAST({column} AS JSONB) @> to_jsonb(CAST({number} AS INTEGER)))"


class chosen_stands_for(FunctionElement[bool]):  # noqa: N801  it reads as a function of SQL
    """Whether a list of chosen places (JSON) holds one at which another list (JSON) has a word, in both engines' words."""

    type = sa.Boolean()
    inherit_cache = True


@compiles(chosen_stands_for, "sqlite")
def _chosen_stands_for_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    chosen, words, word = (compiler.process(one, **how) for one in element.clauses)
    return f"EXISTS (SELECT 1 FROM json_each({chosen}) c JOIN json_each({words}) w ON w.key = c.value WHERE w.value = {word})"  # noqa: S608


@compiles(chosen_stands_for, "postgresql")
def _chosen_stands_for_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    chosen, words, word = (compiler.process(one, **how) for one in element.clauses)
    return (
        f"EXISTS (SELECT 1 FROM jsonb_array_elements_text(CAST({chosen} AS JSONB)) c"  # noqa: S608  columns and a bound word
        f" WHERE CAST({words} AS JSONB) ->> CAST(c AS INTEGER) = {word})"
    )


def there_is(column: Any, *where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """EXISTS, looked up by an index for each row: PostgreSQL would hash a whole table for a few (`column` never null)."""
    return sa.select(column).where(*where).limit(1).scalar_subquery().is_not(None)


class _Letters(dict[int, str]):
    """What each letter becomes in a key, worked out once: lower case without marks."""

    def __missing__(self, letter: int) -> str:
        """Take the marks off a letter met for the first time."""
        decomposed = unicodedata.normalize("NFKD", chr(letter))
        bare = self[letter] = "".join(part for part in decomposed if not unicodedata.combining(part))
        return bare


_BARE = _Letters()
_SORTED = _Letters(
    {ord(letter): after for letter, after in (("å", "{"), ("ä", "|"), ("æ", "|"), ("ö", "}"), ("ø", "}"))}
)


def sort_key(name: str) -> str:
    """A key under which both engines sort names the Swedish way: å, ä, ö last."""
    return name.casefold().strip().translate(_SORTED)[:120]


def search_key(text: str) -> str:
    """A key that finds Åsa by "asa": lower case, no marks, single spaces."""
    return " ".join(text.casefold().translate(_BARE).split())[:200]
