"""The two languages: Swedish is written in the source, English stands in translations/en/*.po."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, request
from flask_babel import Babel, Domain
from flask_login import current_user

LANGUAGES = ("sv", "en")
FOLDER = Path(__file__).parent.parent / "translations"


@cache
def english() -> Translations:
    """Every English sentence, merged from one file per area of the product."""
    whole = Catalog(locale="en")
    for file in sorted((FOLDER / "en").glob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale="en"):
                if message.id:
                    whole[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return Translations(compiled)


class Sentences(Domain):
    """Looks sentences up without compiled files: English from the catalogue, Swedish as written."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the visitor's language."""
        return english() if chosen() == "en" else NullTranslations()


def chosen() -> str:
    """The visitor's language: the cookie's (they just switched), else the account's, else Swedish."""
    if not has_request_context():
        return "sv"
    known: str | None = request.environ.get("rundan.language")
    if known is None:  # asked for by every number of a page, so it is found out once a request
        wanted = request.cookies.get("lang") or getattr(current_user, "language", None)
        known = request.environ["rundan.language"] = wanted if wanted in LANGUAGES else "sv"
    return known


def say(language: str, sentence: str, **values: Any) -> str:
    """A sentence in a given language, for messages written outside any request."""
    text = english().gettext(sentence) if language == "en" else sentence
    return text % values if values else text


def set_up(app: Flask) -> None:
    """Give the application its languages and the time zone of its pages."""
    Babel(app, locale_selector=chosen, default_timezone="Europe/Stockholm", default_locale="sv")
    sentences = Sentences()
    app.before_request(sentences.as_default)
