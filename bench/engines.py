"""An empty migrated database of each engine, for a bench module to fill."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from alembic import command as alembic

from organizer.commands import migrations_for
from organizer.db import Base, Database
from tests import throwaway_postgres

Make = Callable[[], AbstractContextManager[Database]]


def engines() -> Iterator[Make]:
    """A maker of fresh SQLite databases, then one of PostgreSQL; `database.sqlite` tells which it is."""
    yield _sqlite
    if throwaway_postgres.binaries():
        with throwaway_postgres.cluster(durable=True) as url:

            @contextlib.contextmanager
            def postgres() -> Iterator[Database]:
                database = Database(url)
                with database.engine.begin() as connection:
                    connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
                alembic.upgrade(migrations_for(database), "head")
                yield database
                database.dispose()

            yield postgres


@contextlib.contextmanager
def _sqlite() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        alembic.upgrade(migrations_for(database), "head")
        yield database
        database.dispose()


__all__ = ["Base", "Make", "engines"]
