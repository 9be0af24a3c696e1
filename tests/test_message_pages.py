"""The operator sees how messages stand, reads only what is nobody's secret, and alone decides what is sent again."""

import dataclasses
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import create_app
from campaigns import sms_queue
from campaigns.models import Message, MessageState
from organizer.models import Change, Look
from tests.factories import make_person
from tests.visitor import Visitor

S = MessageState


def queue(database, clock, **values):
    given = {"kind": "confirmation", "e164": "+46701740611", "body": "Hej Anders! Du är anmäld.", "now": clock.now}
    with database.writing() as session:
        return sms_queue.enqueue(session, **{**given, **values})


@pytest.fixture
def member(database, cast):
    with database.writing() as session:
        return make_person(session, cast.harnosand, "Anders Berg", number="+46701740611")


def test_without_a_provider_the_operator_reads_codes_but_no_members_text(visitor, app, database, clock, cast, member):
    queue(database, clock, person_id=member.id)
    with database.writing() as session:
        code = (session, "code", "+46701740605", "482913 är din kod.", cast.caller.id, clock.now)
        app.extensions["send_sms"](*code)
    page = visitor.log_in_as(cast.owner).get("/system/sms")
    assert (page.status, "482913 är din kod." in page.words, "Birgitta Ringare" in page.words) == (200, True, True)
    for secret in ("Anders", "Berg", "70174", "070-174 06 11"):
        assert secret not in page.html
    assert "till en medlem … 11" in page.words
    assert "2 av 2" in page.words


def test_a_demo_shows_every_text_and_logs_whom_it_showed(configuration, database, clock, cast, member):
    queue(database, clock, person_id=member.id)
    demo = create_app(dataclasses.replace(configuration, demo=True), clock)
    page = Visitor(demo).log_in_as(cast.owner).get("/system/sms")
    assert "Hej Anders! Du är anmäld." in page.words
    assert "Inga riktiga sms skickas" in page.words
    with database.reading() as session:
        assert session.scalars(sa.select(Look.person_id)).all() == [member.id]
    demo.extensions["database"].dispose()


def test_an_empty_page_and_a_long_one(visitor, database, clock, cast):
    assert "Inga sms än" in visitor.log_in_as(cast.owner).get("/system/sms").words
    for n in range(55):
        queue(database, clock, kind="notice", body=f"Meddelande {n}.")
    first = visitor.get("/system/sms")
    assert ("Meddelande 54." in first.words, "Meddelande 4." in first.words) == (True, False)
    older = visitor.get("/system/sms?fore=6")
    assert ("Meddelande 4." in older.words, "Meddelande 54." in older.words) == (True, False)
    for odd in ("?fore=x", "?fore=-1", "?fore=99999999999999999999", "?fore=%00"):
        assert visitor.get(f"/system/sms{odd}").status in {200, 400}


@pytest.mark.parametrize(("button", "state"), [("Skicka igen", S.QUEUED), ("Låt bli", S.CANCELLED)])
def test_a_human_decides_what_becomes_of_an_unclear_message(visitor, database, clock, cast, button, state):
    message = queue(database, clock, kind="notice")
    with database.writing() as session:
        session.execute(sa.update(Message).values(state=S.UNKNOWN, claimed_at=clock.now, provider="twilio"))
    visitor.log_in_as(cast.owner)
    action = "igen" if state == S.QUEUED else "lat-bli"
    if state == S.QUEUED:
        page = visitor.submit(visitor.get("/system/sms"), action)
        assert (page.status, "Vi letar fortfarande" in page.words) == (409, True)
        with database.writing() as session:
            session.execute(sa.update(Message).values(looked_at=clock.now))
    page = visitor.get("/system/sms")
    assert "Oklart om de gick iväg" in page.words
    assert visitor.submit(page, action, button).status == 200
    assert visitor.submit(page, action, button).status == 404, "a double click decides once"
    with database.reading() as session:
        assert session.scalar(sa.select(Message.state).where(Message.id == message)) == state
        assert session.scalars(sa.select(Change.action).where(Change.subject == "message")).all() == [
            "send_again" if state == S.QUEUED else "leave"
        ]


def test_two_days_without_news_are_called_that(visitor, database, clock, cast):
    queue(database, clock, kind="notice")
    with database.writing() as session:
        session.execute(sa.update(Message).values(state=S.SENT, claimed_at=clock.now - timedelta(hours=48)))
    assert "Inget besked från operatören" in visitor.log_in_as(cast.owner).get("/system/sms").words
