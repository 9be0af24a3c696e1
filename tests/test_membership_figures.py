"""Members, growth, renewals and new members counted by hand, on the days where one is easily a day wrong."""

from datetime import date, timedelta

import pytest

from organizer import activation, membership
from organizer.activation import Share
from organizer.membership import Growth
from organizer.models import Kind, Membership
from tests.factories import make_association, make_person
from tests.ledger import happened, moved, paid

TODAY = date(2026, 11, 19)
NEW_YEAR = date(2026, 1, 1)


@pytest.fixture
def places(session):
    district = make_association(session, "Norr", kind="district")
    return [make_association(session, name, district) for name in ("Härnösand", "Timrå")]


@pytest.fixture
def ids(places):
    return [place.id for place in places]


def test_a_member_counts_from_the_first_day_and_not_on_the_last(session, places, ids):
    person = make_person(session, places[0], joined=TODAY)
    make_person(session, places[0], joined=None)
    assert membership.counted(session, TODAY - timedelta(days=1), ids) == {ids[0]: 1}
    assert membership.counted(session, TODAY, ids) == {ids[0]: 2}
    moved(session, person, TODAY + timedelta(days=3), places[1])
    assert membership.counted(session, TODAY + timedelta(days=2), ids) == {ids[0]: 2}
    assert membership.counted(session, TODAY + timedelta(days=3), ids) == {ids[0]: 1, ids[1]: 1}


def test_growth_lists_its_parts_and_they_add_up(session, places, ids):
    ours, theirs = places
    stays, leaves, moves, dies = (make_person(session, ours) for _ in range(4))
    merged = make_person(session, ours, joined=None)
    session.query(Membership).filter_by(person_id=merged.id).update({"from_why": "merged", "from_day": TODAY})
    make_person(session, ours, joined=TODAY)
    make_person(session, ours, joined=NEW_YEAR)
    for person, why, to in ((leaves, "left", None), (moves, "moved", theirs), (dies, "deceased", None)):
        moved(session, person, date(2026, 6, 1), to, why)
    found = membership.growth(session, NEW_YEAR, TODAY, ids)
    assert found[ours.id] == Growth(joined=2, merged_in=1, left=1, moved_out=1, deceased=1)
    assert found[theirs.id] == Growth(moved_in=1)
    before, after = (membership.counted(session, day, ids) for day in (NEW_YEAR - timedelta(days=1), TODAY))
    assert after[ours.id] - before[ours.id] == found[ours.id].net == 0
    assert stays


def test_active_means_something_done_in_365_days_with_today(session, places, ids):
    people = [make_person(session, places[0]) for _ in range(5)]
    happened(session, people[0], TODAY - timedelta(days=365), Kind.ATTENDANCE)
    happened(session, people[1], TODAY - timedelta(days=364), Kind.ASSIGNMENT)
    happened(session, people[2], TODAY, Kind.TASK, Kind.CONTRIBUTION)
    happened(session, people[3], TODAY, Kind.SIGN_UP, Kind.CONVERSATION)
    happened(session, people[4], TODAY + timedelta(days=1), Kind.TASK)
    found = activation.active_on(session, membership.members_on(TODAY, ids), TODAY)
    assert found == {ids[0]: Share(2, 5)}


def test_a_leap_day_does_not_lengthen_the_year(session, places, ids):
    person = make_person(session, places[0])
    happened(session, person, date(2028, 2, 29), Kind.TASK)
    last, after = date(2029, 2, 27), date(2029, 2, 28)
    assert activation.active_on(session, membership.members_on(last, ids), last)[ids[0]] == Share(1, 1)
    assert activation.active_on(session, membership.members_on(after, ids), after)[ids[0]] == Share(0, 1)


def test_activity_follows_the_person_who_moves(session, places, ids):
    person = make_person(session, places[0])
    happened(session, person, TODAY - timedelta(days=9), Kind.TASK)
    moved(session, person, TODAY, places[1])
    assert activation.active_on(session, membership.members_on(TODAY, ids), TODAY) == {ids[1]: Share(1, 1)}


def test_renewal_is_of_the_members_on_new_years_day(session, places, ids):
    ours, theirs = places
    payer, late, leaver, dead, gone, moved_near = (make_person(session, ours) for _ in range(6))
    make_person(session, ours, joined=date(2026, 1, 2))
    paid(session, payer, date(2026, 3, 1))
    paid(session, late, date(2026, 11, 20))
    paid(session, moved_near, TODAY)
    moved(session, leaver, date(2026, 4, 1), None, "left")
    moved(session, dead, date(2026, 4, 1), None, "deceased")
    moved(session, gone, date(2026, 4, 1), None, "moved")
    moved(session, moved_near, date(2026, 4, 1), theirs)
    assert membership.renewed(session, TODAY, ids, "1/") == {ids[0]: Share(2, 4)}
    assert membership.renewed(session, date(2026, 3, 31), ids, "1/") == {ids[0]: Share(1, 6)}


@pytest.mark.parametrize(("waited", "counts"), [(14, Share(1, 1)), (15, Share(0, 1))])
def test_a_new_member_is_contacted_in_time_within_14_days(session, places, ids, waited, counts):
    joined = date(2026, 2, 20)
    person = make_person(session, places[0], joined=joined)
    happened(session, person, joined + timedelta(days=waited), Kind.CONTACT)
    assert membership.new_in_time(session, NEW_YEAR, TODAY, TODAY, ids) == {ids[0]: counts}


def test_those_still_inside_their_days_are_in_neither_number_until_contacted(session, places, ids):
    waiting, contacted, gone_out = (make_person(session, places[0], joined=day) for day in (
        TODAY - timedelta(days=13), TODAY, TODAY - timedelta(days=14)))  # fmt: skip
    make_person(session, places[0], joined=TODAY - timedelta(days=30), deceased_on=TODAY - timedelta(days=20))
    unknown = make_person(session, places[0], joined=None)
    happened(session, contacted, TODAY, Kind.CONTACT)
    assert membership.new_in_time(session, NEW_YEAR, TODAY, TODAY, ids) == {ids[0]: Share(1, 2)}
    happened(session, waiting, TODAY, Kind.CONTACT, mass=True)
    assert membership.new_in_time(session, NEW_YEAR, TODAY, TODAY, ids) == {ids[0]: Share(1, 2)}
    names = {row.person_id for row in session.execute(membership.waiting(TODAY, ids))}
    assert names == {waiting.id, gone_out.id}
    assert unknown.id not in names


def test_nobody_waits_after_90_days_or_after_leaving(session, places, ids):
    old, left = (
        make_person(session, places[0], joined=day) for day in (TODAY - timedelta(days=91), TODAY - timedelta(days=9))
    )
    moved(session, left, TODAY, None, "left")
    assert session.execute(membership.waiting(TODAY, ids)).all() == []
    assert old.id
