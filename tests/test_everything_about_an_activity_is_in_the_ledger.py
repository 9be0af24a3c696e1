"""What people do around activities and surveys stands in the ledger: each kind once, whatever is repeated or taken back."""

from collections import Counter
from datetime import date, timedelta

import sqlalchemy as sa

from campaigns import sms_news
from campaigns.models import Message, MessageState
from campaigns.telephony import Receipt
from organizer import activities, assignments, survey_drafts, surveys
from organizer.models import Event, Kind
from organizer.survey_drafts import Asked, Draft
from tests import blasting
from tests.factories import NOW, make_activity, make_association, make_person


def kinds(session, person_id):
    return Counter(session.scalars(sa.select(Event.kind).where(Event.person_id == person_id)))


def test_from_sign_up_to_office_each_thing_is_told_once_and_a_change_is_not_a_second(session):
    place = make_association(session, "Härnösand")
    person = make_person(session, place, "Åsa Ek").id
    activity = make_activity(session, place, "Träff", starts_at=NOW + timedelta(hours=1)).id
    for _ in range(2):
        activities.sign_up(session, activity, person, NOW)
    assert kinds(session, person) == {Kind.RESPONSE: 1, Kind.SIGN_UP: 1}
    activities.withdraw(session, activity, person, NOW)
    assert kinds(session, person) == {Kind.RESPONSE: 1}, "a withdrawn sign-up stays a response"
    activities.decline(session, activity, person, NOW)
    activities.sign_up(session, activity, person, NOW + timedelta(minutes=1))
    assert kinds(session, person) == {Kind.RESPONSE: 1, Kind.SIGN_UP: 1}
    for _ in range(2):
        activities.attend(session, activity, person, None, NOW + timedelta(hours=2))
    activities.contribute(session, person, "Bakade", date(2026, 11, 18), None, NOW)
    assignments.add(session, person, place.id, "treasurer", date(2026, 11, 1), None, None, NOW)
    survey = survey_drafts.write(
        session, place.id, Draft("Enkät", (Asked("Hur?", "scale"), Asked("Vad?", "text"))), NOW
    )
    for question, given in zip(surveys.questions(session, survey), (([3], ""), ([], "Kaffe")), strict=True):
        for _ in range(2):
            surveys.answer(session, question.id, person, *given, NOW, how="link")
    assert kinds(session, person) == {
        Kind.RESPONSE: 3, Kind.SIGN_UP: 1, Kind.ATTENDANCE: 1, Kind.CONTRIBUTION: 1, Kind.ASSIGNMENT: 1,
    }  # fmt: skip
    assert set(session.scalars(sa.select(Event.association_id))) == {place.id}
    activities.unattend(session, activity, person)
    assert kinds(session, person)[Kind.ATTENDANCE] == 0


def test_a_text_about_an_activity_is_an_invitation_when_it_has_arrived(session):
    place, author, _approver, (person,) = blasting.district(session, 1)
    activity = make_activity(session, place, "Utbildning", kind="course")
    blast = blasting.draft(session, place, author)
    session.execute(sa.update(type(blast)).values(activity_id=activity.id))
    session.refresh(blast)
    blasting.send(session, blast, author)
    ref = session.scalar(sa.select(Message.ref).where(Message.blast_id == blast.id))
    assert kinds(session, person.id) == {}
    for state in (MessageState.SENT, MessageState.DELIVERED, MessageState.DELIVERED):
        sms_news.heard(session, ref, Receipt("SM1", state), NOW)
    assert kinds(session, person.id) == {Kind.MESSAGE: 1, Kind.INVITATION: 1}
