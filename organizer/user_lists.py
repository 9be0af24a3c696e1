"""Lists of those who log in and of the places one reaches, as the settings pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer.access import Viewer
from organizer.accounts import holds_on
from organizer.models import Account, Association, Role
from organizer.roles import may_give
from organizer.times import local_day


@dataclass(slots=True)
class User:
    """Somebody who logs in, with the roles held now as (role, place)."""

    id: int
    name: str
    email: str | None
    ready: bool
    """Whether a password is chosen; those who log in with their phone always are."""
    roles: list[tuple[str, str]] = field(default_factory=list)
    within_reach: bool = True


def users(session: Session, viewer: Viewer, now: datetime) -> list[User]:
    """Every open account all of whose roles the viewer may give, by name; those without roles too."""
    rows = session.execute(
        sa.select(Account, Role.name, Association)
        .outerjoin(Role, sa.and_(Role.account_id == Account.id, holds_on(local_day(now))))
        .outerjoin(Association, Association.id == Role.association_id)
        .where(Account.disabled_at.is_(None))
        .order_by(Account.name, Account.id, Association.path, Role.name)
    ).all()
    found: dict[int, User] = {}
    for account, role, place in rows:
        ready = account.password_hash is not None or account.e164 is not None
        user = found.setdefault(account.id, User(account.id, account.name, account.email, ready))
        if place is not None:
            user.roles.append((role, place.short_name))
            user.within_reach = user.within_reach and may_give(viewer, role, place.path)
    return [user for user in found.values() if user.within_reach]


def merged(session: Session, paths: Iterable[str]) -> list[Association]:
    """The places at and below `paths` that are part of another now, the latest first."""
    here = sa.or_(sa.false(), *(Association.path.startswith(path) for path in paths))
    order = (Association.closed_on.desc(), Association.sort_key)
    return list(
        session.scalars(sa.select(Association).where(here, Association.merged_into_id.is_not(None)).order_by(*order))
    )


def closed(session: Session, paths: Iterable[str]) -> list[Association]:
    """The places at and below `paths` that have been closed without becoming part of another, the latest first."""
    here = sa.or_(sa.false(), *(Association.path.startswith(path) for path in paths))
    gone = (Association.closed_on.is_not(None), Association.merged_into_id.is_(None))
    return list(
        session.scalars(
            sa.select(Association).where(here, *gone).order_by(Association.closed_on.desc(), Association.sort_key)
        )
    )


def places(session: Session, paths: Iterable[str]) -> list[Association]:
    """The open places at and below `paths`, in the order of the tree's names."""
    here = sa.or_(sa.false(), *(Association.path.startswith(path) for path in paths))
    order = (sa.func.length(Association.path), Association.sort_key)
    return list(session.scalars(sa.select(Association).where(here, Association.closed_on.is_(None)).order_by(*order)))
