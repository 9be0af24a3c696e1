"""What the caller says: texts with merge fields such as {förnamn}, checked when written and filled in when shown."""

import difflib
import re
from collections.abc import Iterable, Mapping

from organizer.words import Refused

FIELDS = ("förnamn", "ringare", "förening", "aktivitet", "datum", "tid", "plats")
"""The member's first name, the caller's, the association; the activity's title, day, time and place."""
OF_ACTIVITY = frozenset({"aktivitet", "datum", "tid", "plats"})
_FIELD = re.compile(r"\{([^{}]*)\}")


def fields(texts: Iterable[str]) -> set[str]:
    """The merge fields used in some texts."""
    return {name.strip().casefold() for text in texts for name in _FIELD.findall(text)}


def check(text: str, field: str) -> None:
    """Refuse an unknown merge field or a lonely brace, with a suggestion; `field` names the form field."""
    for name in _FIELD.findall(text):
        if name.strip().casefold() in FIELDS:
            continue
        near = difflib.get_close_matches(name.strip().casefold(), FIELDS, n=1, cutoff=0.5)
        if near:
            raise Refused("Fältet {%(wrong)s} finns inte. Menade du {%(right)s}?",
                          field=field, wrong=name.strip()[:40], right=near[0])  # fmt: skip
        raise Refused("Fältet {%(wrong)s} finns inte. De som finns är: %(known)s.",
                      field=field, wrong=name.strip()[:40], known=_known())  # fmt: skip
    if re.search(r"[{}]", _FIELD.sub("", text)):
        raise Refused("En klammer saknar sin andra hälft. Fälten skrivs så här: %(known)s.",
                      field=field, known=_known())  # fmt: skip


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text as it should be said; a field without a value disappears together with the space before it."""

    def value(match: re.Match[str]) -> str:
        said = values.get(match[2].strip().casefold(), "")
        return f"{match[1]}{said}" if said else ""

    return re.sub(r"([^\S\n]?)\{([^{}]*)\}", value, text)


def pieces(text: str) -> list[tuple[str, bool]]:
    """The text cut at its merge fields: (piece, is a field), for showing the fields marked."""
    return [(piece, bool(n % 2)) for n, piece in enumerate(_FIELD.split(text)) if piece]


def _known() -> str:
    return " ".join(f"{{{name}}}" for name in FIELDS)
