"""Calling without JavaScript: one person at a time, every outcome, undo, and what follows in the queue."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns.caller_card import Earlier
from campaigns.models import Call, Campaign, Hold, QueueRow, ShiftCaller, Todo
from campaigns.views.ring_scene import last_call
from organizer.models import Answer, Event, Person, Refusal, SignUp
from tests.conftest import scalar
from tests.factories import NOW, make_activity
from tests.ring_stage import Evening, make_evening
from tests.visitor import Page, Visitor


@pytest.fixture
def evening(database) -> Evening:
    with database.writing() as session:
        return make_evening(session)


@pytest.fixture
def caller(app, evening) -> Visitor:
    return Visitor(app).log_in_as(evening.cast.caller, "caller")


def begin(caller: Visitor, evening: Evening) -> Page:
    return caller.submit(caller.get(evening.address), "/borja")


def report(caller: Visitor, page: Page, outcome: str, **more: object) -> Page:
    """Press an outcome's button on the page of the person held."""
    form = next(one for one in page.forms if any(name == "client_ref" for name, _ in one.fields))
    data: dict[str, object] = {}
    for name, value in form.fields:
        data.setdefault(name, value)
    return Page(caller.client.post(form.action, data={**data, "outcome": outcome, **more}, follow_redirects=True))


def slot(page: Page) -> str:
    return re.search(r'value="(callback \S+Z)"', page.html)[1]


def call_id(page: Page) -> int:
    return int(re.search(r'data-call="(\d+)"', page.html)[1])


def row(database, person: Person) -> QueueRow:
    with database.reading() as session:
        return session.scalar(sa.select(QueueRow).where(QueueRow.person_id == person.id))


def test_the_shift_page_starts_the_calling_and_get_claims_nobody(caller, evening, database):
    page = caller.get(evening.address)
    assert page.status == 200
    assert "God kväll, Birgitta!" in page.words
    assert "0 av 4 nådda" in page.words
    for address in (evening.address, evening.address + "/nu", "/ring", evening.address + "/mina"):
        assert "Anders" not in caller.get(address).words
    assert scalar(database, sa.select(sa.func.count()).select_from(Hold)) == 0
    page = begin(caller, evening)
    assert "Anders Wikberg" in page.words
    assert "Ny medlem, 3 veckor" in page.words
    assert "Hej Anders! Jag heter Birgitta och ringer från Härnösand." in page.words
    assert "Introduktionsträff ons 2 dec" in page.words
    assert "Ditt 1:a samtal i kväll" in page.words


def test_the_same_person_stays_until_reported(caller, evening):
    first = begin(caller, evening)
    assert call_id(caller.get(evening.address + "/nu")) == call_id(first)
    assert call_id(begin(caller, evening)) == call_id(first)


@pytest.mark.parametrize(
    ("outcome", "saved", "state", "todo"),
    [
        ("reached", "Sparat: Vi pratade", "done", None),
        ("no_answer", "Sparat: Inget svar", "waiting", None),
        ("left_message", "Sparat: Lämnade meddelande", "waiting", None),
        ("busy", "Sparat: Upptaget", "waiting", None),
        ("wrong_number", "Sparat: Fel nummer", "blocked", "wrong_number"),
        ("moved", "Sparat: Har flyttat", "blocked", "moved"),
        ("leaving", "Sparat: Vill gå ur partiet", "blocked", "leaving"),
        ("deceased", "Tack. Vi ser till att ingen ringer igen.", "removed", "deceased"),
        ("language", "Anders W. väntar på en ringare som talar språket.", "ready", "language"),
        ("conflict", "Sparat: Jag känner personen", "ready", None),
        ("skip", "Sparat: Hoppade över", "ready", None),
        ("opt_out", "Gäller direkt. Anders W. slipper.", "removed", None),
    ],
)
def test_one_tap_saves_the_outcome_and_brings_the_next_person(caller, evening, database, outcome, saved, state, todo):
    page = report(caller, begin(caller, evening), outcome, language="so")
    assert page.status == 200, page.words
    assert saved in page.words
    assert "Ingegerd Sundin" in page.words
    assert "Anders Wikberg" not in page.words
    assert row(database, evening.people[0]).state == state
    assert scalar(database, sa.select(Todo.kind)) == todo


