"""The draft of a yearly report: each section's sentences made of the figures; what is not known is not said."""

from collections.abc import Callable, Mapping
from typing import Any

from organizer.metrics import LIMITS, METRICS
from organizer.models import AssociationKind
from organizer.report_doing_sentences import activation, communication, learning, organisation, places, plan
from organizer.report_figures import Figures
from organizer.report_words import MEMBERS, Phrase, Words
from organizer.settings import PAID
from organizer.words import N_

MORE: Phrase = ("", N_("en fler"), N_("%(n)s fler"))
FEWER: Phrase = ("", N_("en färre"), N_("%(n)s färre"))
JOINED: Phrase = (N_("inga nya medlemmar"), N_("en ny medlem"), N_("%(n)s nya medlemmar"))
CAME: dict[str, Phrase] = {
    "moved_in": ("", N_("en flyttade in från en annan förening"), N_("%(n)s flyttade in från andra föreningar")),
    "merged_in": (
        "", N_("en kom med från en förening som gick upp i denna"), N_("%(n)s kom med från en förening som gick upp i denna"),
    ),
}  # fmt: skip
WENT: dict[str, Phrase] = {
    "left": ("", N_("en gick ur"), N_("%(n)s gick ur")),
    "moved_out": ("", N_("en flyttade"), N_("%(n)s flyttade")),
    "deceased": ("", N_("en avled"), N_("%(n)s avled")),
    "merged_out": ("", N_("en följde med till en annan förening"), N_("%(n)s följde med till en annan förening")),
}
MOVED_IN: Phrase = (
    "", N_("en fler flyttade in till distriktet än ut ur det"), N_("%(n)s fler flyttade in till distriktet än ut ur det"),
)  # fmt: skip
MOVED_OUT: Phrase = (
    "", N_("en fler flyttade ut ur distriktet än in till det"), N_("%(n)s fler flyttade ut ur distriktet än in till det"),
)  # fmt: skip
EXPLAINED = ("members", "growth", "active", "new_n", "new_inv", "renewed", "sought", "reached")
"""The figures whose meaning the last section gives."""


