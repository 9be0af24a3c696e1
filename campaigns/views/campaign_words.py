"""The words staff pages use for the states, reasons and to-dos of campaigns."""

from dataclasses import dataclass

from campaigns.models import CampaignState
from organizer.words import N_


@dataclass(frozen=True, slots=True)
class Words:
    """What a state or a reason is called, how its chip looks, and what can be done about it."""

    label: str
    kind: str = ""
    remedy: str = ""


STATES = {
    CampaignState.RUNNING: Words(N_("Pågår"), "ok"),
    CampaignState.PAUSED: Words(N_("Pausad"), "warn"),
    CampaignState.DRAFT: Words(N_("Utkast")),
    CampaignState.CLOSED: Words(N_("Avslutad")),
}

REASONS = {
    "no_number": Words(N_("Saknar telefonnummer som går att ringa"), remedy=N_("Medlemsansvarig kan fylla på numret.")),
    "refused": Words(N_("Har bett att slippa samtal"), remedy=N_("Det respekteras alltid.")),
    "leaving": Words(N_("Vill gå ur"), remedy=N_("Medlemsansvarig hör av sig först.")),
    "distress": Words(N_("Ett samtal blev obehagligt"), remedy=N_("Någon ansvarig behöver höra av sig först.")),
    "wrong_number": Words(N_("Fel nummer"), remedy=N_("Står under Behöver dig.")),
    "moved": Words(N_("Har flyttat"), remedy=N_("Står under Behöver dig.")),
    "left": Words(N_("Är inte medlem längre"), remedy=N_("Inget behöver göras.")),
    "moved_out": Words(N_("Har flyttat från distriktet"), remedy=N_("Inget behöver göras.")),
    "deceased": Words(N_("Har avlidit"), remedy=N_("Inget behöver göras.")),
    "merged": Words(N_("Finns två gånger i registret"), remedy=N_("Personen är kvar under sitt andra namn.")),
    "protected": Words(N_("Skyddade personuppgifter"), remedy=N_("Bara medlemsansvarig i föreningen ser dem.")),
}
OTHER = Words(N_("Kan inte ringas"), remedy="")

NEEDS_YOU = {
    "wrong_number": Words(N_("Fel nummer"), N_("Rätta")),
    "bad_number": Words(
        N_("Sms kommer inte fram"), N_("Rätta"), N_("Numret finns inte längre, eller kan inte ta emot sms.")
    ),
    "moved": Words(N_("Har flyttat"), N_("Skicka vidare")),
    "leaving": Words(N_("Vill gå ur partiet"), N_("Skicka vidare"), N_("Ring inte. Medlemsansvarig tar över.")),
    "deceased": Words(N_("Har avlidit"), N_("Skicka vidare"), N_("Ingen ringer igen. Ta bort ur medlemsregistret.")),
    "distress": Words(
        N_("Obehagligt samtal"), N_("Skicka vidare"), N_("Hör hur ringaren mår, och ring personen själv.")
    ),
    "follow_up": Words(N_("Vill bli kontaktad av någon ansvarig"), N_("Skicka vidare")),
    "language": Words(N_("Talar ett annat språk"), N_("Klart"), N_("Bjud in en ringare som talar språket.")),
    "contested": Words(N_("Två ringare har rapporterat samma person"), N_("Klart"), N_("Båda svaren finns kvar.")),
    "callback_missed": Words(N_("Utlovat samtal blev inte av"), N_("Klart"), N_("Vem som helst kan ringa nu.")),
}
"""label, the one action of its row, and what to know."""


def reason(why: str) -> Words:
    """The words for why somebody is not rung."""
    return REASONS.get(why, OTHER)
