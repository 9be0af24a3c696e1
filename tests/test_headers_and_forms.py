"""The shell around every page: headers, tokens on every form, and answers in words to whatever is sent."""

import io
import json
import re

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, run_wsgi_app

from organizer.models import Throttle
from tests import routes
from tests.conftest import scalar
from tests.visitor import Visitor
from tests.walking import address, ask, dump, last_and_name, logged_in, may, rules

STRANGE = ["", "\x00", "🧑‍🚒 Åsa 🏳️‍🌈", "<script>alert(1)</script>", "'; DROP TABLE people; --", "-1", "99999999999999999999", "2026-02-30", "24:61", "[]", "{}", "%s%n%(x)s", "\ud7ff\u202e", "x" * 5000]  # fmt: skip
WITHOUT_TOKEN = {"messages.news", "messages.incoming"}
"""Posted by machines that sign what they send instead."""

KEPT_A_WHILE = {"static", "calendar.feed", "calendar.feed_of"}
"""Public, and about nobody: calendar programs ask again and again."""


@pytest.fixture
def visitors(app, world):
    return {role: logged_in(app, world, role) for role in sorted(routes.EVERYONE)}


def one_who_may(visitors, endpoint: str) -> Visitor:
    return next((visitor for role, visitor in visitors.items() if may(role, endpoint)), visitors["organizer"])


def mixed(names: list[str], shift: int) -> dict[str, str]:
    """Another strange text in every field; in four rounds each field gets four of them."""
    return {name: STRANGE[(at + shift * 4) % len(STRANGE)] for at, name in enumerate(names)}


def test_every_page_says_who_may_do_what_with_it(app, world, visitors):
    for rule, method in rules(app, "GET"):
        answer = ask(visitors["organizer"], app, rule.endpoint, method, world.own, "")
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        if rule.endpoint not in KEPT_A_WHILE:
            assert answer.headers["Cache-Control"] == "no-store", rule.rule


def test_no_form_is_taken_without_its_token(app, world, visitors, database):
    before = dump(database)
    for rule, method in rules(app, "POST"):
        if rule.endpoint in WITHOUT_TOKEN:
            continue
        visitor = one_who_may(visitors, rule.endpoint)
        answer = visitor.client.open(address(app, rule.endpoint, world.own), method=method, data={"x": "1"})
        assert answer.status_code == 400, rule.endpoint
        assert "ladda om sidan" in answer.get_data(as_text=True)
    assert dump(database) == before


def test_the_login_cookie_is_out_of_reach_for_scripts_and_other_sites(app, cast):
    visitor = Visitor(app)
    answer = visitor.client.get("/logga-in")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("cookie", ["", "x", "eyJfdXNlcl9pZCI6MX0.aaa.bbb", "%ff%fe", "a" * 5000])
def test_a_broken_cookie_is_a_stranger(app, cookie):
    visitor = Visitor(app)
    for where, status in (("/meny", 302), ("/logga-in", 200)):
        assert visitor.client.get(where, headers={"Cookie": f"rundan={cookie}"}).status_code == status


def test_a_forged_half_login_is_nobody(app, cast, clock):
    visitor = Visitor(app)
    for half in ({"id": cast.owner.id, "at": int(clock.now.timestamp()), "with": "x"}, {"at": 9e99}, {}):
        with visitor.client.session_transaction() as cookie:
            cookie["half"] = half
        assert visitor.client.get("/logga-in/andra").status_code == 302


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded; charset=utf-16", "", "??"])  # fmt: skip
def test_an_odd_content_type_is_refused_in_words(app, world, visitors, kind):
    body = json.dumps({"csrf_token": "x", "email": ["y"]}).encode()
    for rule, method in rules(app, "POST"):
        where = address(app, rule.endpoint, world.own)
        answer = visitors["organizer"].client.open(where, method=method, data=body, content_type=kind)
        assert answer.status_code < 500, rule.endpoint


class Endless(io.RawIOBase):
    """Two hundred megabytes that are never held in memory at once."""

    left = 200 * 1024 * 1024

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        size = min(len(buffer), self.left)
        buffer[:size] = b"x" * size
        self.left -= size
        return size


