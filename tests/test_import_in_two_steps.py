"""Upload, read what will happen, import, read what happened; nothing in between is ever half done."""

import csv
import io

import pytest
import sqlalchemy as sa

from organizer import people
from organizer.models import Import, ImportRow, Look, Membership, Person, Phone
from tests.conftest import scalar
from tests.factories import make_person
from tests.member_files import HEADERS, ROWS, as_csv, as_openpyxl


def count(database, model):
    return scalar(database, sa.select(sa.func.count()).select_from(model))


def send(visitor, file, name="medlemmar.csv", **how):
    return visitor.submit(visitor.get("/medlemmar/import"), "/medlemmar/import", file=(file, name), **how)


@pytest.fixture
def organizer(visitor, cast):
    return visitor.log_in_as(cast.organizer)


def test_a_file_is_checked_in_words_and_then_imported(organizer, database, cast):
    checked = send(organizer, as_csv())
    assert checked.status == 200
    assert "Det här kommer att hända" in checked.words
    assert "3 personer är nya och läggs till" in checked.words
    assert count(database, Person) == 0
    done = organizer.submit(checked, "/importera", "Importera")
    assert "Filen är importerad" in done.words
    assert "3 nya personer lades till" in done.words
    assert count(database, Person) == 3
    assert count(database, ImportRow) == 0
    again = send(organizer, as_openpyxl(), "medlemmar.xlsx")
    assert "Filen ändrar ingenting" in again.words
    assert not [form for form in again.forms if form.action.endswith("/importera")]


def test_only_bad_rows_are_listed_with_row_cell_reason_and_effect(organizer, database, cast):
    rows = [ROWS[0], ["1002", "", "", "0701740606", "", "Timrå", ""], ["1003", "Bo", "Ek", "4,67E+10", "", "Timro", ""]]
    checked = send(organizer, as_csv(rows))
    assert "1 rad går inte att läsa in och lämnas utanför" not in checked.words
    assert "2 rader går inte att läsa in och lämnas utanför" in checked.words
    assert "Raden saknar namn" in checked.words
    assert "Menar du Timrå?" in checked.words
    assert "4,67E+10" in checked.words
    assert "Öberg" not in checked.words
    listed = organizer.client.get(checked.address + "/rader-att-ratta.csv")
    lines = list(csv.reader(io.StringIO(listed.get_data().decode("utf-8-sig")), delimiter=";"))
    assert [(line[0], line[1]) for line in lines[1:]] == [("3", "Efternamn"), ("4", "Mobil"), ("4", "Förening")]
    done = organizer.submit(checked, "/importera", "Importera")
    assert "1 ny person lades till" in done.words
    assert "2 rader gick inte att läsa in och lämnades utanför" in done.words


def test_no_cell_of_the_list_is_a_formula(organizer, cast):
    checked = send(organizer, as_csv([["1", "Åsa", "Öberg", "=1+1", "@SUM(A1)", "+Timrå", "-2020"]]))
    listed = organizer.client.get(checked.address + "/rader-att-ratta.csv").get_data().decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(listed), delimiter=";") for cell in line]
    assert {"'=1+1", "'@SUM(A1)", "'+Timrå", "'-2020"} <= set(cells)
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@"}]


def test_a_personnummer_in_a_cell_that_cannot_be_read_is_shown_nowhere(organizer, database, cast):
    checked = send(organizer, as_csv([["1", "Åsa", "Öberg", "0701740605", "hemma 19900101-0017", "Timrå", ""]]))
    assert "hemma ••••••" in checked.words
    assert "0017" not in checked.html
    assert "0017" not in organizer.client.get(checked.address + "/rader-att-ratta.csv").get_data(as_text=True)
    assert "0017" not in str(scalar(database, sa.select(Import.report)))


def test_a_register_that_changed_since_the_check_is_checked_again(organizer, database, cast):
    checked = send(organizer, as_csv())
    with database.writing() as session:
        make_person(session, cast.harnosand, "Åsa Öberg", member_number="1001", number="+46701740650")
    stale = organizer.submit(checked, "/importera", "Importera")
    assert stale.status == 409
    assert "Registret har ändrats sedan du kontrollerade filen" in stale.words
    assert "2 personer är nya" in stale.words
    assert count(database, Person) == 1
    done = organizer.submit(stale, "/importera", "Importera")
    assert "2 nya personer lades till" in done.words
    assert count(database, Person) == 3


