"""A login that runs out while somebody writes: what was typed waits for them, and for nobody else."""

from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.fields.core import UnboundField

from campaigns import retention
from organizer import kept_forms, passwords, second_factor
from organizer.db import Busy
from organizer.models import Activity, KeptForm, Login
from organizer.views import account, login, second_door
from tests.conftest import scalar
from tests.test_activity_pages import TYPED

WORDS = "korrekt häst batteri"


@pytest.fixture
def chair(database, cast, clock):
    """The chair, with a password and an app."""
    with database.writing() as session:
        passwords.keep(session, cast.chair.id, WORDS, cheap=True)
        cast.chair.secret = second_factor.new_secret()
        code = pyotp.TOTP(cast.chair.secret).at(clock.now)
        second_factor.set_up(session, cast.chair.id, cast.chair.secret, code, clock.now)
    clock.forward(minutes=5)
    return cast.chair


def sends_too_late(visitor, account, database, clock, field="expires_at"):
    """Fill in an activity, and let the login end before it is sent."""
    visitor.log_in_as(account)
    page = visitor.get("/aktiviteter/ny")
    with database.writing() as session:
        session.execute(sa.update(Login).values({field: clock.now - timedelta(seconds=1)}))
    return visitor.submit(page, "/aktiviteter/ny", **TYPED)


def comes_back(visitor, account, clock):
    page = visitor.submit(visitor.get("/logga-in"), "/logga-in/losenord", email=account.email, password=WORDS)
    return visitor.submit(page, "/logga-in/andra", code=pyotp.TOTP(account.secret).at(clock.now))


def kept(database) -> int:
    return scalar(database, sa.select(sa.func.count()).select_from(KeptForm))


def test_what_was_typed_waits_behind_the_login_and_is_sent_with_one_press(visitor, chair, database, clock):
    asked = sends_too_late(visitor, chair, database, clock)
    assert "det du skrev kvar" in asked.words
    assert scalar(database, sa.select(sa.func.count()).select_from(Activity)) == 0
    back = comes_back(visitor, chair, clock)
    assert back.address == "/fortsatt"
    assert TYPED["title"] in back.words
    shown = visitor.submit(back, "/aktiviteter/ny")
    assert TYPED["title"] in shown.words
    assert scalar(database, sa.select(Activity.title)) == TYPED["title"]
    assert kept(database) == 0


def test_it_can_be_thrown_away_and_is_thrown_away_after_an_hour(visitor, chair, database, clock):
    sends_too_late(visitor, chair, database, clock)
    visitor.submit(comes_back(visitor, chair, clock), "/fortsatt")
    assert kept(database) == 0
    sends_too_late(visitor, chair, database, clock)
    clock.forward(minutes=61)
    assert comes_back(visitor, chair, clock).address != "/fortsatt"
    with database.writing() as session:
        retention.apply(session, "forms", clock.now)
    assert kept(database) == 0


def test_nobody_else_gets_it(visitor, chair, cast, database, clock):
    sends_too_late(visitor, chair, database, clock)
    other = visitor.log_in_as(cast.organizer).get("/fortsatt")
    assert TYPED["title"] not in other.words
    assert other.address != "/fortsatt"


def test_a_login_ended_on_purpose_keeps_nothing(visitor, chair, database, clock):
    sends_too_late(visitor, chair, database, clock, "revoked_at")
    assert kept(database) == 0


def test_a_script_keeps_its_own_reports_and_a_file_is_not_kept(visitor, chair, database, clock):
    visitor.log_in_as(chair)
    token = visitor.token()
    with database.writing() as session:
        session.execute(sa.update(Login).values(expires_at=clock.now))
    sent = {"csrf_token": token, "title": "x"}
    visitor.client.post("/aktiviteter/ny", data=sent, headers={"Sec-Fetch-Mode": "cors"})
    visitor.client.post("/aktiviteter/ny", data=sent | {"title": "x" * 70_000})
    assert kept(database) == 0
    visitor.client.post("/aktiviteter/ny", data=sent)
    assert kept(database) == 1


def test_a_password_is_never_kept_nor_said_back(visitor, chair, database, clock, app):
    visitor.log_in_as(chair)
    token = visitor.token()
    with database.writing() as session:
        session.execute(sa.update(Login).values(expires_at=clock.now))
    visitor.client.post("/konto/losenord", data={"csrf_token": token, "present": WORDS, "password": WORDS})
    assert kept(database) == 0
    visitor.log_in_as(chair)
    with app.test_request_context("/logga-in/losenord", method="POST", data={"email": "a@b.se", "password": WORDS}):
        page, status, _ = app.handle_user_exception(Busy())
    assert status == 503
    assert WORDS not in page


def test_every_field_of_a_password_is_known_as_a_secret():
    forms = {one for module in (login, account, second_door) for one in vars(module).values() if _is_form(one)}
    fields = {name: one for form in forms for name, one in vars(form).items() if isinstance(one, UnboundField)}
    assert {name for name, one in fields.items() if one.field_class is PasswordField} <= kept_forms.SECRETS
    assert len(fields) >= 5


def _is_form(one) -> bool:
    return isinstance(one, type) and issubclass(one, FlaskForm)
