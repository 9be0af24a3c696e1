"""Every metric of the plan against numbers counted by hand: moves, deaths, joiners on the last day, leap years."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from organizer import coverage, metrics, settings
from organizer.metrics import METRICS, Measured
from organizer.models import Activity, ActivityOrganizer, Event, Kind, Membership
from tests.factories import make_activity, make_association, make_person
from tests.ledger import CONVERSATION, happened, moved, paid

FIRST, LAST = date(2027, 3, 1), date(2028, 2, 29)
"""A year that ends on a leap day."""


@pytest.fixture
def place(session):
    """A district of two associations; Härnösand is what the numbers are about."""
    district = make_association(
        session, "Distriktet", make_association(session, "Riket", kind="national"), kind="district"
    )
    return make_association(session, "Härnösand", district)


@pytest.fixture
def neighbour(session, place):
    return make_association(session, "Timrå", session.get(type(place), place.parent_id))


def measured(session, key, place, first=FIRST, last=LAST, today=None):
    return METRICS[key].compute(session, place, first, last, today)


def test_every_metric_has_its_words_and_is_counted_in_an_empty_district(session, place):
    assert set(METRICS) >= {
        "sought", "contacted", "reached", "responded", "signed_up", "attended", "activated", "active", "active_ye",
        "paid_ye", "renewed", "new_n", "new_inv", "new_days", "growth", "offered", "cover",
    }  # fmt: skip
    for key, metric in METRICS.items():
        assert all((metric.label, metric.definition, metric.denominator, metric.example, metric.formula, metric.source))
        found = measured(session, key, place)
        assert (found.part or 0, found.number or 0) == (0, 0), key


def test_members_who_moved_died_or_joined_on_the_last_day(session, place, neighbour):
    stays, mover, dead, last, after = (make_person(session, place, joined=date(2026, 1, 1)) for _ in range(5))
    for person, joined in ((last, LAST), (after, LAST + timedelta(days=1))):
        session.execute(sa.update(Membership).where(Membership.person_id == person.id).values(from_day=joined))
    moved(session, mover, date(2027, 6, 1), neighbour)
    moved(session, dead, date(2027, 7, 1), None, "deceased")
    came = make_person(session, neighbour, joined=date(2020, 1, 1))
    moved(session, came, date(2028, 2, 1), place)
    assert measured(session, "members", place).value == 3  # stays, last, came
    assert measured(session, "joined", place).value == 1
    growth = measured(session, "growth", place)
    assert growth.number == 1 + 1 - 1 - 1
    assert growth.parts == {
        "joined": 1, "moved_in": 1, "merged_in": 0, "left": 0, "moved_out": 1, "deceased": 1, "merged_out": 0,
    }  # fmt: skip
    both = session.get(type(place), place.parent_id)
    assert measured(session, "members", both).value == 4
    assert measured(session, "growth", both).number == 0
    assert stays.id != dead.id


def test_active_by_taking_part_or_by_having_paid(session, place, clock):
    people = [make_person(session, place, joined=date(2020, 1, 1)) for _ in range(6)]
    happened(session, people[0], date(2027, 3, 2), Kind.ATTENDANCE)  # 364 days before the leap day: counts
    happened(session, people[1], date(2027, 3, 1), Kind.TASK)  # 365: does not
    happened(session, people[2], LAST, Kind.CONTRIBUTION)
    happened(session, people[3], LAST, Kind.SIGN_UP)
    paid(session, people[3], date(2028, 2, 29))
    paid(session, people[4], date(2028, 3, 1))
    assert measured(session, "active", place) == Measured(2, 6)
    root = session.scalars(sa.select(type(place)).where(type(place).parent_id.is_(None))).one()
    session.add(
        settings.Setting(association_id=root.id, key="active", value={"means": "paid"}, from_day=date(2028, 1, 1))
    )
    session.flush()
    assert measured(session, "active", place) == Measured(1, 6)
    assert measured(session, "active", place, last=date(2027, 12, 31)) == Measured(2, 6)  # not yet: taking part


def test_at_the_turn_of_the_year(session, place):
    stays, leaves, late = (make_person(session, place, joined=date(2020, 1, 1)) for _ in range(3))
    for person in (stays, leaves):
        happened(session, person, date(2027, 5, 1), Kind.ATTENDANCE)
        paid(session, person, date(2027, 5, 1))
    happened(session, late, date(2028, 1, 1), Kind.ATTENDANCE)
    paid(session, late, date(2027, 12, 31))
    moved(session, leaves, date(2027, 12, 31), None, "left")
    year = (date(2027, 1, 1), date(2027, 12, 31))
    assert measured(session, "active_ye", place, *year, today=LAST) == Measured(1, 2)
    assert measured(session, "paid_ye", place, *year, today=LAST) == Measured(2, 2)
    before = date(2027, 11, 19)
    assert measured(session, "active_ye", place, year[0], before) == Measured(2, 3)  # the same day, while it goes on
    assert measured(session, "paid_ye", place, year[0], before) == Measured(2, 3)


def test_renewed(session, place, neighbour):
    here, gone, dead, away, within = (make_person(session, place, joined=date(2020, 1, 1)) for _ in range(5))
    new = make_person(session, place, joined=date(2028, 1, 2))
    for person in (here, within, new):
        paid(session, person, date(2028, 2, 1))
    moved(session, gone, date(2028, 1, 20), None, "left")
    moved(session, dead, date(2028, 1, 20), None, "deceased")
    moved(session, away, date(2028, 1, 20), None, "moved")
    moved(session, within, date(2028, 1, 20), neighbour)
    assert measured(session, "renewed", place, date(2028, 1, 1)) == Measured(2, 3)  # here and within, of those and gone


def test_new_members_in_time_and_how_long_it_took(session, place):
    joined = date(2028, 2, 1)
    days = {"same": 0, "fifth": 5, "limit": 14, "late": 15, "never": None}
    people = {name: make_person(session, place, joined=joined) for name in days}
    for name, day in days.items():
        if day is not None:
            happened(session, people[name], joined + timedelta(days=day), *CONVERSATION)
    happened(session, people["never"], joined, Kind.MESSAGE, mass=True)
    happened(session, people["fifth"], joined + timedelta(days=5), Kind.INVITATION)
    make_person(session, place, joined=LAST)  # still has her days left: in neither number
    quick = make_person(session, place, joined=LAST)
    happened(session, quick, LAST, Kind.CONTACT)
    dead = make_person(session, place, joined=joined)
    dead.deceased_on = joined + timedelta(days=3)
    session.flush()
    assert measured(session, "new_n", place) == Measured(4, 6)  # same, fifth, limit and quick
    assert measured(session, "new_inv", place) == Measured(1, 5)
    assert measured(session, "new_days", place) == Measured(whole=6, number=5)  # 0 0 5 14 15 never
    assert measured(session, "new_days", place, last=joined, today=LAST) == Measured(whole=5, number=14)
    assert measured(session, "new_n", place, last=joined, today=joined + timedelta(days=13)) == Measured(2, 2)


def test_when_most_have_not_been_contacted_there_is_no_median(session, place):
    for _ in range(3):
        make_person(session, place, joined=date(2028, 1, 1))
    assert measured(session, "new_days", place) == Measured(whole=3, number=None)


def test_the_steps_of_a_period_count_people_once_and_only_members(session, place, neighbour):
    talked, mailed, fresh, mover = (make_person(session, place, joined=date(2020, 1, 1)) for _ in range(4))
    for day in (FIRST, LAST):
        happened(session, talked, day, *CONVERSATION, Kind.RESPONSE)
    happened(session, talked, LAST + timedelta(days=1), Kind.SIGN_UP)
    happened(session, mailed, FIRST, Kind.MESSAGE)
    happened(session, mailed, FIRST - timedelta(days=365), Kind.ATTENDANCE)  # active at the start: cannot be activated
    happened(session, mailed, LAST, Kind.ATTENDANCE)
    happened(session, fresh, FIRST - timedelta(days=366), Kind.ATTENDANCE)
    happened(session, fresh, LAST, Kind.TASK)
    happened(session, mover, FIRST, *CONVERSATION)
    moved(session, mover, LAST, neighbour)
    steps = {
        key: measured(session, key, place)
        for key in ("sought", "contacted", "reached", "responded", "signed_up", "attended", "activated")
    }
    assert steps == {
        "sought": Measured(1, 3), "contacted": Measured(2, 3), "reached": Measured(1, 3), "responded": Measured(1, 3),
        "signed_up": Measured(0, 3), "attended": Measured(1, 3), "activated": Measured(1, 2),
    }  # fmt: skip


def test_offered_a_course(session, place):
    people = [make_person(session, place, joined=date(2020, 1, 1)) for _ in range(4)]
    course, meeting = make_activity(session, place), make_activity(session, place)
    session.get(Activity, course.id).kind, session.get(Activity, meeting.id).kind = "course", "meeting"
    for person, activity, day in (
        (people[0], course, LAST),
        (people[0], course, FIRST),
        (people[1], meeting, LAST),
        (people[2], course, FIRST - timedelta(days=1)),
    ):
        happened(session, person, day, Kind.INVITATION)
        newest = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
        newest.activity_id = activity.id
    session.flush()
    assert measured(session, "offered", place) == Measured(1, 4)


def test_associations_that_meet_a_rule(session, place, neighbour, clock):
    third = make_association(session, "Ånge", session.get(type(place), place.parent_id))
    founded = make_association(session, "Ny", session.get(type(place), place.parent_id))
    founded.founded_on = LAST + timedelta(days=1)
    activity = session.get(Activity, make_activity(session, place).id)
    activity.starts_at = activity.ends_at = settings.datetime(2028, 2, 29, 20, tzinfo=clock.now.tzinfo)
    session.execute(sa.insert(ActivityOrganizer).values(activity_id=activity.id, association_id=neighbour.id))
    session.flush()
    district = session.get(type(place), place.parent_id)
    assert measured(session, "cover", district) == Measured(2, 3)
    activity.cancelled_at = clock.now
    session.flush()
    assert measured(session, "cover", district) == Measured(0, 3)
    found = metrics.coverage_of(session, "responsible", sa.select(type(place).id), FIRST, LAST)
    assert found[third.id] == Measured(0, 1)
    assert set(coverage.RULES) >= {"activity", "outward", "responsible", "published"}


def test_a_district_is_its_associations_added_up(session, place, neighbour):
    for where, number in ((place, 1), (neighbour, 3)):
        for n in range(4):
            person = make_person(session, where, joined=date(2020, 1, 1))
            if n < number:
                happened(session, person, LAST, Kind.TASK)
    district = session.get(type(place), place.parent_id)
    assert measured(session, "active", district) == Measured(4, 8)
    assert METRICS["active"].by_association(session, district, FIRST, LAST) == {
        place.id: Measured(1, 4), neighbour.id: Measured(3, 4),
    }  # fmt: skip
