"""What stands in a cell: names, e-mail, days, paid years, tags; what cannot be read gets a sentence."""

import re
import unicodedata
from datetime import date, timedelta

from organizer.imports import personnummer
from organizer.words import N_, Refused

NO_NAME = N_("Raden saknar namn. Skriv för- och efternamn.")
LONG_NAME = N_("Namnet är längre än 80 tecken. Kontrollera att kolumnerna inte har glidit.")
DIGITS_IN_NAME = N_("Namnet innehåller många siffror. Kontrollera att kolumnerna inte har glidit.")
BROKEN_LETTERS = N_(
    "Bokstäverna är trasiga: det står till exempel Ã¥ där det ska stå å. Exportera filen igen som ”CSV UTF-8”."
)
BAD_EMAIL = N_("Det ser inte ut som en e-postadress. Den ska likna namn@exempel.se.")
BAD_DAY = N_("Dagen går inte att läsa. Skriv den som 2024-03-01.")
ONLY_YEAR = N_("Här står bara ett år. Skriv hela dagen, som 2024-03-01.")
FUTURE_DAY = N_("Dagen ligger i framtiden.")
EARLY_DAY = N_("Dagen är före 1900. Kontrollera året.")
BAD_YEAR = N_("Skriv året med fyra siffror, till exempel 1975. Hela födelsedagar läser vi inte.")
BAD_FEE = N_("Skriv året som är betalt, en dag, eller ja eller nej.")
LONG_NUMBER = N_("Medlemsnumret är längre än 40 tecken. Kontrollera att kolumnerna inte har glidit.")
LONG_TAG = N_("En etikett är längre än 60 tecken. Skilj etiketterna åt med kommatecken.")

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ].*)?")
_COMPACT = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_LOOSE_ISO = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})(?:[T ].*)?")
_WRITTEN = re.compile(r"([0-9]{1,2})\.?\s+([a-zåäö]{3,9})\.?,?\s+([0-9]{4})", re.IGNORECASE)
_MONTHS = {
    word: number
    for number, words in enumerate(
        ("jan", "feb", "mar", "apr", "maj may", "jun", "jul", "aug", "sep", "okt oct", "nov", "dec"), start=1
    )
    for word in words.split()
}
_EMAIL = re.compile(r"[^@\s,;<>\"'()]+@[^@\s,;<>\"'()]+\.[^@\s,;<>\"'().]{2,}")
BROKEN = re.compile("Ã[\u0080-\u00bf¥¤¶…„–©‰]|Ã…|Ã„|Ã–|\ufffd")
_SIX_DIGITS = re.compile(r"(?:[0-9][^0-9]*){6}")
_PARTICLES = frozenset({"von", "van", "af", "de", "da", "del", "der", "den", "di", "la", "le", "bin", "al", "el"})
YES = frozenset({"ja", "j", "x", "1", "true", "sant", "yes", "y", "betald", "betalt", "paid", "ok", "inbetald"})
NO = frozenset({
    "", "nej", "n", "0", "false", "falskt", "no", "-", "–", "obetald", "obetalt", "ej betald", "ej betalt", "inte betald",
    "unpaid", "ej", "saknas", "ingen", "inga",
})  # fmt: skip


def clean(text: str) -> str:
    """A text on one line: composed letters, single spaces, no control characters."""
    if text.isalnum():
        return text
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(one) == "Cc" else one for one in text)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def names(first: str, last: str, whole: str) -> tuple[str, str]:
    """First and last name from whichever cells there are; raises Refused when there is none, or it is no name."""
    first, last = clean(first), clean(last)
    if not (first or last):
        first, last = _split(clean(whole))
    both = f"{first} {last}"
    if not both.strip(" -.?"):
        raise Refused(NO_NAME)
    if len(first) > 80 or len(last) > 80:
        raise Refused(LONG_NAME)
    if not both.isascii() and BROKEN.search(both):
        raise Refused(BROKEN_LETTERS)
    if _SIX_DIGITS.search(both):
        raise Refused(DIGITS_IN_NAME)
    return first, last


def email(text: str) -> str | None:
    """An address in lower case, or None when the cell is empty."""
    text = clean(text).strip("<>").removeprefix("mailto:").lower()
    if not text:
        return None
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        raise Refused(BAD_EMAIL)
    return text


def birth_year(text: str, today: date) -> int | None:
    """A year of birth in four digits, or None when the cell is empty; never a whole birthday (docs/decisions.md)."""
    text = text.strip().removesuffix(".0")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{4}", text) or not today.year - 120 <= int(text) <= today.year:
        raise Refused(BAD_YEAR)
    return int(text)


def member_number(text: str) -> str | None:
    """A member number as it is written, or None when the cell is empty."""
    text = clean(text)
    if len(text) > 40:
        raise Refused(LONG_NUMBER)
    return text or None


def day(text: str, today: date) -> date | None:
    """A local day in the past, or None when the cell is empty; day before month when both would do."""
    text = text.strip()
    if not text:
        return None
    found = _day(text)
    if found is None:
        raise Refused(ONLY_YEAR if re.fullmatch(r"(19|20)[0-9]{2}", text) else BAD_DAY)
    if found > today:
        raise Refused(FUTURE_DAY)
    if found.year < 1900:
        raise Refused(EARLY_DAY)
    return found


def fee(text: str, header_year: int | None, today: date) -> tuple[int, date | None] | None:
    """The year a cell says is paid, and the day if it says so; None when it says nothing or no."""
    text = clean(text)
    word = text.casefold()
    if word in NO:
        return None
    if word in YES:
        return header_year or today.year, None
    if re.fullmatch(r"20[0-9]{2}", word) and int(word) <= today.year + 1:
        return int(word), None
    paid = _day(text)
    if paid is None or paid > today:
        raise Refused(BAD_FEE)
    return header_year or paid.year, paid


def tags(text: str) -> tuple[str, ...]:
    """The words in a cell, each once; commas, semicolons and bars stand between them."""
    words = [clean(word) for word in re.split(r"[,;|\n]", text)]
    if any(len(word) > 60 for word in words):
        raise Refused(LONG_TAG)
    return tuple({word.casefold(): word for word in words if word and not personnummer.inside(word)}.values())


def protected(text: str) -> bool:
    """Whether a cell says the identity is protected: anything but a plain no, to be on the safe side."""
    return clean(text).casefold() not in NO


def _split(whole: str) -> tuple[str, str]:
    """First and last name from one cell, with or without a comma; von and af belong to the last name."""
    if "," in whole:
        last, _, first = whole.partition(",")
        return first.strip(), last.strip()
    words = whole.split()
    cut = max(1, len(words) - 1)
    while cut > 1 and words[cut - 1].casefold() in _PARTICLES:
        cut -= 1
    return " ".join(words[:cut]), " ".join(words[cut:])


def _day(text: str) -> date | None:
    try:
        if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text) or _LOOSE_ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DAY_FIRST.fullmatch(text):
            first, second = int(found[1]), int(found[2])
            return date(int(found[3]), first if second > 12 else second, second if second > 12 else first)
        if found := _WRITTEN.fullmatch(text):
            return date(int(found[3]), _MONTHS[found[2].lower()[:3]], int(found[1]))
        if re.fullmatch(r"[2-5][0-9]{4}", text):  # the number a spreadsheet keeps instead of a day
            return date(1899, 12, 30) + timedelta(days=int(text))
    except (ValueError, KeyError):
        return None
    return None
