"""Sentences of a yearly report about what was done: campaigns, activities, messages, offices, associations, the plan."""

from organizer.report_figures import Figures
from organizer.report_words import MEMBERS, PEOPLE, Phrase, Words
from organizer.words import N_

CALLERS: Phrase = ("", N_("en ringare"), N_("%(n)s ringare"))
SHIFTS: Phrase = ("", N_("ett ringpass"), N_("%(n)s ringpass"))
SURVEYS: Phrase = ("", N_("en enkät"), N_("%(n)s enkäter"))
CONTRIBUTIONS: Phrase = ("", N_("en annan insats"), N_("%(n)s andra insatser"))
MORE_CAMPAIGNS: Phrase = (
    "", N_("Ytterligare en ringkampanj genomfördes."), N_("Ytterligare %(n)s ringkampanjer genomfördes."),
)  # fmt: skip
ACTIVITIES: Phrase = ("", N_("en aktivitet"), N_("%(n)s aktiviteter"))
KINDS: dict[str, Phrase] = {
    "meeting": ("", N_("ett möte"), N_("%(n)s möten")),
    "introduction": ("", N_("en introduktion"), N_("%(n)s introduktioner")),
    "course": ("", N_("en utbildning"), N_("%(n)s utbildningar")),
    "action": ("", N_("en utåtriktad aktivitet"), N_("%(n)s utåtriktade aktiviteter")),
    "chairs_meeting": ("", N_("ett ordförandemöte"), N_("%(n)s ordförandemöten")),
    "board": ("", N_("ett styrelsemöte"), N_("%(n)s styrelsemöten")),
    "conference": ("", N_("en konferens"), N_("%(n)s konferenser")),
}
VISITS: Phrase = ("", N_("ett besök"), N_("%(n)s besök"))
BLASTS: Phrase = ("", N_("ett sms-utskick"), N_("%(n)s sms-utskick"))
MESSAGES: Phrase = (N_("inga sms"), N_("ett sms"), N_("%(n)s sms"))
MOTIONS: Phrase = ("", N_("en motion eller ett annat förslag"), N_("%(n)s motioner och andra förslag"))
CONTACTS: Phrase = ("", N_("en kontakt"), N_("%(n)s kontakter"))
PLACES: Phrase = ("", N_("en förening"), N_("%(n)s föreningar"))
STEPS: Phrase = ("", N_("Ett steg i stödplanerna blev klart."), N_("%(n)s steg i stödplanerna blev klara."))
STATES: dict[str, Phrase] = {
    "reached": ("", N_("ett är nått"), N_("%(n)s är nådda")),
    "on_track": ("", N_("ett är på väg"), N_("%(n)s är på väg")),
    "planned": ("", N_("ett är planerat"), N_("%(n)s är planerade")),
    "needs_action": ("", N_("ett behöver en insats"), N_("%(n)s behöver insatser")),
    "not_begun": ("", N_("ett är inte påbörjat"), N_("%(n)s är inte påbörjade")),
    "unknown": ("", N_("ett går inte att mäta"), N_("%(n)s går inte att mäta")),
}
"""Where goals stand, what has been reached first."""
GOALS: Phrase = ("", N_("ett mål"), N_("%(n)s mål"))


def activation(figures: Figures, words: Words) -> list[list[str]]:
    """Each campaign in a paragraph of its own; then callers, surveys and other efforts."""
    told = [_campaign(one, figures["k"], words) for one in figures["campaigns"]["listed"]]
    more = figures["campaigns"]["more"]
    if more:
        told.append([words.among(more).count(more, MORE_CAMPAIGNS)])
    said, calling, surveys = [], figures["calling"], figures["surveys"]
    if calling["callers"] and calling["shifts"]:
        inside = words.among(calling["callers"], calling["shifts"])
        said.append(inside.sentence(
            N_("%(callers)s deltog vid %(shifts)s."),
            callers=inside.count(calling["callers"], CALLERS), shifts=inside.count(calling["shifts"], SHIFTS),
        ))  # fmt: skip
    if surveys["people"] and surveys["surveys"]:
        inside = words.among(surveys["people"], surveys["surveys"])
        said.append(inside.sentence(
            N_("%(people)s svarade på %(surveys)s."),
            people=inside.count(surveys["people"], MEMBERS), surveys=inside.count(surveys["surveys"], SURVEYS),
        ))  # fmt: skip
    if figures["contributions"]:
        inside = words.among(figures["contributions"])
        what = inside.count(figures["contributions"], CONTRIBUTIONS)
        said.append(inside.sentence(N_("Dessutom antecknades %(contributions)s."), contributions=what))
    if not told and not said:
        return [[words.sentence(N_("Inga ringkampanjer eller andra insatser är antecknade för året."))]]
    return [*told, said]


def _campaign(one: Figures, k: int, words: Words) -> list[str]:
    if one["standing"]:
        return [
            words.sentence(
                N_("Den löpande ringkampanjen ”%(title)s” vände sig till nya medlemmar."), title=one["title"]
            )
        ]
    if one["people"] is None:
        few = N_("I ringkampanjen ”%(title)s” var färre än %(k)s medlemmar med, så den redovisas inte i siffror.")
        return [words.sentence(few, title=one["title"], k=words.number(k))]
    steps = ("sought", "reached", "responded", "signed_up", "attended")
    inside = words.among(one["people"], *(one[step] for step in steps))
    counts = {step: inside.count(one[step], PEOPLE) for step in steps}
    said = [
        inside.sentence(
            N_("Ringkampanjen ”%(title)s” gällde %(people)s."), title=one["title"], people=inside.count(one["people"], MEMBERS)
        ),
        inside.sentence(
            N_("Av dem söktes %(sought)s och nåddes %(reached)s."), sought=counts["sought"], reached=counts["reached"]
        ),
        inside.sentence(
            N_("%(responded)s svarade på en fråga eller en inbjudan, %(signed_up)s anmälde sig till något och %(attended)s deltog."),
            responded=counts["responded"], signed_up=counts["signed_up"], attended=counts["attended"],
        ),
    ]  # fmt: skip
    return [*said, words.sentence(N_("Kampanjen pågår fortfarande."))] if one["goes_on"] else said


