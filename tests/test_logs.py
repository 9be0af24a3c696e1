"""Who looked at whom and who changed what: kept, readable within reach, and with words for everything."""

import ast
import re
from pathlib import Path

import sqlalchemy as sa

from organizer import audit, log_words, logs
from organizer.models import Change
from tests.factories import make_person
from tests.visitor import Visitor

ROOT = Path(__file__).parent.parent


def seen(database, cast, clock):
    with database.writing() as session:
        ours, theirs = make_person(session, cast.harnosand), make_person(session, cast.timra)
        audit.looked(session, cast.chair.id, [ours.id], "people.show", clock.now)
        audit.looked(session, cast.timra_chair.id, [theirs.id], "people.show", clock.now)
        return ours, theirs


def test_the_owner_reads_the_whole_log_without_a_single_name_of_a_member(app, cast, database, clock):
    ours, theirs = seen(database, cast, clock)
    page = Visitor(app).log_in_as(cast.owner).get("/logg")
    assert "Olle Ordförande" in page.words
    assert "Tora Timrå" in page.words
    assert ours.last_name not in page.words
    assert f"Person {theirs.id}" in page.words


def test_the_log_is_narrowed_to_a_person_or_a_user(app, cast, database, clock):
    ours, _theirs = seen(database, cast, clock)
    owner = Visitor(app).log_in_as(cast.owner)
    rows = owner.get(f"/logg?person={ours.id}").html.split("<tbody>")[1]
    assert "Olle" in rows
    assert "Tora" not in rows
    rows = owner.get(f"/logg?konto={cast.timra_chair.id}").html.split("<tbody>")[1]
    assert "Tora" in rows
    assert "Olle" not in rows
    assert owner.get("/logg?person=x&konto=-1&sida=99999999999").status == 200


def test_an_organizer_looks_a_member_up_and_reads_who_looked_and_who_changed(app, cast, database, clock):
    ours, theirs = seen(database, cast, clock)
    with database.writing() as session:
        audit.changed(session, cast.chair.id, "set_email", "person", ours.id, clock.now, cast.harnosand.id)
    organizer = Visitor(app).log_in_as(cast.organizer)
    found = organizer.submit(organizer.get("/logg"), "/logg/sok", q="Prov")
    assert f"/logg?person={ours.id}" in found.html
    assert ours.first_name not in found.address
    rows = organizer.get(f"/logg/andringar?person={ours.id}").html.split("<tbody>")[1]
    assert "Olle Ordförande" in rows
    assert "<tbody>" not in organizer.get(f"/logg/andringar?person={theirs.id}").html
    assert "Sök en medlem" not in Visitor(app).log_in_as(cast.owner).get("/logg").words


def test_whoever_answers_for_a_place_reads_that_part_alone(session, cast, database, clock):
    seen(database, cast, clock)
    rows = logs.looks(session, (cast.harnosand.path,), account_id=None, person_id=None, page=1)
    assert [row.name for row in rows] == ["Olle Ordförande"]
    assert [row.name for row in logs.who(session, (cast.timra.path,))] == ["Tora Timrå"]


def test_a_page_of_many_people_is_one_row_and_the_log_has_pages(session, cast, clock):
    people = [make_person(session, cast.harnosand).id for _ in range(3)]
    for _ in range(logs.PAGE + 5):
        audit.looked(session, cast.chair.id, people, "people.start", clock.forward(seconds=1))
    first = logs.looks(session, None, account_id=None, person_id=None, page=1)
    second = logs.looks(session, None, account_id=None, person_id=None, page=2)
    assert [row.people for row in first] == [3] * (logs.PAGE + 1)
    assert len(second) == 5


def test_a_change_is_told_in_words(app, cast, database):
    owner = Visitor(app).log_in_as(cast.owner)
    owner.post("/installningar/roller", {"account": cast.nobody.id, "role": "caller", "place": "timra"})
    page = owner.get("/logg/andringar")
    assert f"Gav en roll till användare {cast.nobody.id}" in page.words
    with database.reading() as session:
        assert session.scalars(sa.select(Change.detail)).one() == {"role": "caller"}


def test_every_action_that_is_logged_has_a_word():
    missing = set()
    for file in [*(ROOT / "organizer").rglob("*.py"), *(ROOT / "campaigns").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("audit.changed") and len(node.args) > 3:
                action, subject = node.args[2], node.args[3]
                if isinstance(action, ast.Constant) and action.value not in log_words.ACTIONS:
                    missing.add((file.name, action.value))
                if isinstance(subject, ast.Constant) and subject.value not in log_words.SUBJECTS:
                    missing.add((file.name, subject.value))
    assert not missing, f"give these a word in organizer/log_words.py: {sorted(missing)}"


def test_every_area_whose_pages_show_people_has_a_name_in_the_log():
    areas = set()
    for file in [*(ROOT / "organizer/views").glob("*.py"), *(ROOT / "campaigns/views").glob("*.py")]:
        source = file.read_text()
        named = re.search(r'Blueprint\(\s*"(\w+)"', source)
        if named and "saw(" in source:
            areas.add(named[1])
    assert len(areas) > 5
    assert areas - set(log_words.PLACES) == set(), "name them in log_words.PLACES"
