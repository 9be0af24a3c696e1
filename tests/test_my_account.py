"""What one changes about one's own account, and what only the password opens."""

import re

import pyotp
import pytest
import sqlalchemy as sa

from organizer import passwords, second_factor
from organizer.models import Account, Login
from tests.conftest import scalar
from tests.visitor import Visitor

WORDS = "korrekt häst batteri"


@pytest.fixture
def chair(app, database, cast) -> Visitor:
    with database.writing() as session:
        passwords.keep(session, cast.chair.id, WORDS, cheap=True)
    return Visitor(app).log_in_as(cast.chair)


def test_language_and_look_are_kept_for_the_next_login(chair, app, cast):
    chair.submit(chair.get("/konto"), "/konto/utseende", language="en", theme="dark")
    later = Visitor(app).log_in_as(cast.chair)
    page = later.get("/konto")
    assert "My account" in page.words
    assert 'data-theme="dark"' in page.html


def test_a_new_password_ends_every_other_login(chair, app, cast):
    other = Visitor(app).log_in_as(cast.chair)
    wrong = chair.submit(chair.get("/konto"), "/konto/losenord", present="fel", password="ett helt nytt ord")
    assert "stämmer inte" in wrong.words
    done = chair.submit(wrong, "/konto/losenord", present=WORDS, password="ett helt nytt ord")
    assert "Lösenordet är bytt" in done.words
    assert chair.client.get("/meny").status_code == 200
    assert other.client.get("/meny").status_code == 302


@pytest.mark.parametrize("weak", ["kort", "aaaaaaaaaaaaaaa", "x" * 201, "MITTKONTO9 och mer"])
def test_a_weak_password_is_refused_with_a_reason(chair, database, cast, weak):
    with database.writing() as session:
        session.execute(sa.update(Account).where(Account.id == cast.chair.id).values(email="mittkonto9@example.org"))
    page = chair.submit(chair.get("/konto"), "/konto/losenord", present=WORDS, password=weak)
    assert page.status == 422
    assert "Lösenordet är för" in page.words


def test_the_password_is_guessed_at_five_times_at_most(chair):
    for _ in range(5):
        page = chair.submit(chair.get("/konto"), "/konto/app", confirm="fel")
    page = chair.submit(page, "/konto/app", confirm=WORDS)
    assert "kl. 18.15" in page.words


def test_a_new_app_replaces_the_old_one_and_its_papers(chair, database, cast, clock):
    with database.writing() as session:
        old = second_factor.new_secret()
        papers = second_factor.set_up(session, cast.chair.id, old, pyotp.TOTP(old).at(clock.now), clock.now)
    page = chair.submit(chair.get("/konto"), "/konto/app", confirm=WORDS)
    secret = re.search(r'key">([A-Z2-7 ]+)<', page.html)[1].replace(" ", "")
    page = chair.submit(page, "/konto/app/klar", code="000000")
    assert scalar(database, sa.select(Account.totp_secret)) is None or secret not in page.address
    page = chair.submit(page, "/konto/app/klar", code=pyotp.TOTP(secret).at(clock.now))
    assert len(re.findall(r"[A-Z2-9]{5}-[A-Z2-9]{5}", page.words)) == 10
    with database.writing() as session:
        assert session.get_one(Account, cast.chair.id).totp_secret == secret
        assert not second_factor.use_recovery_code(session, cast.chair.id, papers[0], clock.now)


def test_a_lost_phone_is_logged_out_from_another(chair, app, cast, database):
    lost = Visitor(app).log_in_as(cast.chair)
    login = scalar(database, sa.select(sa.func.max(Login.id)))
    chair.submit(chair.get("/konto"), f"/konto/inloggningar/{login}")
    assert lost.client.get("/meny").status_code == 302
    assert chair.client.get("/meny").status_code == 200


def test_a_forgotten_password_is_replaced_with_a_paper_code_but_the_app_is_still_asked_for(
    app, chair, database, cast, clock
):
    with database.writing() as session:
        secret = second_factor.new_secret()
        papers = second_factor.set_up(session, cast.chair.id, secret, pyotp.TOTP(secret).at(clock.now), clock.now)
    visitor = Visitor(app)
    page = visitor.get("/logga-in/glomt")
    typed = {"email": cast.chair.email, "password": "ett helt nytt ord"}
    wrong = visitor.submit(page, "/logga-in/glomt", recovery="AAAAA-AAAAA", **typed)
    assert wrong.status == 422
    with database.writing() as session:
        assert passwords.right(session, cast.chair.id, WORDS, cheap=True), "a wrong code changes nothing"
    page = visitor.submit(page, "/logga-in/glomt", recovery=papers[3], **typed)
    assert page.address == "/logga-in/andra"
    assert visitor.client.get("/meny").status_code == 302
    assert chair.client.get("/meny").status_code == 302, "logins made with the old password have ended"


def test_paper_codes_cannot_be_guessed_at_through_the_forgotten_password(app, cast, database):
    with database.writing() as session:
        papers = second_factor.fresh_recovery_codes(session, cast.chair.id)
    visitor = Visitor(app)
    page, typed = visitor.get("/logga-in/glomt"), {"email": cast.chair.email, "password": "ett helt nytt ord"}
    for _ in range(5):
        page = visitor.submit(page, "/logga-in/glomt", recovery="AAAAA-AAAAA", **typed)
    assert visitor.submit(page, "/logga-in/glomt", recovery=papers[0], **typed).status == 429
