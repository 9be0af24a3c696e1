"""How a blast did beside the five before it from the same place, every number with its denominator (P§5.5)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Blast, BlastState, Meaning, Message, MessageState, ThreadMessage
from organizer.models import PersonalLink, SignUp

M = MessageState
ENDED = (BlastState.DONE, BlastState.PARTLY, BlastState.STOPPED)
BEFORE = 5
"""So many blasts before it stand beside it."""
_AWAY = (M.ACCEPTED, M.SENT, M.DELIVERED, M.UNDELIVERED, M.FAILED, M.NO_RECEIPT)
_COMING = ("signed_up", "waiting")


@dataclass(frozen=True, slots=True)
class Came:
    """What came back from a blast."""

    signed_up: int
    """People who signed up through their link and still come, or wait for a seat."""
    answered: int
    """People who answered the survey through their link."""
    yes: int
    no: int
    replies: int
    """Everything else that was written back, STOPP apart."""
    stops: int


@dataclass(frozen=True, slots=True)
class Line:
    """One blast: `handed` have left and are the denominator of `arrived`, which is that of what came back."""

    id: int
    title: str
    started_at: datetime | None
    handed: int
    arrived: int
    came: Came
    invited: bool
    """It was about an activity, so that somebody could sign up through it."""


def came_back(session: Session, blast_ids: list[int]) -> dict[int, Came]:
    """What came back from each of these blasts; three queries however many they are."""
    said: dict[tuple[int | None, str], int] = {
        (row[0], row[1]): row[2]
        for row in session.execute(
            sa.select(ThreadMessage.blast_id, ThreadMessage.meaning, sa.func.count())
            .where(ThreadMessage.blast_id.in_(blast_ids), ThreadMessage.incoming)
            .group_by(ThreadMessage.blast_id, ThreadMessage.meaning)
        )
    }
    links: dict[tuple[int | None, str], int] = {
        (row[0], row[1]): row[2]
        for row in session.execute(_used(blast_ids).group_by(PersonalLink.blast_id, PersonalLink.kind))
    }
    known = {Meaning.YES, Meaning.NO, Meaning.STOP}
    return {
        one: Came(
            signed_up=links.get((one, "activity"), 0), answered=links.get((one, "survey"), 0),
            yes=said.get((one, Meaning.YES), 0), no=said.get((one, Meaning.NO), 0), stops=said.get((one, Meaning.STOP), 0),
            replies=sum(many for (blast, means), many in said.items() if blast == one and means not in known),
        )
        for one in blast_ids
    }  # fmt: skip


def beside(session: Session, blast: Blast) -> list[Line]:
    """The blast first, then those of the same place that began before it, the latest first; nothing until it has ended."""
    if blast.state not in ENDED or blast.started_at is None:
        return []
    earlier = session.execute(
        sa.select(Blast.id, Blast.title, Blast.started_at, Blast.activity_id)
        .where(
            Blast.association_id == blast.association_id, Blast.state.in_(ENDED), Blast.id != blast.id,
            Blast.started_at < blast.started_at,
        )
        .order_by(Blast.started_at.desc(), Blast.id.desc())
        .limit(BEFORE)
    ).all()  # fmt: skip
    rows: list[Any] = [blast, *earlier]
    ids = [row.id for row in rows]
    came, states = came_back(session, ids), _states(session, ids)
    return [
        Line(
            one.id, one.title, one.started_at, sum(states.get((one.id, state), 0) for state in _AWAY),
            states.get((one.id, M.DELIVERED), 0), came[one.id], one.activity_id is not None,
        )
        for one in rows
    ]  # fmt: skip


def _states(session: Session, ids: list[int]) -> dict[tuple[int | None, str], int]:
    rows = session.execute(
        sa.select(Message.blast_id, Message.state, sa.func.count())
        .where(Message.blast_id.in_(ids), Message.blast_id.is_not(None))
        .group_by(Message.blast_id, Message.state)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def _used(ids: list[int]) -> sa.Select[int | None, str, int]:
    """Links through which something came of it: a sign-up that stands, or an answer."""
    stands = sa.exists().where(
        SignUp.activity_id == PersonalLink.target_id, SignUp.person_id == PersonalLink.person_id, SignUp.state.in_(_COMING)
    )  # fmt: skip
    return sa.select(PersonalLink.blast_id, PersonalLink.kind, sa.func.count()).where(
        PersonalLink.blast_id.in_(ids), PersonalLink.used_at.is_not(None),
        sa.or_(PersonalLink.kind == "survey", sa.and_(PersonalLink.kind == "activity", stands)),
    )  # fmt: skip
