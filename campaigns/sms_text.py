"""What an SMS says and how many parts it takes: merge fields, cheap characters and segments; pure functions."""

import difflib
import re
import unicodedata
from collections.abc import Mapping

from organizer.words import N_, Refused

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The letters of GSM 03.38 that take one place; å, ä, ö and é are among them."""
EXTENDED = frozenset("^{}\\[~]|€\f")
"""Those that take two."""
CHEAP = str.maketrans({
    "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "»": '"', "«": '"', "…": "...",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2011": "-", "\u200b": "", "\ufeff": "", "\t": " ",
})  # fmt: skip
"""Characters that would double the price of a message, and what says the same."""
FIELDS = (
    "förnamn", "förening", "ordförande", "aktivitet", "datum", "tid", "plats", "anmälningslänk", "enkätlänk", "avsändare",
)  # fmt: skip
"""The merge fields (P§5.3), written {förnamn} or with a fallback {förnamn|du}."""
_FIELD = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")


def cheapened(text: str) -> str:
    """The text in composed characters, with dear punctuation replaced by cheap (P§5.3)."""
    return unicodedata.normalize("NFC", text).translate(CHEAP)


def gsm(text: str) -> bool:
    """Whether every character fits the cheap alphabet."""
    return all(character in BASIC or character in EXTENDED for character in text)


def parts(text: str) -> int:
    """How many SMS parts the text takes: 160 places or 153 each, with other letters 70 or 67 (twilio.md B10)."""
    text = unicodedata.normalize("NFC", text)
    if gsm(text):
        places = [2 if character in EXTENDED else 1 for character in text]
        alone, each = 160, 153
    else:
        places = [len(character.encode("utf-16-le")) // 2 for character in text]
        alone, each = 70, 67
    if sum(places) <= alone:
        return 1
    count, room = 1, each
    for needed in places:
        if needed > room:
            count, room = count + 1, each
        room -= needed
    return count


def check(template: str, fields: tuple[str, ...] = FIELDS) -> None:
    """Refuse a text with a field that does not exist, suggesting the one that was probably meant."""
    for name, _fallback in _FIELD.findall(template):
        if name.strip() not in fields:
            close = difflib.get_close_matches(name.strip(), fields, 1, 0.6)
            if close:
                raise Refused(
                    N_("Fältet {%(wrong)s} finns inte. Menade du {%(right)s}?"), "body", wrong=name, right=close[0]
                )
            raise Refused(N_("Fältet {%(wrong)s} finns inte."), "body", wrong=name)


def filled(template: str, values: Mapping[str, str | None]) -> str:
    """The text for one receiver: values in place of fields, the fallback where a value is missing, "Hej !" mended.

    An unknown field stays as written; `check` refuses it before anybody gets it.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1].strip()
        if name not in values:
            return found[0]
        return values[name] or found[2] or "\0"

    text = _FIELD.sub(value, template.replace("\0", ""))
    return re.sub(r"\0 ?", "", re.sub(r" *\0(?=[!?.,])", "", text))


def missing(template: str, values: Mapping[str, str | None]) -> list[str]:
    """The fields of a text that this receiver has no value for and that carry no fallback."""
    return [
        name.strip()
        for name, fallback in _FIELD.findall(template)
        if name.strip() in values and not values[name.strip()] and not fallback
    ]