def test_an_unpleasant_call_brings_nobody_but_a_pause_and_the_leader(caller, evening, database):
    page = report(caller, begin(caller, evening), "distress")
    assert "Det var ett jobbigt samtal" in page.words
    assert "Prata gärna med Nils." in page.words
    assert 'href="tel:+467' in page.html
    assert "Ring Nils" in page.words
    assert "Ta paus" in page.words
    assert scalar(database, sa.select(sa.func.count()).select_from(Hold)) == 0
    assert "Ingegerd Sundin" in caller.submit(page, "/borja").words


def test_only_my_own_call_can_be_kept_and_only_while_i_hold_it(caller, evening, database, visitor, app):
    begin(caller, evening)
    call_id = scalar(database, sa.select(Hold.call_id))
    stranger = type(visitor)(app).log_in_as(evening.cast.timra_caller)
    assert stranger.post(f"/ring/samtal/{call_id}/behall", {"rang": "1"}).status == 404
    assert caller.post(f"/ring/samtal/{call_id}/behall", {"rang": "1"}).status == 204
    with database.writing() as session:
        session.execute(sa.delete(Hold))
    assert caller.post(f"/ring/samtal/{call_id}/behall", {"rang": "1"}).status == 409
    assert stranger.post(f"/ring/samtal/{call_id}/behall", {"rang": "1"}).status == 404


def test_a_callback_is_offered_inside_the_hours_and_promised_by_me_stands_on_my_pages(caller, evening, database, clock):
    page = begin(caller, evening)
    assert "i dag 19.00" in page.words
    assert "fre 15.00" in page.words
    page = report(caller, page, slot(page), who="me")
    assert "Du ringer Anders W. i dag 19.00." in page.words
    assert row(database, evening.people[0]).callback_by == evening.cast.caller.id
    for address in ("/ring", evening.address):
        assert "Anders Wikberg" in caller.get(address).words
    clock.forward(minutes=61)
    page = caller.submit(caller.get(evening.address), "/lovat/")
    assert "Anders Wikberg" in page.words
    assert call_id(page)


def test_a_callback_at_a_forbidden_hour_offers_the_nearest_and_keeps_the_rest(caller, evening, database):
    page = report(caller, begin(caller, evening), "callback other", day="2026-11-20", clock="22.15", who="me", asked="")
    assert page.status == 422
    assert "Närmaste tid är lör 21 nov 11.00. Tryck Spara igen om den passar." in page.words
    page = report(caller, page, "callback other")  # only pressed again: the time offered stands in the fields
    assert "Sparat: Ring tillbaka senare" in page.words
    with database.reading() as session:
        detail = session.scalar(sa.select(Call.detail).where(Call.person_id == evening.people[0].id))
    assert (detail["at"], detail["who"], detail["asked"]) == ("2026-11-21T10:00:00+00:00", "me", False)


def test_a_conversation_with_answers_a_sign_up_and_a_note(caller, evening, database):
    many, yes, text = evening.questions
    page = report(
        caller, begin(caller, evening), "reached",
        **{f"q{many.id}": ["0", "2"], f"q{yes.id}": "1", f"q{text.id}": "Bussen", "sign_up": str(evening.activity.id),
           "note": "Vill ha skjuts från Älandsbro.", "follow_up": "1"},
    )  # fmt: skip
    assert "Sparat: Vi pratade" in page.words, page.words
    anders = evening.people[0]
    with database.reading() as session:
        given = dict(session.execute(sa.select(Answer.question_id, Answer.choices)).all())
        assert given == {many.id: [0, 2], yes.id: [1], text.id: []}
        assert session.scalar(sa.select(SignUp.state).where(SignUp.person_id == anders.id)) == "signed_up"
        assert (
            session.scalar(sa.select(Call.note).where(Call.person_id == anders.id)) == "Vill ha skjuts från Älandsbro."
        )
        assert session.scalar(sa.select(Todo.kind)) == "follow_up"
        kinds = set(session.scalars(sa.select(Event.kind).where(Event.person_id == anders.id)))
    assert {"attempt", "contact", "conversation", "invitation", "response", "sign_up"} <= kinds


