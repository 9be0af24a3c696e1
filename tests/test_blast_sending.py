"""A blast on its way: everybody once, at the sender's pace, in its hours, and nobody who has said no meanwhile."""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app import create_app
from campaigns import (
    blast_claiming,
    blast_progress,
    blast_spent,
    blasts,
    sms_log,
    sms_queue,
)
from campaigns.models import Blast, BlastState, FailingNumber, Message, MessageEvent, MessageState, Todo
from campaigns.sms_settings import SmsSettings
from organizer import people, refusals
from organizer.models import Event, Person
from organizer.words import Refused
from tests import throwaway_postgres
from tests.blasting import begin, look, messages, number
from tests.fake_twilio import deliver, segments

B, M = BlastState, MessageState
HANG_UP = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"


def test_everybody_gets_it_once_and_every_step_is_kept(database, worker, twilio, clock):
    blast_id, _author, _people = begin(database, clock, 12)
    worker.send_blasts(1)
    worker.send_blasts(1)
    assert dict(twilio.per_receiver) == {number(30 + n): 1 for n in range(12)}
    blast, progress = look(database, blast_id, clock)
    assert (blast.state, progress.recipients, progress.fates["sent"], progress.left) == (B.DONE, 12, 12, 0)
    assert progress.spent.parts == sum(segments(one["body"]) for one in twilio.accepted) == blast.parts
    one = messages(database)[0]
    with database.reading() as session:
        told = session.scalars(sa.select(MessageEvent.state).where(MessageEvent.message_id == one.id)).all()
    assert told == ["sending", "accepted"]
    assert one.sid == next(its["sid"] for its in twilio.accepted if its["to"] == one.e164)


def test_who_says_no_dies_leaves_or_changes_number_meanwhile_gets_nothing(database, worker, twilio, clock):
    blast_id, author, ids = begin(database, clock, 6)
    with database.writing() as session:
        refusals.refuse(session, ids[0], "all", "staff", clock.now)
        refusals.refuse(session, None, "sms", "sms", clock.now, e164=number(31))
        session.get_one(Person, ids[2]).deceased_on = clock.now.date()
        people.close_membership(session, ids[3], clock.now.date(), "left", clock.now)
        session.execute(sa.text("DELETE FROM phones WHERE person_id = :id"), {"id": ids[4]})
    worker.send_blasts(1)
    assert dict(twilio.per_receiver) == {number(35): 1}
    blast, progress = look(database, blast_id, clock)
    assert (blast.state, progress.fates["cancelled"], progress.handed) == (B.DONE, 5, 1)
    with database.reading() as session:
        assert blast_progress.left_out_since(session, blast_id) == {
            "refused": 2,
            "pointless": 1,
            "left": 1,
            "number": 1,
        }
    assert {one.body for one in messages(database, Message.state == M.CANCELLED)} == {""}
    assert author


def test_pause_and_stop_let_nothing_more_through_and_say_exactly_who_got_it(database, worker, twilio, clock):
    slow = SmsSettings(parts_per_second=4, look_first=False)
    blast_id, author, ids = begin(database, clock, 12, settings=slow)
    worker.send_blasts(0.1)
    got = {one["to"] for one in twilio.accepted}
    assert len(got) == 4, "a second's worth"
    with database.writing() as session:
        blasts.pause(session, blast_id, author, clock.now)
    clock.forward(minutes=5)
    worker.send_blasts(0.1)
    assert len(twilio.accepted) == 4
    with database.writing() as session:
        blasts.resume(session, blast_id, author, clock.now)
    worker.send_blasts(0.1)
    assert len(twilio.accepted) == 8
    with database.writing() as session:
        blasts.stop(session, blast_id, author, clock.now)
    _blast, progress = look(database, blast_id, clock)
    assert (progress.handed, progress.fates["cancelled"], progress.left) == (8, 4, 0)
    clock.forward(minutes=5)
    worker.tick()
    got = {one["to"] for one in twilio.accepted}
    assert (len(got), len(messages(database, Message.state == M.CANCELLED))) == (8, 4)
    with database.reading() as session:
        assert blast_progress.who_got_it(session, blast_id) == [
            person for n, person in enumerate(ids) if number(30 + n) in got
        ]
        assert blast_progress.left_out_since(session, blast_id) == {"stopped": 4}


