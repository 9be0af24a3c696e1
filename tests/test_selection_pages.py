"""A steward or organiser builds a selection without JavaScript, sees the count, saves it, and never loses what was typed."""

import pytest
import sqlalchemy as sa

from organizer.models import Selection, Tag
from tests.conftest import scalar
from tests.factories import make_person


@pytest.fixture
def members(database, cast):
    with database.writing() as session:
        for _ in range(3):
            make_person(session, cast.harnosand)
        for _ in range(2):
            make_person(session, cast.timra)
        session.add(Tag(association_id=cast.timra.id, name="kassör"))


@pytest.fixture
def organizer(visitor, cast, members):
    return visitor.log_in_as(cast.organizer)


def the_saved(database) -> Selection | None:
    return scalar(database, sa.select(Selection))


def test_conditions_are_added_one_by_one_and_counted(organizer, cast):
    page = organizer.get("/urval/ny")
    assert "5 av 5 medlemmar" in page.words
    page = organizer.submit(page, "/urval/ny", button="Förening")
    page = organizer.submit(page, "/urval/ny", button="Räkna om", **{"ids-0": [str(cast.timra.id)]})
    assert "Medlemmar i Timrå" in page.words
    assert "2 av 5 medlemmar" in page.words
    page = organizer.submit(page, "/urval/ny", button="Ta bort villkoret")
    assert "5 av 5 medlemmar" in page.words


def test_the_condition_that_removes_the_last_is_named(organizer):
    page = organizer.submit(organizer.get("/urval/ny"), "/urval/ny", button="Gått med nyligen")
    assert "0 av 5 medlemmar" in page.words
    assert "Ingen blir kvar efter villkoret ”gått med de senaste 90 dagarna”" in page.words


def test_a_selection_is_saved_found_changed_and_removed(organizer, database, cast):
    page = organizer.submit(organizer.get("/urval/ny"), "/urval/ny", button="Avgiften betald eller inte")
    page = organizer.submit(page, "/urval/ny", button="Spara urvalet", name="Inte betalt 🙂")
    assert page.status == 200
    assert "Urvalet är sparat" in page.words
    assert the_saved(database).definition["all"][0]["kind"] == "renewed"
    listed = organizer.get("/urval")
    assert "Inte betalt 🙂" in listed.words
    assert "Medlemmar som inte har betalat avgiften för 2026" in listed.words
    page = organizer.submit(page, "/urval/", button="Spara urvalet", name="Betalt", **{"is-0": "yes"})
    assert the_saved(database).definition["all"][0]["is"] is True
    organizer.submit(page, "/urval/", button="Ta bort urvalet")
    assert the_saved(database) is None


@pytest.mark.parametrize(
    ("button", "fields", "sentence"),
    [
        ("Gått med nyligen", {"days-0": "många"}, "Skriv antalet dagar som ett helt tal"),
        ("Inte deltagit på ett tag", {"days-0": "", "day-0": "31/12"}, "Skriv datumet som år-månad-dag"),
        ("Avgiften betald eller inte", {"year-0": "26"}, "Skriv året med fyra siffror"),
        ("Förening", {}, "Välj minst en förening"),
        ("Har telefonnummer", {"number-0": "fax"}, "Välj vilket slags telefonnummer"),
    ],
)
def test_mistakes_are_said_at_the_place_and_what_was_typed_stays(organizer, database, button, fields, sentence):
    page = organizer.submit(organizer.get("/urval/ny"), "/urval/ny", button=button)
    page = organizer.submit(page, "/urval/ny", button="Spara urvalet", name="Prov", **fields)
    assert page.status == 422
    assert sentence in page.words
    assert 'value="Prov"' in page.html
    for name, typed in fields.items():
        if typed and name != "number-0":
            assert f'value="{typed}"' in page.html
    assert the_saved(database) is None


def test_a_name_is_needed(organizer):
    page = organizer.submit(organizer.get("/urval/ny"), "/urval/ny", button="Spara urvalet", name="  ")
    assert page.status == 422
    assert "Skriv ett namn" in page.words


def test_somebody_elses_change_is_not_written_over(organizer, database):
    page = organizer.submit(organizer.get("/urval/ny"), "/urval/ny", button="Spara urvalet", name="Mitt")
    organizer.submit(page, "/urval/", button="Spara urvalet", name="Någon annans")
    page = organizer.submit(page, "/urval/", button="Spara urvalet", name="Mitt igen")
    assert page.status == 422
    assert "Någon annan har ändrat urvalet" in page.words
    assert 'value="Mitt igen"' in page.html
    assert the_saved(database).name == "Någon annans"


def test_the_live_count_answers_with_a_piece_of_a_page(organizer, cast):
    page = organizer.get(f"/urval/antal?kind-0=association&ids-0={cast.timra.id}")
    assert "2 av 5 medlemmar" in page.words
    assert "<html" not in page.html
    assert "Skriv antalet dagar" in organizer.get("/urval/antal?kind-0=joined_within&days-0=x").words
    assert organizer.get("/urval/antal?kind-0=%F0%9F%99%82&kind-999=tag&place=99999999999").status == 200


def test_a_steward_counts_and_chooses_only_at_home(visitor, database, cast, members):
    steward = visitor.log_in_as(cast.steward)
    page = steward.submit(steward.get("/urval/ny"), "/urval/ny", button="Förening")
    assert "Timrå" not in page.words
    assert "3 medlemmar" in steward.get("/urval/ny").words
    page = steward.submit(page, "/urval/ny", button="Spara urvalet", name="Grannen", **{"ids-0": [str(cast.timra.id)]})
    assert page.status == 422
    assert "Välj bland dem som finns i listan" in page.words
    assert "Timrå" not in page.words
    with database.writing() as session:
        other = Selection(association_id=cast.timra.id, name="Grannens", definition={"version": 1, "all": []},
                          created_at=steward.app.extensions["clock"]())  # fmt: skip
        session.add(other)
        session.flush()
        other_id = other.id
    assert "Grannens" not in steward.get("/urval").words
    assert steward.get(f"/urval/{other_id}").status == 404
    assert steward.post(f"/urval/{other_id}", {"name": "Min", "save": "1"}).status == 404
    assert steward.post(f"/urval/{other_id}", {"delete": "1"}).status == 404


@pytest.mark.parametrize("role", ["caller", "shift_leader", "chair", "approver", "owner", "nobody"])
def test_others_find_no_such_page(visitor, cast, role):
    stranger = visitor.log_in_as(getattr(cast, role))
    assert [stranger.get(address).status for address in ("/urval", "/urval/ny", "/urval/antal")] == [404] * 3
