"""A blast moves only along the allowed moves, and of two who move it one is told so."""

from itertools import product

import pytest
import sqlalchemy as sa

from campaigns.blast_states import MOVES, move
from campaigns.models import Blast, BlastEvent, BlastState
from organizer.words import Refused
from tests.factories import NOW, make_account, make_association


def make_blast(session, **values):
    account = make_account(session, "Disa Nordvall")
    given = {
        "association_id": make_association(session, "Härnösand").id, "title": "Extra möte", "include": [], "exclude": [],
        "created_by": account.id, "created_at": NOW, "authors": [account.id], "asked_of": [], "left_out": {},
    }  # fmt: skip
    blast = Blast(**{**given, **values})
    session.add(blast)
    session.flush()
    return blast


def test_every_state_and_every_move(session):
    blast = make_blast(session)
    for before, after in product(BlastState, BlastState):
        session.execute(sa.update(Blast).values(state=before))
        session.refresh(blast)
        if after in MOVES[before]:
            move(session, blast, after, NOW)
            assert blast.state == after, f"{before} → {after}"
        else:
            with pytest.raises(Refused):
                move(session, blast, after, NOW)
            assert session.scalar(sa.select(Blast.state)) == before, f"{before} → {after}"
    moves = sum(len(allowed) for allowed in MOVES.values())
    assert session.scalar(sa.select(sa.func.count()).select_from(BlastEvent)) == moves


def test_of_two_who_move_it_the_second_is_told(session):
    blast = make_blast(session)
    session.execute(sa.update(Blast).values(state=BlastState.WAITING).execution_options(synchronize_session=False))
    with pytest.raises(Refused, match="Någon annan"):
        move(session, blast, BlastState.APPROVED, NOW)