def draft(figures: Figures, language: str, baselines: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Every section's text in a language; a section about which nothing is known has an honest sentence instead.

    `baselines`: figures of the year before that somebody wrote by hand (P§6.2), marked with a star.
    """
    whole = figures | {"baselines": dict(baselines or {})}
    words = Words(language)
    return {key: _joined(write(whole, words)) for key, (_, write) in SECTIONS.items() if is_in(key, figures)}


def is_in(key: str, figures: Figures) -> bool:
    """Whether a report has this section: only a district tells of its associations."""
    return key != "places" or figures["place"]["kind"] == AssociationKind.DISTRICT


def _joined(paragraphs: list[list[str]]) -> str:
    return "\n\n".join(" ".join(sentences) for sentences in paragraphs if sentences)


def brief(figures: Figures, words: Words) -> list[list[str]]:
    """What the report is about, and what makes this year unlike others."""
    place, said = figures["place"], []
    if figures["nothing"]:
        return [
            [
                words.sentence(
                    N_("Det finns inga uppgifter om medlemmarna %(year)s. Skriv det ni vet."), year=figures["year"]
                )
            ]
        ]
    if figures["going_on"] and not place["closed_on"]:
        said.append(
            words.sentence(
                N_("Året pågår, så siffrorna är preliminära. De gäller till och med den %(day)s."),
                day=words.day(figures["last"]),
            )
        )
    if place["founded_on"] and place["founded_on"][:4] == str(figures["year"]):
        said.append(words.sentence(
            N_("%(place)s bildades den %(day)s, så det finns inget tidigare år att jämföra med."),
            place=place["short"], day=words.day(place["founded_on"]),
        ))  # fmt: skip
    elif not figures["small"] and figures["before"]["members"] is None and "members" not in figures["baselines"]:
        said.append(_not_comparable(figures, words))
    if place["closed_on"]:
        said.append(_closed(figures, words))
    merged = N_("Den %(day)s gick %(name)s upp i %(place)s. Jämförelserna med året innan räknar med båda.")
    said += [
        words.sentence(merged, day=words.day(one["on"]), name=one["name"], place=place["short"])
        for one in place["merged_in"]
    ]
    if figures["small"]:
        said.append(words.sentence(
            N_("%(place)s har färre än %(k)s medlemmar. Därför redovisas inga siffror om medlemmarna."),
            place=place["short"], k=words.number(figures["k"]),
        ))  # fmt: skip
    return [said or [words.sentence(N_("Rapporten gäller hela %(year)s."), year=figures["year"])]]


def _not_comparable(figures: Figures, words: Words) -> str:
    known = figures["before"]["known_from"]
    if known is None or known[:4] < str(figures["year"]):
        return words.sentence(N_("Det finns inga uppgifter om medlemmarna året innan att jämföra med."))
    return words.sentence(
        N_("Uppgifterna om medlemmarna börjar den %(day)s, så de går inte att jämföra med året innan."),
        day=words.day(known),
    )


def _closed(figures: Figures, words: Words) -> str:
    place = figures["place"]
    values = {"place": place["short"], "day": words.day(place["closed_on"]), "last": words.day(figures["last"])}
    if place["merged_into"]:
        into = N_("Den %(day)s gick %(place)s upp i %(into)s. Rapporten gäller till och med den %(last)s.")
        return words.sentence(into, into=place["merged_into"], **values)
    return words.sentence(N_("%(place)s upphörde den %(day)s. Rapporten gäller till och med den %(last)s."), **values)


def members(figures: Figures, words: Words) -> list[list[str]]:
    """How many, who came and went, who renewed."""
    now = figures["now"]
    if now["members"] is None or figures["nothing"]:
        return [[words.sentence(N_("Antalet medlemmar redovisas inte."))]]
    return [[_how_many(figures, words), *_moves(figures, words)], _renewed(figures, words)]


def _how_many(figures: Figures, words: Words) -> str:
    number = figures["now"]["members"]
    before, star = _before_by_hand(figures, "members", figures["before"]["members"])
    difference = 0 if before is None else number - before
    words = words.among(number, abs(difference))
    values = {"when": when(figures, words), "place": definite(figures, words), "members": words.count(number, MEMBERS)}
    if before is None:
        return words.sentence(N_("%(when)s hade %(place)s %(members)s."), **values)
    return words.sentence(
        N_("%(when)s hade %(place)s %(members)s, %(compared)s."),
        compared=compared(words, difference, words.say(N_("vid förra årsskiftet")) + star), **values,
    )  # fmt: skip


def _moves(figures: Figures, words: Words) -> list[str]:
    """Everyone who came and went, part by part; in a district moves between its associations cancel out."""
    now, parts = figures["now"], dict(figures["now"]["growth"])
    came: list[tuple[int, Phrase]] = [(parts.get(key, 0), phrase) for key, phrase in CAME.items()]
    went: list[tuple[int, Phrase]] = [(parts.get(key, 0), phrase) for key, phrase in WENT.items()]
    if figures["place"]["kind"] == AssociationKind.DISTRICT:
        moved = sum(parts.get(key, 0) for key in CAME) - parts.get("moved_out", 0) - parts.get("merged_out", 0)
        came, went = [(max(moved, 0), MOVED_IN)], [(parts.get(key, 0), WENT[key]) for key in ("left", "deceased")]
        went.append((max(-moved, 0), MOVED_OUT))
    said = [words.among(now["joined"]).sentence(
        N_("Under året fick %(place)s %(joined)s."), place=definite(figures, words),
        joined=words.among(now["joined"]).count(now["joined"], JOINED),
    )]  # fmt: skip
    for parts_of in (came, went):
        some = [(number, phrase) for number, phrase in parts_of if number]
        inside = words.among(*(number for number, _ in some))
        if some:
            said.append(inside.sentence(N_("%(parts)s."), parts=inside.listed([inside.count(*one) for one in some])))
    if not any(number for number, _ in went):
        said.append(words.sentence(N_("Ingen lämnade %(place)s."), place=definite(figures, words)))
    return said


def _renewed(figures: Figures, words: Words) -> list[str]:
    share, before = figures["now"]["renewed"], figures["before"]["renewed"]
    if share is None or not (share[0] or before):
        return []
    inside = words.among(*share)
    sentence = (
        N_("%(of)s som var medlemmar vid årets början har hittills förnyat sitt medlemskap%(percent)s.")
        if figures["going_on"]
        else N_("%(of)s som var medlemmar vid årets början förnyade sitt medlemskap%(percent)s.")
    )
    said = [inside.sentence(sentence, of=inside.of(share), percent=inside.in_percent(share))]
    if before:
        inside = words.among(*before)
        sentence = (
            N_("Året innan gjorde %(share)s det.") if figures["whole"]
            else N_("Samma dag året innan hade %(share)s gjort det.")
        )  # fmt: skip
        said.append(inside.sentence(sentence, share=inside.share(before)))
    return said


def new(figures: Figures, words: Words) -> list[list[str]]:
    """How the new were met."""
    now = figures["now"]
    if now["joined"] is None or figures["nothing"]:
        return [[words.sentence(N_("Hur de nya medlemmarna togs emot redovisas inte."))]]
    if not now["joined"]:
        return [[words.sentence(N_("Inga nya medlemmar kom till under året."))]]
    if now["new_n"] is None:
        few = now["joined"] < figures["k"]
        return [[words.sentence(
            N_("De nya är färre än %(k)s, så det redovisas inte hur de togs emot.") if few
            else N_("Färre än %(k)s av de nya har varit medlemmar så länge att det går att säga hur de togs emot."),
            k=words.number(figures["k"]),
        )]]  # fmt: skip
    inside = words.among(*now["new_n"])
    said = [inside.sentence(
        N_("%(of)s nya medlemmarna fick en personlig kontakt inom %(days)s dagar%(percent)s."),
        of=inside.of(now["new_n"]), days=inside.number(figures["in_time_days"]), percent=inside.in_percent(now["new_n"]),
    )]  # fmt: skip
    if now["new_inv"]:
        inside = words.among(*now["new_inv"])
        said.append(inside.sentence(
            N_("%(of)s fick en inbjudan till något inom samma tid%(percent)s."),
            of=inside.of(now["new_inv"]), percent=inside.in_percent(now["new_inv"]),
        ))  # fmt: skip
    return [[*said, _days(now["new_days"], words)]]


def _days(days: int | None, words: Words) -> str:
    if days is None:
        return words.sentence(N_("Färre än hälften av de nya har fått en personlig kontakt."))
    if days == 0:
        return words.sentence(N_("Minst hälften av de nya kontaktades samma dag som de blev medlemmar."))
    words = words.among(days)
    one, many = (
        N_("Minst hälften av de nya kontaktades inom en dag."),
        N_("Minst hälften av de nya kontaktades inom %(n)s dagar."),
    )
    return words.count(days, ("", one, many))


def active(figures: Figures, words: Words) -> list[list[str]]:
    """The active first, then what was done to make more of them so."""
    share = figures["now"]["active"]
    if share is None or figures["nothing"]:
        return activation(figures, words)
    before = figures["before"]["active"]
    number, star = _before_by_hand(figures, "active", before[0] if before else None)
    difference = 0 if number is None else share[0] - number
    inside = words.among(*share, abs(difference))
    change = ""
    if number is not None:
        turn = figures["whole"] or star
        then = words.say(N_("vid förra årsskiftet") if turn else N_("samma dag året innan")) + star
        change = f", {compared(inside, difference, then)}"
    sentence = (
        N_("%(when)s hade %(of)s medlemmarna betalat årets avgift%(percent)s%(change)s.") if figures["means"] == PAID
        else N_("%(when)s hade %(of)s medlemmarna deltagit i något, gjort en insats eller haft ett uppdrag under det senaste året%(percent)s%(change)s.")
    )  # fmt: skip
    values = {"of": inside.of(share), "percent": inside.in_percent(share), "change": change}
    return [[inside.sentence(sentence, when=when(figures, words), **values)], *activation(figures, words)]


def method(figures: Figures, words: Words) -> list[list[str]]:
    """What every figure means, from the same place that counts it (P§6.2), and what is left out."""
    keys = ["paid_ye" if key == "active" and figures["means"] == PAID else key for key in EXPLAINED]
    said = [
        [
            words.sentence(
                N_("%(name)s: %(part)s."),
                name=words.say(METRICS[key].label),
                part=_lower(words.say(METRICS[key].definition, **LIMITS)),
            )
        ]
        for key in keys
    ]
    by_hand = N_("* Siffran från förra årsskiftet är ifylld för hand. Källa: %(source)s.")
    said += [[words.sentence(by_hand, source=one["source"])] for one in figures["baselines"].values()]
    said.append([
        words.sentence(N_("Grupper med färre än %(k)s personer redovisas inte."), k=words.number(figures["k"])),
        words.sentence(N_("Siffrorna räknades den %(day)s."), day=words.day(figures["counted_on"])),
    ])  # fmt: skip
    return said


def when(figures: Figures, words: Words) -> str:
    """At the end of the year, or on the last day there is."""
    return (
        words.say(N_("vid årets slut"))
        if figures["whole"]
        else words.say(N_("den %(day)s"), day=words.day(figures["last"]))
    )


def definite(figures: Figures, words: Words) -> str:
    """What the place is called inside a sentence."""
    return words.say(N_("distriktet") if figures["place"]["kind"] == AssociationKind.DISTRICT else N_("föreningen"))


def compared(words: Words, difference: int, then: str) -> str:
    """Nio fler än vid förra årsskiftet; lika många som då."""
    if difference == 0:
        return words.say(N_("lika många som %(then)s"), then=then)
    change = words.count(abs(difference), MORE if difference > 0 else FEWER)
    return words.say(N_("%(change)s än %(then)s"), change=change, then=then)


def _before_by_hand(figures: Figures, key: str, counted: int | None) -> tuple[int | None, str]:
    """What a figure was the year before: as counted, or as somebody wrote with a source, marked with a star."""
    if counted is None and key in figures["baselines"]:
        return int(figures["baselines"][key]["number"]), "*"
    return counted, ""


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


Write = Callable[[Figures, Words], list[list[str]]]
SECTIONS: dict[str, tuple[str, Write]] = {
    "brief": (N_("Siffrorna i korthet"), brief),
    "members": (N_("Medlemsutveckling"), members),
    "new": (N_("Nya medlemmar"), new),
    "activation": (N_("Aktivering"), active),
    "learning": (N_("Utbildning och aktiviteter"), learning),
    "communication": (N_("Kommunikation"), communication),
    "organisation": (N_("Uppdrag och förslag"), organisation),
    "places": (N_("Föreningarna"), places),
    "plan": (N_("Uppföljning av verksamhetsplanen"), plan),
    "method": (N_("Så har vi räknat"), method),
}
"""The sections in their order (P§6.6): title, and what writes the draft."""
