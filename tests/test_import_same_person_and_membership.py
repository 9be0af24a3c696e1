"""Who a row is, what it changes, and what it never changes (D20)."""

from datetime import date

import pytest
import sqlalchemy as sa

from organizer import imports, people
from organizer.imports import matching
from organizer.models import Event, Fee, Membership, Person, PersonTag, Phone, Refusal, Tag
from tests.factories import NOW, add_number, make_person
from tests.member_files import HEADERS, ROWS, as_csv

TODAY = date(2026, 11, 19)


def load(session, cast, rows, headers=HEADERS, place=None, **how):
    return imports.import_file(session, as_csv(rows, headers), (place or cast.district).id, NOW, **how)


def numbers(session, person_id):
    return list(session.scalars(sa.select(Phone.e164).where(Phone.person_id == person_id).order_by(Phone.position)))


def intervals(session, person_id):
    rows = session.execute(
        sa.select(
            Membership.association_id, Membership.from_day, Membership.from_why, Membership.to_day, Membership.to_why
        )
        .where(Membership.person_id == person_id)
        .order_by(Membership.id)
    )
    return [tuple(row) for row in rows]


def test_new_people_get_membership_number_and_sort_keys(session, cast):
    report = load(session, cast, ROWS)
    assert (report.created, report.updated, report.unchanged, report.problems) == (3, 0, 0, [])
    asa = session.scalars(sa.select(Person).where(Person.member_number == "1001")).one()
    assert (asa.first_name, asa.last_name, asa.email, asa.search_key) == (
        "Åsa",
        "Öberg",
        "asa@example.org",
        "asa oberg",
    )
    assert numbers(session, asa.id) == ["+46701740605"]
    assert intervals(session, asa.id) == [(cast.harnosand.id, date(2021, 3, 1), "joined", None, None)]


def test_without_a_join_date_the_day_is_unknown_and_never_counts_as_new(session, cast):
    load(session, cast, ROWS)
    marta = session.scalar(sa.select(Person.id).where(Person.member_number == "1003"))
    assert intervals(session, marta) == [(cast.harnosand.id, None, "unknown", None, None)]


def test_the_same_file_twice_changes_nothing(session, cast):
    headers = [*HEADERS, "Avgift 2026", "Taggar", "Telefon"]
    rows = [[*row, "ja", "aktiv, kör bil", "08-465 004 00"] for row in ROWS]
    load(session, cast, rows, headers)
    before = session.scalar(sa.select(sa.func.count()).select_from(Event))
    report = load(session, cast, rows, headers)
    assert report.changes_nothing
    assert (report.unchanged, report.rows) == (3, 3)
    assert session.scalar(sa.select(sa.func.count()).select_from(Event)) == before == 3


def test_a_member_number_decides_even_when_the_name_has_changed(session, cast):
    person = make_person(session, cast.harnosand, "Åsa Berg", member_number="1001", number="+46701740605")
    report = load(session, cast, ROWS[:1])
    assert (report.created, report.updated, report.new_names) == (0, 1, 1)
    assert session.get(Person, person.id, populate_existing=True).last_name == "Öberg"


@pytest.mark.parametrize("same", ["phone", "email"])
def test_one_person_with_the_same_name_and_phone_or_email_is_that_person(session, cast, same):
    person = make_person(
        session, cast.harnosand, "ÅSA ÖBERG", number="+46701740605" if same == "phone" else None,
        email="Asa@Example.org" if same == "email" else None,
    )  # fmt: skip
    report = load(session, cast, ROWS[:1])
    assert (report.created, report.updated) == (0, 1)
    assert session.get(Person, person.id, populate_existing=True).member_number == "1001"


def test_phone_alone_is_never_the_same_person(session, cast):
    make_person(session, cast.harnosand, "Sven Öberg", number="+46701740605")
    report = load(session, cast, ROWS[:1])
    assert (report.created, report.shared) == (1, 1)


def test_a_name_that_may_be_the_same_person_is_asked_about(session, cast):
    person = make_person(session, cast.harnosand, "Åsa Öberg", number="+46701740699")
    report = load(session, cast, ROWS[:1], missing_means="left")
    assert (report.created, report.updated, report.out, report.left) == (0, 0, 1, 0)
    assert [one.reason for one in report.problems] == [matching.MAYBE_SAME]
    assert intervals(session, person.id)[0][3] is None


def test_two_people_alike_are_asked_about(session, cast):
    for _ in range(2):
        make_person(session, cast.harnosand, "Åsa Öberg", number="+46701740605")
    report = load(session, cast, ROWS[:1])
    assert [(one.row, one.reason, one.effect) for one in report.problems] == [(2, matching.SEVERAL_ALIKE, "row")]


def test_a_twin_with_another_member_number_is_asked_about_unless_only_zeros_are_lost(session, cast):
    make_person(session, cast.harnosand, "Åsa Öberg", number="+46701740605", member_number="77")
    make_person(session, cast.timra, "Nils Norén", number="+46701740606", member_number="001002")
    report = load(session, cast, ROWS[:2])
    assert [one.reason for one in report.problems] == [matching.OTHER_NUMBER]
    assert report.created == 0
    assert session.scalar(sa.select(Person.member_number).where(Person.last_name == "Norén")) == "001002"


