"""*Behöver dig*: the number is corrected, the thing is passed on or done, and until then the person is not rung."""

import pytest
import sqlalchemy as sa

from campaigns import call_queue, outcomes, todo_work
from campaigns.models import Call, Campaign, QueueRow, Todo
from organizer.models import Person, Phone
from tests.conftest import scalar
from tests.factories import NOW, make_campaign, make_person


@pytest.fixture
def campaign(database, cast) -> Campaign:
    with database.writing() as session:
        make_person(session, cast.harnosand, "Rune Åslund", number="+46701740611")
        campaign = make_campaign(session, cast.district)
        call_queue.fill(session, campaign, NOW)
    return campaign


@pytest.fixture
def after(database, cast, clock, campaign):
    """`after("wrong_number")`: the call has been made and eleven minutes have passed; the to-do's id."""

    def ring(outcome: str, **detail: object) -> int:
        now = clock.forward(minutes=1)
        with database.writing() as session:
            call_id = call_queue.claim_next(session, cast.caller.id, campaign.id, now)
            report = outcomes.Report(
                outcome=outcome, client_ref=outcome, happened_at=now, detail=detail, note="", answers={}, sign_ups=set(),
                invited=set(), withdrawn=set(), follow_up=False,
            )  # fmt: skip
            outcomes.report(session, call_id, cast.caller.id, report, now)
        clock.forward(minutes=11)
        return scalar(database, sa.select(Todo.id))

    return ring


def ring_in_vain(database, cast, clock, campaign) -> None:
    with database.writing() as session:
        call_id = call_queue.claim_next(session, cast.caller.id, campaign.id, clock.forward(minutes=1))
        report = outcomes.Report("no_answer", "vain", happened_at=clock())
        outcomes.report(session, call_id, cast.caller.id, report, clock())
        session.execute(sa.update(Campaign).values(any_hour=True))
        session.execute(sa.update(QueueRow).values(state="ready", due_at=clock()))


def queue(database) -> tuple[str, str | None]:
    return scalar(database, sa.select(QueueRow.state)), scalar(database, sa.select(QueueRow.why))


def test_a_new_number_puts_the_person_back_in_the_queue(database, cast, clock, after, visitor, campaign):
    after("wrong_number", new_number="+46701740658")
    assert queue(database)[0] == "blocked"
    organizer = visitor.log_in_as(cast.organizer)
    page = organizer.get(f"/kampanjer/{campaign.id}")
    assert "Rune Å., Härnösand" in page.words
    assert "Ringaren fick ett nytt: 070-174 06 58" in page.words
    page = organizer.submit(page, "/ratta")
    assert "Numret är rättat" in page.words
    assert "Inget att göra. Bra jobbat." in page.words
    assert queue(database)[0] in {"ready", "waiting"}
    first = sa.select(Phone.e164).order_by(Phone.position)
    assert scalar(database, first) == "+46701740658"


def test_a_bad_number_is_said_at_the_field_and_stays(database, cast, after, visitor):
    todo_id = after("wrong_number")
    steward = visitor.log_in_as(cast.steward)
    page = steward.get(f"/atgarder/{todo_id}")
    page = steward.submit(page, "/ratta", number="070-12 🙂")
    assert page.status == 422
    assert "070-12 🙂" in page.html
    assert queue(database)[0] == "blocked"
    page = steward.submit(page, "/ratta", number="070-174 06 59")
    assert page.status == 200
    assert queue(database)[0] in {"ready", "waiting"}


def test_somebody_else_gets_it_and_the_person_stays_blocked(database, cast, after, visitor, app):
    todo_id = after("leaving")
    organizer = visitor.log_in_as(cast.organizer)
    page = organizer.get(f"/atgarder/{todo_id}")
    assert "Sara Medlemsansvarig" in page.words
    assert "Tora Timrå" not in page.words
    assert organizer.submit(page, "/skicka", to=str(cast.timra_chair.id)).status == 422
    page = organizer.submit(page, "/skicka", to=str(cast.chair.id))
    assert "Skickat till Olle Ordförande" in page.words
    assert scalar(database, sa.select(Person.blocked_why)) == "leaving"
    chair = type(visitor)(app).log_in_as(cast.chair)
    assert "Rune Å., Härnösand" in chair.get("/atgarder").words
    page = chair.submit(chair.get(f"/atgarder/{todo_id}"), "/klart")
    assert "Klart." in page.words
    assert scalar(database, sa.select(Person.blocked_why)) is None
    assert scalar(database, sa.select(Todo.done_by)) == cast.chair.id
    assert queue(database)[0] == "done"


@pytest.mark.parametrize("calls_before", [0, 1])
def test_who_has_moved_is_rung_again_when_somebody_has_handled_it(
    database, cast, clock, after, visitor, campaign, calls_before
):
    for _ in range(calls_before):
        ring_in_vain(database, cast, clock, campaign)
    todo_id = after("moved")
    assert queue(database) == ("blocked", "moved")
    organizer = visitor.log_in_as(cast.organizer)
    organizer.submit(organizer.get(f"/atgarder/{todo_id}"), "/klart")
    assert queue(database)[0] == "ready"
    with database.writing() as session:
        assert call_queue.claim_next(session, cast.caller.id, campaign.id, clock()) is not None


def test_taking_the_call_back_leaves_nothing_of_what_was_handled(database, cast, clock, after, campaign):
    todo_id = after("moved")
    clock.forward(minutes=-5)
    with database.writing() as session:
        todo_work.done(session, todo_id, cast.organizer.id, clock())
        outcomes.undo(session, session.scalars(sa.select(Call.id)).one(), cast.caller.id, clock())
    assert scalar(database, sa.select(sa.func.count()).select_from(Todo)) == 0
    assert queue(database) == ("held", None)


def test_what_somebody_already_did_is_not_done_twice(database, cast, after, visitor, app):
    todo_id = after("distress")
    first, second = visitor.log_in_as(cast.organizer), type(visitor)(app).log_in_as(cast.steward)
    page, other = first.get(f"/atgarder/{todo_id}"), second.get(f"/atgarder/{todo_id}")
    first.submit(page, "/klart")
    assert second.submit(other, "/klart").status in {404, 409}
    assert scalar(database, sa.select(Todo.done_by)) == cast.organizer.id


def test_others_find_no_such_thing(database, cast, after, visitor, app):
    todo_id = after("wrong_number")
    for account in (cast.timra_chair, cast.chair, cast.caller, cast.owner, cast.nobody):
        stranger = type(visitor)(app).log_in_as(account)
        assert stranger.get(f"/atgarder/{todo_id}").status == 404
        for action in ("ratta", "skicka", "klart"):
            assert stranger.post(f"/atgarder/{todo_id}/{action}", {"number": "0701740660"}).status == 404
        assert "Rune" not in stranger.get("/atgarder").words


def test_a_protected_person_is_for_the_own_steward_alone(database, cast, after, visitor, app):
    todo_id = after("wrong_number")
    with database.writing() as session:
        session.execute(sa.update(Person).values(protected=True))
    assert visitor.log_in_as(cast.organizer).get(f"/atgarder/{todo_id}").status == 404
    assert type(visitor)(app).log_in_as(cast.steward).get(f"/atgarder/{todo_id}").status == 200


def test_within_ten_minutes_nothing_shows_because_undo_may_come(database, cast, clock, after, visitor, campaign):
    after("wrong_number")
    clock.forward(minutes=-5)
    page = visitor.log_in_as(cast.organizer).get(f"/kampanjer/{campaign.id}")
    assert "Rune" not in page.words
    assert scalar(database, sa.select(sa.func.count()).select_from(Call)) == 1
