"""A no holds from the second it is recorded, until it is taken back, and beyond erasure."""

import pytest
import sqlalchemy as sa

from organizer import people, refusals
from organizer.models import Installation, KeptRefusal, Refusal
from organizer.words import Missing, Refused
from tests.factories import NOW, make_association, make_person


@pytest.fixture
def person(session):
    return make_person(
        session, make_association(session, "Härnösand"), "Åsa Öberg", number="+46701740605", member_number="17"
    )


def test_a_refusal_says_who_when_and_how(session, person):
    refusal_id = people.refuse(session, person.id, "call", "staff", NOW)
    row = session.get(Refusal, refusal_id)
    assert (row.person_id, row.channel, row.how, row.recorded_at, row.revoked_at) == (
        person.id, "call", "staff", NOW, None,
    )  # fmt: skip


def test_the_same_no_twice_is_one_no(session, person):
    first = people.refuse(session, person.id, "all", "staff", NOW)
    assert people.refuse(session, person.id, "all", "staff", NOW) == first
    assert people.refuse(session, person.id, "all", "call", NOW, call_id=7) != first


def test_a_no_in_a_call_is_its_own_so_that_undo_finds_it(session, person):
    first = people.refuse(session, person.id, "call", "call", NOW, call_id=7)
    assert people.refuse(session, person.id, "call", "call", NOW, call_id=7) == first
    assert people.refuse(session, person.id, "call", "call", NOW, call_id=8) != first


def test_stopp_can_bind_a_number_nobody_is_known_by(session):
    refusal_id = people.refuse(session, None, "sms", "sms", NOW, e164="+46701740699")
    assert session.get(Refusal, refusal_id).e164 == "+46701740699"


@pytest.mark.parametrize(
    ("who", "channel", "how"), [(1, "smoke", "staff"), (1, "call", "rumour"), (None, "call", "staff")]
)
def test_a_refusal_that_means_nothing_is_refused(session, person, who, channel, how):
    with pytest.raises(Refused, match="säger nej till"):
        people.refuse(session, who, channel, how, NOW)


def test_a_no_can_be_taken_back_once(session, person):
    refusal_id = people.refuse(session, person.id, "call", "staff", NOW)
    people.revoke(session, refusal_id, NOW)
    assert session.scalar(sa.select(Refusal.revoked_at)) == NOW
    with pytest.raises(Missing):
        people.revoke(session, refusal_id, NOW)
    assert people.refuse(session, person.id, "call", "staff", NOW) != refusal_id


def test_after_erasure_only_keyed_hashes_remain_and_are_recognised(session, person):
    session.add(Installation(kind="real", refusal_key="a key of its own"))
    session.flush()
    people.refuse(session, person.id, "call", "staff", NOW)
    assert refusals.keep_after_erasure(session, [person.id], ["+46701740605"], ["17"]) == 2
    assert refusals.keep_after_erasure(session, [person.id], ["+46701740605"], ["17"]) == 0
    kept = session.execute(sa.select(KeptRefusal.hash)).scalars().all()
    assert all("0605" not in one and len(one) == 64 for one in kept)
    assert refusals.kept(session, ["+46701740605", "member:17", "+46701740606"]) == {
        "+46701740605": ["call"],
        "member:17": ["call"],
    }


def test_without_kept_refusals_nothing_is_hashed(session):
    assert refusals.kept(session, ["+46701740605"]) == {}
