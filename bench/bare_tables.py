"""Filling tables with millions of rows: without indexes, checks and triggers, which are put back when they are full."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from organizer import changed_people
from organizer.db import Base, Database

BARE = ("people", "memberships", "fees", "campaign_targets", "call_queue", "calls", "messages", "timeline")


@contextmanager
def bare_tables(database: Database) -> Iterator[sa.Connection]:
    """A connection to write with; afterwards the tables are as the migrations made them."""
    indexes = [index for name in BARE for index in Base.metadata.tables[name].indexes]
    with database.engine.execution_options(writing=True).connect() as connection:
        if database.sqlite:
            for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-400000"):
                connection.connection.execute(f"PRAGMA {pragma}")
        with connection.begin():
            if not database.sqlite:
                for setting in ("session_replication_role = replica", "maintenance_work_mem = '512MB'"):
                    connection.exec_driver_sql(f"SET LOCAL {setting}")
            changed_people.stop_noticing(connection)
            for index in indexes:
                index.drop(connection)
            yield connection
            for index in indexes:
                index.create(connection)
            changed_people.notice(connection)
        connection.invalidate()


__all__ = ["bare_tables"]
