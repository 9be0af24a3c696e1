"""The inbox is read and answered by those it concerns, and the link out of an SMS works for anybody who has it."""

import dataclasses

import pytest
import sqlalchemy as sa

from campaigns import inbox
from campaigns.models import Message, Thread, ThreadMessage
from organizer import personal_links
from organizer.models import Installation, Look, Phone, Refusal, Role
from organizer.times import local_day
from tests.conftest import scalar
from tests.factories import NOW, make_account, make_person
from tests.fake_twilio import SID, TOKEN, signature

HOST = "https://rundan.example"
NUMBER = "+46701740611"


@pytest.fixture
def configuration(configuration):
    """A real installation behind a proxy that ends TLS."""
    return dataclasses.replace(
        configuration, twilio_account_sid=SID, twilio_auth_token=TOKEN, twilio_sender="+46701740699",
        twilio_api_base_url="http://127.0.0.1:9", public_base_url=HOST,
    )  # fmt: skip


@pytest.fixture
def anders(database, cast):
    with database.writing() as session:
        session.add(Installation(kind="real", refusal_key="k" * 64))
        return make_person(session, cast.harnosand, "Anders Berg", number=NUMBER)


def told(visitor, body="Hej på er", query="", **changes):
    form = {"From": NUMBER, "To": "+46701740699", "Body": body, "MessageSid": "SM" + "a" * 32, "NumMedia": "0"}
    address = f"{HOST}/twilio/inkommande{query}"
    given = {"X-Twilio-Signature": signature(address, form)}
    return visitor.client.post(f"/twilio/inkommande{query}", data={**form, **changes}, headers=given)


def test_an_incoming_sms_is_taken_in_once_and_only_when_the_provider_signed_it(visitor, database, anders):
    assert told(visitor, Body="Något annat").status_code == 403
    assert visitor.client.post("/twilio/inkommande", data={"Body": "x"}).status_code == 403
    assert scalar(database, sa.select(sa.func.count()).select_from(Thread)) == 0
    for _ in range(2):
        answer = told(visitor, "Hej på er", "?plats=h%C3%A4rn%C3%B6sand")
        assert (answer.status_code, answer.mimetype, answer.data) == (200, "text/xml", b"<Response/>")
    with database.reading() as session:
        assert session.scalars(sa.select(ThreadMessage.body)).all() == ["Hej på er"]
        assert session.scalars(sa.select(Thread.person_id)).all() == [anders.id]


def test_stopp_by_sms_is_a_refusal_at_once(visitor, database, anders):
    assert told(visitor, "Stopp!").status_code == 200
    assert scalar(database, sa.select(Refusal.e164).where(Refusal.channel == "sms")) == NUMBER


def test_a_thread_is_read_answered_with_a_template_and_done(visitor, database, clock, cast, anders):
    with database.writing() as session:
        inbox.receive(session, NUMBER, "", "Kan jag ta med en vän?", "SM1", clock.now)
    page = visitor.log_in_as(cast.steward).get("/inkorg")
    assert ("Anders B." in page.words, "Att svara på (1)" in page.words) == (True, True)
    thread = visitor.get("/inkorg/1?mall=Tack")
    assert "Kan jag ta med en vän?" in thread.words
    assert visitor.submit(thread, "/svara", body=" ").status == 422
    after = visitor.submit(thread, "/svara")
    assert ("Svaret skickas." in after.words, "Inget väntar på svar." in after.words) == (True, True)
    assert (
        scalar(database, sa.select(Message.body))
        == "Hej Anders! Tack för ditt svar. Vi hör av oss. Hälsningar Sara, Härnösand"
    )
    assert scalar(database, sa.select(sa.func.count()).select_from(Look).where(Look.person_id == anders.id)) >= 2


def test_a_number_nobody_has_is_attached_by_a_human_and_passed_on(visitor, database, clock, cast, anders):
    with database.writing() as session:
        inbox.receive(session, "+46701740633", "", "Hej, nytt nummer. Hälsningar Anders", "SM2", clock.now)
    assert "nytt nummer" not in visitor.log_in_as(cast.steward).get("/inkorg").words
    page = visitor.log_in_as(cast.organizer).get("/inkorg/1")
    assert "Vi gissar inte vem det är" in page.words
    found = visitor.submit(page, "/sok", q="Anders")
    attached = visitor.submit(found, "/koppla", "Koppla")
    assert "Anders B., Härnösand" in attached.words
    passed = visitor.submit(attached, "/vidare", to=str(cast.steward.id))
    assert "Sara Medlemsansvarig svarar" in passed.words
    assert visitor.submit(attached, "/vidare", to=str(cast.timra_chair.id)).status == 422


