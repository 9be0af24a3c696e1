"""`data generate`: any size, marked for ever, with numbers that ring nobody."""

import pytest
import sqlalchemy as sa

from campaigns.demo.generate import generate
from organizer import installation, phones
from organizer.models import Association, Membership, Person, Phone
from organizer.words import Refused
from tests.factories import NOW


def numbers_and_names(session):
    people = sa.select(Person.first_name, Person.last_name, Phone.e164).outerjoin(Phone, Phone.person_id == Person.id)
    return [tuple(row) for row in session.execute(people.order_by(Person.id))]


def test_as_many_people_and_associations_as_asked_and_the_same_for_the_same_seed(session):
    generate(session, 600, 12, 7, NOW)
    assert session.scalar(sa.select(sa.func.count()).select_from(Person)) == 600
    assert session.scalar(sa.select(sa.func.count()).where(Association.kind == "association")) == 12
    assert session.scalar(sa.select(sa.func.count(Membership.association_id.distinct()))) == 12
    assert installation.kind(session) == "synthetic"
    first = numbers_and_names(session)
    session.rollback()
    generate(session, 600, 12, 7, NOW)
    assert [row[:2] for row in numbers_and_names(session)] == [row[:2] for row in first]


def test_every_number_is_somebody_elses_and_none_can_be_rung(session):
    generate(session, 600, 3, 1, NOW)
    numbers = list(session.scalars(sa.select(Phone.e164)))
    assert len(numbers) == len(set(numbers)) == 540
    assert all(phones.fictional(number[:-4]) for number in numbers), "a fictional number with four digits too many"
    assert not any(phones.sendable(number) for number in numbers)


def test_people_can_be_added_afterwards(session):
    generate(session, 10, 1, 1, NOW)
    session.add(Person(first_name="Ny", last_name="Person", sort_key="a", search_key="a", created_at=NOW))
    session.flush()


@pytest.mark.parametrize(("people", "associations"), [(-1, 1), (10, 0), (10**9, 1)])
def test_sizes_that_cannot_be_are_refused(session, people, associations):
    with pytest.raises(Refused, match="Ange högst"):
        generate(session, people, associations, 1, NOW)


def test_only_an_empty_database_is_filled(session):
    generate(session, 5, 1, 1, NOW)
    with pytest.raises(Refused, match="inte tom"):
        generate(session, 5, 1, 1, NOW)
