"""One person's page: the whole stream, edits with a reason that outlive the file, consents, follow-ups and protection."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns import sms_queue
from campaigns.models import Message, MessageState, Todo
from organizer import contacts, people, surveys
from organizer.models import Consent, Correction, Person, Refusal
from tests.conftest import scalar
from tests.factories import make_person


@pytest.fixture
def asa(database, cast):
    with database.writing() as session:
        return make_person(session, cast.harnosand, "Åsa Öberg", number="+46701740605", member_number="17")


@pytest.fixture
def organizer(visitor, cast):
    return visitor.log_in_as(cast.organizer)


def test_calls_texts_answers_tags_and_edits_stand_in_one_stream_with_the_newest_first(
    organizer, asa, database, cast, clock
):
    with database.writing() as session:
        survey = surveys.create(
            session, cast.harnosand.id, "Enkät", [surveys.Asked("Vad tycker du?", "text")], clock.now
        )
        surveys.answer(session, surveys.questions(session, survey)[0].id, asa.id, [], "Mer fika", clock.now)
        people.tag(session, asa.id, cast.harnosand.id, "Kör bil", clock.now + timedelta(minutes=1))
        message = sms_queue.enqueue(session, kind="notice", e164="+46701740605", body="Vi ses", person_id=asa.id,
                                    now=clock.now + timedelta(minutes=2))  # fmt: skip
        session.execute(sa.update(Message).where(Message.id == message).values(state=MessageState.DELIVERED))
        contacts.log(session, asa.id, cast.chair.id, "spoke", False, clock.now + timedelta(minutes=3))
        people.set_email(
            session, asa.id, "asa@example.org", clock.now + timedelta(minutes=4), cast.steward.id, "Ringde"
        )
    words = organizer.get(f"/medlemmar/{asa.id}").words
    told = ["– → asa@example.org", "Ringde", "Samtal", "Vi ses", "Fick en etikett · Kör bil", "Mer fika", "Gick med"]
    stream = words[words.index("Vad som har hänt") :]
    assert [stream.index(one) for one in told] == sorted(stream.index(one) for one in told)
    assert "Sara Medlemsansvarig" in stream


def test_a_long_stream_comes_in_pages_without_losing_or_repeating_a_line(organizer, asa, database, cast, clock):
    with database.writing() as session:
        for n in range(85):
            people.set_email(session, asa.id, f"nr{n:02d}@example.org", clock.now + timedelta(minutes=n), None)
    seen = "".join(organizer.get(f"/medlemmar/{asa.id}?sida={n}").words for n in (1, 2, 3))
    assert all(seen.count(f"→ nr{n:02d}@") == 1 for n in range(85))
    assert "Äldre" not in organizer.get(f"/medlemmar/{asa.id}?sida=3").words
    assert organizer.get(f"/medlemmar/{asa.id}?sida=99999999999999999999").status == 200


def test_an_edit_asks_why_keeps_what_was_typed_and_is_written_down_field_by_field(organizer, asa, database, cast):
    with database.writing() as session:
        make_person(session, cast.timra, "Annan Person", member_number="18")
    form = organizer.get(f"/medlemmar/{asa.id}/andra")
    without = organizer.submit(form, "/andra", first_name="Åse")
    assert without.status == 422
    assert "Skriv varför du ändrar" in without.words
    assert 'value="Åse"' in without.html
    taken = organizer.submit(form, "/andra", member_number="18", reason="Ringde")
    assert "hör till någon annan" in taken.words
    assert "Annan" not in taken.words
    done = organizer.submit(form, "/andra", first_name="Åse", language="fi", reason="Ringde själv")
    assert "Åse Öberg" in done.words
    assert "Åsa → Åse" in done.words
    with database.reading() as session:
        rows = session.execute(
            sa.select(Correction.field, Correction.new, Correction.reason).order_by(Correction.id)
        ).all()
        assert [tuple(row) for row in rows] == [
            ("first_name", "Åse", "Ringde själv"),
            ("language", "fi", "Ringde själv"),
        ]
        assert session.scalar(sa.select(Person.search_key).where(Person.id == asa.id)) == "ase oberg"


def test_somebody_marked_as_protected_disappears_for_the_organizer_and_stays_for_the_steward(organizer, asa, cast):
    hidden = organizer.submit(
        organizer.get(f"/medlemmar/{asa.id}/andra"), "/andra", protected="1", reason="Skatteverket"
    )
    assert "visas bara för föreningens medlemsansvariga" in hidden.words
    assert organizer.get(f"/medlemmar/{asa.id}").status == 404
    organizer.log_in_as(cast.steward)
    assert organizer.get(f"/medlemmar/{asa.id}/andra").status == 200


def test_a_yes_and_a_no_say_who_when_how_and_why_they_were_taken_back(organizer, asa, database):
    card = organizer.get(f"/medlemmar/{asa.id}")
    assert organizer.submit(card, "/ja", purpose="", channel="", how="").status == 422
    said = organizer.submit(card, "/ja", purpose="offer", channel="email", how="paper", evidence="Pärm 2")
    said = organizer.submit(said, "/nej", channel="sms", evidence="Sade det på årsmötet")
    assert "Pärm 2" in said.words
    assert "Sade det på årsmötet" in said.words
    for part, why in (("/ja/", "Ångrade sig"), ("/nej/", "Ville ha igen")):
        action = next(form.action for form in said.forms if part in form.action)
        assert why in organizer.post(action, {"why": why}).words
        assert organizer.post(action, {"why": why}).status == 404
    assert scalar(database, sa.select(Refusal.revoked_why)) == "Ville ha igen"
    assert scalar(database, sa.select(Consent.revoked_why)) == "Ångrade sig"


def test_a_follow_up_has_an_owner_and_a_day_and_comes_up_on_that_day(organizer, asa, database, cast, clock):
    card = organizer.get(f"/medlemmar/{asa.id}")
    assert "Välj vem" in organizer.submit(card, "/folj-upp", text="Ring igen", owner="0").words
    assert (
        "Dagen har varit"
        in organizer.submit(card, "/folj-upp", text="Ring", owner=str(cast.steward.id), day="2026-01-01").words
    )
    kept = organizer.submit(card, "/folj-upp", text="Ring igen", owner=str(cast.steward.id), day="2026-11-25")
    assert "25 november 2026, Sara Medlemsansvarig" in kept.words
    organizer.log_in_as(cast.steward)
    assert "Ring igen" not in organizer.get("/atgarder").words
    clock.forward(days=6)
    organizer.log_in_as(cast.steward)
    assert "Ring igen" in organizer.get("/atgarder").words
    organizer.submit(organizer.get(f"/medlemmar/{asa.id}"), "/klar")
    assert scalar(database, sa.select(Todo.done_by)) == cast.steward.id
