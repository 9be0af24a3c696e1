"""The five kinds of campaign a district starts from, each with its target, words and questions filled in (P§4, D3)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaigns.models import Template
from organizer.words import N_

PAUSES = {"no_answer": 20 * 60, "left_message": 48 * 60, "busy": 30}
"""Minutes until the next attempt (P§4.2)."""
WEEKS = 4

QuestionDraft = dict[str, Any]
WHAT: QuestionDraft = {
    "text": "Vad skulle du vilja vara med på?", "kind": "many",
    "options": ["Träffar och fika", "Studiecirkel", "Dela ut flygblad", "Ringa andra medlemmar", "Uppdrag i styrelsen"],
}  # fmt: skip
HOW_OFTEN: QuestionDraft = {
    "text": "Hur ofta skulle det passa dig?", "kind": "one",
    "options": ["Någon gång i månaden", "Någon gång per termin", "Bara inför valet", "Inte just nu"],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """A kind of campaign before anyone has changed a word of it."""

    template: Template
    label: str
    about: str
    goal_words: str
    """What follows *Mål: att 80 …*; what it takes for a person to be done (D3)."""
    title: str
    target: Callable[[date], list[dict[str, Any]]]
    opening: str
    steps: tuple[str, ...]
    questions: tuple[QuestionDraft, ...] = ()
    standing: bool = False
    needs_activity: bool = False


GREETING = "Hej {förnamn}! Jag heter {ringare} och ringer från {förening}."

READY_MADE: dict[str, ReadyMade] = {
    one.template: one
    for one in (
        ReadyMade(
            Template.NEW_MEMBERS, N_("Välkomna nya medlemmar"),
            N_("Alla som gått med de senaste 90 dagarna blir kontaktade och inbjudna. Fyller på sig själv vid varje import."),
            N_("talas vid och bjuds in"), "Välkomna nya medlemmar",
            lambda _today: [{"kind": "joined_within", "days": 90}],
            f"{GREETING} Jag vill bara säga välkommen till oss!",
            ("Fråga hur {förnamn} hittade hit.", "Berätta kort om vad föreningen gör just nu.",
             "Bjud in till {aktivitet} {datum} kl. {tid}, {plats}."),
            (WHAT,), standing=True,
        ),
        ReadyMade(
            Template.ACTIVATE, N_("Aktivera medlemmar"),
            N_("De som inte deltagit på ett år får frågan vad de vill vara med på."),
            N_("anmäler sig till något"), "Aktivera",
            lambda _today: [{"kind": "not_active_since", "days": 365}],
            f"{GREETING} Vi ringer runt och hör vad medlemmarna vill vara med på. Har du tid en stund?",
            ("Fråga vad {förnamn} skulle vilja vara med på. Alla insatser räknas.",
             "Bjud in till {aktivitet} {datum} kl. {tid}, {plats}."),
            (WHAT, HOW_OFTEN),
        ),
        ReadyMade(
            Template.RENEW, N_("Förnya medlemskapet"),
            N_("De som inte har betalat årets avgift blir påminda och får hjälp."),
            N_("förnyar"), "Förnya",
            lambda today: [{"kind": "renewed", "year": today.year, "is": False}],
            f"{GREETING} Vi ser att medlemsavgiften för i år inte har kommit in än.",
            ("Fråga om {förnamn} vill vara kvar, och om något har gjort det krångligt att betala.",
             "Berätta hur man betalar.", "Tacka för samtalet, vad svaret än blir."),
        ),
        ReadyMade(
            Template.MOBILISE, N_("Samla till en aktivitet"),
            N_("Alla i målgruppen blir inbjudna till en viss aktivitet."),
            N_("svarar ja eller nej"), "Ring in till aktivitet",
            lambda _today: [],
            f"{GREETING} Jag ringer för att bjuda in dig till {{aktivitet}}.",
            ("Berätta om {aktivitet} {datum} kl. {tid}, {plats}.", "Fråga om {förnamn} kommer, och om det behövs skjuts."),
            needs_activity=True,
        ),
        ReadyMade(
            Template.HOW_ARE_YOU, N_("Hör hur det är"),
            N_("De som ingen har talat med på ett år får ett samtal."),
            N_("talas vid"), "Hör hur det är",
            lambda _today: [{"kind": "not_contacted_since", "days": 365}],
            f"{GREETING} Det var länge sedan vi hördes. Hur är det med dig?",
            ("Lyssna. Fråga vad {förnamn} tycker att föreningen borde göra.", "Fråga om det är något vi kan hjälpa till med."),
        ),
    )
}  # fmt: skip


def season(today: date) -> str:
    """Part of a title: "höst 2026"."""
    return f"{'vår' if today.month < 6 else 'sommar' if today.month < 9 else 'höst'} {today.year}"
