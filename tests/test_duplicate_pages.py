"""Suggested duplicates, two people side by side, merging and undoing from the pages, and the file that comes after."""

import pytest
import sqlalchemy as sa

from organizer import duplicates
from organizer.imports.places import Places
from organizer.imports.register import Register
from organizer.imports.rows import Row
from organizer.models import Association, Look, Merge, Person
from tests.conftest import scalar
from tests.factories import make_person


@pytest.fixture
def pair(database, cast):
    with database.writing() as session:
        one = make_person(session, cast.harnosand, "Åsa Öberg", "+46701740605", member_number="17")
        other = make_person(
            session, cast.harnosand, "Aasa Öberg", "+46701740605", email="asa@example.org", member_number="170"
        )
        make_person(session, cast.harnosand, "Bertil Öberg", "+46701740605")
        return one, other


def reasons(session, **where):
    everywhere = sa.select(Association.id)
    return {
        (pair.one.name, pair.other.name): pair.reason for pair in duplicates.suggestions(session, everywhere, **where)
    }


def test_the_same_or_nearly_the_same_name_with_something_in_common_is_suggested_and_a_household_is_not(session, cast):
    from tests.factories import NOW

    here, there = session.merge(cast.harnosand), session.merge(cast.timra)
    first = make_person(session, here, "Åsa Öberg", "+46701740605", email="asa@example.org")
    make_person(session, there, "Åsa Öberg", "+46701740606", email="ASA@example.org")
    make_person(session, here, "Aasa Öberg", "+46701740605")
    make_person(session, here, "Bertil Öberg", "+46701740605")
    twin = make_person(session, here, "Bertil Öberg", "+46701740607")
    make_person(session, here, "Åsa Öberg", "+46701740605", protected=True)
    assert reasons(session) == {
        ("Åsa Öberg", "Åsa Öberg"): "email", ("Åsa Öberg", "Aasa Öberg"): "alike", ("Bertil Öberg", "Bertil Öberg"): "place",
    }  # fmt: skip
    assert reasons(session, person_id=first.id).keys() == {("Åsa Öberg", "Åsa Öberg"), ("Åsa Öberg", "Aasa Öberg")}
    assert reasons(session, person_id=twin.id) == {("Bertil Öberg", "Bertil Öberg"): "place"}
    assert reasons(session, place=there.id) == {}
    duplicates.not_same(session, twin.id, twin.id - 1, NOW)
    assert ("Bertil Öberg", "Bertil Öberg") not in reasons(session)


def test_two_are_compared_merged_found_by_the_old_address_and_made_two_again(visitor, cast, pair, database):
    one, other = pair
    visitor.log_in_as(cast.steward)
    listed = visitor.get("/medlemmar/dubbletter")
    assert "Nästan samma namn" in listed.words
    assert "Bertil" not in listed.words
    side = visitor.get(f"/medlemmar/{one.id}/sla-ihop/{other.id}")
    assert "asa@example.org" in side.words
    assert scalar(database, sa.select(sa.func.count()).select_from(Look).where(Look.page == "merging.compare")) == 2
    done = visitor.submit(side, f"/sla-ihop/{other.id}", first_name="kept", member_number="kept", email="gone")
    assert "De är nu en person" in done.words
    assert visitor.get(f"/medlemmar/{other.id}").address == f"/medlemmar/{one.id}"
    assert "asa@example.org" in visitor.get(f"/medlemmar/{one.id}").words
    assert visitor.get(f"/medlemmar/{one.id}/sla-ihop/{other.id}").status == 404
    assert visitor.get(f"/medlemmar/{one.id}/sla-ihop/{one.id}").status == 404
    undone = visitor.submit(done, "/angra")
    assert "De är två igen" in undone.words
    assert visitor.get(f"/medlemmar/{other.id}").address == f"/medlemmar/{other.id}"
    assert scalar(database, sa.select(Merge.undone_at)) is not None
    assert "redan ångrad" in visitor.submit(done, "/angra").words


def test_two_who_are_not_the_same_are_not_suggested_again(visitor, cast, pair):
    visitor.log_in_as(cast.organizer)
    left = visitor.submit(visitor.get("/medlemmar/dubbletter"), "/inte-samma")
    assert "De två föreslås inte igen" in left.words
    assert "Inga dubbletter" in left.words


def test_somebody_else_s_people_and_the_protected_are_neither_listed_nor_compared(visitor, cast, pair, database):
    with database.writing() as session:
        hidden = make_person(session, cast.harnosand, "Hemlig Öberg", "+46701740605", protected=True)
        neighbour = make_person(session, cast.timra, "Åsa Öberg", "+46701740605")
    one = pair[0]
    visitor.log_in_as(cast.organizer)
    found = visitor.submit(visitor.get(f"/medlemmar/{one.id}/sla-ihop"), "/sla-ihop", q="0605")
    assert "Bertil Öberg" in found.words
    assert "Hemlig" not in found.words
    assert visitor.get(f"/medlemmar/{one.id}/sla-ihop/{hidden.id}").status == 404
    visitor.log_in_as(cast.steward)
    assert visitor.get(f"/medlemmar/{one.id}/sla-ihop/{neighbour.id}").status == 404
    assert visitor.post(f"/medlemmar/{one.id}/sla-ihop/{neighbour.id}").status == 404
    assert visitor.get(f"/medlemmar/{one.id}/sla-ihop/{hidden.id}").status == 200


def test_a_member_file_with_the_number_of_somebody_merged_finds_who_they_are_now(session, cast, pair):
    from campaigns import merged_people
    from tests.factories import NOW

    one, other = (session.merge(person) for person in pair)
    merged_people.merge(session, one.id, other.id, {}, NOW)
    register = Register(session, Places(cast.district.id, False, {}, frozenset()))
    rows = [Row(number=n, member_number=number) for n, number in enumerate(("17", "170", "171"))]
    found = register.by_number(rows)
    assert {number: known.id for number, known in found.items()} == {"17": one.id, "170": one.id}
    assert session.scalars(sa.select(Person.member_number).where(Person.id == other.id)).one() == "170"
