"""What every figure means, in words: its name, what is counted, of what, an example and where it comes from."""

from dataclasses import dataclass

from organizer.activation import ACTIVE_DAYS, EFFECT_DAYS, SIGN_UP_DAYS
from organizer.membership import IN_TIME_DAYS, NEW_DAYS
from organizer.words import N_


@dataclass(frozen=True, slots=True)
class Definition:
    """One figure: Swedish sentences, marked for translation, with the same limits as the code that counts."""

    key: str
    name: str
    part: str
    whole: str
    example: str
    source: str


LIMITS = {
    "active": ACTIVE_DAYS, "effect": EFFECT_DAYS, "sign_up": SIGN_UP_DAYS, "in_time": IN_TIME_DAYS, "new": NEW_DAYS,
}  # fmt: skip
"""The values of the sentences below, from the rules that use them."""

_LEDGER = N_("Händelser som skrivs när ett samtal rapporteras, någon anmäler sig, deltar eller gör en insats")
_REGISTER = N_("Medlemsregistret, som det såg ut vid senaste importen")
_T = N_(
    "Alla i kampanjens målgrupp, även de som kom med senare. Avlidna, skyddade och utflyttade ur distriktet räknas inte"
)
_TARGET_OR_MEMBERS = N_("I en kampanj: målgruppen. För en period: medlemmarna på periodens sista dag")

DEFINITIONS = (
    Definition(
        "members", N_("Medlemmar"), N_("Personer vars medlemskap i föreningen gäller den dagen"), N_("Är själv nämnare till det mesta"),
        N_("Den som går ur den 1 mars är medlem till och med den 28 februari."), _REGISTER,
    ),
    Definition(
        "growth", N_("Förändring"), N_("Nya och inflyttade minus de som gått ur, flyttat eller avlidit"), N_("Ingen: delarna skrivs alltid ut"),
        N_("14 nya och 7 som slutat blir 7 fler."), _REGISTER,
    ),
    Definition(
        "active", N_("Aktiva medlemmar"),
        N_("Medlemmar som deltagit i en aktivitet, gjort en uppgift eller insats eller haft ett uppdrag de senaste %(active)s dagarna. Att anmäla sig räcker inte"),
        N_("Alla medlemmar samma dag"), N_("43 av 121 medlemmar har gjort något på ett år: 36 procent."), _LEDGER,
    ),
    Definition(
        "new_n", N_("Nya kontaktade i tid"),
        N_("Nya medlemmar som fått ett samtal, ett meddelande eller annan personlig kontakt inom %(in_time)s dagar. Massutskick räknas inte"),
        N_("De som blev medlemmar under perioden och antingen har kontaktats eller har väntat i %(in_time)s dagar"),
        N_("Den som blev medlem i går och ännu inte har kontaktats är inte med i något av talen."), _LEDGER,
    ),
    Definition(
        "new_inv", N_("Nya inbjudna i tid"), N_("Nya medlemmar som blivit inbjudna till något inom %(in_time)s dagar"),
        N_("De som blev medlemmar under perioden och antingen har bjudits in eller har väntat i %(in_time)s dagar"),
        N_("Kontaktad och inbjuden är två olika saker och räknas var för sig."), _LEDGER,
    ),
    Definition(
        "renewed", N_("Har förnyat"), N_("De som betalat årets avgift till och med den dagen"),
        N_("Medlemmarna den 1 januari, utom avlidna och de som flyttat ur distriktet. Den som gått ur räknas kvar"),
        N_("97 av 114 har betalat: 85 procent."), _REGISTER,
    ),
    Definition(
        "sought", N_("Sökta"), N_("Personer som vi ringt minst en gång"), _TARGET_OR_MEMBERS,
        N_("Den som fått tre samtal utan svar är en sökt person, inte tre."), _LEDGER,
    ),
    Definition(
        "contacted", N_("Kontaktade"),
        N_("Personer som vi pratat med eller lämnat ett meddelande till. För en period räknas även levererade sms"), _TARGET_OR_MEMBERS,
        N_("Ett meddelande på telefonsvararen är kontakt men inte ett samtal."), _LEDGER,
    ),
    Definition(
        "reached", N_("Nådda"), N_("Personer som vi pratat med, även de som bad oss ringa senare eller inte bli ringda mer"), _TARGET_OR_MEMBERS,
        N_("48 av 78 i målgruppen har pratat med oss: 62 procent."), _LEDGER,
    ),
    Definition(
        "responded", N_("Svarat"), N_("Personer som svarat på en fråga, anmält sig eller tackat nej"), _TARGET_OR_MEMBERS,
        N_("Den som anmäler sig och sedan ångrar sig har ändå svarat."), _LEDGER,
    ),
    Definition(
        "signed_up", N_("Anmälda"), N_("Personer med en anmälan som inte tagits tillbaka, gjord senast %(sign_up)s dagar efter kampanjens slut"),
        _TARGET_OR_MEMBERS, N_("Den som tar tillbaka sin anmälan försvinner ur talet."), _LEDGER,
    ),
    Definition(
        "attended", N_("Deltagit"), N_("Personer som kommit till en aktivitet senast %(effect)s dagar efter kampanjens slut"), _TARGET_OR_MEMBERS,
        N_("Talet kan växa efter att kampanjen är slut."), _LEDGER,
    ),
    Definition(
        "activated", N_("Aktiverade"), N_("De som inte var aktiva från början men deltagit eller gjort en insats senast %(effect)s dagar efter kampanjens slut"),
        N_("De som inte var aktiva när de kom med, eller när perioden började"),
        N_("Av 50 som inte gjort något på ett år kom 6 igång: 6 av 50."), _LEDGER,
    ),
    Definition(
        "target", N_("Målgrupp"), N_("Personer som kampanjen är till för, i den förening de hörde till när de kom med"), _T,
        N_("Den som flyttar inom distriktet räknas kvar i den gamla föreningen."), _LEDGER,
    ),
    Definition(
        "waiting", N_("Nya som väntar"), N_("Medlemmar i högst %(new)s dagar som ingen har kontaktat personligen"), N_("Ingen: varje person är en att ringa"),
        N_("Blev medlem för 11 dagar sedan: har väntat i 11 dagar."), _LEDGER,
    ),
)  # fmt: skip
NAMES = {definition.key: definition.name for definition in DEFINITIONS}
"""The name of each figure, the same on every page."""
