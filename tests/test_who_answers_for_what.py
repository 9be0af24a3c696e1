"""The page that says who answers for what: for everybody in the district, with chairs' numbers for chairs and organisers."""

from datetime import date

from organizer import assignments
from organizer.models import RoleName
from tests.factories import make_account, make_association, make_person


def test_everybody_in_the_district_reads_who_answers_and_only_some_may_ring(app, visitor, cast, database, clock):
    with database.writing() as session:
        treasurer = make_person(session, cast.harnosand, "Kerstin Kassör")
        assignments.add(session, treasurer.id, cast.harnosand.id, "treasurer", date(2026, 1, 1), None, None, clock.now)
        hidden = make_person(session, cast.harnosand, "Hemlig Person", protected=True)
        assignments.add(session, hidden.id, cast.harnosand.id, "auditor", date(2026, 1, 1), None, None, clock.now)
        past = make_person(session, cast.harnosand, "Fredrik Förr")
        assignments.add(
            session, past.id, cast.harnosand.id, "board", date(2025, 1, 1), date(2026, 1, 1), None, clock.now
        )
        session.get(type(cast.chair), cast.chair.id).e164 = "+46701740655"
    caller = type(visitor)(app).log_in_as(cast.caller, "caller").get("/ansvar")
    assert "Kassör Kerstin Kassör" in caller.words
    assert cast.chair.name in caller.words
    assert "070-174 06 55" not in caller.html
    for nobody in ("Hemlig Person", "Fredrik Förr"):
        assert nobody not in caller.html
    chair = visitor.log_in_as(cast.timra_chair).get("/ansvar")
    assert 'href="tel:+46701740655"' in chair.html


def test_a_chair_who_has_left_no_number_is_rung_on_the_one_in_the_register(visitor, cast, database, clock):
    with database.writing() as session:
        elected = make_person(session, cast.harnosand, cast.chair.name, "+46701740656")
        assignments.add(session, elected.id, cast.harnosand.id, "chair", date(2026, 1, 1), None, None, clock.now)
        other = make_person(session, cast.timra, "Ny Vald", "+46701740657")
        assignments.add(session, other.id, cast.timra.id, "chair", date(2026, 1, 1), None, None, clock.now)
    page = visitor.log_in_as(cast.organizer).get("/ansvar")
    assert 'href="tel:+46701740656"' in page.html
    assert 'href="tel:+46701740657"' in page.html
    assert page.words.count(cast.chair.name) == 2, "once among the numbers, once where the chair answers"


def test_what_nobody_answers_for_is_said_with_its_denominator(visitor, cast, database):
    page = visitor.log_in_as(cast.organizer).get("/ansvar")
    assert "Distriktet bör ha 3 distriktsansvariga och har 1." in page.words
    assert "2 av 2 föreningar har någon som ansvarar." in page.words


def test_another_district_is_another_page(visitor, app, cast, database):
    with database.writing() as session:
        elsewhere = make_association(session, "Jämtland", cast.national, kind="district")
        away = make_association(session, "Östersund", elsewhere)
        chair = make_account(session, "Frej Främling", (RoleName.CHAIR, away))
    page = visitor.log_in_as(chair).get("/ansvar")
    assert "Frej Främling" in page.words
    assert cast.chair.name not in page.html
