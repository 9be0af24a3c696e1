"""The numbers and days that a Swedish sentence of a plan gives, in digits or words."""

import re
from datetime import date

_UNITS = [
    "noll",
    "en",
    "två",
    "tre",
    "fyra",
    "fem",
    "sex",
    "sju",
    "åtta",
    "nio",
    "tio",
    "elva",
    "tolv",
    "tretton",
    "fjorton",
    "femton",
    "sexton",
    "sjutton",
    "arton",
    "nitton",
]
WORDS = {word: number for number, word in enumerate(_UNITS)} | {"ett": 1, "tjugo": 20, "trettio": 30, "femtio": 50}
MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip

_DIGITS = r"\d{1,3}(?:[  ]\d{3})+|\d{1,6}"
_NUMBER = re.compile(rf"(?<![\w.,])(?P<digits>{_DIGITS})(?![\w%]|[.,]\d| ?%| procent)|\b(?P<word>{'|'.join(WORDS)})\b")
_DATE = re.compile(rf"\b(?P<day>\d{{1,2}})(?::e|:a)? (?P<month>{'|'.join(MONTHS)})\b")
_PERCENT = re.compile(r"(?<!\d)(?P<percent>\d{1,3}) ?(?:%|procent)")
_RANGE = re.compile(rf"(?:från )?(?P<low>{_DIGITS}) (?:till|upp till) (?P<high>{_DIGITS})(?!\d)")
_BY = re.compile(r"\b(senast|före|innan|fram till)\b")
_LEAST = re.compile(r"\b(minst|åtminstone|totalt|ha|anordna|hålla|utse|genomföra)\b")


def numbers_in(sentence: str) -> list[int]:
    """Every number but years and days, in their order."""
    found = [_value(one) for one in _NUMBER.finditer(_DATE.sub(" ", sentence))]
    return [number for number in found if number and not 1900 <= number <= 2100]


def number_in(sentence: str) -> int | None:
    """The number that is asked for: the one after "minst" or the like, else the first that is no year, day or per cent."""
    bare = _DATE.sub(" ", sentence)
    found = [(one.start(), _value(one)) for one in _NUMBER.finditer(bare)]
    found = [(at, number) for at, number in found if not 1900 <= number <= 2100]
    least = _LEAST.search(bare)
    after = [number for at, number in found if least and at > least.start()]
    digits_or_more = [number for at, number in found if number != 1 or "minst" in bare[:at]]
    return next(iter([*after[:1], *digits_or_more]), None) or None


def percent_in(sentence: str) -> int | None:
    """Per cent, from 1 to 100."""
    found = _PERCENT.search(sentence)
    return int(found["percent"]) if found and 1 <= int(found["percent"]) <= 100 else None


def range_in(sentence: str) -> tuple[int, int] | None:
    """From how many to how many."""
    found = _RANGE.search(sentence)
    return (_plain(found["low"]), _plain(found["high"])) if found else None


def numbers_before(sentence: str, words: str) -> list[int]:
    """Every number that stands right before one of these words."""
    return [_plain(one) for one in re.findall(rf"({_DIGITS})\s+(?:{words})", sentence)]


def day_in(sentence: str, year: int, *, only_by: bool = False) -> date | None:
    """The first day that is named, in `year`; `only_by` asks for a "senast" or "före" ahead of it."""
    for found in _DATE.finditer(sentence):
        if only_by and not _BY.search(sentence[max(0, found.start() - 20) : found.start()]):
            continue
        try:
            return date(year, MONTHS.index(found["month"]) + 1, int(found["day"]))
        except ValueError:
            continue
    return None


def _value(found: re.Match[str]) -> int:
    return _plain(found["digits"]) if found["digits"] else WORDS[found["word"]]


def _plain(digits: str) -> int:
    return int("".join(digits.split()))
