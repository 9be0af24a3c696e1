"""The pages of the activity plan: paste, confirm, note, judge, print; who may do what, and what is refused in words."""

from datetime import date

import pytest
import sqlalchemy as sa

from organizer import plan_keeping, plan_nudges
from organizer.models import Change, GoalEntry, PlanGoal
from tests.conftest import scalar
from tests.factories import make_activity, make_association, make_person
from tests.planning import make_goal, note, on

PLAN = """Organisering
- Andelen medlemmar som förnyar sitt medlemskap ska öka, likväl som antalet nya medlemmar ska öka.
- Vi ska anordna minst ett ordförandemöte i kvartalet för att samordna
arbetet i distriktet.
Att synas
Vi ska öka antalet följare på vår Facebooksida från 1500 till 2000. Bilda en kör före den 1 december. Ansvarig: Kulturrådet.
"""


@pytest.fixture
def organizer(visitor, cast):
    return visitor.log_in_as(cast.organizer)


def test_a_pasted_plan_is_confirmed_and_only_then_saved(organizer, database):
    page = organizer.get("/verksamhetsplan")
    assert "Det finns ingen plan för 2026 än" in page.words
    page = organizer.post("/verksamhetsplan/vasternorrland/klistra", {"text": PLAN})
    assert "Andel som har förnyat medlemskapet · Mer än året före" in page.words
    assert "Möten med ordförandena · Minst 1 varje kvartal" in page.words
    assert "5 meningar hittades" in page.words
    assert scalar(database, sa.select(sa.func.count()).select_from(PlanGoal)) == 0
    form = page.form("bekrafta")
    data = {name: value for name, value in form.fields if name != "1-keep"} | {"4-goal": "Bilda en barnkör"}
    wrong = organizer.post("/verksamhetsplan/vasternorrland/bekrafta", {**data, "3-target": "oändligt"})
    assert wrong.status == 422
    assert "Skriv ett helt tal" in wrong.words
    assert "Bilda en barnkör" in wrong.html
    assert scalar(database, sa.select(sa.func.count()).select_from(PlanGoal)) == 0
    saved = organizer.post("/verksamhetsplan/vasternorrland/bekrafta", data)
    assert "mål är sparade." in saved.words
    with database.reading() as session:
        rows = {
            row.entry: (row.rule, row.target, row.baseline, row.section, row.office, row.due_on, row.text)
            for row in session.scalars(sa.select(PlanGoal))
        }
    assert rows["chairs_meetings"][:4] == ("per_quarter", 1, None, "Organisering")
    assert rows["chairs_meetings"][6].endswith("samordna arbetet i distriktet.")
    assert rows["followers"][:4] == ("at_least", 2000, 1500, "Att synas")
    assert rows["yes_no"][4:] == ("Kulturrådet", date(2026, 12, 1), "Bilda en barnkör")
    assert "joined" not in rows
    assert "renewed" in rows
    assert scalar(database, sa.select(sa.func.count()).select_from(Change).where(Change.action == "goal_added")) == 4


def test_too_much_and_nothing_are_refused_and_kept(organizer):
    for text, said in (
        ("x" * 200_000, "Texten är för lång: högst 40 000 tecken åt gången, och det här är 200 000."),
        ("   \n\n - \n", "Det finns inga meningar att läsa."),
    ):
        page = organizer.post("/verksamhetsplan/vasternorrland/klistra", {"text": text})
        assert (page.status, said in page.words) == (422, True)
        assert text.strip()[:1000] in page.html
    text = "\n".join(f"- Vi ska bygga hus nummer {n} i byn." for n in range(100))
    page = organizer.post("/verksamhetsplan/vasternorrland/klistra", {"text": text})
    assert "60 meningar hittades" in page.words
    assert "från ”Vi ska bygga hus nummer 60 i byn.”" in page.words


