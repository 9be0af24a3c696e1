"""What an incoming SMS means: STOPP in its forms, near-misses for a human, START, and yes or no; pure functions."""

import difflib
import re
import unicodedata

from campaigns.models import Meaning

STOP = frozenset({
    "stopp", "stop", "stoppa", "avsluta", "sluta", "avregistrera", "avanmäl", "avanmäla", "avprenumerera", "avbeställ",
    "unsubscribe", "stopall", "optout", "end", "quit", "cancel", "revoke",
})  # fmt: skip
"""First words that end all SMS when at most two more follow (P§5.6, twilio.md B8). NEJ is never among them."""
PROVIDERS_OWN = frozenset({"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"})
"""Alone in a message, these are answered by the provider itself, which then stops everything from us too."""
START = frozenset({"start", "starta", "unstop", "börja"})
YES = frozenset({"ja", "japp", "javisst", "jodå", "jo", "yes"})
NO = frozenset({"nej", "nä", "näe", "nope", "no"})
_PERHAPS = re.compile(
    r"\b(stopp|stop|unsubscribe|avregistrera|avanmäl\w*|avprenumerera|slipp\w*|sluta|inga fler|ta bort mig|"
    r"ta bort (mitt )?nummer|vill inte ha|inte (längre )?(få|ha) (fler |några )?(sms|meddelanden))\b"
)
_LIKE = ("stopp", "avsluta", "avregistrera")
_UNLIKE = frozenset({"topp", "toppen", "stoppar", "stort", "stor"})


def meaning(body: str, *, opt_out: str = "", asked: bool = False) -> Meaning:
    """What a message is taken for; `opt_out` = what the provider itself took it for, `asked` = we asked for a yes or no.

    In doubt it is a text for a human to read: a STOPP is never guessed, and never overlooked.
    """
    if opt_out in {"STOP", "START"}:
        return Meaning(opt_out.lower())
    body = "".join(one for one in unicodedata.normalize("NFKC", body) if unicodedata.category(one) != "Cf")
    words = re.findall(r"[a-zåäöéü]+", body.casefold().replace("opt-out", "optout").replace("opt out", "optout"))
    first, short = words[0] if words else "", len(words) <= 3 and "inte" not in words
    if first in STOP and short:
        return Meaning.STOP
    if first in STOP or _PERHAPS.search(" ".join(words)) or (short and _nearly_stop(first)):
        return Meaning.MAYBE_STOP
    if first in START and len(words) <= 2:
        return Meaning.START
    if asked and short and first in YES | NO:
        return Meaning.YES if first in YES else Meaning.NO
    return Meaning.TEXT


def answered_by_provider(body: str, opt_out: str) -> bool:
    """Whether the provider answers this STOP by itself, so that a receipt of ours would come twice or not at all."""
    return bool(opt_out) or body.strip().casefold() in PROVIDERS_OWN


def _nearly_stop(word: str) -> bool:
    squeezed = re.sub(r"(.)\1+", r"\1", word)
    return word not in _UNLIKE and (squeezed == "stop" or bool(difflib.get_close_matches(word, _LIKE, 1, 0.75)))
