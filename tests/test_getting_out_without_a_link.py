"""Whoever wants no more texts or calls gets out also with a broken link or none: a number, a code, and nobody revealed."""

import re

import pytest
import sqlalchemy as sa

from campaigns import hindrances
from campaigns.models import Message
from organizer import personal_links, refusing_by_code
from organizer.models import Refusal
from tests.cast import make_cast
from tests.conftest import scalar
from tests.factories import NOW, make_person
from tests.visitor import Page, Visitor

MEMBER, OTHER, STRANGER = "+46701740611", "+46701740612", "+46701740699"


@pytest.fixture
def visitor(app) -> Visitor:
    return Visitor(app)


@pytest.fixture
def anders(database):
    with database.writing() as session:
        place = make_cast(session, NOW).harnosand
        make_person(session, place, "Bertil Wikberg", OTHER)
        return make_person(session, place, "Anders Wikberg", MEMBER)


def asked(visitor: Visitor, number: str, channel: str = "all") -> Page:
    return visitor.submit(visitor.get("/stopp/"), "/stopp/", phone=number, channel=channel)


def code_sent(database) -> str:
    body = scalar(database, sa.select(Message.body).order_by(Message.id.desc()).limit(1))
    return re.search(r"är (\d{6})\.", body)[1]


def refusals(database) -> list[tuple[object, ...]]:
    columns = (Refusal.person_id, Refusal.e164, Refusal.channel, Refusal.how)
    with database.reading() as session:
        return [tuple(row) for row in session.execute(sa.select(*columns).where(Refusal.revoked_at.is_(None)))]


def test_a_mistyped_way_out_says_what_to_do_and_a_small_slip_is_read_as_it_was_meant(visitor, anders, database):
    with database.writing() as session:
        token = personal_links.make(session, "stop", anders.id, NOW, expires_at=NOW)
    for slip in (token[:-1], token + "7", "0" * 12, token[:6] + "å" + token[7:]):
        page = visitor.get(f"/stopp/{slip}")
        assert (page.status, "Länken stämmer inte." in page.words) == (404, True), slip
        assert "Svara STOPP" in page.words
        assert "Anders" not in page.html
    for meant in (token.upper(), f"{token}.", f"{token}/", token.replace("1", "l").replace("0", "o").replace("v", "u")):
        assert "Inga fler samtal" in visitor.get(f"/stopp/{meant}").words, meant
    for elsewhere in ("/stopp/a/b", "/stop/" + token, f"/a/{token}", f"/e/{token}"):
        page = visitor.get(elsewhere)
        assert page.status == 404
        assert "Slippa sms eller samtal" in page.words, elsewhere


def test_a_number_and_a_code_are_enough_and_members_and_strangers_are_answered_alike(visitor, anders, database):
    pages = []
    for number in (STRANGER, MEMBER):
        page = asked(visitor, number)
        assert page.response.request.path == "/stopp/kod"
        wrong = visitor.submit(page, "/stopp/kod", code="1")
        assert (wrong.status, "Koden stämmer inte" in wrong.words, refusals(database)) == (422, True, [])
        pages.append((page.words, wrong.words))
    assert pages[0] == pages[1]
    assert scalar(database, sa.select(sa.func.count()).select_from(Message)) == 1, "a stranger's costs nobody an SMS"
    said = visitor.submit(wrong, "/stopp/kod", code=code_sent(database))
    assert "Vi kontaktar dig inte mer." in said.words
    assert refusals(database) == [(None, MEMBER, "all", "code")]
    with database.reading() as session:
        refused = sa.text(f"SELECT p.id FROM people p WHERE {hindrances.REFUSED}")
        assert session.scalars(refused).all() == [anders.id]
    with visitor.client.session_transaction() as kept:
        assert "way_out" not in kept


def test_codes_are_few_short_lived_and_bound_to_the_number(visitor, anders, database, clock):
    assert asked(visitor, "0611-123 45").status == 422
    assert asked(visitor, MEMBER, "x").status == 422
    page = asked(visitor, MEMBER)
    assert "0174" not in page.html
    right = code_sent(database)
    asked(visitor, OTHER)
    assert visitor.submit(page, "/stopp/kod", code=right).status == 422, "another number's code"
    tries = [visitor.submit(page, "/stopp/kod", code="1").status for _ in range(5)]
    assert tries[-1] == 429
    assert [asked(visitor, MEMBER).status for _ in range(4)][-1] == 429
    clock.forward(minutes=16)
    page = asked(visitor, MEMBER)
    clock.forward(minutes=11)
    late = visitor.submit(page, "/stopp/kod", code=code_sent(database))
    assert (late.status, "Koden är för gammal" in late.words) == (422, True)
    with visitor.client.session_transaction() as kept:
        kept["way_out"] = "nonsens"
    assert visitor.get("/stopp/kod").response.request.path == "/stopp/"
    assert refusals(database) == []
    assert refusing_by_code.opened("x" * 2000, clock.now, secret="s") is None
