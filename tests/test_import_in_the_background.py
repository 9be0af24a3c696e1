"""A large file is read by the worker in short transactions with progress, applied in one, and survives a dead worker."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from organizer.imports import files, jobs
from organizer.models import Import, ImportFile, ImportRow, Person
from tests.conftest import scalar
from tests.factories import make_campaign, make_person, make_shift
from tests.member_files import as_csv

MANY = 2600


def rows(number="0701"):
    return [[str(n), "Åsa", f"Öberg{n}", f"{number}{n:06d}", "", "Timrå", "2020-01-01"] for n in range(MANY)]


@pytest.fixture
def organizer(visitor, cast, monkeypatch):
    monkeypatch.setattr(files, "_SMALL_TEXT", 1000)
    return visitor.log_in_as(cast.organizer)


def send(visitor, file):
    return visitor.submit(visitor.get("/medlemmar/import"), "/medlemmar/import", file=(file, "medlemmar.csv"))


def work(database, clock):
    jobs.work(database, clock, lambda: False)


def test_a_large_file_is_read_imported_and_taken_back_while_the_page_is_closed(
    organizer, database, cast, clock, monkeypatch
):
    monkeypatch.setattr(jobs, "FELT", MANY - 1)
    waiting = send(organizer, as_csv(rows()))
    assert "Filen väntar på att läsas" in waiting.words
    work(database, clock)
    checked = organizer.get(waiting.address)
    assert "2 600 personer är nya" in checked.words
    assert ("Importera den helst när ingen ringer" in checked.words) == database.sqlite
    assert scalar(database, sa.select(sa.func.count()).select_from(ImportFile)) == 0
    going = organizer.submit(checked, "/importera", "Importera")
    assert "i ett svep" in going.words
    assert "Klart" not in organizer.client.get(waiting.address + "/arbete").get_data(as_text=True)
    work(database, clock)
    assert "Klart" in organizer.client.get(waiting.address + "/arbete").get_data(as_text=True)
    assert scalar(database, sa.select(sa.func.count()).select_from(Person)) == MANY
    done = organizer.get(waiting.address)
    organizer.submit(done, "/angra", "Ångra importen")
    work(database, clock)
    assert "Importen är ångrad" in organizer.get(waiting.address).words
    assert scalar(database, sa.select(sa.func.count()).select_from(Person)) == 0


def test_what_everybody_would_notice_can_wait_for_the_night(organizer, database, cast, clock, monkeypatch):
    monkeypatch.setattr(jobs, "FELT", MANY - 1)
    address = send(organizer, as_csv(rows())).address
    work(database, clock)
    page = organizer.get(address)
    if not database.sqlite:  # everybody gets through meanwhile
        assert "03.00" not in page.words
        return
    assert "Just nu rings det." not in page.words
    with database.writing() as session:
        make_shift(session, make_campaign(session, cast.timra, "Timrå ringer"), cast.timra_caller)
    page = organizer.get(address)
    assert "Just nu rings det." in page.words
    later = organizer.submit(page, "/importera", when="night")
    assert "Importeras av sig självt" in later.words
    work(database, clock)
    assert scalar(database, sa.select(Import.state)) == "checked"
    stays = organizer.submit(later, "/inte-i-natt")
    assert "Importeras av sig självt" not in stays.words
    clock.forward(hours=9, minutes=30)
    work(database, clock)
    assert scalar(database, sa.select(Import.state)) == "checked", "taken back"
    organizer.log_in_as(cast.organizer)
    too_late = organizer.submit(stays, "/importera", when="night")
    assert (too_late.status, "hinner bli för gammal" in too_late.words) == (422, True)
    clock.forward(hours=-9, minutes=-30)
    organizer.submit(organizer.get(address), "/importera", when="night")
    clock.forward(hours=9, minutes=1)
    work(database, clock)
    assert "Filen är importerad" in organizer.get(address).words
    assert scalar(database, sa.select(sa.func.count()).select_from(Person)) == MANY


def test_a_worker_that_died_is_replaced_and_progress_is_told_in_rows(organizer, database, cast, clock, monkeypatch):
    waiting = send(organizer, as_csv(rows()))
    real, seen = jobs._turn, []

    def dying(session, import_id, state, **how):
        if how.get("progress") and seen:
            raise SystemExit
        seen.append(how)
        return real(session, import_id, state, **how)

    monkeypatch.setattr(jobs, "_turn", dying)
    with pytest.raises(SystemExit):
        work(database, clock)
    monkeypatch.setattr(jobs, "_turn", real)
    assert "Läser filen: 2 000 av 2 600 rader" in organizer.get(waiting.address).words
    work(database, clock)
    assert scalar(database, sa.select(Import.state)) == "checking"
    clock.now += timedelta(minutes=3)
    work(database, clock)
    assert scalar(database, sa.select(Import.state)) == "checked"
    assert scalar(database, sa.select(sa.func.count()).select_from(ImportRow)) == MANY


def test_a_register_that_changed_before_the_worker_came_is_checked_again(organizer, database, cast, clock):
    checked_at = send(organizer, as_csv(rows())).address
    work(database, clock)
    organizer.submit(organizer.get(checked_at), "/importera", "Importera")
    with database.writing() as session:
        make_person(session, cast.timra, "Åsa Öberg0", member_number="0", number="+46701000000")
    work(database, clock)
    again = organizer.get(checked_at)
    assert "Registret har ändrats sedan du kontrollerade filen" in again.words
    assert scalar(database, sa.select(sa.func.count()).select_from(Person)) == 1
    organizer.submit(again, "/importera", "Importera")
    work(database, clock)
    assert scalar(database, sa.select(sa.func.count()).select_from(Person)) == MANY


def test_a_large_file_that_cannot_be_read_says_why(organizer, database, cast, clock):
    waiting = send(organizer, as_csv(rows(), ["1", "Åsa", "Ek", "0701740605", "asa@example.org", "Timrå", ""]))
    work(database, clock)
    assert "saknar en kolumn med namn" in organizer.get(waiting.address).words


def test_a_large_file_with_unknown_columns_is_asked_about_and_then_read_at_once(organizer, database, cast, clock):
    headers = ["Nr", "Förnamn", "Efternamn", "Mobil", "E-post", "Förening", "Medlem sedan"]
    asked = send(organizer, as_csv(rows(), headers))
    work(database, clock)
    page = organizer.get(asked.address)
    organizer.submit(page, "/kolumner", "Kontrollera filen", **{"column-0": "member_number"})
    work(database, clock)
    assert "2 600 personer är nya" in organizer.get(asked.address).words
    assert scalar(database, sa.select(sa.func.count()).select_from(ImportFile)) == 0


def test_a_file_thrown_away_while_it_is_read_leaves_nothing(organizer, database, cast, clock, monkeypatch):
    waiting = send(organizer, as_csv(rows()))
    real = jobs.imports.examine

    def thrown_away(*given):
        organizer.submit(organizer.get(waiting.address), "/kasta", "Kasta filen")
        return real(*given)

    monkeypatch.setattr(jobs.imports, "examine", thrown_away)
    work(database, clock)
    assert "Filen är kastad" in organizer.get(waiting.address).words
    assert scalar(database, sa.select(sa.func.count()).select_from(ImportRow)) == 0
