"""Undo within 72 hours puts every field back exactly, leaves what was edited since, and says what and why."""

from datetime import timedelta
from itertools import permutations

import pytest
import sqlalchemy as sa

from campaigns import merged_people, place_mergers
from organizer import corrections, imports, people
from organizer.imports import questions, sightings, telling
from organizer.models import Event, Fee, Import, ImportChange, ImportSighting, Membership, Person, PersonTag, Phone
from organizer.words import Refused
from tests.factories import NOW
from tests.member_files import as_csv

HEADERS = [
    "Medlemsnr",
    "Förnamn",
    "Efternamn",
    "Mobil",
    "E-post",
    "Förening",
    "Medlem sedan",
    "Betald år",
    "Taggar",
    "Födelseår",
]
BEFORE = [
    ["1", "Åsa", "Öberg", "0701740605", "asa@example.org", "Härnösand", "2021-03-01", "", "", "1950"],
    ["2", "Nils", "Norén", "0701740606", "nils@example.org", "Timrå", "2022-04-01", "", "", ""],
    ["3", "Siv", "Ek", "0701740607", "", "Timrå", "", "", "", ""],
    ["4", "Ali", "Dahl", "", "", "Härnösand", "2020-01-01", "", "", "1980"],
]
AFTER = [
    ["1", "Åsa", "Berg", "0701740615", "ny@example.org", "Timrå", "2021-03-01", "2026", "Kör bil", "1951"],
    ["2", "Nils", "Norén", "0701740616", "nytt@example.org", "Timrå", "2022-04-02", "2025", "", "1990"],
    ["3", "Siv", "Ek", "0701740617", "", "Timrå", "2019-01-01", "", "", ""],
    ["5", "Eva", "Nyman", "0701740618", "eva@example.org", "Timrå", "2026-11-01", "2026", "Ny", "2001"],
]
"""One moves and changes everything, one other things, one gets a joining day, one is missing, one is new."""
THIRD = [
    ["1", "Åsa", "Lind", "0701740625", "ny@example.org", "Timrå", "2021-03-01", "", "", ""],
    ["2", "Nils", "Norén", "0701740616", "nytt@example.org", "Härnösand", "2022-04-02", "", "", ""],
    ["3", "Siv", "Ek", "0701740617", "", "Timrå", "2019-01-01", "", "", ""],
    ["4", "Ali", "Dahl", "", "", "Härnösand", "", "", "", ""],
    ["5", "Eva", "Nyman", "0701740619", "eva@example.org", "Timrå", "2026-11-01", "", "", ""],
    ["6", "Ove", "Wiik", "0701740620", "", "Timrå", "", "", "", ""],
]
"""One changes again, one moves, one is as before, one returns, the new one changes, one more is new."""


def register(session):
    """Everything about people that a file can touch, as plain values without the rows' own ids."""
    session.flush()
    tables = (Person, Membership, Phone, Fee, PersonTag, Event)
    skip = {"id", "created_at", "import_id", "at"}
    found = {}
    for model in tables:
        columns = [one for one in model.__table__.columns if one.name not in skip]
        rows = session.execute(sa.select(*columns)).all()
        found[model.__tablename__] = sorted(map(str, rows))
    return found


def whom_of(session):
    return {row.member_number: row.id for row in session.execute(sa.select(Person.member_number, Person.id))}


def bring_in(session, cast, rows, at=NOW, means="left"):
    imports.import_file(
        session, as_csv(rows, HEADERS), cast.district.id, at, missing_means=means, account_id=cast.organizer.id,
        answers=questions.ALL,
    )  # fmt: skip
    return session.scalar(sa.select(sa.func.max(Import.id)))


@pytest.fixture
def applied(session, cast, clock):
    """The register before, and the import that changed it an hour later."""
    bring_in(session, cast, BEFORE)
    before = register(session)
    import_id = bring_in(session, cast, AFTER, clock.forward(hours=1))
    assert register(session) != before
    return before, import_id


