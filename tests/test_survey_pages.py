"""Writing a survey and reading what came in, with small groups hidden."""

import pytest
import sqlalchemy as sa

from organizer import surveys
from organizer.models import Question, Survey
from tests.conftest import scalar
from tests.factories import make_person


@pytest.fixture
def chair(visitor, cast):
    return visitor.log_in_as(cast.chair)


def asked_of(database, clock, place, *questions):
    with database.writing() as session:
        made = surveys.create(session, place.id, "Höstens frågor", questions, clock.now)
        return made, [one.id for one in surveys.questions(session, made)]


def answered(database, clock, place, question, *answers):
    with database.writing() as session:
        for choices, text in answers:
            surveys.answer(session, question, make_person(session, place).id, choices, text, clock.now)


def test_a_survey_is_written_without_javascript_and_empty_questions_are_skipped(chair, database):
    assert "Här samlas frågorna" in chair.get("/enkater").words
    shown = chair.submit(
        chair.get("/enkater/ny"), "/enkater/ny", "Spara",
        **{
            "title": "Vad vill du?", "question-0": "Vad vill du vara med på?", "kind-0": "many",
            "options-0": "Baka\n\n Dela ut flygblad \n", "question-3": "Kommer du?", "kind-3": "yes_no",
        },
    )  # fmt: skip
    assert "Vad vill du vara med på?" in shown.words
    assert "Visas när minst 5 har svarat (nu 0)." in shown.words
    with database.reading() as session:
        kept = [tuple(row) for row in session.execute(sa.select(Question.position, Question.options))]
    assert kept == [(0, ["Baka", "Dela ut flygblad"]), (1, ["Ja", "Nej", "Kanske"])]
    assert "2 frågor" in chair.get("/enkater").words


def test_a_mistake_is_said_at_its_question_and_what_was_typed_is_kept(chair, database):
    page = chair.post("/enkater/ny", {"title": "Enkät", "question-0": "Vad?", "kind-0": "one", "options-0": "Bara ett"})
    assert page.status == 422
    assert page.words.count("Skriv minst två svar att välja mellan") == 2
    assert 'href="#question-0"' in page.html
    assert "Bara ett" in page.html
    assert scalar(database, sa.select(sa.func.count()).select_from(Survey)) == 0


def test_fewer_than_five_answers_are_not_shown_and_one_hidden_cell_hides_another(chair, cast, database, clock):
    what, often = surveys.Asked("Vad?", "many", ("Baka", "Sjunga")), surveys.Asked("Kommer du?", "yes_no")
    survey, (first, second) = asked_of(database, clock, cast.harnosand, what, often)
    answered(database, clock, cast.harnosand, first, *[([0], "")] * 4)
    page = chair.get(f"/enkater/{survey}")
    assert page.words.count("Visas när minst 5 har svarat") == 2
    answered(database, clock, cast.harnosand, first, ([1], ""))
    assert (
        "5 har svarat. Inget av svaren har valts av minst 5, så inget visas." in chair.get(f"/enkater/{survey}").words
    )
    answered(database, clock, cast.harnosand, first, ([0], ""))
    answered(database, clock, cast.harnosand, second, *[([0], "")] * 9, *[([1], "")] * 6, ([2], ""))
    page = chair.get(f"/enkater/{survey}")
    assert "5 av 6" in page.words
    assert page.words.count("Färre än 5 svar – visas inte") == 3, "one of many; maybe and, lest it be subtracted, no"


def test_a_chair_sees_the_districts_survey_for_the_own_association_only(chair, cast, database, clock):
    words = surveys.Asked("Varför?", "text")
    survey, (question,) = asked_of(database, clock, cast.district, words)
    answered(database, clock, cast.harnosand, question, *[([], f"Eget {n}") for n in range(5)])
    answered(database, clock, cast.timra, question, *[([], "Deras")] * 5)
    page = chair.get(f"/enkater/{survey}")
    assert "5 har svarat" in page.words
    assert "Eget 4" in page.words
    assert "Deras" not in page.html
    assert "Svar från dem som är medlemmar i Härnösand i dag." in page.words


def test_another_associations_survey_does_not_exist(chair, cast, database, clock):
    survey, _ = asked_of(database, clock, cast.timra, surveys.Asked("Kommer du?", "yes_no"))
    assert chair.get(f"/enkater/{survey}").status == 404
    assert "Höstens frågor" not in chair.get("/enkater").words