def test_a_tampered_fingerprint_imports_nothing(organizer, database, cast):
    checked = send(organizer, as_csv())
    for wrong in ("", "x", "0", "99999999999999999999"):
        assert organizer.submit(checked, "/importera", "Importera", fingerprint=wrong).status == 409
    assert count(database, Person) == 0


def test_a_double_click_imports_once(organizer, database, cast):
    checked = send(organizer, as_csv())
    organizer.submit(checked, "/importera", "Importera")
    again = organizer.submit(checked, "/importera", "Importera")
    assert again.status == 200
    assert "Filen är importerad" in again.words
    assert count(database, Membership) == 3


def test_a_file_can_be_thrown_away(organizer, database, cast):
    checked = send(organizer, as_csv())
    gone = organizer.submit(checked, "/kasta", "Kasta filen")
    assert "Importera medlemmar" in gone.words
    assert count(database, ImportRow) == 0
    assert "Filen är kastad" in organizer.get(checked.address).words
    assert organizer.submit(checked, "/importera", "Importera").status == 404


def test_a_check_older_than_a_day_imports_nothing_even_if_some_rows_remain(organizer, database, cast, clock):
    checked = send(organizer, as_csv(), missing="left")
    clock.forward(hours=25)
    organizer.log_in_as(cast.organizer)
    with database.writing() as session:
        session.execute(sa.delete(ImportRow).where(ImportRow.row == 2))
    assert organizer.submit(checked, "/importera", "Importera").status == 404
    assert "Filen är kastad" in organizer.get(checked.address).words
    assert count(database, Person) == 0


def test_a_check_is_forgotten_after_a_day_and_bad_cells_of_old_files_too(organizer, database, cast, clock):
    waiting = send(organizer, as_csv())
    applied = send(organizer, as_csv([["9", "Bo", "Ek", "fel nummer", "", "Timrå", ""]]))
    organizer.submit(applied, "/importera", "Importera")
    clock.forward(hours=9)
    clock.forward(hours=16)
    organizer.log_in_as(cast.organizer)
    send(organizer, as_csv(ROWS[:1]))
    assert "Filen är kastad" in organizer.get(waiting.address).words
    old = organizer.get(applied.address)
    assert "Det står bokstäver" in old.words
    assert "fel nummer" not in old.words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Filen är tom"),
        (b"%PDF-1.7 hej", "ingen tabell"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "ingen tabell"),
        (b"PK\x03\x04trasig", "går inte att öppna"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "går inte att öppna"),
        (b"Anna;Berg;0701740605\n", "saknar en kolumn med namn"),
        ("Förnamn;Efternamn;Förening\n".encode(), "inga rader under"),
        ("Förnamn;Efternamn\nÅsa;Öberg\n".encode(), "saknar en kolumn för förening"),
        ('Namn;Förening\n"Åsa Öberg;Timrå\nBo Ek;Timrå\nEva Ek;Timrå\n'.encode(), "Från rad 2"),
        (b"\xff\xfe\x00\xd8\x00\x41", "går inte att läsa filens bokstäver"),
        (b"abc\x00\x01\x02\x03\x04\x05 def", "ingen tabell"),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence_where_it_was_chosen(organizer, database, cast, content, words):
    answer = send(organizer, io.BytesIO(content), missing="left")
    assert answer.status == 422
    assert words in answer.words
    assert 'role="alert"' in answer.html
    assert 'value="left" checked' in answer.html
    assert count(database, Import) == 0


def test_no_file_at_all_and_a_foreign_place(organizer, database, cast):
    assert "Välj en fil först" in organizer.submit(organizer.get("/medlemmar/import"), "/medlemmar/import").words
    assert send(organizer, as_csv(), place="999").status == 404


def test_an_upload_over_32_mb_is_refused_in_words(organizer, cast):
    answer = send(organizer, io.BytesIO(b"x" * (33 * 1024 * 1024)))
    assert answer.status == 413
    assert "för stor" in answer.words


