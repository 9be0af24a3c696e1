"""People are found, edited and moved, and their history survives."""

from datetime import date

import pytest
import sqlalchemy as sa

from organizer import finding, people
from organizer.models import Change, Membership, Person, Phone, Tag
from organizer.words import Missing, Refused
from tests.factories import NOW, add_number, make_association, make_person

TODAY = date(2026, 11, 19)


@pytest.fixture
def places(session):
    district = make_association(session, "Västernorrland", kind="district")
    return district, make_association(session, "Härnösand", district), make_association(session, "Timrå", district)


def everywhere():
    from organizer.models import Association

    return sa.select(Association.id)


def intervals(session, person_id):
    rows = session.execute(
        sa.select(
            Membership.association_id, Membership.from_day, Membership.from_why, Membership.to_day, Membership.to_why
        )
        .where(Membership.person_id == person_id)
        .order_by(Membership.id)
    )
    return [tuple(row) for row in rows]


def test_moving_closes_one_interval_and_opens_another_on_the_same_day(session, places):
    _, harnosand, timra = places
    person = make_person(session, harnosand, "Åsa Öberg", joined=date(2020, 1, 1))
    people.move(session, person.id, timra.id, date(2026, 11, 1), NOW)
    assert intervals(session, person.id) == [
        (harnosand.id, date(2020, 1, 1), "joined", date(2026, 11, 1), "moved"),
        (timra.id, date(2026, 11, 1), "moved_in", None, None),
    ]


def test_moving_to_the_same_association_is_refused(session, places):
    person = make_person(session, places[1])
    with pytest.raises(Refused, match="redan medlem i den föreningen"):
        people.move(session, person.id, places[1].id, TODAY, NOW)


def test_somebody_who_comes_back_has_returned(session, places):
    person = make_person(session, places[1])
    people.close_membership(session, person.id, date(2024, 5, 1), "left", NOW)
    people.open_membership(session, person.id, places[1].id, date(2026, 1, 1), NOW)
    assert [row[2] for row in intervals(session, person.id)] == ["joined", "returned"]


def test_a_membership_without_a_known_day_is_unknown_not_new(session, places):
    person_id = people.create(session, "Ny", "Person", NOW)
    people.open_membership(session, person_id, places[1].id, None, NOW)
    assert intervals(session, person_id) == [(places[1].id, None, "unknown", None, None)]


def test_nobody_has_two_open_memberships(session, places):
    person = make_person(session, places[1])
    with pytest.raises(Refused, match="redan medlem"):
        people.open_membership(session, person.id, places[2].id, TODAY, NOW)


@pytest.mark.parametrize(
    ("day", "why", "words"),
    [
        (date(2026, 11, 20), "left", "framtiden"),
        (date(2019, 12, 31), "left", "före den dag"),
        (TODAY, "bored", "Välj varför"),
    ],
)
def test_an_impossible_end_is_refused_in_words(session, places, day, why, words):
    person = make_person(session, places[1], joined=date(2020, 1, 1))
    with pytest.raises(Refused, match=words):
        people.close_membership(session, person.id, day, why, NOW)
    assert intervals(session, person.id)[0][3] is None


def test_a_death_ends_the_membership_and_is_kept_on_the_person(session, places):
    person = make_person(session, places[1])
    people.close_membership(session, person.id, TODAY, "deceased", NOW)
    assert session.scalar(sa.select(Person.deceased_on).where(Person.id == person.id)) == TODAY
    assert intervals(session, person.id)[0][3:] == (TODAY, "deceased")
    with pytest.raises(Refused, match="inte medlem"):
        people.close_membership(session, person.id, TODAY, "left", NOW)


def test_a_new_number_is_rung_first_and_the_same_number_is_kept_once(session, places):
    person = make_person(session, places[1], number="+46313900601")
    people.add_number(session, person.id, "070-174 06 05", NOW)
    people.add_number(session, person.id, "0046701740605", NOW)
    rows = session.execute(sa.select(Phone.e164, Phone.national, Phone.kind).order_by(Phone.position)).all()
    assert [tuple(row) for row in rows] == [
        ("+46701740605", "070-174 06 05", "mobile"),
        ("+46313900601", "0313900601", "landline"),
    ]
    with pytest.raises(Refused, match="bokstäver"):
        people.add_number(session, person.id, "okänt", NOW)


def test_a_number_is_taken_away_only_from_its_owner(session, places):
    person, other = make_person(session, places[1]), make_person(session, places[1])
    phone = session.scalar(sa.select(Phone.id).where(Phone.person_id == person.id))
    with pytest.raises(Missing):
        people.remove_number(session, other.id, phone, NOW)
    people.remove_number(session, person.id, phone, NOW)
    assert session.scalar(sa.select(sa.func.count()).where(Phone.person_id == person.id)) == 0


