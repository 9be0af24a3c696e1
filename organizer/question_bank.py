"""Ready-made questions to begin with, worded as they should be said (P§1.1, need 11); small tasks come first."""

from organizer.survey_drafts import Asked
from organizer.words import N_

BANK = {
    "wants": Asked(
        N_("Vad skulle du vilja vara med på?"),
        "many",
        (N_("Baka eller hjälpa till en stund"), N_("Dela ut flygblad"), N_("Ringa medlemmar"), N_("Studiecirkel"),
         N_("Möten"), N_("Inget just nu")),
        ("", "action", "", "course", "meeting", ""),
    ),
    "often": Asked(
        N_("Hur ofta har du tid?"), "one",
        (N_("Någon gång om året"), N_("Någon gång i månaden"), N_("Varje vecka"), N_("Inte just nu")),
    ),
    "skills": Asked(N_("Är det något du är bra på som föreningen kan ha nytta av?"), "text"),
    "assignment": Asked(N_("Kan du tänka dig ett uppdrag för partiet?"), "yes_no"),
    "feels": Asked(N_("Hur nöjd är du med din förening, från 1 till 5?"), "scale"),
    "missing": Asked(N_("Vad saknar du?"), "text"),
    "course": Asked(N_("Vill du gå en utbildning i höst?"), "yes_no"),
}  # fmt: skip
"""By a name that forms send; the texts are Swedish and are shown in the reader's language."""
