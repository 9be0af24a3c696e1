"""Many calls about messages at once: written down together, each for good before it is answered, none for another's sake lost."""

import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import sqlalchemy as sa
from werkzeug.serving import make_server

from app import create_app
from campaigns import sms_news, sms_questions, sms_queue
from campaigns.models import Message, MessageEvent, MessageState
from campaigns.telephony import Receipt
from organizer.models import Event
from tests.factories import NOW, make_association, make_person
from tests.fake_twilio import deliver

S = MessageState


def accepted(database, many):
    """So many messages the provider has taken, each to somebody; their (ref, sid)."""
    with database.writing() as session:
        place = make_association(session, "Härnösand")
        for n in range(many):
            person = make_person(session, place, f"Medlem{n} Prov")
            sms_queue.enqueue(
                session, kind="confirmation", e164=f"+467017406{n:02d}", body="x", now=NOW, person_id=person.id
            )
        session.execute(sa.text("UPDATE messages SET state = 'accepted', provider = 'twilio', sid = 'SM' || id"))
        return session.execute(sa.select(Message.ref, Message.sid).order_by(Message.id)).all()


def states(database):
    with database.reading() as session:
        found = session.execute(sa.select(Message.ref, Message.state)).all()
        counted = session.scalar(sa.select(sa.func.count()).select_from(Event).where(Event.kind == "message"))
    return {one.ref: one.state for one in found}, counted


def test_together_or_one_by_one_in_whatever_order_they_end_the_same(database):
    chance = random.Random(11)
    rows = accepted(database, 9)
    finals = [chance.choice([S.DELIVERED, S.UNDELIVERED]) for _ in rows]
    said = [
        (row.ref, Receipt(row.sid, state, code=30003 if state == S.UNDELIVERED else None))
        for row, final in zip(rows, finals, strict=True)
        for state in (S.ACCEPTED, S.SENT, final, final)
    ]
    chance.shuffle(said)
    with database.writing() as session:
        assert all(sms_news.heard_all(session, said[:20], NOW))
        assert sms_news.heard_all(session, [("nobody", said[0][1]), said[20]], NOW) == [False, True]
        assert all(sms_news.heard(session, *one, NOW) for one in said[21:])
    now, counted = states(database)
    assert now == {row.ref: final for row, final in zip(rows, finals, strict=True)}
    assert counted == finals.count(S.DELIVERED)


def test_a_call_that_is_replayed_for_ever_changes_nothing_and_fills_no_table(app, database, worker, twilio):
    message = queued(database)
    worker.hand_over()
    early, late = (twilio.tell(twilio.accepted[0], status) for status in ("sent", "delivered"))
    assert [deliver(app, call) for call in (late, early, late, early, early, late)] == [204] * 6
    assert states(database) == ({message: S.DELIVERED}, 0)
    other = twilio.tell({**twilio.accepted[0], "sid": "SM" + "f" * 32}, "failed")
    assert [deliver(app, other) for _ in range(3)] == [204] * 3
    with database.reading() as session:
        assert len(session.scalars(sa.select(MessageEvent.id)).all()) == 6, "three steps, the news, one late, one odd"


def queued(database):
    with database.writing() as session:
        made = sms_queue.enqueue(session, kind="confirmation", e164="+46701740630", body="x", now=NOW)
        return session.get_one(Message, made).ref