def learning(figures: Figures, words: Words) -> list[list[str]]:
    """What was held, how often somebody came, and who was invited to learn."""
    held = figures["activities"]
    if not held["held"]:
        said = [words.sentence(N_("Inga aktiviteter från året står i kalendern."))]
    else:
        kinds = [(held["by_kind"].get(kind, 0), phrase) for kind, phrase in KINDS.items() if held["by_kind"].get(kind)]
        inside = words.among(held["held"], *(number for number, _ in kinds))
        listed = inside.listed([inside.count(*one) for one in kinds])
        said = [
            inside.sentence(N_("Under året hölls %(kinds)s."), kinds=listed) if len(kinds) == 1
            else inside.sentence(
                N_("Under året hölls %(held)s: %(kinds)s."), held=inside.count(held["held"], ACTIVITIES), kinds=listed
            )
        ]  # fmt: skip
    if held["visits"]:
        inside = words.among(held["visits"])
        said.append(inside.sentence(N_("Sammanlagt räknades %(visits)s."), visits=inside.count(held["visits"], VISITS)))
    offered = figures["now"]["offered"]
    if offered and offered[0]:
        inside = words.among(*offered)
        said.append(inside.sentence(
            N_("%(of)s medlemmarna fick en inbjudan till en utbildning eller introduktion%(percent)s."),
            of=inside.of(offered), percent=inside.in_percent(offered),
        ))  # fmt: skip
    return [said]


def communication(figures: Figures, words: Words) -> list[list[str]]:
    """Blasts, and what arrived of them."""
    blasts = figures["blasts"]
    if not blasts["sent"]:
        return [[words.sentence(N_("Inga sms-utskick gjordes under året."))]]
    inside = words.among(blasts["sent"], blasts["delivered"])
    return [[inside.sentence(
        N_("%(sent)s gjordes, och %(delivered)s kom fram."),
        sent=inside.count(blasts["sent"], BLASTS), delivered=inside.count(blasts["delivered"], MESSAGES),
    )]]  # fmt: skip


def organisation(figures: Figures, words: Words) -> list[list[str]]:
    """Offices as a number, never who; motions and how they went."""
    said, offices, motions = [], figures["offices"], figures["motions"]
    if offices:
        inside = words.among(offices)
        said.append(
            inside.sentence(N_("%(members)s hade ett uppdrag under året."), members=inside.count(offices, MEMBERS))
        )
    if motions["put"]:
        inside = words.among(motions["put"], motions["accepted"])
        said.append(inside.sentence(N_("%(motions)s lämnades in."), motions=inside.count(motions["put"], MOTIONS)))
        if motions["accepted"] and motions["put"] == 1:
            said.append(inside.sentence(N_("Förslaget bifölls, helt eller delvis.")))
        elif motions["accepted"]:
            accepted = inside.count(motions["accepted"], PEOPLE)
            said.append(inside.sentence(N_("Av dem bifölls %(accepted)s, helt eller delvis."), accepted=accepted))
    return [said or [words.sentence(N_("Inga uppdrag eller förslag är antecknade för året."))]]


def places(figures: Figures, words: Words) -> list[list[str]]:
    """What the associations did, and how the district stood by them."""
    said, cover, support = [], figures["now"]["cover"], figures["support"]
    if cover and cover[1] > 1:
        inside = words.among(*cover)
        said.append(inside.sentence(N_("%(of)s föreningarna hade minst en aktivitet."), of=inside.of(cover)))
    if support["contacts"]:
        inside = words.among(support["contacts"], support["places"])
        said.append(inside.sentence(
            N_("Distriktet antecknade %(contacts)s med %(places)s."),
            contacts=inside.count(support["contacts"], CONTACTS), places=inside.count(support["places"], PLACES),
        ))  # fmt: skip
    if support["planned"]:
        inside = words.among(support["planned"])
        said.append(
            inside.sentence(N_("%(places)s hade en stödplan."), places=inside.count(support["planned"], PLACES))
        )
    if support["done"]:
        inside = words.among(support["done"])
        done = inside.count(support["done"], STEPS)
        said.append(done[:1].upper() + done[1:])
    return [said]


def plan(figures: Figures, words: Words) -> list[list[str]]:
    """How many goals there are, and how they went."""
    goals = figures["goals"]
    if not goals:
        return [[words.sentence(N_("Det finns ingen verksamhetsplan för %(year)s här."), year=figures["year"])]]
    inside = words.among(len(goals))
    states = [(sum(one["code"] == code for one in goals), phrase) for code, phrase in STATES.items()]
    listed = [inside.count(number, phrase) for number, phrase in states if number]
    return [[
        inside.sentence(
            N_("Verksamhetsplanen för %(year)s har %(goals)s."), year=figures["year"], goals=inside.count(len(goals), GOALS)
        ),
        inside.sentence(N_("%(parts)s."), parts=inside.listed(listed)),
    ]]  # fmt: skip
