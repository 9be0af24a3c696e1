"""A personal link leads one person to one thing, is stored unreadably, and stops leading anywhere in time."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns import retention
from organizer import personal_links
from organizer.models import PersonalLink
from organizer.words import Missing
from tests.factories import NOW, make_person

LATER = NOW + timedelta(days=30)


def test_a_link_leads_its_person_to_its_thing_however_it_is_typed(session):
    person = make_person(session, None)
    token = personal_links.make(session, "activity", person.id, NOW, target_id=7, blast_id=3, expires_at=LATER)
    assert len(token) >= 12
    assert set(token) <= set(personal_links.LETTERS)
    for typed in (token, f" {token.upper()}\n", token.replace("1", "l").replace("0", "O")):
        link = personal_links.find(session, "activity", typed, NOW)
        assert (link.person_id, link.target_id, link.blast_id, link.used_at) == (person.id, 7, 3, None)
    personal_links.used(session, link.id, NOW)
    personal_links.used(session, link.id, NOW + timedelta(days=1))
    assert personal_links.find(session, "activity", token, NOW).used_at == NOW
    assert token not in session.scalars(sa.select(PersonalLink.token_hash)).one()


def test_a_link_of_another_kind_or_a_guess_leads_nowhere_and_an_old_one_says_so(session):
    person = make_person(session, None)
    token = personal_links.make(session, "survey", person.id, NOW, target_id=7, expires_at=LATER)
    for kind, tried in (("activity", token), ("survey", "0" * 12), ("survey", ""), ("survey", "å" * 12)):
        with pytest.raises(Missing):
            personal_links.find(session, kind, tried, NOW)
    with pytest.raises(personal_links.Expired) as old:
        personal_links.find(session, "survey", token, LATER)
    assert old.value.link.target_id == 7
    assert (personal_links.forget(session, LATER - timedelta(1)), personal_links.forget(session, LATER)) == (0, 1)


def test_thousands_of_links_are_written_by_one_statement(session, database):
    people = [make_person(session, None, number=None).id for _ in range(30)]
    session.commit()
    statements = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    tokens = personal_links.make_many(session, "stop", people, NOW, expires_at=LATER)
    assert list(tokens) == people
    assert len(set(tokens.values())) == 30
    assert len([one for one in statements if "INSERT" in one]) == 1
    for person_id, token in tokens.items():
        assert personal_links.find(session, "stop", token, NOW).person_id == person_id
    with pytest.raises(ValueError, match="nothing"):
        personal_links.make(session, "nothing", people[0], NOW, expires_at=LATER)


def test_an_old_link_says_that_it_is_old_for_a_month(session):
    personal_links.make(session, "survey", make_person(session, None).id, NOW, target_id=7, expires_at=LATER)
    gone = [retention.links(session, LATER + timedelta(days=days)) for days in (29, 31)]
    assert gone == [0, 1]
