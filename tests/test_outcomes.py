"""What each outcome counts as and does to the queue: the whole of P§4.2, row by row."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns import call_queue, outcomes
from campaigns.models import Acquaintance, Call, Message, QueueState, Target, Todo
from campaigns.outcomes import OUTCOMES
from organizer import settings
from organizer.models import BlockedNumber, Person, Refusal
from organizer.words import Missing, Refused
from tests.calling import Evening, put_in_queue
from tests.factories import NOW, add_number, make_account, make_campaign

TOMORROW_AT_TWO = NOW + timedelta(hours=20)
"""Rung at six in the evening: twenty hours later is another time of day already."""
PROMISE = {"at": (NOW + timedelta(hours=1)).isoformat(), "who": "anyone"}

# code: (what the ledger says, the row's state, why, days or hours until due, detail)
TALKED = ["attempt", "contact", "conversation"]
TABLE = {
    "reached": (TALKED, "done", "reached", None, {}),
    "no_answer": (["attempt"], "waiting", "no_answer", timedelta(hours=20), {}),
    "left_message": (["attempt", "contact"], "waiting", "left_message", timedelta(hours=48), {}),
    "callback": (TALKED, "waiting", "callback", timedelta(hours=1), PROMISE),
    "wrong_number": (["attempt"], "blocked", "no_number", None, {}),
    "opt_out_campaign": (TALKED, "removed", "opt_out_campaign", None, {}),
    "opt_out_calls": (TALKED, "removed", "refused", None, {}),
    "opt_out_sms": (TALKED, "done", "opt_out_sms", None, {}),
    "opt_out_all": (TALKED, "removed", "refused", None, {}),
    "busy": (["attempt"], "waiting", "busy", timedelta(minutes=30), {}),
    "language": (TALKED, "ready", "language", None, {"language": "so"}),
    "moved": (TALKED, "blocked", "moved", None, {}),
    "leaving": (TALKED, "blocked", "leaving", None, {}),
    "deceased": ([], "removed", "deceased", None, {}),
    "distress": (TALKED, "blocked", "distress", None, {}),
    "conflict": ([], "ready", None, None, {}),
    "skip": ([], "ready", None, None, {}),
}
TODOS = {"wrong_number", "moved", "leaving", "deceased", "distress", "language"}


@pytest.fixture
def evening(session) -> Evening:
    return Evening(session)


def todos(evening):
    return evening.session.execute(sa.select(Todo.kind, Todo.visible_at).order_by(Todo.id)).all()


def test_the_table_here_is_the_whole_table():
    assert set(TABLE) == set(OUTCOMES)


@pytest.mark.parametrize("code", TABLE)
def test_an_outcome_counts_and_moves_the_row_as_the_table_says(evening, code):
    kinds, state, why, due_in, detail = TABLE[code]
    person = evening.people[0]
    before = evening.row(person).due_at
    answer = evening.report(code, detail=detail)
    row = evening.row(person)
    assert evening.kinds(person) == kinds
    assert (row.state, row.why) == (state, why)
    assert row.due_at == (NOW + due_in if due_in else before)
    assert row.attempts == ("attempt" in kinds)
    assert row.last_call_at == (NOW if "attempt" in kinds else None)
    assert evening.holds() == 0
    assert {todo.kind for todo in todos(evening)} == ({code} if code in TODOS else set())
    assert (answer.outcome, answer.repeated, answer.late, answer.contested) == (code, False, False, False)


def test_a_callback_somebody_else_asked_for_is_no_conversation(evening):
    evening.report("callback", detail=PROMISE | {"asked": False})
    assert evening.kinds(evening.people[0]) == ["attempt", "contact"]


def test_a_promised_callback_is_first_in_the_queue_when_due_and_only_for_its_caller(evening):
    evening.report("callback", detail=PROMISE | {"who": "me"})
    person, later = evening.people[0], NOW + timedelta(minutes=61)
    assert evening.row(person).callback_by == evening.birgitta.id
    assert evening.person_of(evening.call(evening.nils, later)) == evening.people[1].id
    assert evening.person_of(evening.call(evening.birgitta, later)) == person.id


def test_who_does_not_answer_by_day_is_rung_in_the_evening_next_time(evening):
    morning = NOW - timedelta(hours=7)  # eleven o'clock
    evening.report("no_answer", now=morning)
    assert evening.row(evening.people[0]).due_at == NOW + timedelta(hours=23)  # seventeen o'clock the day after


def test_attempts_are_used_up_after_the_campaigns_number(evening):
    evening.campaign.max_attempts = 2
    evening.session.flush()
    person = evening.people[0]
    evening.report("no_answer")
    later = NOW + timedelta(days=4)
    for other in evening.people[1:]:
        evening.session.delete(evening.row(other))
    evening.report("busy", now=later)
    row = evening.row(person)
    assert (row.state, row.why, row.attempts) == (QueueState.EXHAUSTED, "busy", 2)


def test_a_wrong_number_leaves_the_other_number_to_ring_at_once(evening):
    person = evening.people[0]
    second = add_number(evening.session, person, "+4631390611", position=1)
    evening.report("wrong_number")
    assert evening.row(person).state == QueueState.READY
    assert todos(evening) == []
    again = evening.call(evening.nils)
    assert evening.person_of(again) == person.id
    evening.report(
        "wrong_number", call=again, caller=evening.nils, detail={"phone_id": second.id, "new_number": "+46701740611"}
    )
    assert evening.row(person).why == "no_number"
    assert evening.session.scalars(sa.select(Todo.new_number)).all() == ["+46701740611"]
    assert "new_number" not in evening.session.get(Call, again).detail
    assert len(evening.session.scalars(sa.select(BlockedNumber.e164)).all()) == 2


def test_a_number_called_wrong_is_never_offered_to_anybody_else_who_has_it(evening):
    first, second, _third = evening.people
    shared = evening.session.scalar(sa.text("SELECT e164 FROM phones WHERE person_id = :id"), {"id": first.id})
    evening.session.execute(
        sa.text("UPDATE phones SET e164 = :e WHERE person_id = :id"), {"e": shared, "id": second.id}
    )
    evening.report("wrong_number")
    assert evening.person_of(evening.call()) == evening.people[2].id


@pytest.mark.parametrize(
    ("code", "channel"), [("opt_out_calls", "call"), ("opt_out_sms", "sms"), ("opt_out_all", "all")]
)
def test_a_refusal_is_written_with_who_heard_it(evening, code, channel):
    answer = evening.report(code)
    refusal = evening.session.scalars(sa.select(Refusal)).one()
    assert (refusal.channel, refusal.person_id, refusal.account_id, refusal.call_id, refusal.how) == (
        channel, evening.people[0].id, evening.birgitta.id, answer.call_id, "call",
    )  # fmt: skip


def test_a_refusal_may_carry_that_the_person_wants_to_leave_too(evening):
    evening.report("opt_out_all", detail={"leaving": True})
    assert [todo.kind for todo in todos(evening)] == ["leaving"]
    assert evening.session.scalar(sa.select(Person.blocked_why).where(Person.id == evening.people[0].id)) == "leaving"


@pytest.mark.parametrize("code", ["opt_out_calls", "opt_out_all", "deceased", "leaving", "distress"])
def test_it_holds_at_once_in_every_queue_also_for_somebody_held(evening, code):
    other = make_campaign(evening.session, evening.place, "Förnya")
    person = evening.people[0]
    put_in_queue(evening.session, other, person)
    first = evening.call()
    # The hold runs out, Nils gets the person in the other campaign, then Birgitta reports what she heard.
    later = NOW + timedelta(minutes=50)
    held = evening.call(evening.nils, later, other)
    evening.report(code, call=first, now=later)
    assert evening.row(person, other).state in (QueueState.REMOVED, QueueState.BLOCKED)
    assert call_queue.held_call(evening.session, evening.nils.id, later) is None
    # What Nils hears is kept all the same.
    answer = outcomes.report(evening.session, held, evening.nils.id, outcomes.Report("reached", "nils-1"), later)
    assert answer.late
    assert evening.kinds(person).count("conversation") == (1 if code == "deceased" else 2)
    assert evening.row(person, other).state in (QueueState.REMOVED, QueueState.BLOCKED)


def test_the_dead_are_in_no_denominator(evening):
    evening.report("deceased")
    target = evening.session.scalars(sa.select(Target).where(Target.person_id == evening.people[0].id)).one()
    assert target.excluded_why == "deceased"


def test_an_acquaintance_is_never_given_to_that_caller_again(evening):
    evening.report("conflict")
    assert evening.session.scalars(sa.select(Acquaintance.person_id)).all() == [evening.people[0].id]
    assert evening.person_of(evening.call()) == evening.people[1].id
    assert evening.person_of(evening.call(evening.nils)) == evening.people[0].id


def test_somebody_skipped_goes_to_others_first(evening):
    evening.report("skip")
    assert evening.person_of(evening.call()) == evening.people[1].id
    assert evening.row(evening.people[0]).avoid_account_id == evening.birgitta.id


def test_a_language_is_asked_for_only_when_nobody_speaks_it(evening):
    make_account(evening.session, "Amina Ringare").speaks = ["sv", "so"]
    evening.session.flush()
    evening.report("language", detail={"language": "so"})
    assert todos(evening) == []
    assert evening.row(evening.people[0]).language == "so"


def test_an_unpleasant_call_is_seen_at_once_and_other_things_after_ten_minutes(evening):
    evening.report("distress")
    evening.report("leaving")
    assert [todo.visible_at for todo in todos(evening)] == [NOW, NOW + timedelta(minutes=10)]


def test_after_a_call_other_campaigns_wait_twenty_hours_or_a_fortnight(evening):
    other = make_campaign(evening.session, evening.place, "Förnya")
    put_in_queue(evening.session, other, *evening.people)
    evening.report("no_answer")
    evening.report("reached")
    tried, talked, untouched = (evening.row(person, other) for person in evening.people)
    assert (tried.state, tried.due_at) == ("waiting", NOW + timedelta(hours=20))
    assert (talked.state, talked.due_at) == ("waiting", NOW + timedelta(days=14))
    assert untouched.state == "ready"


def test_how_long_others_wait_is_a_setting_of_the_whole_tree(evening):
    rest = {"attempt_hours": 40, "conversation_days": 30}
    settings.set_at(evening.session, evening.place, settings.REST, rest, evening.birgitta.id, NOW)
    other = make_campaign(evening.session, evening.place, "Förnya")
    put_in_queue(evening.session, other, *evening.people)
    evening.report("no_answer")
    evening.report("reached")
    late = make_campaign(evening.session, evening.place, "Aktivera")
    call_queue.fill(evening.session, late, NOW)
    for campaign in (other, late):
        tried, talked, _ = (evening.row(person, campaign).due_at for person in evening.people)
        assert (tried, talked) == (NOW + timedelta(hours=40), NOW + timedelta(days=30))


def test_a_promise_to_ring_back_is_kept_whatever_other_campaigns_do(evening):
    other = make_campaign(evening.session, evening.place, "Förnya")
    put_in_queue(evening.session, other, evening.people[0])
    evening.report("callback", call=evening.call(campaign=other), detail=PROMISE)
    evening.report("no_answer", now=NOW + timedelta(minutes=5))
    row = evening.row(evening.people[0], other)
    assert (row.state, row.due_at) == ("waiting", NOW + timedelta(hours=1))


def test_a_follow_up_becomes_something_to_do_in_ten_minutes(evening):
    evening.report("reached", follow_up=True, note="Vill veta mer om studiecirkeln")
    assert [(todo.kind, todo.visible_at) for todo in todos(evening)] == [("follow_up", NOW + timedelta(minutes=10))]
    assert evening.session.scalar(sa.select(Todo.text)) == "Vill veta mer om studiecirkeln"


def test_we_tried_is_sent_only_if_the_campaign_wants_it(evening):
    evening.campaign.follow_ups = {"tried": True}
    person = evening.people[0]
    evening.session.execute(sa.text("UPDATE phones SET e164 = '+46701740688' WHERE person_id = :id"), {"id": person.id})
    evening.session.flush()
    evening.report("no_answer")
    message = evening.session.scalars(sa.select(Message)).one()
    assert (message.kind, message.person_id, message.not_before) == ("tried", person.id, NOW + timedelta(minutes=10))
    assert message.body.startswith("Hej Person0! Vi i Härnösand försökte ringa dig")


@pytest.mark.parametrize(
    ("outcome", "detail"),
    [
        ("callback", {}),
        ("callback", {"at": "i morgon"}),
        ("callback", {"at": "2026-11-20T10:00"}),
        ("language", {}),
        ("dansade", {}),
    ],
)
def test_an_outcome_that_lacks_what_it_needs_is_refused_in_words(evening, outcome, detail):
    with pytest.raises(Refused, match="Inget är sparat än"):
        evening.report(outcome, detail=detail)


def test_somebody_elses_call_does_not_exist(evening):
    call = evening.call()
    with pytest.raises(Missing):
        evening.report("reached", call=call, caller=evening.nils)
    with pytest.raises(Missing):
        outcomes.undo(evening.session, call, evening.nils.id, NOW)
