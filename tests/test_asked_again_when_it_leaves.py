"""What has become of a number, a consent or a campaign is asked in the statement that takes a message up (promise 4)."""

from datetime import timedelta

import sqlalchemy as sa

from campaigns import blast_claiming, blast_progress, sms_queue
from campaigns.models import Blast, CampaignState, Category, FailingNumber, Message, MessageState
from organizer import consents, refusals
from organizer.models import BlockedNumber, Installation
from tests.blasting import FAST, begin, number
from tests.factories import NOW, make_association, make_campaign, make_person

S = MessageState


def test_a_number_that_died_was_another_s_or_refused_before_its_owner_was_erased_gets_no_blast(database, clock):
    blast_id, _author, _ids = begin(database, clock, 5)
    with database.writing() as session:
        session.execute(sa.delete(Installation))
        session.add(Installation(kind="real", refusal_key="nyckel"))
        session.add(FailingNumber(e164=number(30), in_a_row=1, dead=True, at=clock.now))
        session.add(BlockedNumber(e164=number(31), at=clock.now))
        session.flush()
        refusals.keep_hashes(session, [number(32)], "sms")
        session.execute(sa.update(Message).where(Message.e164 == number(33)).values(expires_at=clock.now))
    with database.writing() as session:
        taken, _wait = blast_claiming.claim(session, "twilio", FAST, clock.now, 8)
    assert [one.e164 for one in taken] == [number(34)]
    with database.reading() as session:
        assert blast_progress.left_out_since(session, blast_id) == {"number": 2, "expired": 1}


def test_a_consent_taken_back_after_the_approval_holds(database, clock):
    blast_id, _author, ids = begin(database, clock, 3)
    with database.writing() as session:
        given = [consents.record(session, one, "sms", "offer", "paper", clock.now) for one in ids[:2]]
        consents.revoke(session, given[0], clock.now)
        session.execute(sa.update(Blast).where(Blast.id == blast_id).values(category=Category.OFFER))
    with database.writing() as session:
        taken, _wait = blast_claiming.claim(session, "twilio", FAST, clock.now, 8)
    assert [one.person_id for one in taken] == [ids[1]]


def test_what_speaks_for_a_campaign_waits_with_it_and_hears_a_no_to_calls_and_one_that_outlived_its_owner(database):
    with database.writing() as session:
        place = make_association(session, "Härnösand")
        session.add(Installation(kind="real", refusal_key="nyckel"))
        people = [make_person(session, place, number=number(40 + n)) for n in range(4)]
        campaign = make_campaign(session, place)
        campaign.state = CampaignState.PAUSED
        session.flush()
        refusals.keep_hashes(session, [number(41)], "sms")
        refusals.refuse(session, people[2].id, "call", "staff", NOW)
        kinds = ["tried", "confirmation", "tried", "confirmation"]
        about = [campaign.id, None, None, None]
        queued = [
            sms_queue.enqueue(session, kind=kind, e164=number(40 + n), body="Hej", now=NOW, person_id=people[n].id,
                              campaign_id=about[n])
            for n, kind in enumerate(kinds)
        ]  # fmt: skip
    with database.writing() as session:
        taken = sms_queue.claim(session, "twilio", NOW + timedelta(seconds=1), 8)
    assert [one.id for one in taken] == [queued[3]]
    with database.reading() as session:
        states = session.scalars(sa.select(Message.state).order_by(Message.id)).all()
    assert states == [S.QUEUED, S.FAILED, S.QUEUED, S.SENDING]