WRONG = (
    ({"goal": ""}, "Skriv målet, högst 300 tecken."),
    ({"entry": "fyrverkerier"}, "Välj hur målet mäts."),
    ({"entry": "courses", "rule": "at_least", "target": "0"}, "Skriv ett helt tal från 1 till 1 000 000."),
    ({"entry": "courses", "rule": "at_least", "target": "99999999"}, "Skriv ett helt tal från 1 till 1 000 000."),
    ({"entry": "answered", "rule": "percent", "target": "101"}, "Skriv ett helt tal från 1 till 100."),
    ({"entry": "active", "rule": "more", "baseline": "200"}, "Skriv varifrån utgångsläget kommer"),
    ({"due": "2027-01-01"}, "Dagen ska vara under planens år, 2026."),
    ({"due": "snart"}, "Skriv dagen som år-månad-dag"),
    ({"scope": "999"}, "Välj vem målet gäller."),
    ({"responsible": "999"}, "Välj någon som har en roll här"),
)
"""What is typed in the form of a goal, and what is said about it."""


def test_what_makes_no_sense_is_refused_beside_its_field(organizer, database):
    for form, said in WRONG:
        whole = {"goal": "Behåll mig", "entry": "yes_no", "rule": "done", "scope": "whole", **form}
        page = organizer.post("/verksamhetsplan/vasternorrland/nytt", whole)
        assert (page.status, said in page.words) == (422, True), said
        assert "Behåll mig" in page.html or not form.get("goal", "x")
    assert scalar(database, sa.select(sa.func.count()).select_from(PlanGoal)) == 0


def test_counting_judging_and_taking_back(organizer, database, cast, clock):
    with database.writing() as session:
        goal = make_goal(session, cast.district, "articles", responsible_id=cast.organizer.id).id
        assert [one.goal_id for one in plan_nudges.monthly(session, cast.organizer.id, clock.now)] == [goal]
    page = organizer.get("/verksamhetsplan")
    assert "1 mål väntar på dig den här månaden." in page.words
    page = organizer.submit(page, f"/mal/{goal}/anteckna", "En till")
    assert "1 av minst 2 artiklar" in page.words
    assert "väntar på dig" not in page.words
    with database.reading() as session:
        assert plan_nudges.monthly(session, cast.organizer.id, clock.now) == []
    page = organizer.get(f"/verksamhetsplan/mal/{goal}")
    refused = organizer.submit(page, f"/mal/{goal}/bedom", "Spara bedömningen", status="reached", why=" ")
    assert (refused.status, "Skriv varför du bedömer det så." in refused.words) == (422, True)
    page = organizer.submit(page, f"/mal/{goal}/bedom", "Spara bedömningen", status="reached", why="Den andra trycks")
    assert "bedömt av Disa Distrikt" in page.words
    assert "Räknat: Behöver insats. Disa Distrikt bedömde 19 november 2026: ”Den andra trycks”" in page.words
    page = organizer.submit(page, f"/mal/{goal}/bedom", "Låt räkningen gälla igen")
    assert "bedömt av" not in page.words
    entry = scalar(database, sa.select(GoalEntry.id).where(GoalEntry.kind == "count"))
    page = organizer.submit(page, f"/anteckna/{entry}/angra")
    assert "0 av minst 2 artiklar" in page.words
    bad = organizer.post(
        f"/verksamhetsplan/mal/{goal}/anteckna",
        {"kind": "count", "value": "1e9", "link": "javascript:x", "note": "Kvar"},
    )
    assert (bad.status, "Kvar" in bad.html) == (422, True)
    clock.forward(days=13)
    assert "1 mål väntar på dig" in organizer.log_in_as(cast.organizer).get("/verksamhetsplan").words