def test_the_same_member_number_or_person_twice_in_a_file_is_one_person(session, cast):
    again = ["", "Åsa", "Öberg", "0701740605", "", "Härnösand", ""]
    report = load(
        session,
        cast,
        [
            ROWS[0],
            ROWS[0],
            ["", "Bo", "Ek", "0701740607", "", "Timrå", ""],
            ["", "Bo", "Ek", "070-1740607", "", "Timrå", ""],
        ],
    )
    assert [(one.row, one.reason, one.values) for one in report.problems] == [
        (3, matching.SAME_NUMBER_TWICE, {"other": 2}),
        (5, matching.SAME_PERSON_TWICE, {"other": 4}),
    ]
    assert report.created == 2
    assert load(session, cast, [ROWS[0], again]).problems[0].reason == matching.SAME_PERSON_TWICE


def test_somebody_who_has_died_is_not_brought_back(session, cast):
    person = make_person(session, cast.harnosand, "Åsa Öberg", member_number="1001")
    people.close_membership(session, person.id, TODAY, "deceased", NOW)
    report = load(session, cast, ROWS[:1])
    assert [one.reason for one in report.problems] == [matching.DECEASED]
    assert len(intervals(session, person.id)) == 1


def test_an_empty_or_bad_cell_keeps_the_old_value(session, cast):
    load(session, cast, ROWS[:1])
    report = load(session, cast, [["1001", "Åsa", "Öberg", "4,67E+10", "inte en adress", "Härnösund", "2026-02-30"]])
    assert (report.unchanged, report.out) == (1, 0)
    assert {(one.column, one.effect) for one in report.problems} == {
        ("Mobil", "cell"), ("E-post", "cell"), ("Förening", "cell"), ("Medlem sedan", "cell"),
    }  # fmt: skip
    asa = session.scalars(sa.select(Person)).one()
    assert asa.email == "asa@example.org"
    assert numbers(session, asa.id) == ["+46701740605"]
    assert load(session, cast, [["1001", "Åsa", "Öberg", "", "", "", ""]]).changes_nothing
    assert load(session, cast, [["1001", "", "Öberg", "", "", "", ""]]).changes_nothing
    load(session, cast, [["1001", "", "Ek", "", "", "", ""]])
    assert (asa.first_name, session.scalar(sa.select(Person.last_name))) == ("Åsa", "Ek")
    assert load(
        session, cast, [["1001", "Ek", "", "", ""]], ["Medlemsnr", "Namn", "Mobil", "E-post", "Förening"]
    ).changes_nothing


def test_moving_closes_one_interval_and_opens_another(session, cast):
    load(session, cast, ROWS[:1])
    report = load(session, cast, [[*ROWS[0][:5], "Timrå", "2021-03-01"]])
    assert (report.updated, report.moved) == (1, 1)
    asa = session.scalar(sa.select(Person.id))
    assert intervals(session, asa) == [
        (cast.harnosand.id, date(2021, 3, 1), "joined", TODAY, "moved"),
        (cast.timra.id, TODAY, "moved_in", None, None),
    ]
    assert load(session, cast, [[*ROWS[0][:5], "Timrå", "2021-03-01"]]).changes_nothing


def test_missing_from_the_file_means_left_or_nothing_as_chosen(session, cast):
    load(session, cast, ROWS)
    assert load(session, cast, ROWS[:2]).left == 0
    report = load(session, cast, ROWS[:2], missing_means="left")
    assert (report.left, report.members, report.unchanged) == (1, 3, 2)
    marta = session.scalar(sa.select(Person.id).where(Person.member_number == "1003"))
    assert intervals(session, marta)[0][3:] == (TODAY, "left")


def test_a_file_for_one_association_does_not_end_memberships_elsewhere(session, cast):
    load(session, cast, ROWS)
    report = load(session, cast, ROWS[:1], place=cast.harnosand, missing_means="left")
    assert report.left == 1
    nils = session.scalar(sa.select(Person.id).where(Person.member_number == "1002"))
    assert intervals(session, nils)[0][3] is None


def test_a_file_for_one_association_cannot_take_people_from_another(session, cast):
    load(session, cast, ROWS)
    report = load(session, cast, [["1002", "Nils", "Norén", "", "", "", ""]], place=cast.harnosand)
    assert [one.reason for one in report.problems] == [matching.ELSEWHERE]


def test_somebody_who_comes_back_gets_a_new_interval(session, cast):
    load(session, cast, ROWS)
    load(session, cast, ROWS[1:], missing_means="left")
    report = load(session, cast, ROWS)
    assert (report.updated, report.returned) == (1, 1)
    asa = session.scalar(sa.select(Person.id).where(Person.member_number == "1001"))
    assert intervals(session, asa)[1] == (cast.harnosand.id, TODAY, "returned", None, None)


