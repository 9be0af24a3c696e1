"""Sentences of real plans and what they are understood as: verbatim quotes of P§1 against what a person would choose."""

from datetime import date

from organizer.plan_catalogue import CATALOGUE
from organizer.plan_reading import read, suggest
from organizer.plan_status import RULES
from organizer.views.plan_form import GROUPS

QUOTES = {
    "Distriktet ska genomföra en ringkampanj för medlemsaktivering tillsammans med partiföreningarna": [("called", "all", None)],
    "Varje ny medlem ska ha blivit kontaktad på något sätt och inbjuden att delta i partiets verksamhet.": [
        ("new_contacted", "all", None), ("new_invited", "all", None),
    ],
    "För de medlemmar som är nya i Vänsterpartiet skall särskilda insatser göras.": [("new_contacted", "all", None)],
    "En introduktionsutbildning för nya medlemmar har framtagits under 2020 och ska genomföras under våren 2021.": [
        ("introductions", "at_least", 1),
    ],
    "Andelen medlemmar som förnyar sitt medlemskap ska öka.": [("renewed", "more", None)],
    "Antalet nya medlemmar ska öka.": [("joined", "more", None)],
    "Antalet aktiva medlemmar vid årsskiftet 2020/2021 ska vara större än föregående år.": [("active", "more", None)],
    "Andelen medlemmar som förnyar sitt medlemskap ska öka, likväl som antalet nya medlemmar ska öka.": [
        ("renewed", "more", None), ("joined", "more", None),
    ],
    "Vänsterpartiet Värmland ska växa i medlemsantal": [("members", "more", None)],
    "Medlemsantalet har ökat och medlemmarna har blivit mer aktiva och engagerade": [("active", "more", None), ("members", "more", None)],
    "Distriktet ska arbeta mer med SMS vid viktiga händelser i partiet och politiken": [("important_sms", "at_least", 4)],
    "fördela ansvar och schemalägga inlägg i kommunikationskanalen minst två gånger i månaden": [("posts", "per_month", 2)],
    "Distriktsstyrelsen ska utse tre ansvariga för att organisera distriktets Zetkin": [("organizers", "at_least", 3)],
    "Alla partiföreningar ska rekommenderas ha en egen underorganisation i Zetkin och minst en person som ansvarar för den": [
        ("responsible", "all", None),
    ],
    "stötta de partiföreningar där det är få medlemmar, eller liten eller ingen aktivitet": [("support_plans", "all", None)],
    "Vi ska anordna minst ett ordförandemöte i kvartalet för att samordna arbetet i distriktet": [("chairs_meetings", "per_quarter", 1)],
    "Distriktet bör arrangera en träff för ordföranden och gruppledare en gång under våren och en gång under hösten.": [
        ("chairs_meetings", "per_half", 1),
    ],
    "Sträva efter att öka kontakten mellan distrikt och partiföreningar": [("in_touch", "all", None)],
    "Distriktsstyrelsen ska träffas minst åtta gånger under året.": [("board_meetings", "at_least", 8)],
    "Skapa gemensamt kalendarium på våra aktiviteter i länet tillsammans med partiföreningarna": [("calendar", "all", None)],
    "anordna och närvara på minst en fysisk aktivitet lokalt hos varje partiförening innan valdagen": [("visits", "all", None)],
    "Genomföra utåtriktade politiska aktiviteter varje månad": [("outward", "per_month", 1)],
    "Aktiviteter skall arrangeras tillsammans med partiföreningarna under 1 maj, 8 mars och Pride.": [("yearly_days", "at_least", 3)],
    "Samtliga partiföreningars medlemmar ska erbjudas utbildning under året.": [("offered", "all", None)],
    "Anordna minst en utbildning, föreläsning eller webinarium för våra medlemmar inom respektive område": [("course_themes", "at_least", 4)],
    "Minst en Reko träff bör därför arrangeras under året.": [("gathered", "at_least", 1)],
    "Anordna en Höstkonferens där medlemsaktivering är det centrala temat": [("conference", "at_least", 1)],
    "Ha två utbildningar för medlemmar i viktiga frågor": [("courses", "at_least", 2)],
    "Alla partiföreningar har grundläggande kunskap om vad internfeminism innebär": [("course_reach", "all", None)],
    "en databas med politiska förslag ska kunna byggas upp": [("motions", "at_least", 5)],
    "bland annat genom en enkät ställd till alla medlemmar i syfte att nyttja allas kunskaper": [("asked", "all", None)],
    "Vi ska öka antalet följare på vår Facebooksida från 1500 till 2000": [("followers", "at_least", 2000)],
    "Vid årets utgång ska Vänsterpartiet Värmland ha 1500 gilla-markeringar på Facebook och 550 följare på Instagram": [
        ("followers", "at_least", 1500), ("followers", "at_least", 550),
    ],
    "ansvarar för att skapa minst två allmänpolitiska debattartiklar": [("articles", "at_least", 2)],
    "Minst fyra ordförandemöten, ett i kvartalet": [("chairs_meetings", "per_quarter", 1)],
    "Vi ska bli minst 90 medlemmar till årsskiftet": [("members", "at_least", 90)],
    "Minst 40 procent ska svara på medlemsenkäten": [("answered", "percent", 40)],
    "Varje förening ska hålla minst tre öppna möten": [("gatherings", "at_least", 3)],
    "utse en ansvarig som leder arbetet och redovisar informationen från partistyrelsen": [("yes_no", "done", None)],
    "Ombudsmannens roll är att stötta distriktsstyrelsen": [("yes_no", "done", None)],
    "Vår eftervalsundersökning visade att var fjärde medlem röstade på ett annat parti": [("yes_no", "done", None)],
}  # fmt: skip


