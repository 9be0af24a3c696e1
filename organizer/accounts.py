"""Accounts and their logins: who there is, and who is in for how long."""

import hashlib
import re
import secrets
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.access import STAFF, Held, Viewer
from organizer.db import Utc, changed
from organizer.models import Account, Association, Login, Role, RoleName
from organizer.times import local_day
from organizer.words import Refused

LASTS = {"caller": timedelta(hours=12), "full": timedelta(hours=10)}
"""How long a login lasts, by level."""
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


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
    asked = {"token": hashed(token), "now": now, "today": local_day(now)}
    rows = session.execute(_VIEWER, asked).all()
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


def add(session: Session, name: str, email: str | None, e164: str | None, now: datetime) -> int:
    """A new account's id; raises Refused when name, e-mail or number will not do or is taken."""
    name, email = " ".join(name.split()), (email or "").strip().casefold() or None
    if not name or len(name) > 120:
        raise Refused("Skriv ett namn på högst 120 tecken.", "name")
    if email is None and e164 is None:
        raise Refused("Skriv e-post eller mobilnummer. Det är med det man loggar in.", "email")
    if email and (len(email) > 254 or not _EMAIL.fullmatch(email)):
        raise Refused("E-postadressen ser inte rätt ut. Den ska se ut som namn@exempel.se.", "email")
    if email and by_email(session, email):
        raise Refused("Det finns redan en användare med den e-postadressen.", "email")
    if e164 and by_number(session, e164):
        raise Refused("Det finns redan en användare med det numret.", "phone")
    row = Account(name=name, email=email, e164=e164, created_at=now)
    session.add(row)
    session.flush()
    return row.id


def by_email(session: Session, email: str) -> int | None:
    """The account with this e-mail address."""
    return session.scalar(sa.select(Account.id).where(Account.email == email.strip().casefold()))


def by_number(session: Session, e164: str) -> int | None:
    """The account with this mobile number."""
    return session.scalar(sa.select(Account.id).where(Account.e164 == e164))


def is_staff(session: Session, account_id: int, now: datetime) -> bool:
    """Whether the account holds a role that needs password and second factor."""
    held = sa.select(Role.id).where(Role.account_id == account_id, Role.name.in_(STAFF), holds_on(local_day(now)))
    return session.scalar(held.limit(1)) is not None


def holds_on(day: date | sa.BindParameter[date]) -> sa.ColumnElement[bool]:
    """The condition that a role holds on `day`: from its first day, until the day it ended."""
    return sa.and_(Role.from_day <= day, sa.or_(Role.to_day.is_(None), Role.to_day > day))


def logins(session: Session, account_id: int, now: datetime) -> list[Login]:
    """The logins of the account that still hold, newest first."""
    return list(
        session.scalars(
            sa.select(Login)
            .where(Login.account_id == account_id, Login.revoked_at.is_(None), Login.expires_at > now)
            .order_by(Login.created_at.desc(), Login.id.desc())
        )
    )


def end_login(session: Session, token: str, now: datetime) -> None:
    """End one login by its token: its cookie opens nothing from this moment."""
    session.execute(
        sa.update(Login).where(Login.token_hash == hashed(token), Login.revoked_at.is_(None)).values(revoked_at=now)
    )


def end_logins(
    session: Session, account_id: int, now: datetime, *, but: str | None = None, login_id: int | None = None
) -> int:
    """End the account's logins, or the one with `login_id`; the one whose token is `but` stays. Returns how many."""
    which = [Login.account_id == account_id, Login.revoked_at.is_(None)]
    if but is not None:
        which.append(Login.token_hash != hashed(but))
    if login_id is not None:
        which.append(Login.id == login_id)
    return changed(session.execute(sa.update(Login).where(*which).values(revoked_at=now)))


def promise(session: Session, account_id: int, now: datetime) -> None:
    """Note that a caller has promised to keep quiet about who is a member; the first promise stands (P§2.1 J1)."""
    session.execute(
        sa.update(Account).where(Account.id == account_id, Account.promised_at.is_(None)).values(promised_at=now)
    )


_VIEWER = (
    sa.select(
        Account.id, Account.name, Account.language, Account.theme, Account.person_id, Account.promised_at, Login.level,
        Role.name.label("role"), Association.id.label("association_id"), Association.path,
    )
    .join(Login, Login.account_id == Account.id)
    .outerjoin(Role, sa.and_(Role.account_id == Account.id, holds_on(sa.bindparam("today", type_=sa.Date()))))
    .outerjoin(
        Association, sa.or_(Association.id == Role.association_id, Association.merged_into_id == Role.association_id)
    )
    .where(
        Login.token_hash == sa.bindparam("token"), Login.revoked_at.is_(None),
        Login.expires_at > sa.bindparam("now", type_=Utc()), Account.disabled_at.is_(None),
    )
)  # fmt: skip
"""Asked by every request, so it is put together once."""
