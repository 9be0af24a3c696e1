"""A blast whose provider refuses, is away or leaves it unclear what it took: nothing is lost, nobody gets two, people are told."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns import blast_progress, blast_watch, blasts, provider_balance
from campaigns.models import Blast, BlastState, Message, MessageState
from campaigns.sms_settings import SmsSettings
from tests.blasting import begin, look, messages

B, M = BlastState, MessageState


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
