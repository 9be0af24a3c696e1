"""Queue rows are a consequence of what is known: work out again where a person stands in every queue."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import holds
from campaigns.hindrances import HINDRANCE
from campaigns.models import Hold, QueueState
from campaigns.placing import Place, Rules, Told, place
from campaigns.queue_states import allowed
from campaigns.statements import typed
from organizer.db import Utc
from organizer.times import local_day

_COLUMNS = (
    "state", "why", "priority", "due_at", "attempts", "last_call_at", "callback_by", "avoid_account_id", "language",
)  # fmt: skip


def person(session: Session, person_id: int, now: datetime, known: Told | None = None) -> None:
    """Put every queue row of a person where the facts say it belongs (calls, refusals, the person, the campaign).

    Used after a report, a change, an undo, a late report and whenever something is learnt about the person; so they
    can never disagree. Somebody who must not be rung any more is taken from whoever holds them, at once (P§4.6). `known` is the call just reported:
    if it is the person's only one, it need not be read again.
    """
    changed: list[dict[str, Any]] = []
    for row, there in where(session, person_id, now, known):
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
    if changed:
        session.execute(_MOVE, changed if len(changed) > 1 else changed[0])


def where(session: Session, person_id: int, now: datetime, known: Told | None = None) -> list[tuple[Any, Place]]:
    """Each queue row of a person in campaigns that go on, with the place it should have."""
    rows = session.execute(_ROWS, {"person": person_id, "today": local_day(now)}).all()
    if rows and rows[0].calls == 1 and known:
        calls = [known]
    else:
        calls = [Told(*call) for call in session.execute(_CALLS, {"person": person_id})]
    return [(row, place(row.campaign_id, _rules(row), row.entered_at, calls, row.hindrance, now)) for row in rows]


def _rules(row: Any) -> Rules:
    return Rules(row.pauses, row.max_attempts, row.hours, bool(row.any_hour))


def _kept(there: Place) -> Place:
    values = {name: getattr(there, name) for name in _COLUMNS}
    return Place(**{**values, "state": QueueState.HELD})


def _check(before: str, after: str) -> None:
    if not (allowed("settle", before, after) or allowed("keep", before, after)):
        raise AssertionError(f"no row goes from {before} to {after}")


_ROWS = typed(f"""
    SELECT q.id, q.campaign_id, q.entered_at, q.state, q.why, q.priority, q.due_at, q.attempts, q.last_call_at,
           q.callback_by, q.avoid_account_id, q.language,
           c.pauses, c.max_attempts, c.hours, c.any_hour, h.call_id AS held, h.back_to, {HINDRANCE} AS hindrance,
           (SELECT count(*) FROM calls k WHERE k.person_id = :person AND k.state = 'reported') AS calls
    FROM call_queue q
    JOIN campaigns c ON c.id = q.campaign_id
    JOIN people p ON p.id = q.person_id
    LEFT JOIN campaign_targets t ON t.campaign_id = q.campaign_id AND t.person_id = q.person_id
    LEFT JOIN holds h ON h.queue_id = q.id
    WHERE q.person_id = :person AND c.state <> 'closed'
    ORDER BY q.id
""").columns(  # noqa: S608  made of constants alone
    entered_at=Utc, due_at=Utc, last_call_at=Utc, pauses=sa.JSON, hours=sa.JSON,
)  # fmt: skip
_CALLS = typed("""
    SELECT campaign_id, account_id, outcome, detail, happened_at,
           outcome = 'moved' AND EXISTS (SELECT 1 FROM todos t WHERE t.call_id = calls.id AND t.kind = 'moved'
                                         AND t.done_at IS NOT NULL) AS handled
    FROM calls WHERE person_id = :person AND state = 'reported' ORDER BY happened_at, id
""").columns(
    sa.column("campaign_id", sa.Integer), sa.column("account_id", sa.Integer), sa.column("outcome", sa.String),
    sa.column("detail", sa.JSON), sa.column("happened_at", Utc), sa.column("handled", sa.Boolean),
)  # fmt: skip
_MOVE = sa.text("""
    UPDATE call_queue
    SET state = :state, why = :why, priority = :priority, due_at = :due_at, attempts = :attempts,
        last_call_at = :last_call_at, callback_by = :callback_by, avoid_account_id = :avoid_account_id,
        language = :language
    WHERE id = :queue
""").bindparams(
    sa.bindparam("due_at", type_=Utc), sa.bindparam("last_call_at", type_=Utc), sa.bindparam("why", type_=sa.String),
    sa.bindparam("callback_by", type_=sa.Integer), sa.bindparam("avoid_account_id", type_=sa.Integer),
    sa.bindparam("language", type_=sa.String),
)  # fmt: skip
