"""A yearly report as an OpenDocument text, to go on with in a word processor; the only importer of odfdo."""

import io
from typing import Any

from organizer.report_document import Document
from organizer.reports import clean

STRONG = "strong"
LANGUAGES = {"sv": "sv-SE", "en": "en-GB"}


def write(report: Document, lines: list[str]) -> bytes:
    """The file: title, `lines` under it (its state), the numbers, then each section with its comment and table."""
    from odfdo import Document as File  # only whoever takes the file out waits for it to load
    from odfdo import Header, Style

    file = File("text")
    file.language = LANGUAGES[report["language"]]
    file.meta.title = clean(f"{report['title']} – {report['place']}")
    file.insert_style(Style("text", name=STRONG, bold=True), automatic=True)
    body = file.body
    body.clear()
    body.append(Header(1, clean(report["title"])))
    numbers = [f"{one['value']} {one['text']}" for one in report["cells"]]
    for text in (report["place"], report["period"], *lines, *numbers):
        body.append(_paragraph(text))
    for section in report["sections"]:
        body.append(Header(2, clean(section["title"])))
        _add_section(body, section, report["words"]["comment"])
    kept = io.BytesIO()
    file.save(kept)
    return kept.getvalue()


def _add_section(body: Any, section: dict[str, Any], comment: str) -> None:
    from odfdo import Header

    for text in section["text"].split("\n\n"):
        body.append(_paragraph(text))
    if section["comment"]:
        body.append(Header(3, clean(comment)))
        for text in section["comment"].split("\n\n"):
            body.append(_paragraph(text))
    if section["table"]:
        body.append(Header(3, clean(section["table"]["caption"])))
        body.append(_table(section["key"], section["table"]))
        for text in section["table"]["notes"]:
            body.append(_paragraph(text))


def _table(name: str, table: dict[str, Any]) -> Any:
    from odfdo import Cell, Row, Table

    made = Table(name)
    for n, cells in enumerate([table["head"], *table["rows"]]):
        row = Row()
        for text in cells:
            cell = Cell(cell_type="string")
            cell.append(_paragraph(text, strong=n == 0))
            row.append_cell(cell)
        made.append(row)
    return made


def _paragraph(text: str, *, strong: bool = False) -> Any:
    """A title from the calendar may hold what XML cannot."""
    from odfdo import Paragraph, Span

    if not strong:
        return Paragraph(clean(text))
    made = Paragraph("")
    made.append(Span(clean(text), style=STRONG))
    return made