def test_missing_from_the_file_is_said_with_its_denominator_and_a_warning_when_many(organizer, database, cast):
    organizer.submit(send(organizer, as_csv()), "/importera", "Importera")
    checked = send(organizer, as_csv(ROWS[:1]), missing="left")
    assert "2 av 3 medlemmar har slutat och markeras som utträdda" in checked.words
    assert "Är det rätt fil" in checked.words
    refused = organizer.submit(checked, "/importera", "Importera")
    assert refused.status == 422
    assert "Svara på frågorna om filen först" in refused.words
    done = organizer.submit(refused, "/importera", "Importera", answer="absent")
    assert "2 av 3 medlemmar hade slutat" in done.words


def test_personnummer_are_said_in_words_and_never_shown_or_stored(organizer, database, cast):
    headers = ["Pers.nr", "Medlemsnummer", *HEADERS[1:]]
    rows = [["19900101-0017", *row[:1], *row[1:]] for row in ROWS]
    checked = send(organizer, as_csv(rows, headers))
    assert "Kolumnen Pers.nr innehåller personnummer" in checked.words
    organizer.submit(checked, "/importera", "Importera")
    with database.reading() as session:
        kept = str(session.execute(sa.select(Import.report)).all()) + str(
            session.execute(sa.select(Person.member_number)).all()
        )
    assert "0017" not in checked.html + kept


def test_shared_numbers_refusals_and_protected_people_are_counted_in_words(organizer, database, cast):
    headers = [*HEADERS, "Skyddad"]
    organizer.submit(send(organizer, as_csv()), "/importera", "Importera")
    with database.writing() as session:
        asa = session.scalar(sa.select(Person.id).where(Person.member_number == "1001"))
        people.refuse(session, asa, "call", "staff", organizer.app.extensions["clock"]())
    rows = [[*row[:3], "0701740605", *row[4:], "ja" if row[0] == "1003" else ""] for row in ROWS]
    words = send(organizer, as_csv(rows, headers)).words
    assert "3 personer delar telefonnummer med någon annan" in words
    assert "1 person i filen har sagt nej" in words
    assert "1 skyddad person" in words


def test_others_do_not_find_the_file(visitor, database, cast):
    checked = send(visitor.log_in_as(cast.organizer), as_csv([["1", "Bo", "Ek", "fel", "", "Härnösand", ""]]))
    for account in (cast.timra_chair, cast.chair, cast.caller, cast.nobody, cast.steward):
        visitor.log_in_as(account, "caller" if account is cast.caller else "full")
        assert visitor.get(checked.address).status == 404
        assert visitor.get(checked.address + "/rader-att-ratta.csv").status == 404


def test_a_steward_imports_for_the_own_association_only(visitor, database, cast):
    visitor.log_in_as(cast.steward)
    checked = send(visitor, as_csv(ROWS[:2]))
    assert "Föreningen finns inte här" in checked.words
    done = visitor.submit(checked, "/importera", "Importera")
    assert "1 ny person lades till" in done.words
    assert scalar(database, sa.select(Membership.association_id)) == cast.harnosand.id


def test_looking_at_bad_cells_of_known_people_is_in_the_access_log(organizer, database, cast):
    organizer.submit(send(organizer, as_csv()), "/importera", "Importera")
    send(organizer, as_csv([["1001", "Åsa", "Öberg", "fel", "", "", ""]]))
    asa = scalar(database, sa.select(Person.id).where(Person.member_number == "1001"))
    assert scalar(database, sa.select(Look.person_id).where(Look.page == "imports.show")) == asa


def test_an_emoji_in_a_name_and_a_foreign_number_are_kept(organizer, database, cast):
    rows = [["1", "Åsa 🌹", "Öberg", "+47 406 12 345", "", "Härnösand", ""]]
    organizer.submit(send(organizer, as_csv(rows)), "/importera", "Importera")
    assert scalar(database, sa.select(Person.first_name)) == "Åsa 🌹"
    assert scalar(database, sa.select(Phone.e164)) == "+4740612345"
