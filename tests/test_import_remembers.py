"""What was said once is remembered: what columns hold, what a missing member means; what is odd is asked every time."""

import io
import re
import zipfile

import pytest
import sqlalchemy as sa

from organizer import imports
from organizer.imports import files, spreadsheets
from organizer.models import Import, ImportFile, Look, Person, Setting, Tag
from organizer.words import Refused
from tests.conftest import scalar
from tests.factories import NOW, make_person
from tests.member_files import HEADERS, ROWS, as_csv

OTHER = ["Nr", "Tilltal", "Släktnamn", "Knappsats", "Ort", "Pers.nr", "Rum"]
PEOPLE = [
    ["1", "Åsa", "Öberg", "0701740605", "Härnösand", "19900101-0017", "12 B"],
    ["2", "Nils", "Norén", "0701740606", "Timrå", "19900101-0017", ""],
]
SAID = {"column-0": "member_number", "column-2": "last_name", "column-3": "mobile",
        "column-4": "association"}  # fmt: skip


def send(visitor, file, **how):
    return visitor.submit(visitor.get("/medlemmar/import"), "/medlemmar/import", file=(file, "medlemmar.csv"), **how)


@pytest.fixture
def organizer(visitor, cast):
    return visitor.log_in_as(cast.organizer)


def named(rows=PEOPLE):
    return as_csv([[*row[:1], *row[1:]] for row in rows], ["Nr", "Förnamn", *OTHER[2:]])


def test_unknown_columns_are_asked_about_once_and_personnummer_never_wait_in_the_file(organizer, database, cast):
    asked = send(organizer, named())
    assert "Vad står i kolumnerna?" in asked.words
    assert "Till exempel: 0701740605" in asked.words
    kept = scalar(database, sa.select(ImportFile.content))
    assert "Öberg".encode() in kept
    assert b"0017" not in kept
    twice = organizer.submit(asked, "/kolumner", "Kontrollera filen", **{"column-0": "email", "column-3": "email"})
    assert twice.status == 422
    assert "Två kolumner kan inte båda vara E-post" in twice.words
    missing = organizer.submit(twice, "/kolumner", "Kontrollera filen", **{"column-0": "member_number", "column-3": ""})
    assert "saknar en kolumn för förening" in missing.words
    checked = organizer.submit(missing, "/kolumner", "Kontrollera filen", **SAID)
    assert "2 personer är nya" in checked.words
    assert scalar(database, sa.select(sa.func.count()).select_from(ImportFile)) == 0
    organizer.submit(checked, "/importera", "Importera")
    again = send(organizer, named())
    assert "Filen ändrar ingenting" in again.words


def test_a_file_of_which_no_header_is_known_is_asked_about_and_one_without_headers_is_refused(organizer, cast):
    asked = send(organizer, as_csv([["1001", "Åsa", "Öberg", "Timrå"]], ["ID-kod", "Tilltal", "Släkt", "Ort"]))
    assert "Rundan känner inte igen 4 kolumner i filen." in asked.words
    said = {"column-0": "member_number", "column-1": "first_name", "column-2": "last_name", "column-3": "association"}
    assert "1 person är ny" in organizer.submit(asked, "/kolumner", "Kontrollera filen", **said).words
    for first, *rest in (
        [["1001", "Åsa", "Ek"], ["1002", "Bo", "Ek"]],
        [["Åsa", "Ek", "Timrå"], ["Bo", "Ny", "Timrå"]],
    ):
        assert "Filen saknar en kolumn med namn." in send(organizer, as_csv(rest, first)).words


def test_what_columns_hold_is_shown_changed_and_forgotten(organizer, database, cast):
    organizer.submit(send(organizer, named()), "/kolumner", "Kontrollera filen", **SAID)
    listed = organizer.get("/medlemmar/import/kolumner")
    assert "Nr, Förnamn, Släktnamn" in listed.words
    layout = organizer.get(re.search(r"/medlemmar/import/kolumner/\d+", listed.html)[0])
    assert "Pers.nr Personnummer, läses inte in" in layout.words
    for wrong, words in (({"column-6": "email", "column-0": "email"}, "inte båda vara E-post"),
                         ({"column-1": "", "column-2": ""}, "vilken kolumn som är namnet"),
                         ({"column-4": ""}, "kolumn för förening")):  # fmt: skip
        refused = organizer.submit(layout, "/kolumner/", "Spara", **wrong)
        assert (refused.status, words in refused.words) == (422, True), wrong
    organizer.submit(layout, "/kolumner/", "Spara", **{"column-6": "tags", "column-1": "", "column-2": "name"})
    checked = send(organizer, named())
    organizer.submit(checked, "/importera", "Importera")
    assert scalar(database, sa.select(Person.last_name).order_by(Person.id).limit(1)) == ""
    assert scalar(database, sa.select(Tag.name)) == "12 B"
    organizer.submit(organizer.get(layout.address), "/glom", "Glöm kolumnerna")
    assert "Inga kolumner är inställda" in organizer.get("/medlemmar/import/kolumner").words
    assert "Vad står i kolumnerna?" in send(organizer, named()).words


