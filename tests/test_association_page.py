"""The chair's page: own numbers live beside the pooled district, no names, nobody else's numbers, few queries."""

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from organizer.models import Event, Kind, Membership, Person, Phone
from tests.factories import make_person
from tests.ledger import CONVERSATION, happened
from tests.scene import TODAY, make_scene

PAGE = "/forening/harnosand"


@pytest.fixture
def scene(database, cast, clock):
    with database.writing() as session:
        return make_scene(session, cast, clock.now)


@pytest.fixture
def chair(visitor, cast, scene):
    return visitor.log_in_as(cast.chair)


def funnel(page, title: str) -> dict[str, str]:
    """The table under a funnel: step → own cell, as "20 av 30"."""
    table = re.search(rf'<caption class="vh">{title}</caption>(.*?)</table>', page.html, re.DOTALL)[1]
    rows = re.findall(r'<th scope="row">(.*?)</th><td class="n">(.*?)</td><td class="n">(.*?)</td>', table, re.DOTALL)
    return {name: own for name, own, _district in rows}


def test_every_number_equals_the_hand_computed_one(chair):
    page = chair.get(PAGE)
    assert page.status == 200
    for said in (
        "Aktiva medlemmar 12 av 30 6 fler än ett år tidigare (6 av 28) Distriktet 28 % av 122, ni 40 %",
        "Har förnyat 20 av 28 71 % Distriktet 35 % av 120",
        "Medlemmar 30 2 fler än före perioden 2 nya",
        "2 nya medlemmar väntar på ett samtal. Den som väntat längst har väntat i 24 dagar.",
        "30 medlemmar i målgruppen", "10 är inte sökta än.",
    ):  # fmt: skip
        assert said in page.words, said
    assert funnel(page, "Höstens ringkampanj") == {
        "Sökta": "20 av 30", "Kontaktade": "16 av 30", "Nådda": "12 av 30", "Svarat": "9 av 30", "Anmälda": "4 av 30",
        "Deltagit": "2 av 30", "Aktiverade": "2 av 30",
    }  # fmt: skip
    assert funnel(page, "Kontakt under perioden")["Aktiverade"] == "6 av 24"


def test_one_conversation_moves_each_figure_by_one_and_taking_it_back_restores_the_page(chair, scene, database):
    before = chair.get(PAGE)
    with database.writing() as session:
        happened(session, session.get(Person, scene.members[25].id), TODAY, *CONVERSATION, Kind.RESPONSE,
                 Kind.SIGN_UP, campaign=scene.campaign)  # fmt: skip
        newest = session.scalars(sa.select(Event.id).order_by(Event.id.desc()).limit(5)).all()
    assert list(funnel(chair.get(PAGE), "Höstens ringkampanj").values())[:5] == [
        "21 av 30", "17 av 30", "13 av 30", "10 av 30", "5 av 30",
    ]  # fmt: skip
    with database.writing() as session:
        session.execute(sa.delete(Event).where(Event.id.in_(newest)))
    after = chair.get(PAGE)
    assert after.words == before.words


def test_what_others_did_today_is_not_in_the_districts_figure_until_tomorrow(chair, scene, database, cast, clock):
    def district(page) -> list[str]:
        return re.findall(r"[Dd]istriktet (\d+ % av \d+)", page.words + page.html)

    before = district(chair.get(PAGE))
    with database.writing() as session:
        for person_id in session.scalars(
            sa.select(Membership.person_id).where(Membership.association_id == scene.places[0].id)
        ):
            happened(session, session.get(Person, person_id), TODAY, *CONVERSATION, Kind.TASK, campaign=scene.campaign)
    assert district(chair.get(PAGE)) == before
    clock.forward(days=1)
    chair.log_in_as(cast.chair)
    assert district(chair.get(PAGE)) != before


def test_no_name_and_no_number_stands_on_the_page(chair, database):
    page = chair.get(PAGE)
    with database.reading() as session:
        names = {name for row in session.execute(sa.select(Person.first_name, Person.last_name)) for name in row}
        numbers = set(session.scalars(sa.select(Phone.national)))
    assert not [name for name in names if re.search(rf"\b{name}\b", page.html)]
    assert not [number for number in numbers if number in page.html]


