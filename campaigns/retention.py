"""What is forgotten and when: notes, staged files, texts, codes, old logins (D6); a handful at a time, so nobody waits."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.models import Call, Campaign, CampaignState, Message, Target, Thread, ThreadMessage
from organizer import personal_links
from organizer.db import changed
from organizer.imports import staging
from organizer.models import Import, ImportRow, KeptForm, Login, LoginCode, SetupLink, Throttle
from organizer.times import local_day

NOTES = timedelta(days=30)
"""After the campaign closed, or in a standing one after the person was settled."""
STAGED = timedelta(hours=24)
TEXTS = timedelta(days=90)
THREADS = timedelta(days=365)
SPENT = timedelta(days=1)
"""Codes, logins and links that no longer open anything are kept a day, for whoever asks why it did not work."""
OLD_LINKS = timedelta(days=30)
"""How long an old personal link still says that it is old."""
AT_ONCE = 200
"""Rows per transaction: well below 50 ms on SQLite (D26)."""


def codes(session: Session, now: datetime) -> int:
    """Blank the text of one-time codes that no longer open anything (D18)."""
    old = sa.and_(Message.kind == "code", Message.body != "", Message.expires_at <= now)
    return _blank(session, Message, Message.id, old, body="")


def texts(session: Session, now: datetime) -> int:
    """Blank the text of messages older than ninety days; who got one and when stays."""
    return _blank(session, Message, Message.id, sa.and_(Message.body != "", Message.created_at < now - TEXTS), body="")


def answers(session: Session, now: datetime) -> int:
    """Blank what was said in the inbox after ninety days (D6)."""
    old = sa.and_(ThreadMessage.body != "", ThreadMessage.at < now - TEXTS)
    return _blank(session, ThreadMessage, ThreadMessage.id, old, body="")


def threads(session: Session, now: datetime) -> int:
    """Throw away threads in which nothing has been said for twelve months (P§5.6)."""
    old = sa.select(Thread.id).where(Thread.last_at < now - THREADS).limit(AT_ONCE)
    gone = sa.delete(Thread).where(Thread.id.in_(old)).execution_options(synchronize_session=False)
    return changed(session.execute(gone))


def notes(session: Session, now: datetime) -> int:
    """Blank what callers wrote, thirty days after the campaign closed or, in a standing one, the person was settled."""
    closed = sa.select(Campaign.id).where(Campaign.state == CampaignState.CLOSED, Campaign.closed_at < now - NOTES)
    settled = sa.exists().where(
        Target.campaign_id == Call.campaign_id,
        Target.person_id == Call.person_id,
        Target.settled_on < local_day(now - NOTES),
    )
    old = sa.and_(Call.note != "", sa.or_(Call.campaign_id.in_(closed), settled.correlate(Call)))
    return _blank(session, Call, Call.id, old, note="")


def staged_files(session: Session, now: datetime) -> int:
    """Throw away the rows of member files that were checked a day ago and never applied."""
    old = sa.select(Import.id).where(Import.state == "checked", Import.created_at < now - STAGED).limit(1)
    waiting = session.scalar(old)
    if waiting is None:
        return 0
    rows = sa.select(ImportRow.row).where(ImportRow.import_id == waiting).limit(AT_ONCE * 5)
    gone = changed(session.execute(sa.delete(ImportRow).where(ImportRow.import_id == waiting, ImportRow.row.in_(rows))))
    if not gone:
        session.execute(sa.update(Import).where(Import.id == waiting).values(state="discarded"))
    return gone or 1


def cells_of_files(session: Session, now: datetime) -> int:
    """Blank what stood in the bad cells of member files, a day after they were checked."""
    return staging.forget_cells(session, now)


def spent(session: Session, now: datetime) -> int:
    """Throw away codes, logins, links and counters that ended more than a day ago."""
    day_ago = now - SPENT
    return sum(
        changed(session.execute(sa.delete(table).where(key.in_(sa.select(key).where(ended < day_ago).limit(AT_ONCE)))))
        for table, key, ended in (
            (LoginCode, LoginCode.id, LoginCode.expires_at),
            (Login, Login.id, Login.expires_at),
            (SetupLink, SetupLink.id, SetupLink.expires_at),
            (Throttle, Throttle.key, Throttle.window_ends),
        )
    )


def links(session: Session, now: datetime) -> int:
    """Throw away personal links a month after they stopped leading anywhere."""
    return personal_links.forget(session, now - OLD_LINKS, AT_ONCE)


def kept_forms(session: Session, now: datetime) -> int:
    """Throw away what someone had typed when their login ended, once the hour to come back is over."""
    return changed(session.execute(sa.delete(KeptForm).where(KeptForm.expires_at <= now)))


RULES: tuple[Callable[[Session, datetime], int], ...] = (
    texts,
    notes,
    staged_files,
    cells_of_files,
    kept_forms,
    answers,
    threads,
    spent,
    links,
)
"""What the worker goes through each hour; each is called until it has nothing left to do."""


def _blank(session: Session, table: Any, key: Any, old: sa.ColumnElement[bool], **values: str) -> int:
    return changed(
        session.execute(
            sa.update(table)
            .where(key.in_(sa.select(key).where(old).limit(AT_ONCE)))
            .values(**values)
            .execution_options(synchronize_session=False)
        )
    )
