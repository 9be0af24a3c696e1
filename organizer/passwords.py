"""Passwords: what a good one is, how it is kept, and whether a typed one is right."""

from functools import cache

import sqlalchemy as sa
from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy.orm import Session

from organizer.models import Account
from organizer.words import Refused

SHORTEST, LONGEST = 12, 200
"""Longer than anyone types is refused, so that hashing cannot be used to tire the server."""


@cache
def _hasher(cheap: bool) -> PasswordHasher:
    """argon2id at 19 MiB, 2 passes, 1 lane (dependencies.md §6); the cheapest profile only in tests."""
    if cheap:
        return PasswordHasher.from_parameters(profiles.CHEAPEST)
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _nobodys(cheap: bool) -> str:
    return _hasher(cheap).hash("nobody has this password")


def check(password: str, email: str) -> None:
    """Raise Refused in words when the password is too weak for the one with this e-mail address."""
    if len(password) < SHORTEST:
        raise Refused(
            "Lösenordet är för kort. Välj minst %(antal)s tecken, gärna några ord i rad.", "password", antal=SHORTEST
        )
    if len(password) > LONGEST:
        raise Refused("Lösenordet är för långt: högst %(antal)s tecken.", "password", antal=LONGEST)
    own = email.split("@", maxsplit=1)[0].casefold()
    if (len(own) > 3 and own in password.casefold()) or len(set(password.casefold())) < 5:
        raise Refused("Lösenordet är för lätt att gissa. Undvik din e-postadress och upprepade tecken.", "password")


def keep(session: Session, account_id: int, password: str, *, cheap: bool = False) -> None:
    """Make this checked password the account's."""
    kept = _hasher(cheap).hash(password)
    session.execute(sa.update(Account).where(Account.id == account_id).values(password_hash=kept))


def right(session: Session, account_id: int | None, password: str, *, cheap: bool = False) -> bool:
    """Whether the password is the account's; takes as long for nobody as for somebody, and rehashes old hashes."""
    kept = session.scalar(sa.select(Account.password_hash).where(Account.id == account_id)) if account_id else None
    hasher = _hasher(cheap)
    try:
        hasher.verify(kept or _nobodys(cheap), password[: LONGEST + 1])
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
    if kept is None:
        return False
    if hasher.check_needs_rehash(kept):
        fresh = hasher.hash(password)
        session.execute(sa.update(Account).where(Account.id == account_id).values(password_hash=fresh))
    return True
