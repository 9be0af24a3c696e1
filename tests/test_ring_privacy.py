"""What a caller sees of a member, for how long, and how little the page weighs (P§4.9, P§9 points 2-4, D12)."""

import gzip
import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from campaigns import contents, definitions
from campaigns.models import Campaign, Hold
from campaigns.notes import WORDS
from campaigns.outcomes import OUTCOMES
from organizer import surveys
from organizer.models import Look, Membership, PersonTag, Tag
from tests.conftest import scalar
from tests.factories import NOW, make_activity
from tests.ring_stage import Evening, make_evening
from tests.test_ring_calls import begin, report
from tests.visitor import Visitor

STATIC = Path(__file__).parent.parent / "static"


@pytest.fixture
def evening(database) -> Evening:
    with database.writing() as session:
        return make_evening(session)


@pytest.fixture
def caller(app, evening) -> Visitor:
    return Visitor(app).log_in_as(evening.cast.caller, "caller")


def test_the_page_of_the_person_held_shows_nothing_that_calling_does_not_need(caller, evening, database):
    with database.writing() as session:
        anders = session.get(type(evening.people[0]), evening.people[0].id)
        anders.email, anders.member_number = "anders@example.org", "M-4711"
        tag = Tag(association_id=evening.cast.harnosand.id, name="Kassörkandidat")
        session.add(tag)
        session.flush()
        session.add(PersonTag(person_id=anders.id, tag_id=tag.id))
    page = begin(caller, evening)
    assert "Anders Wikberg" in page.words
    for hidden in ("anders@example.org", "M-4711", "Kassörkandidat", "Sundin", "Lund", "Åkerlund"):
        assert hidden not in page.html
    assert page.response.headers["Cache-Control"] == "no-store"
    assert page.response.headers["Referrer-Policy"] == "no-referrer"
    assert scalar(database, sa.select(sa.func.count()).select_from(Look).where(Look.person_id == anders.id)) >= 1


def test_after_the_report_the_number_is_in_no_answer_to_that_caller(caller, evening, database):
    page = begin(caller, evening)
    e164 = re.search(r"tel:(\+\d+)", page.html)[1]
    tail = e164[-7:]
    page = report(caller, page, "no_answer")
    call_id = int(re.search(r"/ring/samtal/(\d+)/angra", page.html)[1])
    parts = ("utfall", "samtal", "tillbaka", "fel-nummer", "nej", "annat")
    addresses = [
        "/ring", evening.address, f"{evening.address}/nu", f"{evening.address}/mina", f"{evening.address}/klart",
        f"/ring/samtal/{call_id}", f"/ring/samtal/{call_id}/andra", "/ring/inkommande",
        *(f"/ring/samtal/{call_id}/{part}" for part in parts),
        *(f"/ring/samtal/{call_id}/andra/{part}" for part in parts),
    ]  # fmt: skip
    for address in addresses:
        answer = caller.get(address)
        assert answer.status == 200, address
        assert tail not in re.sub(r"\D", "", answer.html.replace("-", "").replace(" ", "")), address
        assert "Wikberg" not in answer.html, address
    found = caller.submit(caller.get("/ring/inkommande"), "/inkommande", what="anders")
    assert "Anders W." in found.words
    assert e164 not in found.html
    assert caller.get(f"/ring/samtal/{call_id}/qr.svg").status == 404
    assert caller.get(f"/ring/samtal/{call_id}/resten").status == 404


def test_somebody_elses_call_and_shift_do_not_exist(app, caller, evening):
    begin(caller, evening)
    stranger = Visitor(app).log_in_as(evening.cast.chair)
    for address in (
        evening.address,
        f"{evening.address}/nu",
        "/ring/samtal/1",
        "/ring/samtal/1/utfall",
        "/ring/samtal/1/andra",
    ):
        assert stranger.get(address).status == 404
    assert stranger.post("/ring/samtal/1", {"outcome": "reached", "client_ref": "x" * 20}).status == 404


def test_who_moved_from_the_district_or_is_dead_is_never_shown_again(caller, evening, database, clock):
    begin(caller, evening)
    with database.writing() as session:
        session.execute(
            sa.update(type(evening.people[0]))
            .where(type(evening.people[0]).id == evening.people[0].id)
            .values(deceased_on=clock.now.date())
        )
    page = caller.get(f"{evening.address}/nu")
    assert "Ska inte ringas" in page.words
    assert caller.get("/ring/samtal/1/qr.svg").status == 404
    assert "Wikberg" not in caller.get("/ring/samtal/1/nej").words
    assert "tel:" not in page.html.replace(f"tel:{evening.cast.shift_leader.e164}", "")
    assert "Ingegerd Sundin" in caller.submit(page, "/borja", "Nästa person").words


