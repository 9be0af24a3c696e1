"""At most five questions; the latest answer stands; undo brings the previous one back; counts per option."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from organizer import surveys
from organizer.models import Answer, Event
from organizer.surveys import Asked
from organizer.words import Missing, Refused
from tests.factories import NOW, make_association, make_person

WHAT = Asked("Vad vill du vara med på?", "many", ("Baka", "Dela ut flygblad", "Studiecirkel"))
HOW_OFTEN = Asked("Hur ofta?", "one", ("Varje vecka", "Ibland"))
MAYBE = Asked("Kommer du på årsmötet?", "yes_no")
WORDS = Asked("Vad skulle få dig att komma?", "text")


@pytest.fixture
def place(session):
    return make_association(session, "Härnösand")


@pytest.fixture
def survey(session, place):
    return surveys.create(session, place.id, "Vad vill du göra?", [WHAT, HOW_OFTEN, MAYBE, WORDS], NOW)


@pytest.fixture
def ids(session, survey):
    return [question.id for question in surveys.questions(session, survey)]


def stands(session):
    return [tuple(row) for row in session.execute(sa.select(Answer.choices, Answer.text, Answer.call_id))]


def responses(session):
    return [tuple(row) for row in session.execute(sa.select(Event.kind, Event.campaign_id, Event.at))]


@pytest.mark.parametrize(
    ("field", "title", "questions"),
    [
        ("title", " ", [MAYBE]),
        ("title", "x" * 121, [MAYBE]),
        ("question-0", "Enkät", []),
        ("question-4", "Enkät", [MAYBE] * 6),
        ("question-1", "Enkät", [MAYBE, Asked(" ", "text")]),
        ("question-0", "Enkät", [Asked("x" * 201, "text")]),
        ("question-0", "Enkät", [Asked("Hur?", "stars")]),
        ("question-0", "Enkät", [Asked("Vad?", "one", ("Bara ett",))]),
        ("question-0", "Enkät", [Asked("Vad?", "one", ("Lika", "Lika"))]),
        ("question-0", "Enkät", [Asked("Vad?", "many", tuple(map(str, range(11))))]),
    ],
)
def test_what_is_wrong_with_a_survey_is_said_at_its_field(session, place, field, title, questions):
    with pytest.raises(Refused) as refused:
        surveys.create(session, place.id, title, questions, NOW)
    assert refused.value.field == field


def test_the_latest_answer_stands_and_is_one_response(session, place, ids):
    person = make_person(session, place).id
    surveys.answer(session, ids[0], person, [1], "", NOW, call_id=1, campaign_id=7)
    later = NOW + timedelta(days=30)
    surveys.answer(session, ids[0], person, [2, 0, 2], "", later, call_id=2, campaign_id=8)
    assert stands(session) == [([0, 2], "", 2)]
    assert responses(session) == [("response", 8, later)]


def test_an_empty_answer_takes_it_back_and_undo_brings_it_again(session, place, survey, ids):
    person = make_person(session, place).id
    surveys.answer(session, ids[0], person, [1], "", NOW, call_id=1, campaign_id=7)
    surveys.answer(session, ids[0], person, [], "", NOW, call_id=2, campaign_id=7)
    assert responses(session) == []
    assert surveys.results(session, survey)[0].answered == 0
    surveys.retract(session, 2)
    assert stands(session) == [([1], "", 1)]
    assert responses(session) == [("response", 7, NOW)]
    surveys.retract(session, 1)
    assert stands(session) == responses(session) == []


def test_changing_the_mind_within_one_call_still_undoes_to_what_was_before_it(session, place, ids):
    person = make_person(session, place).id
    surveys.answer(session, ids[1], person, [0], "", NOW, call_id=1, campaign_id=7)
    for choice in (1, 0):
        surveys.answer(session, ids[1], person, [choice], "", NOW, call_id=2, campaign_id=8)
    surveys.retract(session, 2)
    assert stands(session) == [([0], "", 1)]


@pytest.mark.parametrize(("question", "choices"), [(0, [3]), (1, [0, 1]), (2, [3]), (1, [-1])])
def test_an_answer_that_is_not_among_the_options_is_refused(session, place, ids, question, choices):
    with pytest.raises(Refused, match="finns inte bland alternativen"):
        surveys.answer(session, ids[question], make_person(session, place).id, choices, "", NOW)
    assert stands(session) == []


def test_words_are_kept_short_and_a_question_must_exist(session, place, ids):
    person = make_person(session, place).id
    surveys.answer(session, ids[3], person, [], " Skjuts 🚗 " + "x" * 400, NOW)
    assert stands(session)[0][1].startswith("Skjuts 🚗")
    assert len(stands(session)[0][1]) == 280
    with pytest.raises(Missing):
        surveys.answer(session, 4711, person, [0], "", NOW)


def test_words_are_shown_where_they_were_said_and_never_those_of_somebody_protected(session, place, ids):
    other = make_association(session, "Timrå")
    hidden = make_person(session, place, "Hemlig Person", protected=True)
    for who, words in ((make_person(session, place), "Här"), (make_person(session, other), "Där"), (hidden, "Jag")):
        surveys.answer(session, ids[3], who.id, [], words, NOW)
    assert surveys.words_of(session, ids[3], place.path) == ["Här"]


def test_counts_per_option_at_a_place_and_in_a_campaign(session, place, survey, ids):
    other = make_association(session, "Timrå")
    for home, campaign, choices in ((place, 1, [0, 1]), (place, 2, [1]), (other, 1, [1, 2])):
        surveys.answer(session, ids[0], make_person(session, home).id, choices, "", NOW, campaign_id=campaign)
    assert surveys.results(session, survey)[0].chosen == (1, 3, 1)
    assert surveys.results(session, survey, path=place.path)[0].chosen == (1, 2, 0)
    first = surveys.results(session, survey, campaign_id=1)[0]
    assert (first.answered, first.chosen) == (2, (1, 2, 1))
    assert surveys.results(session, survey)[2].options == ("Ja", "Nej", "Kanske")
