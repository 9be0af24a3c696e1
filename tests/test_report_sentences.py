"""What a yearly report says, word for word: none, one, two and many of everything, in both languages, and odd years."""

import pytest

from organizer import report_sentences
from organizer.report_words import Words

SV, EN = Words("sv"), Words("en")


def figures(**changes):
    """A year in which everything is known; a test changes what it is about."""
    now = {
        "members": 1234, "joined": 14, "growth": {"joined": 14, "left": 2, "deceased": 1}, "new_n": [11, 14], "new_inv": [1, 12],
        "new_days": 3, "active": [231, 798], "renewed": [97, 114], "offered": [0, 1234], "cover": [6, 7],
    }  # fmt: skip
    whole = {
        "k": 5, "means": "took_part", "in_time_days": 14, "year": 2025, "first": "2025-01-01", "last": "2025-12-31",
        "counted_on": "2026-01-20", "going_on": False, "whole": True, "small": False, "nothing": False,
        "place": {"name": "Härnösands partiförening", "short": "Härnösand", "kind": "association", "founded_on": None,
                  "closed_on": None, "merged_into": None, "merged_in": []},
        "before": {"known_from": "2020-01-01", "members": 1193, "active": [204, 757], "renewed": [80, 100]},
        "activities": {"held": 0, "by_kind": {}, "visits": 0, "own": 0, "listed": [], "more": 0},
        "surveys": {"surveys": 0, "people": 0}, "offices": 0, "contributions": 0, "motions": {"put": 0, "accepted": 0},
        "support": None, "calling": {"shifts": 0, "callers": 0}, "campaigns": {"listed": [], "more": 0},
        "blasts": {"sent": 0, "delivered": 0}, "goals": [], "places": [],
    }  # fmt: skip
    whole["now"] = now | changes.pop("now", {})
    whole["before"] |= changes.pop("before", {})
    whole["place"] |= changes.pop("place", {})
    return whole | changes


def said(key, language="sv", **changes):
    return report_sentences.draft(figures(**changes), language)[key].replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("number", "swedish", "english"),
    [
        (0, "inga nya medlemmar", "no new members"), (1, "en ny medlem", "one new member"),
        (2, "två nya medlemmar", "two new members"), (11, "elva nya medlemmar", "eleven new members"),
        (14, "fjorton nya medlemmar", "fourteen new members"), (21, "21 nya medlemmar", "21 new members"),
        (1234, "1 234 nya medlemmar", "1,234 new members"),
    ],
)  # fmt: skip
def test_a_number_of_things_is_written_as_people_write_it(number, swedish, english):
    phrase = report_sentences.JOINED
    assert SV.among(number).count(number, phrase).replace("\N{NO-BREAK SPACE}", " ") == swedish
    assert EN.among(number).count(number, phrase) == english


@pytest.mark.parametrize(
    ("number", "swedish", "english"),
    [
        (0, "Vid årets slut hade föreningen inga medlemmar, två färre än vid förra årsskiftet.",
         "At the end of the year, the association had no members, two fewer than at the previous turn of the year."),
        (1, "Vid årets slut hade föreningen en medlem, en färre än vid förra årsskiftet.",
         "At the end of the year, the association had one member, one fewer than at the previous turn of the year."),
        (2, "Vid årets slut hade föreningen två medlemmar, lika många som vid förra årsskiftet.",
         "At the end of the year, the association had two members, as many as at the previous turn of the year."),
        (1234, "Vid årets slut hade föreningen 1 234 medlemmar, 1 232 fler än vid förra årsskiftet.",
         "At the end of the year, the association had 1,234 members, 1,232 more than at the previous turn of the year."),
    ],
)  # fmt: skip
def test_how_many_members_there_are_beside_the_year_before(number, swedish, english):
    changes = {"now": {"members": number}, "before": {"members": 2}}
    assert said("members", **changes).startswith(swedish)
    assert said("members", "en", **changes).startswith(english)


