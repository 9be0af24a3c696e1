"""Those who come are reminded, and told when it moves, is called off or a seat becomes free: once, in the daytime."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns import activity_messages, sms_queue
from campaigns.models import Message
from organizer import activities, refusals
from organizer.models import Activity, ActivityNews, PersonalLink
from organizer.times import local
from tests.factories import NOW, fiction_number, make_activity, make_association, make_person

SOON = NOW + timedelta(days=3)


@pytest.fixture
def place(session):
    return make_association(session, "Härnösand")


def member(session, place, name=""):
    return make_person(session, place, name, fiction_number())


def make(session, now=NOW):
    while activity_messages.tell_next(session, now, "https://x.se"):
        pass


def sent(session, state="queued"):
    rows = session.execute(
        sa.select(Message.person_id, Message.body).where(Message.state == state).order_by(Message.id)
    )
    return [tuple(row) for row in rows]


def draft(session, activity_id, **changes):
    row = session.execute(sa.select(Activity.__table__).where(Activity.id == activity_id)).one()
    names = activities.Draft.__slots__
    return replace(activities.Draft(**{name: getattr(row, name) for name in names}), **changes)


def test_a_reminder_is_made_once_for_those_with_a_seat_and_carries_a_personal_link(session, place):
    activity = make_activity(session, place, "Träff", starts_at=SOON, capacity=1, remind_hours=24)
    a, b = (member(session, place, name).id for name in ("Åsa Ek", "Bo Al"))
    for one in (a, b):
        activities.sign_up(session, activity.id, one, NOW)
    make(session)
    assert sent(session) == [], "it is not the day before yet"
    day_before = SOON - timedelta(hours=20)
    for _ in range(2):
        make(session, day_before)
    ((who, body),) = sent(session)
    assert who == a
    assert body.startswith(
        "Hej Åsa! Påminnelse: Träff sön 22 nov kl. 18.00, Folkets hus. Får du förhinder: https://x.se/a/"
    )
    assert session.execute(sa.select(PersonalLink.person_id, PersonalLink.target_id)).all() == [(a, activity.id)]
    leaves = session.scalar(sa.select(Message.not_before))
    assert 9 <= local(leaves).hour < 20


def test_a_move_is_told_to_all_who_come_and_the_old_reminder_never_leaves(session, place):
    activity = make_activity(session, place, "Träff", starts_at=SOON, capacity=1, remind_hours=48)
    ids = [member(session, place).id for _ in range(3)]
    for one in ids:
        activities.sign_up(session, activity.id, one, NOW)
    activities.withdraw(session, activity.id, ids[2], NOW)
    now = SOON - timedelta(hours=47)
    make(session, now)
    assert [who for who, _ in sent(session)] == [ids[0]]
    later = SOON + timedelta(days=4)
    activities.edit(
        session, activity.id, draft(session, activity.id, starts_at=later, ends_at=later + timedelta(hours=9)), now
    )
    make(session, now)
    assert sent(session, "cancelled") == [(ids[0], "")]
    assert [who for who, _ in sent(session)] == ids[:2]
    assert all("Ny tid eller plats för Träff: tors 26 nov kl. 18.00" in body for _, body in sent(session))
    assert session.scalar(sa.select(Activity.reminded_at)) is None, "the new day is reminded of in its turn"


def test_a_new_description_is_news_to_nobody(session, place):
    activity = make_activity(session, place, starts_at=SOON)
    activities.sign_up(session, activity.id, member(session, place).id, NOW)
    activities.edit(session, activity.id, draft(session, activity.id, description="Ta med kaffe"), NOW)
    make(session)
    assert sent(session) == []


def test_calling_off_tells_those_who_come_and_wait_and_what_lay_in_the_queue_is_dropped(session, place):
    activity = make_activity(session, place, "Träff", starts_at=SOON, capacity=1)
    ids = [member(session, place).id for _ in range(2)]
    for one in ids:
        activities.sign_up(session, activity.id, one, NOW)
    later = SOON + timedelta(days=1)
    activities.edit(
        session, activity.id, draft(session, activity.id, starts_at=later, ends_at=later + timedelta(hours=1)), NOW
    )
    make(session)
    assert activities.cancel(session, activity.id, NOW)
    make(session)
    sms_queue.drop(session, NOW)
    assert [(who, "inställd" in body) for who, body in sent(session)] == [(one, True) for one in ids]
    claimed = sms_queue.claim(session, "rehearsal", NOW + timedelta(minutes=1), 10)
    assert len(claimed) == 2, "it really leaves"


def test_whoever_gets_a_free_seat_is_told_unless_it_was_given_back_first(session, place):
    activity = make_activity(session, place, starts_at=SOON, capacity=1)
    a, b, c = (member(session, place).id for _ in range(3))
    for n, one in enumerate((a, b, c)):
        activities.sign_up(session, activity.id, one, NOW + timedelta(seconds=n))
    activities.withdraw(session, activity.id, a, NOW + timedelta(minutes=1))
    activities.withdraw(session, activity.id, b, NOW + timedelta(minutes=2))
    make(session, NOW + timedelta(minutes=3))
    assert [(who, "Du har fått plats" in body) for who, body in sent(session)] == [(c, True)]
    assert session.scalar(sa.select(sa.func.count()).select_from(ActivityNews)) == 0


def test_a_no_to_messages_holds_here_too(session, place):
    activity = make_activity(session, place, starts_at=SOON)
    person = member(session, place)
    activities.sign_up(session, activity.id, person.id, NOW)
    activities.cancel(session, activity.id, NOW)
    make(session)
    refusals.refuse(session, person.id, "sms", "sms", NOW)
    assert sms_queue.claim(session, "rehearsal", NOW + timedelta(minutes=1), 10) == []


def test_nobody_is_told_at_night_or_of_what_has_begun(session, place):
    night = NOW.replace(hour=22)
    activity = make_activity(session, place, starts_at=night + timedelta(hours=1))
    tomorrow = make_activity(session, place, starts_at=night + timedelta(hours=20))
    person = member(session, place)
    for one in (activity, tomorrow):
        activities.sign_up(session, one.id, person.id, NOW)
        activities.cancel(session, one.id, night)
    make(session, night)
    (leaves,) = session.scalars(sa.select(Message.not_before)).all()
    assert (local(leaves).day, local(leaves).hour) == (20, 7)