def test_answers_of_fewer_than_five_are_not_shown(chair):
    page = chair.get(PAGE)
    assert "9 svar från kampanjens samtal. Flera val var möjliga." in page.words
    assert "Flygblad Färre än 5 svar – visas inte" in page.words


def test_an_association_exists_only_for_those_responsible_for_it(visitor, cast, scene):
    sees = {"chair", "steward", "organizer"}
    for who in (*sees, "timra_chair", "caller", "shift_leader", "owner", "nobody"):
        visitor.log_in_as(getattr(cast, who))
        for path in (PAGE, f"{PAGE}/nya", f"{PAGE}/att-gora"):
            page = visitor.get(path)
            assert page.status == (200 if who in sees else 404), (who, path)
            assert who in sees or "Härnö" not in page.words


def test_a_small_association_sees_no_numbers_but_what_waits(visitor, cast, scene, database):
    with database.writing() as session:
        for _ in range(4):
            make_person(session, cast.timra)
    page = visitor.log_in_as(cast.timra_chair).get("/forening/timra")
    assert "Föreningen har 4 medlemmar. Siffror visas först när ni är minst 5" in page.words
    assert "av 4" not in page.words


def test_the_district_is_not_shown_where_only_two_others_stand_behind_it(visitor, cast, scene, database):
    with database.writing() as session:
        place = scene.places[2]
        session.execute(
            sa.update(Membership)
            .where(Membership.association_id == place.id)
            .values(to_day=date(2025, 1, 1), to_why="left")
        )
    page = visitor.log_in_as(cast.chair).get(PAGE)
    assert "12 av 30" in page.words
    assert not re.search(r"Distriktet \d+ % av 100", page.words)


def test_the_period_can_be_chosen_and_an_unknown_one_means_this_year(chair):
    assert "1 januari 2025–31 december 2025" in chair.get(f"{PAGE}?period=last_year").words
    assert "22 augusti 2026–19 november 2026" in chair.get(f"{PAGE}?period=days90").words
    assert "1 januari 2026–19 november 2026" in chair.get(f"{PAGE}?period=allt'").words


def test_the_chair_lands_on_the_own_page_and_the_steward_on_what_waits(visitor, cast, scene):
    assert visitor.log_in_as(cast.chair).get("/").address.startswith(PAGE)
    assert visitor.log_in_as(cast.steward).get("/").address.startswith(f"{PAGE}/att-gora")


@pytest.mark.parametrize(("path", "limit"), [(PAGE, 47), (f"{PAGE}/nya", 8), (f"{PAGE}/att-gora", 8)])
def test_queries_do_not_grow_with_the_members(chair, cast, app, database, path, limit):
    asked: list[str] = []
    event.listen(app.extensions["database"].engine, "before_cursor_execute", lambda *how: asked.append(how[2]))

    def queries() -> list[str]:
        asked.clear()
        assert chair.get(path).status == 200
        return [one for one in asked if one.lstrip().upper().startswith(("SELECT", "WITH"))]

    queries()  # the first request of an application also asks what kind of installation it is
    first = queries()
    with database.writing() as session:
        for n in range(20):
            make_person(session, cast.harnosand, joined=TODAY - timedelta(days=n))
    assert len(queries()) == len(first)
    assert len(first) <= limit


def test_the_page_reads_in_english(chair, app):
    chair.client.set_cookie("lang", "en")
    page = chair.get(PAGE)
    assert "Active members 12 of 30 6 more than a year earlier (6 of 28)" in page.words
    assert "How it is going in Härnösand" in page.words


def test_how_we_count_names_every_figure_and_the_limits_in_force(chair):
    page = chair.get("/sa-raknar-vi")
    for said in ("Aktiva medlemmar", "de senaste 365 dagarna", "senast 60 dagar efter", "minst 3 andra föreningar"):
        assert said in page.words, said