def test_those_who_come_while_one_waits_share_a_commit_and_what_is_wrong_with_one_hurts_no_other(database, worker):
    rows, desk, commits = accepted(database, 6), worker.news, []
    sa.event.listen(desk._database.engine, "commit", commits.append)
    wrong = 2**70
    with ThreadPoolExecutor(6) as calls:
        with database.writing() as session:
            session.execute(sa.update(Message).values(body="held"))
            told = [calls.submit(desk.tell, rows[0].ref, Receipt(rows[0].sid, S.DELIVERED), NOW)]
            wait_until(lambda: desk._turn.locked() and not desk._waiting)
            told += [calls.submit(desk.tell, row.ref, Receipt(row.sid, S.DELIVERED), NOW) for row in rows[1:]]
            wait_until(lambda: len(desk._waiting) == 5)
        assert [one.result() for one in told] == [True] * 6
        assert len(commits) == 2
        with database.writing() as session:
            session.execute(sa.update(Message).values(state=S.ACCEPTED))
            told = [calls.submit(desk.tell, rows[0].ref, Receipt(rows[0].sid, S.UNDELIVERED, code=30003), NOW)]
            wait_until(lambda: desk._turn.locked() and not desk._waiting)
            told += [
                calls.submit(desk.tell, row.ref, Receipt(row.sid, S.FAILED, code=wrong if row is rows[1] else 1), NOW)
                for row in rows[1:]
            ]
            wait_until(lambda: len(desk._waiting) == 5)
        assert [(one.exception() is None) for one in told] == [True, False, True, True, True, True]
    assert [states(database)[0][row.ref] for row in rows] == [S.UNDELIVERED, S.ACCEPTED, *[S.FAILED] * 4]


def wait_until(true, seconds=60):
    """Look again until it is so; the limit is only for a test that fails."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def test_receipts_that_never_came_are_asked_for_many_in_one_round(database, worker, twilio, clock):
    rows = accepted(database, 45)
    with database.writing() as session:
        session.execute(sa.update(Message).values(claimed_at=NOW))
    for row in rows:
        twilio.accepted.append({"sid": row.sid, "to": "", "from": "", "body": "x", "status": "delivered",
                                "date_created": "Thu, 19 Nov 2026 17:00:00 +0000"})  # fmt: skip
    clock.forward(minutes=61)
    sms_questions.reconcile(database, worker.known_gateway(), clock)
    assert (set(states(database)[0].values()), states(database)[1]) == ({S.DELIVERED}, 45)


@pytest.mark.slow
def test_a_web_server_killed_in_the_middle_has_written_down_all_it_said_yes_to(configuration, database, worker, twilio):
    rows = accepted(database, 60)
    base = configuration.public_base_url
    calls = [
        twilio.tell({"sid": row.sid, "to": "", "callback": f"{base}/twilio/sms/{row.ref}"}, "delivered") for row in rows
    ]
    worker.database.dispose()
    database.dispose()
    server = make_server("127.0.0.1", 0, lambda _environ, _start: [], threaded=True)
    child = os.fork()
    if child == 0:
        try:
            server.app = create_app(configuration, lambda: NOW)
            server.serve_forever()
        finally:
            os._exit(0)
    said_yes = []

    def call(one):
        address, form, signed = one
        here = f"http://127.0.0.1:{server.server_port}" + address.removeprefix(base)
        try:
            answer = requests.post(here, form, headers={"X-Twilio-Signature": signed}, timeout=30)
        except requests.RequestException:
            return
        assert answer.status_code == 204
        said_yes.append(address.rpartition("/")[2])
        if len(said_yes) == 20:
            os.kill(child, signal.SIGKILL)

    with ThreadPoolExecutor(6) as provider:
        listening = threading.Timer(60, os.kill, (child, signal.SIGKILL))
        listening.start()
        futures = [provider.submit(call, one) for one in calls]
        os.waitpid(child, 0)
        listening.cancel()
        server.server_close()
        for one in futures:
            one.result()
    now, counted = states(database)
    heard = {ref for ref, state in now.items() if state == S.DELIVERED}
    assert set(said_yes) <= heard
    assert 20 <= len(said_yes) < 60
    assert counted == len(heard), "state, event and ledger together or not at all"
    again = create_app(configuration, lambda: NOW)
    assert {deliver(again, one) for one in calls} == {204}, "the provider tries again"
    again.extensions["database"].dispose()
    assert (set(states(database)[0].values()), states(database)[1]) == ({S.DELIVERED}, 60)
