"""Kill -9 of a real worker at any point of a hand-over loses nothing, doubles nothing, and hides nothing (promise 10)."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import configuration_from, create_app
from campaigns import blasts, sms_queue
from campaigns.models import Blast, BlastState, Message, MessageState
from organizer.models import Installation
from tests.blasting import district, draft, limit, send
from tests.dying_worker import dying
from tests.fake_twilio import SID, TOKEN, FakeTwilio

S = MessageState
ROOT = Path(__file__).parent.parent
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


@pytest.mark.parametrize("point", ["after the claim", "after the post", "after the answer", "inside settling"])
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


@pytest.mark.parametrize("point", ["after the claim", "after the post", "after the answer", "inside settling"])
def test_a_worker_killed_in_the_middle_of_a_blast_neither_loses_nor_doubles(point, environment, database):
    twilio, variables = environment
    blast_id = send_blast(database, 40)
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


def send_blast(database, many):
    """A blast below the limit, let go in the hours of the day whatever the hour is."""
    now = datetime.now(UTC)
    with database.writing() as session:
        session.add(Installation(kind="real", refusal_key="k" * 64))
        place, author, approver, _people = district(session, many)
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