def test_who_came_and_went_is_listed_part_by_part_and_what_did_not_happen_is_not_said():
    assert "Under året fick föreningen fjorton nya medlemmar. Två gick ur och en avled." in said("members")
    assert "Two left and one died." in said("members", "en")
    assert "Ingen lämnade föreningen." in said("members", now={"growth": {"moved_in": 1}})
    assert "En flyttade in från en annan förening." in said("members", now={"growth": {"moved_in": 1}})
    # A move within a district is nobody's coming or going.
    district = {"place": {"kind": "district"}, "support": {"contacts": 0, "places": 0, "planned": 0, "done": 0}}
    text = said("members", now={"growth": {"moved_in": 9, "moved_out": 7, "left": 1}}, **district)
    assert "Två fler flyttade in till distriktet än ut ur det. En gick ur." in text


def test_the_new_the_renewed_and_the_active_are_told_with_what_they_are_a_part_of():
    assert said("new") == (
        "Elva av de fjorton nya medlemmarna fick en personlig kontakt inom fjorton dagar. En av de tolv fick en inbjudan "
        "till något inom samma tid. Minst hälften av de nya kontaktades inom tre dagar."
    )
    assert (
        "97 av de 114 som var medlemmar vid årets början förnyade sitt medlemskap (85 procent). Året innan gjorde 80 procent det."
        in said("members")
    )
    assert said("activation").startswith(
        "Vid årets slut hade 231 av de 798 medlemmarna deltagit i något, gjort en insats eller haft ett uppdrag under det "
        "senaste året (29 procent), 27 fler än vid förra årsskiftet."
    )
    assert said("activation", now={"active": [0, 9]}, before={"active": None}).startswith(
        "Vid årets slut hade ingen av de nio medlemmarna deltagit"
    )
    assert "alla de nio nya" in said("new", now={"new_n": [9, 9]}).lower()


@pytest.mark.parametrize(
    ("numbers", "swedish", "english"),
    [
        ((5, 0, 0, 0, 0, 0), "gällde fem medlemmar. Av dem söktes ingen och nåddes ingen. Ingen svarade på en fråga eller en inbjudan, ingen anmälde sig till något och ingen deltog.",
         "We tried to reach none of them and spoke with none. None answered"),
        ((6, 2, 1, 1, 1, 1), "gällde sex medlemmar. Av dem söktes två och nåddes en. En svarade",
         "We tried to reach two of them and spoke with one. One answered a question or an invitation, one signed up for something and one took part."),
        ((1512, 1234, 282, 236, 77, 2), "gällde 1 512 medlemmar. Av dem söktes 1 234 och nåddes 282. 236 svarade på en fråga eller en inbjudan, 77 anmälde sig till något och 2 deltog.",
         "concerned 1,512 members. We tried to reach 1,234 of them and spoke with 282."),
    ],
)  # fmt: skip
def test_a_campaign_is_told_step_by_step(numbers, swedish, english):
    steps = dict(zip(("people", "sought", "reached", "responded", "signed_up", "attended"), numbers, strict=True))
    one = {"title": "Hösten", "standing": False, "goes_on": False, **steps}
    campaigns = {"campaigns": {"listed": [one], "more": 1}, "calling": {"shifts": 18, "callers": 41}}
    text = said("activation", **campaigns)
    assert f"Ringkampanjen ”Hösten” {swedish}" in text
    assert "Ytterligare en ringkampanj genomfördes." in text
    assert "41 ringare deltog vid 18 ringpass." in text  # a large number makes all of a sentence figures
    assert english in said("activation", "en", **campaigns)


