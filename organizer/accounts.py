"""Accounts and logins: who may come in, with what, and for how long."""

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.access import Held, Viewer
from organizer.models import Account, Association, Login, Role, RoleName
from organizer.times import local_day

LASTS = {"caller": timedelta(hours=12), "full": timedelta(hours=10)}
"""How long a login lasts, by level."""


def hashed(token: str) -> str:
    """What is kept of a long random token: nobody with the database can use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_login(session: Session, account_id: int, level: str, now: datetime) -> str:
    """Begin a login and return its token, which only the visitor's cookie keeps."""
    token = secrets.token_urlsafe(32)
    session.execute(
        sa.insert(Login).values(
            account_id=account_id, token_hash=hashed(token), level=level, created_at=now, expires_at=now + LASTS[level]
        )
    )
    return token


def viewer_of(session: Session, token: str, now: datetime) -> Viewer | None:
    """Whoever this login belongs to, with the roles that count at its level; None when it is over."""
    rows = session.execute(
        sa.select(
            Account.id,
            Account.name,
            Account.language,
            Account.theme,
            Account.person_id,
            Account.promised_at,
            Login.level,
            Role.name.label("role"),
            Association.id.label("association_id"),
            Association.path,
        )
        .join(Login, Login.account_id == Account.id)
        .outerjoin(
            Role,
            sa.and_(
                Role.account_id == Account.id,
                Role.from_day <= local_day(now),
                sa.or_(Role.to_day.is_(None), Role.to_day > local_day(now)),
            ),
        )
        .outerjoin(Association, Association.id == Role.association_id)
        .where(
            Login.token_hash == hashed(token),
            Login.revoked_at.is_(None),
            Login.expires_at > now,
            Account.disabled_at.is_(None),
        )
    ).all()
    if not rows:
        return None
    first = rows[0]
    counted = {RoleName.CALLER, RoleName.SHIFT_LEADER} if first.level == "caller" else set(RoleName)
    return Viewer(
        account_id=first.id,
        name=first.name,
        token=token,
        level=first.level,
        language=first.language,
        theme=first.theme,
        person_id=first.person_id,
        promised=first.promised_at is not None,
        roles=tuple(Held(row.role, row.association_id, row.path) for row in rows if row.role in counted),
    )
