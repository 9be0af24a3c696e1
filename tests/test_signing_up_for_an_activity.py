"""Exactly as many seats as there are, one row per activity and person, and a ledger that says the same."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from organizer import activities
from organizer.models import Event, SignUp
from organizer.words import Missing, Refused
from tests.factories import NOW, make_activity, make_association, make_person


@pytest.fixture
def place(session):
    return make_association(session, "Härnösand")


def people(session, place, n):
    return [make_person(session, place).id for _ in range(n)]


def states(session, activity):
    rows = session.execute(sa.select(SignUp.person_id, SignUp.state).where(SignUp.activity_id == activity.id))
    return {row.person_id: row.state for row in rows}


def told(session):
    rows = session.execute(sa.select(Event.kind, Event.person_id, Event.campaign_id))
    return sorted((tuple(row) for row in rows), key=str)


def test_those_who_come_after_the_last_seat_wait_in_order(session, place):
    activity = make_activity(session, place, capacity=2)
    a, b, c, d = people(session, place, 4)
    said = [
        activities.sign_up(session, activity.id, one, NOW + timedelta(seconds=n)) for n, one in enumerate((a, b, c, d))
    ]
    assert said == ["signed_up", "signed_up", "waiting", "waiting"]


def test_a_seat_given_back_goes_to_whoever_waited_longest(session, place):
    activity = make_activity(session, place, capacity=1)
    a, b, c = people(session, place, 3)
    for n, one in enumerate((a, b, c)):
        activities.sign_up(session, activity.id, one, NOW + timedelta(seconds=n))
    assert activities.withdraw(session, activity.id, a, NOW + timedelta(minutes=1))
    assert states(session, activity) == {a: "withdrawn", b: "signed_up", c: "waiting"}


def test_more_seats_let_the_first_who_wait_in(session, place):
    activity = make_activity(session, place, capacity=1)
    ids = people(session, place, 4)
    for n, one in enumerate(ids):
        activities.sign_up(session, activity.id, one, NOW + timedelta(seconds=n))
    activities.edit(session, activity.id, draft(activity, capacity=3), NOW)
    assert states(session, activity) == dict(zip(ids, ["signed_up", "signed_up", "signed_up", "waiting"], strict=True))


def test_fewer_seats_than_people_are_refused_in_words(session, place):
    activity = make_activity(session, place, capacity=3)
    for one in people(session, place, 3):
        activities.sign_up(session, activity.id, one, NOW)
    with pytest.raises(Refused, match="3 är redan anmälda") as refused:
        activities.edit(session, activity.id, draft(activity, capacity=2), NOW)
    assert refused.value.field == "capacity"


def test_signing_up_twice_keeps_one_row_and_counts_once(session, place):
    activity = make_activity(session, place)
    (a,) = people(session, place, 1)
    for _ in range(2):
        assert activities.sign_up(session, activity.id, a, NOW, campaign_id=7) == "signed_up"
    assert told(session) == [("response", a, 7), ("sign_up", a, 7)]


def test_a_withdrawn_sign_up_stays_a_response(session, place):
    activity = make_activity(session, place)
    (a,) = people(session, place, 1)
    activities.sign_up(session, activity.id, a, NOW, campaign_id=7)
    activities.withdraw(session, activity.id, a, NOW)
    assert told(session) == [("response", a, 7)]
    assert activities.withdraw(session, activity.id, a, NOW) is False


def test_a_no_is_a_response_and_frees_the_seat(session, place):
    activity = make_activity(session, place, capacity=1)
    a, b = people(session, place, 2)
    activities.sign_up(session, activity.id, a, NOW)
    activities.sign_up(session, activity.id, b, NOW)
    activities.decline(session, activity.id, a, NOW, campaign_id=3)
    assert states(session, activity) == {a: "declined", b: "signed_up"}
    assert ("response", a, 3) in told(session)
    assert ("sign_up", a, 3) not in told(session)


def test_undoing_the_call_leaves_nothing_of_a_sign_up(session, place):
    activity = make_activity(session, place)
    (a,) = people(session, place, 1)
    activities.sign_up(session, activity.id, a, NOW, call_id=1, campaign_id=7)
    activities.take_back(session, 1, NOW)
    assert states(session, activity) == {}
    assert told(session) == []


@pytest.mark.parametrize("act", [activities.withdraw, activities.decline])
def test_undoing_the_call_that_ended_a_sign_up_restores_it_with_its_campaign_and_moment(session, place, act):
    activity = make_activity(session, place)
    (a,) = people(session, place, 1)
    activities.sign_up(session, activity.id, a, NOW, call_id=1, campaign_id=7, needs_lift=True)
    before = told(session)
    act(session, activity.id, a, NOW + timedelta(days=1), call_id=2)
    assert told(session) != before
    activities.take_back(session, 2, NOW + timedelta(days=1))
    row = session.execute(sa.select(SignUp.state, SignUp.at, SignUp.call_id, SignUp.needs_lift)).one()
    assert tuple(row) == ("signed_up", NOW, 1, True)
    assert told(session) == before
    assert set(session.scalars(sa.select(Event.at))) == {NOW}


def test_whoever_comes_back_by_undo_to_a_full_activity_is_first_in_line(session, place):
    activity = make_activity(session, place, capacity=1)
    a, b, c = people(session, place, 3)
    for n, one in enumerate((a, b, c)):
        activities.sign_up(session, activity.id, one, NOW + timedelta(seconds=n))
    activities.withdraw(session, activity.id, a, NOW + timedelta(hours=1), call_id=2)
    activities.take_back(session, 2, NOW + timedelta(hours=1))
    assert states(session, activity) == {a: "waiting", b: "signed_up", c: "waiting"}
    activities.withdraw(session, activity.id, b, NOW + timedelta(hours=2))
    assert states(session, activity) == {a: "signed_up", b: "withdrawn", c: "waiting"}


def test_nobody_signs_up_for_what_is_cancelled_or_over_except_by_a_late_report(session, place):
    activity, past = make_activity(session, place), make_activity(session, place, starts_at=NOW - timedelta(days=2))
    (a,) = people(session, place, 1)
    assert activities.cancel(session, activity.id, NOW)
    assert not activities.cancel(session, activity.id, NOW)
    for one in (activity, past):
        with pytest.raises(Refused, match="ingen kan anmälas"):
            activities.sign_up(session, one.id, a, NOW)
        assert activities.sign_up(session, one.id, a, NOW, call_id=1) == "signed_up"


def test_an_activity_that_does_not_exist_is_missing(session, place):
    with pytest.raises(Missing):
        activities.sign_up(session, 4711, make_person(session, place).id, NOW)


def draft(activity, **changes):
    values = {name: getattr(activity, name) for name in ("title", "kind", "starts_at", "ends_at", "place")}
    return activities.Draft(**{**values, "capacity": activity.capacity, **changes})


def test_in_the_call_stand_the_campaigns_activities_then_the_associations_own_then_the_districts(session):
    from campaigns import caller_card
    from campaigns.models import CampaignActivity
    from tests.calling import Evening

    evening = Evening(session)
    evening.place.parent_id = (district := make_association(session, "Västernorrland", kind="district")).id
    evening.place.path = f"{district.path}{evening.place.id}/"
    person, other = make_person(session, evening.place), make_association(session, "Timrå", district)
    make_activity(session, district, "Distriktets", starts_at=NOW + timedelta(days=1))
    make_activity(session, district, "Ordförandemöte", kind="chairs_meeting")
    make_activity(session, other, "Deras")
    answered = make_activity(session, other, "Redan anmäld", starts_at=NOW + timedelta(days=20))
    make_activity(session, evening.place, "Egna", starts_at=NOW + timedelta(days=5))
    chosen = make_activity(session, district, "Kampanjens", starts_at=NOW + timedelta(days=9))
    session.add(CampaignActivity(campaign_id=evening.campaign.id, activity_id=chosen.id, position=0))
    activities.sign_up(session, answered.id, person.id, NOW)
    session.flush()
    first = type(
        "Row",
        (),
        {
            "association_id": evening.place.id,
            "path": evening.place.path,
            "person_id": person.id,
            "campaign_id": evening.campaign.id,
        },
    )
    shown = caller_card._invitations(session, first, NOW)
    assert [(one.title, one.state) for one in shown] == [
        ("Kampanjens", ""), ("Redan anmäld", "signed_up"), ("Egna", ""), ("Distriktets", ""),
    ]  # fmt: skip
