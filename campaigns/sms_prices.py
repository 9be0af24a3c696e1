"""What one part of an SMS costs: at home, and in each country the owner has entered a price for; pure functions."""

import re
from collections.abc import Mapping

from organizer import phones
from organizer.words import N_, Refused

HOME = "+46"
OTHERS = "other"
"""The key of a price that holds in every country without one of its own."""
MOST = 5000
"""Öre for one part, at most."""
_LINE = re.compile(r"(?:\+?([1-9][0-9]{0,2})[ \t:=]+)?([0-9]{1,5})", re.ASCII)


def of(e164: str, home: int, abroad: Mapping[str, int]) -> int | None:
    """Öre for one part to this number; None when no price is known."""
    if e164.startswith(HOME):
        return home
    return abroad.get(phones.country(e164), abroad.get(OTHERS))


def parsed(text: str) -> dict[str, int]:
    """The prices of a field with a country code and öre on each line, or only öre for all others. Raises Refused."""
    prices: dict[str, int] = {}
    for line in filter(None, (one.strip() for one in text.splitlines())):
        found = _LINE.fullmatch(line)
        if found is None or int(found[2]) > MOST or (found[1] and not phones.region(found[1])):
            raise Refused(
                N_("”%(line)s” går inte att läsa. Skriv landskod och öre, till exempel +47 95."), "prices_abroad",
                line=line[:40],
            )  # fmt: skip
        if found[1] == HOME.removeprefix("+"):
            raise Refused(N_("Priset i Sverige har ett eget fält."), "prices_abroad")
        prices[found[1] or OTHERS] = int(found[2])
    return prices


def written(prices: Mapping[str, int]) -> str:
    """The same as it stands in the field."""
    return "\n".join(str(ore) if code == OTHERS else f"+{code} {ore}" for code, ore in prices.items())
