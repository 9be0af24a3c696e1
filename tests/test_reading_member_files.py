"""A member file is read whatever office wrote it: letters, delimiters, spreadsheets, headers, and personnummer dropped."""

import csv
import io
from datetime import date, datetime

import pytest

from organizer.imports import personnummer
from organizer.imports.columns import BROKEN_HEADERS, NO_NAMES, recognise
from organizer.imports.encodings import UNREADABLE
from organizer.imports.reading import EMPTY, open_table
from organizer.words import Refused
from tests.member_files import HEADERS, ROWS, as_csv, as_openpyxl, as_xlsxwriter, table

DAY_IN_A_SHEET = datetime(2021, 3, 1)  # noqa: DTZ001  a spreadsheet knows no time zones
ENCODINGS = [
    ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"),
    ("utf-16-be", "utf-16-be"), ("cp1252", "windows-1252"), ("cp850", "cp850"), ("mac_roman", "mac_roman"),
]  # fmt: skip


def read(file):
    return [row for _, row in open_table(file).rows()]


@pytest.mark.parametrize(("encoding", "said"), ENCODINGS)
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_every_encoding_and_delimiter_gives_the_same_table(encoding, said, delimiter):
    found = open_table(as_csv(delimiter=delimiter, encoding=encoding))
    assert [row for _, row in found.rows()] == table()
    assert (found.encoding, found.delimiter) == (said, delimiter)


def test_a_declared_delimiter_is_believed_and_its_line_is_no_row():
    found = open_table(as_csv(delimiter="|", first_line="sep=|\r\n", encoding="cp1252"))
    assert next(iter(found.rows())) == (1, HEADERS)
    assert found.delimiter == "|"


def test_quotes_line_breaks_and_delimiters_inside_cells_are_read_as_a_spreadsheet_would():
    rows = [["1", 'Åsa "Bo"', "Öberg; Ek", "0701740605", "", "Härnösand", "rad ett\nrad två"], ROWS[1]]
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL):
        found = list(open_table(as_csv(rows, quoting=quoting)).rows())
        assert found[1] == (2, rows[0])
        assert found[2][0] == 3


def test_empty_rows_keep_their_place_in_the_count():
    file = io.BytesIO("Förnamn;Mobil\r\n;\r\n  ;\r\nÅsa;0701740605\r\n".encode())
    assert [number for number, _ in open_table(file).rows()] == [1, 4]


@pytest.mark.parametrize("write", [as_openpyxl, as_xlsxwriter])
def test_a_spreadsheet_is_read_whatever_its_name_says(write):
    found = open_table(write())
    assert [row for _, row in found.rows()] == table()
    assert (found.encoding, found.delimiter) == ("xlsx", None)


def test_numbers_days_and_ticks_of_a_spreadsheet_come_as_they_would_be_typed():
    rows = [[1001, "Åsa", 701740605, 46701740605.0, DAY_IN_A_SHEET, True, date(2021, 3, 2), None, 1.5]]
    headers = ["Medlemsnr", "Namn", "Mobil", "Tel", "Medlem sedan", "Skyddad", "Betaldatum", "Tom", "Tal"]
    for write in (as_openpyxl, as_xlsxwriter):
        found = read(write(rows, headers))[1]
        assert found == ["1001", "Åsa", "701740605", "46701740605", "2021-03-01", "ja", "2021-03-02", "", "1.5"]


def test_rows_above_the_headers_keep_the_files_own_numbers():
    found = list(open_table(as_xlsxwriter(empty_rows=3)).rows())
    assert found[0] == (4, HEADERS)
    title = io.BytesIO("Medlemslista 2026\n\nFörnamn;Mobil\nÅsa;0701740605\n".encode())
    assert recognise(open_table(title)).header_row == 3


def test_the_first_visible_sheet_counts():
    assert read(as_openpyxl(hidden_first=True)) == table()


def test_the_sheet_with_people_is_read_wherever_it_stands():
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Läs mig"
    for line in ("Uttag ur registret", "2026-11-20"):
        book.active.append([line])
    sheet = book.create_sheet("Medlemmar")
    for row in table():
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    found = open_table(io.BytesIO(file.getvalue()))
    assert (found.sheet, found.other_sheets) == ("Medlemmar", ["Läs mig"])


def test_broken_letters_in_the_headers_are_said_before_anybody_is_asked_about_them():
    broken = "Förnamn;Efternamn\nÅsa;Öberg\n".encode().decode("cp1252").encode()
    with pytest.raises(Refused) as refusal:
        recognise(open_table(io.BytesIO(broken)))
    assert refusal.value.sentence == BROKEN_HEADERS


def test_a_broken_letter_makes_it_windows_1252_and_the_rest_is_read():
    assert open_table(io.BytesIO("Namn\nÅsa Öberg\n".encode("cp1252"))).encoding == "windows-1252"


