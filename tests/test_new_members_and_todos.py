"""New members wait with a counter until somebody has reached them; what a member did can be written down."""

import pytest
import sqlalchemy as sa

from organizer.models import Contribution, Event, Kind, Look, Refusal
from tests.conftest import scalar
from tests.factories import NOW, make_campaign, make_person, make_shift
from tests.ledger import happened
from tests.scene import TODAY, make_scene

PAGE = "/forening/harnosand"


@pytest.fixture
def scene(database, cast, clock):
    with database.writing() as session:
        return make_scene(session, cast, clock.now)


@pytest.fixture
def chair(visitor, cast, scene):
    return visitor.log_in_as(cast.chair)


def kinds(database, person) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(sa.select(Event.kind).where(Event.person_id == person.id)))


def test_the_longest_wait_stands_first_and_each_look_is_logged(chair, scene, database):
    page = chair.get(f"{PAGE}/nya")
    assert page.words.index("Ester Nyberg") < page.words.index("Folke Nyström")
    assert "24 dagar" in page.words
    assert "11 dagar" in page.words
    seen = {scalar(database, sa.select(Look.person_id).where(Look.person_id == one.id)) for one in scene.waiting}
    assert seen == {one.id for one in scene.waiting}


def test_a_logged_contact_takes_the_member_off_the_list_and_undo_puts_her_back(chair, scene, database):
    ester = scene.waiting[0]
    page = chair.get(f"{PAGE}/nya/{ester.id}")
    assert f'href="tel:{ester_number(database, ester)}"' in page.html
    after = chair.submit(page, "/nya/", button="Spara kontakten", how="spoke", invited="on")
    assert kinds(database, ester) == {Kind.CONTACT, Kind.CONVERSATION, Kind.INVITATION}
    assert "1 väntar på ett samtal" in after.words
    assert "Kontakten är sparad." in after.words
    again = chair.submit(after, "/angra/", button="Ångra")
    assert kinds(database, ester) == set()
    assert "2 väntar på ett samtal" in again.words


def ester_number(database, person) -> str:
    from organizer.models import Phone

    return scalar(database, sa.select(Phone.e164).where(Phone.person_id == person.id))


def test_saving_without_saying_how_keeps_the_page_and_writes_nothing(chair, scene, database):
    page = chair.get(f"{PAGE}/nya/{scene.waiting[0].id}")
    after = chair.post(page.address, {"how": "telepati", "invited": "on"})
    assert after.status == 422
    assert "Välj hur du fick kontakt." in after.words
    assert kinds(database, scene.waiting[0]) == set()


def test_only_ones_own_entry_can_be_undone_and_only_for_a_day(chair, scene, visitor, cast, database, clock):
    page = chair.get(f"{PAGE}/nya/{scene.waiting[0].id}")
    chair.submit(page, "/nya/", button="Spara kontakten", how="message")
    assert visitor.log_in_as(cast.steward).post(f"{PAGE}/nya/angra/1").status == 404
    clock.forward(hours=25)
    chair.log_in_as(cast.chair)
    assert chair.post(f"{PAGE}/nya/angra/1").status == 409
    assert kinds(database, scene.waiting[0]) == {Kind.CONTACT}


def test_someone_who_does_not_want_calls_has_no_number_on_the_page(chair, scene, database):
    ester = scene.waiting[0]
    with database.writing() as session:
        session.add(Refusal(person_id=ester.id, channel="call", recorded_at=NOW, how="staff"))
    page = chair.get(f"{PAGE}/nya/{ester.id}")
    assert "tel:" not in page.html
    assert "Det finns inget nummer att ringa" in page.words


def test_protected_people_exist_only_for_their_own_steward(chair, scene, database, cast, visitor):
    with database.writing() as session:
        hidden = make_person(session, cast.harnosand, "Skyddade Skugga", joined=TODAY, protected=True)
    page = chair.get(f"{PAGE}/nya")
    assert "Skugga" not in page.html
    assert "1 skyddad person" in page.words
    assert chair.get(f"{PAGE}/nya/{hidden.id}").status == 404
    assert "Skugga" in visitor.log_in_as(cast.steward).get(f"{PAGE}/nya").html


