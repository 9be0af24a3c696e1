"""Before a person is erased: nobody may be talking to them, no queue may bring them up again, nothing may be on its way to them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import sms_queue
from campaigns.models import Call, CallState, Hold, Message, MessageState, QueueRow, QueueState, Todo
from organizer.words import N_, Refused

TALKING = N_("Någon talar med personen just nu. Vänta tills samtalet är klart och försök igen. Inget har raderats.")
LEAVING = N_("Ett sms till personen lämnas över just nu. Försök igen om en minut. Inget har raderats.")


def prepare(session: Session, person_ids: Sequence[int], now: datetime) -> None:
    """Refused while a caller holds the person or an SMS is being handed over; else every queue lets go of them.

    So does the list of what is to be done. A call that was never reported goes, so that no late report can write about somebody who is erased.
    """
    if session.scalar(sa.select(Hold.call_id).where(Hold.person_id.in_(person_ids), Hold.expires_at > now).limit(1)):
        raise Refused(TALKING)
    to_them = Message.person_id.in_(person_ids)
    if session.scalar(sa.select(Message.id).where(to_them, Message.state == MessageState.SENDING).limit(1)):
        raise Refused(LEAVING)
    session.execute(sa.delete(Todo).where(Todo.person_id.in_(person_ids), Todo.done_at.is_(None)))
    session.execute(sa.delete(Hold).where(Hold.person_id.in_(person_ids)))
    session.execute(
        sa.delete(Call)
        .where(Call.person_id.in_(person_ids), Call.state.in_([CallState.OPEN, CallState.RELEASED]))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        sa.update(QueueRow)
        .where(QueueRow.person_id.in_(person_ids))
        .values(
            state=sa.case(
                (QueueRow.state.in_([QueueState.DONE, QueueState.EXHAUSTED]), QueueRow.state), else_=QueueState.REMOVED
            ),
            callback_by=None, avoid_account_id=None, language=None,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    sms_queue.move(session, MessageState.CANCELLED, now, to_them, Message.state == MessageState.QUEUED, detail="erased")
