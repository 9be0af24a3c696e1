"""Who is handed to whom, one at a time: everything is checked at the moment of claiming."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from campaigns import call_queue
from campaigns.models import Acquaintance, Call, CampaignState, Hold, QueueRow, QueueState
from organizer.models import BlockedNumber, Membership, Refusal
from organizer.words import Missing, Refused
from tests.calling import Evening, put_in_queue
from tests.factories import NOW, add_number, make_account, make_association, make_campaign, make_person


@pytest.fixture
def evening(session) -> Evening:
    return Evening(session)


def claim(evening, caller=None, now=NOW, **more):
    campaign_id = more.pop("campaign", evening.campaign).id
    call = call_queue.claim_next(evening.session, (caller or evening.birgitta).id, campaign_id, now, **more)
    return evening.person_of(call)


def only(evening, **columns):
    """Leave one person in the queue, with these columns."""
    evening.session.execute(sa.delete(QueueRow).where(QueueRow.person_id != evening.people[0].id))
    if columns:
        evening.session.execute(sa.update(QueueRow).values(**columns))
    return evening.people[0]


def refuse(evening, person_id=None, e164=None, channel="call", **more):
    evening.session.add(Refusal(person_id=person_id, e164=e164, channel=channel, how="call", recorded_at=NOW, **more))
    evening.session.flush()


def test_the_first_in_the_queue_is_handed_out_and_held(evening):
    assert claim(evening) == evening.people[0].id
    row = evening.row(evening.people[0])
    assert (row.state, row.attempts, evening.holds()) == (QueueState.HELD, 0, 1)
    call = evening.session.scalars(sa.select(Call)).one()
    assert (call.state, call.account_id, call.queue_id) == ("open", evening.birgitta.id, row.id)


def test_the_next_caller_gets_the_next_person(evening):
    assert claim(evening) == evening.people[0].id
    assert claim(evening, evening.nils) == evening.people[1].id


def test_a_caller_who_holds_somebody_gets_that_person_again(evening):
    assert claim(evening) == claim(evening) == evening.people[0].id
    assert evening.session.scalar(sa.select(sa.func.count()).select_from(Call)) == 1


def test_an_empty_queue_hands_out_nobody(evening):
    evening.session.execute(sa.update(QueueRow).values(state=QueueState.DONE))
    assert claim(evening) is None


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.CLOSED, CampaignState.DRAFT])
def test_only_a_running_campaign_hands_out_people(evening, state):
    evening.campaign.state = state
    evening.session.flush()
    assert claim(evening) is None


def test_outside_calling_hours_nobody_is_handed_out_unless_any_hour_is_allowed(evening):
    late = NOW + timedelta(hours=3)
    assert claim(evening, now=late) is None
    evening.campaign.any_hour = True
    evening.session.flush()
    assert claim(evening, now=late) == evening.people[0].id


def test_priority_goes_before_time_and_time_before_number(evening):
    last = evening.people[2]
    evening.session.execute(sa.update(QueueRow).where(QueueRow.person_id == last.id).values(priority=0))
    assert claim(evening) == last.id


@pytest.mark.parametrize("channel", ["call", "all"])
def test_somebody_who_refused_is_never_handed_out(evening, channel):
    refuse(evening, person_id=only(evening).id, channel=channel)
    assert claim(evening) is None


def test_a_refusal_of_sms_or_one_taken_back_hinders_no_call(evening):
    person = only(evening)
    refuse(evening, person_id=person.id, channel="sms")
    refuse(evening, person_id=person.id, channel="call", revoked_at=NOW)
    assert claim(evening) == person.id


def test_a_refusal_given_for_a_number_binds_everyone_on_it(evening):
    person = only(evening)
    add_number(evening.session, person, "+46701740605", position=1)
    refuse(evening, e164="+46701740605", channel="all")
    assert claim(evening) is None


@pytest.mark.parametrize(
    "flags",
    [{"deceased_on": date(2026, 11, 1)}, {"protected": True}, {"blocked_why": "leaving"}, {"merged_into_id": 1}],
)
def test_the_dead_the_protected_and_the_blocked_are_never_handed_out(evening, flags):
    person = only(evening)
    for name, value in flags.items():
        setattr(person, name, value)
    evening.session.flush()
    assert claim(evening) is None


def test_somebody_who_has_left_is_never_handed_out(evening):
    person = only(evening)
    evening.session.execute(
        sa.update(Membership).where(Membership.person_id == person.id).values(to_day=date(2026, 11, 1))
    )
    assert claim(evening) is None


def test_without_a_number_that_works_nobody_is_handed_out(evening):
    person = only(evening)
    number = evening.session.scalar(sa.text("SELECT e164 FROM phones WHERE person_id = :id"), {"id": person.id})
    evening.session.add(BlockedNumber(e164=number, at=NOW))
    evening.session.flush()
    assert claim(evening) is None
    add_number(evening.session, person, "+46701740606", position=1)
    assert claim(evening) == person.id


def test_somebody_held_in_one_campaign_is_handed_out_in_no_other(evening):
    other = make_campaign(evening.session, evening.place, "Förnya")
    person = only(evening)
    put_in_queue(evening.session, other, person)
    assert claim(evening) == person.id
    assert claim(evening, evening.nils, campaign=other) is None


def test_two_callers_never_ring_one_household(evening):
    first, second, third = evening.people
    add_number(evening.session, first, "+4631390600", position=1)
    add_number(evening.session, second, "+4631390600", position=1)
    assert claim(evening) == first.id
    assert claim(evening, evening.nils) == third.id


def test_a_caller_is_never_given_herself_or_her_household(evening):
    herself, husband, third = evening.people
    evening.birgitta.person_id = herself.id
    for person in (herself, husband):
        add_number(evening.session, person, "+4631390600", position=1)
    assert claim(evening) == third.id
    assert claim(evening, evening.nils) == herself.id


def test_a_caller_is_never_given_the_number_she_logs_in_with(evening):
    add_number(evening.session, evening.people[0], "+46701740605", position=1)
    evening.birgitta.e164 = "+46701740605"
    evening.session.flush()
    assert claim(evening) == evening.people[1].id


def test_an_acquaintance_goes_to_somebody_else(evening):
    evening.session.add(Acquaintance(account_id=evening.birgitta.id, person_id=evening.people[0].id))
    evening.session.flush()
    assert claim(evening) == evening.people[1].id
    assert claim(evening, evening.nils) == evening.people[0].id


def test_only_a_caller_who_speaks_the_language_gets_the_person(evening):
    only(evening, language="so")
    assert claim(evening) is None
    evening.nils.speaks = ["sv", "so"]
    evening.session.flush()
    assert claim(evening, evening.nils) == evening.people[0].id


def test_a_personal_callback_is_for_its_caller_alone(evening):
    only(evening, callback_by=evening.nils.id, priority=0)
    assert claim(evening) is None
    assert claim(evening, evening.nils) == evening.people[0].id


def test_whom_a_caller_skipped_goes_to_others_first_but_comes_back_when_nobody_else_is_left(evening):
    skipped = evening.people[0]
    evening.session.execute(
        sa.update(QueueRow).where(QueueRow.person_id == skipped.id).values(avoid_account_id=evening.birgitta.id)
    )
    assert claim(evening) == evening.people[1].id
    call_queue.release(evening.session, evening.birgitta.id, NOW)
    only(evening)
    assert claim(evening) == skipped.id


def test_a_shift_for_one_association_rings_only_its_members(evening):
    timra = make_association(evening.session, "Timrå")
    person = make_person(evening.session, timra)
    put_in_queue(evening.session, evening.campaign, person, association_id=timra.id)
    assert claim(evening, association_id=timra.id) == person.id
    assert claim(evening, evening.nils, association_id=evening.place.id) == evening.people[0].id


def test_a_waiting_person_is_handed_out_when_the_time_has_come(evening):
    only(evening, state=QueueState.WAITING, due_at=NOW + timedelta(minutes=30))
    assert claim(evening) is None
    assert claim(evening, now=NOW + timedelta(minutes=31)) == evening.people[0].id


def test_releasing_puts_the_person_back_without_trace(evening):
    before = evening.row(evening.people[0]).due_at
    claim(evening)
    call_queue.release(evening.session, evening.birgitta.id, NOW)
    row = evening.row(evening.people[0])
    assert (row.state, row.attempts, row.due_at, evening.holds()) == (QueueState.READY, 0, before, 0)
    assert evening.session.scalars(sa.select(Call.state)).all() == ["released"]
    assert claim(evening, evening.nils) == evening.people[0].id


def test_a_hold_that_has_run_out_is_no_hindrance(evening):
    person = only(evening)
    claim(evening)
    assert claim(evening, evening.nils, now=NOW + timedelta(minutes=44)) is None
    assert claim(evening, evening.nils, now=NOW + timedelta(minutes=46)) == person.id
    assert call_queue.held_call(evening.session, evening.birgitta.id, NOW + timedelta(minutes=46)) is None


def test_ones_own_hold_that_has_run_out_makes_room_for_a_new_one(evening):
    claim(evening)
    claim(evening, now=NOW + timedelta(minutes=50))
    assert evening.holds() == 1
    states = evening.session.scalars(sa.select(Call.state).order_by(Call.id)).all()
    assert states == ["released", "open"]


def test_ringing_keeps_the_person_for_75_minutes_and_a_page_in_view_for_45(evening):
    claim(evening)
    session, caller = evening.session, evening.birgitta.id
    call_queue.renew(session, caller, NOW, rang=True)
    call_queue.renew(session, caller, NOW + timedelta(minutes=1))
    assert session.scalar(sa.select(Hold.expires_at)) == NOW + timedelta(minutes=75)
    assert session.scalar(sa.select(Call.rang_at)) == NOW
    call_queue.renew(session, caller, NOW + timedelta(minutes=60))
    assert session.scalar(sa.select(Hold.expires_at)) == NOW + timedelta(minutes=105)


def test_a_caller_may_take_up_only_somebody_she_knows_from_before(evening):
    row = evening.row(evening.people[0])
    with pytest.raises(Missing):
        call_queue.claim_row(evening.session, evening.birgitta.id, row.id, NOW)
    row.callback_by = evening.birgitta.id
    evening.session.flush()
    call = call_queue.claim_row(evening.session, evening.birgitta.id, row.id, NOW)
    assert evening.person_of(call) == evening.people[0].id
    assert call_queue.claim_row(evening.session, evening.birgitta.id, row.id, NOW) == call


def test_taking_somebody_up_lets_go_of_the_one_held(evening):
    claim(evening)
    row = evening.row(evening.people[1])
    row.callback_by, row.state = evening.birgitta.id, QueueState.WAITING
    evening.session.flush()
    call_queue.claim_row(evening.session, evening.birgitta.id, row.id, NOW)
    assert evening.row(evening.people[0]).state == QueueState.READY
    call_queue.release(evening.session, evening.birgitta.id, NOW)
    assert evening.row(evening.people[1]).state == QueueState.WAITING


def test_taking_up_somebody_another_caller_holds_is_refused_in_words(evening):
    claim(evening, evening.nils)
    row = evening.row(evening.people[0])
    row.callback_by = evening.birgitta.id
    evening.session.flush()
    with pytest.raises(Refused, match="Någon annan"):
        call_queue.claim_row(evening.session, evening.birgitta.id, row.id, NOW)


def test_a_new_member_of_the_staff_without_person_or_number_can_ring(evening):
    nobody = make_account(evening.session, "Ny Ringare", e164=None)
    assert claim(evening, nobody) == evening.people[0].id
