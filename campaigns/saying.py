"""The statement that writes a report: the call, its ledger entries, the end of the hold, the queue row; all or nothing."""

from typing import Any

from sqlalchemy.orm import Session

from campaigns.replay import MOVE, move
from campaigns.statements import giving, is_postgresql, typed
from organizer.db import changed

_SAID = """
    UPDATE calls SET state = 'reported', outcome = :outcome, detail = :detail, client_ref = :ref,
                     content_hash = :content, happened_at = :at, reported_at = :reported_at, late = :late,
                     contested = :contested, note = :note, before = :before
    WHERE id = :call AND state = :was
"""
_COUNTED = """
    INSERT INTO timeline (key, kind, person_id, association_id, campaign_id, mass, at, day)
    SELECT k.kind || :suffix, k.kind, :person, :association, :campaign, FALSE, :at, :day
    FROM (SELECT 'attempt' AS kind UNION ALL SELECT 'contact' UNION ALL SELECT 'conversation') k
    WHERE :kinds LIKE '%' || k.kind || '%'
    ON CONFLICT (key) DO NOTHING
"""
_LET_GO = "DELETE FROM holds WHERE call_id = :call"

_TOLD = f"WITH said AS ({_SAID} RETURNING id), counted AS ({_COUNTED}), gone AS ({_LET_GO})"
_AT_ONCE = giving(typed(f"{_TOLD} SELECT count(*) FROM said"), "said")  # noqa: S608  made of constants alone
_AT_ONCE_AND_MOVED = giving(typed(f"{_TOLD}, moved AS ({MOVE}) SELECT count(*) FROM said"), "said")  # noqa: S608
_IN_TURN = tuple(typed(step) for step in (_SAID, _COUNTED, _LET_GO))


def say(session: Session, said: dict[str, Any], moves: list[dict[str, Any]]) -> bool:
    """Write the report if the call stands where it was read (`was`), and move the person's queue rows.

    False, and the caller rolls back, if the call stood elsewhere. PostgreSQL does it all in one statement (a person
    is seldom in several queues), SQLite in four of the same words.
    """
    if is_postgresql(session):
        move(session, moves[1:])
        statement = _AT_ONCE_AND_MOVED if moves else _AT_ONCE
        return bool(session.execute(statement, said | moves[0] if moves else said).scalar())
    done = [session.execute(step, {name: said[name] for name in step._bindparams}) for step in _IN_TURN]  # noqa: SLF001
    move(session, moves)
    return changed(done[0]) == 1
