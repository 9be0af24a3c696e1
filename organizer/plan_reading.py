"""Reading a pasted plan: its headings and sentences, and how each could be measured. Suggests only; people confirm."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from organizer.plan_catalogue import CATALOGUE, PLACES, Entry
from organizer.plan_numbers import day_in, number_in, numbers_before, numbers_in, percent_in, range_in
from organizer.words import Refused

MOST_TEXT = 40_000
"""Characters that are read at a time: a long plan has about half."""
MOST_GOALS = 60
"""Suggestions shown at a time."""
LONGEST = 300
"""Characters of a goal."""

_BULLET = re.compile(r"^\s*(?:[-–—•*·▪◦●➢]|o(?=\s)|\d{1,2}[.)]|[a-zåäö]\))\s+")
_HEADING = re.compile(r"^\s*(?:#{1,4}\s*)?(?:\d{1,2}(?:\.\d{1,2})*\.?\s+)?(?P<words>[^.!?;,]{2,70}?):?\s*$")
_SENTENCES = re.compile(
    r"(?<=[.!?])(?<!t\.ex\.)(?<!bl\.a\.)(?<!m\.m\.)(?<!d\.v\.s\.)(?<!kl\.)(?<!s\.k\.)\s+(?!Ansvariga?:)(?=[A-ZÅÄÖ”\"])"
)
_MEANT = re.compile(
    r"\b(ska|skall|bör|minst|senast|målet|mål är|öka[rs]?|genomför[as]*|anordna[s]?|arrangera[s]?|erbjud(a|as|er)|stött?a|"
    r"verka för|utveckla|skapa|utse|träffas|hålla|ta fram|sträva|uppmuntra|starta|bilda|fördela|följa upp|varje|växa)\b"
)
_ANSWERS = re.compile(r"\s*[(\[]?\bansvarig(?:a)?\s*:\s*(?P<who>[^.;()\[\]]{2,60})[)\].;]?", re.IGNORECASE)
_EVERY_PLACE = re.compile(r"\b(varje|alla|samtliga)\b[^.]{0,20}f[öo]re?ning")
_OFTEN = (
    ("per_month", re.compile(r"(i|per|varje|en gång i|gånger i) månad(en)?\b|månatlig|månadsvis")),
    ("per_quarter", re.compile(r"kvartal")),
    ("per_half", re.compile(r"halvår|(vår|våren)\b.{0,40}\b(höst|hösten)\b|vår och höst")),
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One goal that the text may mean; `kept` is whether it is ticked from the start."""

    section: str
    text: str
    entry: str
    rule: str
    target: int | None = None
    baseline: int | None = None
    due_on: date | None = None
    scope: str = "whole"
    office: str = ""
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was read; `left` is where the reading stopped, the beginning of a sentence, if it did."""

    suggestions: tuple[Suggestion, ...]
    left: str = ""


def read(text: str, year: int, *, association: bool = False) -> Pasted:
    """Suggest goals for every sentence of a plan, in its order; Refused in words when there is too much or nothing.

    What fits nothing in the catalogue becomes something to tick off. An association's plan is about itself.
    """
    if len(text) > MOST_TEXT:
        raise Refused(
            "Texten är för lång: högst %(most)s tecken åt gången, och det här är %(number)s. Klistra in ett avsnitt i taget. Inget är sparat.",
            field="text", most=f"{MOST_TEXT:,}".replace(",", " "), number=f"{len(text):,}".replace(",", " "),
        )  # fmt: skip
    found: list[Suggestion] = []
    seen: set[str] = set()
    for section, sentence, bullet in sentences(text):
        if sentence.casefold() in seen:
            continue
        seen.add(sentence.casefold())
        some = suggest(sentence, year, association=association)
        if len(found) + len(some) > MOST_GOALS:
            return Pasted(tuple(found), sentence[:80])
        meant = bullet or bool(_MEANT.search(sentence.casefold()))
        found += [replace(one, section=section, kept=one.entry != "yes_no" or meant) for one in some]
    if not found:
        raise Refused("Det finns inga meningar att läsa. Klistra in planens text.", field="text")
    return Pasted(tuple(found))


def suggest(sentence: str, year: int, *, association: bool = False) -> list[Suggestion]:
    """How one sentence could be measured: perhaps in several ways, else as something to tick off."""
    answers = _ANSWERS.search(sentence)
    office = " ".join(answers["who"].split()) if answers else ""
    text = _shortened(_ANSWERS.sub("", sentence).strip() if answers else sentence)
    found = [
        replace(one, scope="whole" if association else one.scope, office=office)
        for entry in _fitting(sentence.casefold())
        for one in _filled(entry, text, sentence.casefold(), year)
    ]
    return found or [Suggestion("", text, "yes_no", "done", due_on=day_in(sentence.casefold(), year), office=office)]


def sentences(text: str) -> Iterator[tuple[str, str, bool]]:
    """(heading, sentence, whether it is a point of a list) of a text pasted from anywhere."""
    section = ""
    for block, bullet in _blocks(text):
        heading = _heading(block, bullet)
        if heading:
            section = heading
            continue
        for sentence in _SENTENCES.split(block):
            tidy = " ".join(sentence.split())
            if len(tidy) >= 8 and any(sign.isalpha() for sign in tidy):
                yield section, tidy, bool(bullet)


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Paragraphs and points of lists with their signs; lines that a PDF has broken are put together again."""
    held, bullet = "", ""
    for line in text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00ad", "").split("\n"):
        tidy = line.strip()
        point = _BULLET.match(line)
        goes_on = held and tidy and not point and (tidy[0].islower() or (len(held) > 60 and held[-1] not in ".:!?"))
        if goes_on:
            held = held[:-1] + tidy if held.endswith("-") and tidy[0].islower() else f"{held} {tidy}"
            continue
        if held:
            yield held, bullet
        held, bullet = (_BULLET.sub("", line).strip(), point[0].strip()) if point else (tidy, "")
    if held:
        yield held, bullet


