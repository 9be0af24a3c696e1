"""Two who wait for each other on PostgreSQL: the database lets one go first, the other begins anew, nobody is told."""

import threading
import time
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from campaigns import blast_claiming, blast_sending, call_queue
from campaigns.models import Call, Message, MessageEvent, QueueRow
from campaigns.telephony import Fate, NotAccepted, Rehearsal
from organizer import bulk, kept_sets, people
from organizer.db import TURNS, LostARace
from organizer.models import Change, Event, Fee, Import, Login, PersonTag, SharedSet, Throttle
from tests import blasting
from tests.calling import put_in_queue
from tests.factories import NOW, make_account, make_association, make_campaign, make_person
from tests.member_files import as_csv
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


def test_what_somebody_else_made_first_is_found_when_it_is_done_once_more(database):
    with database.writing() as session:
        place = make_association(session, "Härnösand")
        person, place = make_person(session, place).id, place.id
        people.tag(session, person, place, "Kör bil", NOW)
        session.execute(sa.delete(PersonTag))
    turns = []

    def tag(session):
        turns.append(1)
        return people.tag(session, person, place, "kör bil", NOW)

    with database.writing() as session:
        people.tag(session, person, place, "Kör bil", NOW)
        other = threading.Thread(target=database.write, args=(tag,))
        other.start()
        _until_somebody_waits(database)
    other.join()
    assert len(turns) == 2
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(PersonTag)) == 1


def test_what_cannot_be_written_is_an_error_after_the_second_time(database):
    turns = []

    def work(session):
        turns.append(1)
        session.execute(sa.insert(PersonTag).values(person_id=1, tag_id=1))

    with pytest.raises(sa.exc.IntegrityError):
        database.write(work)
    assert len(turns) == 2


def test_it_is_said_in_the_end_that_the_race_was_lost(database):
    turns = []

    def work(session):
        turns.append(1)
        session.execute(sa.text("DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40P01'; END $$"))

    with pytest.raises(LostARace):
        database.write(work)
    assert len(turns) == TURNS


@contextmanager
def lost(database, times, table=Event):
    """So many times, whoever writes there loses a race; counted by a sequence, which no rollback sets back."""
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
            sa.text(f"CREATE TRIGGER lose BEFORE INSERT ON {table.__tablename__} FOR EACH ROW EXECUTE FUNCTION lose()")
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


SAVED = "Sparat. Det gäller från i dag."


@pytest.fixture
def owner(app, cast):
    return Visitor(app).log_in_as(cast.owner)


def save(visitor):
    """Press *Spara* without looking at the page that follows."""
    sent = {"csrf_token": visitor.token(), "name": "Distriktet", "contact": "dso@example.org"}
    return visitor.client.post("/system/dataskydd", data=sent)


def test_what_the_page_says_to_the_visitor_is_said_once_too(database, owner):
    assert save(owner).status_code == 302
    with lost(database, 2, Change):
        assert save(owner).status_code == 302
    assert owner.get("/system/dataskydd").words.count(SAVED) == 2
    assert SAVED not in owner.get("/system/dataskydd").words


def test_what_did_not_come_true_is_not_said_either(database, owner):
    with lost(database, TURNS, Change):
        assert save(owner).status_code == 503
    assert SAVED not in owner.get("/system/dataskydd").words


def test_a_file_is_read_once_more_from_its_beginning(app, database, cast):
    steward = Visitor(app).log_in_as(cast.steward)
    with lost(database, 2, Import):
        page = steward.submit(steward.get("/medlemmar/import"), "/medlemmar/import", file=(as_csv(), "medlemmar.csv"))
    assert page.status == 200
    assert "3 rader" in page.words


def test_whoever_comes_in_while_a_race_is_lost_is_in(app, database, cast):
    visitor = Visitor(app)
    page = visitor.submit(visitor.get("/logga-in"), "/logga-in/telefon", phone="070-174 06 05")
    with database.reading() as session:
        code = str(session.scalar(sa.select(Message.body))).split("är ")[1][:6]
    with lost(database, TURNS, Login):
        assert visitor.submit(page, "/logga-in/kod", code=code).status == 503
    with lost(database, 2, Login):
        visitor.submit(page, "/logga-in/kod", code=code)
    assert visitor.client.get("/meny").status_code == 200


def test_a_page_does_not_fail_because_what_it_shares_lost_a_race(database):
    kept_sets._shelf_of(database.engine).put({"a": kept_sets._Kept(7, "1:1:", frozenset(), 0)}, sharing=True)
    with lost(database, TURNS, SharedSet):
        kept_sets.share_due(database)


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

    def claim(session) -> None:
        call = call_queue.claim_next(session, accounts[0], campaigns[0], NOW)
        assert session.get_one(Call, call).person_id != first_id
        claimed.set()
        looked.wait(60)

    slower = threading.Thread(target=database.write, args=(claim,))
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


def test_rows_written_many_at_a_time_are_written_once_more_too(database):
    with database.writing() as session:
        person_id = make_person(session, make_association(session, "Härnösand")).id
    rows = [(person_id, 2026, NOW.date())]
    with lost(database, 2, Fee):
        database.write(lambda session: bulk.insert(session, Fee, ("person_id", "year", "paid_on"), rows))
    with pytest.raises(sa.exc.IntegrityError), database.writing() as session:
        bulk.insert(session, Fee, ("person_id", "year", "paid_on"), rows)


def test_what_is_unclear_is_counted_once_however_often_it_is_written_down(database, clock):
    blast_id, *_ = blasting.begin(database, clock, many=1)
    with database.writing() as session:
        (claimed,), _ = blast_claiming.claim(session, "rehearsal", blasting.FAST, clock.now, 1)
    mine = blast_sending._Hands(answered=[(claimed, NotAccepted(Fate.UNKNOWN))])
    with lost(database, 1, MessageEvent):
        blast_sending._turn(database, Rehearsal(), clock, mine, 0)
    assert mine.answers[blast_id] == mine.unclear[blast_id] == 1
