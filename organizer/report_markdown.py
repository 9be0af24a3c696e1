"""A yearly report as Markdown, for a board that has a template of its own (P§6.6)."""

import re
from typing import Any

from organizer.report_document import Document

_MEANS_SOMETHING = re.compile(r"([\\`*_\[\]<>|])")
_BEGINS_SOMETHING = re.compile(r"^(\s*)(\d+(?=[.)]\s)|[#+-](?=\s|#|-))", re.MULTILINE)
"""What begins a heading, a list or a line: a mark, or a number with its point."""


def write(report: Document, lines: list[str]) -> bytes:
    """The file: title, `lines` under it (its state), the numbers, then each section with its comment and table."""
    about = "  \n".join(plain(one) for one in (report["place"], report["period"], *lines))
    numbers = "\n".join(f"- **{plain(one['value'])}** {plain(one['text'])}" for one in report["cells"])
    parts = [f"# {plain(report['title'])}", about, numbers]
    for section in report["sections"]:
        parts += [f"## {plain(section['title'])}", plain(section["text"])]
        if section["comment"]:
            parts += [f"### {plain(report['words']['comment'])}", plain(section["comment"])]
        if section["table"]:
            parts += _table(section["table"])
    return ("\n\n".join(one for one in parts if one) + "\n").encode()


def plain(text: str) -> str:
    """A text in which nothing means anything to Markdown."""
    text = _MEANS_SOMETHING.sub(r"\\\1", text.replace("\r\n", "\n"))
    return _BEGINS_SOMETHING.sub(
        lambda found: found[1] + (f"{found[2]}\\" if found[2].isdecimal() else f"\\{found[2]}"), text
    )


def _table(table: dict[str, Any]) -> list[str]:
    rows = [table["head"], ["---"] * len(table["head"]), *table["rows"]]
    cells = [
        [" ".join(one.split()) if n == 1 else plain(" ".join(one.split())) for one in row] for n, row in enumerate(rows)
    ]
    drawn = "\n".join(f"| {' | '.join(row)} |" for row in cells)
    return [f"### {plain(table['caption'])}", drawn, *(plain(one) for one in table["notes"])]