def test_two_who_take_up_at_once_keep_one_pace_and_take_different_ones(database, worker, clock):
    slow = SmsSettings(parts_per_second=5, look_first=False)
    begin(database, clock, 12, settings=slow)
    del worker
    taken = []
    for _ in range(3):
        with database.writing() as session:
            taken += blast_claiming.claim(session, "twilio", slow, clock.now, 8)[0]
    assert len(taken) == len({one.id for one in taken}) == 5
    clock.forward(seconds=1)
    with database.writing() as session:
        claimed, wait = blast_claiming.claim(session, "twilio", slow, clock.now, 8)
    assert (len(claimed), wait > 0) == (5, True)


def test_twenty_first_then_a_look(database, worker, twilio, clock):
    blast_id, _author, _people = begin(database, clock, 30, look_first=True)
    worker.send_blasts(0.3)
    assert len(twilio.accepted) == 20
    blast, progress = look(database, blast_id, clock)
    assert (blast.state, progress.resting_until) == (B.SENDING, clock.now + timedelta(seconds=60))
    clock.forward(seconds=59)
    worker.send_blasts(0.1)
    assert len(twilio.accepted) == 20
    clock.forward(seconds=2)
    worker.send_blasts(0.3)
    assert len(twilio.accepted) == 30


def test_it_rests_at_night_and_goes_on_in_the_morning(database, worker, twilio, clock):
    clock.now = datetime(2026, 11, 20, 18, 59, 50, tzinfo=UTC)  # Friday 19.59.50 in Stockholm
    blast_id, _author, _people = begin(database, clock, 8, settings=SmsSettings(parts_per_second=4, look_first=False))
    worker.send_blasts(0.1)
    assert len(twilio.accepted) == 4
    for at, sent in (
        (datetime(2026, 11, 20, 19, 0, tzinfo=UTC), 4), (datetime(2026, 11, 21, 8, 59, tzinfo=UTC), 4),
        (datetime(2026, 11, 21, 9, 0, tzinfo=UTC), 8),
    ):  # fmt: skip
        clock.now = at
        _blast, progress = look(database, blast_id, clock)
        worker.send_blasts(0.1)
        assert len(twilio.accepted) == sent, at
        if at.hour == 19:
            assert progress.resting_until == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def test_a_code_never_waits_for_a_blast(database, worker, twilio, clock):
    begin(database, clock, 8, settings=SmsSettings(parts_per_second=2, look_first=False))
    with database.writing() as session:
        sms_queue.enqueue(session, kind="code", e164=number(9), body="482913 är din kod.", now=clock.now)
    worker.hand_over()
    assert [one["to"] for one in twilio.accepted] == [number(9)]
    worker.tick()
    assert twilio.per_receiver[number(9)] == 1


def test_two_workers_of_their_own_send_everything_once(configuration, database, worker, twilio, clock):
    begin(database, clock, 60)
    other = create_app(configuration, clock)
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda one: one.send_blasts(20), (worker, other.extensions["worker"])))
    other.extensions["database"].dispose()
    assert {one.state for one in messages(database)} == {M.ACCEPTED}
    assert len(twilio.per_receiver) == len(twilio.accepted) == 60


def test_two_days_without_a_receipt_is_said_and_a_late_one_is_still_heard(app, database, worker, twilio, clock):
    blast_id, author, _people = begin(database, clock, 2)
    worker.send_blasts(1)
    clock.forward(hours=48, minutes=1)
    worker.tick()
    blast, progress = look(database, blast_id, clock)
    assert (progress.fates["no_receipt"], blast.state) == (2, B.DONE)
    deliver(app, twilio.tell(twilio.accepted[0], "delivered"))
    assert look(database, blast_id, clock)[1].fates["delivered"] == 1
    with database.reading() as session:
        assert blast_spent.this_month(session, clock.now).cost == progress.spent.cost == 2 * 39
    assert author


