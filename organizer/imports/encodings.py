"""Which letters a text file is written in: strict where it can be, scored by å, ä and ö where it cannot (sweden.md C5)."""

import codecs
from typing import BinaryIO

from organizer.words import N_, Refused

UNREADABLE = N_(
    "Det går inte att läsa filens bokstäver. Vi har provat UTF-8, UTF-16 och Windows-1252. "
    "Spara filen som ”CSV UTF-8” eller som Excelfil och försök igen. Inget har sparats."
)
NOT_A_TABLE = N_(
    "Det här är ingen tabell. Välj en CSV-fil eller en Excelfil (xlsx) med rubriker på första raden. Inget har sparats."
)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_OLD = ("cp1252", "cp850", "mac_roman")
_SWEDISH = frozenset("åäöÅÄÖéÉüÜ")
_PIECE = 1 << 20
NAMES = {"cp1252": "windows-1252"}
"""What people call an encoding, where Python calls it something else."""


def encoding_of(file: BinaryIO) -> str:
    """The encoding of a text file; raises Refused when it is no text at all. The file is left at its beginning."""
    file.seek(0)
    head = file.read(4096)
    for mark, name in _BOMS:
        if head.startswith(mark):
            return _checked(file, name)
    if head.count(0) * 50 > len(head):  # one stray zero is dirt, many are another kind of file
        return _checked(file, _without_mark(head))
    try:
        return _checked(file, "utf-8")
    except Refused:
        return _best_old(file)
    finally:
        file.seek(0)


def _checked(file: BinaryIO, name: str) -> str:
    """The name, if every byte of the file fits it."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        while piece := file.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeError:
        raise Refused(UNREADABLE) from None
    finally:
        file.seek(0)
    return name


def _without_mark(head: bytes) -> str:
    """UTF-16 that forgot to say so has a zero in every other byte."""
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    if head[0::2].count(0) > len(head) // 4:
        return "utf-16-be"
    raise Refused(NOT_A_TABLE)


def _best_old(file: BinaryIO) -> str:
    """The one-byte encoding whose letters look most like Swedish; Windows-1252 when two look alike."""
    file.seek(0)
    plain = bytes(range(128))
    odd = bytearray()
    while (piece := file.read(_PIECE)) and len(odd) < 200_000:
        odd += piece.translate(None, plain)
    scores: dict[str, float] = {}
    for name in _OLD:
        try:
            letters = bytes(odd).decode(name)
        except UnicodeDecodeError:
            continue
        scores[name] = sum(letter in _SWEDISH for letter in letters) / max(1, len(letters))
    best = max(scores, key=lambda name: scores[name], default="")
    if not best or (scores[best] < 0.25 and best != "cp1252"):
        raise Refused(UNREADABLE)
    return _checked(file, best)
