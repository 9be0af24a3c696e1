"""Nothing at all, one day, founded or merged in the year, a period to come, a goal without a source: every page of figures says what is true."""

from datetime import date, timedelta

import pytest

from campaigns import place_mergers
from organizer.metrics import METRICS, Measured
from organizer.models import Association, Kind, Plan, PlanGoal
from tests.factories import NOW, make_campaign, make_person
from tests.ledger import CONVERSATION, happened, paid, target
from tests.scene import TODAY

OF_CHAIR = ("", "/siffror", "/nya", "/att-gora", "/forr")
PERIODS = ("", "?period=last_year&compare=2023", "?period=2031&compare=x", "?period=campaign:1&compare=none")
OF_DISTRICT = (
    "/oversikt",
    "/foreningar",
    "/foreningar?sort=campaign",
    "/foreningar/harnosand",
    "/forening/vasternorrland",
    "/forening/vasternorrland/siffror",
)


def nothing(_session, _cast):
    """No member, no campaign, no plan."""


def one_day(session, cast):
    """Everything there is happened today."""
    campaign = make_campaign(session, cast.district, starts_on=TODAY)
    for _ in range(7):
        person = make_person(session, cast.harnosand, joined=TODAY)
        happened(session, person, TODAY, *CONVERSATION, Kind.ATTENDANCE, campaign=campaign)
        target(session, campaign, cast.harnosand, person)


def founded(session, cast):
    """The association began in October, with members who joined then."""
    session.get(Association, cast.harnosand.id).founded_on = date(2026, 10, 1)
    for n in range(8):
        person = make_person(session, cast.harnosand, joined=date(2026, 10, 1 + n))
        happened(session, person, date(2026, 10, 12), *CONVERSATION)


def merged(session, cast):
    """Timrå became part of Härnösand in June; both had members who had paid and done something before that."""
    ours = [make_person(session, cast.harnosand, joined=date(2020, 1, 1)) for _ in range(6)]
    theirs = [make_person(session, cast.timra, joined=date(2020, 1, 1)) for _ in range(7)]
    for person in (*ours[:3], *theirs[:4]):
        paid(session, person, date(2026, 3, 1))
        happened(session, person, date(2025, 3, 1), Kind.ATTENDANCE)
        happened(session, person, date(2026, 3, 1), Kind.ATTENDANCE, *CONVERSATION)
        happened(session, person, date(2024, 3, 1), Kind.ATTENDANCE)
    place_mergers.merge(session, cast.timra, cast.harnosand, date(2026, 6, 1), cast.organizer.id, NOW)


def lost_goal(session, cast):
    """A goal whose way of measuring no longer exists."""
    one_day(session, cast)
    plan = Plan(association_id=cast.district.id, year=TODAY.year, created_at=cast.organizer.created_at)
    session.add(plan)
    session.flush()
    for n, entry in enumerate(("went_away", "active")):
        goal = {
            "plan_id": plan.id,
            "position": n,
            "text": f"Målet {n}",
            "scope": "every",
            "entry": entry,
            "rule": "more",
        }
        session.add(PlanGoal(**goal, created_at=cast.organizer.created_at))


SAID = {
    nothing: {"/forening/harnosand": ["Föreningen har 0 medlemmar. Siffror visas först"], "/oversikt": ["Ingen kampanj pågår."]},
    one_day: {
        "/forening/harnosand": ["Aktiva medlemmar 7 av 7", "2025 kan inte visas: det finns för lite historik."],
        "/forening/harnosand/siffror": ["Nya kontaktade i tid 7 av 7"],
    },
    founded: {"/forening/harnosand": ["Medlemmar 8 8 fler än före perioden 8 nya", "Har förnyat Färre än 5 – visas inte"]},
    merged: {
        "/forening/harnosand": [
            "Aktiva medlemmar 7 av 13 Lika många som ett år tidigare (7 av 13)", "7 genom sammanslagning",
            "Har förnyat 7 av 13", "Här räknas även medlemmarna i Timrå, som har gått ihop med er",
        ],
        "/forening/harnosand/siffror": ["Aktiva medlemmar 7 av 13 54 % 7 av 13 54 % Lika många", "Nådda 7 av 13"],
        "/foreningar": ["Härnösand 13 7 av 13"],
    },
    lost_goal: {
        "/forening/harnosand": ["Målet 0 Går inte att mäta än Måttet finns inte längre.", "Målet 1", "uppgifter om året före saknas"],
    },
}  # fmt: skip


@pytest.mark.parametrize("scene", SAID, ids=lambda one: one.__name__)
def test_every_page_of_figures_stands_and_says_what_is_true(visitor, database, cast, scene):
    with database.writing() as session:
        scene(session, cast)
    words = {}
    visitor.log_in_as(cast.chair)
    for path in OF_CHAIR:
        for period in PERIODS if path in {"", "/siffror"} else ("",):
            page = visitor.get(f"/forening/harnosand{path}{period}")
            assert page.status == 200, page.address
            words[page.address] = page.words
    visitor.log_in_as(cast.organizer)
    for path in OF_DISTRICT:
        page = visitor.get(path)
        assert page.status == 200, path
        words[path] = page.words
    for path, said in SAID[scene].items():
        for sentence in said:
            assert sentence in words[path], (path, sentence, words[path][:1500])
    assert words["/forening/harnosand?period=2031&compare=x"] == words["/forening/harnosand"], (
        "a year to come is this year"
    )


def test_an_association_that_became_part_of_another_leads_there(visitor, database, cast):
    with database.writing() as session:
        merged(session, cast)
    assert visitor.log_in_as(cast.organizer).get("/forening/timra").address == "/forening/harnosand"
    visitor.log_in_as(cast.timra_chair)
    assert visitor.get("/forening/timra").status == 200, "whoever may not see the other stays"


def test_the_business_year_can_be_chosen_where_it_is_not_the_calendar_year(visitor, database, cast):
    with database.writing() as session:
        one_day(session, cast)
    organizer = visitor.log_in_as(cast.organizer)
    assert "Verksamhetsåret" not in organizer.get("/forening/harnosand").html
    form = organizer.get("/installningar/plats/vasternorrland")
    organizer.submit(form, "/business_year", month="7")
    page = organizer.get("/forening/harnosand?period=last_business")
    assert "1 juli 2025–30 juni 2026, jämfört med samma tid 2025" in page.words
    assert "1 juli 2026–19 november 2026" in organizer.get("/forening/harnosand?period=business&compare=2024").words


def test_nothing_is_told_of_a_period_to_come(session, cast):
    found = METRICS["reached"].compute(
        session, cast.harnosand, TODAY + timedelta(days=1), TODAY + timedelta(days=9), TODAY
    )
    assert found == Measured()