def test_undo_puts_every_field_of_everybody_back(session, cast, clock, applied):
    before, import_id = applied
    told = imports.undo(session, import_id, cast.organizer.id, clock.forward(hours=71))
    assert register(session) == before
    assert (told["restored"], told["removed"], told.get("partly", 0), told["erased"]) == (4, 1, 0, 0)
    row = session.get(Import, import_id, populate_existing=True)
    assert (row.state, row.undone_by) == ("undone", cast.organizer.id)


def test_undo_after_undo_and_undo_too_late_are_refused_in_words(session, cast, clock, applied):
    _, import_id = applied
    with pytest.raises(Refused, match="72 timmar"):
        imports.undo(session, import_id, cast.organizer.id, clock.forward(hours=73))
    clock.forward(hours=-73)
    imports.undo(session, import_id, cast.organizer.id, clock.now)
    with pytest.raises(Refused, match="redan ångrad"):
        imports.undo(session, import_id, cast.organizer.id, clock.now)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_files_undone_in_any_order_end_where_it_began(session, cast, clock, order):
    empty, states = register(session), []
    files = []
    for rows in (BEFORE, AFTER, THIRD):
        files.append(bring_in(session, cast, rows, clock.forward(hours=1)))
        states.append(register(session))
    for which in order[:2]:
        imports.undo(session, files[which], cast.organizer.id, clock.forward(hours=1))
    if order[2] == 0:
        assert register(session) == states[0]
    imports.undo(session, files[order[2]], cast.organizer.id, clock.now)
    assert register(session) == empty
    assert not any(one.undone.get("partly") or one.undone.get("later") for one in session.scalars(
        sa.select(Import).execution_options(populate_existing=True)))  # fmt: skip


def test_what_a_newer_file_has_changed_stays_and_is_said_until_that_file_is_undone_too(session, cast, clock, applied):
    before, older = applied
    whom = whom_of(session)
    newer = bring_in(session, cast, THIRD, clock.forward(hours=1))
    told = imports.undo(session, older, cast.organizer.id, clock.now)
    assert (told["later"], told["partly"], told["restored"]) == (3, 3, 2)
    why = session.scalar(sa.select(ImportChange.fate).where(ImportChange.import_id == older,
                                                            ImportChange.person_id == whom["1"]))  # fmt: skip
    assert why == "name:later phones:later"
    asa = session.get(Person, whom["1"], populate_existing=True)
    assert (asa.last_name, asa.email, asa.birth_year) == ("Lind", "asa@example.org", 1950)
    assert whom["5"] in whom_of(session).values()
    people.set_email(session, whom["1"], "rattad@example.org", clock.now, cast.organizer.id)
    again = imports.undo(session, newer, cast.organizer.id, clock.now)
    assert again["removed_below"] == 1
    session.execute(sa.update(Person).where(Person.id == whom["1"]).values(email="asa@example.org"))
    assert register(session) == before
    row = session.get(Import, older, populate_existing=True)
    assert (row.undone["restored"], row.undone["removed"], row.undone.get("partly", 0)) == (4, 1, 0)


def test_somebody_new_who_stands_in_a_newer_file_stays_and_whoever_does_not_goes(session, cast, clock):
    older = bring_in(session, cast, [BEFORE[0], BEFORE[3]], means="nothing")
    newer = bring_in(session, cast, BEFORE[:3], clock.forward(hours=1), "nothing")
    told = imports.undo(session, older, cast.organizer.id, clock.now)
    assert (told["later"], told["removed"]) == (1, 1)
    assert set(whom_of(session)) == {"1", "2", "3"}
    row = session.get(Import, older, populate_existing=True)
    kept = telling.people(session, row, "kvar", 1, clock.now).lines
    assert [one.name for one in kept] == ["Åsa Öberg"]
    imports.undo(session, newer, cast.organizer.id, clock.now)
    assert not whom_of(session)