def test_a_person_of_another_association_is_not_found_through_ones_own(chair, cast, database):
    with database.writing() as session:
        stranger = make_person(session, cast.timra, joined=TODAY)
    assert chair.get(f"{PAGE}/nya/{stranger.id}").status == 404
    assert chair.get(f"/forening/timra/nya/{stranger.id}").status == 404


def test_todos_stand_with_a_name_and_what_to_do(chair):
    page = chair.get(f"{PAGE}/att-gora")
    assert "Medlem0 Härnö Numret går till någon annan." in page.words
    assert "2 nya medlemmar väntar på ett samtal." in page.words


def test_a_contribution_is_saved_for_the_one_member_with_that_name(chair, scene, database):
    page = chair.get(f"{PAGE}/att-gora")
    after = chair.submit(page, "/insats", name="folke nystrom", what="Bakade till mötet", day="2026-11-18")
    assert "Insatsen är sparad." in after.words
    assert kinds(database, scene.waiting[1]) == {Kind.CONTRIBUTION}


def test_when_several_have_the_name_one_is_chosen_and_nothing_typed_is_lost(chair, scene, database):
    page = chair.get(f"{PAGE}/att-gora")
    asked = chair.submit(page, "/insats", name="nys", what="Delade flygblad", day="2026-11-18")
    assert asked.status == 302 or "Insatsen är sparad." in asked.words
    page = chair.get(f"{PAGE}/att-gora")
    asked = chair.submit(page, "/insats", name="ny", what="Delade flygblad", day="2026-11-18")
    assert asked.status == 422
    assert "Flera heter så." in asked.words
    assert "Delade flygblad" in asked.html
    chair.submit(asked, "/insats", person=str(scene.waiting[0].id))
    assert scalar(database, sa.select(sa.func.count()).select_from(Contribution)) == 2


def test_what_cannot_be_saved_is_said_at_its_place_and_kept(chair, database):
    for sent, said in (
        ({"name": "Ingen Sådan", "what": "Allt", "day": "2026-11-18"}, "Hittar ingen medlem"),
        ({"name": "%", "what": "Allt", "day": "2026-11-18"}, "Hittar ingen medlem"),
        ({"name": "ester", "what": "Allt", "day": "i tisdags"}, "Skriv dagen som"),
        ({"name": "ester", "what": "", "day": "2026-11-18"}, "Skriv vad personen gjorde."),
        ({"name": "ester", "what": "Allt", "day": "2027-11-18"}, "Dagen har inte varit än."),
        ({"person": "999999999999999999999", "what": "Allt", "day": "2026-11-18"}, "Hittar ingen medlem"),
    ):
        after = chair.post(f"{PAGE}/att-gora/insats", sent)
        assert after.status == 422
        assert said in after.words
    assert scalar(database, sa.select(sa.func.count()).select_from(Contribution)) == 0


def test_an_sms_that_went_to_everybody_is_no_personal_contact(chair, scene, database):
    with database.writing() as session:
        happened(session, session.merge(scene.waiting[0]), TODAY, Kind.MESSAGE, mass=True)
    assert "2 väntar på ett samtal" in chair.get(f"{PAGE}/nya").words


def test_a_shift_for_new_members_that_goes_on_is_one_tap_away(visitor, cast, scene, database):
    page = visitor.log_in_as(cast.chair).get(f"{PAGE}/nya")
    assert "Ring i passet" not in page.words
    with database.writing() as session:
        campaign = make_campaign(session, cast.district, "Välkomna nya", template="new_members", standing=True)
        shift = make_shift(session, campaign, cast.chair)
    page = visitor.get(f"{PAGE}/nya")
    assert f'href="/ring/{shift.id}"' in page.html
