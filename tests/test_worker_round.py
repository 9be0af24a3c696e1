"""The worker's round: nothing waits for a wake-up, nothing stops for one failure, and what is too old is forgotten."""

import dataclasses
import logging
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import create_app
from campaigns import retention, sms_queue, worker
from campaigns.models import Call, Campaign, CampaignState, Message, QueueRow
from organizer.models import Import, ImportRow, Login, LoginCode, Throttle
from organizer.times import local_day
from tests.factories import NOW, make_campaign, make_person
from tests.test_message_queue import make_call


def send_code(app, account_id=None, now=NOW, *, fail=False):
    with app.extensions["database"].writing() as session:
        app.extensions["send_sms"](session, "code", "+46701740605", "123456 är din kod.", account_id, now)
        if fail:
            raise ZeroDivisionError


def test_the_worker_is_woken_when_the_code_has_been_committed_and_only_then(app):
    waiting = app.extensions["worker"].huey.storage
    with pytest.raises(ZeroDivisionError):
        send_code(app, fail=True)
    assert waiting.queue_size() == 0
    send_code(app)
    assert waiting.queue_size() == 1


def test_a_wake_up_that_cannot_be_sent_costs_nobody_their_code(configuration, clock, database, caplog):
    deaf = create_app(dataclasses.replace(configuration, worker_url="sqlite:////nowhere/at/all.db"), clock)
    with caplog.at_level(logging.WARNING):
        send_code(deaf)
    assert "by itself within a minute" in caplog.text
    deaf.extensions["worker"].tick()
    with database.reading() as session:
        assert session.scalar(sa.select(Message.claimed_at)) == clock.now
    deaf.extensions["database"].dispose()


def test_wake_ups_are_signed_so_that_only_our_own_are_obeyed(app, tmp_path):
    app.extensions["worker"].wake()
    stranger = worker.storage(f"sqlite:///{tmp_path / 'worker.db'}", "another key")
    with pytest.raises(ValueError, match="mismatch"):
        stranger.dequeue()


def test_an_unknown_kind_of_storage_is_refused_in_words():
    with pytest.raises(ValueError, match="WORKER_URL must begin with"):
        worker.storage("amqp://somewhere", "key")


def test_one_failure_does_not_stop_the_round(app, database, cast, clock, caplog):
    with database.writing() as session:
        broken = make_campaign(session, cast.harnosand, "Trasig", target={"version": 1, "all": [{"what": "nonsense"}]})
        working = make_campaign(session, cast.timra, "Hel")
        person = make_person(session, cast.timra)
        notes = make_campaign(session, cast.timra, state=CampaignState.CLOSED, closed_at=NOW - timedelta(days=31))
        call = make_call(session)
        session.execute(sa.update(Call).where(Call.id == call.id).values(note="Ring hellre", campaign_id=notes.id))
    app.extensions["worker"].tick()
    with database.reading() as session:
        rang = session.scalars(sa.select(QueueRow.person_id).where(QueueRow.campaign_id == working.id)).all()
        assert session.scalar(sa.select(Call.note).where(Call.id == call.id)) == ""
    assert rang == [person.id], f"campaign {broken.id} stopped campaign {working.id}"
    assert "it is tried again in a minute" in caplog.text


def test_notes_go_thirty_days_after_the_campaign_closed(session):
    call = make_call(session)
    call.note = "Vill gärna baka"
    session.flush()

    def forgotten(**campaign):
        session.execute(sa.update(Campaign).where(Campaign.id == call.campaign_id).values(**campaign))
        return retention.apply(session, "notes", NOW)

    assert forgotten(state=CampaignState.RUNNING) == 0
    assert forgotten(state=CampaignState.CLOSED, closed_at=NOW - timedelta(days=30)) == 0
    assert forgotten(state=CampaignState.CLOSED, closed_at=NOW - timedelta(days=30, seconds=1)) == 1
    assert retention.apply(session, "notes", NOW) == 0


def test_texts_go_after_ninety_days_and_the_rest_of_the_message_stays(session):
    for days in (89, 91):
        sms_queue.enqueue(
            session, kind="notice", e164="+46701740611", body="Hej", now=NOW - timedelta(days=days), once=str(days)
        )
    while retention.apply(session, "texts", NOW):
        pass
    assert session.execute(sa.select(Message.once, Message.body).order_by(Message.once)).all() == [
        ("89", "Hej"), ("91", ""),
    ]  # fmt: skip


def test_a_checked_file_that_nobody_applied_is_thrown_away_after_a_day(session, cast):
    for hours in (23, 25):
        made = Import(
            association_id=cast.harnosand.id, filename=f"{hours}.csv", digest="0" * 64, state="checked", report={},
            created_at=NOW - timedelta(hours=hours),
        )  # fmt: skip
        session.add(made)
        session.flush()
        session.add_all([ImportRow(import_id=made.id, row=n, cells={}) for n in range(3)])
    session.flush()
    while retention.staged_files(session, NOW):
        pass
    assert session.execute(sa.select(Import.filename, Import.state).order_by(Import.filename)).all() == [
        ("23.csv", "checked"), ("25.csv", "discarded"),
    ]  # fmt: skip
    assert session.scalar(sa.select(sa.func.count()).select_from(ImportRow)) == 3


def test_what_no_longer_opens_anything_is_thrown_away_a_day_later(session, cast):
    for hours in (23, 25):
        ended = NOW - timedelta(hours=hours)
        common = {"account_id": cast.caller.id, "created_at": ended, "expires_at": ended}
        session.add(Login(token_hash=str(hours), level="caller", **common))
        session.add(LoginCode(opens="caller", seed=str(hours), tries=0, **common))
        session.add(Throttle(key=str(hours), window_ends=ended, count=1))
    session.flush()
    for rule in ("logins", "login_codes", "throttles"):
        retention.apply(session, rule, NOW)
    for table in (Login, LoginCode, Throttle):
        assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 1, table
    assert local_day(NOW)