def test_a_leaving_day_in_the_file_ends_the_membership_that_day(session, cast):
    load(session, cast, ROWS)
    report = load(
        session,
        cast,
        [[*ROWS[0], "2026-06-30"], ["9", "Aldrig", "Här", "", "", "Timrå", "", "2020-01-01"]],
        [*HEADERS, "Utträdesdatum"],
    )
    assert (report.left, report.created) == (1, 0)
    asa = session.scalar(sa.select(Person.id).where(Person.member_number == "1001"))
    assert intervals(session, asa)[0][3:] == (date(2026, 6, 30), "left")


def test_a_new_mobile_replaces_the_old_mobile_and_leaves_the_landline(session, cast):
    load(session, cast, ROWS[:1])
    asa = session.scalars(sa.select(Person)).one()
    add_number(session, asa, "+46846500400", position=1)
    report = load(session, cast, [["1001", "Åsa", "Öberg", "070-174 06 50", "", "", ""]])
    assert report.new_numbers == 1
    assert numbers(session, asa.id) == ["+46701740650", "+46846500400"]


def test_a_number_known_to_be_wrong_does_not_push_out_the_right_one(session, cast):
    from organizer.models import BlockedNumber

    load(session, cast, ROWS[:1])
    asa = session.scalar(sa.select(Person.id))
    people.add_number(session, asa, "070-174 06 50", NOW)
    session.add(BlockedNumber(e164="+46701740605", at=NOW))
    session.flush()
    load(session, cast, ROWS[:1])
    load(session, cast, ROWS[:1])
    assert "+46701740650" in numbers(session, asa)


def test_a_refusal_survives_every_import(session, cast):
    load(session, cast, ROWS)
    asa = session.scalar(sa.select(Person.id).where(Person.member_number == "1001"))
    people.refuse(session, asa, "call", "staff", NOW)
    load(session, cast, ROWS[1:], missing_means="left")
    report = load(session, cast, ROWS)
    assert report.refused == 1
    assert session.scalar(sa.select(Refusal.revoked_at).where(Refusal.person_id == asa)) is None
    assert session.scalar(sa.select(sa.func.count()).select_from(Refusal)) == 1


def test_somebody_erased_who_comes_back_still_refuses(session, cast):
    from organizer import erasure
    from organizer.models import Installation
    from organizer.personal_data import REGISTER

    session.add(Installation(kind="real", refusal_key="a key"))
    load(session, cast, ROWS)
    asa = session.scalar(sa.select(Person.id).where(Person.member_number == "1001"))
    people.refuse(session, asa, "sms", "staff", NOW)
    erasure.erase(session, REGISTER, asa, "asked", "RADERA", cast.organizer.id, NOW)
    load(session, cast, ROWS)
    again = session.scalar(sa.select(Person.id).where(Person.member_number == "1001"))
    assert set(session.scalars(sa.select(Refusal.channel).where(Refusal.person_id == again))) == {"sms"}


def test_a_paid_year_is_a_fee_and_one_renewal_in_the_ledger(session, cast):
    headers = [*HEADERS, "Avgift betald år", "Betaldatum"]
    report = load(
        session, cast, [[*ROWS[0], "2026", "2026-02-01"], [*ROWS[1], "2025", ""], [*ROWS[2], "", ""]], headers
    )
    assert report.fees == 2
    assert [tuple(row) for row in session.execute(sa.select(Fee.year, Fee.paid_on).order_by(Fee.person_id))] == [
        (2026, date(2026, 2, 1)), (2025, date(2025, 12, 31)),
    ]  # fmt: skip
    events = session.execute(sa.select(Event.kind, Event.association_id, Event.day).order_by(Event.person_id)).all()
    assert [tuple(row) for row in events] == [
        ("renewal", cast.harnosand.id, date(2026, 2, 1)), ("renewal", cast.timra.id, date(2025, 12, 31)),
    ]  # fmt: skip


def test_tags_are_added_once_and_never_taken_away(session, cast):
    headers = [*HEADERS, "Taggar"]
    load(session, cast, [[*ROWS[0], "Aktiv; kör bil"], [*ROWS[1], "aktiv"]], headers)
    load(session, cast, [[*ROWS[0], ""], [*ROWS[1], "Kör bil"]], headers)
    assert sorted(session.scalars(sa.select(Tag.name))) == ["Aktiv", "kör bil"]
    assert session.scalar(sa.select(sa.func.count()).select_from(PersonTag)) == 4


def test_protected_people_are_counted_and_nothing_on_their_row_is_shown(session, cast):
    headers = [*HEADERS, "Skyddad identitet"]
    report = load(session, cast, [["1001", "Åsa", "Öberg", "fel", "fel", "Härnösand", "", "Sekretess"]], headers)
    assert report.protected == 1
    assert [one.value for one in report.problems] == ["", ""]
    assert session.scalar(sa.select(Person.protected)) is True
    load(session, cast, [[*ROWS[0], "nej"]], headers)
    assert session.scalar(sa.select(Person.protected)) is True
