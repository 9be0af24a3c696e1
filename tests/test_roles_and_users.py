"""Roles are given and ended within one's own reach, never above oneself, and never the last who answers."""

import re
import threading

import pytest
import sqlalchemy as sa

from organizer import accounts, passwords, roles
from organizer.models import Account, Association, Role
from organizer.words import Missing, Refused
from tests.conftest import scalar
from tests.visitor import Visitor


def viewer(session, account, clock):
    return accounts.viewer_of(session, accounts.open_login(session, account.id, "full", clock.now), clock.now)


def held(session, account) -> set[str]:
    return set(session.scalars(sa.select(Role.name).where(Role.account_id == account.id, Role.to_day.is_(None))))


def test_an_organizer_gives_a_role_that_counts_at_once_and_ends_it_again(app, cast, database):
    organizer = Visitor(app).log_in_as(cast.organizer)
    form = {"account": str(cast.nobody.id), "role": "chair", "place": "timra"}
    organizer.post("/installningar/roller", form)
    newcomer = Visitor(app).log_in_as(cast.nobody)
    assert newcomer.get("/aktiviteter").status == 200
    role = scalar(database, sa.select(Role.id).where(Role.account_id == cast.nobody.id))
    organizer.post(f"/installningar/roller/{role}/avsluta")
    assert newcomer.get("/aktiviteter").status == 404
    organizer.post("/installningar/roller", form)
    assert newcomer.get("/aktiviteter").status == 200, "the same role on the same day again"


@pytest.mark.parametrize("role", ["owner", "nonsense", ""])
def test_nobody_gives_a_role_above_their_own(app, cast, session, role):
    page = (
        Visitor(app)
        .log_in_as(cast.organizer)
        .post("/installningar/roller", {"account": cast.nobody.id, "role": role, "place": "vasternorrland"})
    )
    assert page.status == 404
    assert not held(session, cast.nobody)


def test_an_organizer_reaches_neither_the_owner_nor_places_above(app, cast, session):
    organizer = Visitor(app).log_in_as(cast.organizer)
    assert organizer.post(f"/installningar/anvandare/{cast.owner.id}/stang").status == 404
    assert organizer.post(f"/installningar/anvandare/{cast.owner.id}/lank").status == 404
    above = {"account": cast.nobody.id, "role": "caller", "place": "riket"}
    assert organizer.post("/installningar/roller", above).status == 404
    assert "Siv Systemägare" not in organizer.get("/installningar/anvandare").words


def test_the_last_who_answers_for_a_place_stays_until_there_is_another(app, cast, database, clock):
    owner = Visitor(app).log_in_as(cast.owner)
    role = scalar(database, sa.select(Role.id).where(Role.account_id == cast.chair.id))
    page = owner.post(f"/installningar/roller/{role}/avsluta")
    assert page.status == 409
    assert "Ge den till någon annan först" in page.words
    with database.writing() as session:
        place = session.get_one(Association, cast.harnosand.id)
        roles.give(session, None, cast.nobody.id, "chair", place, clock.now)
    assert owner.post(f"/installningar/roller/{role}/avsluta").status == 200


