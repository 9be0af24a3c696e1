"""How a blast may move from state to state, and the one function that moves it and writes down why."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Blast, BlastEvent, BlastState
from organizer.db import changed
from organizer.words import N_, Missing, Refused

S = BlastState
MOVES: dict[BlastState, frozenset[BlastState]] = {
    S.DRAFT: frozenset({S.WAITING, S.APPROVED, S.SENDING}),
    S.WAITING: frozenset({S.DRAFT, S.APPROVED, S.SENDING}),
    S.APPROVED: frozenset({S.DRAFT, S.SENDING}),
    S.SENDING: frozenset({S.PAUSED, S.STOPPED, S.DONE, S.PARTLY}),
    S.PAUSED: frozenset({S.SENDING, S.STOPPED}),
    S.DONE: frozenset({S.PARTLY, S.SENDING}),
    S.PARTLY: frozenset({S.SENDING}),
    S.STOPPED: frozenset(),
}
"""From each state, where it may go; what has begun to leave never becomes a draft again. What had ended goes on
when a person sends again what was unclear, and turns out partly failed when much of it is lost afterwards."""
WORDS = {
    S.DRAFT: N_("Utkast"),
    S.WAITING: N_("Väntar på godkännande"),
    S.APPROVED: N_("Godkänt"),
    S.SENDING: N_("Skickas"),
    S.PAUSED: N_("Pausat"),
    S.DONE: N_("Klart"),
    S.PARTLY: N_("Delvis misslyckat"),
    S.STOPPED: N_("Stoppat"),
}


def locked(session: Session, blast_id: int) -> Blast:
    """The blast, held until the end of the transaction; Missing if there is none."""
    found = session.scalar(
        sa.select(Blast).where(Blast.id == blast_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def move(
    session: Session, blast: Blast, to: BlastState, now: datetime, account_id: int | None = None,
    detail: dict[str, Any] | None = None, what: str | None = None, **values: Any,
) -> None:  # fmt: skip
    """The one place where a blast changes state; Refused in words when it may not, or when somebody was quicker."""
    here = BlastState(blast.state)
    if to not in MOVES[here]:
        raise Refused(N_("Det går inte längre: utskicket har redan gått vidare. Ladda om sidan. Inget har ändrats."))
    moved = session.execute(
        sa.update(Blast)
        .where(Blast.id == blast.id, Blast.state == here)
        .values(state=to, **values)
        .execution_options(synchronize_session=False)
    )
    if not changed(moved):
        raise Refused(N_("Någon annan ändrade utskicket just nu. Ladda om sidan och försök igen. Inget har ändrats."))
    session.refresh(blast)
    note(session, blast.id, what or str(to), now, account_id, **(detail or {}))


def note(session: Session, blast_id: int, what: str, now: datetime, account_id: int | None, **detail: Any) -> None:
    """Append what was done; `detail` never holds a name, a number or a text to members."""
    session.execute(
        sa.insert(BlastEvent).values(blast_id=blast_id, at=now, account_id=account_id, what=what, detail=detail)
    )
