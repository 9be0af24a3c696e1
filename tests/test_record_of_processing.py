"""The controller's record of processing: what it says follows the register of personal data and the settings."""

import sqlalchemy as sa

from campaigns.personal_data import EVERYTHING
from organizer import erasure, settings
from organizer.models import Setting
from tests.conftest import scalar
from tests.factories import make_person
from tests.visitor import Visitor

PAGE = "/system/dataskydd"


def test_the_record_says_who_answers_what_is_kept_and_for_how_long(app, cast, database, clock):
    organizer = Visitor(app).log_in_as(cast.organizer)
    empty = organizer.get(PAGE)
    assert "Ingen har skrivit vem som är personuppgiftsansvarig än" in empty.words
    refused = organizer.submit(empty, PAGE, name="Distriktet", contact="", processors="Molnbolaget AB")
    assert "Skriv hur man når den ansvariga" in refused.words
    assert "Molnbolaget AB" in refused.html
    done = organizer.submit(refused, PAGE, contact="dataskydd@example.org")
    for words in (
        "Distriktet",
        "dataskydd@example.org",
        "Molnbolaget AB",
        "Telefonnummer Nummer",
        "24 månader",
        "36 månader",
    ):
        assert words in done.words, words
    for one in EVERYTHING.personal:
        assert not one.shows or one.title in done.words
    assert "Twilio" not in done.words
    assert scalar(database, sa.select(Setting.association_id)) == cast.district.id
    steward = Visitor(app).log_in_as(cast.steward).get(PAGE)
    assert "dataskydd@example.org" in steward.words
    assert "Spara" not in steward.words.split("Vem som ansvarar")[1].split("Varför")[0]


def test_the_terms_are_those_of_the_settings(app, cast, database, clock):
    with database.writing() as session:
        term = settings.ALL[settings.RETENTION].default | {"outcome_months": 29}
        settings.set_at(session, cast.national, settings.RETENTION, term, cast.organizer.id, clock.now)
    assert "29 månader" in Visitor(app).log_in_as(cast.organizer).get(PAGE).words


def test_erasures_stand_there_without_a_name_and_what_goes_now_is_counted(app, cast, database, clock):
    with database.writing() as session:
        person = make_person(session, cast.harnosand, "Ottilia Kvarnström")
        erasure.erase(session, EVERYTHING, person.id, "objected", "radera", cast.organizer.id, clock.now)
    owner = Visitor(app).log_in_as(cast.owner)
    page = owner.get(PAGE)
    assert "har invänt mot att vi behandlar uppgifterna" in page.words
    assert "Disa Distrikt" in page.words
    assert "Kvarnström" not in page.words
    assert "Inget är för gammalt just nu" in owner.get(f"{PAGE}/gallring").words
