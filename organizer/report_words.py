"""How a report writes numbers, shares, days and lists, in both languages: one way for each number of things."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from babel.dates import format_date

from organizer.activation import Share
from organizer.languages import say
from organizer.small_groups import MODEST
from organizer.words import N_

NUMERALS = {
    "sv": (
        "noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv", "tretton",
        "fjorton", "femton", "sexton", "sjutton", "arton", "nitton", "tjugo",
    ),
    "en": (
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
    ),
}  # fmt: skip
"""Up to twenty a number is a word, unless a larger one stands in the same sentence: then all of them are figures."""
SPELT = 20
Phrase = tuple[str, str, str]
"""None, one and many of something; the last has %(n)s."""
PEOPLE: Phrase = (N_("ingen"), N_("en"), N_("%(n)s"))
MEMBERS: Phrase = (N_("inga medlemmar"), N_("en medlem"), N_("%(n)s medlemmar"))


@dataclass(frozen=True, slots=True)
class Words:
    """A language, and whether the sentence being written has its numbers in figures."""

    language: str
    figures: bool = False

    def among(self, *numbers: int | None) -> "Words":
        """For a sentence with these numbers: they are all written the same way."""
        return replace(self, figures=any((one or 0) > SPELT for one in numbers))

    def say(self, sentence: str, **values: Any) -> str:
        """A sentence, or a piece of one, in the language."""
        return say(self.language, sentence, **values)

    def sentence(self, sentence: str, **values: Any) -> str:
        """A whole sentence, with a capital."""
        said = self.say(sentence, **values)
        return said[:1].upper() + said[1:]

    def number(self, number: int) -> str:
        """A number alone: två; 1 234 (1,234 in English)."""
        if 0 <= number <= SPELT and not self.figures:
            return NUMERALS[self.language][number]
        return self.in_figures(number)

    def in_figures(self, number: int) -> str:
        """1 234 in Swedish, 1,234 in English."""
        return f"{number:,}" if self.language == "en" else f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")

    def count(self, number: int, phrase: Phrase) -> str:
        """So many of something: inga nya medlemmar, en ny medlem, två nya medlemmar."""
        none, one, many = phrase
        if number == 0:
            return self.say(none)
        return self.say(one) if number == 1 else self.say(many, n=self.number(number))

    def of(self, share: Sequence[int]) -> str:
        """Some of the whole, to be followed by a noun or by who they are: 64 av de 90; ingen av de nio."""
        part, whole = share
        if part == 0:
            return self.say(N_("ingen av de %(whole)s"), whole=self.number(whole))
        if part == whole:
            return self.say(N_("alla de %(whole)s"), whole=self.number(whole))
        if part == 1:
            return self.say(N_("en av de %(whole)s"), whole=self.number(whole))
        return self.say(N_("%(part)s av de %(whole)s"), part=self.number(part), whole=self.number(whole))

    def in_percent(self, share: Sequence[int]) -> str:
        """The share in brackets after the people; nothing of fewer than twenty, where percent says too much (P§6.3)."""
        return self.say(N_(" (%(percent)s procent)"), percent=Share(*share).percent) if share[1] >= MODEST else ""

    def share(self, share: Sequence[int]) -> str:
        """80 procent; of fewer than twenty: sju av tolv."""
        if share[1] >= MODEST:
            return self.say(N_("%(percent)s procent"), percent=Share(*share).percent)
        return self.say(N_("%(part)s av %(whole)s"), part=self.number(share[0]), whole=self.number(share[1]))

    def day(self, iso: str) -> str:
        """3 maj 2026; 3 May 2026."""
        return str(format_date(date.fromisoformat(iso), "d MMMM y", locale=self.language))

    def short_day(self, iso: str) -> str:
        """3 maj; 3 May: in tables of one year."""
        return str(format_date(date.fromisoformat(iso), "d MMM", locale=self.language)).replace(".", "")

    def listed(self, parts: Sequence[str]) -> str:
        """A, b och c."""
        if len(parts) < 2:
            return "".join(parts)
        return self.say(N_("%(first)s och %(last)s"), first=", ".join(parts[:-1]), last=parts[-1])