def test_a_file_checked_before_an_older_one_is_undone_is_checked_again_and_loses_nobody(session, cast, clock):
    older = bring_in(session, cast, BEFORE[:1], means="nothing")
    at = clock.forward(hours=1)
    waiting = imports.stage(
        session, as_csv(BEFORE[:2], HEADERS), cast.district.id, at, missing_means="nothing",
        account_id=cast.organizer.id, filename="b.csv",
    )  # fmt: skip
    shown = imports.restored(session.get_one(Import, waiting).report).fingerprint
    imports.undo(session, older, cast.organizer.id, at)
    again, done = imports.apply_checked(session, waiting, shown, at, cast.organizer.id)
    assert (done, again.created) == (False, 2)
    assert imports.apply_checked(session, waiting, again.fingerprint, at, cast.organizer.id)[1]
    assert set(whom_of(session)) == {"1", "2"}


def test_who_stood_in_a_file_is_forgotten_when_nothing_older_can_be_undone(session, cast, clock):
    bring_in(session, cast, BEFORE[:1])
    bring_in(session, cast, BEFORE[:2], clock.forward(hours=1))
    seen = sa.select(sa.func.count()).select_from(ImportSighting)
    assert (sightings.forget(session, clock.now), session.scalar(seen)) == (0, 1)
    assert (sightings.forget(session, clock.forward(days=5)), session.scalar(seen)) == (1, 0)


def test_what_was_edited_since_stays_and_is_told_with_its_reason(session, cast, clock, applied):
    before, import_id = applied
    whom = whom_of(session)
    at = clock.forward(hours=1)
    people.set_email(session, whom["1"], "rattad@example.org", at, cast.organizer.id)
    people.close_membership(session, whom["2"], at.date(), "left", at, cast.organizer.id)
    people.add_number(session, whom["5"], "0701740630", at, account_id=cast.organizer.id)
    told = imports.undo(session, import_id, cast.organizer.id, at)
    assert (told["restored"], told["partly"], told.get("removed", 0)) == (3, 2, 0)
    assert (told["edited"], told["happened"]) == (1, 1)
    now_is = register(session)
    assert [one for one in now_is["people"] if "rattad@example.org" in one]
    assert "Öberg" in next(one for one in now_is["people"] if "rattad@example.org" in one)
    assert sum("Nyman" in one for one in now_is["people"]) == 1
    assert now_is["fees"] != before["fees"]  # she who has been changed since keeps what the file gave her


def test_people_merged_or_erased_since_are_counted_with_the_reason(session, cast, clock, applied):
    _, import_id = applied
    whom = whom_of(session)
    session.execute(sa.update(Person).where(Person.id == whom["3"]).values(merged_into_id=whom["2"]))
    session.execute(sa.delete(Person).where(Person.id == whom["4"]))
    told = imports.undo(session, import_id, cast.organizer.id, clock.forward(hours=1))
    assert (told["merged"], told["erased"], told["restored"]) == (1, 1, 2)


def test_a_correction_by_hand_survives_the_old_value_and_a_third_one_is_asked_about(session, cast, clock):
    bring_in(session, cast, BEFORE)
    person = session.scalar(sa.select(Person.id).where(Person.member_number == "1"))
    clock.forward(days=1)
    people.set_email(session, person, "ratt@example.org", clock.now)
    corrections.record(session, person, "email", "asa@example.org", "ratt@example.org", "", None, clock.now)
    people.add_number(session, person, "0701740640", clock.now)
    corrections.record(session, person, "phone", None, "+46701740640", "", None, clock.now)
    report = imports.check(session, as_csv(BEFORE, HEADERS), cast.district.id, clock.now)
    assert (report.updated, report.kept, report.asked) == (0, 1, 0)
    third = [[*BEFORE[0][:4], "tredje@example.org", *BEFORE[0][5:]]]
    with pytest.raises(Refused, match="Svara på frågorna"), session.begin_nested():
        imports.import_file(session, as_csv(third, HEADERS), cast.district.id, clock.now)
    for answer, stands in (("keep", "ratt@example.org"), ("file", "tredje@example.org")):
        imports.import_file(session, as_csv(third, HEADERS), cast.district.id, clock.now, answers=[answer])
        assert session.scalar(sa.select(Person.email).where(Person.id == person)) == stands


