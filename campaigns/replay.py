"""Queue rows are a consequence of what is known: work out again where a person stands in every queue."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import holds, rests
from campaigns.hindrances import HINDRANCE
from campaigns.models import Hold, QueueState
from campaigns.placing import Place, Rules, Told, place
from campaigns.queue_states import allowed
from campaigns.statements import giving, typed
from organizer.db import Utc
from organizer.times import local_day

_COLUMNS = (
    "state", "why", "priority", "due_at", "attempts", "last_call_at", "callback_by", "avoid_account_id", "language",
)  # fmt: skip


def person(session: Session, person_id: int, now: datetime) -> None:
    """Put every queue row of a person where the facts say it belongs (calls, refusals, the person, the campaign).

    Used after a change, an undo and whenever something is learnt about the person; so they can never disagree.
    Somebody who must not be rung any more is taken from whoever holds them, at once (P§4.6).
    """
    move(session, moves(session, person_id, now))


def moves(session: Session, person_id: int, now: datetime, saying: "Saying | None" = None) -> list[dict[str, Any]]:
    """The rows of a person that must move, each as the parameters of MOVE; those others hold are seen to at once.

    `saying` is a call about to be reported, and its id: it counts as told, and as no longer holding anybody.
    """
    changed: list[dict[str, Any]] = []
    for row, there in where(session, person_id, now, saying):
        if row.held and there.state in (QueueState.BLOCKED, QueueState.REMOVED):
            holds.let_go(session, Hold.call_id == row.held)
        elif row.held:
            if there.state != row.back_to:
                session.execute(sa.update(Hold).where(Hold.call_id == row.held).values(back_to=there.state))
            there = _kept(there)  # noqa: PLW2901  the place the row has while held
        columns = {name: getattr(there, name) for name in _COLUMNS}
        if any(getattr(row, name) != value for name, value in columns.items()):
            _check(row.state, there.state)
            changed.append(columns | {"state": str(there.state), "queue": row.id})
    return changed


def move(session: Session, rows: list[dict[str, Any]]) -> None:
    """Move the rows."""
    if rows:
        session.execute(_MOVE, rows if len(rows) > 1 else rows[0])


def where(session: Session, person_id: int, now: datetime, saying: "Saying | None" = None) -> list[tuple[Any, Place]]:
    """Each queue row of a person in campaigns that go on, with the place it should have."""
    ending = saying[0] if saying else 0
    rows = session.execute(_ROWS, {"person": person_id, "today": local_day(now), "call": ending}).all()
    told = [] if saying is None else [(saying[1].happened_at, *saying)]
    if rows and rows[0].calls:
        known = session.execute(_CALLS, {"person": person_id, "call": ending})
        told += [(one.happened_at, one.id, Told(*one[1:])) for one in known]
    calls = [call for _, _, call in sorted(told, key=lambda one: one[:2])]
    return [(row, place(row.campaign_id, _rules(row), row.entered_at, calls, row.hindrance, now)) for row in rows]


Saying = tuple[int, Told]
"""A call's id and what is about to be said of it."""


def _rules(row: Any) -> Rules:
    return Rules(row.pauses, row.max_attempts, row.hours, rests.of(row.rest))


def _kept(there: Place) -> Place:
    values = {name: getattr(there, name) for name in _COLUMNS}
    return Place(**{**values, "state": QueueState.HELD})


def _check(before: str, after: str) -> None:
    if not (allowed("settle", before, after) or allowed("keep", before, after)):
        raise AssertionError(f"no row goes from {before} to {after}")


_ROWS = giving(
    typed(f"""
    SELECT q.id, q.campaign_id, q.entered_at, q.state, q.why, q.priority, q.due_at, q.attempts, q.last_call_at,
           q.callback_by, q.avoid_account_id, q.language,
           c.pauses, c.max_attempts, c.hours, h.call_id AS held, h.back_to, {HINDRANCE} AS hindrance,
           {rests.IN_FORCE} AS rest,
           (SELECT count(*) FROM calls k WHERE k.person_id = :person AND k.state = 'reported' AND k.id <> :call) AS calls
    FROM call_queue q
    JOIN campaigns c ON c.id = q.campaign_id
    JOIN people p ON p.id = q.person_id
    LEFT JOIN campaign_targets t ON t.campaign_id = q.campaign_id AND t.person_id = q.person_id
    LEFT JOIN holds h ON h.queue_id = q.id AND h.call_id <> :call
    WHERE q.person_id = :person AND c.state <> 'closed'
    ORDER BY q.id
    """),  # noqa: S608  made of constants alone
    "id campaign_id entered_at state why priority due_at attempts last_call_at callback_by avoid_account_id language"
    " pauses max_attempts hours held back_to hindrance rest calls",
    entered_at=Utc, due_at=Utc, last_call_at=Utc, pauses=sa.JSON, hours=sa.JSON, rest=sa.JSON,
)  # fmt: skip
_CALLS = giving(
    typed("""
    SELECT id, campaign_id, account_id, outcome, detail, happened_at,
           outcome = 'moved' AND EXISTS (SELECT 1 FROM todos t WHERE t.call_id = calls.id AND t.kind = 'moved'
                                         AND t.done_at IS NOT NULL) AS handled
    FROM calls WHERE person_id = :person AND state = 'reported' AND id <> :call
    """),
    "id campaign_id account_id outcome detail happened_at handled",
    detail=sa.JSON, happened_at=Utc, handled=sa.Boolean,
)  # fmt: skip
MOVE = """
    UPDATE call_queue
    SET state = :state, why = :why, priority = :priority, due_at = :due_at, attempts = :attempts,
        last_call_at = :last_call_at, callback_by = :callback_by, avoid_account_id = :avoid_account_id,
        language = :language
    WHERE id = :queue
"""
_MOVE = typed(MOVE)
