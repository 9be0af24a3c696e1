"""The district sees in plain reasons which associations need support, keeps a log and a plan, and nobody new is forgotten."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from organizer.models import Change, NewMemberOwner, PlaceContact, SupportStep
from organizer.times import local_day
from tests.factories import make_account, make_person
from tests.scene import make_scene


@pytest.fixture
def organizer(visitor, database, cast, clock):
    with database.writing() as session:
        make_scene(session, cast, clock.now)
    return visitor.log_in_as(cast.organizer)


def test_each_reason_has_a_button_and_a_contact_takes_one_away(organizer, database, cast, clock):
    page = organizer.get("/foreningar/harnosand")
    assert "Ny medlem har väntat mer än 14 dagar Visa och ring" in page.words
    assert "Ingen kontakt med distriktet på 60 dagar Ring ordföranden" in page.words
    assert "Ingen ansvarig" not in page.words
    saved = organizer.post(
        "/foreningar/harnosand/kontakt", {"how": "called", "day": str(local_day(clock.now)), "text": "Vill ha hjälp"}
    )
    assert "Ringde" in saved.words
    assert "Vill ha hjälp" in saved.words
    assert "Ingen kontakt med distriktet" not in saved.words
    clock.forward(days=61)
    organizer = organizer.log_in_as(cast.organizer)
    assert "Ingen kontakt med distriktet på 60 dagar" in organizer.get("/foreningar/harnosand").words


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("kontakt", {"how": "", "day": "2026-11-01", "text": "Behåll mig"}, "Välj hur ni hade kontakt."),
        ("kontakt", {"how": "met", "day": "2099-01-01", "text": "Behåll mig"}, "Den kan inte vara i framtiden."),
        ("kontakt", {"how": "met", "day": "i går", "text": "Behåll mig"}, "Skriv dagen som år-månad-dag"),
        ("plan", {"step": " ", "due": "2027-01-01"}, "Skriv vad som ska göras"),
        ("plan", {"step": "Behåll mig", "due": "snart"}, "Skriv dagen som år-månad-dag"),
        ("plan", {"step": "Behåll mig", "who": "999999"}, "Välj någon som har en roll för föreningen."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(organizer, database, path, form, said):
    answer = organizer.post(f"/foreningar/harnosand/{path}", form)
    assert (answer.status, said in answer.words) == (422, True)
    assert "Behåll mig" in answer.html or "Behåll mig" not in str(form)
    with database.reading() as session:
        assert (
            session.scalars(sa.select(PlaceContact.id)).all() == session.scalars(sa.select(SupportStep.id)).all() == []
        )


def test_a_plan_is_made_ticked_off_and_shown_in_the_table(organizer, database, cast):
    form = {"step": "Hitta en kassör", "who": str(cast.chair.id), "due": "2026-12-01"}
    page = organizer.post("/foreningar/harnosand/plan", form)
    assert "Hitta en kassör" in page.words
    assert "senast 1 december 2026" in page.words
    assert "Stödplan" in organizer.get("/foreningar").words
    with database.reading() as session:
        step = session.scalars(sa.select(SupportStep.id)).one()
    assert organizer.post(f"/foreningar/timra/plan/{step}/klart", {}).status == 404
    organizer.post(f"/foreningar/harnosand/plan/{step}/klart", {})
    assert organizer.post(f"/foreningar/harnosand/plan/{step}/klart", {}).status == 404
    assert "Stödplan" not in organizer.get("/foreningar").words
    organizer.post(f"/foreningar/harnosand/plan/{step}/ta-bort", {})
    with database.reading() as session:
        assert session.scalars(sa.select(SupportStep.id)).all() == []
        done = session.scalars(sa.select(Change.action).where(Change.action.like("step%")).order_by(Change.id)).all()
    assert done == ["step_added", "step_done", "step_removed"]


def test_every_new_member_has_a_clock_and_may_have_an_owner(organizer, visitor, database, cast, clock):
    with database.writing() as session:
        hidden = make_person(session, cast.harnosand, "Hemlig Person", joined=local_day(clock.now) - timedelta(days=30))
        hidden.protected = True
        elsewhere = make_account(session, "Annan Annansson", ("chair", cast.timra))
    page = organizer.get("/nya-medlemmar")
    assert "3 är inte både" not in page.words
    assert "2 är inte både kontaktade och inbjudna" in page.words
    assert page.words.index("Ester Nyberg") < page.words.index("Folke Nyström")
    assert "Hemlig" not in page.words
    assert "0 av 2" in page.words  # Folke has days left: in neither number; the protected one counts without a name
    with database.reading() as session:
        ester = session.execute(sa.text("SELECT id FROM people WHERE last_name = 'Nyberg'")).scalar_one()
    wrong = organizer.post(f"/forening/harnosand/nya/{ester}/ansvarig", {"owner": str(elsewhere.id)})
    assert "Välj någon som har en roll för föreningen." in wrong.words
    organizer.post(f"/forening/harnosand/nya/{ester}/ansvarig", {"owner": str(cast.chair.id)})
    assert f"{cast.chair.name} tar hand om det." in organizer.get("/nya-medlemmar").words
    chair = visitor.log_in_as(cast.chair)
    assert f"{cast.chair.name} tar hand om det." in chair.get("/forening/harnosand/nya").words
    chair.post(f"/forening/harnosand/nya/{ester}/ansvarig", {"owner": ""})
    with database.reading() as session:
        assert session.scalars(sa.select(NewMemberOwner.person_id)).all() == []
