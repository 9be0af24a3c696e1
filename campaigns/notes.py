"""A caller's note: at most 280 characters, and a question, never a no, when it may say too much (P§4.8)."""

import re

LONGEST = 280
WORDS = (
    r"\b(sjuk|diagnos|deprim|cancer|demens|psyk|kyrka|kyrkl|mosk|troende|relig|muslim|krist[en]|jud[eai]|skils?mäss"
    r"|skild|missbruk|alkoh|facklig|sexu|bög|lesb|asyl|brott|skuld)|\b(?:19|20)?\d{6}[-+ ]?\d{4}\b"
)
"""Beginnings of words, and a personnummer; the same pattern asks on the phone and here."""
_SENSITIVE = re.compile(WORDS, re.IGNORECASE)


def sensitive(note: str) -> bool:
    """Whether the note may touch health, faith, family or a personnummer: worth asking if the next call needs it."""
    return bool(_SENSITIVE.search(note))


def tidy(note: str) -> str:
    """The note as it is kept: no control characters, single line ends, at most 280 characters."""
    clean = "".join(letter for letter in note.replace("\r\n", "\n") if letter == "\n" or letter.isprintable())
    return clean.strip()[:LONGEST]
