"""Whoever no SMS reaches stands on a list to ring when an activity is moved or called off, until somebody has told them."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns import activity_calls, activity_messages, sms_queue
from campaigns.models import Message, MessageState
from organizer import activities, guests, refusals, seats
from organizer.models import Activity, Association, Look
from tests.conftest import scalar
from tests.factories import NOW, fiction_number, make_activity, make_association, make_person

SOON = NOW + timedelta(days=3)
EVERYWHERE = sa.select(Association.id)


@pytest.fixture
def place(session):
    return make_association(session, "Härnösand")


def coming(session, activity, person, now=NOW):
    activities.sign_up(session, activity.id, person.id, now)
    return person


def make(session, now=NOW):
    while activity_messages.tell_next(session, now, "https://x.se"):
        pass


def to_ring(session, activity, reach=EVERYWHERE):
    return [(one.name, one.why, len(one.numbers)) for one in activity_calls.of_activity(session, activity.id, reach)[0]]


def test_everybody_who_comes_is_either_told_by_message_or_on_the_list(session, place):
    activity = make_activity(session, place, starts_at=SOON)
    told = coming(session, activity, make_person(session, place, "Ada Mobil", fiction_number()))
    coming(session, activity, make_person(session, place, "Bo Fast", fiction_number(mobile=False)))
    coming(session, activity, make_person(session, place, "Cia Inget", None))
    no_sms = coming(session, activity, make_person(session, place, "Dan Tyst", fiction_number()))
    refusals.refuse(session, no_sms.id, "sms", "sms", NOW)
    nothing = coming(session, activity, make_person(session, place, "Eva Nej", fiction_number()))
    refusals.refuse(session, nothing.id, "all", "staff", NOW)
    coming(session, activity, make_person(session, place, "Fia Dold", fiction_number(), protected=True))
    no = make_person(session, place, "Gun Kanske", None)
    activities.decline(session, activity.id, no.id, NOW)
    assert activity_calls.how_many(session, activity.id, NOW) == (1, 5)
    assert to_ring(session, activity) == []
    activities.cancel(session, activity.id, NOW)
    expected = [
        ("Bo Fast", "landline", 1),
        ("Cia Inget", "nothing", 0),
        ("Dan Tyst", "quiet", 1),
        ("Eva Nej", "no_calls", 0),
    ]
    assert sorted(to_ring(session, activity)) == expected, "known before the messages are made"
    make(session)
    assert sorted(to_ring(session, activity)) == expected
    assert set(session.scalars(sa.select(Message.person_id))) == {told.id}
    assert activity_calls.left(session, activity.id, NOW) == 5
    of_the_steward, hidden = activity_calls.of_activity(session, activity.id, EVERYWHERE, [place.id])
    assert (len(of_the_steward), hidden) == (5, 0)
    assert activity_calls.left(session, activity.id, SOON) == 0, "then it is too late"


def test_a_message_that_did_not_arrive_puts_its_reader_on_the_list(session, place):
    activity = make_activity(session, place, starts_at=SOON)
    person = coming(session, activity, make_person(session, place, "Ada Mobil", fiction_number()))
    session.execute(sa.update(Activity).values(sequence=1))
    activities.cancel(session, activity.id, NOW)
    make(session)
    assert activity_calls.left(session, activity.id, NOW) == 0
    sms_queue.move(session, MessageState.FAILED, NOW, Message.person_id == person.id)
    assert to_ring(session, activity) == [("Ada Mobil", "failed", 1)]
    (one,) = activity_calls.waiting(session, EVERYWHERE, NOW)
    assert (one.to_ring, one.guests, one.cancelled) == (1, 0, True)


def test_whoever_answers_anew_or_has_been_told_leaves_the_list_until_there_is_news_again(session, place):
    activity = make_activity(session, place, starts_at=SOON, capacity=1)
    first = coming(session, activity, make_person(session, place, "Ada Fast", fiction_number(mobile=False)))
    second = coming(session, activity, make_person(session, place, "Bo Fast", fiction_number(mobile=False)))
    activities.withdraw(session, activity.id, first.id, NOW)
    make(session)
    assert to_ring(session, activity) == [("Bo Fast", "landline", 1)], "got the seat"
    row = activity_calls.of_activity(session, activity.id, EVERYWHERE)[0][0]
    activity_calls.tell(session, activity.id, row.sign_up_id, NOW, told=True)
    assert activity_calls.left(session, activity.id, NOW) == 0
    activity_calls.tell(session, activity.id, row.sign_up_id, NOW, told=False)
    assert activity_calls.left(session, activity.id, NOW) == 1
    activity_calls.tell(session, activity.id, row.sign_up_id, NOW, told=True)
    activities.cancel(session, activity.id, NOW)
    make(session)
    assert to_ring(session, activity) == [("Bo Fast", "landline", 1)], "that it is called off is news again"
    activities.withdraw(session, activity.id, second.id, NOW)
    assert to_ring(session, activity) == []
    other = make_activity(session, place, starts_at=SOON)
    coming(session, other, first)
    seats.tell(session, other.id, "moved", NOW)
    make(session)
    assert to_ring(session, other) == [("Ada Fast", "landline", 1)]
    activities.withdraw(session, other.id, first.id, NOW)
    coming(session, other, first)
    assert to_ring(session, other) == [], "whoever signs up anew has seen the new time"


def test_a_chair_rings_them_from_the_page_and_is_reminded_of_it(visitor, cast, database, clock):
    with database.writing() as session:
        activity = make_activity(session, cast.harnosand, "Träff", starts_at=SOON)
        coming(session, activity, make_person(session, cast.harnosand, "Bo Fast", "+4631390601"))
        coming(session, activity, make_person(session, cast.timra, "Deras Fast", "+4631390602"))
    visitor.log_in_as(cast.chair)
    asked = visitor.get(f"/aktiviteter/{activity.id}/stall-in")
    assert "2 är anmälda eller väntar på plats. 2 behöver ringas. Du får en lista att ringa efter." in asked.words
    shown = visitor.submit(asked, "/stall-in", "Ja, ställ in")
    assert "2 som skulle komma får inget sms. De vet inte att det är inställt. Ring dem" in shown.words
    assert scalar(database, sa.select(sa.func.count()).select_from(Look)) == 1
    with database.writing() as session:
        make(session, clock.now)
    assert "2 som skulle komma får inget sms" in visitor.get("/min-forening/att-gora").words
    page = visitor.get(f"/aktiviteter/{activity.id}/ring")
    assert "Bo Fast" in page.words
    assert 'href="tel:+4631390601"' in page.html
    assert ("Deras" in page.words, "1 till från någon annan förening" in page.words) == (False, True)
    done = visitor.submit(page, "/ring/", "Sagt till")
    assert "Ingen behöver ringas" in done.words
    assert "1 har fått veta" in done.words
    visitor.log_in_as(cast.organizer)
    for address in ("/oversikt", "/atgarder"):
        assert "1 som skulle komma får inget sms" in visitor.get(address).words
    visitor.log_in_as(cast.timra_chair)
    assert visitor.get(f"/aktiviteter/{activity.id}/ring").status == 404


def test_a_guest_to_match_is_put_before_whoever_holds_the_activity(visitor, cast, database, clock):
    with database.writing() as session:
        activity = make_activity(session, cast.harnosand, "Öppet hus", starts_at=SOON, public=True)
        guest = guests.newcomer(session, activity.id, "Rut Okänd", "", clock.now)
    for account, address in (
        (cast.chair, "/min-forening/att-gora"),
        (cast.steward, "/atgarder"),
        (cast.organizer, "/oversikt"),
    ):
        page = visitor.log_in_as(account).get(address)
        assert "Öppet hus" in page.words
        assert "1 har anmält sig utan att vi vet vem det är" in page.words
        assert f'href="/aktiviteter/{activity.id}/gaster"' in page.html
        assert "Rut" not in page.html
    visitor.log_in_as(cast.timra_chair)
    assert "Öppet hus" not in visitor.get("/min-forening/att-gora").words
    with database.writing() as session:
        guests.is_nobody(session, activity.id, guest, clock.now)
    assert "Öppet hus" not in visitor.log_in_as(cast.organizer).get("/oversikt").words
