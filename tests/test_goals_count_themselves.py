"""The goals of a plan keep their own score: counted by hand here, read through the product's one function."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from organizer import plan_keeping
from organizer.models import GoalReading, Kind, Role, RoleName
from organizer.plan_catalogue import CATALOGUE
from organizer.plan_goals import goals_for
from organizer.plan_status import Reading, Status
from tests.factories import NOW, make_account, make_activity, make_association, make_person
from tests.ledger import CONVERSATION, happened, paid
from tests.planning import make_goal, note, on


@pytest.fixture
def district(session):
    return make_association(session, "Distriktet", make_association(session, "Riket", kind="national"), "district")


@pytest.fixture
def places(session, district):
    return [make_association(session, name, district) for name in ("Härnösand", "Timrå", "Ånge")]


def only(session, place, **how):
    (goal,) = goals_for(session, place.id, 2026, NOW, **how)
    return goal


def test_every_entry_of_the_catalogue_is_counted_in_an_empty_district_and_in_an_empty_association(
    session, district, places
):
    import app  # noqa: F401  registers what is counted from calls and messages

    for position, key in enumerate(CATALOGUE):
        make_goal(session, district, key, position=position, scope="every" if position % 2 else "whole")
        make_goal(session, places[0], key, position=position)
    for place in (district, places[0]):
        for goal in goals_for(session, place.id, 2026, NOW):
            assert goal.entry is not None, goal.name
            assert goal.status in set(Status) - {Status.REACHED}, goal.name


def test_renewals_are_compared_with_the_same_day_last_year(session, district, places):
    people = [make_person(session, places[0], joined=date(2020, 1, 1)) for _ in range(10)]
    for n, person in enumerate(people):
        if n < 7:
            paid(session, person, date(2025, 11, 19))
        if n < 8:
            paid(session, person, date(2026, 11, 1))
    paid(session, people[9], date(2025, 11, 20))  # the day after the same day
    make_goal(session, district, "renewed", scope="every")
    goal = only(session, places[0])
    assert (goal.value, goal.denominator, goal.reading.before, goal.reading.before_whole) == (8, 10, 7, 10)
    assert (goal.status, goal.target) == (Status.REACHED, 70)
    assert only(session, district).reading == goal.reading


def test_nothing_to_compare_with_is_said_and_a_baseline_by_hand_helps(session, district, places):
    for _ in range(6):
        make_person(session, places[0], joined=date(2026, 2, 1))
    row = make_goal(session, district, "active", scope="one", place_id=places[0].id)
    assert only(session, district).judged.missing.startswith("Det finns inget att jämföra med")
    row.baseline, row.baseline_from = 0, "Verksamhetsberättelsen 2025"
    goal = only(session, district)
    assert (goal.status, goal.value, goal.denominator, goal.target) == (Status.ON_TRACK, 0, 6, 1)
    assert goal.place_name == "Härnösand"


def test_new_members_must_be_contacted_in_time_and_few_of_them_are_not_shown(session, district, places):
    new = [make_person(session, places[0], joined=date(2026, 3, 1)) for _ in range(5)]
    for person in new[:4]:
        happened(session, person, date(2026, 3, 10), *CONVERSATION)
    happened(session, new[4], date(2026, 4, 10), *CONVERSATION)
    make_person(session, places[1], joined=date(2026, 3, 1))
    make_goal(session, district, "new_contacted", scope="every")
    assert (only(session, places[0]).value, only(session, places[0]).denominator) == (4, 5)
    assert only(session, places[0]).status == Status.ON_TRACK
    assert (only(session, district).value, only(session, district).denominator) == (4, 6)
    assert only(session, district).status == Status.NEEDS_ACTION  # 67 per cent
    few = only(session, places[1])
    assert (few.value, few.status, few.judged.missing) == (None, Status.UNKNOWN, "För få personer för att visas.")


def test_activities_are_counted_by_who_holds_them_and_the_next_one_is_seen(session, district, places):
    make_activity(session, district, kind="chairs_meeting", starts_at=on(2026, 2, 3))
    make_activity(session, district, kind="chairs_meeting", starts_at=on(2026, 5, 3))
    make_activity(session, district, kind="chairs_meeting", starts_at=on(2026, 8, 3), cancelled_at=NOW)
    make_activity(session, district, kind="chairs_meeting", starts_at=on(2026, 12, 3))
    make_activity(session, places[0], kind="chairs_meeting", starts_at=on(2026, 8, 4))
    make_goal(session, district, "chairs_meetings")
    goal = only(session, district)
    assert [slot.state for slot in goal.judged.slots] == ["met", "met", "missed", "booked"]
    assert (goal.value, goal.reading.next_on, goal.status) == (2, date(2026, 12, 3), Status.NEEDS_ACTION)


def test_coverage_names_who_is_left_and_follows_founded_closed_and_merged_associations(session, district, places):
    harnosand, timra, ange = places
    make_activity(session, harnosand, kind="action", starts_at=on(2026, 5, 1))
    make_activity(session, timra, kind="meeting", starts_at=on(2026, 5, 1), link="https://mote.example.org")
    make_goal(session, district, "visits")
    goal = only(session, district)
    assert (goal.value, goal.denominator, goal.reading.left) == (1, 3, ("Timrå", "Ånge"))
    make_association(session, "Kramfors", district).founded_on = date(2026, 10, 1)
    make_association(session, "Sollefteå", district).founded_on = date(2027, 1, 1)
    make_activity(session, ange, kind="action", starts_at=on(2026, 6, 1))
    ange.closed_on, ange.merged_into_id = date(2026, 9, 1), timra.id
    session.flush()
    goal = only(session, district)
    assert (goal.value, goal.denominator, goal.reading.left) == (2, 3, ("Kramfors",))  # Ånge's counts for Timrå


def test_a_goal_of_every_association_is_each_ones_own_and_the_districts_count(session, district, places):
    row = make_goal(session, district, "counted", scope="every", target=2)
    note(session, row, places[0], "count", 1)
    note(session, row, places[0], "count", 1)
    note(session, row, places[1], "count", 5, undone_at=NOW)
    assert [only(session, place).value for place in places] == [2, 0, 0]
    whole = only(session, district)
    assert (whole.value, whole.denominator, whole.unit, whole.reading.left) == (1, 3, "föreningar", ("Timrå", "Ånge"))
    note(session, row, places[2], "verdict", status="reached", note="Räknat på papper")
    assert only(session, places[2]).status == Status.REACHED
    assert only(session, district).value == 2


def test_a_verdict_stands_beside_what_was_counted_until_it_is_taken_back(session, district):
    who = make_account(session, "Disa Distrikt")
    row = make_goal(session, district, "followers", target=2000, baseline=1500)
    note(session, row, district, "number", 1600)
    note(session, row, district, "verdict", status="on_track", note="Kampanjen börjar i morgon", account_id=who.id)
    goal = only(session, district)
    assert (goal.value, goal.judged.status, goal.status) == (1600, Status.NEEDS_ACTION, Status.ON_TRACK)
    assert (goal.verdict.note, goal.verdict.by) == ("Kampanjen börjar i morgon", "Disa Distrikt")
    note(session, row, district, "verdict", status="", at=NOW + timedelta(minutes=1))
    assert only(session, district).status == Status.NEEDS_ACTION


def test_a_measure_that_is_gone_says_so(session, district):
    make_goal(session, district, "fyrverkerier")
    goal = only(session, district)
    assert (goal.entry, goal.status) == (None, Status.UNKNOWN)
    assert goal.judged.missing == "Måttet finns inte längre. Välj ett annat sätt att mäta."


def test_a_coming_year_is_planned_and_a_past_one_is_closed(session, district):
    make_goal(session, district, "outward", 2027)
    make_goal(session, district, "outward", 2025)
    assert [goals_for(session, district.id, year, NOW)[0].status for year in (2027, 2025)] == [
        Status.PLANNED, Status.NEEDS_ACTION,
    ]  # fmt: skip


def test_three_who_organise(session, district):
    for n in range(3):
        make_account(session, f"Ansvarig {n}", (RoleName.ORGANIZER, district))
    make_goal(session, district, "organizers")
    assert (only(session, district).value, only(session, district).status) == (3, Status.REACHED)
    session.execute(sa.update(Role).values(to_day=date(2026, 11, 19)))
    assert only(session, district).value == 0


def test_what_is_kept_is_what_is_counted_and_is_read_in_a_handful_of_statements(database, clock):
    with database.writing() as session:
        district = make_association(session, "Distriktet", kind="district")
        places = [make_association(session, f"Förening {n}", district) for n in range(4)]
        for place in places:
            for _ in range(6):
                happened(
                    session, make_person(session, place, joined=date(2026, 2, 1)), date(2026, 2, 2), Kind.ATTENDANCE
                )
            make_activity(session, place, kind="action", starts_at=on(2026, 5, 1))
        for position, key in enumerate(("active", "new_contacted", "visits", "outward", "introduced", "counted")):
            make_goal(session, district, key, scope="every", position=position)
    assert plan_keeping.keep(database, clock.now) == 5 * 5
    assert plan_keeping.keep(database, clock.now) == 0
    seen = []
    with database.reading() as session:
        sa.event.listen(session.get_bind(), "before_cursor_execute", lambda *what: seen.append(what[2]))
        for place in (district, places[0]):
            del seen[:]
            kept = goals_for(session, place.id, 2026, clock.now)
            assert len(seen) <= 6, seen
            assert kept == goals_for(session, place.id, 2026, clock.now, fresh=True)
        known = {"active": Reading(5, 6)}
        assert goals_for(session, places[0].id, 2026, clock.now, known=known)[0].value == 5
    with database.writing() as session:
        session.execute(sa.delete(GoalReading))
    clock.forward(days=1)
    assert plan_keeping.keep(database, clock.now) == 5 * 5
