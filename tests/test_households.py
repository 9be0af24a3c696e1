"""Who lives with whom, by hand or by a shared number, and that no caller is given somebody she lives with."""

import pytest
import sqlalchemy as sa

from campaigns import call_queue, merged_people
from organizer import households
from organizer.models import Association, HouseholdMember, RoleName
from organizer.words import Missing, Refused
from tests.factories import NOW, make_account, make_association, make_campaign, make_person, make_shift


@pytest.fixture
def place(session):
    return make_association(session, "Härnösand")


def home(session, person):
    return {one.name.split()[0] for one in households.of(session, person.id, sa.select(Association.id))}


def test_a_household_is_those_written_down_and_those_who_share_a_number(session, place):
    asa, bo = (make_person(session, place, f"{name} Öberg", "+46701740605") for name in ("Åsa", "Bo"))
    cia, dan, hidden = (make_person(session, place, f"{name} Berg") for name in ("Cia", "Dan", "Hemlig"))
    households.join(session, asa.id, cia.id, NOW)
    households.join(session, dan.id, cia.id, NOW)
    households.join(session, hidden.id, cia.id, NOW)
    hidden.protected = True
    session.flush()
    assert home(session, asa) == {"Bo", "Cia", "Dan"}
    assert home(session, bo) == {"Åsa"}
    assert [one.number for one in households.of(session, bo.id, sa.select(Association.id))] == ["0701740605"]
    assert households.of(session, asa.id, sa.select(sa.literal(0))) == []
    households.leave(session, dan.id, NOW)
    assert home(session, cia) == {"Åsa"}
    with pytest.raises(Missing):
        households.leave(session, dan.id, NOW)
    with pytest.raises(Refused, match="någon annan"):
        households.join(session, asa.id, asa.id, NOW)


def test_one_left_alone_is_no_household_and_two_households_become_one_but_never_a_crowd(session, place, monkeypatch):
    people = [make_person(session, place) for _ in range(5)]
    households.join(session, people[0].id, people[1].id, NOW)
    households.join(session, people[2].id, people[3].id, NOW)
    monkeypatch.setattr(households, "MOST", 4)
    with pytest.raises(Refused, match="högst 4"):
        households.join(session, people[4].id, people[0].id, NOW) or households.join(
            session, people[4].id, people[2].id, NOW
        )
    households.leave(session, people[4].id, NOW)
    households.join(session, people[0].id, people[3].id, NOW)
    assert session.scalars(sa.select(HouseholdMember.household).distinct()).all() == [people[0].id]
    merge = merged_people.merge(session, people[0].id, people[1].id, {}, NOW)
    assert session.scalar(sa.select(sa.func.count()).select_from(HouseholdMember)) == 3
    assert merged_people.undo(session, merge, NOW) == {}
    for person in people[:3]:
        households.leave(session, person.id, NOW)
    assert session.scalar(sa.select(sa.func.count()).select_from(HouseholdMember)) == 0


def test_a_caller_is_never_given_somebody_she_lives_with(session, place):
    herself, husband = make_person(session, place, "Birgitta Ringare"), make_person(session, place, "Sven Ringare")
    caller = make_account(session, "Birgitta", (RoleName.CALLER, place), person_id=herself.id)
    campaign = make_campaign(session, place, any_hour=True)
    shift = make_shift(session, campaign, caller)
    households.join(session, husband.id, herself.id, NOW)
    call_queue.fill(session, campaign, NOW)
    assert call_queue.claim_next(session, caller.id, campaign.id, NOW, shift_id=shift.id) is None
    households.leave(session, husband.id, NOW)
    assert call_queue.claim_next(session, caller.id, campaign.id, NOW, shift_id=shift.id) is not None
