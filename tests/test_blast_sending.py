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
    blast_watch,
    blasts,
    provider_balance,
    sms_log,
    sms_queue,
    sms_settings,
)
from campaigns.models import Blast, BlastState, FailingNumber, Message, MessageEvent, MessageState, Todo
from campaigns.sms_settings import SmsSettings
from organizer import people, refusals
from organizer.models import Event, Person
from organizer.words import Refused
from tests import throwaway_postgres
from tests.blasting import district, draft, number, send
from tests.fake_twilio import deliver, segments

B, M = BlastState, MessageState
HANG_UP = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
FAST = SmsSettings(parts_per_second=500, look_first=False)


def begin(database, clock, many=6, first=30, settings=FAST, **values):
    """A blast that is being sent, to so many numbers from `first` on; its id, its author's and its people's."""
    with database.writing() as session:
        place, author, _approver, members = district(session, many, first)
        sms_settings.change(session, settings, author.id, clock.now)
        blast = draft(session, place, author, clock.now)
        for name, value in {"look_first": False, **values}.items():
            setattr(blast, name, value)
        session.flush()
        send(session, blast, author, clock.now)
        return blast.id, author.id, [one.id for one in members]


def look(database, blast_id, clock):
    with database.reading() as session:
        blast = session.get_one(Blast, blast_id)
        return blast, blast_progress.progress(session, blast, clock.now)


def messages(database, *which):
    with database.reading() as session:
        return session.execute(
            sa.select(Message.__table__).where(Message.kind == "blast", *which).order_by(Message.id)
        ).all()


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


@pytest.mark.parametrize(("last", "why"), [(17, "account"), (22, "geo"), (23, "balance"), (25, "limit")])
def test_an_account_that_is_wrong_pauses_it_and_says_why(database, worker, twilio, clock, last, why):
    blast_id, author, _people = begin(database, clock, 1, first=last)
    worker.send_blasts(1)
    blast, progress = look(database, blast_id, clock)
    assert (blast.state, blast.paused_why) == (B.PAUSED, why)
    assert progress.fates["queued"] >= 1, "what was refused for the account's sake is not lost"
    before = len(twilio.accepted)
    worker.send_blasts(0.1)
    assert len(twilio.accepted) == before
    assert author
    assert why in blast_watch.WHY


def test_while_the_provider_is_away_nothing_is_lost_and_the_next_try_is_told(database, worker, twilio, clock):
    blast_id, _author, _people = begin(database, clock, 4)

    def trouble():
        with database.reading() as session:
            return blast_progress.trouble(session, session.get_one(Blast, blast_id), "twilio", clock.now)

    twilio.__exit__()
    waits = []
    for _ in range(3):
        worker.send_blasts(0.1)
        waits.append(trouble() and (trouble().again_at - clock.now).total_seconds())
        clock.forward(seconds=waits[-1] or 2)
    assert (waits, trouble().asked) == ([None, 4, 8], False)
    assert {one.state for one in messages(database)} == {M.QUEUED}, "a connection refused is certainly not sent"
    twilio.come_back()
    worker.send_blasts(0.5)
    assert (trouble(), {one.state for one in messages(database)}) == (None, {M.ACCEPTED})
    assert set(twilio.per_receiver.values()) == {1}


def test_a_provider_that_asks_us_to_wait_is_waited_for_as_long_as_it_says(database, worker, twilio, clock):
    blast_id, _author, _people = begin(database, clock, 1, first=12)
    twilio.retry_after = "90"
    worker.send_blasts(0.1)
    with database.reading() as session:
        found = blast_progress.trouble(session, session.get_one(Blast, blast_id), "twilio", clock.now)
    assert (found.again_at - clock.now, found.asked) == (timedelta(seconds=90), True)
    clock.forward(seconds=91)
    worker.send_blasts(0.2)
    assert look(database, blast_id, clock)[1].fates["sent"] == 1


def test_when_too_much_is_unclear_it_pauses_instead_of_going_on_blindly(database, worker, twilio, clock):
    blast_id, author, _people = begin(database, clock, 30, settings=SmsSettings(parts_per_second=8, look_first=False))
    twilio.to_everybody = "500 after accepting"
    for _ in range(8):
        worker.send_blasts(0.1)
        clock.forward(seconds=9)
    blast, progress = look(database, blast_id, clock)
    assert (blast.state, blast.paused_why) == (B.PAUSED, "unclear")
    assert (len(twilio.accepted) <= 10, progress.fates["queued"] >= 20) == (True, True), "not the whole blast"
    assert max(twilio.per_receiver.values()) == 1
    with database.writing() as session:
        blasts.resume(session, blast_id, author, clock.now)
    twilio.to_everybody = ""
    for _ in range(6):
        worker.send_blasts(0.1)
        clock.forward(seconds=9)
    assert (look(database, blast_id, clock)[1].fates["queued"], max(twilio.per_receiver.values())) == (0, 1)


@pytest.mark.parametrize("odd", ["", "a lot", "nan", "1e99"])
def test_that_little_is_left_on_the_account_is_known_before_it_is_nothing(database, worker, twilio, clock, odd):
    def left(warn_at):
        with database.reading() as session:
            found = provider_balance.low(session, "twilio", SmsSettings(low_balance=warn_at), clock.now)
            return found and (found.amount, found.currency)

    twilio.balance = "12.5099"
    provider_balance.keep(database, worker.known_gateway(), lambda: clock.now)
    assert (left(13), left(12), left(0)) == ((1250, "USD"), None, None)
    twilio.balance = odd
    clock.forward(hours=2)
    provider_balance.keep(database, worker.known_gateway(), lambda: clock.now)
    assert left(13) == (1250, "USD"), "an answer that cannot be read changes nothing"
    clock.forward(hours=5)
    assert left(13) is None, "too old to tell anything"


def test_too_many_failures_pause_it_until_somebody_has_looked(app, database, worker, twilio, clock):
    blast_id, author, _people = begin(database, clock, 30)
    with database.writing() as session:
        blasts.pause(session, blast_id, author, clock.now)
        session.execute(sa.update(Message).where(Message.kind == "blast").values(not_before=clock.now))
        rows = session.scalars(
            sa.select(Message.id).where(Message.kind == "blast").order_by(Message.id).limit(12)
        ).all()
        session.execute(sa.update(Message).where(Message.id.in_(rows)).values(state=M.UNDELIVERED, error_code=30005))
        session.execute(sa.update(Blast).values(handed=12))
        session.execute(sa.update(Blast).values(state=B.SENDING))
    worker.send_blasts(0.1)
    blast, _progress = look(database, blast_id, clock)
    assert (blast.state, blast.paused_why, len(twilio.accepted) <= 16) == (B.PAUSED, "failures", True)
    with database.writing() as session:
        blasts.resume(session, blast_id, author, clock.now)
    worker.send_blasts(1)
    worker.tick()
    blast, _progress = look(database, blast_id, clock)
    assert blast.state == B.PARTLY, "seen once, it goes on; more than a tenth was lost"
    assert app


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