def test_of_a_series_only_the_next_occasion_is_offered_and_an_older_call_tells_its_year(app, caller, evening, database):
    with database.writing() as session:
        for week in range(3):
            make_activity(
                session,
                evening.cast.harnosand,
                "Studiecirkel",
                series_id=7,
                starts_at=NOW + timedelta(days=9 + 7 * week),
            )
    page = begin(caller, evening)
    assert page.words.count("Studiecirkel lördag") == 1
    assert "28 Studiecirkel" in page.words
    with app.test_request_context():
        written = [last_call(Earlier(NOW - timedelta(days=back), "reached", "", "")) for back in (5, 364)]
    assert written == ["14 november, vi pratade", "20 november 2025, vi pratade"]


def test_a_sensitive_note_is_asked_about_once_and_then_saved(caller, evening, database):
    page = report(caller, begin(caller, evening), "reached", note="Är sjuk i veckan", sign_up=str(evening.activity.id))
    assert page.status == 422
    assert "Behövs det här för nästa samtal?" in page.words
    assert "Är sjuk i veckan" in page.html
    assert f'name="sign_up" value="{evening.activity.id}" checked' in page.html
    assert scalar(database, sa.select(sa.func.count()).select_from(Event)) == 0
    page = caller.submit(page, "/ring/samtal/", "reached")
    assert "Sparat: Vi pratade" in page.words
    assert scalar(database, sa.select(Call.note).where(Call.outcome == "reached")) == "Är sjuk i veckan"


def test_undo_gives_the_person_back_and_leaves_no_trace(caller, evening, database):
    page = report(caller, begin(caller, evening), "opt_out", level="all")
    page = caller.submit(page, "/angra")
    assert "Ångrat. Anders är tillbaka hos dig." in page.words
    assert "Anders Wikberg" in page.words
    assert scalar(database, sa.select(sa.func.count()).select_from(Refusal)) == 0
    assert scalar(database, sa.select(sa.func.count()).select_from(Event)) == 0
    assert row(database, evening.people[1]).state == "ready"


def test_a_report_sent_twice_counts_once(caller, evening, database):
    page = begin(caller, evening)
    report(caller, page, "no_answer")
    again = report(caller, page, "no_answer")
    assert again.status == 200
    assert scalar(database, sa.select(sa.func.count()).select_from(Event)) == 1
    assert "Ingegerd Sundin" in again.words


def test_a_wrong_number_is_refused_in_words_when_the_new_one_is_no_number(caller, evening, database):
    page = report(caller, begin(caller, evening), "wrong_number", new_number="hej")
    assert page.status == 422
    assert 'value="hej"' in page.html
    page = report(caller, page, "wrong_number", new_number="070-174 06 99")
    assert scalar(database, sa.select(Todo.new_number)) == "+46701740699"


def test_the_second_number_is_tried_when_the_first_is_wrong(caller, evening, database):
    report(caller, begin(caller, evening), "skip")
    page = caller.get(evening.address + "/nu")
    assert "Vilket nummer är fel?" in page.words
    landline = re.search(r'name="phone_id" value="(\d+)" checked', page.html)[1]
    page = report(caller, page, "wrong_number", phone_id=landline)
    assert "Sparat: Fel nummer Det finns ett nummer till att prova." in page.words
    assert "Ingegerd Sundin" in page.words
    assert "Ring Ingegerd" in page.words
    assert row(database, evening.people[1]).state == "held"


def test_what_is_due_after_hours_is_told_as_the_next_opening(caller, evening, database):
    with database.writing() as session:
        session.get_one(Campaign, evening.campaign.id).pauses = {"busy": 180}  # the hours have closed by then
    page = report(caller, begin(caller, evening), "busy")
    assert "Anders W. rings igen i morgon 09.00." in page.words


def test_pausing_and_stopping_release_at_once(caller, evening, database):
    page = caller.submit(begin(caller, evening), "/paus")
    assert "Fortsätt ringa" in page.words
    assert row(database, evening.people[0]).state == "ready"
    page = report(caller, begin(caller, evening), "no_answer")
    page = caller.submit(caller.submit(page, "/paus"), "/sluta")
    assert "Tack! Du ringde 1 och nådde 0." in page.words
    assert scalar(database, sa.select(ShiftCaller.finished_at).where(ShiftCaller.account_id == evening.cast.caller.id))
    assert row(database, evening.people[1]).state == "ready"


