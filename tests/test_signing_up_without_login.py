"""Signing up by a personal link or in public: nothing is told of who is a member, and a human says who a guest is."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns.models import Message
from organizer import activities, guests, personal_links
from organizer.models import ActivityGuest, Attendance, Event, Interest, SignUp
from tests.conftest import scalar
from tests.factories import NOW, fiction_number, make_activity, make_person

NUMBER = "070-174 06 50"


@pytest.fixture
def activity(database, cast):
    with database.writing() as session:
        return make_activity(session, cast.harnosand, "Öppet hus", public=True, capacity=1, travel_pool=True).id


def person(database, place, name="Åsa Ek", number=None):
    with database.writing() as session:
        return make_person(session, place, name, number or fiction_number()).id


def link(database, person_id, activity_id, **more):
    with database.writing() as session:
        values = {"target_id": activity_id, "expires_at": NOW + timedelta(days=20), **more}
        return "/a/" + personal_links.make(session, "activity", person_id, NOW, **values)


def states(database):
    with database.reading() as session:
        return dict(session.execute(sa.select(SignUp.person_id, SignUp.state)).all())


def code_in(database):
    return re.search(r"\d{6}", str(scalar(database, sa.select(Message.body).order_by(Message.id.desc()))))[0]


def sign_up(visitor, database, activity, name="Åsa Ek", number=NUMBER, answer="come"):
    page = visitor.get(f"/kalender/{activity}")
    asked = visitor.submit(page, "/anmal", answer, name=name, phone=number)
    return visitor.submit(asked, "/kod", "Anmäl mig", code=code_in(database)) if asked.status == 200 else asked


def test_a_personal_link_knows_the_first_name_and_takes_each_answer_back_and_forth(visitor, cast, database, activity):
    asa = person(database, cast.harnosand)
    address = link(database, asa, activity, campaign_id=7)
    page = visitor.get(address)
    assert "Hej Åsa!" in page.words
    assert "Ek" not in page.words
    assert states(database) == {}, "looking changes nothing"
    page = visitor.submit(page, "/a/", "Jag kommer och behöver skjuts")
    assert "Du är anmäld Du behöver skjuts" in page.words
    page = visitor.submit(page, "/a/", "Jag kan inte komma längre")
    assert states(database) == {asa: "declined"}
    assert "hör av oss nästa gång" in visitor.post(address, {"answer": "next"}).words
    assert scalar(database, sa.select(Interest.person_id)) == asa
    page = visitor.submit(page, "/a/", "drive", seats="3")
    assert "Du kör och har 3 platser till andra" in page.words
    again = visitor.post(address, {"answer": "come"})
    assert (again.status, states(database)) == (200, {asa: "signed_up"})
    assert scalar(database, sa.select(sa.func.count()).select_from(Event)) == 2, "one response and one sign-up"
    assert set(scalar_all(database, sa.select(Event.campaign_id))) == {7}


def scalar_all(database, statement):
    with database.reading() as session:
        return session.scalars(statement).all()


def test_the_one_too_many_waits_and_is_told_so(visitor, cast, database, activity):
    first, second = (person(database, cast.harnosand, name) for name in ("Bo Al", "Åsa Ek"))
    visitor.post(link(database, first, activity), {"answer": "come"})
    page = visitor.get(link(database, second, activity))
    assert "Det är fullt" in page.words
    assert "Du står på väntelistan" in visitor.submit(page, "/a/", "Jag vill stå på väntelistan").words
    assert states(database) == {first: "signed_up", second: "waiting"}


def test_links_that_lead_nowhere_say_so_and_change_nothing(visitor, cast, database, activity):
    asa = person(database, cast.harnosand)
    over = link(database, asa, activity, expires_at=NOW)
    for page in (visitor.get(over), visitor.post(over, {"answer": "come"})):
        assert (page.status, "Länken har gått ut" in page.words) == (410, True)
        assert "Öppet hus" in page.words, "what comes is offered"
    for address in ("/a/abcdefgh2345", "/a/x", link(database, asa, 4711), link(database, asa, None)):
        assert visitor.get(address).status == visitor.post(address, {"answer": "come"}).status == 404
    address = link(database, asa, activity)
    assert visitor.post(address, {"answer": "hej"}).status == 409
    with database.writing() as session:
        activities.cancel(session, activity, NOW)
    assert "Inställd" in visitor.get(address).words
    assert visitor.post(address, {"answer": "come"}).status == 409
    assert states(database) == {}


def test_a_guest_proves_the_number_gets_the_seat_and_gives_it_back(visitor, database, activity):
    page = sign_up(visitor, database, activity, answer="lift")
    assert "Du är anmäld Du behöver skjuts" in page.words
    row = scalar(database, sa.select(SignUp.guest_id).where(SignUp.state == "signed_up", SignUp.person_id.is_(None)))
    assert row is not None
    assert scalar(database, sa.select(sa.func.count()).select_from(Event)) == 0, "nobody in the register yet"
    page = visitor.submit(page, "/avanmal", "Jag kan inte komma längre")
    assert "Du är avanmäld" in page.words
    assert "Du är anmäld" in visitor.submit(page, "/anmal", "Jag kommer").words, "without a new code"


def test_members_and_others_get_the_same_answer(visitor, cast, database, activity):
    person(database, cast.harnosand, "Åsa Ek", "+46701740650")
    words = []
    for number in (NUMBER, "070-174 06 51"):
        page = visitor.submit(visitor.get(f"/kalender/{activity}"), "/anmal", "come", name="Åsa Ek", phone=number)
        words.append((page.status, page.address, page.words))
    assert words[0] == words[1]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "Skriv ditt namn."),
        ({"name": "x" * 81}, "Skriv ditt namn."),
        ({"phone": "08-12"}, None),
        ({"phone": "+46 8 465 004 00"}, "Skriv ett mobilnummer"),
        ({"phone": ""}, None),
    ],
)
def test_bad_details_are_said_at_the_field_and_no_code_leaves(visitor, database, activity, typed, sentence):
    page = visitor.get(f"/kalender/{activity}")
    page = visitor.submit(page, "/anmal", "come", **{"name": "Åsa Ek", "phone": NUMBER, **typed})
    assert page.status == 422
    assert sentence is None or page.words.count(sentence) == 2
    assert scalar(database, sa.select(sa.func.count()).select_from(Message)) == 0


def test_the_form_under_attack_stops_sending_and_guessing(visitor, database, activity, clock):
    for _ in range(5):
        page = visitor.submit(visitor.get(f"/kalender/{activity}"), "/anmal", "come", name="Åsa Ek", phone=NUMBER)
    assert page.status == 429
    assert scalar(database, sa.select(sa.func.count()).select_from(Message)) == guests.PER_NUMBER.most
    for n in range(30):
        page = visitor.submit(
            visitor.get(f"/kalender/{activity}"), "/anmal", "come", name="Åsa Ek", phone=f"070-174 06 {60 + n}"
        )
    assert page.status == 429
    assert scalar(database, sa.select(sa.func.count()).select_from(Message)) <= guests.PER_ADDRESS.most
    right = code_in(database)
    page = visitor.get(f"/kalender/{activity}/kod")
    for n in range(guests.TRIES):
        wrong = visitor.submit(page, "/kod", "Anmäl mig", code=f"{(int(right) + 1 + n) % 1_000_000:06d}")
        assert wrong.status == 422
    assert visitor.submit(page, "/kod", "Anmäl mig", code=right).status == 422, "five wrong ones end a code"
    assert scalar(database, sa.select(sa.func.count()).select_from(SignUp)) == 0


def test_a_code_is_good_for_ten_minutes_and_an_inner_activity_has_no_page(visitor, cast, database, activity, clock):
    page = visitor.submit(visitor.get(f"/kalender/{activity}"), "/anmal", "come", name="Åsa Ek", phone=NUMBER)
    clock.forward(minutes=11)
    assert visitor.submit(page, "/kod", "Anmäl mig", code=code_in(database)).status == 422
    with database.writing() as session:
        inner = make_activity(session, cast.harnosand, "Styrelsen").id
    for way in ("", "/kod"):
        assert visitor.get(f"/kalender/{inner}{way}").status == 404
    assert visitor.post(f"/kalender/{inner}/anmal", {"name": "Åsa", "phone": NUMBER}).status == 404


def test_a_human_matches_the_guest_and_the_answer_and_the_evening_become_the_members(
    visitor, cast, database, activity, clock
):
    asa = person(database, cast.harnosand, "Åsa Ek", "+46701740650")
    sign_up(visitor, database, activity)
    clock.forward(days=13)
    chair = type(visitor)(visitor.app).log_in_as(cast.chair)
    page = chair.get(f"/aktiviteter/{activity}")
    assert "1 gäst att koppla ihop" in chair.get("/aktiviteter").words
    page = chair.submit(page, "/narvaro", "Åsa Ek")
    page = chair.get(f"/aktiviteter/{activity}/gaster")
    assert "Åsa Ek, Härnösand · samma nummer" in page.words
    page = chair.submit(page, "/gaster/", "samma nummer")
    assert "Ingen gäst väntar" in page.words
    assert states(database) == {asa: "signed_up"}
    assert scalar(database, sa.select(Attendance.person_id)) == asa
    assert sorted(scalar_all(database, sa.select(Event.kind))) == ["attendance", "response", "sign_up"]
    assert tuple(scalar_all(database, sa.select(ActivityGuest.name + ActivityGuest.e164))) == ("",), "forgotten"


def test_a_guest_under_another_name_is_looked_for_by_hand(visitor, cast, database, activity, clock):
    called_else = person(database, cast.harnosand, "Margareta Öström", "+46701740651")
    person(database, cast.timra, "Margareta Deras", "+46701740652")
    with database.writing() as session:
        guest = guests.newcomer(session, activity, "Maggan", "", clock.now)
        guests.came(session, activity, guest, here=False)
        activities.sign_up(session, activity, None, clock.now, guest_id=guest)
    chair = visitor.log_in_as(cast.chair)
    page = chair.submit(chair.get(f"/aktiviteter/{activity}"), f"/gaster/{guest}/avanmal")
    assert ("Har avanmält sig" in page.words, "Ingen medlem är anmäld än." in page.words) == (True, True)
    assert states(database) == {None: "withdrawn"}
    page = chair.get(f"/aktiviteter/{activity}/gaster")
    assert "Ingen medlem med samma nummer eller namn." in page.words
    found = chair.submit(page, f"/gaster/{guest}/sok", q="margareta")
    assert ("Öström" in found.words, "Deras" in found.words) == (True, False)
    assert "Skriv minst två bokstäver" in chair.submit(page, f"/gaster/{guest}/sok", q="m").words
    chair.post(f"/aktiviteter/{activity}/gaster/{guest}", {"person": str(called_else)})
    assert states(database) == {called_else: "withdrawn"}, "as the guest had answered"


def test_a_guest_who_had_already_been_signed_up_by_somebody_else_is_one(session, cast, activity):
    asa = make_person(session, cast.harnosand, "Åsa Ek").id
    other = make_person(session, cast.harnosand, "Bo Al").id
    guest = guests.newcomer(session, activity, "Åsa Ek", "", NOW)
    activities.sign_up(session, activity, None, NOW, guest_id=guest)
    activities.sign_up(session, activity, asa, NOW)
    activities.sign_up(session, activity, other, NOW + timedelta(seconds=1))
    session.execute(sa.update(ActivityGuest).values(came=False))
    guests.match(session, activity, guest, asa, cast.chair.id, NOW)
    rows = dict(session.execute(sa.select(SignUp.person_id, SignUp.state)).all())
    assert rows == {asa: "signed_up", other: "waiting"}


def test_somebody_new_at_the_door_is_written_down_and_forgotten_after_a_month(visitor, cast, database, activity, clock):
    chair = visitor.log_in_as(cast.chair)
    assert chair.post(f"/aktiviteter/{activity}/gaster", {"guest_name": "Ny Nyström"}).status == 422, "not yet"
    clock.forward(days=13)
    chair.log_in_as(cast.chair)
    page = chair.submit(chair.get(f"/aktiviteter/{activity}/gaster"), "/gaster", "Skriv upp", guest_name="Ny Nyström")
    page = chair.submit(page, "/gaster/", "Inte medlem")
    assert "Ny Nyström" in page.words
    assert 'aria-pressed="true"' in chair.get(f"/aktiviteter/{activity}").html
    with database.writing() as session:
        assert guests.forget(session, clock.now + timedelta(days=29)) == 0
        assert guests.forget(session, clock.now + timedelta(days=31)) == 1
