"""Shifts: made, invited to by a personal link, joined, paused and finished."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns import shifts
from campaigns.models import Shift, ShiftCaller
from organizer.models import Event
from organizer.words import Missing, Refused
from tests.cast import make_cast
from tests.factories import NOW, make_account, make_campaign, make_person, make_shift


def make(session, **changes):
    cast = make_cast(session, NOW)
    campaign = make_campaign(session, cast.harnosand)
    values = {
        "campaign_id": campaign.id, "association_id": None, "starts_at": NOW + timedelta(days=1),
        "ends_at": NOW + timedelta(days=1, hours=2), "place": "Folkets hus", "leader_id": cast.shift_leader.id,
        "wanted": 6, "now": NOW,
    }  # fmt: skip
    return cast, campaign, shifts.create(session, **{**values, **changes})


def test_a_shift_is_made_and_a_caller_is_invited_by_a_link_that_is_kept_only_as_a_hash(session):
    cast, _campaign, shift_id = make(session)
    token = shifts.invite(session, shift_id, cast.caller.id, NOW)
    assert len(token) >= 8
    row = session.scalar(sa.select(ShiftCaller))
    assert token not in (row.link_hash or "")
    assert shifts.by_link(session, token.lower()).account_id == cast.caller.id
    assert shifts.by_link(session, "AAAAAAAAAA") is None


def test_a_second_invitation_gives_a_new_link_and_kills_the_old(session):
    cast, _campaign, shift_id = make(session)
    old = shifts.invite(session, shift_id, cast.caller.id, NOW)
    new = shifts.invite(session, shift_id, cast.caller.id, NOW)
    assert shifts.by_link(session, old) is None
    assert shifts.by_link(session, new)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_at": NOW}, "ends_at"),
        ({"starts_at": NOW - timedelta(days=2), "ends_at": NOW - timedelta(days=1)}, "starts_at"),
        ({"ends_at": NOW + timedelta(days=3)}, "ends_at"),
        ({"place": " "}, "place"),
        ({"wanted": 0}, "wanted"),
    ],
)
def test_a_shift_that_cannot_be_is_refused_in_words(session, changes, field):
    with pytest.raises(Refused) as refusal:
        make(session, **changes)
    assert refusal.value.field == field


def test_only_the_invited_join(session):
    cast, _campaign, shift_id = make(session)
    with pytest.raises(Missing):
        shifts.join(session, shift_id, cast.caller.id, NOW)


def test_finishing_counts_once_as_a_task_for_a_caller_who_is_a_member(session):
    cast, campaign, _ = make(session)
    member = make_person(session, cast.harnosand, "Berit Medlem")
    caller = make_account(session, "Berit Medlem", person_id=member.id)
    shift = make_shift(session, campaign, caller, cast.caller)
    for who in (caller, cast.caller):
        shifts.join(session, shift.id, who.id, NOW)
        shifts.finish(session, shift.id, who.id, NOW)
        shifts.finish(session, shift.id, who.id, NOW)
    found = session.execute(sa.select(Event.kind, Event.person_id, Event.association_id)).all()
    assert found == [("task", member.id, cast.harnosand.id)]


def test_who_never_began_has_done_no_task(session):
    cast, campaign, _ = make(session)
    member = make_person(session, cast.harnosand)
    caller = make_account(session, "Berit Medlem", person_id=member.id)
    shift = make_shift(session, campaign, caller)
    shifts.finish(session, shift.id, caller.id, NOW)
    assert session.scalar(sa.select(sa.func.count()).select_from(Event)) == 0


def test_who_goes_home_without_a_word_is_finished_after_the_grace(session):
    cast, campaign, _ = make(session)
    member = make_person(session, cast.harnosand)
    caller = make_account(session, "Berit Medlem", person_id=member.id)
    shift = make_shift(session, campaign, caller)
    shifts.join(session, shift.id, caller.id, NOW)
    assert shifts.finish_ended(session, shift.ends_at + timedelta(minutes=14)) == 0
    assert shifts.finish_ended(session, shift.ends_at + timedelta(minutes=16)) == 1
    assert session.scalar(sa.select(Event.kind)) == "task"


def test_a_shift_pauses_and_resumes_and_a_raised_hand_is_seen(session):
    cast, campaign, _ = make(session)
    shift = make_shift(session, campaign, cast.caller)
    shifts.pause(session, shift.id, NOW)
    assert session.scalar(sa.select(Shift.paused_at).where(Shift.id == shift.id)) == NOW
    shifts.resume(session, shift.id)
    assert session.scalar(sa.select(Shift.paused_at).where(Shift.id == shift.id)) is None
    shifts.ask_for_help(session, shift.id, cast.caller.id, NOW)
    assert session.scalar(sa.select(ShiftCaller.needs_help_at)) == NOW
    shifts.helped(session, shift.id, cast.caller.id)
    assert session.scalar(sa.select(ShiftCaller.needs_help_at)) is None


def test_the_team_bar_counts_people_not_calls(session):
    cast, campaign, _ = make(session)
    shift = make_shift(session, campaign, cast.caller)
    assert shifts.team(session, shift, NOW) == shifts.Team(0, 0, 0)
    assert shifts.own_numbers(session, shift.id, cast.caller.id) == shifts.OwnNumbers(0, 0)
    assert shifts.next_start(session, campaign.id, NOW) == NOW + timedelta(days=1)
