"""Who comes in, with what, and who does not."""

import re
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from organizer import passwords, second_factor, throttling
from organizer.models import Account, Login, LoginCode
from tests.conftest import scalar

WORDS = "korrekt häst batteri"


@pytest.fixture
def chair(database, cast, clock):
    """The chair, with a password, an app and recovery codes; `chair.papers` and `chair.secret` tell them."""
    with database.writing() as session:
        passwords.keep(session, cast.chair.id, WORDS, cheap=True)
        secret = second_factor.new_secret()
        papers = second_factor.set_up(session, cast.chair.id, secret, pyotp.TOTP(secret).at(clock.now), clock.now)
    clock.forward(minutes=5)
    cast.chair.papers, cast.chair.secret = papers, secret
    return cast.chair


def give_password(visitor, email, password=WORDS):
    return visitor.submit(visitor.get("/logga-in"), "/logga-in/losenord", email=email, password=password)


def is_in(visitor) -> bool:
    return visitor.client.get("/meny").status_code == 200


def ask_for_code(visitor, number="070-174 06 05"):
    return visitor.submit(visitor.get("/logga-in"), "/logga-in/telefon", phone=number)


def sent_code(database) -> str:
    from campaigns.models import Message

    body = scalar(database, sa.select(Message.body).order_by(Message.id.desc()).limit(1))
    return re.search(r"\d{6}", body)[0]


def test_a_caller_comes_in_with_the_code_sent_to_the_phone(visitor, cast, database):
    page = ask_for_code(visitor)
    assert "070-174 06 05" in page.words
    visitor.submit(page, "/logga-in/kod", code=sent_code(database))
    assert is_in(visitor)
    assert scalar(database, sa.select(Login.level)) == "caller"


def test_an_unknown_number_gets_the_same_answer_and_no_message(visitor, cast, database):
    known, unknown = ask_for_code(visitor), ask_for_code(visitor, "070-174 06 99")
    assert unknown.status == known.status == 200
    assert unknown.words.replace("070-174 06 99", "070-174 06 05") == known.words
    assert scalar(database, sa.select(sa.func.count()).select_from(LoginCode)) == 1
    page = visitor.submit(unknown, "/logga-in/kod", code="123456")
    assert "stämmer inte" in page.words
    assert not is_in(visitor)


def test_a_code_is_good_once_and_for_ten_minutes(visitor, cast, database, clock, app):
    page = ask_for_code(visitor)
    code = sent_code(database)
    clock.forward(minutes=10)
    assert "för gammal" in visitor.submit(page, "/logga-in/kod", code=code).words
    page = ask_for_code(visitor)
    code = sent_code(database)
    visitor.submit(page, "/logga-in/kod", code=code)
    assert is_in(visitor)
    other = type(visitor)(app)
    page = ask_for_code(other, "070-174 06 06")
    with other.client.session_transaction() as cookie:
        cookie["number"] = "+46701740605"
    assert "stämmer inte" in other.submit(page, "/logga-in/kod", code=code).words
    assert not is_in(other)


def test_after_five_wrong_codes_there_is_a_pause_until_a_time_on_the_clock(visitor, cast, database, clock):
    page = ask_for_code(visitor)
    code = sent_code(database)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert "stämmer inte" in visitor.submit(page, "/logga-in/kod", code=wrong).words
    answer = visitor.submit(page, "/logga-in/kod", code=code)
    assert answer.status == 429
    assert "kl. 18.15" in answer.words
    clock.forward(minutes=15)
    page = ask_for_code(visitor)
    visitor.submit(page, "/logga-in/kod", code=sent_code(database))
    assert is_in(visitor)


def test_the_code_itself_is_nowhere_in_its_row(database, cast, visitor):
    ask_for_code(visitor)
    code = sent_code(database)
    with database.reading() as session:
        row = session.execute(sa.select(LoginCode.__table__)).one()
    assert code not in row.seed