def _heading(block: str, bullet: str) -> str:
    """The heading that a block is; empty for a sentence. A numbered point may be one too: "2. Organisering"."""
    heading = _HEADING.match(block)
    numbered = bullet[:1].isdecimal() and (block.isupper() or not _fitting(block.casefold()))
    if not heading or (bullet and not numbered) or len(block.split()) > 9 or _MEANT.search(block.casefold()):
        return ""
    return heading["words"].strip()[:80]


def _fitting(sentence: str) -> list[Entry]:
    """The entries that a sentence means, one of each family."""
    found: list[Entry] = []
    for entry in CATALOGUE.values():
        if not entry.finds or (entry.family and entry.family in {one.family for one in found}):
            continue
        if entry.unless and re.search(entry.unless, sentence):
            continue
        if all(re.search(pattern, sentence) for pattern in entry.finds):
            found.append(entry)
    return found


def _filled(entry: Entry, text: str, sentence: str, year: int) -> list[Suggestion]:
    """An entry with the rule, the number and the day that the sentence gives; the usual ones where it gives none."""
    one = Suggestion("", text, entry.key, entry.rules[0], entry.target, scope=_scope(entry, sentence))
    if entry.count == "number":
        return _read_numbers(one, sentence)
    rule, number, percent = _how_often(entry, sentence), number_in(sentence), percent_in(sentence)
    if number == 1 and entry.key == "course_themes":
        number = None  # one in each of the areas, which are counted
    if percent is not None and "percent" in entry.rules:
        one = replace(one, rule="percent", target=percent)
    elif rule:
        one = replace(one, rule=rule, target=_each_time(rule, sentence) or number or 1)
    elif entry.key == "members" and numbers_before(sentence, "medlemmar"):
        one = replace(one, rule="at_least", target=numbers_before(sentence, "medlemmar")[0])
    elif number is not None and "at_least" in entry.rules and entry.rules[0] != "more":
        one = replace(one, rule="at_least", target=number)
    day = day_in(sentence, year, only_by=True)
    return [replace(one, due_on=day, target=None if one.rule in {"all", "more"} else one.target)]


def _read_numbers(one: Suggestion, sentence: str) -> list[Suggestion]:
    """A number that somebody reads: from one to another, or several of them in one sentence."""
    between = range_in(sentence)
    if between:
        return [replace(one, baseline=between[0], target=between[1])]
    several = numbers_before(sentence, r"följare|gilla|prenumerant")
    return [replace(one, target=number) for number in several] or [one]


def _how_often(entry: Entry, sentence: str) -> str:
    return next((rule for rule, words in _OFTEN if rule in entry.rules and words.search(sentence)), "")


def _each_time(rule: str, sentence: str) -> int | None:
    """How many in each month, quarter or half: of several numbers the last before it ("fyra möten, ett i kvartalet")."""
    words = next(words for one, words in _OFTEN if one == rule).search(sentence)
    before = numbers_in(sentence[: words.start()]) if words else []
    return before[-1] if len(before) > 1 else None


def _scope(entry: Entry, sentence: str) -> str:
    """Of each association, where the sentence says so and the measure does not count associations already."""
    if entry.unit != PLACES and not entry.people and "at_least" in entry.rules and _EVERY_PLACE.search(sentence):
        return "every"
    return entry.scope


def _shortened(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rsplit(" ", 1)[0][: LONGEST - 1] + "…"
