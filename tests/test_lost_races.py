"""Two who wait for each other on PostgreSQL: the database lets one go first, the other begins anew, nobody is told."""

import threading
import time
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from campaigns import call_queue
from campaigns.models import Call, QueueRow
from organizer.db import TURNS, LostARace
from organizer.models import Event, Throttle
from tests.calling import put_in_queue
from tests.factories import NOW, make_account, make_association, make_campaign, make_person
from tests.ring_stage import make_evening
from tests.visitor import Page, Visitor

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def test_whoever_lost_begins_anew_and_nothing_is_written_twice(database):
    with database.writing() as session:
        session.add_all(Throttle(key=key, window_ends=NOW, count=0) for key in "ab")
    both_have_one, turns = threading.Barrier(2), []

    def add_to(*keys: str) -> None:
        def work(session):
            turns.append(keys)
            for key in keys:
                session.execute(sa.update(Throttle).where(Throttle.key == key).values(count=Throttle.count + 1))
                if key == keys[0] and len(turns) <= 2:
                    both_have_one.wait(30)

        database.write(work)

    threads = [threading.Thread(target=add_to, args=keys) for keys in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(turns) == 3
    with database.reading() as session:
        assert session.scalars(sa.select(Throttle.count)).all() == [2, 2]


def test_it_is_said_in_the_end_that_the_race_was_lost(database):
    turns = []

    def work(session):
        turns.append(1)
        session.execute(sa.text("DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40P01'; END $$"))

    with pytest.raises(LostARace):
        database.write(work)
    assert len(turns) == TURNS


@contextmanager
def lost(database, times):
    """So many times, whoever writes to the ledger loses a race; counted by a sequence, which no rollback sets back."""
    with database.writing() as session:
        session.execute(sa.text("CREATE SEQUENCE races"))
        session.execute(
            sa.text(f"""
            CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('races') <= {times} THEN RAISE EXCEPTION 'lost' USING ERRCODE = '40P01'; END IF;
                RETURN NEW;
            END $$""")
        )
        session.execute(
            sa.text(f"CREATE TRIGGER lose BEFORE INSERT ON {Event.__tablename__} FOR EACH ROW EXECUTE FUNCTION lose()")
        )
    try:
        yield
    finally:
        with database.writing() as session:
            session.execute(sa.text("DROP FUNCTION lose CASCADE"))
            session.execute(sa.text("DROP SEQUENCE races"))


@pytest.fixture
def report(app, database):
    """A caller on the page of the person she holds: pressing *Svarar inte*, and the page that follows."""
    with database.writing() as session:
        evening = make_evening(session)
    caller = Visitor(app).log_in_as(evening.cast.caller, "caller")
    held = caller.submit(caller.get(evening.address), "/borja")
    form = next(one for one in held.forms if any(name == "client_ref" for name, _ in one.fields))
    said = dict(reversed(form.fields)) | {"outcome": "no_answer"}
    return lambda: Page(caller.client.post(form.action, data=said, follow_redirects=True)), caller


def attempts(database):
    with database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).where(Event.kind == "attempt"))


def test_a_page_that_lost_a_race_is_written_once_more_and_nobody_notices(database, report):
    send, _ = report
    with lost(database, 2):
        assert send().status == 200
    assert attempts(database) == 1


def test_a_page_that_always_loses_says_that_nothing_is_saved_and_can_be_sent_again(database, report):
    send, caller = report
    with lost(database, TURNS):
        page = send()
        assert page.status == 503
        assert "Det du gjorde är inte sparat än." in page.words
        assert attempts(database) == 0
        assert caller.submit(page, "/samtal/", "Skicka igen").status == 200
    assert attempts(database) == 1


@pytest.mark.parametrize("taken", ["the person", "the household"])
def test_a_claim_that_somebody_was_quicker_than_leaves_no_lock_behind(database, taken):
    """Two claims that had both tried in vain once waited for what the other had let go of: a deadlock."""
    with database.writing() as session:
        place = make_association(session, "Härnösand")
        ours, theirs = make_campaign(session, place, "Aktivera"), make_campaign(session, place, "Förnya")
        first, second = (make_person(session, place, number="+46701000000") for _ in range(2))
        put_in_queue(session, ours, first, make_person(session, place))
        put_in_queue(session, theirs, first if taken == "the person" else second)
        accounts = [make_account(session, f"Ringare {n}", email=f"r{n}@example.org").id for n in range(2)]
        campaigns, first_id = (ours.id, theirs.id), first.id
    claimed, looked = threading.Event(), threading.Event()

    def claim() -> None:
        with database.writing() as session:
            call = call_queue.claim_next(session, accounts[0], campaigns[0], NOW)
            assert session.get_one(Call, call).person_id != first_id
            claimed.set()
            looked.wait(60)

    slower = threading.Thread(target=claim)
    try:
        with database.writing() as session:
            call_queue.claim_next(session, accounts[1], campaigns[1], NOW)
            slower.start()
            _until_somebody_waits(database)
        assert claimed.wait(60)
        with database.writing() as session:
            session.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
            row = sa.select(QueueRow.id).where(QueueRow.person_id == first_id, QueueRow.campaign_id == campaigns[0])
            assert session.scalar(row.with_for_update(nowait=True))
            call_queue.release(session, accounts[1], NOW)
            assert call_queue.claim_next(session, accounts[1], campaigns[0], NOW), "the first one is free again"
    finally:
        looked.set()
        slower.join()


def _until_somebody_waits(database) -> None:
    ends = time.monotonic() + 60
    with database.reading() as session:
        while not session.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert time.monotonic() < ends, "nobody waits"
            time.sleep(0.01)
