"""A series keeps its clock over summer time, is changed from one of them on, and what happens at the same time is said."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from organizer import activities, activity_series, clashes
from organizer.models import Activity, Event
from organizer.times import local, moment
from organizer.words import Refused
from tests.factories import NOW, make_activity, make_association, make_person

FIRST = date(2027, 3, 22)
TYPED = {
    "title": "Studiecirkel", "kind": "course", "day": "2027-03-22", "starts": "18:00", "ends": "20:00",
    "place": "Folkets hus", "every": "week", "until": "2027-04-05",
}  # fmt: skip


@pytest.fixture
def place(session):
    return make_association(session, "Härnösand")


def draft(**changes):
    values = {
        "title": "Cirkel",
        "kind": "course",
        "place": "Folkets hus",
        "starts_at": moment(FIRST, time(18)),
        "ends_at": moment(FIRST, time(20)),
    }
    return activities.Draft(**{**values, **changes})


def starts(session):
    return [local(at) for at in session.scalars(sa.select(Activity.starts_at).order_by(Activity.starts_at))]


def test_a_weekly_series_begins_at_the_same_clock_on_both_sides_of_summer_time(session, place):
    days = activity_series.days(FIRST, "week", date(2027, 4, 5))
    activity_series.repeat(session, place.id, draft(), days, NOW)
    assert [(at.day, at.hour, at.utcoffset()) for at in starts(session)] == [
        (22, 18, timedelta(hours=1)), (29, 18, timedelta(hours=2)), (5, 18, timedelta(hours=2)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "every", "until", "found"),
    [
        (date(2027, 1, 5), "month", date(2027, 4, 30), ["01-05", "02-02", "03-02", "04-06"]),
        (date(2027, 1, 30), "month", date(2027, 4, 30), ["01-30", "02-27", "03-27", "04-24"]),
        (date(2027, 1, 5), "fortnight", date(2027, 2, 2), ["01-05", "01-19", "02-02"]),
    ],
)
def test_the_days_of_a_series(first, every, until, found):
    assert [f"{day:%m-%d}" for day in activity_series.days(first, every, until)] == found


def test_a_series_without_end_is_refused():
    with pytest.raises(Refused, match="högst 60"):
        activity_series.days(FIRST, "week", date(2030, 1, 1))
    with pytest.raises(Refused, match="efter den första"):
        activity_series.days(FIRST, "week", date(2027, 3, 1))


def test_one_is_changed_alone_or_with_all_after_it_over_midnight(session, place):
    made = activity_series.repeat(
        session, place.id, draft(), activity_series.days(FIRST, "week", date(2027, 4, 5)), NOW
    )
    activities.edit(
        session,
        made[1],
        draft(title="Gäst", starts_at=moment(date(2027, 3, 29), time(18)), ends_at=moment(date(2027, 3, 29), time(20))),
        NOW,
    )
    assert session.scalars(sa.select(Activity.title).order_by(Activity.id)).all() == ["Cirkel", "Gäst", "Cirkel"]
    late = draft(
        title="Sent", starts_at=moment(date(2027, 3, 30), time(22)), ends_at=moment(date(2027, 3, 31), time(1))
    )
    assert activity_series.edit_following(session, made[1], late, NOW) == 2
    rows = session.execute(sa.select(Activity.title, Activity.starts_at, Activity.ends_at).order_by(Activity.id)).all()
    assert [(row.title, f"{local(row.starts_at):%m-%d %H}", f"{local(row.ends_at):%m-%d %H}") for row in rows] == [
        ("Cirkel", "03-22 18", "03-22 20"), ("Sent", "03-30 22", "03-31 01"), ("Sent", "04-06 22", "04-07 01"),
    ]  # fmt: skip
    assert activity_series.cancel_following(session, made[1], NOW) == 2
    assert session.scalars(sa.select(Activity.id).where(Activity.cancelled_at.is_(None))).all() == made[:1]


def test_who_came_came_on_the_day_it_was_moved_to(session, place):
    activity = make_activity(session, place, starts_at=NOW)
    person = make_person(session, place)
    activities.attend(session, activity.id, person.id, None, NOW)
    at = datetime(2026, 11, 20, 0, 30, tzinfo=NOW.tzinfo) - timedelta(hours=1)
    moved = replace(draft(kind="meeting"), starts_at=at, ends_at=at + timedelta(hours=2))
    activities.edit(session, activity.id, moved, NOW)
    assert session.execute(sa.select(Event.at, Event.day)).one() == (at, date(2026, 11, 20))


def test_what_happens_at_the_same_time_is_named_but_never_a_neighbours_inner_meeting(session):
    district = make_association(session, "Västernorrland", kind="district")
    own, other = make_association(session, "Härnösand", district), make_association(session, "Timrå", district)
    when = {"starts_at": NOW + timedelta(days=3), "ends_at": NOW + timedelta(days=3, hours=2)}
    make_activity(session, district, "Distriktets", **when)
    make_activity(session, other, "Öppet fika", public=True, **when)
    make_activity(session, other, "Styrelsemöte", **when)
    make_activity(session, own, "Efteråt", starts_at=when["ends_at"])
    found = clashes.find(session, [own.id], [(when["starts_at"], when["ends_at"])])
    assert {(one.title, one.organizer) for one in found} == {("Distriktets", "Västernorrland"), ("Öppet fika", "Timrå")}


def test_a_series_is_added_and_changed_without_javascript_after_a_warning(visitor, cast, database):
    chair = visitor.log_in_as(cast.chair)
    with database.writing() as session:
        make_activity(session, cast.district, "Höstmöte", starts_at=moment(FIRST + timedelta(days=14), time(19)))
    warned = chair.submit(chair.get("/aktiviteter/ny"), "/aktiviteter/ny", "Spara", **TYPED)
    assert (warned.status, "Höstmöte" in warned.words) == (422, True)
    shown = chair.submit(warned, "/aktiviteter/ny", "Spara ändå")
    assert "2 tillfällen kommer efter det här." in shown.words
    edit = chair.get(shown.address + "/andra")
    again = chair.submit(edit, "/andra", "Spara", starts="18:30", scope="following")
    assert (again.status, "Höstmöte" in again.words, "Studiecirkel, " in again.words) == (422, True, False)
    changed = chair.submit(edit, "/andra", "Spara", title="Bokcirkel", scope="following")
    assert "Bokcirkel" in changed.words
    with database.reading() as session:
        titles = session.scalars(sa.select(Activity.title).where(Activity.title != "Höstmöte")).all()
    assert titles == ["Bokcirkel"] * 3
    copied = chair.get(shown.address + "/kopiera")
    assert ('value="Bokcirkel"' in copied.html, 'value="2027-03-22"' in copied.html) == (True, False)
    assert "8 mars 2027" in chair.get("/aktiviteter/arets-dagar").words
    assert 'value="2027-03-08"' in chair.get("/aktiviteter/ny?dag=8-mars").html


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": "2027-03-28", "starts": "02:30", "ends": "05:00"}, "klockan ställs fram den natten. Menade du 03.30?"),
        ({"link": "javascript:alert(1)"}, "Skriv länken som den står i webbläsaren"),
        ({"link": "https://[::1"}, "Skriv länken som den står i webbläsaren"),
        ({"until": ""}, "Skriv dagen som år-månad-dag"),
        ({"responsible": "99999"}, "Välj en ansvarig i listan"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(visitor, cast, database, changes, sentence):
    page = visitor.log_in_as(cast.chair).post("/aktiviteter/ny", {**TYPED, **changes})
    assert (page.status, page.words.count(sentence)) == (422, 2)
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 0
