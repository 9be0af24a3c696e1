"""The organizer's two pages: a table with reasons and no ranking, and what needs someone now; few queries, own district."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from organizer.models import Import, Membership
from tests.factories import make_activity, make_association, make_person, make_shift
from tests.scene import make_scene


@pytest.fixture
def scene(database, cast, clock):
    with database.writing() as session:
        return make_scene(session, cast, clock.now)


@pytest.fixture
def organizer(visitor, cast, scene):
    return visitor.log_in_as(cast.organizer)


def row(page, name: str) -> str:
    return page.words.split(f" {name} ", 1)[1].split("Ingen än", 1)[0]


def test_every_association_has_its_numbers_with_what_they_are_part_of(organizer):
    page = organizer.get("/foreningar")
    assert row(page, "Härnösand").split() == ["30", "12", "av", "30", "2", "Härnösand", "upp", "till", "24", "dagar"]
    assert row(page, "Sundsvall").split() == ["40", "10", "av", "40", "0"]
    assert "Alla 122 34 av 122 2 58 av 66" in page.words


def test_reasons_are_words_and_a_recent_activity_takes_one_away(organizer, database, cast, clock):
    assert (
        "12 av 20 ingen aktivitet på 90 dagar, ny medlem har väntat mer än 14 dagar"
        in organizer.get("/foreningar").words
    )
    with database.writing() as session:
        make_activity(session, cast.harnosand, starts_at=clock.now - timedelta(days=90))
    page = organizer.get("/foreningar")
    assert "21 augusti 2026 12 av 20 ny medlem har väntat mer än 14 dagar" in page.words


def test_the_table_can_be_sorted(organizer):
    names = ("Härnösand", "Sundsvall", "Kramfors", "Ånge", "Timrå")
    for sort, first in (("name", "Härnösand"), ("members", "Sundsvall"), ("waiting", "Härnösand"), ("x'", "Härnösand")):
        page = organizer.get("/foreningar", query_string={"sort": sort})
        places = {name: page.html.index(f">{name}</a></th>") for name in names}
        assert min(places, key=places.get) == first, sort


def test_another_district_is_not_in_the_table_nor_in_the_overview(organizer, database, cast):
    with database.writing() as session:
        other = make_association(session, "Söder", cast.national, kind="district")
        place = make_association(session, "Lund", other)
        make_person(session, place, "Lasse Lund", joined=None)
    for path in ("/foreningar", "/oversikt"):
        assert "Lund" not in organizer.get(path).html


def test_only_organizers_have_them(visitor, cast):
    for who in ("chair", "steward", "caller", "owner", "approver", "nobody"):
        visitor.log_in_as(getattr(cast, who))
        assert [visitor.get(path).status for path in ("/foreningar", "/oversikt")] == [404, 404], who


def test_the_organizer_lands_on_the_overview_with_what_waits(organizer, database, cast, scene):
    with database.writing() as session:
        make_shift(session, session.merge(scene.campaign), cast.caller, leader=cast.shift_leader)
    page = organizer.get("/")
    assert page.address == "/oversikt"
    for said in (
        "Behöver dig 1", "2 nya medlemmar väntar på ett samtal.", "Medlem0 H., Härnösand",
        "17.30–20.00 Folkets hus", "0 har kommit, 1 inbjudna, 6 behövs", "58 nådda och 66 sökta av 122",
    ):  # fmt: skip
        assert said in page.words, said


def test_an_old_register_is_said_to_be_old_after_45_days(organizer, database, cast, clock):
    with database.writing() as session:
        session.add(
            Import(association_id=cast.district.id, filename="m.csv", digest="x", created_at=clock.now, state="applied",
                   report={}, applied_at=clock.now - timedelta(days=45))
        )  # fmt: skip
    assert "Medlemsregistret är från" not in organizer.get("/oversikt").words
    clock.forward(days=1)
    organizer.log_in_as(cast.organizer)
    assert "Medlemsregistret är från 5 oktober 2026." in organizer.get("/oversikt").words


def test_a_new_district_gets_the_first_weeks_list(visitor, cast, app):
    page = visitor.log_in_as(cast.organizer).get("/oversikt")
    assert "Första veckan Klart Lägg in distriktets föreningar Kvar Läs in medlemsregistret" in page.words
    assert "Inget väntar på dig. Bra jobbat." in page.words


@pytest.mark.parametrize(("path", "limit"), [("/foreningar", 14), ("/oversikt", 26)])
def test_queries_do_not_grow_with_the_associations(organizer, app, cast, database, path, limit):
    asked: list[str] = []
    event.listen(app.extensions["database"].engine, "before_cursor_execute", lambda *how: asked.append(how[2]))

    def queries() -> int:
        asked.clear()
        assert organizer.get(path).status == 200
        return len([one for one in asked if one.lstrip().upper().startswith(("SELECT", "WITH"))])

    queries()
    first = queries()
    with database.writing() as session:
        for n in range(12):
            place = make_association(session, f"Ort{n} förening", cast.district)
            make_person(session, place)
    assert queries() == first <= limit
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Membership))


def test_a_handled_todo_leaves_the_list_and_a_stale_button_is_answered_in_words(visitor, cast, scene):
    chair = visitor.log_in_as(cast.chair)
    page = chair.get("/forening/harnosand/att-gora")
    after = chair.submit(page, "/klart", button="Klart")
    assert "Inget väntar. Bra jobbat." in after.words
    assert chair.submit(page, "/klart", button="Klart").status == 404
    assert chair.log_in_as(cast.timra_chair).post("/forening/timra/att-gora/1/klart").status == 404
