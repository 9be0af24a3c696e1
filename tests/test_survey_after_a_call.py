"""After a call the campaign may send a link to its survey: once, in ten minutes, and never to one who has said no."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns import outcomes, sms_queue
from campaigns.models import Message
from organizer import people, survey_door, survey_drafts, surveys
from organizer.models import PersonalLink, Phone
from tests.calling import Evening
from tests.factories import NOW

BASE = "https://rundan.example"
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def evening(session):
    """A campaign that sends the link after a conversation and when nobody answers."""
    stage = Evening(session, people=1)
    asked = survey_drafts.Draft("Vad tycker du?", (surveys.Asked("Vad är viktigast?", "text", ()),))
    stage.campaign.link_survey_id = survey_drafts.write(session, stage.place.id, asked, NOW)
    stage.campaign.follow_ups = {"tried": True, "survey_after": ["reached", "no_answer"]}
    session.execute(sa.update(Phone).values(e164="+46701740680"))
    session.flush()
    return stage


def messages(evening) -> list[Message]:
    evening.session.expire_all()
    return list(evening.session.scalars(sa.select(Message).order_by(Message.id)))


def claimed(evening, now) -> list[str]:
    return [one.kind for one in sms_queue.claim(evening.session, "rehearsal", now, 10)]


def test_the_link_is_the_persons_own_and_leaves_in_ten_minutes(evening):
    evening.report("reached", base=BASE)
    (message,) = messages(evening)
    assert (message.kind, message.not_before) == ("survey", LATER)
    address, _rest = message.body.split("/e/")[1].split(" ", 1)
    visit = survey_door.visit(evening.session, address, LATER)
    assert (visit.person_id, visit.survey.title) == (evening.people[0].id, "Vad tycker du?")
    assert message.body.endswith("Svara STOPP för att slippa sms.")
    assert claimed(evening, LATER - timedelta(seconds=1)) == []
    assert claimed(evening, LATER) == ["survey"]


def test_who_did_not_answer_gets_one_sms_that_says_both_things_in_the_ordinary_hours(evening):
    evening.report("no_answer", base=BASE)
    (message,) = messages(evening)
    assert message.kind == "tried"
    assert "försökte ringa dig" in message.body
    assert "/e/" in message.body


def test_undo_leaves_neither_message_nor_link(evening):
    said = evening.report("reached", base=BASE)
    again = outcomes.undo(evening.session, said.call_id, evening.birgitta.id, NOW + timedelta(minutes=9))
    assert [one.state for one in messages(evening)] == ["cancelled"]
    assert evening.session.scalars(sa.select(PersonalLink.id)).all() == []
    evening.report("reached", call=again, base=BASE, now=NOW + timedelta(minutes=9))
    assert [one.state for one in messages(evening)] == ["cancelled", "queued"]


def test_a_link_that_has_left_still_works_after_an_undo(evening):
    said = evening.report("reached", base=BASE)
    assert claimed(evening, LATER) == ["survey"]
    outcomes.undo(evening.session, said.call_id, evening.birgitta.id, LATER)
    assert len(evening.session.scalars(sa.select(PersonalLink.id)).all()) == 1


@pytest.mark.parametrize("why", ["refused", "closed", "answered", "not this outcome", "no address"])
def test_nobody_gets_a_link_in_vain(evening, why):
    person, more = evening.people[0], {"base": BASE}
    survey_id = evening.campaign.link_survey_id
    if why == "answered":
        question = surveys.questions(evening.session, survey_id)[0].id
        surveys.answer(evening.session, question, person.id, [], "Skolan", NOW, how="paper")
    if why == "not this outcome":
        evening.campaign.follow_ups = {"survey_after": ["no_answer"]}
        evening.session.flush()
    evening.report("reached", **({} if why == "no address" else more))
    if why == "refused":
        people.refuse(evening.session, person.id, "sms", "call", NOW)
    if why == "closed":
        surveys.close(evening.session, survey_id, NOW)
    assert claimed(evening, LATER) == []


def test_a_second_call_sends_no_second_link(evening):
    evening.report("no_answer", base=BASE)
    evening.report("reached", base=BASE, now=NOW + timedelta(days=4))
    assert [one.kind for one in messages(evening)] == ["tried"]
