"""What a person can ask for: an extract of everything, to print or as a file, and being erased, by those who answer for them."""

import json
from datetime import date

import pytest
import sqlalchemy as sa

from organizer import activities, assignments, people, surveys
from organizer.models import Change, Import, ImportChange, Look, Person, Question
from tests.conftest import scalar
from tests.factories import make_activity, make_person


@pytest.fixture
def asa(database, cast, clock):
    with database.writing() as session:
        asa = make_person(
            session, cast.harnosand, "Åsa Öberg", number="+46701740605", email="asa@example.org", member_number="17"
        )
        people.refuse(session, asa.id, "sms", "staff", clock.now, account_id=cast.steward.id)
        asa.language = "fi"
        assignments.add(
            session, asa.id, cast.harnosand.id, "treasurer", date(2026, 3, 1), None, cast.steward.id, clock.now
        )
        people.tag(session, asa.id, cast.harnosand.id, "Kör bil", clock.now)
        activities.sign_up(session, make_activity(session, cast.harnosand, "Träff på torget").id, asa.id, clock.now)
        survey = surveys.create(
            session, cast.harnosand.id, "Enkät", [surveys.Asked("Vill du baka?", "yes_no")], clock.now
        )
        question = session.scalar(sa.select(Question.id).where(Question.survey_id == survey))
        surveys.answer(session, question, asa.id, [0], "", clock.now)
        read = Import(
            association_id=cast.harnosand.id,
            filename="f.csv",
            digest="0" * 64,
            state="applied",
            created_at=clock.now,
            report={},
        )
        session.add(read)
        session.flush()
        session.add(ImportChange(import_id=read.id, person_id=asa.id, what="fees phones"))
        return asa


def test_the_extract_says_everything_in_words_and_names_nobody_else(visitor, cast, asa, database):
    page = visitor.log_in_as(cast.organizer).get(f"/medlemmar/{asa.id}/registerutdrag")
    for words in (
        "Åsa", "Öberg", "asa@example.org", "070-174 06 05", "17", "Härnösand", "Vill inte ha sms", "Kör bil",
        "Träff på torget", "Vill du baka?", "Ja", "Anmäld", "Betald avgift, Telefon", "Kassör", "Finska",
    ):  # fmt: skip
        assert words in page.words, words
    assert "Sara Medlemsansvarig" not in page.words
    assert scalar(database, sa.select(Look.person_id).where(Look.page == "privacy.show_extract")) == asa.id


def test_the_file_holds_the_same(visitor, cast, asa):
    answer = visitor.log_in_as(cast.steward).client.get(f"/medlemmar/{asa.id}/registerutdrag.json")
    assert "attachment" in answer.headers["Content-Disposition"]
    found = json.loads(answer.get_data(as_text=True))
    assert found["about"] == "Åsa Öberg"
    assert found["tables"]["people"][0]["member_number"] == "17"
    assert found["tables"]["answers"][0]["choices"] == "Ja"
    assert found["tables"]["memberships"][0] == {
        "association": "Härnösand", "from_day": "2020-01-01", "from_why": "joined", "to_day": None, "to_why": None,
    }  # fmt: skip


def test_erasing_asks_for_a_reason_and_a_word_and_then_the_person_is_gone(visitor, cast, asa, database):
    organizer = visitor.log_in_as(cast.organizer)
    address = f"/medlemmar/{asa.id}/radera"
    preview = organizer.get(address)
    assert "Vill inte ha sms" in preview.words
    refused = organizer.submit(preview, address, reason="asked", confirmation="ja")
    assert "Skriv RADERA i rutan" in refused.words
    assert scalar(database, sa.select(Person.id).where(Person.id == asa.id)) == asa.id
    done = organizer.submit(refused, address, reason="asked", confirmation="Radera")
    assert "Personen är raderad" in done.words
    assert scalar(database, sa.select(Person.id).where(Person.id == asa.id)) is None
    assert organizer.client.get(f"/medlemmar/{asa.id}").status_code == 404
    nobody = scalar(database, sa.select(Person.id).where(Person.merged_into_id == Person.id))
    assert organizer.client.get(f"/medlemmar/{nobody}").status_code == 404
    assert scalar(database, sa.select(Change.detail).where(Change.action == "erase")) == {"reason": "asked"}
