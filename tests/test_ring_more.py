"""Around the calls: who rings up, changing a call, the shift link, and leading the shift."""

import re

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from campaigns import shifts
from campaigns.models import Call, Message, Shift, ShiftCaller, Todo
from organizer.models import Account, Answer, Change, Event, Role, SignUp
from tests.conftest import scalar
from tests.ring_stage import Evening, make_evening
from tests.test_ring_calls import begin, report
from tests.visitor import Visitor


@pytest.fixture
def evening(database) -> Evening:
    with database.writing() as session:
        return make_evening(session)


@pytest.fixture
def caller(app, evening) -> Visitor:
    return Visitor(app).log_in_as(evening.cast.caller, "caller")


def test_somebody_who_rings_up_is_found_and_the_untouched_person_goes_back(caller, evening, database):
    page = begin(caller, evening)
    digits = re.search(r"tel:(\+\d+)", page.html)[1][-4:]
    report(caller, page, "no_answer")
    assert "Skriv minst två bokstäver" in caller.submit(caller.get("/ring/inkommande"), "/inkommande", what="a").words
    assert "Hittar inte" in caller.submit(caller.get("/ring/inkommande"), "/inkommande", what="Xerxes").words
    found = caller.submit(caller.get("/ring/inkommande"), "/inkommande", what=digits)
    page = caller.submit(found, "/ring/inkommande/")
    assert "Anders Wikberg" in page.words
    with database.reading() as session:
        state = session.scalar(
            sa.text("SELECT state FROM call_queue WHERE person_id = :p").bindparams(p=evening.people[1].id)
        )
    assert state == "ready"
    assert "Sparat: Vi pratade" in report(caller, page, "reached").words


def test_a_report_is_changed_from_my_calls_without_ever_showing_a_number(caller, evening, database):
    report(caller, begin(caller, evening), "no_answer")
    page = caller.get(f"{evening.address}/mina")
    assert "Anders W." in page.words
    assert "Inget svar" in page.words
    change = caller.get(re.search(r'href="(/ring/samtal/\d+/andra)"', page.html)[1])
    assert "tel:" not in change.html
    page = report(caller, caller.get(change.address + "/samtal"), "reached")
    assert page.status == 200, page.words
    assert "Vi pratade" in caller.get(f"{evening.address}/mina").words
    assert scalar(database, sa.select(Call.outcome).where(Call.outcome.is_not(None))) == "reached"
    with database.reading() as session:
        assert sorted(session.scalars(sa.select(Event.kind))) == ["attempt", "contact", "conversation"]


def test_a_change_begins_with_what_was_said_and_loses_none_of_it(caller, evening, database):
    many, yes, text = (one.id for one in evening.questions)
    said = {f"q{many}": ["0", "2"], f"q{yes}": "1", f"q{text}": "Bussen", "sign_up": str(evening.activity.id),
            "note": "Ring efter sex.", "follow_up": "1"}  # fmt: skip
    report(caller, begin(caller, evening), "reached", **said)
    first = _told(database)
    change = caller.get(re.search(r'href="(/ring/samtal/\d+/andra)"', caller.get(f"{evening.address}/mina").html)[1])
    talk = next(one for one in caller.get(change.address + "/samtal").forms if "client_ref" in dict(one.fields))
    as_it_stands = [*talk.fields, ("outcome", "reached"), ("note", "Ring efter sju.")]
    answer = caller.client.post(
        talk.action, data=MultiDict(one for one in as_it_stands if one != ("note", said["note"]))
    )
    assert answer.status_code == 302
    assert first == {**_told(database), "note": "Ring efter sex."}
    assert _told(database)["note"] == "Ring efter sju."


def _told(database) -> dict[str, object]:
    """Everything a conversation left behind."""
    with database.reading() as session:
        return {
            "answers": session.execute(
                sa.select(Answer.question_id, Answer.choices, Answer.text).order_by(Answer.question_id)
            ).all(),
            "sign-ups": session.execute(sa.select(SignUp.activity_id, SignUp.state)).all(),
            "ledger": sorted(session.scalars(sa.select(Event.kind))),
            "follow-ups": session.scalars(sa.select(Todo.kind)).all(),
            "note": session.scalar(sa.select(Call.note).where(Call.outcome.is_not(None))),
        }


def test_a_day_later_it_can_no_longer_be_changed(app, caller, evening, clock):
    report(caller, begin(caller, evening), "no_answer")
    clock.forward(hours=25)
    caller = Visitor(app).log_in_as(evening.cast.caller, "caller")
    page = caller.get(f"{evening.address}/mina")
    assert "Ändra Anders" not in page.words


