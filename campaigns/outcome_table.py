"""What follows what: every outcome code, its name, what it counts as, and what it does to the queue (P§4.2, D1)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from organizer.models import Kind
from organizer.words import N_


class Effect(StrEnum):
    """What an outcome means for the person's place in the campaign's queue."""

    DONE = "done"
    AGAIN = "again"
    """Back after the campaign's pause for this outcome, until the attempts are used up."""
    CALL_BACK = "call_back"
    """Back at the promised time, first in the queue."""
    OTHER_NUMBER = "other_number"
    """Goes on at once with another number; without one the missing number is the hindrance."""
    SPEAKER = "speaker"
    """Goes on at once, but only with a caller who speaks the language."""
    BLOCKED = "blocked"
    """Not rung until somebody responsible has handled it (J12)."""
    FREED = "freed"
    """It has been handled: goes on at once."""
    REMOVED = "removed"
    OTHERS_FIRST = "others_first"
    UNCHANGED = "unchanged"
    """The row stands as before; what was learnt stands elsewhere (the person, the caller's acquaintances)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way a call can end."""

    code: str
    label: str
    """In Swedish, for gettext."""
    kinds: tuple[Kind, ...]
    """What the ledger records."""
    effect: Effect


_TRIED = (Kind.ATTEMPT,)
_CONTACTED = (Kind.ATTEMPT, Kind.CONTACT)
_TALKED = (Kind.ATTEMPT, Kind.CONTACT, Kind.CONVERSATION)

OUTCOMES: dict[str, Outcome] = {
    one.code: one
    for one in (
        Outcome("reached", N_("Vi pratade"), _TALKED, Effect.DONE),
        Outcome("no_answer", N_("Inget svar"), _TRIED, Effect.AGAIN),
        Outcome("left_message", N_("Lämnade meddelande"), _CONTACTED, Effect.AGAIN),
        Outcome("callback", N_("Ring tillbaka senare"), _TALKED, Effect.CALL_BACK),
        Outcome("wrong_number", N_("Fel nummer"), _TRIED, Effect.OTHER_NUMBER),
        Outcome("opt_out_campaign", N_("Vill inte bli ringd i den här kampanjen"), _TALKED, Effect.REMOVED),
        # The refusal itself takes the person out of every queue, for as long as it holds.
        Outcome("opt_out_calls", N_("Vill inte ha några telefonsamtal"), _TALKED, Effect.DONE),
        Outcome("opt_out_sms", N_("Vill inte ha några sms"), _TALKED, Effect.DONE),
        Outcome("opt_out_all", N_("Vill inte bli kontaktad alls"), _TALKED, Effect.DONE),
        Outcome("busy", N_("Upptaget"), _TRIED, Effect.AGAIN),
        Outcome("language", N_("Talar annat språk"), _TALKED, Effect.SPEAKER),
        Outcome("moved", N_("Har flyttat"), _TALKED, Effect.BLOCKED),
        # The person is blocked everywhere until somebody responsible has handled it; then the call is simply done.
        Outcome("leaving", N_("Vill gå ur partiet"), _TALKED, Effect.DONE),
        Outcome("deceased", N_("Personen har avlidit"), (), Effect.UNCHANGED),
        Outcome("distress", N_("Obehagligt samtal"), _TALKED, Effect.DONE),
        Outcome("conflict", N_("Jag känner personen"), (), Effect.UNCHANGED),
        Outcome("skip", N_("Hoppade över"), (), Effect.OTHERS_FIRST),
    )
}


def kinds(code: str, detail: dict[str, Any]) -> tuple[Kind, ...]:
    """What the ledger records: a callback is a conversation only if the person asked for it themselves (P§4.2)."""
    if code == "callback" and not detail.get("asked", True):
        return _CONTACTED
    return OUTCOMES[code].kinds
