"""How often something may be tried: counted in the database, so that every process counts together."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from organizer.models import Throttle


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries of a kind within `window`, which starts with the first."""

    kind: str
    most: int
    window: timedelta


QUARTER = timedelta(minutes=15)
PASSWORD = Limit("password", 5, QUARTER)
"""Wrong passwords for one e-mail from one address: five, then a pause of fifteen minutes (P§3.1)."""
PASSWORD_ANYWHERE = Limit("password-anywhere", 40, QUARTER)
CODE = Limit("code", 5, QUARTER)
FACTOR = Limit("factor", 5, QUARTER)
SEND = Limit("send", 4, QUARTER)
"""Codes asked for by one number."""
LINK = Limit("link", 20, QUARTER)
"""Things done through one personal link: more than anybody changes their mind (D16)."""
SURVEY_LINK = Limit("survey-link", 300, QUARTER)
"""Answers saved by one personal link: the page saves by itself at every tick."""
SURVEY_OPEN = Limit("survey-open", 20_000, timedelta(hours=20))
"""Answers to one anonymous survey. Counted for the survey as a whole, from the midnight before: whoever answers must
leave no trace, and no time finer than a day (need 65)."""
ADDRESS = Limit("address", 150, QUARTER)
"""Tries of every kind from one network address: a whole phone bank may sit behind it."""


def allow(session: Session, limit: Limit, who: object, now: datetime, *, secret: str) -> datetime | None:
    """Count one try; None when it may go ahead, else the moment from which it may.

    One statement, so that a hundred tries at once are still counted one by one.
    """
    fresh = {"window_ends": now + limit.window, "count": 1}
    table = Throttle.__table__
    insert: Any = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(table)
    over = table.c.window_ends <= now
    count, ends = session.execute(
        insert.values(key=_key(limit, who, secret), **fresh)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={
                "count": sa.case((over, 1), else_=table.c.count + 1),
                "window_ends": sa.case((over, fresh["window_ends"]), else_=table.c.window_ends),
            },
        )
        .returning(table.c.count, table.c.window_ends)
    ).one()
    return None if count <= limit.most else ends


def forget(session: Session, limit: Limit, who: object, *, secret: str) -> None:
    """Start over: the right answer came."""
    session.execute(sa.delete(Throttle).where(Throttle.key == _key(limit, who, secret)))


def _key(limit: Limit, who: object, secret: str) -> str:
    """What is counted, unreadable without the installation's key."""
    return hmac.new(secret.encode(), f"{limit.kind}:{who}".encode(), hashlib.sha256).hexdigest()