def test_a_chair_marks_her_own_part_and_sees_no_other_association(visitor, database, cast, clock):
    with database.writing() as session:
        for name in ("Kramfors", "Sollefteå", "Ånge"):
            place = make_association(session, name, cast.district)
            for _ in range(7):
                make_person(session, place, joined=date(2026, 1, 2))
        make_activity(session, cast.harnosand, kind="action", starts_at=on(2026, 5, 1))
        every = make_goal(session, cast.district, "counted", scope="every", target=1, text="Ett öppet möte var").id
        visits = make_goal(session, cast.district, "visits", text="Möten hos alla").id
        offered = make_goal(session, cast.district, "offered", text="Utbildning för alla").id
        single = make_goal(
            session, cast.district, "courses", scope="one", place_id=cast.timra.id, text="Timrås kurs"
        ).id
    plan_keeping.keep(database, clock.now)
    chair = visitor.log_in_as(cast.chair)
    own = chair.get("/verksamhetsplan")
    assert own.address == "/verksamhetsplan/harnosand"
    assert "Från distriktets plan" in own.words
    page = chair.get(f"/verksamhetsplan/mal/{every}?hos=harnosand")
    page = chair.submit(page, f"/mal/{every}/anteckna", value="1")
    assert "1 av minst 1" in page.words
    above = chair.get("/verksamhetsplan/vasternorrland")
    assert "1 av 5 föreningar" in above.words
    assert "Er förening är med." in above.words
    assert not {"Timrå", "Kramfors", "Ånge"} & set(above.words.replace(",", " ").split())
    assert "0 av 21 medlemmar" in above.words  # three others with seven each stand behind it
    with database.writing() as session:
        make_person(session, cast.harnosand)
        session.execute(
            sa.text("DELETE FROM memberships WHERE association_id IN (SELECT id FROM associations WHERE slug = 'ange')")
        )
        session.execute(sa.text("DELETE FROM goal_readings"))
    plan_keeping.keep(database, clock.now)
    above = chair.get("/verksamhetsplan/vasternorrland")
    assert "av 15 medlemmar" not in above.words
    assert "Visas bara för distriktets ansvariga" in above.words
    assert f"/mal/{offered}" in above.html
    for address in (
        f"mal/{every}?hos=timra",
        f"mal/{single}",
        f"mal/{visits}?hos=harnosand",
        f"mal/{visits}/andra",
        "vasternorrland/nytt",
    ):
        assert chair.get(f"/verksamhetsplan/{address}").status == 404, address
    assert chair.post(f"/verksamhetsplan/mal/{visits}/bedom", {"status": "reached", "why": "x"}).status == 404
    assert chair.post(f"/verksamhetsplan/mal/{every}/anteckna", {"kind": "comment", "note": "x"}).status == 404


def test_the_boards_page_puts_first_what_needs_something_and_years_that_cannot_be_become_this_one(
    organizer, database, cast
):
    with database.writing() as session:
        make_goal(session, cast.district, "yes_no", text="Redan klart", position=1)
        done = make_goal(session, cast.district, "yes_no", text="Gjort mål", position=2)
        note(session, done, cast.district, "done", 1)
        make_goal(session, cast.district, "board_meetings", text="Åtta möten", position=3)
        make_goal(session, cast.district, "gone_for_ever", text="Utan mått", position=4)
    page = organizer.get("/verksamhetsplan/vasternorrland/styrelse?ar=banan")
    order = [page.words.index(text) for text in ("Åtta möten", "Redan klart", "Utan mått", "Gjort mål")]
    assert order == sorted(order)
    assert "Måttet finns inte längre. Välj ett annat sätt att mäta." in page.words
    assert "Det finns ingen plan för 2027 än" in organizer.get("/verksamhetsplan/vasternorrland?ar=2027").words
    assert "Verksamhetsplan 2026" in organizer.get("/verksamhetsplan/vasternorrland?ar=9999").words


def test_what_waits_for_this_month_stands_where_one_begins(visitor, database, cast):
    with database.writing() as session:
        make_goal(session, cast.district, "followers", text="Fler följare", responsible_id=cast.organizer.id)
        make_goal(session, cast.harnosand, "yes_no", text="Hitta en lokal", responsible_id=cast.chair.id)
    page = visitor.log_in_as(cast.organizer).get("/oversikt")
    assert "1 mål väntar på dig den här månaden." in page.words
    assert "Inget väntar på dig" not in page.words
    page = visitor.log_in_as(cast.chair).get("/forening/harnosand/att-gora")
    assert "Hitta en lokal" in page.words
    assert "Fler följare" not in page.words
