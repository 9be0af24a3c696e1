"""Which moves a row of the call queue may make, and the one function that moves it."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import QueueRow, QueueState
from organizer.db import changed

_ALL = frozenset(QueueState)
_CALLABLE = frozenset({QueueState.READY, QueueState.WAITING})
_RESTING = _ALL - {QueueState.HELD}

MOVES: dict[str, tuple[frozenset[QueueState], frozenset[QueueState]]] = {
    # name: (from any of these, to any of these)
    "claim": (frozenset({QueueState.READY}), frozenset({QueueState.HELD})),
    # A promised callback, someone who rings us up, an undo: the row is taken wherever it rests. Never one removed.
    "take_up": (_RESTING - {QueueState.REMOVED}, frozenset({QueueState.HELD})),
    "give_back": (frozenset({QueueState.HELD}), _RESTING),
    "come_due": (frozenset({QueueState.WAITING}), frozenset({QueueState.READY})),
    "fall_out": (_CALLABLE, frozenset({QueueState.DONE, QueueState.BLOCKED, QueueState.REMOVED})),
    # What is known about the person has changed (a report, an undo, a late report): replay decides.
    "settle": (_ALL, _RESTING),
    # The same, while somebody holds the person.
    "keep": (frozenset({QueueState.HELD}), frozenset({QueueState.HELD})),
}


def allowed(move: str, before: str, after: str) -> bool:
    """Whether MOVES lets a row go from one state to the other in this way."""
    sources, targets = MOVES[move]
    return before in sources and after in targets


def move_row(session: Session, move: str, queue_id: int, after: str, **columns: Any) -> bool:
    """Move one row and set `columns` with it; False, and nothing done, if the row stands where it may not start."""
    sources, targets = MOVES[move]
    if after not in targets:
        raise ValueError(f"{move} never leads to {after}")
    return bool(
        changed(
            session.execute(
                sa.update(QueueRow)
                .where(QueueRow.id == queue_id, QueueRow.state.in_(sorted(sources)))
                .values(state=str(after), **columns)
                .execution_options(synchronize_session=False)
            )
        )
    )


def listed(move: str) -> str:
    """The states a move may start from, as SQL: for statements that move many rows at once."""
    return ", ".join(f"'{state}'" for state in sorted(MOVES[move][0]))
