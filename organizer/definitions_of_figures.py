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
    formula: str = ""
    """The same as a sum in words; figures that goals and reports use have one."""


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
        N_("medlemmar den dagen"),
    ),
    Definition(
        "growth", N_("Förändring"), N_("Nya och inflyttade minus de som gått ur, flyttat eller avlidit"), N_("Ingen: delarna skrivs alltid ut"),
        N_("14 nya och 7 som slutat blir 7 fler."), _REGISTER,
        N_("nya + inflyttade − utgångna − utflyttade − avlidna"),
    ),
    Definition(
        "active", N_("Aktiva medlemmar"),
        N_("Medlemmar som deltagit i en aktivitet, gjort en uppgift eller insats eller haft ett uppdrag de senaste %(active)s dagarna. Att anmäla sig räcker inte"),
        N_("Alla medlemmar samma dag"), N_("43 av 121 medlemmar har gjort något på ett år: 36 procent."), _LEDGER,
        N_("aktiva medlemmar ÷ medlemmar samma dag"),
    ),
    Definition(
        "new_n", N_("Nya kontaktade i tid"),
        N_("Nya medlemmar som fått ett samtal, ett meddelande eller annan personlig kontakt inom %(in_time)s dagar. Massutskick räknas inte"),
        N_("De som blev medlemmar under perioden och antingen har kontaktats eller har väntat i %(in_time)s dagar"),
        N_("Den som blev medlem i går och ännu inte har kontaktats är inte med i något av talen."), _LEDGER,
        N_("nya kontaktade inom %(in_time)s dagar ÷ nya medlemmar"),
    ),
    Definition(
        "new_inv", N_("Nya inbjudna i tid"), N_("Nya medlemmar som blivit inbjudna till något inom %(in_time)s dagar"),
        N_("De som blev medlemmar under perioden och antingen har bjudits in eller har väntat i %(in_time)s dagar"),
        N_("Kontaktad och inbjuden är två olika saker och räknas var för sig."), _LEDGER,
        N_("nya inbjudna inom %(in_time)s dagar ÷ nya medlemmar"),
    ),
    Definition(
        "renewed", N_("Har förnyat"), N_("De som betalat årets avgift till och med den dagen"),
        N_("Medlemmarna den 1 januari, utom avlidna och de som flyttat ur distriktet. Den som gått ur räknas kvar"),
        N_("97 av 114 har betalat: 85 procent."), _REGISTER,
        N_("har betalat ÷ medlemmar den 1 januari"),
    ),
    Definition(
        "sought", N_("Sökta"), N_("Personer som vi ringt minst en gång"), _TARGET_OR_MEMBERS,
        N_("Den som fått tre samtal utan svar är en sökt person, inte tre."), _LEDGER,
        N_("sökta ÷ målgruppen eller medlemmarna"),
    ),
    Definition(
        "contacted", N_("Kontaktade"),
        N_("Personer som vi pratat med eller lämnat ett meddelande till. För en period räknas även levererade sms"), _TARGET_OR_MEMBERS,
        N_("Ett meddelande på telefonsvararen är kontakt men inte ett samtal."), _LEDGER,
        N_("kontaktade ÷ målgruppen eller medlemmarna"),
    ),
    Definition(
        "reached", N_("Nådda"), N_("Personer som vi pratat med, även de som bad oss ringa senare eller inte bli ringda mer"), _TARGET_OR_MEMBERS,
        N_("48 av 78 i målgruppen har pratat med oss: 62 procent."), _LEDGER,
        N_("nådda ÷ målgruppen eller medlemmarna"),
    ),
    Definition(
        "responded", N_("Svarat"), N_("Personer som svarat på en fråga, anmält sig eller tackat nej"), _TARGET_OR_MEMBERS,
        N_("Den som anmäler sig och sedan ångrar sig har ändå svarat."), _LEDGER,
        N_("har svarat ÷ målgruppen eller medlemmarna"),
    ),
    Definition(
        "signed_up", N_("Anmälda"), N_("Personer med en anmälan som inte tagits tillbaka, gjord senast %(sign_up)s dagar efter kampanjens slut"),
        _TARGET_OR_MEMBERS, N_("Den som tar tillbaka sin anmälan försvinner ur talet."), _LEDGER,
        N_("anmälda ÷ målgruppen eller medlemmarna"),
    ),
    Definition(
        "attended", N_("Deltagit"), N_("Personer som kommit till en aktivitet senast %(effect)s dagar efter kampanjens slut"), _TARGET_OR_MEMBERS,
        N_("Talet kan växa efter att kampanjen är slut."), _LEDGER,
        N_("har deltagit ÷ målgruppen eller medlemmarna"),
    ),
    Definition(
        "activated", N_("Aktiverade"), N_("De som inte var aktiva från början men deltagit eller gjort en insats senast %(effect)s dagar efter kampanjens slut"),
        N_("De som inte var aktiva när de kom med, eller när perioden började"),
        N_("Av 50 som inte gjort något på ett år kom 6 igång: 6 av 50."), _LEDGER,
        N_("kom igång ÷ de som inte var aktiva från början"),
    ),
    Definition(
        "target", N_("Målgrupp"), N_("Personer som kampanjen är till för, i den förening de hörde till när de kom med"), _T,
        N_("Den som flyttar inom distriktet räknas kvar i den gamla föreningen."), _LEDGER,
    ),
    Definition(
        "waiting", N_("Nya som väntar"), N_("Medlemmar i högst %(new)s dagar som ingen har kontaktat personligen"), N_("Ingen: varje person är en att ringa"),
        N_("Blev medlem för 11 dagar sedan: har väntat i 11 dagar."), _LEDGER,
    ),
    Definition(
        "joined", N_("Nya medlemmar"), N_("Personer som blev medlemmar under perioden, även de som kom tillbaka"), N_("Ingen: talet jämförs med samma tid förra året"),
        N_("Den som flyttar in från en annan förening är inflyttad, inte ny."), _REGISTER,
        N_("nya + återvändande"),
    ),
    Definition(
        "active_ye", N_("Aktiva vid årsskiftet"),
        N_("Medlemmar som deltagit i en aktivitet, gjort en uppgift eller insats eller haft ett uppdrag under %(active)s dagar till och med den 31 december. Före årsskiftet räknas till och med i dag och jämförs med samma dag förra året"),
        N_("Medlemmarna samma dag"), N_("43 av 121 i år mot 34 av 114 förra året: 9 fler."), _LEDGER,
        N_("aktiva ÷ medlemmar den 31 december"),
    ),
    Definition(
        "paid_ye", N_("Betalande vid årsskiftet"), N_("Medlemmar som betalat årets avgift senast den 31 december. Före årsskiftet räknas till och med i dag"),
        N_("Medlemmarna samma dag"), N_("Den som betalade i mars och gick ur i maj är inte medlem den 31 december och räknas inte."), _REGISTER,
        N_("har betalat ÷ medlemmar den 31 december"),
    ),
    Definition(
        "new_days", N_("Dagar till kontakt"),
        N_("Så många dagar det högst tog innan hälften av de nya fått en första personlig kontakt. Den som inte kontaktats räknas som den som väntat längst"),
        N_("De som blev medlemmar under perioden och antingen har kontaktats eller har väntat i %(in_time)s dagar"),
        N_("Tre nya kontaktades efter 2, 5 och 30 dagar: talet är 5."), _LEDGER,
        N_("medianen av dagar från inträde till första kontakt"),
    ),
    Definition(
        "offered", N_("Erbjudna utbildning"), N_("Medlemmar som under perioden bjudits in till en utbildning eller introduktion"), N_("Medlemmarna på periodens sista dag"),
        N_("Den som bjudits in två gånger räknas en gång."), _LEDGER,
        N_("inbjudna till utbildning ÷ medlemmar"),
    ),
    Definition(
        "cover", N_("Föreningar med aktivitet"), N_("Föreningar som haft minst en aktivitet under perioden"), N_("Alla föreningar som fanns den sista dagen"),
        N_("5 av 7 föreningar har haft en aktivitet."), N_("Kalendern"),
        N_("föreningar med aktivitet ÷ föreningar"),
    ),
)  # fmt: skip
NAMES = {definition.key: definition.name for definition in DEFINITIONS}
"""The name of each figure, the same on every page."""