def test_what_a_missing_member_means_is_chosen_once_and_shown_every_time(organizer, database, cast):
    first = send(organizer, as_csv(), missing="left")
    assert "Den som inte finns i filen har slutat" in first.words
    assert scalar(database, sa.select(Setting.value).where(Setting.key == "missing_from_file")) == {"means": "left"}
    start = organizer.get("/medlemmar/import")
    assert 'value="left" checked' in start.html
    assert "Förra gången valdes: har slutat" in start.words
    assert "rörs inte" in send(organizer, as_csv(), missing="nothing").words


def test_new_numbers_for_many_and_another_associations_file_stop_with_a_question(organizer, database, cast):
    rows = [[str(n), "Åsa", f"Ek{n}", f"070174060{n}", "", "Härnösand", ""] for n in range(5, 9)]
    organizer.submit(send(organizer, as_csv(rows)), "/importera", "Importera")
    swapped = [[*row[:3], f"070174061{row[0]}", *row[4:]] for row in rows[:3]] + rows[3:]
    checked = send(organizer, as_csv(swapped))
    assert "3 av 4 personer med nummer får sitt nummer utbytt" in checked.words
    refused = organizer.submit(checked, "/importera", "Importera")
    assert (refused.status, "Svara på frågorna" in refused.words) == (422, True)
    done = organizer.submit(refused, "/importera", "Importera", answer="numbers")
    assert "Filen är importerad" in done.words
    assert scalar(database, sa.select(Import.answers).order_by(Import.id.desc()).limit(1)) == ["numbers"]
    wrong = send(organizer, as_csv([[*row[:5], "Sundsvall", ""] for row in rows]), place=str(cast.timra.id))
    assert "4 av 4 rader gäller en annan förening" in wrong.words


def test_everybody_a_file_touches_is_listed_person_by_person_and_logged(organizer, database, cast):
    with database.writing() as session:
        hidden = make_person(session, cast.timra, "Hemlig Person", number="+46701740650", member_number="9")
        hidden.protected = True
    organizer.submit(send(organizer, as_csv()), "/importera", "Importera")
    rows = [["1001", "Åsa", "Berg", "0701740699", "ny@example.org", "Timrå", ""], ["9", "Hemlig", "Person", "0701740698",
            "", "Timrå", ""], ["77", "Eva", "Ny", "0701740697", "", "Timrå", ""]]  # fmt: skip
    checked = send(organizer, as_csv(rows), missing="left")
    people = checked.address + "/personer"
    changed = organizer.get(people)
    for words in ("Åsa Öberg", "Åsa Berg", "070-174 06 05 → 070-174 06 99", "Flyttar till", "1 skyddad person"):
        assert words in changed.words
    assert "Hemlig" not in changed.words
    assert "Eva Ny" in organizer.get(people + "?visa=nya").words
    assert "Nils Norén" in organizer.get(people + "?visa=slutat").words
    asa = scalar(database, sa.select(Person.id).where(Person.member_number == "1001"))
    assert scalar(database, sa.select(Look.page).where(Look.person_id == asa).limit(1)) == "import_people.people"
    done = organizer.submit(checked, "/importera", "Importera", answer=["numbers", "absent"])
    assert "asa@example.org → ny@example.org" in organizer.get(done.address + "/personer").words
    undone = organizer.submit(done, "/angra", "Ångra importen")
    assert "Importen är ångrad" in undone.words
    assert "personer fick tillbaka sina uppgifter" in undone.words
    assert organizer.get("/medlemmar/import/historik").words.count("Ångrad") >= 1
    assert organizer.submit(done, "/angra", "Ångra importen").status == 409


