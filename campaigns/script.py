"""What the caller says: texts with merge fields such as {förnamn}, checked when they are written."""

import re
from collections.abc import Iterable, Mapping

from campaigns import sms_text
from organizer.words import Refused

FIELDS = ("förnamn", "ringare", "förening", "aktivitet", "datum", "tid", "plats")
"""The member's first name, the caller's, the association; the activity's title, day, time and place."""
OF_ACTIVITY = frozenset({"aktivitet", "datum", "tid", "plats"})
_FIELD = re.compile(r"\{([^{}|]*)(?:\|[^{}]*)?\}")
_FALLBACK = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ])")


def fields(texts: Iterable[str]) -> set[str]:
    """The merge fields used in some texts."""
    return {name.strip() for text in texts for name in _FIELD.findall(text)}


def check(text: str, field: str) -> None:
    """Refuse an unknown merge field, with a suggestion, or a lonely brace; `field` names the form field."""
    try:
        sms_text.check(text, FIELDS)
    except Refused as refusal:
        raise Refused(refusal.sentence, field=field, **refusal.values) from refusal


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text as it should be said; a field without a value disappears together with its space."""
    return sms_text.filled(text, {name: values.get(name, "") for name in FIELDS})


def without_activity(text: str) -> str:
    """The text without the sentences that need an activity: what is said when none of the campaign's lies ahead."""
    kept = (
        one for one in _SENTENCE.split(text) if not any(_needs_activity(*found) for found in _FALLBACK.findall(one))
    )
    return " ".join(kept).strip()


def pieces(text: str) -> list[tuple[str, bool]]:
    """The text cut at its merge fields: (piece, is a field), for showing the fields marked."""
    return [(piece, bool(n % 2)) for n, piece in enumerate(re.split(r"(\{[^{}]*\})", text)) if piece]


def _needs_activity(name: str, fallback: str) -> bool:
    return name.strip() in OF_ACTIVITY and not fallback