def test_staff_need_password_and_second_factor(visitor, chair, clock):
    page = give_password(visitor, chair.email)
    assert not is_in(visitor)
    visitor.submit(page, "/logga-in/andra", code=pyotp.TOTP(chair.secret).at(clock.now))
    assert is_in(visitor)


def test_a_code_from_the_app_cannot_be_used_twice(visitor, chair, clock, app):
    code = pyotp.TOTP(chair.secret).at(clock.now)
    visitor.submit(give_password(visitor, chair.email), "/logga-in/andra", code=code)
    assert is_in(visitor)
    thief = type(visitor)(app)
    page = thief.submit(give_password(thief, chair.email), "/logga-in/andra", code=code)
    assert "bara en gång" in page.words
    assert not is_in(thief)


def test_a_recovery_code_opens_once_and_only_for_whom_it_was_made(visitor, chair, app, database, cast):
    with database.writing() as session:
        others = second_factor.fresh_recovery_codes(session, cast.organizer.id)
    stranger = type(visitor)(app)
    stranger.submit(give_password(stranger, chair.email), "/andra/papper", recovery=others[0])
    assert not is_in(stranger)
    page = visitor.submit(give_password(visitor, chair.email), "/andra/papper", recovery=chair.papers[0].lower())
    assert is_in(visitor)
    thief = type(visitor)(app)
    page = thief.submit(give_password(thief, chair.email), "/andra/papper", recovery=chair.papers[0])
    assert "redan använd" in page.words
    assert not is_in(thief)


def test_the_second_door_pauses_after_five_wrong_codes(visitor, chair, clock):
    page = give_password(visitor, chair.email)
    for _ in range(5):
        page = visitor.submit(page, "/logga-in/andra", code="000000")
    page = visitor.submit(page, "/logga-in/andra", code=pyotp.TOTP(chair.secret).at(clock.now))
    assert page.status == 429
    assert not is_in(visitor)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(visitor, chair):
    wrong = give_password(visitor, chair.email, "fel lösenord helt")
    unknown = give_password(visitor, "ingen@example.org", "fel lösenord helt")
    assert (wrong.status, wrong.words) == (unknown.status, unknown.words)
    assert chair.email in wrong.html, "what was typed is kept"
    assert "fel lösenord" not in wrong.html, "a password is never written back"


def test_five_wrong_passwords_mean_a_pause_even_for_the_right_one(visitor, chair):
    for _ in range(5):
        give_password(visitor, chair.email, "fel lösenord helt")
    page = give_password(visitor, chair.email)
    assert page.status == 429
    assert "kl. 18.20" in page.words


@pytest.mark.parametrize("which", ["one e-mail from everywhere", "everything from one address"])
def test_many_wrong_tries_mean_a_pause_wherever_they_come_from(visitor, chair, database, clock, app, which):
    secret = app.extensions["configuration"].secret_key
    limit, who = {
        "one e-mail from everywhere": (throttling.PASSWORD_ANYWHERE, chair.email),
        "everything from one address": (throttling.ADDRESS, "127.0.0.1"),
    }[which]
    with database.writing() as session:
        for _ in range(limit.most):
            throttling.allow(session, limit, who, clock.now, secret=secret)
    assert give_password(visitor, chair.email).status == 429


def test_the_second_door_is_closed_to_whoever_did_not_give_the_password(visitor, chair, clock):
    page = visitor.post("/logga-in/andra", {"code": pyotp.TOTP(chair.secret).at(clock.now)})
    assert page.address == "/logga-in"
    assert not is_in(visitor)


def test_the_second_door_closes_after_a_quarter_of_an_hour(visitor, chair, clock):
    page = give_password(visitor, chair.email)
    clock.forward(minutes=16)
    page = visitor.submit(page, "/logga-in/andra", code=pyotp.TOTP(chair.secret).at(clock.now))
    assert page.address == "/logga-in"


def test_the_second_door_closes_when_the_password_is_another(visitor, chair, clock, database):
    page = give_password(visitor, chair.email)
    with database.writing() as session:
        passwords.keep(session, chair.id, "ett helt annat lösenord", cheap=True)
    visitor.submit(page, "/logga-in/andra", code=pyotp.TOTP(chair.secret).at(clock.now))
    assert not is_in(visitor)


