"""Kill -9 of a real worker at any point of a hand-over loses nothing, doubles nothing, and hides nothing (promise 10)."""

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import configuration_from, create_app
from campaigns import blast_sending, blasts, sms_questions, sms_queue
from campaigns.models import Blast, BlastState, Message, MessageState
from organizer.models import Event, Installation
from tests.blasting import district, draft, limit, number, send
from tests.dying_worker import dying
from tests.factories import make_person
from tests.fake_twilio import BEHAVIOUR, SID, TOKEN, FakeTwilio, deliver

S = MessageState
ROOT = Path(__file__).parent.parent
POINTS = ("after the claim", "after the post", "after the answer", "inside settling")
pytestmark = pytest.mark.slow


@pytest.fixture
def environment(database_url, tmp_path):
    with FakeTwilio() as twilio:
        yield twilio, {
            **os.environ, "SECRET_KEY": "a key for tests only", "RUNDAN_DEMO": "", "DATABASE_URL": database_url,
            "RUNDAN_INSTANCE": str(tmp_path), "WORKER_URL": f"sqlite:///{tmp_path / 'worker.db'}",
            "PUBLIC_BASE_URL": "https://rundan.example", "TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_SENDER": "Rundan", "TWILIO_API_BASE_URL": twilio.base,
        }  # fmt: skip


def queue(database, many):
    now = datetime.now(UTC)
    with database.writing() as session:
        session.add(Installation(kind="real", refusal_key="k" * 64))
        for n in range(many):
            sms_queue.enqueue(session, kind="shift_link", e164=f"+467017406{n + 30:02d}", body=f"Länk {n}", now=now)


def start(environment, *command):
    return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


def messages(database):
    with database.reading() as session:
        return session.execute(sa.select(Message.e164, Message.state, Message.sid)).all()


def wait_until(true, seconds=120):
    """Look again until it is so; the limit is only for a test that fails."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_worker_neither_loses_nor_doubles(point, environment, database):
    twilio, variables = environment
    queue(database, 6)
    if point == "after the post":
        twilio.on_accept = lambda _message: worker.kill()
    worker = start(variables, "-m", "tests.dying_worker", point)
    assert worker.wait(120) == -signal.SIGKILL
    twilio.on_accept = lambda _message: None
    in_flight = [one for one in messages(database) if one.state == S.SENDING]
    assert 1 <= len(in_flight) <= 4

    later = create_app(configuration_from(variables), lambda: datetime.now(UTC) + timedelta(minutes=3))
    later.extensions["worker"].tick()
    later.extensions["database"].dispose()

    taken = {message["to"]: message["sid"] for message in twilio.accepted}
    assert max(twilio.per_receiver.values()) == 1, "somebody got the same message twice"
    for e164, state, sid in messages(database):
        if e164 in taken:
            assert (state, sid) == (S.ACCEPTED, taken[e164]), "it left, and that could have been known"
        else:
            assert state == S.UNKNOWN, "it was in hand and never left: a human is asked"
    unclear = {e164 for e164, state, _sid in messages(database) if state == S.UNKNOWN}
    assert unclear <= {one.e164 for one in in_flight}
    if point == "after the claim":
        assert len(taken) == 2


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_in_the_middle_of_a_blast_neither_loses_nor_doubles(point, environment, database):
    twilio, variables = environment
    blast_id = send_blast(database, range(30, 70))
    database.dispose()
    child = os.fork()
    if child == 0:
        try:
            dying(create_app(configuration_from(variables)), point).send_blasts()
        finally:
            os._exit(0)
    if point == "after the post":
        twilio.on_accept = lambda _message: os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    twilio.on_accept = lambda _message: None
    in_flight = {one.e164 for one in messages(database) if one.state == S.SENDING}
    assert 1 <= len(in_flight) <= 32, "at most what was taken up"

    later = create_app(configuration_from(variables), lambda: datetime.now(UTC) + timedelta(minutes=3))
    worker = later.extensions["worker"]
    for _ in range(2):
        worker.tick()
    later.extensions["database"].dispose()

    taken = {message["to"]: message["sid"] for message in twilio.accepted}
    assert max(twilio.per_receiver.values()) == 1, "somebody got the blast twice"
    there = {one.e164: one for one in messages(database)}
    for e164, one in there.items():
        if e164 in taken:
            assert (one.state, one.sid) == (S.ACCEPTED, taken[e164]), "it left, and that could have been known"
        else:
            assert (one.state, e164 in in_flight) == (S.UNKNOWN, True), "only what was in hand is asked about"
    assert len(there) == 40
    with database.reading() as session:
        assert session.get_one(Blast, blast_id).state in {BlastState.DONE, BlastState.PARTLY}


def test_with_everything_going_wrong_at_once_nobody_gets_two_and_all_that_can_be_known_is(environment, database):
    """Four workers killed, two that go on, a provider at its worst, news shuffled, repeated, early, late and lost."""
    twilio, variables = environment
    chance = random.Random(4)
    good = [n for n in range(8, 98) if f"{n:02d}" not in BEHAVIOUR]
    bad = [
        int(n) for n, what in BEHAVIOUR.items() if n not in {"17", "22", "23", "25"}
    ]  # those stop a blast: elsewhere
    chance.shuffle(rest := good[40:] + bad)
    blast_id = send_blast(database, good[:40] + rest)
    database.dispose()
    ahead, doubtful = timedelta(), set()
    app = create_app(configuration_from(variables), lambda: datetime.now(UTC) + ahead)
    worker = app.extensions["worker"]
    for point in POINTS:
        die_at(point, app, twilio)
        doubtful |= {one.e164 for one in messages(database) if one.state == S.SENDING}
        database.dispose()
    twilio.retry_after, twilio.on_news = "1", lambda *call: deliver(app, call)
    workers = [fork(worker.send_blasts) for _ in "ab"]
    tell_badly(app, twilio, early := twilio.accepted[:], chance)
    assert [os.waitpid(one, 0)[1] for one in workers] == [0, 0]
    tell_badly(app, twilio, twilio.accepted[len(early) :], chance)
    for ahead in (timedelta(minutes=3), timedelta(minutes=63), timedelta(minutes=125)):  # noqa: B007  it is what the clock says
        for _ in range(3):
            sms_questions.reconcile(worker.database, worker.known_gateway(), worker.clock)
        worker._look_after_blasts()
    worker.database.dispose()

    taken = {message["to"]: message for message in twilio.accepted}
    assert len(taken) == len(twilio.accepted), "somebody got the blast twice"
    there = {one.e164: one for one in messages(database)}
    assert len(there) == len(good) + len(bad)
    for e164, one in there.items():
        behaviour = BEHAVIOUR.get(e164[-2:], "")
        if e164 in taken:
            assert (one.state, one.sid) == (taken[e164]["status"], taken[e164]["sid"]), "could have been known"
        elif behaviour.startswith("refuse"):
            assert one.state == S.FAILED
        else:
            assert (one.state, e164 in doubtful or behaviour == "500") == (S.UNKNOWN, True), "only what nobody can tell"
    with database.reading() as session:
        assert session.get_one(Blast, blast_id).state == BlastState.PARTLY
        arrived = sum(one.state == S.DELIVERED for one in there.values())
        counted = sa.select(sa.func.count(), sa.func.count(Event.person_id.distinct())).where(Event.kind == "message")
        assert tuple(session.execute(counted).one()) == (arrived, arrived)


def fork(work):
    """Do it in a process of its own; its number."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def die_at(point, app, twilio):
    """A worker takes up a few messages of the blast and is killed at that point."""

    def work():
        worker = dying(app, point)
        blast_sending.hand_over(worker.database, worker.known_gateway(), worker.clock, worker._news_to, at_once=2)

    child = fork(work)
    if point == "after the post":
        twilio.on_accept = lambda _message: os.kill(child, signal.SIGKILL)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    twilio.on_accept = lambda _message: None


