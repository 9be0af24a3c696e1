"""Answering a survey by its address: by name and changed, anonymously and once, too late, on paper, and published."""

from datetime import date

import pytest
import sqlalchemy as sa

from campaigns import definitions
from campaigns.models import Campaign
from organizer import anonymous_answers, interests, personal_links, survey_door, survey_drafts, surveys, throttling
from organizer.models import AnonymousWords, Answer, Association, Event, Person, PersonalLink, SealedAnswer, Survey
from organizer.survey_drafts import Asked, Draft
from tests.conftest import SECRET, scalar
from tests.factories import make_person

QUESTIONS = (
    Asked("Vad vill du vara med på?", "many", ("Flygblad", "Cirkel"), ("action", "course")),
    Asked("Hur nöjd är du?", "scale"),
    Asked("Vad saknar du?", "text"),
)


@pytest.fixture
def survey(database, cast, clock):
    with database.writing() as session:
        return survey_drafts.write(
            session, cast.harnosand.id, Draft("Höstens enkät", QUESTIONS, "Vi vill veta."), clock.now
        )


@pytest.fixture
def anonymous(database, cast, clock):
    with database.writing() as session:
        draft = Draft("Hur röstade du?", QUESTIONS, mode="anonymous")
        made = survey_drafts.write(session, cast.district.id, draft, clock.now)
        return made, session.get_one(Survey, made).public_code


@pytest.fixture
def asa(database, cast):
    with database.writing() as session:
        return make_person(session, cast.harnosand, "Åsa Öberg").id


def link_of(database, clock, survey, person):
    with database.writing() as session:
        until = survey_door.link_until(session.get_one(Survey, survey), clock.now)
        return personal_links.make(session, "survey", person, clock.now, expires_at=until, target_id=survey)


def fields(database, survey, many=(), scale=(), text=""):
    with database.reading() as session:
        first, second, third = (one.id for one in surveys.questions(session, survey))
    return {f"q{first}": [str(one) for one in many], f"q{second}": [str(one) for one in scale], f"q{third}": text}


def results(database, survey):
    with database.reading() as session:
        return [(one.answered, one.chosen) for one in surveys.results(session, survey)]


def test_a_personal_link_knows_whose_it_is_and_answers_can_be_changed(visitor, database, clock, survey, asa):
    address = f"/e/{link_of(database, clock, survey, asa)}"
    page = visitor.get(address)
    assert "Hej Åsa." in page.words
    assert "Öberg" not in page.html
    thanks = visitor.submit(page, "/e/", "Spara mina svar", **fields(database, survey, [0, 1], [4], "Kaffe"))
    assert "är sparade" in thanks.words
    again = visitor.get(address)
    assert "Du har redan svarat" in again.words
    assert again.html.count(" checked") == 3
    visitor.submit(again, "/e/", "Spara mina svar", **fields(database, survey, [1], [4], "Kaffe"))
    assert results(database, survey) == [(1, (0, 1)), (1, (0, 0, 0, 0, 1)), (1, ())]
    assert scalar(database, sa.select(sa.func.count()).select_from(Event).where(Event.kind == "response")) == 3
    assert scalar(database, sa.select(Answer.how).distinct()) == "link"


def test_the_page_saves_by_itself_and_nothing_answered_is_refused_in_words(visitor, database, clock, survey, asa):
    address = f"/e/{link_of(database, clock, survey, asa)}"
    draft = {**fields(database, survey, [0]), "draft": "1"}
    assert visitor.post(address, draft).status == 204
    assert results(database, survey)[0] == (1, (1, 0))
    empty = visitor.post(address, fields(database, survey))
    assert empty.status == 422
    assert "Svara på minst en fråga" in empty.words
    forged = visitor.post(address, fields(database, survey, [7], [4], "kvar"))
    assert forged.status == 422
    assert "kvar" in forged.html
    assert results(database, survey) == [(1, (1, 0)), (0, (0,) * 5), (0, ())]


def test_an_anonymous_answer_is_a_number_and_nothing_else(visitor, database, anonymous, cast, clock, asa):
    survey, code = anonymous
    untouched = [
        table for table in Survey.metadata.sorted_tables
        if table.name not in {"anonymous_sealed", "throttles"}
    ]  # fmt: skip
    own = link_of(database, clock, survey, asa)
    before = [rows(database, table) for table in untouched]
    thanks = visitor.submit(
        visitor.get(f"/e/{own}"), "/e/", "Skicka mina svar", **fields(database, survey, [0], [2], "Åsa vill")
    )
    assert "Ingen vet vilket som är ditt" in thanks.words
    assert "Ingen vet vilket som är ditt" in visitor.get(f"/e/{code}").words
    assert [rows(database, table) for table in untouched] == before
    assert "Åsa vill" not in str(rows(database, SealedAnswer.__table__))
    columns = [{column.name for column in one.__table__.columns} for one in (AnonymousWords, SealedAnswer)]
    assert columns == [{"id", "question_id", "text"}, {"id", "survey_id", "sealed"}]