@pytest.mark.parametrize(("content", "sentence"), [(b"", EMPTY), (b"\n\n ", EMPTY), (b"\x8d\x9d" * 9, UNREADABLE)])
def test_what_is_no_table_is_refused(content, sentence):
    with pytest.raises(Refused) as refusal:
        open_table(io.BytesIO(content))
    assert refusal.value.sentence == sentence


HEADER_SPELLINGS = [
    ("FÖRNAMN", "first_name"), ("fornamn", "first_name"), ("First name", "first_name"), ("Efternamn:", "last_name"),
    ("Surname", "last_name"), ("Medlemsnr.", "member_number"), ("Medlemsnummer", "member_number"),
    ("Member ID", "member_number"), ("E-post", "email"), ("Epostadress", "email"), ("MEJL", "email"), ("E-mail", "email"),
    ("Förening", "association"), ("Kommun", "association"), ("avdelning", "association"), ("Krets", "association"),
    ("Medlem sedan", "joined"), ("Inträdesdatum", "joined"), ("Member since", "joined"), ("Utträdesdatum", "left"),
    ("Betaldatum", "paid_on"), ("Taggar", "tags"), ("Labels", "tags"), ("Skyddad identitet", "protected"),
    ("Sekretess", "protected"), ("Protected", "protected"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "meaning"), HEADER_SPELLINGS)
def test_headers_are_recognised_in_both_languages_whatever_their_case_and_marks(header, meaning):
    found = recognise(open_table(as_csv([["Åsa Ek", "x"]], ["Namn", header])))
    assert found.single[meaning] == 1
    assert not found.ignored


@pytest.mark.parametrize(
    "header", ["Mobil", "Mobilnr", "Telefon", "Telefon 2", "Tfn", "Phone", "Telefon (hem)", "Mobile number"]
)
def test_several_phone_columns_are_read_mobiles_first(header):
    found = recognise(open_table(as_csv([["Åsa", "08-465 004 00", "0701740605"]], ["Namn", "Hemtelefon", header])))
    assert sorted(found.phones) == [1, 2]
    if "mobil" in header.lower():
        assert found.phones == [2, 1]


def test_a_fee_column_may_say_the_year_in_its_header():
    found = recognise(open_table(as_csv([["Åsa", "ja", "2025"]], ["Namn", "Avgift 2026", "Betald år"])))
    assert found.fees == [(1, 2026), (2, None)]


def test_unknown_columns_are_named_and_not_used():
    found = recognise(open_table(as_csv([["Åsa", "blå"]], ["Namn", "Favoritfärg"])))
    assert found.ignored == ["Favoritfärg"]


def test_a_file_without_names_is_refused():
    with pytest.raises(Refused) as refusal:
        recognise(open_table(as_csv([["0701740605"]], ["Mobil"])))
    assert refusal.value.sentence == NO_NAMES


PERSONNUMMER = [
    "19900101-0017",
    "199001010017",
    "900101-0017",
    "9001010017",
    "900161-0014",
    "19900101 0017",
    "101010010",
]


@pytest.mark.parametrize("value", PERSONNUMMER)
def test_personnummer_are_recognised_by_date_and_check_digit(value):
    assert personnummer.looks_like(value) is (value != "101010010")


@pytest.mark.parametrize("value", ["19901301-0017", "19900132-0017", "900101-0018", "1001", "0701740605", "", "abc"])
def test_other_numbers_are_not(value):
    assert not personnummer.looks_like(value)


def test_the_form_of_a_mobile_alone_does_not_make_a_column_personnummer():
    mobiles = [f"07017406{n:02d}" for n in range(5, 100)]
    assert sum(map(personnummer.looks_like, mobiles)) > 0
    assert not personnummer.fills(mobiles, phone=True)
    assert not personnummer.fills(["0701740606"], phone=True)


@pytest.mark.parametrize("header", ["Personnummer", "Pers.nr", "pnr", "PERSONNR", "Medlemsnummer", "Övrigt", "Telefon"])
def test_a_column_of_personnummer_is_dropped_by_header_or_by_values(header):
    values = ["19900101-0017", "900161-0014", "199001010017"]
    found = recognise(open_table(as_csv([["Åsa", one] for one in values], ["Namn", header])))
    assert found.dropped == [header]
    assert not found.phones
    assert set(found.single) == {"name"}
    assert not found.ignored


def test_what_its_header_calls_personnummer_is_dropped_whatever_it_holds():
    found = recognise(open_table(as_csv([["Åsa", "850101"], ["Bo", "okänt"]], ["Namn", "Personnummer"])))
    assert (found.dropped, set(found.single), found.ignored) == (["Personnummer"], {"name"}, [])


def test_it_is_decided_per_column_never_per_cell():
    rows = [["Åsa", f"{n:05d}"] for n in range(60)] + [["Bo", "9001010017"]]
    found = recognise(open_table(as_csv(rows, ["Namn", "Medlemsnummer"])))
    assert found.single["member_number"] == 1
    assert not found.dropped


def test_what_is_shown_of_a_bad_cell_hides_personnummer():
    assert personnummer.hidden("Åsa 19900101-0017, tel 0701740605") == "Åsa ••••••, tel 0701740605"