def test_what_may_be_a_stopp_is_decided_on_the_page(visitor, database, clock, cast, anders):
    with database.writing() as session:
        inbox.receive(session, NUMBER, "", "stoop", "SM3", clock.now)
    page = visitor.log_in_as(cast.steward).get("/inkorg/1")
    visitor.submit(page, "/stopp", "Ja, inga fler sms")
    assert "går det inte att svara" in visitor.get("/inkorg/1").words
    assert visitor.submit(page, "/svara", body="Hej").status == 422


def test_the_way_out_refuses_on_a_button_only_shows_nobody_and_can_be_undone(visitor, database, anders):
    with database.writing() as session:
        token = personal_links.make(session, "stop", anders.id, NOW, expires_at=NOW)
        session.add(Phone(person_id=anders.id, e164="+46701740677", national="", kind="mobile"))
    page = visitor.get(f"/stopp/{token}")
    assert (page.status, "Anders" in page.html, "0611" in page.html) == (200, False, False)
    assert scalar(database, sa.select(sa.func.count()).select_from(Refusal)) == 0
    after = visitor.submit(page, f"/stopp/{token}", "Inga fler sms")
    assert "Du får inga fler sms" in after.words
    with database.reading() as session:
        assert {tuple(row) for row in session.execute(sa.select(Refusal.e164, Refusal.how))} == {
            (NUMBER, "link"), ("+46701740677", "link"),
        }  # fmt: skip
    undone = visitor.submit(after, "/angra")
    assert "Du får inga fler sms" not in undone.words
    assert scalar(database, sa.select(sa.func.count()).where(Refusal.revoked_at.is_(None)).select_from(Refusal)) == 0
    assert visitor.submit(undone, f"/stopp/{token}", channel="x").status == 422
    assert [visitor.submit(page, f"/stopp/{token}", channel="call").status for _ in range(20)][-1] == 429
    assert visitor.get("/stopp/000000000000").status == 404


def test_answers_to_begin_with_are_written_by_the_staff_and_replace_those_that_come_with_rundan(
    visitor, app, database, cast, anders
):
    told(visitor)
    page = visitor.log_in_as(cast.steward).get("/inkorg/mallar?name=Tack&body=x#name")
    assert "Följer med Rundan" in page.words
    wrong = visitor.submit(page, "/inkorg/mallar", "Spara", name="Tack", body="Hej {namn}!")
    assert (wrong.status, "Fältet {namn} finns inte" in wrong.words, "Hej {namn}!" in wrong.html) == (422, True, True)
    visitor.submit(page, "/inkorg/mallar", "Spara", name="Tack", body="Tack {förnamn}, vi ses!")
    assert "Tack Anders, vi ses!" in visitor.get("/inkorg/1?mall=1").html
    assert "Tack Anders, vi ses!" not in visitor.get("/inkorg/1?mall=Tack").html, "the ready one is replaced"
    changed = visitor.post("/inkorg/mallar", {"changes": "1", "name": "Tack", "body": "Hej {förnamn}!"})
    assert "Hej {förnamn}!" in changed.html
    other = type(visitor)(app).log_in_as(cast.chair)
    assert other.get("/inkorg/mallar").status == 404
    assert "Hej {förnamn}!" not in visitor.post("/inkorg/mallar/1/bort", {}).html


def test_a_number_nobody_has_is_for_those_who_answer_at_the_top_alone(visitor, app, database, cast, clock):
    with database.writing() as session:
        lower = make_account(session, "Olle Viklander", ("organizer", cast.harnosand))
        upper = make_account(session, "Maj Viklander", ("steward", cast.district))
        session.add(Installation(kind="real", refusal_key="k" * 64))
        inbox.receive(session, "+46701740655", "+46701740699", "Vem är ni?", "SM" + "b" * 32, NOW)
    assert "070-174 06 55" in visitor.log_in_as(cast.organizer).get("/inkorg").words
    assert "070-174 06 55" in type(visitor)(app).log_in_as(upper).get("/inkorg").words
    assert ("Maj Viklander" in visitor.get("/inkorg/1").words, "Olle" in visitor.get("/inkorg/1").words) == (
        True,
        False,
    )
    for one in (cast.steward, lower):
        local = type(visitor)(app).log_in_as(one)
        assert ("070-174 06 55" in local.get("/inkorg").words, local.get("/inkorg/1").status) == (False, 404)
    with database.writing() as session:
        district = sa.select(Role.id).where(Role.association_id == cast.district.id)
        session.execute(sa.update(Role).where(Role.id.in_(district)).values(to_day=local_day(clock.now)))
    assert local.get("/inkorg/1").status == 200, "when nobody answers at the top, those nearest below it do"
