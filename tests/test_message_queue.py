"""A message is a row: queued once, moved only along the allowed moves, readable only where nothing is sent."""

from datetime import UTC, datetime
from itertools import product

import pytest
import sqlalchemy as sa

from campaigns import sms_queue
from campaigns.models import Call, Message, MessageEvent, MessageState, QueueRow
from tests.factories import NOW, make_account, make_association, make_campaign, make_person

S = MessageState


def queue(session, **values):
    given = {"kind": "confirmation", "e164": "+46701740611", "body": "Du är anmäld.", "now": NOW}
    return sms_queue.enqueue(session, **{**given, **values})


def state(session, message_id):
    return session.scalar(sa.select(Message.state).where(Message.id == message_id))


def make_call(session):
    place = make_association(session, "Ånge")
    person, campaign = make_person(session, place), make_campaign(session, place)
    caller = make_account(session, "Birgitta Ringare")
    row = QueueRow(
        campaign_id=campaign.id, person_id=person.id, association_id=place.id, state="held", due_at=NOW, attempts=0
    )
    session.add(row)
    session.flush()
    call = Call(
        campaign_id=campaign.id, queue_id=row.id, person_id=person.id, association_id=place.id, account_id=caller.id,
        state="open", assigned_at=NOW, detail={}, before={},
    )  # fmt: skip
    session.add(call)
    session.flush()
    return call


def test_queueing_the_same_message_twice_counts_once(session):
    first = queue(session, once="confirmation:1:7")
    assert queue(session, once="confirmation:1:7") == first
    assert queue(session) != first
    assert session.scalar(sa.select(sa.func.count()).select_from(Message)) == 2


def test_undo_leaves_no_sendable_row_and_the_same_call_may_be_reported_again(session):
    call = make_call(session)
    first = queue(session, call_id=call.id, once="c:1")
    other = queue(session)
    assert sms_queue.cancel_for_call(session, call.id, NOW) == 1
    assert (state(session, first), state(session, other)) == (S.CANCELLED, S.QUEUED)
    assert queue(session, call_id=call.id, once="c:1") != first
    told = session.execute(sa.select(MessageEvent.state, MessageEvent.detail).where(MessageEvent.message_id == first))
    assert [tuple(row) for row in told] == [("queued", "confirmation"), ("cancelled", "undone")]


def test_every_state_and_every_move(session):
    for before, after in product(S, S):
        message = queue(session)
        session.execute(sa.update(Message).where(Message.id == message).values(state=before))
        moved = sms_queue.move(session, after, NOW, Message.id == message)
        assert bool(moved) == (after in sms_queue.MOVES[before]), f"{before} → {after}"
        assert state(session, message) == (after if moved else before)


@pytest.mark.parametrize(
    ("kind", "wanted", "leaves"),
    [
        ("code", datetime(2026, 11, 20, 2, 0, tzinfo=UTC), datetime(2026, 11, 20, 2, 0, tzinfo=UTC)),
        ("confirmation", datetime(2026, 11, 19, 20, 59, tzinfo=UTC), datetime(2026, 11, 19, 20, 59, tzinfo=UTC)),
        ("confirmation", datetime(2026, 11, 19, 21, 5, tzinfo=UTC), datetime(2026, 11, 20, 6, 0, tzinfo=UTC)),
        ("tried", datetime(2026, 11, 21, 19, 30, tzinfo=UTC), datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
        ("tried", datetime(2026, 12, 23, 20, 0, tzinfo=UTC), datetime(2026, 12, 28, 8, 0, tzinfo=UTC)),
        ("tried", datetime(2027, 7, 1, 3, 0, tzinfo=UTC), datetime(2027, 7, 1, 7, 0, tzinfo=UTC)),
    ],
)
def test_each_kind_waits_for_its_hours_in_stockholm(session, kind, wanted, leaves):
    message = queue(session, kind=kind, not_before=wanted)
    assert session.scalar(sa.select(Message.not_before).where(Message.id == message)) == leaves