def test_an_email_is_kept_or_refused_in_words(session, places):
    person = make_person(session, places[1])
    assert people.set_email(session, person.id, " asa@example.org ", NOW) == "asa@example.org"
    for wrong in ("asa", "asa@", "a@b", "två @example.org", "a@example.org, b@example.org"):
        with pytest.raises(Refused, match="e-postadress"):
            people.set_email(session, person.id, wrong, NOW)
    assert people.set_email(session, person.id, "", NOW) is None


def test_a_tag_is_made_once_whatever_its_letters(session, places):
    person, other = make_person(session, places[1]), make_person(session, places[1])
    first = people.tag(session, person.id, places[1].id, "Åker gärna", NOW)
    assert people.tag(session, other.id, places[1].id, "åker  gärna", NOW) == first
    people.untag(session, person.id, first, NOW)
    assert session.scalar(sa.select(sa.func.count()).select_from(Tag)) == 1
    with pytest.raises(Refused, match="60 tecken"):
        people.tag(session, person.id, places[1].id, " ", NOW)


@pytest.mark.parametrize(
    "text", ["asa", "ÅSA", "öberg å", "bodil", "0605", "070-174 06 05", "+46 70 174 06 05", "M-17"]
)
def test_a_person_is_found_by_name_number_and_member_number(session, places, text):
    person = make_person(session, places[1], "Åsa-Bodil Öberg", number="+46701740605", member_number="M-17")
    make_person(session, places[1], "Nils Norén", number="+46701740699")
    assert [one.id for one in finding.find(session, text, everywhere()).people] == [person.id]


@pytest.mark.parametrize("text", ["", "å", "%%", "__", "06", "605", "berg"])
def test_too_little_or_the_wrong_thing_finds_nobody(session, places, text):
    make_person(session, places[1], "Åsa Öberg", number="+46701740605")
    assert finding.find(session, text, everywhere()).people == []


def test_finding_stays_within_reach_by_the_latest_membership(session, places):
    person = make_person(session, places[1], "Åsa Öberg")
    people.move(session, person.id, places[2].id, TODAY, NOW)
    assert finding.find(session, "asa", sa.select(sa.literal(places[1].id))).people == []
    assert finding.find(session, "asa", sa.select(sa.literal(places[2].id))).people[0].association == "Timrå"


def test_protected_people_are_found_only_where_the_searcher_is_their_steward(session, places):
    person = make_person(session, places[1], "Åsa Öberg", protected=True)
    assert finding.find(session, "asa", everywhere()).people == []
    assert finding.find(session, "asa", everywhere(), protected_in=[places[2].id]).people == []
    assert finding.find(session, "asa", everywhere(), protected_in=[places[1].id]).people[0].id == person.id


def test_every_change_is_logged_without_anything_personal(session, places):
    person = make_person(session, places[1], "Åsa Öberg", number=None)
    people.add_number(session, person.id, "0701740605", NOW)
    people.set_email(session, person.id, "asa@example.org", NOW)
    people.refuse(session, person.id, "call", "staff", NOW)
    people.move(session, person.id, places[2].id, TODAY, NOW)
    add_number(session, person, "+46701740699")
    log = str([tuple(row) for row in session.execute(sa.select(Change.action, Change.detail))])
    for word in ("Åsa", "Öberg", "0701740605", "701740605", "asa@"):
        assert word not in log
    assert {"add_number", "set_email", "refuse", "close_membership", "open_membership"} <= set(
        session.scalars(sa.select(Change.action))
    )


def test_every_part_of_a_name_is_found_by_its_beginning_also_after_a_change(session, places):
    person = make_person(session, places[1], "Anna-Karin von Lind-Bergström", number="+46701740605")
    other = make_person(session, places[1], "Anna Berg", number="+46701740606")
    for words in ("anna lind", "karin", "bergstr", "VON lind", "Lind-Berg anna", "karin 0605"):
        assert [one.id for one in finding.find(session, words, everywhere()).people] == [person.id], words
    assert finding.find(session, "karin 0606", everywhere()).people == []
    session.execute(sa.update(Person).where(Person.id == person.id).values(search_key="greta lund"))
    session.execute(sa.delete(Person).where(Person.id == other.id))
    assert finding.find(session, "karin", everywhere()).total == finding.find(session, "berg", everywhere()).total == 0
    assert finding.find(session, "lund", everywhere()).total == 1


def test_too_many_are_counted_and_nobody_is_shown(session, places, monkeypatch):
    for number in range(4):
        make_person(session, places[1 + number % 2], f"Anna Andersson{'abcd'[number]}")
    monkeypatch.setattr(finding, "COUNTED", 3)
    answer = finding.find(session, "anna and", everywhere())
    assert (answer.people, answer.too_many) == ([], True)
    assert finding.find(session, "anna and", everywhere(), place=places[1].id).total == 2
    monkeypatch.setattr(finding, "SHOWN", 1)
    narrowed = finding.find(session, "anna and", everywhere(), place=places[2].id)
    assert ([one.name for one in narrowed.people], narrowed.total) == (["Anna Anderssonb"], 2)
