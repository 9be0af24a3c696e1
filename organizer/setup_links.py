"""One-time links with which a new user, or one who forgot, chooses a password (D18)."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.accounts import hashed
from organizer.db import changed
from organizer.models import Account, SetupLink

LASTS = timedelta(days=3)


def issue(session: Session, account_id: int, by: int | None, now: datetime) -> str:
    """A new link's token, shown once; earlier links of the account end."""
    session.execute(
        sa.update(SetupLink).where(SetupLink.account_id == account_id, SetupLink.used_at.is_(None)).values(used_at=now)
    )
    token = secrets.token_urlsafe(24)
    session.execute(
        sa.insert(SetupLink).values(
            account_id=account_id, token_hash=hashed(token), created_by=by, created_at=now, expires_at=now + LASTS
        )
    )
    return token


def owner_of(session: Session, token: str, now: datetime) -> Account | None:
    """Whose link this is, if it still holds."""
    return session.scalar(
        sa.select(Account)
        .join(SetupLink, SetupLink.account_id == Account.id)
        .where(
            SetupLink.token_hash == hashed(token),
            SetupLink.used_at.is_(None),
            SetupLink.expires_at > now,
            Account.disabled_at.is_(None),
        )
    )


def use(session: Session, token: str, now: datetime) -> bool:
    """Use the link up; False when somebody else was faster."""
    used = session.execute(
        sa.update(SetupLink)
        .where(SetupLink.token_hash == hashed(token), SetupLink.used_at.is_(None), SetupLink.expires_at > now)
        .values(used_at=now)
    )
    return changed(used) == 1
