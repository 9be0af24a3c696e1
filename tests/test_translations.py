"""Swedish is written in the source; every sentence has an English one, with the same named values."""

import re
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract, extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "N_": None,
    "Refused": None,
    "lazy_gettext": None,
    "_l": None,
}


def written() -> set[object]:
    found: set[object] = set()
    places = [(ROOT / "templates", "jinja2"), (ROOT / "organizer", "python"), (ROOT / "campaigns", "python")]
    for folder, method in places:
        for _file, _line, message, _comments, _context in extract_from_dir(
            str(folder), [("**.html" if method == "jinja2" else "**.py", method)], keywords=KEYWORDS,
            options_map={"**.html": {"silent": "false", "trimmed": "true"}},
        ):  # fmt: skip
            found.add(message)
    for _line, message, _comments, _context in extract(
        "python", BytesIO((ROOT / "app.py").read_bytes()), keywords=KEYWORDS
    ):
        found.add(message)
    return {one for one in found if one}


def catalogues() -> dict[object, tuple[object, str]]:
    known: dict[object, tuple[object, str]] = {}
    for file in sorted((ROOT / "translations" / "en").glob("*.po")):
        for message in read_po(BytesIO(file.read_bytes()), locale="en"):
            if message.id:
                assert message.id not in known, f"{message.id!r} stands in both {known[message.id][1]} and {file.name}"
                known[message.id] = (message.string, file.name)
    return known


def test_every_sentence_has_an_english_one():
    known = catalogues()
    missing = [one for one in written() if one not in known or not all(_parts(known[one][0]))]
    assert not missing, (
        f"{len(missing)} sentences lack English (translations/en/*.po), such as {sorted(map(str, missing))[:8]}"
    )


def test_no_english_sentence_is_left_over():
    left = set(catalogues()) - written()
    assert not left, f"no longer written anywhere: {sorted(map(str, left))[:8]}"


def test_both_languages_name_the_same_values():
    for swedish, (translated, file) in catalogues().items():
        names = {
            frozenset(re.findall(r"%\((\w+)\)", text)) | {"num"} for text in (*_parts(swedish), *_parts(translated))
        }
        assert len(names) == 1, f"{file}: {swedish!r} and {translated!r} do not name the same values"


def _parts(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (str(text),)


def test_a_percent_sign_in_a_template_is_written_twice():
    for file in sorted((ROOT / "templates").rglob("*.html")):
        for _line, message, _comments, _context in extract("jinja2", BytesIO(file.read_bytes()), keywords=KEYWORDS):
            for text in _parts(message):
                lone = re.sub(r"%%|%\(\w+\)[sd]", "", text)
                assert "%" not in lone, (
                    f"{file.name}: Jinja formats every sentence, so write %% for a percent sign: {text!r}"
                )