def test_an_empty_queue_says_why_and_when_it_opens(caller, evening):
    page = begin(caller, evening)
    for _ in evening.people:
        page = report(caller, page, "busy")
    assert "Alla är uppringda just nu." in page.words
    assert "4 ringer vi igen, tidigast i dag 18.30." in page.words
    waiting = caller.get(evening.address + "/nu?vanta=1")
    assert 'http-equiv="refresh" content="60"' in waiting.html
    assert "Vi tittar efter varje minut" in waiting.words


def test_outside_the_hours_nobody_is_said_to_be_rung_and_the_next_time_is_told(caller, evening, database):
    with database.writing() as session:
        session.get_one(Campaign, evening.campaign.id).hours = {
            "weekday": ["09:00", "17:00"],
            "weekend": ["11:00", "17:00"],
        }
    page = begin(caller, evening)
    assert "Vi ringer inte så här dags. Nästa tid är i morgon 09.00." in page.words
    assert "Alla är uppringda" not in page.words


def test_just_after_the_shift_whoever_is_held_can_still_be_told_about(caller, evening, clock):
    begin(caller, evening)
    clock.now = evening.shift.ends_at + timedelta(minutes=1)
    page = caller.get(evening.address)
    assert "Börja ringa" not in page.words
    assert f'href="{evening.address}/nu">Skriv hur det gick</a>' in page.html


def test_nobody_is_handed_out_before_after_or_while_paused(caller, evening, database, clock):
    with database.writing() as session:
        session.get(type(evening.shift), evening.shift.id).paused_at = clock.now
    assert "Passledaren har pausat passet" in begin_anyway(caller, evening).words
    clock.forward(hours=3)
    ended = begin_anyway(caller, evening)
    assert "Passet är slut." in ended.words
    assert [one.action for one in ended.forms if one.action.endswith("/sluta")] == [f"{evening.address}/sluta"]
    assert scalar(database, sa.select(sa.func.count()).select_from(Call)) == 0


def test_a_caller_without_anybody_is_told_that_there_are_more_and_after_the_shift_she_is_thanked(
    caller, evening, clock
):
    page = report(caller, begin(caller, evening), "no_answer")
    caller.submit(page, "/paus")
    paused = caller.get(evening.address + "/nu")
    assert "Det finns fler att ringa." in paused.words
    assert "Alla är uppringda" not in paused.words
    clock.forward(hours=5)
    thanks = caller.get(evening.address)
    assert thanks.address.endswith("/klart")
    assert "Tack! Du ringde 1 och nådde 0." in thanks.words


def begin_anyway(caller: Visitor, evening: Evening) -> Page:
    return caller.post(evening.address + "/borja")


def test_a_no_to_an_activity_is_an_answer_and_can_be_undone(caller, evening, database):
    page = begin(caller, evening)
    page = report(caller, page, "reached", declined=str(evening.activity.id))
    assert "Sparat: Vi pratade" in page.words
    kinds = sa.select(Event.kind).where(Event.person_id == evening.people[0].id).order_by(Event.kind)
    with database.reading() as session:
        assert session.scalars(kinds).all() == ["attempt", "contact", "conversation", "invitation", "response"]
        assert session.scalar(sa.select(SignUp.state)) == "declined"
    caller.submit(page, "/angra")
    with database.reading() as session:
        assert session.scalars(kinds).all() == []
        assert session.scalar(sa.select(SignUp.state)) is None


def test_a_reference_used_for_another_call_is_refused_in_words(caller, evening, database):
    page = begin(caller, evening)
    ref = re.search(r'name="client_ref" value="([^"]+)"', page.html)[1]
    page = report(caller, page, "no_answer")
    page = report(caller, page, "no_answer", client_ref=ref)
    assert page.status < 500
    assert "Ladda om" in page.words
    assert scalar(database, sa.select(sa.func.count()).select_from(Call).where(Call.state == "reported")) == 1