def test_staff_without_an_app_set_one_up_before_they_come_in(visitor, database, cast, clock):
    with database.writing() as session:
        passwords.keep(session, cast.organizer.id, WORDS, cheap=True)
    page = give_password(visitor, cast.organizer.email)
    assert not is_in(visitor)
    assert "<svg" in page.html
    secret = re.search(r'key">([A-Z2-7 ]+)<', page.html)[1].replace(" ", "")
    page = visitor.submit(page, "/logga-in/ny-app", code="000000")
    assert "klocka" in page.words
    page = visitor.submit(page, "/logga-in/ny-app", code=pyotp.TOTP(secret).at(clock.now))
    assert len(re.findall(r"\b[A-Z2-9]{5}-[A-Z2-9]{5}\b", page.words)) == 10
    assert is_in(visitor)


def test_a_login_gets_a_token_of_its_own_and_the_brought_one_ends(visitor, chair, clock, database):
    visitor.log_in_as(chair)
    with visitor.client.session_transaction() as cookie:
        before = cookie["_user_id"]
    visitor.submit(give_password(visitor, chair.email), "/logga-in/andra", code=pyotp.TOTP(chair.secret).at(clock.now))
    with visitor.client.session_transaction() as cookie:
        assert cookie["_user_id"] != before
    assert scalar(database, sa.select(sa.func.count()).where(Login.revoked_at.is_(None))) == 1


def test_logging_out_closes_the_login_even_for_a_copied_cookie(visitor, cast, app):
    visitor.log_in_as(cast.chair)
    copied = visitor.client.get_cookie("rundan").value
    visitor.post("/logga-ut")
    thief = type(visitor)(app)
    thief.client.set_cookie("rundan", copied)
    assert not is_in(thief)


@pytest.mark.parametrize("ended", ["revoked", "expired", "disabled"])
def test_an_ended_login_opens_nothing_from_that_moment(visitor, cast, database, clock, ended):
    visitor.log_in_as(cast.chair)
    assert is_in(visitor)
    with database.writing() as session:
        if ended == "disabled":
            session.execute(sa.update(Account).where(Account.id == cast.chair.id).values(disabled_at=clock.now))
        else:
            field = {"revoked": "revoked_at", "expired": "expires_at"}[ended]
            session.execute(sa.update(Login).values({field: clock.now - timedelta(seconds=1)}))
    assert not is_in(visitor)


def test_one_comes_back_to_the_page_first_asked_for(visitor, cast, database):
    page = visitor.get("/meny?x=1")
    assert page.address == "/logga-in"
    page = visitor.submit(page, "/logga-in/telefon", phone="070-174 06 05")
    page = visitor.submit(page, "/logga-in/kod", code=sent_code(database))
    assert page.address == "/meny?x=1"


def test_the_first_door_never_leads_to_another_site(visitor, cast, database):
    page = ask_for_code(visitor)
    with visitor.client.session_transaction() as cookie:
        cookie["next"] = "https://example.org/meny"
    answer = visitor.client.post("/logga-in/kod", data={"code": sent_code(database), "csrf_token": visitor.token()})
    assert page.status == 200
    assert answer.location == "/"


def test_a_password_kept_in_an_older_way_is_kept_anew(visitor, chair, database):
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=3, memory_cost=64, parallelism=1).hash(WORDS)
    with database.writing() as session:
        session.execute(sa.update(Account).where(Account.id == chair.id).values(password_hash=old))
    give_password(visitor, chair.email)
    assert scalar(database, sa.select(Account.password_hash).where(Account.id == chair.id)) != old


def test_only_the_demo_offers_roles_in_one_click(visitor, cast):
    assert "Demo" not in visitor.get("/logga-in").words
    assert visitor.post("/logga-in/demo", {"role": "owner"}).status == 404
    assert not is_in(visitor)
