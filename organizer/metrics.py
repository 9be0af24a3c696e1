"""Every metric, its words beside what counts it: the plan, the report, the pages and "så räknar vi" all read this table."""

from dataclasses import dataclass

from organizer import measuring
from organizer.activation import ACTIVE_DAYS, EFFECT_DAYS, SIGN_UP_DAYS
from organizer.archived_figures import ATTENDANCE, OUTCOMES
from organizer.measuring import Measured, Metric, coverage_of, pooled
from organizer.membership import IN_TIME_DAYS, NEW_DAYS
from organizer.models import Kind
from organizer.words import N_

__all__ = ("BESIDE", "LIMITS", "METRICS", "NAMES", "Measured", "Metric", "Word", "coverage_of", "pooled")


@dataclass(frozen=True, slots=True)
class Word:
    """Something that stands on pages of figures and is no metric of its own."""

    key: str
    label: str
    definition: str
    denominator: str
    example: str
    source: str
    formula: str = ""


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

_ALL = (
    Metric(
        "members", N_("Medlemmar"),
        N_("Personer vars medlemskap i föreningen gäller den dagen"),
        N_("Är själv nämnare till det mesta"),
        N_("medlemmar den dagen"),
        N_("Den som går ur den 1 mars är medlem till och med den 28 februari."), _REGISTER,
        measuring.members, number=True,
    ),
    Metric(
        "growth", N_("Förändring"),
        N_("Nya och inflyttade minus de som gått ur, flyttat eller avlidit"),
        N_("Ingen: delarna skrivs alltid ut"),
        N_("nya + inflyttade − utgångna − utflyttade − avlidna"),
        N_("14 nya och 7 som slutat blir 7 fler."), _REGISTER,
        measuring.growth, number=True,
    ),
    Metric(
        "joined", N_("Nya medlemmar"),
        N_("Personer som blev medlemmar under perioden, även de som kom tillbaka"),
        N_("Ingen: talet jämförs med samma tid förra året"),
        N_("nya + återvändande"),
        N_("Den som flyttar in från en annan förening är inflyttad, inte ny."), _REGISTER,
        measuring.joined, number=True,
    ),
    Metric(
        "active", N_("Aktiva medlemmar"),
        N_("Medlemmar som deltagit i en aktivitet, gjort en uppgift eller insats eller haft ett uppdrag de senaste %(active)s dagarna. Att anmäla sig räcker inte"),
        N_("Alla medlemmar samma dag"),
        N_("aktiva medlemmar ÷ medlemmar samma dag"),
        N_("43 av 121 medlemmar har gjort något på ett år: 36 procent."), _LEDGER,
        measuring.active, term=ATTENDANCE, looks_back=ACTIVE_DAYS,
    ),
    Metric(
        "active_ye", N_("Aktiva vid årsskiftet"),
        N_("Medlemmar som deltagit i en aktivitet, gjort en uppgift eller insats eller haft ett uppdrag under %(active)s dagar till och med den 31 december. Före årsskiftet räknas till och med i dag och jämförs med samma dag förra året"),
        N_("Medlemmarna samma dag"),
        N_("aktiva ÷ medlemmar den 31 december"),
        N_("43 av 121 i år mot 34 av 114 förra året: 9 fler."), _LEDGER,
        measuring.active_at_year_end, term=ATTENDANCE, looks_back=ACTIVE_DAYS, at_year_end=True,
    ),
    Metric(
        "paid_ye", N_("Betalande vid årsskiftet"),
        N_("Medlemmar som betalat årets avgift senast den 31 december. Före årsskiftet räknas till och med i dag"),
        N_("Medlemmarna samma dag"),
        N_("har betalat ÷ medlemmar den 31 december"),
        N_("Den som betalade i mars och gick ur i maj är inte medlem den 31 december och räknas inte."), _REGISTER,
        measuring.paid_at_year_end, at_year_end=True,
    ),
    Metric(
        "renewed", N_("Har förnyat"),
        N_("De som betalat årets avgift till och med den dagen"),
        N_("Medlemmarna den 1 januari, utom avlidna och de som flyttat ur distriktet. Den som gått ur räknas kvar"),
        N_("har betalat ÷ medlemmar den 1 januari"),
        N_("97 av 114 har betalat: 85 procent."), _REGISTER,
        measuring.renewed,
    ),
    Metric(
        "new_n", N_("Nya kontaktade i tid"),
        N_("Nya medlemmar som fått ett samtal, ett meddelande eller annan personlig kontakt inom %(in_time)s dagar. Massutskick räknas inte"),
        N_("De som blev medlemmar under perioden och antingen har kontaktats eller har väntat i %(in_time)s dagar"),
        N_("nya kontaktade inom %(in_time)s dagar ÷ nya medlemmar"),
        N_("Den som blev medlem i går och ännu inte har kontaktats är inte med i något av talen."), _LEDGER,
        measuring.new(), term=OUTCOMES,
    ),
    Metric(
        "new_inv", N_("Nya inbjudna i tid"),
        N_("Nya medlemmar som blivit inbjudna till något inom %(in_time)s dagar"),
        N_("De som blev medlemmar under perioden och antingen har bjudits in eller har väntat i %(in_time)s dagar"),
        N_("nya inbjudna inom %(in_time)s dagar ÷ nya medlemmar"),
        N_("Kontaktad och inbjuden är två olika saker och räknas var för sig."), _LEDGER,
        measuring.new(Kind.INVITATION), term=OUTCOMES,
    ),
    Metric(
        "new_days", N_("Dagar till kontakt"),
        N_("Så många dagar det högst tog innan hälften av de nya fått en första personlig kontakt. Den som inte kontaktats räknas som den som väntat längst"),
        N_("De som blev medlemmar under perioden och antingen har kontaktats eller har väntat i %(in_time)s dagar"),
        N_("medianen av dagar från inträde till första kontakt"),
        N_("Tre nya kontaktades efter 2, 5 och 30 dagar: talet är 5."), _LEDGER,
        measuring.days, number=True, term=OUTCOMES, whole_place=measuring.days_of_all,
    ),
    Metric(
        "sought", N_("Sökta"),
        N_("Personer som vi ringt minst en gång"),
        _TARGET_OR_MEMBERS,
        N_("sökta ÷ målgruppen eller medlemmarna"),
        N_("Den som fått tre samtal utan svar är en sökt person, inte tre."), _LEDGER,
        measuring.step("sought"), term=OUTCOMES,
    ),
    Metric(
        "contacted", N_("Kontaktade"),
        N_("Personer som vi pratat med eller lämnat ett meddelande till. För en period räknas även levererade sms"),
        _TARGET_OR_MEMBERS,
        N_("kontaktade ÷ målgruppen eller medlemmarna"),
        N_("Ett meddelande på telefonsvararen är kontakt men inte ett samtal."), _LEDGER,
        measuring.step("contacted"), term=OUTCOMES,
    ),
    Metric(
        "reached", N_("Nådda"),
        N_("Personer som vi pratat med, även de som bad oss ringa senare eller inte bli ringda mer"),
        _TARGET_OR_MEMBERS,
        N_("nådda ÷ målgruppen eller medlemmarna"),
        N_("48 av 78 i målgruppen har pratat med oss: 62 procent."), _LEDGER,
        measuring.step("reached"), term=OUTCOMES,
    ),
    Metric(
        "responded", N_("Svarat"),
        N_("Personer som svarat på en fråga, anmält sig eller tackat nej"),
        _TARGET_OR_MEMBERS,
        N_("har svarat ÷ målgruppen eller medlemmarna"),
        N_("Den som anmäler sig och sedan ångrar sig har ändå svarat."), _LEDGER,
        measuring.step("responded"), term=OUTCOMES,
    ),
    Metric(
        "signed_up", N_("Anmälda"),
        N_("Personer med en anmälan som inte tagits tillbaka, gjord senast %(sign_up)s dagar efter kampanjens slut"),
        _TARGET_OR_MEMBERS,
        N_("anmälda ÷ målgruppen eller medlemmarna"),
        N_("Den som tar tillbaka sin anmälan försvinner ur talet."), _LEDGER,
        measuring.step("signed_up"), term=ATTENDANCE,
    ),
    Metric(
        "attended", N_("Deltagit"),
        N_("Personer som kommit till en aktivitet senast %(effect)s dagar efter kampanjens slut"),
        _TARGET_OR_MEMBERS,
        N_("har deltagit ÷ målgruppen eller medlemmarna"),
        N_("Talet kan växa efter att kampanjen är slut."), _LEDGER,
        measuring.step("attended"), term=ATTENDANCE,
    ),
    Metric(
        "activated", N_("Aktiverade"),
        N_("De som inte var aktiva från början men deltagit eller gjort en insats senast %(effect)s dagar efter kampanjens slut"),
        N_("De som inte var aktiva när de kom med, eller när perioden började"),
        N_("kom igång ÷ de som inte var aktiva från början"),
        N_("Av 50 som inte gjort något på ett år kom 6 igång: 6 av 50."), _LEDGER,
        measuring.step("activated"), term=ATTENDANCE, looks_back=ACTIVE_DAYS,
    ),
    Metric(
        "offered", N_("Erbjudna utbildning"),
        N_("Medlemmar som under perioden bjudits in till en utbildning eller introduktion"),
        N_("Medlemmarna på periodens sista dag"),
        N_("inbjudna till utbildning ÷ medlemmar"),
        N_("Den som bjudits in två gånger räknas en gång."), _LEDGER,
        measuring.offered, term=OUTCOMES,
    ),
    Metric(
        "cover", N_("Föreningar med aktivitet"),
        N_("Föreningar som haft minst en aktivitet under perioden"),
        N_("Alla föreningar som fanns den sista dagen"),
        N_("föreningar med aktivitet ÷ föreningar"),
        N_("5 av 7 föreningar har haft en aktivitet."), N_("Kalendern"),
        measuring.cover, people=False,
    ),
)  # fmt: skip
METRICS = {one.key: one for one in _ALL}
"""Every metric of P§6.2 by its key, and the two counts that plan goals also use: members and those who have joined."""
BESIDE = (
    Word(
        "target", N_("Målgrupp"),
        N_("Personer som kampanjen är till för, i den förening de hörde till när de kom med"),
        _T,
        N_("Den som flyttar inom distriktet räknas kvar i den gamla föreningen."), _LEDGER,
    ),
    Word(
        "waiting", N_("Nya som väntar"),
        N_("Medlemmar i högst %(new)s dagar som ingen har kontaktat personligen"),
        N_("Ingen: varje person är en att ringa"),
        N_("Blev medlem för 11 dagar sedan: har väntat i 11 dagar."), _LEDGER,
    ),
)  # fmt: skip
NAMES = {one.key: one.label for one in (*_ALL, *BESIDE)}
"""The name of each figure, the same on every page."""
