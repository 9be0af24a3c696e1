"""Returning commits, raising rolls back, and nobody loses an update."""

import threading

import pytest
import sqlalchemy as sa

from organizer.models import Throttle
from tests.factories import NOW


def test_raising_rolls_back_what_was_written(database):
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        session.execute(sa.insert(Throttle).values(key="a", window_ends=NOW, count=1))
        _ = 1 / 0
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Throttle)) == 0


def test_sixteen_writers_lose_no_update(database):
    with database.writing() as session:
        session.execute(sa.insert(Throttle).values(key="a", window_ends=NOW, count=0))

    def add_ten() -> None:
        for _ in range(10):
            with database.writing() as session:
                have = session.scalar(sa.select(Throttle.count).with_for_update())
                session.execute(sa.update(Throttle).values(count=have + 1))

    threads = [threading.Thread(target=add_ten) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.scalar(sa.select(Throttle.count)) == 160


def test_a_moment_comes_back_aware(database):
    with database.writing() as session:
        session.execute(sa.insert(Throttle).values(key="a", window_ends=NOW, count=0))
        assert session.scalar(sa.select(Throttle.window_ends)) == NOW


def test_a_connection_the_server_has_hung_up_is_replaced(database):
    if database.sqlite:
        return
    with database.writing() as session:
        pid = session.scalar(sa.text("SELECT pg_backend_pid()"))
    other = sa.create_engine(database.engine.url)
    with other.connect() as connection:
        connection.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    other.dispose()
    with database.writing() as session:
        assert session.scalar(sa.text("SELECT pg_backend_pid()")) != pid
