"""Phone numbers: every accepted spelling becomes E.164, every other one gets a sentence; the only importer of phonenumbers."""

import re
import unicodedata
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType, ValidationResult

from organizer.words import N_, Refused

EMPTY = N_("Här står inget telefonnummer.")
SCIENTIFIC = N_(
    "Excel har skrivit om numret till något i stil med 4,67E+10 och de sista siffrorna är borta. "
    "Gör en ny export där kolumnen är text."
)
SEVERAL = N_("Det står mer än ett nummer här. Skriv ett nummer och lägg det andra i en egen ruta.")
EXTENSION = N_("Numret har en anknytning. Skriv bara numret, utan anknytning.")
LETTERS = N_("Det står bokstäver eller andra tecken i numret. Skriv bara siffror, som 070-174 06 05.")
SHORT = N_("Numret är för kort. Kontrollera att riktnummer och alla siffror är med.")
LONG = N_("Numret är för långt. Kontrollera siffrorna.")
UNKNOWN = N_("Det finns inget sådant telefonnummer. Kontrollera siffrorna.")

_PLAIN_MOBILE = re.compile(
    r"(?:\+46|0046|46|0)?(7[02369])[ -]?([0-9])[ -]?([0-9])[ -]?([0-9])[ -]?([0-9]{2})[ -]?([0-9]{2})"
)
_SCIENTIFIC = re.compile(r"\+?[0-9]+(?:[.,][0-9]+)?\s*e\s*\+?[0-9]+", re.IGNORECASE)
_EXTENSION = re.compile(
    r"[0-9)][\s,;]*(?:ext(?:ension)?|ankn(?:ytning)?|anslutning|x|#)[\s.:]*[0-9]{1,6}\s*", re.IGNORECASE
)
_BETWEEN = re.compile(r"[/;,|&\n]|\b(?:och|eller|samt|and|or)\b", re.IGNORECASE)
_FLOAT = re.compile(r"(\+?[0-9]{6,})[.,]0+")
_MARKS = re.compile(r"[+0-9()\s./-]*")

_SWEDISH_MOBILE = re.compile(r"\+467[02369][0-9]{7}")
_KINDS = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "landline",
    PhoneNumberType.VOIP: "landline",
}
FICTION = (
    ("+46701740605", "+46701740699"),
    ("+46313900600", "+46313900699"),
    ("+46406280400", "+46406280499"),
    ("+46846500400", "+46846500499"),
    ("+46980319200", "+46980319299"),
)
"""The ranges the Swedish Post and Telecom Authority keeps for books and films (sweden.md C4): first and last."""


def normalise(text: str) -> str:
    """The number in E.164 whatever way it was written; a Swedish number unless it says otherwise.

    Raises Refused with a sentence that says what is wrong and what to do (sweden.md C4).
    """
    text = text.strip()
    if plain := _PLAIN_MOBILE.fullmatch(text):
        return "+46" + "".join(plain.groups())
    return _e164(_tidy(text))


@lru_cache(maxsize=8192)
def classify(e164: str) -> str:
    """`mobile`, `landline` or `other`; other (premium, toll free, personal, company-wide) is never rung."""
    if _SWEDISH_MOBILE.fullmatch(e164):
        return "mobile"
    try:
        return _KINDS.get(phonenumbers.number_type(phonenumbers.parse(e164)), "other")
    except phonenumbers.NumberParseException:
        return "other"


@lru_cache(maxsize=8192)
def display(e164: str) -> str:
    """As people write it: 070-174 06 05; a foreign number with its country code."""
    if _SWEDISH_MOBILE.fullmatch(e164):
        return f"0{e164[3:5]}-{e164[5:8]} {e164[8:10]} {e164[10:]}"
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    home = number.country_code == 46
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL)


def sendable(e164: str, *, abroad: bool = False) -> bool:
    """Whether an SMS may go there: Swedish mobiles only, foreign ones where the district has said so."""
    return classify(e164) == "mobile" and (abroad or e164.startswith("+46"))


def mobile(text: str, otherwise: str) -> str:
    """A number as a form asks for one to send a code to; Refused with the field `phone`, `otherwise` if no SMS goes there."""
    try:
        e164 = normalise(text)
    except Refused as refusal:
        raise Refused(refusal.sentence, field="phone", **refusal.values) from refusal
    if not sendable(e164):
        raise Refused(otherwise, field="phone")
    return e164


@lru_cache(maxsize=8192)
def country(e164: str) -> str:
    """The country code without its plus sign: 46; empty when it is no number."""
    try:
        return str(phonenumbers.parse(e164).country_code)
    except phonenumbers.NumberParseException:
        return ""


def region(code: str) -> str:
    """The region a country code belongs to: NO for 47, the largest where several share one; empty for none."""
    found = phonenumbers.region_code_for_country_code(int(code)) if code.isdecimal() else "ZZ"
    return "" if found in {"ZZ", "001"} else str(found)


def fictional(e164: str) -> bool:
    """Whether the number is reserved for fiction and so belongs to nobody: the only numbers of the demo."""
    return any(len(e164) == len(first) and first <= e164 <= last for first, last in FICTION)


def _tidy(text: str) -> str:
    """One spelling of digits, spaces and dashes; invisible marks and `tel:` gone. Refuses what cannot be one number."""
    text = "".join(
        "-" if unicodedata.category(letter) == "Pd" or letter == "−" else letter
        for letter in unicodedata.normalize("NFKC", text)
        if unicodedata.category(letter) not in {"Cf", "Cc"} or letter in "\n\t"
    ).strip(" \t\n'\"")
    text = re.sub(r"^tel[:.]\s*", "", text, flags=re.IGNORECASE)
    if not text:
        raise Refused(EMPTY)
    if whole := _FLOAT.fullmatch(text):
        return whole[1]
    if _SCIENTIFIC.fullmatch(text):
        raise Refused(SCIENTIFIC)
    if sum(len(re.sub(r"\D", "", part)) >= 5 for part in _BETWEEN.split(text)) > 1 or text.count("+") > 1:
        raise Refused(SEVERAL)
    if _EXTENSION.search(text):
        raise Refused(EXTENSION)
    if not _MARKS.fullmatch(text):
        raise Refused(LETTERS)
    return text


def _e164(text: str) -> str:
    """What the library makes of it, when it is a number that exists."""
    number = _parsed(text)
    digits = re.sub(r"\D", "", text)
    if not phonenumbers.is_valid_number(number) and digits.startswith("46"):
        number = _parsed("+" + digits)
    if number.extension:
        raise Refused(EXTENSION)
    if not phonenumbers.is_valid_number(number):
        raise Refused(_what_is_wrong(number))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _what_is_wrong(number: phonenumbers.PhoneNumber) -> str:
    """Too short, too long or nobody's; Swedish numbers have seven to nine digits after the 0."""
    reason = phonenumbers.is_possible_number_with_reason(number)
    length = len(phonenumbers.national_significant_number(number))
    home = number.country_code == 46
    if reason in {ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY} or (home and length < 7):
        return SHORT
    return LONG if reason == ValidationResult.TOO_LONG or (home and length > 9) else UNKNOWN


def _parsed(text: str) -> phonenumbers.PhoneNumber:
    """The library's reading, or a sentence instead of its exception."""
    try:
        return phonenumbers.parse(text, "SE")
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.TOO_LONG:
            raise Refused(LONG) from None
        short = len(re.sub(r"\D", "", text)) < 7
        raise Refused(SHORT if short else UNKNOWN) from None