def test_activities_messages_offices_and_proposals_in_every_number():
    held = {"held": 6, "by_kind": {"course": 1, "meeting": 5}, "visits": 1, "own": 0, "listed": [], "more": 0}
    assert (
        said("learning", activities=held)
        == "Under året hölls sex aktiviteter: fem möten och en utbildning. Sammanlagt räknades ett besök."
    )
    assert (
        said("learning", activities=held | {"held": 1, "by_kind": {"board": 1}, "visits": 0})
        == "Under året hölls ett styrelsemöte."
    )
    assert said("learning") == "Inga aktiviteter från året står i kalendern."
    assert said("communication") == "Inga sms-utskick gjordes under året."
    assert (
        said("communication", blasts={"sent": 1, "delivered": 0}) == "Ett sms-utskick gjordes, och inga sms kom fram."
    )
    assert (
        said("communication", blasts={"sent": 5, "delivered": 3480}) == "5 sms-utskick gjordes, och 3 480 sms kom fram."
    )
    assert (
        said("communication", "en", blasts={"sent": 2, "delivered": 1})
        == "The year saw two SMS blasts, and one message arrived."
    )
    assert said("organisation", offices=1, motions={"put": 2, "accepted": 1}) == (
        "En medlem hade ett uppdrag under året. Två motioner och andra förslag lämnades in. Av dem bifölls en, helt eller delvis."
    )
    goals = [{"id": n, "code": code, "text": "Mål"} for n, code in enumerate(("reached", "reached", "needs_action"))]
    assert (
        said("plan", goals=goals) == "Verksamhetsplanen för 2025 har tre mål. Två är nådda och ett behöver en insats."
    )
    assert "Three" not in said("plan", "en", goals=goals)
    assert said("plan", "en", goals=goals).endswith("Two have been reached and one needs action.")


def test_odd_years_are_told_as_they_were():
    running = {"going_on": True, "whole": False, "last": "2026-11-19", "year": 2026}
    assert (
        said("brief", **running)
        == "Året pågår, så siffrorna är preliminära. De gäller till och med den 19 november 2026."
    )
    assert said("members", **running).startswith("Den 19 november 2026 hade föreningen 1 234 medlemmar")
    assert "senaste året (29 procent), 27 fler än samma dag året innan." in said("activation", **running)
    founded = {"place": {"founded_on": "2025-05-03"}, "before": {"members": None, "active": None, "renewed": None}}
    assert (
        said("brief", **founded) == "Härnösand bildades den 3 maj 2025, så det finns inget tidigare år att jämföra med."
    )
    assert said("members", **founded).startswith("Vid årets slut hade föreningen 1 234 medlemmar. Under året")
    merged = {"place": {"merged_in": [{"name": "Ånge", "on": "2025-09-01"}]}}
    assert "Den 1 september 2025 gick Ånge upp i Härnösand. Jämförelserna med året innan räknar med båda." in said(
        "brief", **merged
    )
    closed = {"place": {"closed_on": "2025-09-01", "merged_into": "Timrå"}, "whole": False, "last": "2025-08-31"}
    assert (
        "Den 1 september 2025 gick Härnösand upp i Timrå. Rapporten gäller till och med den 31 augusti 2025."
        in said("brief", **closed)
    )
    late = {"before": {"known_from": "2025-03-01", "members": None, "active": None, "renewed": None}}
    assert (
        said("brief", **late)
        == "Uppgifterna om medlemmarna börjar den 1 mars 2025, så de går inte att jämföra med året innan."
    )
    assert (
        said("brief", "en", nothing=True) == "There is no information about the members in 2025. Write what you know."
    )


def test_a_figure_written_by_hand_is_marked_and_its_source_told():
    by_hand = {"members": {"number": 740, "source": "Verksamhetsberättelsen 2024"}}
    draft = report_sentences.draft(figures(before={"members": None}), "sv", by_hand)
    assert "494 fler än vid förra årsskiftet*." in draft["members"]
    assert "* Siffran från förra årsskiftet är ifylld för hand. Källa: Verksamhetsberättelsen 2024." in draft["method"]


def test_too_small_an_association_is_told_without_numbers_of_its_members():
    nothing = dict.fromkeys(
        ("members", "joined", "growth", "new_n", "new_inv", "new_days", "active", "renewed", "offered", "cover")
    )
    small = report_sentences.draft(figures(small=True, now=nothing, before={"members": None}), "sv")
    assert small["brief"] == "Härnösand har färre än fem medlemmar. Därför redovisas inga siffror om medlemmarna."
    assert not any(one.isdigit() for key in ("members", "new", "activation") for one in small[key])
