"""Adding an activity, signing people up and ticking those who came, without JavaScript; nobody sees another's members."""

from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa

from campaigns.models import Campaign, CampaignActivity
from organizer import activities, selections
from organizer.models import Activity, Attendance, Look, Selection, SignUp
from organizer.times import moment
from tests.conftest import scalar
from tests.factories import make_activity, make_person

TYPED = {
    "title": "Introduktion för nya", "kind": "introduction", "day": "2026-12-01", "starts": "18:00", "ends": "20.00",
    "place": "Folkets hus", "capacity": "20",
}  # fmt: skip


@pytest.fixture
def chair(visitor, cast):
    return visitor.log_in_as(cast.chair)


def activity_at(database, place, **fields):
    with database.writing() as session:
        return make_activity(session, place, **fields).id


def member(database, place, name, **fields):
    with database.writing() as session:
        return make_person(session, place, name, **fields).id


def test_an_activity_is_added_shown_and_changed(chair, cast, database):
    empty = chair.get("/aktiviteter")
    assert "Här samlas det som går att bjuda in till" in empty.words
    shown = chair.submit(chair.get("/aktiviteter/ny"), "/aktiviteter/ny", "Spara", **TYPED)
    assert "tis 1 dec 18.00–20.00" in shown.words.lower()
    assert "0 av 20 platser" in shown.words
    edit = chair.get(shown.address + "/andra")
    changed = chair.submit(edit, "/andra", "Spara", title="Introduktion", capacity="")
    assert "0 anmälda" in changed.words
    assert scalar(database, sa.select(Activity.association_id)) == cast.harnosand.id
    assert "Introduktion" in chair.get("/aktiviteter").words


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("day", "31/2", "Skriv dagen som år-månad-dag"),
        ("day", "0001-01-01", "Skriv dagen som år-månad-dag"),
        ("day", "2026-02-31", "Skriv dagen som år-månad-dag"),
        ("day", "2026-01-01", "Den tiden har redan varit"),
        ("starts", "halv sju", "Skriv klockslaget"),
        ("ends", "17:00", "Sluttiden måste vara efter starttiden"),
        ("ends", "", "Skriv klockslaget"),
        ("title", "", "Skriv vad aktiviteten heter"),
        ("place", " ", "Skriv var det är"),
        ("capacity", "många", "Ange antal platser"),
        ("capacity", "0", "Ange antal platser"),
        ("kind", "fest", "Välj vad det är för slags aktivitet"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(chair, database, field, typed, sentence):
    page = chair.post("/aktiviteter/ny", {**TYPED, "description": "Kaffe 🎉 ingår", field: typed})
    assert page.status == 422
    assert page.words.count(sentence) == 2, "in the summary and at the field"
    assert f'href="#{field}"' in page.html
    assert "Kaffe 🎉 ingår" in page.html
    assert scalar(database, sa.select(sa.func.count()).select_from(Activity)) == 0


def test_a_member_is_found_signed_up_ticked_and_unticked_with_one_tap_each(chair, cast, database, clock):
    activity = activity_at(database, cast.harnosand, starts_at=clock.now + timedelta(hours=1))
    anna = member(database, cast.harnosand, "Åsa Ärlig")
    found = chair.submit(chair.get(f"/aktiviteter/{activity}"), "/sok", q="asa")
    assert "Åsa Ärlig" in found.words
    signed = chair.submit(found, "/anmal", "Anmäl")
    came = chair.submit(signed, "/narvaro", "Åsa Ärlig")
    assert 'aria-pressed="true"' in came.html
    assert scalar(database, sa.select(Attendance.person_id)) == anna
    assert 'aria-pressed="false"' in chair.submit(came, "/narvaro", "Åsa Ärlig").html
    assert scalar(database, sa.select(sa.func.count()).select_from(Attendance)) == 0
    assert scalar(database, sa.select(sa.func.count()).select_from(Look).where(Look.person_id == anna)) >= 4


def test_a_double_tap_ticks_once(chair, cast, database, clock):
    activity = activity_at(database, cast.harnosand, starts_at=clock.now)
    anna = member(database, cast.harnosand, "Anna Berg")
    for _ in range(2):
        chair.post(f"/aktiviteter/{activity}/narvaro", {"person": anna, "came": "1"})
    assert scalar(database, sa.select(sa.func.count()).select_from(Attendance)) == 1


def test_before_the_day_people_can_be_taken_off_the_list_and_the_next_gets_the_seat(chair, cast, database):
    activity = activity_at(database, cast.harnosand, capacity=1)
    for name in ("Anna Först", "Bo Sedan"):
        person = member(database, cast.harnosand, name)
        chair.post(f"/aktiviteter/{activity}/anmal", {"person": person})
    page = chair.get(f"/aktiviteter/{activity}")
    assert "1 av 1 platser · 1 på väntelista" in page.words
    page = chair.submit(page, "/avanmal", "Anna Först")
    assert "1 av 1 platser" in page.words
    assert "på väntelista" not in page.words
    assert "1 har svarat nej eller avanmält sig" in page.words


def test_an_activity_is_called_off_only_after_asking(chair, cast, database):
    activity = activity_at(database, cast.harnosand)
    asked = chair.get(f"/aktiviteter/{activity}/stall-in")
    assert scalar(database, sa.select(Activity.cancelled_at)) is None
    off = chair.submit(asked, "/stall-in", "Ja, ställ in")
    assert "Inställd" in off.words
    refused = chair.post(f"/aktiviteter/{activity}/anmal", {"person": member(database, cast.harnosand, "Anna Berg")})
    assert (refused.status, "ingen kan anmälas" in refused.words) == (409, True)


def test_names_are_shown_only_to_those_whose_members_they_are(chair, cast, database, visitor):
    activity = activity_at(database, cast.district)
    own, foreign = member(database, cast.harnosand, "Anna Egen"), member(database, cast.timra, "Frans Främmande")
    hidden = member(database, cast.harnosand, "Hemlig Person", protected=True)
    from organizer import activities

    with database.writing() as session:
        for person in (own, foreign, hidden):
            activities.sign_up(session, activity, person, visitor.app.extensions["clock"]())
    page = chair.get(f"/aktiviteter/{activity}")
    assert "Anna Egen" in page.words
    assert "Främmande" not in page.html
    assert "Hemlig" not in page.html
    assert "2 till från andra föreningar eller med skyddade uppgifter" in page.words
    assert "Ställ in" not in page.words, "the district's activity is the district's to change"
    assert "Frans Främmande" not in chair.submit(page, "/sok", q="frans").words


def test_somebody_elses_activity_and_people_do_not_exist(chair, cast, database):
    theirs, own = activity_at(database, cast.timra), activity_at(database, cast.harnosand)
    foreign = member(database, cast.timra, "Frans Främmande")
    assert chair.get(f"/aktiviteter/{theirs}").status == 404
    for way in ("andra", "stall-in", "sok", "anmal", "avanmal", "narvaro"):
        assert chair.post(f"/aktiviteter/{theirs}/{way}", {"person": foreign, "q": "frans"}).status == 404
    for person in (foreign, "x", "", "9" * 30):
        for way in ("anmal", "avanmal", "narvaro"):
            assert chair.post(f"/aktiviteter/{own}/{way}", {"person": person, "came": "1"}).status == 404
    assert scalar(database, sa.select(sa.func.count()).select_from(SignUp)) == 0


def test_past_activities_stand_by_themselves(chair, cast, database, clock):
    activity_at(database, cast.harnosand, title="Varit", starts_at=clock.now - timedelta(days=3))
    assert "Varit" not in chair.get("/aktiviteter").words
    assert "Varit" in chair.get("/aktiviteter?visa=tidigare").words


def test_a_month_shows_each_day_it_goes_on_and_can_be_kept_to_one_place(visitor, cast, database):
    begins = moment(date(2026, 12, 31), time(18))
    with database.writing() as session:
        make_activity(session, cast.harnosand, "Nyårsläger", starts_at=begins, ends_at=begins + timedelta(days=1))
        make_activity(session, cast.timra, "Deras", starts_at=begins)
        make_activity(session, cast.harnosand, "Inställt fika", starts_at=begins, cancelled_at=begins)
    organizer = visitor.log_in_as(cast.organizer)
    december = organizer.get("/aktiviteter?visa=manad&manad=2026-12")
    assert december.words.count("Nyårsläger") == 2, "the first of January stands in the last week of December"
    assert "18.00 Nyårsläger" in december.words
    assert "fortsätter → Nyårsläger" in december.words
    assert "Inställt fika (inställd)" in december.words
    own = organizer.get(f"/aktiviteter?visa=manad&manad=2026-12&plats={cast.timra.id}")
    assert ("Deras" in own.words, "Nyårsläger" in own.words) == (True, False)
    assert "Deras" not in visitor.log_in_as(cast.chair).get("/aktiviteter?visa=manad&manad=2026-12").words
    for odd in ("manad=x", "manad=2026-13", "plats=0", "plats=x"):
        assert "november 2026" in visitor.get(f"/aktiviteter?visa=manad&{odd}").words.lower()


def test_from_an_activity_an_organizer_begins_to_ring_those_it_is_for(visitor, cast, database):
    activity = activity_at(database, cast.harnosand, title="Höstkonferens")
    organizer = visitor.log_in_as(cast.organizer)
    draft = organizer.submit(organizer.get(f"/aktiviteter/{activity}"), "/kampanjer/ny", "Ring medlemmarna")
    assert draft.address.endswith("/vilka")
    assert scalar(database, sa.select(CampaignActivity.activity_id)) == activity
    made = sa.select(Campaign.title, Campaign.template, Campaign.association_id)
    with database.reading() as session:
        assert session.execute(made).one() == ("Höstkonferens", "mobilise", cast.harnosand.id)
    assert "Ring medlemmarna" not in visitor.log_in_as(cast.chair).get(f"/aktiviteter/{activity}").words


def test_those_who_come_become_a_selection_once_and_those_who_came_another(visitor, cast, database, clock):
    activity = activity_at(database, cast.harnosand, title="Höstkonferens")
    asa, bo = member(database, cast.harnosand, "Åsa Ek"), member(database, cast.harnosand, "Bo Al")
    with database.writing() as session:
        activities.sign_up(session, activity, asa, clock.now)
        activities.sign_up(session, activity, bo, clock.now)
        day = session.get_one(Activity, activity).starts_at
    organizer = visitor.log_in_as(cast.organizer)
    for _ in range(2):
        made = organizer.submit(organizer.get(f"/aktiviteter/{activity}"), "/urval", "Gör ett urval av dem")
    assert ("Anmälda till Höstkonferens" in made.html, "är anmälda till Höstkonferens" in made.words) == (True, True)
    clock.forward(days=(day - clock.now).days + 2)
    with database.writing() as session:
        activities.attend(session, activity, asa, None, clock.now)
    organizer.log_in_as(cast.organizer)
    organizer.submit(organizer.get(f"/aktiviteter/{activity}"), "/urval", "Gör ett urval av dem")
    with database.reading() as session:
        rows = session.execute(sa.select(Selection.name, Selection.definition).order_by(Selection.id)).all()
        found = [set(session.scalars(selections.people(one.definition, clock.now, cast.district.path))) for one in rows]
    assert [one.name.split(" Höst")[0] for one in rows] == ["Anmälda till", "Kom till"]
    assert found == [{asa, bo}, {asa}]
