"""What an activity must be, who came, every other effort, and what lies ahead for a place."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from organizer import activities
from organizer.models import ActivityOrganizer, Event, SignUp
from organizer.times import local_day
from organizer.words import Refused
from tests.factories import NOW, make_activity, make_association, make_person

SOON = NOW + timedelta(days=3)


@pytest.fixture
def place(session):
    return make_association(session, "Härnösand")


def draft(**changes):
    values = {"title": "Träff", "kind": "meeting", "starts_at": SOON, "ends_at": SOON + timedelta(hours=2)}
    return activities.Draft(**{**values, "place": "Folkets hus", **changes})


def test_an_activity_can_be_held_by_several_associations(session, place):
    other = make_association(session, "Timrå")
    made = activities.create(session, place.id, draft(), NOW, organizers=[other.id, place.id])
    held = session.scalars(sa.select(ActivityOrganizer.association_id).where(ActivityOrganizer.activity_id == made))
    assert set(held) == {place.id, other.id}


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("title", {"title": "  "}),
        ("title", {"title": "x" * 121}),
        ("kind", {"kind": "fest"}),
        ("day", {"starts_at": NOW - timedelta(days=1)}),
        ("ends", {"ends_at": SOON}),
        ("ends", {"ends_at": SOON + timedelta(days=15)}),
        ("place", {"place": ""}),
        ("place", {"place": "x" * 121}),
        ("capacity", {"capacity": 0}),
        ("capacity", {"capacity": 10_001}),
        ("description", {"description": "x" * 2001}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(session, place, field, changes):
    with pytest.raises(Refused) as refused:
        activities.create(session, place.id, draft(**changes), NOW)
    assert refused.value.field == field


def test_an_activity_that_is_over_can_still_have_its_text_corrected(session, place):
    past = make_activity(session, place, starts_at=NOW - timedelta(days=1))
    same = draft(title="Rättad", starts_at=past.starts_at, ends_at=past.ends_at)
    activities.edit(session, past.id, same, NOW)


def test_coming_counts_once_on_the_day_of_the_activity_and_can_be_unticked(session, place):
    person = make_person(session, place)
    yesterday = NOW - timedelta(days=1)
    activity = make_activity(session, place, starts_at=yesterday)
    for _ in range(2):
        activities.attend(session, activity.id, person.id, None, NOW)
    events = session.execute(sa.select(Event.kind, Event.day, Event.activity_id, Event.association_id)).all()
    assert [tuple(event) for event in events] == [("attendance", local_day(yesterday), activity.id, place.id)]
    for _ in range(2):
        activities.unattend(session, activity.id, person.id)
    assert session.scalar(sa.select(sa.func.count()).select_from(Event)) == 0


def test_nobody_has_come_to_what_has_not_been(session, place):
    activity = make_activity(session, place, starts_at=SOON)
    with pytest.raises(Refused, match="har inte varit än"):
        activities.attend(session, activity.id, make_person(session, place).id, None, NOW)


def test_every_effort_counts_where_the_person_belonged_that_day(session, place):
    person = make_person(session, place)
    activities.contribute(session, person.id, " Bakade till mötet ", date(2026, 11, 1), None, NOW)
    event = session.execute(sa.select(Event.kind, Event.day, Event.association_id)).one()
    assert tuple(event) == ("contribution", date(2026, 11, 1), place.id)


@pytest.mark.parametrize(
    ("what", "day", "field"),
    [
        (" ", date(2026, 11, 1), "what"),
        ("x" * 121, date(2026, 11, 1), "what"),
        ("Bakade", date(2027, 1, 1), "day"),
        ("Bakade", date(1999, 1, 1), "day"),
    ],
)
def test_an_effort_needs_words_and_a_day_of_membership(session, place, what, day, field):
    person = make_person(session, place)
    with pytest.raises(Refused) as refused:
        activities.contribute(session, person.id, what, day, None, NOW)
    assert refused.value.field == field


def test_ahead_of_a_place_lie_its_own_activities_first_then_the_districts(session):
    district = make_association(session, "Västernorrland", kind="district")
    own, other = make_association(session, "Härnösand", district), make_association(session, "Timrå", district)
    make_activity(session, district, "Höstkonferens", starts_at=NOW + timedelta(days=1))
    mine = make_activity(session, own, "Fika", starts_at=NOW + timedelta(days=5), capacity=1)
    make_activity(session, own, "Inställt", cancelled_at=NOW)
    make_activity(session, own, "Varit", starts_at=NOW - timedelta(days=5))
    make_activity(session, other, "Deras", starts_at=NOW + timedelta(days=2))
    for _ in range(2):
        activities.sign_up(session, mine.id, make_person(session, own).id, NOW)
    ahead = activities.upcoming(session, own.path, NOW)
    assert [(one.title, one.own, one.signed_up, one.waiting, one.full) for one in ahead] == [
        ("Fika", True, 1, 1, True),
        ("Höstkonferens", False, 0, 0, False),
    ]
    assert [one.title for one in activities.upcoming(session, district.path, NOW)] == ["Höstkonferens", "Deras", "Fika"]


def test_exactly_as_many_as_there_are_seats_when_everybody_comes_at_once(database, database_url):
    from tests.many_processes import at_once

    with database.writing() as session:
        place = make_association(session, "Härnösand")
        activity = make_activity(session, place, capacity=5).id
        ids = [make_person(session, place).id for _ in range(24)]
    at_once(_sign_up_six, [(database_url, activity, ids[n : n + 6]) for n in range(0, 24, 6)])
    with database.reading() as session:
        states = list(session.scalars(sa.select(SignUp.state)))
    assert sorted(states) == ["signed_up"] * 5 + ["waiting"] * 19


def _sign_up_six(url, activity, ids):
    from organizer.db import Database

    database = Database(url)
    for one in ids:
        with database.writing() as session:
            activities.sign_up(session, activity, one, NOW)
    database.dispose()