def test_a_membership_ended_or_moved_by_hand_is_not_undone_by_an_old_file(session, cast, clock):
    bring_in(session, cast, BEFORE)
    whom = whom_of(session)
    here, there = str(cast.harnosand.id), str(cast.timra.id)
    today = clock.forward(days=1).date()
    people.close_membership(session, whom["4"], today, "left", clock.now)
    corrections.record(session, whom["4"], "association", here, None, "", None, clock.now)
    people.move(session, whom["1"], cast.timra.id, today, clock.now)
    corrections.record(session, whom["1"], "association", here, there, "", None, clock.now)
    report = imports.check(session, as_csv(BEFORE, HEADERS), cast.district.id, clock.now)
    assert (report.moved, report.returned, report.updated, report.kept) == (0, 0, 0, 2)
    anew = [[*BEFORE[3][:6], clock.forward(days=2).date().isoformat(), "", "", ""]]
    assert imports.check(session, as_csv(anew, HEADERS), cast.district.id, clock.now).returned == 1


def test_nobody_comes_back_to_an_association_that_has_become_part_of_another(session, cast):
    bring_in(session, cast, BEFORE)
    taken_back = bring_in(session, cast, BEFORE[:1] + BEFORE[3:], NOW + timedelta(hours=1))
    day = (NOW + timedelta(hours=2)).date()
    place_mergers.merge(session, cast.timra, cast.harnosand, day, cast.organizer.id, NOW + timedelta(hours=2))
    imports.undo(session, taken_back, cast.organizer.id, NOW + timedelta(hours=3))
    still = sa.select(Membership.id).where(Membership.association_id == cast.timra.id, Membership.to_day.is_(None))
    assert session.scalar(still) is None


def test_a_file_that_changed_nothing_is_taken_back_too(session, cast, applied):
    import_id = bring_in(session, cast, AFTER, NOW + timedelta(hours=2))
    told = imports.undo(session, import_id, cast.organizer.id, NOW + timedelta(hours=3))
    assert told == {"people": 0, "erased": 0}


@pytest.mark.parametrize(("said", "number"), [(["2"], "kept"), (["1", "2"], "gone")])
def test_both_numbers_of_somebody_merged_are_theirs_in_the_next_file_and_when_it_is_taken_back(
    session, cast, said, number
):
    before = [["1", "Åsa", "Öberg", "0701740605", "asa@example.org"], ["2", "Åsa", "Öberg", "0701740606", ""]]
    rows = {one[0]: [*one, "Härnösand", "2021-03-01", "", "", ""] for one in before}
    bring_in(session, cast, list(rows.values()))
    whom = whom_of(session)
    merged_people.merge(session, whom["1"], whom["2"], {"member_number": number}, NOW + timedelta(hours=1))
    stood = register(session) | {"phones": None}
    again = [[*rows[one][:3], f"07017406{10 + int(one)}", f"ny{one}@example.org", "Timrå", "2021-03-01", "2026", "Kör", "1950"]
             for one in said]  # fmt: skip
    import_id = bring_in(session, cast, again, NOW + timedelta(hours=2), means="nothing")
    session.expire_all()
    her = session.get_one(Person, whom["1"])
    assert (her.member_number, her.email) == ({"kept": "1", "gone": "2"}[number], f"ny{said[0]}@example.org")
    assert session.scalars(sa.select(Phone.e164).where(Phone.person_id == her.id)).all() == [
        f"+467017406{10 + int(said[0])}"
    ]
    imports.undo(session, import_id, cast.organizer.id, NOW + timedelta(hours=3))
    assert register(session) | {"phones": None} == stood