def test_real_sentences_are_understood_as_a_person_would():
    wrong = {}
    for sentence, expected in QUOTES.items():
        found = [(one.entry, one.rule, one.target) for one in suggest(sentence, 2026)]
        if found != expected:
            wrong[sentence] = found
    assert not wrong


def test_a_baseline_a_scope_a_day_and_an_office_are_read_too():
    (followers,) = suggest("Från 1 500 till 2 000 följare på Facebook. Ansvarig: Kommunikationsgruppen", 2026)
    assert (followers.baseline, followers.target, followers.office) == (1500, 2000, "Kommunikationsgruppen")
    (each,) = suggest("Varje förening ska hålla minst tre öppna möten senast den 1 oktober", 2026)
    assert (each.scope, each.due_on) == ("every", date(2026, 10, 1))
    (own,) = suggest("Varje förening ska hålla minst tre öppna möten", 2026, association=True)
    assert own.scope == "whole"
    (never,) = suggest("Vi bygger en båt före den 31 februari", 2026)
    assert (never.entry, never.due_on) == ("yes_no", None)


def test_headings_lists_and_broken_lines_of_a_pdf_are_put_in_order():
    text = (
        "1. Inledning\n\nÅret som gick var bra, t.ex. kom många. Det var roligt.\n\nOrganisering\n• Varje ny medlem ska kontak-\n"
        "tas inom två veckor.\n• Varje ny medlem ska kontaktas inom två veckor.\n2) STYRELSENS MÖTEN\n"
        "o Styrelsen ska ha minst åtta möten (gärna\n  fler).\n"
    )
    found = read(text, 2026).suggestions
    assert found == read(text.replace("\n", "\r\n"), 2026).suggestions, "as a browser sends it"
    assert [(one.section, one.text, one.entry, one.kept) for one in found] == [
        ("Inledning", "Året som gick var bra, t.ex. kom många.", "yes_no", False),
        ("Inledning", "Det var roligt.", "yes_no", False),
        ("Organisering", "Varje ny medlem ska kontaktas inom två veckor.", "new_contacted", True),
        ("STYRELSENS MÖTEN", "Styrelsen ska ha minst åtta möten (gärna fler).", "board_meetings", True),
    ]


def test_the_catalogue_is_whole():
    listed = [key for keys in GROUPS.values() for key in keys]
    assert sorted(listed) == sorted(CATALOGUE)
    for entry in CATALOGUE.values():
        assert set(entry.rules) <= set(RULES), entry.key
        assert entry.work.endpoint or entry.by_hand, f"{entry.key} leads nowhere"