def test_shuffled_repeated_and_lost_news_end_in_the_truth(app, database, worker, twilio, clock):
    chance = random.Random(4)
    blast_id, _author, _people = begin(database, clock, 12)
    worker.send_blasts(1)
    truth = {}
    calls = []
    for one in twilio.accepted:
        final = chance.choice(["delivered", "delivered", "undelivered"])
        code = {"ErrorCode": "30005"} if final == "undelivered" else {}
        one.update(status=final, error_code=code.get("ErrorCode", ""))
        truth[one["to"]] = final
        news = [("sending", {}), ("sent", {}), (final, code), (final, code)]
        calls += [twilio.tell(one, status, **more) for status, more in news if chance.random() > 0.4]
    chance.shuffle(calls)
    assert {deliver(app, call) for call in calls} == {204}
    clock.forward(minutes=61)
    worker.tick()
    assert {one.e164: one.state for one in messages(database)} == truth
    failed = [to for to, final in truth.items() if final == "undelivered"]
    with database.reading() as session:
        assert sorted(session.scalars(sa.select(FailingNumber.e164).where(FailingNumber.dead))) == sorted(failed)
        assert session.scalar(sa.select(sa.func.count()).where(Todo.kind == "bad_number")) == len(failed)
        kinds = session.execute(sa.select(Event.kind, Event.mass)).all()
        assert [tuple(one) for one in kinds] == [("message", True)] * (12 - len(failed))
        assert blast_progress.progress(session, session.get_one(Blast, blast_id), clock.now).failed == len(failed)


def test_what_is_unclear_is_looked_for_and_resent_only_by_a_person(database, worker, twilio, clock):
    blast_id, author, _people = begin(database, clock, 5, first=12)
    worker.send_blasts(1)
    clock.forward(minutes=3)
    for one in twilio.accepted:
        one["date_created"] = clock.now.strftime("%a, %d %b %Y %H:%M:%S +0000")
    for _ in range(3):
        worker.tick()
        clock.forward(minutes=2)
    states = {one.e164[-2:]: one.state for one in messages(database)}
    assert states == {"12": "accepted", "13": "accepted", "14": "unknown", "15": "accepted", "16": "accepted"}
    assert max(twilio.per_receiver.values()) == 1
    unclear = messages(database, Message.state == M.UNKNOWN)[0]
    assert unclear.looked_at is not None
    with database.writing() as session:
        sms_log.send_again(session, unclear.id, author, clock.now)
    worker.send_blasts(1)
    assert (unclear.tries, messages(database, Message.id == unclear.id)[0].tries) == (1, 2)
    assert look(database, blast_id, clock)[1].fates["unclear"] == 1
    assert max(twilio.per_receiver.values()) == 1


def test_an_ended_blast_goes_on_with_the_one_message_a_person_sends_again(database, worker, clock):
    blast_id, author, _people = begin(database, clock, 7, first=14)
    with database.writing() as session:
        session.execute(sa.update(Message).where(Message.kind == "blast").values(state=M.ACCEPTED, body="x"))
        last = session.scalar(sa.select(sa.func.max(Message.id)))
        session.execute(sa.update(Message).where(Message.id == last).values(state=M.UNKNOWN, looked_at=clock.now))
    worker.tick()
    assert look(database, blast_id, clock)[0].state == B.PARTLY
    with database.writing() as session:
        sms_log.send_again(session, last, author, clock.now)
    worker.send_blasts(1)
    assert look(database, blast_id, clock)[0].state == B.DONE
    with database.writing() as session, pytest.raises(Refused, match="har redan gått vidare"):
        blasts.stop(session, blast_id, author, clock.now)


def test_the_database_going_away_while_sending_loses_no_answer(database, worker, twilio, clock):
    blast_id, _author, _people = begin(database, clock, 6)
    gone: list[bool] = []
    with database.reading() as session:
        folder = "" if database.sqlite else session.scalar(sa.text("SHOW data_directory"))

    def hang_up(_message):
        if gone:
            return
        gone.append(True)
        if database.sqlite:
            with database.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("BEGIN EXCLUSIVE")
                time.sleep(0.2)
        elif "TEST_DATABASE_URL" in os.environ:  # not ours to restart
            with database.engine.connect() as connection:
                connection.exec_driver_sql(HANG_UP)
        else:
            throwaway_postgres.restart(folder)

    twilio.on_accept = hang_up
    worker.send_blasts(5)
    assert {one.state for one in messages(database)} == {M.ACCEPTED}
    assert max(twilio.per_receiver.values()) == 1
    assert look(database, blast_id, clock)[0].state == B.DONE
