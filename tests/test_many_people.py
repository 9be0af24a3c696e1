"""Tags on many people with a count before and an undo after, and lists as files that carry no formula and no protected person."""

import csv
import io

import openpyxl
import pytest
import sqlalchemy as sa

from organizer import exports, people
from organizer.models import Export, Look, Person, PersonTag, Selection, Tag
from tests.conftest import scalar
from tests.factories import make_person


@pytest.fixture
def selection(database, cast, clock):
    with database.writing() as session:
        make_person(session, cast.harnosand, "=HYPERLINK(1) Öberg", number="+46701740605", member_number="@17")
        make_person(session, cast.harnosand, "Bertil -Svensson", number=None, email="b@example.org")
        make_person(session, cast.timra, "Cilla Timrå", number=None)
        make_person(session, cast.harnosand, "Hemlig Person", protected=True)
        row = Selection(association_id=cast.district.id, name="Alla", definition={"version": 1, "all": []}, shared=True,
                        created_at=clock.now)  # fmt: skip
        session.add(row)
        session.flush()
        return row


def named(database, tag):
    return scalar(database, sa.select(sa.func.count()).select_from(PersonTag).join(Tag).where(Tag.name == tag))


def test_a_tag_is_counted_first_then_put_on_those_without_it_and_taken_back_from_them_alone(
    visitor, cast, database, selection, clock
):
    visitor.log_in_as(cast.organizer)
    with database.writing() as session:
        bertil = session.scalars(sa.select(Person).where(Person.first_name == "Bertil")).one()
        people.tag(session, bertil.id, cast.district.id, "Fika", clock.now)
    page = visitor.get("/medlemmar/etiketter")
    assert "högst 60 tecken" in visitor.submit(page, "/etiketter", selection=str(selection.id), tag="").words
    asked = visitor.submit(page, "/etiketter", selection=str(selection.id), tag="fika")
    assert "2 av 3 personer får etiketten" in asked.words
    assert named(database, "Fika") == 1
    done = visitor.submit(asked, "/etiketter", do="1")
    assert "2 personer fick etiketten" in done.words
    assert named(database, "Fika") == 3
    undone = visitor.submit(done, "/angra")
    assert "Etiketterna för 2 personer" in undone.words
    assert named(database, "Fika") == 1
    assert "redan ångrat" in visitor.post(f"{done.address}/angra").words


def test_those_ticked_in_a_search_get_the_tag_and_nobody_out_of_reach(visitor, cast, database, selection):
    visitor.log_in_as(cast.steward)
    ids = {one.first_name: one.id for one in _all(database)}
    data = {"person": [ids["Bertil"], ids["Cilla"], ids["Hemlig"]], "tag": "Ny", "do": "1"}
    assert "1 person fick etiketten" in visitor.post("/medlemmar/etiketter", data).words
    taken_off = visitor.post("/medlemmar/etiketter", data | {"put": "off"})
    assert "1 person blev av med" in taken_off.words
    assert (
        "ingen etikett som heter så" in visitor.post("/medlemmar/etiketter", data | {"put": "off", "tag": "Nej"}).words
    )


def test_a_list_is_taken_out_with_a_reason_and_everybody_on_it_is_in_the_log(visitor, cast, database, selection):
    visitor.log_in_as(cast.organizer)
    page = visitor.get("/medlemmar/uttag")
    for wrong, says in (({"purpose": ""}, "vad listan ska användas till"), ({"selection": ""}, "Välj ett urval")):
        refused = visitor.submit(page, "/uttag", **({"selection": str(selection.id), "purpose": "Namnskyltar"} | wrong))
        assert says in refused.words
    assert scalar(database, sa.select(sa.func.count()).select_from(Export)) == 0
    wanted = ["member_number", "first_name", "last_name", "association", "phones", "email"]
    data = {"selection": selection.id, "purpose": "Namnskyltar", "columns": wanted}
    text = visitor.post("/medlemmar/uttag", data | {"form": "csv"}).response.get_data().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows == [
        ["Medlemsnummer", "Förnamn", "Efternamn", "Förening", "Telefon", "E-post"],
        ["", "Bertil", "'-Svensson", "Härnösand", "", "b@example.org"],
        ["", "Cilla", "Timrå", "Timrå", "", ""],
        ["'@17", "'=HYPERLINK(1)", "Öberg", "Härnösand", "0701740605", ""],
    ]
    token = dict(page.form("/uttag").fields)["csrf_token"]
    file = visitor.client.post("/medlemmar/uttag", data=data | {"form": "xlsx", "csrf_token": token}).get_data()
    book = openpyxl.load_workbook(io.BytesIO(file))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert "=HYPERLINK(1)" in {cell.value for cell in cells}
    assert scalar(database, sa.select(sa.func.count()).where(Look.page == "many.download")) == 6
    assert "Namnskyltar" in visitor.get("/medlemmar/uttag").words


def test_a_steward_takes_out_only_their_own_of_a_shared_selection(visitor, cast, database, selection):
    visitor.log_in_as(cast.steward)
    data = {"selection": selection.id, "purpose": "Namnskyltar", "columns": ["first_name"], "form": "csv"}
    text = visitor.post("/medlemmar/uttag", data).response.get_data().decode("utf-8-sig")
    assert "Bertil" in text
    assert "Cilla" not in text
    assert "Hemlig" not in text


def _all(database):
    with database.reading() as session:
        return session.scalars(sa.select(Person)).all()


def test_whoever_becomes_protected_while_the_list_is_made_is_not_on_it(database, cast, selection):
    with database.writing() as session:
        ids = session.scalars(sa.select(Person.id).order_by(Person.id)).all()
        lines = b"".join(exports.as_csv(session, ids, ["first_name", "last_name"], str)).decode("utf-8-sig")
    assert "Svensson" in lines
    assert "Hemlig" not in lines