def test_the_personal_link_asks_for_a_code_and_opens_the_shift_after_a_promise(app, evening, database):
    with database.writing() as session:
        token = shifts.invite(session, evening.shift.id, evening.cast.caller.id, evening.shift.starts_at)
        session.execute(sa.update(Account).where(Account.id == evening.cast.caller.id).values(promised_at=None))
    visitor = Visitor(app)
    page = visitor.get(f"/p/{token}")
    assert "Hej Birgitta!" in page.words
    assert scalar(database, sa.select(sa.func.count()).select_from(Message)) == 0
    page = visitor.submit(page, "/skicka")
    body = str(scalar(database, sa.select(Message.body)))
    assert "Koden stämmer inte" in visitor.submit(page, "/kod", code="000000").words
    page = visitor.submit(page, "/kod", code=re.search(r"\d{6}", body)[0])
    assert "Det här lovar du" in page.words
    page = visitor.submit(page, "/lova")
    assert "Välkomna nya medlemmar" in page.words
    assert visitor.get(f"/p/{token}").address == evening.address
    with database.writing() as session:
        shifts.invite(session, evening.shift.id, evening.cast.caller.id, evening.shift.starts_at)
    replaced = Visitor(app).get(f"/p/{token}")
    assert replaced.status == 404
    assert "Länken gäller inte längre" in replaced.words
    assert Visitor(app).get("/p/AAAAAAAAAA").words == replaced.words


def test_an_old_link_says_when_the_next_shift_is(app, evening, clock):
    clock.forward(hours=3)
    page = Visitor(app).get(f"/p/link-{evening.cast.caller.id}")
    assert "Passet är slut" in page.words


def test_the_shift_leader_sees_the_room_and_no_member(app, caller, evening):
    begin(caller, evening)
    caller.submit(caller.get(evening.address), "/hjalp-mig")
    leader = Visitor(app).log_in_as(evening.cast.shift_leader)
    page = leader.get(f"/pass/{evening.shift.id}/led")
    assert "Birgitta Ringare" in page.words
    assert "Behöver hjälp" in page.words
    assert not any(person.last_name in page.html for person in evening.people)
    assert "Behöver hjälp" not in leader.submit(page, "/hjalpt").words
    assert Visitor(app).log_in_as(evening.cast.timra_chair).get(f"/pass/{evening.shift.id}/led").status == 404


def test_the_shift_leader_pauses_everyone_and_starts_again(app, caller, evening, database):
    leader = Visitor(app).log_in_as(evening.cast.shift_leader)
    page = leader.submit(leader.get(f"/pass/{evening.shift.id}/led"), "/led/paus")
    assert "Fortsätt passet" in page.words
    assert "Passledaren har pausat passet" in caller.get(evening.address).words
    leader.submit(page, "/led/paus")
    assert scalar(database, sa.select(Shift.paused_at)) is None


def test_the_shift_leader_adds_a_caller_by_number(app, evening, database):
    leader = Visitor(app).log_in_as(evening.cast.shift_leader)
    page = leader.get(f"/pass/{evening.shift.id}/led")
    wrong = leader.submit(page, "/led/ringare", phone="031-390 06 12", name="Nya Ringare")
    assert wrong.status == 422
    assert "Skriv ett mobilnummer" in wrong.words
    assert 'value="Nya Ringare"' in wrong.html
    page = leader.submit(page, "/led/ringare", phone="070-174 06 90", name="Nya Ringare")
    assert "Länken är på väg med sms." in page.words
    assert "Nya Ringare" in page.words
    new = scalar(database, sa.select(Account.id).where(Account.e164 == "+46701740690"))
    assert scalar(database, sa.select(Role.name).where(Role.account_id == new)) == "caller"
    assert scalar(database, sa.select(ShiftCaller.account_id).where(ShiftCaller.account_id == new)) == new
    assert "/p/" in str(scalar(database, sa.select(Message.body).where(Message.account_id == new)))


def test_a_code_is_read_out_only_where_no_sms_can_be_sent_and_it_is_logged(app, evening, database):
    visitor = Visitor(app)
    visitor.submit(visitor.get(f"/p/link-{evening.cast.caller.id}"), "/skicka")
    code = re.search(r"\d{6}", str(scalar(database, sa.select(Message.body))))[0]
    leader = Visitor(app).log_in_as(evening.cast.shift_leader)
    page = leader.get(f"/pass/{evening.shift.id}/led")
    assert code not in page.html
    assert code in leader.submit(page, "/kod").words
    assert scalar(database, sa.select(Change.action).where(Change.action == "code_read_out")) == "code_read_out"
