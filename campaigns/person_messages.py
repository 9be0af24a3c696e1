"""The texts to and from one person, for the stream on their page: what was said, as long as it is kept."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Message, MessageState, Thread, ThreadMessage
from campaigns.sms_log import KINDS
from organizer.history import Line
from organizer.words import N_

ON_THEIR_WAY = (MessageState.QUEUED, MessageState.SENDING, MessageState.CANCELLED)
"""Not something that has happened yet, or ever."""


def of_person(session: Session, person_id: int, most: int) -> list[Line]:
    """The newest texts that left for a person, and those that came; a code is never shown."""
    sent = session.execute(
        sa.select(Message.created_at, Message.kind, Message.body)
        .where(Message.person_id == person_id, Message.state.not_in(ON_THEIR_WAY), Message.kind != "code")
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(most)
    )
    came = session.execute(
        sa.select(ThreadMessage.at, ThreadMessage.body)
        .join(Thread, Thread.id == ThreadMessage.thread_id)
        .where(Thread.person_id == person_id, ThreadMessage.incoming)
        .order_by(ThreadMessage.at.desc(), ThreadMessage.id.desc())
        .limit(most)
    )
    return [
        *(Line(row.created_at, N_("Fick ett sms"), KINDS.get(row.kind, row.kind), "", row.body) for row in sent),
        *(Line(row.at, N_("Skrev ett sms"), "", "", row.body) for row in came),
    ]