def test_two_minutes_before_the_person_is_lost_the_page_asks_and_one_press_keeps_them(caller, evening, database, clock):
    question = '<form class="undo lease" method="post"'
    page = begin(caller, evening)
    assert "hidden" in page.html.partition(question)[2].partition(">")[0]
    clock.forward(minutes=43, seconds=30)
    page = caller.get(f"{evening.address}/nu")
    assert "hidden" not in page.html.partition(question)[2].partition(">")[0]
    caller.submit(page, "/behall")
    assert scalar(database, sa.select(Hold.expires_at)) == clock.now + timedelta(minutes=45)
    clock.forward(minutes=44)
    assert "Anders Wikberg" in caller.get(f"{evening.address}/nu").words


def test_a_refusal_while_held_turns_the_page(caller, evening, database, clock):
    from organizer import people

    begin(caller, evening)
    with database.writing() as session:
        people.refuse(session, evening.people[0].id, "call", "staff", clock.forward(minutes=1))
    page = caller.get(f"{evening.address}/nu")
    assert "Har bett att slippa samtal" in page.words
    assert "tel:" not in page.html
    assert caller.get("/ring/samtal/1/qr.svg").status == 404
    talked = caller.get(re.search(r'href="(/ring/samtal/\d+/samtal)"', page.html)[1])
    assert "Sparat: Vi pratade" in report(caller, talked, "reached").words


def test_when_the_campaign_ends_nobody_more_is_rung_and_what_was_said_is_still_taken(caller, evening, database):
    begin(caller, evening)
    with database.writing() as session:
        definitions.close(session, evening.campaign.id, evening.cast.organizer.id, NOW)
    page = caller.get(f"{evening.address}/nu")
    assert "Ringkampanjen är avslutad. Anders behöver inte ringas." in page.words
    assert "tel:" not in page.html
    talked = caller.get(re.search(r'href="(/ring/samtal/\d+/samtal)"', page.html)[1])
    assert "Sparat: Vi pratade" in report(caller, talked, "reached").words


def test_the_callers_page_weighs_little_and_asks_the_database_little(caller, evening, database, app):
    page = begin(caller, evening)
    page = report(caller, page, "no_answer")
    assert "Ingegerd Sundin" in page.words
    asked: list[str] = []

    def count(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            asked.append(statement)

    engine = app.extensions["database"].engine
    event.listen(engine, "before_cursor_execute", count)
    page = caller.get(f"{evening.address}/nu")
    event.remove(engine, "before_cursor_execute", count)
    the_page = [one for one in asked if "looks" not in one and not one.startswith("SELECT memberships")]
    assert len(the_page) <= 8, "\n".join(the_page)
    assert len(asked) <= len(the_page) + 2  # the access log: where the people belong, and the line itself
    html = page.html.encode()
    files = [(STATIC / name).read_bytes() for name in ("rundan.css", "ring.js")]
    assert len(html) <= 15 * 1024, len(html)
    assert len(html) + sum(map(len, files)) <= 45 * 1024
    assert sum(len(gzip.compress(one)) for one in (html, *files)) <= 15 * 1024
    assert not re.findall(r'(?:src|href)="https?:', page.html)


def test_a_campaign_that_asks_much_keeps_the_page_light_and_every_answer_within_reach(caller, evening, database):
    many = surveys.Asked(
        "Vad skulle du vilja vara med på framöver?", "many", tuple(f"Dela ut flygblad {n}" for n in range(6))
    )
    with database.writing() as session:
        campaign = session.get_one(Campaign, evening.campaign.id)
        contents.ask(session, campaign, [many] * 5, NOW)
        invited = [
            make_activity(session, evening.cast.district, title="Introduktion för nya medlemmar").id for _ in range(3)
        ]
        contents.invite_to(session, campaign.id, invited)
    page = begin(caller, evening)
    assert len(page.html.encode()) <= 15 * 1024
    assert page.words.count("Dela ut flygblad") == 30
    rest = caller.get(re.search(r'(/ring/samtal/\d+)/annat"', page.html)[1] + "/resten")
    told = set(re.findall(r'name="outcome" value="(\w+)', page.html + rest.html))
    assert told == {one for one in OUTCOMES if not one.startswith("opt_out")} | {"opt_out"}
    other = caller.get(re.search(r'href="(/ring/samtal/\d+/annat)"', page.html)[1])
    assert "Sparat: Upptaget" in report(caller, other, "busy").words


def test_the_phone_asks_about_the_same_words_as_the_server():
    assert f"/{WORDS}/i" in (STATIC / "ring.js").read_text()


def test_practice_uses_the_same_pages_and_saves_nothing(caller, evening, database):
    page = caller.get("/ring/ova")
    assert "Övning – inget sparas" in page.words
    page = report(caller, page, "no_answer")
    assert "Sparat: Inget svar" in page.words
    page = report(caller, caller.submit(page, "/angra"), "wrong_number", new_number="hej")
    assert page.status == 422
    for table in ("calls", "timeline", "looks", "todos", "holds"):
        assert scalar(database, sa.text(f"SELECT count(*) FROM {table}")) == 0
    assert scalar(database, sa.select(sa.func.count()).select_from(Membership)) == 4