def tell_badly(app, twilio, accepted, chance):
    """What became of them, in any order, some of it twice, some of it never."""
    calls = []
    for one in accepted:
        lost, code = chance.random() < 0.2, BEHAVIOUR.get(one["to"][-2:], "").removeprefix("undelivered ")
        one.update(status="undelivered" if code.isdecimal() or lost else "delivered")
        more = {"ErrorCode": code if code.isdecimal() else "30003"} if one["status"] == "undelivered" else {}
        one.update(error_code=more.get("ErrorCode", ""))
        if BEHAVIOUR.get(one["to"][-2:]) == "news before the answer":
            one.update(status="delivered", error_code="")
            continue
        news = [("sending", {}), ("sent", {}), (one["status"], more), (one["status"], more)]
        calls += [twilio.tell(one, status, **code) for status, code in news if chance.random() > 0.4]
    chance.shuffle(calls)
    with ThreadPoolExecutor(4) as at_once:
        assert set(at_once.map(lambda call: deliver(app, call), calls)) <= {204}


def send_blast(database, numbers):
    """A blast below the limit, let go in the hours of the day whatever the hour is."""
    now = datetime.now(UTC)
    with database.writing() as session:
        session.add(Installation(kind="real", refusal_key="k" * 64))
        place, author, approver, _people = district(session)
        for n in numbers:
            make_person(session, place, f"Medlem{n} Prov", number(n))
        limit(session, approver, now, parts_per_second=500, look_first=False)
        blast = draft(session, place, author, now)
        blasts.save_any_hour(session, blast.id, "Prov av nattens avbrott", author.id, now)
        return send(session, blast, author, now).id


def test_two_workers_at_once_send_everything_once_and_stop_when_told(environment, database):
    twilio, variables = environment
    queue(database, 40)
    both = [start(variables, "-m", "flask", "--app", "app", "worker", *extra) for extra in ((), ("-n",))]
    create_app(configuration_from(variables)).extensions["worker"].wake()
    wait_until(lambda: all(one.state == S.ACCEPTED for one in messages(database)))
    for process in both:
        process.send_signal(signal.SIGTERM)
    assert [process.wait(60) for process in both] == [0, 0]
    assert len(twilio.per_receiver) == len(twilio.accepted) == 40
