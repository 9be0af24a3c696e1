"""One-time codes by SMS: six digits, good once, for ten minutes, for five tries (D18)."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import six_digits
from organizer.db import changed
from organizer.languages import say
from organizer.models import Account, LoginCode
from organizer.words import N_

LASTS = timedelta(minutes=10)
TRIES = 5
CALLER, FACTOR = "caller", "factor"
"""What a code opens: the caller's pages, or the second door of someone who gave the right password."""
TEXT = N_("Din kod till Rundan är %(code)s. Den gäller i tio minuter. Ge den inte till någon annan.")

Send = Callable[[Session, str, str, str, int, datetime], object]
"""`send(session, kind, e164, body, account_id, now)`: puts a message in the queue (app.extensions["send_sms"])."""


def send_code(
    session: Session, account_id: int, now: datetime, send: Send, *, secret: str, opens: str = CALLER
) -> None:
    """Make a new code, which ends every earlier one, and queue its message; nothing happens without a number."""
    account = session.execute(
        sa.select(Account.e164, Account.language).where(Account.id == account_id, Account.disabled_at.is_(None))
    ).first()
    if account is None or not account.e164:
        return
    session.execute(
        sa.update(LoginCode)
        .where(LoginCode.account_id == account_id, LoginCode.opens == opens, LoginCode.used_at.is_(None))
        .values(used_at=now)
    )
    seed = secrets.token_hex(16)
    session.execute(
        sa.insert(LoginCode).values(
            account_id=account_id, opens=opens, seed=seed, created_at=now, expires_at=now + LASTS, tries=0
        )
    )
    body = say(account.language, TEXT, code=six_digits.made(_about(seed, opens), secret))
    send(session, "code", account.e164, body, account_id, now)


def check_code(
    session: Session, account_id: int, code: str, now: datetime, *, secret: str, opens: str = CALLER
) -> bool:
    """Whether this is the account's present code; a right one is used up, a wrong one costs a try."""
    row = _present(session, account_id, now, opens)
    if row is None:
        return False
    counted = session.execute(
        sa.update(LoginCode)
        .where(LoginCode.id == row.id, LoginCode.tries < TRIES, LoginCode.used_at.is_(None))
        .values(tries=LoginCode.tries + 1)
    )
    if changed(counted) != 1 or not six_digits.right(code, _about(row.seed, opens), secret):
        return False
    used = session.execute(
        sa.update(LoginCode).where(LoginCode.id == row.id, LoginCode.used_at.is_(None)).values(used_at=now)
    )
    return changed(used) == 1


def readable_code(session: Session, account_id: int, now: datetime, *, secret: str) -> str | None:
    """The caller's present code in digits, for a shift leader to read out where no SMS can be sent (D18).

    Only codes that open the caller's pages; the one who shows it must note it in the change log.
    """
    row = _present(session, account_id, now, CALLER)
    return six_digits.made(_about(row.seed, CALLER), secret) if row else None


def _present(session: Session, account_id: int, now: datetime, opens: str) -> LoginCode | None:
    return session.scalar(
        sa.select(LoginCode)
        .where(
            LoginCode.account_id == account_id,
            LoginCode.opens == opens,
            LoginCode.used_at.is_(None),
            LoginCode.expires_at > now,
            LoginCode.tries < TRIES,
        )
        .order_by(LoginCode.id.desc())
        .limit(1)
    )


def _about(seed: str, opens: str) -> str:
    return f"{opens}:{seed}"