def test_whoever_imports_second_is_told_who_is_first(visitor, database, cast):
    visitor.log_in_as(cast.steward)
    checked = send(visitor, as_csv([ROWS[0]]))
    with database.writing() as session:
        session.add(Import(
            association_id=cast.district.id, account_id=cast.organizer.id, filename="x", digest="0", created_at=NOW,
            state="applying", report={},
        ))  # fmt: skip
        session.add(Import(
            association_id=cast.district.id, account_id=cast.organizer.id, filename="y", digest="1", created_at=NOW,
            state="checked", report={},
        ))  # fmt: skip
    assert visitor.get(checked.address).words.count("Disa Distrikt håller också på med en medlemsfil") == 1
    refused = visitor.submit(checked, "/importera", "Importera")
    assert "En annan fil importeras just nu" in refused.words
    assert scalar(database, sa.select(sa.func.count()).select_from(Person)) == 0


def test_what_stands_on_another_sheet_is_not_forgotten_in_silence(organizer, cast):
    from openpyxl import Workbook

    book = Workbook()
    for title, row in (("Härnösand", ROWS[0]), ("Timrå", ROWS[1])):
        sheet = book.create_sheet(title)
        sheet.append(HEADERS)
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    checked = send(organizer, io.BytesIO(file.getvalue()), missing="left")
    assert "Bladet Härnösand lästes. Det finns också något på bladet Timrå, som inte läses." in checked.words
    assert "Den som bara står där räknas som att den har slutat." in checked.words


def test_a_file_that_changes_while_it_is_copied_is_refused(tmp_path):
    file = tmp_path / "medlemmar.csv"
    file.write_bytes(as_csv().getvalue())

    class Writing(io.BytesIO):
        def write(self, piece):
            with file.open("ab") as other:
                other.write(b"9;Ny;Rad\r\n")
            return super().write(piece)

    with file.open("rb") as opened, pytest.raises(Refused, match="ändrades medan den lästes"):
        files.copied(opened, Writing())


def test_a_workbook_that_unpacks_to_far_more_than_it_says_is_refused_before_it_is_opened(session, cast, monkeypatch):
    monkeypatch.setattr(spreadsheets, "UNPACKED_AT_MOST", 1 << 20)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (5 << 20))
    honest = packed.getvalue()
    lying = honest.replace((5 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != honest
    for content in (honest, lying):
        with pytest.raises(Refused, match="orimligt stor"):
            imports.check(session, io.BytesIO(content), cast.district.id, NOW)


def test_formulas_merged_cells_several_sheets_and_dates_in_three_habits(session, cast):
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["Västernorrlands medlemmar"])
    sheet.merge_cells("A1:G1")
    sheet.append(HEADERS)
    for n, day in enumerate(("2024-03-01", "1/3/2024", "1 mars 2024", "20240301", 45352), start=1):
        sheet.append([str(n), "Åsa", f"Ek{n}", "=1+1" if n == 1 else f"07017406{n:02d}", "", "Timrå", day])
    notes = book.create_sheet("Anteckningar")
    notes.append(["Annat"])
    notes.append(["Mer"])
    book.create_sheet("Blad3")
    file = io.BytesIO()
    book.save(file)
    report = imports.import_file(session, io.BytesIO(file.getvalue()), cast.district.id, NOW)
    assert (report.sheet, report.other_sheets) == ("Sheet", ["Anteckningar"])
    from organizer.models import Membership

    days = session.scalars(sa.select(Membership.from_day)).all()
    assert {day.isoformat() for day in days} == {"2024-03-01"}
    assert len(days) == 5


def test_a_number_that_stays_is_not_struck_out_and_a_move_is_told_once(organizer, cast):
    send(organizer, as_csv([["1", "Åsa", "Öberg", "08-465 004 05", "", "Härnösand", ""]]))
    organizer.submit(organizer.get("/medlemmar/import/1"), "/importera", "Importera")
    send(organizer, as_csv([["1", "Åsa", "Öberg", "070-174 06 05", "", "Timrå", ""]]))
    told = organizer.get("/medlemmar/import/2/personer").words
    assert "Telefon: 070-174 06 05 (övriga nummer finns kvar)" in told
    assert "Flyttar till: Timrå" in told
    assert "08-465 004 05" not in told
