"""Every kind of bad cell gets its own sentence; the good ones are read as they are meant."""

from datetime import date
from io import BytesIO

import pytest

from organizer import imports, phones
from organizer.imports import cells, checking, matching, rows
from organizer.words import Refused
from tests.factories import NOW
from tests.member_files import as_csv

TODAY = date(2026, 11, 19)
HEADERS = ["Medlemsnr", "Namn", "Mobil", "E-post", "Förening", "Medlem sedan", "Avgift", "Taggar"]
BAD = [
    ("Namn", "", cells.NO_NAME, "row"), ("Namn", " - ", cells.NO_NAME, "row"), ("Namn", "x" * 81, cells.LONG_NAME, "row"),
    ("Namn", "Åsa 0701740605", cells.DIGITS_IN_NAME, "row"), ("Namn", "Ã…sa Ã–berg", cells.BROKEN_LETTERS, "row"),
    ("Namn", "K�re", cells.BROKEN_LETTERS, "row"), ("Medlemsnr", "9" * 41, cells.LONG_NUMBER, "cell"),
    ("Mobil", "4,67E+10", phones.SCIENTIFIC, "cell"), ("Mobil", "070-1740605/08-46500400", phones.SEVERAL, "cell"),
    ("Mobil", "0701740605 (mobil)", phones.LETTERS, "cell"), ("Mobil", "070-174 06 05 ext 5", phones.EXTENSION, "cell"),
    ("Mobil", "070174", phones.SHORT, "cell"), ("Mobil", "0701740605123", phones.LONG, "cell"),
    ("Mobil", "0741740605", phones.UNKNOWN, "cell"), ("E-post", "asa(at)example", cells.BAD_EMAIL, "cell"),
    ("Förening", "Timro", rows.UNKNOWN_PLACE, "row"), ("Förening", "Qwxz", rows.NO_SUCH_PLACE, "row"),
    ("Förening", "", checking.NO_PLACE, "row"), ("Medlem sedan", "2026-02-30", cells.BAD_DAY, "cell"),
    ("Medlem sedan", "i våras", cells.BAD_DAY, "cell"), ("Medlem sedan", "2019", cells.ONLY_YEAR, "cell"),
    ("Medlem sedan", "2027-01-01", cells.FUTURE_DAY, "cell"), ("Medlem sedan", "1899-01-01", cells.EARLY_DAY, "cell"),
    ("Avgift", "200 kr", cells.BAD_FEE, "cell"), ("Avgift", "2031", cells.BAD_FEE, "cell"),
    ("Taggar", "x" * 61, cells.LONG_TAG, "cell"),
]  # fmt: skip


@pytest.fixture
def place(database, cast):
    return cast.district.id


@pytest.mark.parametrize(("column", "value", "sentence", "effect"), BAD)
def test_a_bad_cell_gets_its_sentence_and_only_what_must_is_left_out(session, place, column, value, sentence, effect):
    good = dict(zip(HEADERS, ["1", "Åsa Öberg", "", "", "Härnösand", "", "", ""], strict=True))
    report = imports.check(session, as_csv([list((good | {column: value}).values())], HEADERS), place, NOW)
    assert [(one.row, one.reason, one.effect) for one in report.problems] == [(2, sentence, effect)]
    assert (report.created, report.out) == ((0, 1) if effect == "row" else (1, 0))


def test_a_row_with_more_cells_than_headers_is_unreadable_but_still_somebody(session, place):
    file = BytesIO("Medlemsnr;Namn;Förening\n1;Åsa Öberg;Timrå;extra\n".encode())
    report = imports.check(session, file, place, NOW)
    assert [(one.row, one.reason, one.effect) for one in report.problems] == [(2, rows.TOO_WIDE, "row")]


def test_a_row_with_fewer_cells_is_only_short(session, place):
    report = imports.check(session, BytesIO("Namn;Förening;Mobil\nÅsa Öberg;Timrå\n".encode()), place, NOW)
    assert (report.created, report.problems) == (1, [])


