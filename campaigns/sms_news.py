"""What became of messages: news from the provider, applied once and only forwards."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import failing_numbers
from campaigns.models import Message, MessageEvent, MessageState
from campaigns.sms_queue import MOVES, TABLE, moving, note
from campaigns.telephony import Receipt
from campaigns.telephony_codes import OPTED_OUT, REJECTED
from organizer import refusals, timeline
from organizer.models import Kind
from organizer.timeline import Happening

S = MessageState


def heard(session: Session, ref: str, news: Receipt, now: datetime, *, counts: bool = True) -> bool:
    """Apply what the provider says about our message `ref`; False when there is no such message."""
    return heard_all(session, [(ref, news)], now, counts=counts)[0]


def heard_all(
    session: Session, told: Sequence[tuple[str, Receipt]], now: datetime, *, counts: bool = True
) -> list[bool]:
    """Apply several pieces of news, in a handful of statements however many they are; of each, whether we know it.

    Late, early, repeated or shuffled news end in the same state (promise 7): a state only moves forward, the first
    final one stands, and a second one is kept as an event. It also proves that the message was taken, whatever
    became of the answer to our POST. `counts`: whether a delivery reached somebody and belongs in the ledger.
    """
    known: set[str] = set()
    left = list(told)
    while left:
        once = dict(reversed(left))  # each message once in a round: the first that is said of it
        known |= _round(session, once, now, counts=counts)
        left = [one for one in left if once.pop(one[0], None) is not one[1]]
    return [ref in known for ref, _news in told]


def _round(session: Session, told: dict[str, Receipt], now: datetime, *, counts: bool) -> set[str]:
    """One piece of news about each of several messages, whose rows are held from here on; those there are."""
    rows = session.execute(_OF_REFS, {"its_refs": list(told)}).all()
    fresh = [told[row.ref].sid for row in rows if row.sid is None]
    taken = set(session.scalars(_TAKEN, {"sids": fresh})) if fresh else set()
    moved, late, named, wrong = [], [], [], []
    for row in rows:
        news = told[row.ref]
        if row.sid not in {None, news.sid} or (row.sid is None and news.sid in taken):
            wrong.append(row.id)
            continue
        taken.add(news.sid)
        if news.state in MOVES[S(row.state)]:
            moved.append((row, news))
        else:
            named += [{"its_id": row.id, "its_sid": news.sid}] if row.sid is None else []
            late += [(row.id, news.state)] if news.state != row.state else []
    _forward(session, moved, now)
    _late(session, [(one, None) for one in wrong], now, "news about another message")
    _late(session, late, now, "came late")
    if named:
        session.connection().execute(_NAMED, named)
    _what_follows(session, moved, now, counts=counts)
    return {row.ref for row in rows}


_OF_REFS = (
    sa.select(
        *(TABLE.c[name] for name in ("id", "ref", "sid", "state", "kind", "person_id", "campaign_id", "activity_id",
                                     "e164", "provider", "association_id")),
        failing_numbers.is_known(TABLE.c.e164).label("failing"),
    )
    .where(TABLE.c.ref.in_(sa.bindparam("its_refs", expanding=True)))
    .order_by(TABLE.c.id)  # so that two who hear at once wait for each other in the same order
    .with_for_update(of=TABLE)
)  # fmt: skip
_TAKEN = sa.select(TABLE.c.sid).where(TABLE.c.sid.in_(sa.bindparam("sids", expanding=True)))
_NAMED = sa.update(TABLE).where(TABLE.c.id == sa.bindparam("its_id")).values(sid=sa.bindparam("its_sid"))


def _forward(session: Session, moved: list[tuple[Any, Receipt]], now: datetime) -> None:
    """Move these messages on, those that go the same way by one statement, and note each."""
    ways: dict[tuple[MessageState, bool], list[dict[str, Any]]] = {}
    for row, news in moved:
        way = news.state, row.kind == "code" and row.provider != "rehearsal"
        ways.setdefault(way, []).append({"its_id": row.id, "code": news.code, "its_sid": news.sid})
    for (state, blanked), rows in ways.items():
        session.connection().execute(_forwards(state, blanked=blanked), rows)
        note(session, [one["its_id"] for one in rows], state, now, "news")


@cache
def _forwards(state: MessageState, *, blanked: bool) -> Any:
    """The move a piece of news makes, kept ready: some hundreds may come each second."""
    blank = {"body": ""} if blanked else {}
    sid = sa.func.coalesce(TABLE.c.sid, sa.bindparam("its_sid"))
    here = TABLE.c.id == sa.bindparam("its_id")
    return moving(state, here, error_code=sa.bindparam("code"), sid=sid, **blank)


def _late(session: Session, rows: Sequence[tuple[int, MessageState | None]], now: datetime, detail: str) -> None:
    """Keep what came too late to change anything, once: a call that is replayed for ever fills no table."""
    for message_id, state in rows:
        here = (MessageEvent.message_id == message_id, MessageEvent.detail == detail)
        same = MessageEvent.state == state if state else sa.true()
        if session.scalar(sa.select(MessageEvent.id).where(*here, same).limit(1)) is None:
            stands = session.scalar(sa.select(Message.state).where(Message.id == message_id))
            note(session, [message_id], state or S(str(stands)), now, detail)


def _what_follows(session: Session, moved: list[tuple[Any, Receipt]], now: datetime, *, counts: bool) -> None:
    """A delivery is a contact in the ledger, and an invitation if it was to an activity (P§6.1); a no at the provider is a no with us, a dead number is marked."""
    arrived = [row for row, news in moved if news.state == S.DELIVERED]
    if counts:
        timeline.record_all(session, [one for row in arrived if row.person_id for one in _happened(row, now)])
    failing_numbers.arrived(session, [row.e164 for row in arrived if row.failing])
    for row, news in moved:
        if news.code == OPTED_OUT:
            refusals.refuse(session, row.person_id, "sms", "sms", now, e164=row.e164)
        elif news.state in {S.UNDELIVERED, S.FAILED} and news.code not in REJECTED:
            failing_numbers.failed(session, row.e164, row.person_id, news.code, now)


def _happened(row: Any, now: datetime) -> list[Happening]:
    def happening(kind: Kind, campaign_id: int | None, *, mass: bool) -> Happening:
        return Happening(
            kind, "messages", row.id, row.person_id, now, row.association_id, campaign_id, row.activity_id, mass
        )

    blast = row.kind == "blast"
    invited = [happening(Kind.INVITATION, None, mass=True)] if blast and row.activity_id else []
    return [happening(Kind.MESSAGE, row.campaign_id, mass=blast), *invited]
