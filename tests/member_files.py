"""Member files for tests: the same table written the ways Swedish offices write it."""

import csv
import io
from collections.abc import Sequence

HEADERS = ["Medlemsnr", "Förnamn", "Efternamn", "Mobil", "E-post", "Förening", "Medlem sedan"]
ROWS = [
    ["1001", "Åsa", "Öberg", "070-174 06 05", "asa@example.org", "Härnösand", "2021-03-01"],
    ["1002", "Nils", "Norén", "070-174 06 06", "nils@example.org", "Timrå", "2026-10-01"],
    ["1003", "Märta", "af Ekenstam", "031-390 06 00", "", "Härnösand", ""],
]


def table(rows: Sequence[Sequence[object]] = ROWS, headers: Sequence[str] = HEADERS) -> list[list[object]]:
    return [list(headers), *map(list, rows)]


def as_csv(
    rows: Sequence[Sequence[object]] = ROWS, headers: Sequence[str] = HEADERS, *,
    delimiter: str = ";", encoding: str = "utf-8", first_line: str = "", quoting: int = csv.QUOTE_MINIMAL,
) -> io.BytesIO:  # fmt: skip
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n", quoting=quoting).writerows(table(rows, headers))
    return io.BytesIO((first_line + text.getvalue()).encode(encoding))


def as_openpyxl(
    rows: Sequence[Sequence[object]] = ROWS, headers: Sequence[str] = HEADERS, **sheets: object
) -> io.BytesIO:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for row in table(rows, headers):
        sheet.append(row)
    if sheets.get("hidden_first"):
        hidden = book.create_sheet("Dold", 0)
        hidden.append(["Annat"])
        hidden.sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    return io.BytesIO(file.getvalue())


def as_xlsxwriter(
    rows: Sequence[Sequence[object]] = ROWS, headers: Sequence[str] = HEADERS, *, empty_rows: int = 0
) -> io.BytesIO:
    from xlsxwriter import Workbook

    file = io.BytesIO()
    with Workbook(file, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(table(rows, headers), start=empty_rows):
            sheet.write_row(place, 0, row)
    return io.BytesIO(file.getvalue())
