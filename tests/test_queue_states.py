"""Every state of a queue row against every move: only what the table allows happens."""

import itertools

import pytest
import sqlalchemy as sa

from campaigns.models import QueueRow, QueueState
from campaigns.queue_states import MOVES, allowed, listed, move_row
from tests.calling import Evening


def test_every_state_against_every_move(session):
    evening = Evening(session, people=1)
    row = evening.row(evening.people[0])
    for before, move, after in itertools.product(QueueState, MOVES, QueueState):
        session.execute(sa.update(QueueRow).values(state=before))
        if after not in MOVES[move][1]:
            with pytest.raises(ValueError, match="never leads to"):
                move_row(session, move, row.id, after)
        else:
            assert move_row(session, move, row.id, after) == allowed(move, before, after)
        stands = session.scalar(sa.select(QueueRow.state))
        assert stands == (after if allowed(move, before, after) else before), (before, move, after)


def test_nobody_removed_is_ever_held():
    assert not any(allowed(move, QueueState.REMOVED, QueueState.HELD) for move in MOVES)


def test_every_move_names_states_that_exist():
    for sources, targets in MOVES.values():
        assert sources <= set(QueueState)
        assert targets <= set(QueueState)


def test_the_claiming_statement_takes_its_states_from_the_table():
    assert listed("claim") == "'ready'"