def test_two_who_end_each_other_at_the_same_moment_leave_one(database, cast, clock):
    with database.writing() as session:
        place = session.get_one(Association, cast.district.id)
        roles.give(session, None, cast.nobody.id, "organizer", place, clock.now)
        pairs = [
            (viewer(session, cast.nobody, clock), session.scalars(sa.select(Role.id).where(Role.account_id == cast.organizer.id)).one()),
            (viewer(session, cast.organizer, clock), session.scalars(sa.select(Role.id).where(Role.account_id == cast.nobody.id)).one()),
        ]  # fmt: skip
    answers: list[str] = []
    together = threading.Barrier(2)

    def end(who, role_id) -> None:
        together.wait()
        try:
            with database.writing() as session:
                roles.end(session, who, role_id, clock.now)
            answers.append("ended")
        except (Refused, Missing):
            answers.append("refused")

    threads = [threading.Thread(target=end, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["ended", "refused"]


def test_a_new_user_gets_a_link_once_and_a_mistake_keeps_what_was_typed(app, cast):
    organizer = Visitor(app).log_in_as(cast.organizer)
    form = {"name": "Åsa Ny", "email": "inte en adress", "role": "caller", "place": "timra"}
    wrong = organizer.post("/installningar/anvandare", form)
    assert wrong.status == 422
    assert "Åsa Ny" in wrong.html
    made = organizer.post("/installningar/anvandare", {**form, "email": "asa@example.org"})
    address = re.search(r"http://127.0.0.1(/valkommen/\S+)", made.words)[1]
    assert "Hej Åsa Ny" in Visitor(app).get(address).words
    assert "valkommen" not in organizer.get("/installningar/anvandare").words


def test_a_number_or_address_in_use_is_refused_and_nothing_is_half_added(app, cast, database):
    organizer = Visitor(app).log_in_as(cast.organizer)
    before = scalar(database, sa.select(sa.func.count()).select_from(Account))
    taken = organizer.post(
        "/installningar/anvandare", {"name": "X", "phone": "070 1740605", "role": "caller", "place": "timra"}
    )
    assert "Det finns redan" in taken.words
    assert scalar(database, sa.select(sa.func.count()).select_from(Account)) == before


def test_only_the_owner_replaces_a_link_and_with_the_phone_lost_the_app_goes_too(app, cast, database, clock):
    with database.writing() as session:
        passwords.keep(session, cast.chair.id, "korrekt häst batteri", cheap=True)
        session.execute(sa.update(Account).where(Account.id == cast.chair.id).values(totp_secret="A" * 16))
    chair, owner = Visitor(app).log_in_as(cast.chair), Visitor(app).log_in_as(cast.owner)
    address = f"/installningar/anvandare/{cast.chair.id}/lank"
    assert Visitor(app).log_in_as(cast.organizer).post(address, {"factor": "1"}).status == 404
    assert "/valkommen/" in owner.post(address, {"factor": "1"}).words
    assert scalar(database, sa.select(Account.totp_secret).where(Account.id == cast.chair.id)) is None
    assert chair.client.get("/meny").status_code == 302


def test_a_closed_account_is_out_at_once_and_cannot_close_itself(app, cast):
    caller, owner = Visitor(app).log_in_as(cast.caller, "caller"), Visitor(app).log_in_as(cast.owner)
    assert owner.post(f"/installningar/anvandare/{cast.owner.id}/stang").status == 409
    owner.post(f"/installningar/anvandare/{cast.caller.id}/stang")
    assert caller.client.get("/meny").status_code == 302
    assert "Birgitta" not in owner.get("/installningar/anvandare").words


def test_a_caller_login_of_someone_who_is_also_chair_opens_only_the_callers_pages(app, cast):
    assert Visitor(app).log_in_as(cast.chair, "caller").get("/aktiviteter").status == 404


def test_a_place_is_added_below_ones_own_and_gets_an_address(app, cast):
    organizer = Visitor(app).log_in_as(cast.organizer)
    page = organizer.get("/installningar/platser")
    page = organizer.submit(page, "/installningar/platser", name="Örnsköldsvik norra", under="vasternorrland")
    assert "Örnsköldsvik norra" in page.words
    assert organizer.get("/installningar/plats/ornskoldsvik-norra").status == 200
    twice = organizer.submit(page, "/installningar/platser", name="örnsköldsvik  NORRA", under="vasternorrland")
    assert twice.status == 422


def test_hours_are_changed_on_the_page_and_a_mistake_is_shown_beside_them(app, cast):
    organizer = Visitor(app).log_in_as(cast.organizer)
    page = organizer.get("/installningar/plats/timra")
    page = organizer.submit(page, "/timra/calling_hours", weekday_opens="17:00", weekday_closes="20:00")
    assert "Sparat" in page.words
    page = organizer.submit(page, "/timra/calling_hours", weekday_opens="21:00", weekday_closes="20:00")
    assert page.status == 422
    assert "sluta efter" in page.words
    assert 'value="21:00"' in page.html
