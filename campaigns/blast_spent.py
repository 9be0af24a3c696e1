"""What blasts have cost this month, beside the owner's budget."""

from datetime import datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Blast
from organizer.times import local_day, moment


def this_month(session: Session, now: datetime) -> int:
    """Öre for the blasts that have begun since the first of the month, by the parts they were frozen with."""
    first = moment(local_day(now).replace(day=1), time(0))
    whole = sa.select(sa.func.sum(Blast.parts * Blast.price)).where(Blast.started_at >= first, Blast.parts.is_not(None))
    return int(session.scalar(whole) or 0)