def rows(database, table):
    with database.reading() as session:
        return session.execute(sa.select(table).order_by(*table.primary_key.columns)).all()


def test_anonymous_answers_are_shown_ten_at_a_time_and_words_never_to_everybody(visitor, database, anonymous, cast):
    survey, code = anonymous
    with database.writing() as session:
        first, second, third = (one.id for one in surveys.questions(session, survey))
        for n in range(19):
            given = {first: ([0], ""), second: ([2], ""), third: ([], f"Ord {n}")}
            anonymous_answers.give(session, survey, given, secret=SECRET)
    visitor.log_in_as(cast.organizer)
    before = visitor.get(f"/enkater/{survey}")
    assert before.words.count("Visas när minst 10 svar är räknade (nu 0).") == 3
    assert "19 svar har kommit in och väntar" in before.words
    assert "19 har svarat" in visitor.get("/enkater").words
    other = type(visitor)(visitor.client.application)
    page = other.get(f"/e/{code}")
    other.submit(page, "/e/", "Skicka mina svar", **fields(database, survey, [0], [2], "Ord 19"))
    mine = visitor.get(f"/enkater/{survey}")
    assert ("10 av 10" in mine.words, "10 svar har kommit in" in mine.words) == (True, True)
    assert mine.html.count('<li class="note">Ord ') == 10
    assert other.get(f"/e/{code}/resultat").status == 404
    visitor.submit(mine, "/publicera")
    public = other.get(f"/e/{code}/resultat")
    assert "10 av 10" in public.words
    assert "Ord " not in public.html
    closed = visitor.submit(visitor.get(f"/enkater/{survey}"), "/stang")
    assert ("20 av 20" in closed.words, "svar har kommit in" in closed.words) == (True, False)


def test_too_late_is_said_and_an_unknown_address_leads_nowhere(visitor, database, clock, survey, asa):
    code = link_of(database, clock, survey, asa)
    with database.writing() as session:
        survey_drafts.edit(session, survey, Draft("Höstens enkät", QUESTIONS, closes_on=date(2026, 11, 20)), clock.now)
    clock.forward(days=1)
    assert visitor.get(f"/e/{code}").status == 200
    clock.forward(days=1)
    assert "Enkäten är stängd" in visitor.get(f"/e/{code}").words
    assert "Enkäten är stängd" in visitor.post(f"/e/{code}", fields(database, survey, [0])).words
    assert results(database, survey)[0] == (0, (0, 0))
    assert visitor.get("/e/aaaaaaaaaaaa").status == 404
    clock.forward(days=70)
    assert visitor.get(f"/e/{code}").status == 410


def test_questions_stay_as_they_are_once_somebody_has_answered(database, clock, survey, asa):
    with database.writing() as session:
        survey_drafts.edit(session, survey, Draft("Ny", QUESTIONS[:2]), clock.now)
        first = surveys.questions(session, survey)[0].id
        surveys.answer(session, first, asa, [0], "", clock.now, how="link")
        survey_drafts.edit(session, survey, Draft("Nyast", QUESTIONS[:2], "Text"), clock.now)
        for changed in (Draft("Ny", QUESTIONS), Draft("Ny", QUESTIONS[:2], mode="anonymous")):
            with pytest.raises(surveys.Refused):
                survey_drafts.edit(session, survey, changed, clock.now)
        copied = survey_drafts.copy(session, survey, session.get_one(Survey, survey).association_id, clock.now)
        assert survey_drafts.of(session, copied).questions == QUESTIONS[:2]
        assert not surveys.has_answers(session, copied)


def test_a_form_of_thirty_questions_is_written_without_javascript(visitor, cast, database):
    visitor.log_in_as(cast.organizer)
    page = visitor.get("/enkater/ny")
    for _ in range(5):
        page = visitor.submit(page, "/enkater/ny", "Fler frågor")
    page = visitor.submit(page, "/enkater/ny", "Lägg till den färdiga frågan", bank="wants")
    assert "Dela ut flygblad &gt; Utåtriktat" in page.html
    typed = {f"question-{n}": f"Fråga {n}?" for n in range(1, 30)} | {f"kind-{n}": "yes_no" for n in range(1, 30)}
    shown = visitor.submit(
        page, "/enkater/ny", "Spara enkäten", title="Trettio", place_id=str(cast.district.id), **typed
    )
    assert "Fråga 29?" in shown.words
    with database.reading() as session:
        draft = survey_drafts.of(session, scalar(database, sa.select(Survey.id)))
    assert len(draft.questions) == 30
    assert draft.questions[0].interests == ("", "action", "", "course", "meeting", "")


