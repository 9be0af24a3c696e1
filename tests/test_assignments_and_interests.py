"""Offices make their holders active for as long as they last; interest lists count those who want to come next time."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from campaigns.models import Blast
from organizer import activities, assignments, interests, settings
from organizer.models import Activity, Assignment, Event, Interest, Kind, Selection
from organizer.words import Refused
from tests.conftest import scalar
from tests.factories import NOW, make_activity, make_association, make_person

TODAY = date(2026, 11, 19)


@pytest.fixture
def place(session):
    return make_association(session, "Härnösand")


def days(session):
    rows = session.scalars(sa.select(Event.day).where(Event.kind == Kind.ASSIGNMENT).order_by(Event.day))
    return [day.isoformat() for day in rows]


def test_an_office_is_an_event_in_every_year_it_is_held(session, place):
    person = make_person(session, place)
    made = assignments.add(session, person.id, place.id, "treasurer", date(2024, 3, 1), None, None, NOW)
    assert days(session) == ["2024-03-01", "2025-01-01", "2026-01-01"]
    assert assignments.keep(session, NOW) == 0
    next_year = NOW + timedelta(days=90)
    assert (assignments.keep(session, next_year), assignments.keep(session, next_year)) == (1, 0)
    assignments.end(session, made, date(2025, 6, 1), NOW)
    assert days(session) == ["2024-03-01", "2025-01-01", "2025-05-31"]
    assignments.remove(session, made)
    assert (days(session), session.scalar(sa.select(sa.func.count()).select_from(Assignment))) == ([], 0)


@pytest.mark.parametrize(
    ("office", "first", "last", "field"),
    [
        ("", TODAY, None, "office"), ("x" * 61, TODAY, None, "office"), ("chair", date(1900, 1, 1), None, "from_day"),
        ("chair", TODAY, TODAY, "to_day"), ("secretary", TODAY, None, "office"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_at_its_field(session, place, office, first, last, field):
    person = make_person(session, place)
    assignments.add(session, person.id, place.id, "secretary", date(2026, 1, 1), None, None, NOW)
    with pytest.raises(Refused) as refused:
        assignments.add(session, person.id, place.id, office, first, last, None, NOW)
    assert refused.value.field == field


def test_who_holds_what_today_is_listed_without_the_protected(session, place):
    for name, office, more in (
        ("Kalle Kassör", "treasurer", {}), ("Olga Ord", "chair", {}), ("Hemlig Person", "chair", {"protected": True}),
    ):  # fmt: skip
        person = make_person(session, place, name, **more)
        assignments.add(session, person.id, place.id, office, date(2026, 1, 1), None, None, NOW)
    former = make_person(session, place, "Förra Ord")
    assignments.add(session, former.id, place.id, "chair", date(2024, 1, 1), TODAY, None, NOW)
    held = assignments.held(session, sa.select(sa.literal(place.id)), TODAY)
    assert [(one.office, one.first_name) for one in held] == [("chair", "Olga"), ("treasurer", "Kalle")]


def test_a_chair_notes_ends_and_removes_an_office_without_javascript(visitor, cast, database):
    with database.writing() as session:
        person = make_person(session, cast.harnosand, "Åsa Ärlig").id
        theirs = make_person(session, cast.timra, "Frans Främmande").id
    chair = visitor.log_in_as(cast.chair)
    found = chair.submit(chair.get("/uppdrag"), "/sok", q="asa")
    assert f"/medlemmar/{person}/uppdrag" in found.html
    page = chair.get(f"/medlemmar/{person}/uppdrag")
    assert chair.submit(page, "/uppdrag", "Spara", from_day="i fjol", office="chair").status == 422
    page = chair.submit(page, "/uppdrag", "Spara", office="chair", from_day="2026-03-01")
    assert "Ordförande" in chair.get("/uppdrag").words
    page = chair.submit(page, "/avsluta", "Avsluta", to_day="2026-10-01")
    assert "till 1 oktober 2026" in page.words
    assert "Inga uppdrag är antecknade än" in chair.get("/uppdrag").words
    page = chair.submit(page, "/ta-bort", "Ta bort")
    assert "Inga uppdrag än" in page.words
    assert chair.get(f"/medlemmar/{theirs}/uppdrag").status == 404


def test_interest_is_what_was_said_and_what_was_waited_for_in_vain_until_it_is_met(session, place):
    reach = sa.select(sa.literal(place.id))
    asked, waited, both, moved = (make_person(session, place) for _ in range(4))
    full = make_activity(session, place, kind="course", starts_at=NOW + timedelta(hours=1), capacity=1)
    for n, one in enumerate((moved, waited, both)):
        activities.sign_up(session, full.id, one.id, NOW + timedelta(seconds=n))
    for one in (asked, both, both):
        interests.add(session, one.id, "course", NOW)
    after = NOW + timedelta(days=1)

    def count():
        return next(one for one in interests.lists(session, reach, after) if one.kind == "course")

    assert (count().people, count().enough) == (3, False)
    held = make_activity(session, place, kind="course", starts_at=NOW + timedelta(hours=3))
    activities.attend(session, held.id, asked.id, None, after)
    assert count().people == 2
    coming = make_activity(session, place, kind="course", starts_at=NOW + timedelta(days=9))
    activities.sign_up(session, coming.id, waited.id, after)
    assert (count().people, count().next_id) == (1, coming.id)
    interests.remove(session, both.id, "course")
    assert count().people == 1, "still waited in vain"
    for _ in range(3):
        interests.add(session, make_person(session, place).id, "action", NOW)
    assert not any(one.enough for one in interests.lists(session, reach, after)), "eight are, until somebody decides"
    every = settings.ALL[settings.ENOUGH].default
    settings.set_at(session, place, settings.ENOUGH, {**every, "action": 3}, None, NOW)
    assert [one.kind for one in interests.lists(session, reach, after) if one.enough] == ["action"]


def test_those_who_joined_since_the_last_introduction_become_a_selection(visitor, cast, database):
    organizer = visitor.log_in_as(cast.organizer)
    assert "Nya sedan" not in organizer.get("/aktiviteter/intresse").words
    assert organizer.post("/aktiviteter/intresse/nya-sedan-sist").status == 409
    with database.writing() as session:
        make_activity(session, cast.district, starts_at=NOW - timedelta(days=30))
        coming = make_activity(session, cast.district, "Nästa introduktion")
        for days_ago in (5, 29, 31):
            make_person(session, cast.harnosand, joined=TODAY - timedelta(days=days_ago))
    page = organizer.get("/aktiviteter/intresse")
    assert "2 har blivit medlemmar sedan Introduktionsträff" in page.words
    invited = organizer.submit(page, "/utskick/nytt", "Bjud in dem till Nästa introduktion")
    assert "av 2 i urvalet kan få sms" in invited.words
    assert scalar(database, sa.select(Blast.activity_id)) == coming.id
    assert scalar(database, sa.select(Blast.include))[0]["definition"]["all"] == [{"kind": "joined_within", "days": 30}]
    made = organizer.submit(page, "/nya-sedan-sist", "Gör ett urval")
    assert made.status == 200
    assert scalar(database, sa.select(Selection.definition))["all"][1] == {"kind": "joined_within", "days": 30}


def test_a_member_is_put_on_a_list_and_taken_off(visitor, cast, database):
    with database.writing() as session:
        make_person(session, cast.harnosand, "Åsa Ärlig")
    chair = visitor.log_in_as(cast.chair)
    found = chair.submit(chair.get("/aktiviteter/intresse/course"), "/sok", q="asa")
    page = chair.submit(found, "/lagg-till", "Lägg till")
    assert "1 vill vara med" in page.words
    assert "Ingen står på listan" in chair.submit(page, "/ta-bort", "Ta bort").words
    assert scalar(database, sa.select(sa.func.count()).select_from(Interest)) == 0
    assert scalar(database, sa.select(sa.func.count()).select_from(Activity)) == 0
