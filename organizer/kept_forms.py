"""What was typed is never lost: a form sent after the login ended waits for its owner to log in again (P§3)."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.accounts import hashed
from organizer.models import KeptForm, Login

KEPT = timedelta(hours=1)
MOST = 64 * 1024
"""Characters of a form that is kept; a longer one holds a file, not what somebody typed."""

SECRETS = frozenset({"password", "present", "confirm", "recovery", "code"})
"""Fields of every form that are nobody's to read or keep; with one of them a form is typed again."""


def keep(session: Session, token: str, address: str, fields: list[list[str]], now: datetime) -> bool:
    """Keep the form for whoever's login `token` was, in place of any earlier one; whether it was kept.

    Only a login that ran out: one that was ended on purpose may be somebody else's telephone by now.
    """
    if any(name in SECRETS for name, _ in fields):
        return False
    if len(address) > 500 or sum(len(name) + len(text) for name, text in fields) > MOST:
        return False
    ran_out = (Login.token_hash == hashed(token), Login.revoked_at.is_(None), Login.expires_at <= now)
    account_id = session.scalar(sa.select(Login.account_id).where(*ran_out))
    if account_id is None:
        return False
    drop(session, account_id)
    row = KeptForm(account_id=account_id, address=address, fields=fields, expires_at=now + KEPT)
    session.add(row)
    return True


def of(session: Session, account_id: int, now: datetime) -> KeptForm | None:
    """The form that waits for this account."""
    return session.scalar(sa.select(KeptForm).where(KeptForm.account_id == account_id, KeptForm.expires_at > now))


def drop(session: Session, account_id: int) -> None:
    """Throw the account's kept form away."""
    session.execute(sa.delete(KeptForm).where(KeptForm.account_id == account_id))
