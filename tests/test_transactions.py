"""Returning commits, raising rolls back, and nobody loses an update."""

import threading
import time

import pytest
import sqlalchemy as sa

from organizer import page
from organizer.db import Busy, Database
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


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_that_waits_too_long_for_the_one_writer_says_so_and_keeps_what_was_typed(
    database, database_url, cast, visitor, monkeypatch
):
    visitor.log_in_as(cast.organizer)
    monkeypatch.setattr(page, "PATIENCE", 0.2)
    somebody_else = Database(database_url)
    with somebody_else.writing():
        waited = visitor.post("/medlemmar", {"q": "Åsa  <Öberg>"})
        assert visitor.get("/medlemmar").status == 200, "looking waits for nobody"
    somebody_else.dispose()
    assert waited.status == 503
    assert "Det du gjorde är inte sparat än." in waited.words
    assert "Åsa <Öberg>" in waited.words
    assert waited.response.headers["Retry-After"]
    sent = visitor.submit(waited, "/medlemmar", "Skicka igen")
    assert sent.status == 200
    assert 'value="Åsa  &lt;Öberg&gt;"' in sent.html


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_those_who_wait_for_the_one_writer_do_not_add_their_waits_together(database, database_url):
    waits, gate = [], threading.Barrier(5)

    def wait() -> None:
        gate.wait()
        began = time.monotonic()
        with pytest.raises(Busy), database.writing(1):
            pass
        waits.append(time.monotonic() - began)

    threads = [threading.Thread(target=wait) for _ in range(4)]
    somebody_else = Database(database_url)
    with somebody_else.writing():
        for thread in threads:
            thread.start()
        gate.wait()
        for thread in threads:
            thread.join()
    somebody_else.dispose()
    assert max(waits) < 3, "one after the other they would have waited four seconds"
    with database.writing(1) as session:
        session.execute(sa.insert(Throttle).values(key="a", window_ends=NOW, count=0))
