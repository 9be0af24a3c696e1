"""What SMS have cost and will cost: a blast, and everything this month beside the owner's budget."""

from dataclasses import dataclass
from datetime import datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import sms_prices, sms_settings
from campaigns.models import Blast, BlastState, Message, MessageState
from organizer.times import local_day, moment

M = MessageState
CHARGED = (M.ACCEPTED, M.SENT, M.DELIVERED, M.UNDELIVERED, M.NO_RECEIPT, M.UNKNOWN)
"""What the provider takes money for, or may have: not what it refused or what never left."""
LEFT = (M.QUEUED, M.SENDING)
"""What is still to leave."""
_HOME = Message.e164.startswith(sms_prices.HOME)


@dataclass(slots=True)
class Spent:
    """Parts, öre for those with a known price, and how many parts have none."""

    parts: int = 0
    cost: int = 0
    unpriced: int = 0

    def add(self, parts: int, price: int | None) -> None:
        """So many parts more at this price."""
        self.parts += parts
        self.cost += parts * (price or 0)
        self.unpriced += parts if price is None else 0


def of_blast(session: Session, blast: Blast, states: tuple[MessageState, ...] = CHARGED) -> Spent:
    """What has left of a blast (or what is in other states), at the prices it was frozen with."""
    found, here = Spent(), (Message.blast_id == blast.id, Message.state.in_(states))
    home = session.scalar(sa.select(sa.func.sum(Message.parts)).where(*here, *([_HOME] if blast.with_abroad else [])))
    found.add(int(home or 0), blast.price)
    if blast.with_abroad:
        rows = sa.select(Message.e164, sa.func.sum(Message.parts)).where(*here, ~_HOME).group_by(Message.e164)
        for e164, parts in session.execute(rows):
            found.add(parts or 0, sms_prices.of(e164, blast.price, blast.prices_abroad))
    return found


def this_month(session: Session, now: datetime) -> Spent:
    """What has left since the first of the month, and what is still to leave of blasts that are under way.

    Blasts at the prices they were frozen with, everything else at those of today.
    """
    settings = sms_settings.current(session, local_day(now))
    first = moment(local_day(now).replace(day=1), time(0))
    under_way = sa.select(Blast.id).where(Blast.state.in_((BlastState.SENDING, BlastState.PAUSED)))
    here = sa.or_(
        sa.and_(Message.claimed_at >= first, Message.state.in_(CHARGED)),
        sa.and_(Message.blast_id.in_(under_way), Message.state.in_(LEFT)),
    )
    to = sa.case((_HOME, sms_prices.HOME), else_=Message.e164)
    rows = session.execute(
        sa.select(Message.blast_id, to, sa.func.sum(Message.parts)).where(here).group_by(Message.blast_id, to)
    ).all()
    ids = {row[0] for row in rows if row[0] is not None}
    frozen = {
        row.id: (row.price, row.prices_abroad)
        for row in session.execute(sa.select(Blast.id, Blast.price, Blast.prices_abroad).where(Blast.id.in_(ids)))
    }
    found = Spent()
    for blast_id, e164, parts in rows:
        home, abroad = frozen.get(blast_id, (settings.price, settings.prices_abroad))
        found.add(parts or 0, sms_prices.of(e164, home, abroad))
    return found
