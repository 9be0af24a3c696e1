"""From an empty database to the first person in; and a demo is never taken for the real thing."""

import dataclasses
import re

import pyotp
import pytest

from app import create_app
from organizer import installation
from organizer.words import Refused
from tests.visitor import Visitor


@pytest.fixture
def run(app):
    return lambda *words: app.test_cli_runner().invoke(args=list(words))


def test_the_first_user_comes_in_by_a_link_that_is_good_once(app, run, visitor, clock):
    assert run("places", "add", "Västernorrland", "--kind", "district").output == "vasternorrland\n"
    told = run("users", "add", "Disa Distrikt", "--email", "Disa@Exempel.se", "--role", "organizer").output
    address = re.search(r"/valkommen/\S+", told)[0]
    page = visitor.get(address)
    assert visitor.submit(page, "/valkommen/", password="kort").status == 422
    page = visitor.submit(page, "/valkommen/", password="korrekt häst batteri")
    secret = re.search(r'key">([A-Z2-7 ]+)<', page.html)[1].replace(" ", "")
    page = visitor.submit(page, "/logga-in/ny-app", code=pyotp.TOTP(secret).at(clock.now))
    assert page.status == 200
    assert visitor.client.get("/meny").status_code == 200
    assert Visitor(app).get(address).status == 404


def test_a_link_ends_after_three_days_and_a_made_up_one_never_began(run, visitor, clock):
    run("places", "add", "Västernorrland", "--kind", "district")
    told = run("users", "add", "Disa", "--email", "disa@exempel.se", "--role", "organizer").output
    address = re.search(r"/valkommen/\S+", told)[0]
    clock.forward(days=3)
    old, made_up = visitor.get(address), visitor.get("/valkommen/abc")
    assert old.status == made_up.status == 404
    assert old.words == made_up.words


@pytest.mark.parametrize(
    "words",
    [
        ("Disa", "--role", "organizer"),
        ("Disa", "--email", "inte en adress", "--role", "organizer"),
        ("Disa", "--phone", "4,67E+10", "--role", "caller"),
        ("", "--email", "a@exempel.se", "--role", "caller"),
        ("Disa", "--email", "a@exempel.se", "--role", "caller", "--place", "finns-inte"),
    ],
)
def test_a_command_that_cannot_be_done_says_why_and_leaves_nothing(run, words):
    run("places", "add", "Västernorrland", "--kind", "district")
    told = run("users", "add", *words)
    assert told.exit_code == 1
    assert told.output.startswith("Error: ")
    assert not re.search("[åäö]", told.output)  # commands speak English, refusals too
    assert "valkommen" in run("users", "add", "Disa", "--email", "a@exempel.se", "--role", "organizer").output


def test_there_is_one_place_at_the_top(run):
    run("places", "add", "Västernorrland", "--kind", "district")
    told = run("places", "add", "Härnösand")
    assert (told.exit_code, told.output) == (
        1,
        "Error: There is already a place at the top. Say which place the new one belongs to.\n",
    )
    assert run("places", "add", "Härnösand", "--under", "vasternorrland").output == "harnosand\n"


def test_health_says_ok_and_kind(run):
    assert run("health").output.startswith("ok: ")


def test_a_demo_is_not_served_as_real_nor_the_reverse(configuration, clock, database):
    with database.writing() as session:
        installation.settle(session, "demo")
    page = Visitor(create_app(configuration, clock)).get("/logga-in")
    assert page.status == 409
    assert "demodistriktet" in page.words
    demo = Visitor(create_app(dataclasses.replace(configuration, demo=True), clock))
    assert demo.get("/logga-in").status == 200
    assert demo.get("/halsa").words == ""


def test_a_database_is_decided_once(session):
    installation.settle(session, "real")
    installation.settle(session, "real")
    for other in ("demo", "synthetic"):
        with pytest.raises(Refused):
            installation.settle(session, other)


def test_in_the_demo_every_role_is_one_click_away_and_the_code_stands_on_the_page(configuration, clock, cast):
    visitor = Visitor(create_app(dataclasses.replace(configuration, demo=True), clock))
    page = visitor.get("/logga-in")
    for role in ("organizer", "caller", "owner"):
        visitor.submit(page, "/logga-in/demo", button=role)
        assert visitor.client.get("/meny").status_code == 200
        page = visitor.get("/logga-in")
    other = Visitor(visitor.app)
    page = other.submit(other.get("/logga-in"), "/logga-in/telefon", phone="0701740605")
    code = re.search(r'id="shown">(\d{6})<', page.html)[1]
    other.submit(page, "/logga-in/kod", code=code)
    assert other.client.get("/meny").status_code == 200