def test_two_hundred_megabytes_are_refused_before_they_are_read(app, world, visitors):
    cookie = visitors["organizer"].client.get_cookie("rundan").value
    for rule, method in rules(app, "POST"):
        flood = Endless()
        environ = EnvironBuilder(address(app, rule.endpoint, world.own), method=method).get_environ() | {
            "wsgi.input": io.BufferedReader(flood),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(flood.left),
            "HTTP_COOKIE": f"rundan={cookie}",
        }
        body, status, _headers = run_wsgi_app(app, environ, buffered=True)
        assert status.startswith("413"), rule.endpoint
        assert "för stor" in b"".join(body).decode()
        assert flood.left > 190 * 1024 * 1024


def fields_of(page: str) -> set[str]:
    """The names of the fields that stand in the forms of a page."""
    return set(re.findall(r'name="([a-z0-9_-]+)"', page)) - {"csrf_token"}


def test_no_garbage_in_any_field_of_any_form_breaks_anything(app, world, visitors):
    wrong, names = [], set()
    for rule, _method in rules(app, "GET"):
        page = ask(one_who_may(visitors, rule.endpoint), app, rule.endpoint, "GET", world.own, "")
        if page.mimetype == "text/html":
            names |= fields_of(page.get_data(as_text=True))
    for role in ("organizer", "owner", "chair", "caller"):
        visitor = visitors[role]
        token = visitor.token()
        for rule, method in rules(app, "POST"):
            if not may(role, rule.endpoint) or rule.endpoint == "login.leave" or last_and_name(rule)[0]:
                continue
            for shift in range(4):
                data = {**mixed(sorted(names), shift), "csrf_token": token}
                answer = visitor.client.open(address(app, rule.endpoint, world.own), method=method, data=data)
                if answer.status_code >= 500:
                    wrong.append((role, rule.endpoint, shift))
    assert not wrong


def test_no_number_is_too_long_to_be_read(world, visitors):
    """Python itself refuses to read one of five thousand digits."""
    token, person = visitors["organizer"].token(), world.own.people[0].id
    data = {"person": "9" * 5000, "owner": "9" * 5000, "csrf_token": token}
    for address_of in ("/medlemmar/etiketter", f"/medlemmar/{person}/folj-upp"):
        assert visitors["organizer"].client.post(address_of, data=data).status_code == 422


def test_no_garbage_in_any_address_breaks_anything(app, world, visitors):
    wrong = []
    for rule, _method in rules(app, "GET"):
        where, visitor = address(app, rule.endpoint, world.own), one_who_may(visitors, rule.endpoint)
        for shift in range(4):
            answer = visitor.client.get(where, query_string=mixed(QUERIES, shift))
            if answer.status_code >= 500:
                wrong.append((where, shift))
        for part in ("99999999999999999999", "0", "-1", "%00", "å", "x" * 300):
            bent = "/".join(part if piece.isdecimal() else piece for piece in where.split("/"))
            if visitor.client.get(bent).status_code >= 500:
                wrong.append((bent,))
    assert not wrong


QUERIES = ["q", "sida", "konto", "person", "visa", "plats", "from", "to", "fran", "till", "period", "ar", "year", "campaign", "kampanj", "sparat", "logged", "state"]  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(email=st.text(max_size=60), password=st.text(max_size=60), phone=st.text(max_size=30), code=st.text(max_size=12))
def test_no_login_form_breaks_whatever_is_typed(app, cast, email, password, phone, code):
    with app.extensions["database"].writing() as session:
        session.execute(sa.delete(Throttle))
    visitor = Visitor(app)
    token = visitor.token()
    for where, data in (
        ("/logga-in/telefon", {"phone": phone}),
        ("/logga-in/kod", {"code": code}),
        ("/logga-in/losenord", {"email": email, "password": password}),
        ("/logga-in/glomt", {"email": email, "password": password, "recovery": code}),
    ):
        answer = visitor.client.post(where, data={**data, "csrf_token": token})
        assert answer.status_code in {200, 302, 400, 422, 429}


def test_tries_are_counted_without_saying_whose(app, cast, database):
    visitor = Visitor(app)
    visitor.submit(visitor.get("/logga-in"), "/logga-in/losenord", email=cast.chair.email, password="fel")
    keys = scalar(database, sa.select(sa.func.group_concat(Throttle.key)) if database.sqlite else sa.select(sa.func.string_agg(Throttle.key, ",")))  # fmt: skip
    assert cast.chair.email not in keys
