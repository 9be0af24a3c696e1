"""What an SMS says and how many parts it takes: merge fields, cheap characters and segments; pure functions."""

import difflib
import hashlib
import json
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
_GSM = re.compile(f"[{re.escape(''.join(sorted(BASIC | EXTENDED)))}]*")
_EXTENDED = re.compile(f"[{re.escape(''.join(sorted(EXTENDED)))}]")
_ORDINARY = re.compile("[\\n -~\u00a0-\u00ac\u00ae-\u0233]*")
_FIELD = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")


def cheapened(text: str) -> str:
    """The text in composed characters, with dear punctuation replaced by cheap (P§5.3)."""
    return unicodedata.normalize("NFC", text).translate(CHEAP)


def clean(text: str) -> str:
    """The text in composed characters without what no phone should get.

    Control characters, halves of characters, private ones, and the marks that turn the direction of writing.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return text if _ORDINARY.fullmatch(text) else "".join(one for one in text if one == "\n" or not _unfit(one))


def gsm(text: str) -> bool:
    """Whether every character fits the cheap alphabet."""
    return _GSM.fullmatch(text) is not None


def dear(text: str) -> list[str]:
    """The characters that make the whole text dear, each once, in the order they stand."""
    return list(dict.fromkeys(one for one in text if one not in BASIC and one not in EXTENDED))


def places(text: str) -> int:
    """How many places the text takes: an extended letter takes two, with other letters each half of a pair one."""
    if gsm(text):
        return len(text) + len(_EXTENDED.findall(text))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parts(text: str) -> int:
    """How many SMS parts the text takes: 160 places or 153 each, with other letters 70 or 67 (twilio.md B10)."""
    text = unicodedata.normalize("NFC", text)
    cheap = gsm(text)
    alone, each = (160, 153) if cheap else (70, 67)
    all_places = places(text)
    if all_places <= alone:
        return 1
    if all_places == len(text):
        return -(-all_places // each)
    count, room = 1, each
    for character in text:
        needed = 2 if (character in EXTENDED if cheap else character > "\uffff") else 1
        if needed > room:
            count, room = count + 1, each
        room -= needed
    return count


def check(template: str, fields: tuple[str, ...] = FIELDS) -> None:
    """Refuse a text with a field that does not exist, suggesting the one that was probably meant, or half a field."""
    for name, _fallback in _FIELD.findall(template):
        if name.strip() not in fields:
            close = difflib.get_close_matches(name.strip().casefold(), fields, 1, 0.6)
            if close:
                raise Refused(
                    N_("Fältet {%(wrong)s} finns inte. Menade du {%(right)s}?"), "body", wrong=name, right=close[0]
                )
            raise Refused(N_("Fältet {%(wrong)s} finns inte."), "body", wrong=name)
    if not {"{", "}"}.isdisjoint(_FIELD.sub("", template)):
        raise Refused(N_("Texten har en klammer som inte hör till något fält. Skriv fält som {förnamn}."), "body")


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


def fingerprint(*what: object) -> str:
    """A short sum of texts and choices, to see whether anything has changed."""
    return hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()


def _unfit(character: str) -> bool:
    """Invisible and not what joins an emoji together."""
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"} and character != "\u200d"