def test_what_stands_on_paper_is_written_in_for_a_member_or_for_nobody(visitor, cast, database, survey, anonymous, asa):
    visitor.log_in_as(cast.chair)
    found = visitor.submit(visitor.get(f"/enkater/{survey}/papper"), "/papper/sok", q="asa")
    assert "Åsa Öberg" in found.words
    page = visitor.get(f"/enkater/{survey}/papper/{asa}")
    saved = visitor.submit(page, f"/papper/{asa}", **fields(database, survey, [1]))
    assert "Svaren är sparade. Här är nästa papper." in saved.words
    assert results(database, survey)[0] == (1, (0, 1))
    assert scalar(database, sa.select(Answer.how)) == "paper"
    unnamed = visitor.get(f"/enkater/{anonymous[0]}/papper")
    visitor.submit(unnamed, f"/enkater/{anonymous[0]}/papper", **fields(database, anonymous[0], [1]))
    with database.reading() as session:
        assert anonymous_answers.waiting(session, anonymous[0]) == 1


def test_somebody_with_the_open_address_of_a_named_survey_cannot_answer_it(visitor, database, survey):
    code = scalar(database, sa.select(Survey.public_code).where(Survey.id == survey))
    assert visitor.get(f"/e/{code}").status == 404
    assert visitor.post(f"/e/{code}", fields(database, survey, [0])).status == 404


def test_a_link_to_one_survey_opens_no_other_and_ends_with_its_person(visitor, database, clock, survey, asa, cast):
    code = link_of(database, clock, survey, asa)
    with database.writing() as session:
        other = survey_drafts.write(session, cast.timra.id, Draft("Annan", QUESTIONS), clock.now)
    visitor.post(f"/e/{code}", fields(database, other, [0]))
    assert results(database, other)[0] == (0, (0, 0))
    with database.writing() as session:
        session.get_one(Person, asa).deceased_on = date(2026, 11, 1)
    assert visitor.get(f"/e/{code}").status == 404


def test_an_answer_puts_one_on_the_interest_list_and_changing_it_takes_one_off(session, cast, clock):
    member = make_person(session, cast.harnosand, "Åsa Öberg").id
    made = survey_drafts.write(session, cast.harnosand.id, Draft("Höstens enkät", QUESTIONS), clock.now)
    question = surveys.questions(session, made)[0].id
    reach = sa.select(Association.id)
    wants = lambda kind: [row.id for row in interests.people(session, kind, reach, clock.now)]  # noqa: E731
    surveys.answer(session, question, member, [1], "", clock.now, how="link")
    assert (wants("course"), wants("action")) == ([member], [])
    surveys.answer(session, question, member, [0], "", clock.now, how="link")
    assert (wants("course"), wants("action")) == ([], [member])
    surveys.answer(session, question, member, [], "", clock.now, how="link")
    assert wants("action") == []


def test_a_flood_through_one_link_is_stopped_and_nothing_typed_is_lost(visitor, database, clock, survey, asa, app):
    code = link_of(database, clock, survey, asa)
    with database.writing() as session:
        link = scalar(database, sa.select(PersonalLink.id))
        for _ in range(throttling.SURVEY_LINK.most):
            throttling.allow(session, throttling.SURVEY_LINK, link, clock.now, secret="a key for tests only")
    stopped = visitor.post(f"/e/{code}", fields(database, survey, [0], [3], "Kvar här"))
    assert stopped.status == 429
    assert "Kvar här" in stopped.html
    assert results(database, survey)[0] == (0, (0, 0))
    clock.forward(minutes=16)
    assert visitor.post(f"/e/{code}", fields(database, survey, [0])).status == 200


def test_a_campaign_can_ask_a_surveys_questions_and_all_answers_stand_together(visitor, cast, database, clock, asa):
    with database.writing() as session:
        draft = Draft("Höstens enkät", QUESTIONS, "Vi vill veta.")
        shared = survey_drafts.write(session, cast.harnosand.id, draft, clock.now)
        campaign = definitions.from_template(session, "activate", cast.harnosand.id, cast.organizer.id, clock.now)
    visitor.log_in_as(cast.organizer)
    page = visitor.get(f"/kampanjer/{campaign}/vilka")
    page = visitor.submit(page, "/vilka", "Ta frågorna", survey=str(shared))
    assert "Hur nöjd är du?" in page.html
    visitor.submit(page, "/vilka", "Fortsätt")
    assert scalar(database, sa.select(Campaign.survey_id).where(Campaign.id == campaign)) == shared
    assert scalar(database, sa.select(sa.func.count()).select_from(Survey)) == 1
    again = visitor.get(f"/kampanjer/{campaign}/vilka")
    visitor.submit(again, "/vilka", "Fortsätt", **{"question-1": "Hur nöjd, från 1 till 5?"})
    own = scalar(database, sa.select(Campaign.survey_id).where(Campaign.id == campaign))
    assert own != shared
    with database.writing() as session:
        definitions.discard(session, campaign, cast.organizer.id, clock.now)
        assert session.scalars(sa.select(Survey.id)).all() == [shared]
