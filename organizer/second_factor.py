"""The second factor of staff: an app on the phone (TOTP), and recovery codes on paper for the day it is lost."""

import io
import secrets
from datetime import datetime

import pyotp
import segno
import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.accounts import hashed
from organizer.db import changed
from organizer.models import Account, RecoveryCode

STEP = 30
"""Seconds a code from the app is shown."""
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No I, O, 0 or 1: they are misread from paper."""


def new_secret() -> str:
    """A secret to put in an app; it counts only once `set_up` has seen a code from it."""
    return pyotp.random_base32()


def picture(secret: str, name: str, site: str) -> str:
    """The secret as a QR code: inline SVG without style attributes, so that the page's policy holds."""
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=site)
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=False, nl=False, border=4, light="#fff", omitsize=True, svgclass="qr",
    )  # fmt: skip
    return drawn.getvalue().decode()


def set_up(session: Session, account_id: int, secret: str, code: str, now: datetime) -> list[str] | None:
    """Make `secret` the account's if `code` comes from it; returns fresh recovery codes, or None for a wrong code."""
    step = _step_of(secret, code, now)
    if step is None:
        return None
    session.execute(sa.update(Account).where(Account.id == account_id).values(totp_secret=secret, totp_step=step))
    return fresh_recovery_codes(session, account_id)


def right(session: Session, account_id: int, code: str, now: datetime) -> bool:
    """Whether the code is the app's now, half a minute before or after; each one is good once (RFC 6238 §5.2)."""
    secret = session.scalar(sa.select(Account.totp_secret).where(Account.id == account_id))
    step = _step_of(secret, code, now) if secret else None
    if step is None:
        return False
    taken = session.execute(
        sa.update(Account)
        .where(Account.id == account_id, sa.or_(Account.totp_step.is_(None), Account.totp_step < step))
        .values(totp_step=step)
    )
    return changed(taken) == 1


def fresh_recovery_codes(session: Session, account_id: int) -> list[str]:
    """Ten new codes, shown once; the earlier ones end."""
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = ["".join(secrets.choice(LETTERS) for _ in range(10)) for _ in range(10)]
    session.execute(sa.insert(RecoveryCode), [{"account_id": account_id, "code_hash": hashed(one)} for one in codes])
    return [f"{one[:5]}-{one[5:]}" for one in codes]


def use_recovery_code(session: Session, account_id: int, typed: str, now: datetime) -> bool:
    """Whether it is one of the account's unused recovery codes, which it uses up."""
    code = "".join(sign for sign in typed.upper() if sign in LETTERS)
    used = session.execute(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == hashed(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return changed(used) == 1


def recovery_codes_left(session: Session, account_id: int) -> int:
    """How many recovery codes are still unused."""
    left = sa.select(sa.func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return session.scalar(left) or 0


def remove(session: Session, account_id: int) -> None:
    """Take app and recovery codes away, so that the next login sets up new ones."""
    session.execute(sa.update(Account).where(Account.id == account_id).values(totp_secret=None, totp_step=None))
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step in which the app shows this code, if it is near now."""
    typed = "".join(sign for sign in code if sign.isdecimal() and sign.isascii())
    here = int(now.timestamp()) // STEP
    app = pyotp.TOTP(secret)
    return next((step for step in (here, here - 1, here + 1) if app.verify(typed, for_time=step * STEP)), None)