@pytest.mark.parametrize(
    "written", ["2024-03-01", "20240301", "2024/3/1", "1/3 2024", "01.03.2024", "1 mars 2024", "1 Mar. 2024", "45352",
                "2024-03-01 00:00:00", "2024-03-01T12:00", " 2024-03-01 "],
)  # fmt: skip
def test_a_day_is_read_as_people_and_spreadsheets_write_it(written):
    assert cells.day(written, TODAY) == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("first", "last", "whole", "expected"),
    [
        ("Åsa", "Öberg", "", ("Åsa", "Öberg")), ("", "", "Anna Maria Svensson", ("Anna Maria", "Svensson")),
        ("", "", "Öberg, Åsa", ("Åsa", "Öberg")), ("", "", "Märta af Ekenstam", ("Märta", "af Ekenstam")),
        ("", "", "Cher", ("Cher", "")), ("A\u030asa", "O\u0308berg", "", ("Åsa", "Öberg")),
        (" Åsa\u00a0 Maria\x00", "Öberg\n", "", ("Åsa Maria", "Öberg")), ("Åsa", "", "Åsa Öberg", ("Åsa", "")),
        ("", "", "Carl von der Linde", ("Carl", "von der Linde")), ("🌹", "Ros", "", ("🌹", "Ros")),
    ],
)  # fmt: skip
def test_names_come_from_whichever_cells_there_are(first, last, whole, expected):
    assert cells.names(first, last, whole) == expected


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("2026", None, (2026, None)), ("ja", None, (2026, None)), ("X", 2025, (2025, None)), ("nej", 2025, None),
        ("Ej betald", None, None), ("2026-02-01", None, (2026, date(2026, 2, 1))), ("", None, None), ("0", None, None),
        ("2026-01-05", 2025, (2025, date(2026, 1, 5))), ("Betald", None, (2026, None)),
    ],
)  # fmt: skip
def test_a_paid_year_is_read_from_year_day_or_yes(text, year, expected):
    assert cells.fee(text, year, TODAY) == expected


@pytest.mark.parametrize("written", ["1975", " 1975 ", "1975.0"])
def test_a_year_of_birth_is_four_digits_and_never_a_whole_birthday(written):
    assert cells.birth_year(written, date(2026, 11, 19)) == 1975
    for wrong in ("750312", "1975-03-12", "75", "1875", "2027"):
        with pytest.raises(Refused):
            cells.birth_year(wrong, date(2026, 11, 19))


def test_protected_is_anything_but_a_plain_no():
    assert all(map(cells.protected, ["ja", "X", "1", "Sekretess", "skyddad folkbokföring", "?"]))
    assert not any(map(cells.protected, ["", "nej", "0", " Nej ", "false", "-"]))


def test_tags_are_split_and_each_is_kept_once():
    assert cells.tags("Aktiv, kör bil; AKTIV |  ") == ("AKTIV", "kör bil")
    assert cells.tags("19900101-0017, aktiv") == ("aktiv",)


@pytest.mark.parametrize(
    "written", ["Härnösand", "harnosand", "HÄRNÖSAND", "Härnösands kommun", "Vänsterpartiet Härnösand", "Partiföreningen i Härnösand"],
)  # fmt: skip
def test_an_association_is_known_by_the_names_people_use(session, cast, written):
    report = imports.check(session, as_csv([["Åsa Ek", written]], ["Namn", "Förening"]), cast.district.id, NOW)
    assert (report.created, report.problems) == (1, [])


def test_a_file_for_one_association_needs_no_column_and_refuses_another(session, cast):
    assert imports.check(session, as_csv([["Åsa Ek"]], ["Namn"]), cast.harnosand.id, NOW).created == 1
    report = imports.check(session, as_csv([["Åsa Ek", "Timrå"]], ["Namn", "Förening"]), cast.harnosand.id, NOW)
    assert (report.created, report.out) == (0, 1)
    with pytest.raises(Refused, match="kolumn för förening"):
        imports.check(session, as_csv([["Åsa Ek"]], ["Namn"]), cast.district.id, NOW)


def test_every_reason_says_what_to_do():
    reasons = [one for one in vars(cells).values() if isinstance(one, str) and one.endswith(".") and " " in one]
    reasons += [
        getattr(matching, name) for name in ("SEVERAL_ALIKE", "MAYBE_SAME", "OTHER_NUMBER", "DECEASED", "ELSEWHERE")
    ]
    for one in reasons:
        assert "!" not in one
        assert one[0].isupper()
