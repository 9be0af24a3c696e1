"""Who may do what where: giving and ending roles within one's own reach, never above oneself."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import audit
from organizer.access import Viewer
from organizer.accounts import end_logins, holds_on
from organizer.models import Account, Association, Role, RoleName
from organizer.times import local_day
from organizer.words import N_, Missing, Refused

NAMES = {
    RoleName.CALLER: N_("Ringare"),
    RoleName.SHIFT_LEADER: N_("Passledare"),
    RoleName.STEWARD: N_("Medlemsansvarig"),
    RoleName.CHAIR: N_("Ordförande"),
    RoleName.ORGANIZER: N_("Distriktsansvarig"),
    RoleName.APPROVER: N_("Godkännare"),
    RoleName.OWNER: N_("Systemägare"),
}
GIVES = {
    RoleName.ORGANIZER: frozenset(RoleName) - {RoleName.OWNER},
    RoleName.OWNER: frozenset(RoleName),
}
"""What a role lets its holder give and end, at its own place and below it."""
NEVER_EMPTY = frozenset({RoleName.STEWARD, RoleName.CHAIR, RoleName.ORGANIZER, RoleName.OWNER})
"""Whose last holder at a place cannot be taken away: somebody must answer (P§3.4)."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A role somebody holds at a place."""

    id: int
    role: str
    account_id: int
    name: str
    place: str
    path: str
    may_end: bool


def within_reach(session: Session, viewer: Viewer, now: datetime) -> list[Holding]:
    """Every role held now at a place the viewer may give roles at, by place, role and name."""
    rows = session.execute(
        sa.select(Role, Account.name, Association)
        .join(Account, Account.id == Role.account_id)
        .join(Association, Association.id == Role.association_id)
        .where(holds_on(local_day(now)), Account.disabled_at.is_(None))
        .order_by(Association.path, Role.name, Account.name, Role.id)
    ).all()
    return [
        Holding(role.id, role.name, role.account_id, name, place.short_name, place.path, may_give(viewer, role.name, place.path))
        for role, name, place in rows
        if viewer.covers(place.path, *GIVES)
    ]  # fmt: skip


def may_give(viewer: Viewer, role: str, path: str) -> bool:
    """Whether the viewer may give or end this role at the place with this path."""
    return any(
        held.name in GIVES and role in GIVES[RoleName(held.name)] and path.startswith(held.path)
        for held in viewer.roles
    )


def give(
    session: Session, viewer: Viewer | None, account_id: int, role: str, place: Association, now: datetime
) -> None:
    """Let the account hold the role at the place from today; giving what is held already changes nothing.

    Missing for whoever may not give it there; a `viewer` of None is the command line.
    """
    if role not in NAMES or (viewer is not None and not may_give(viewer, role, place.path)):
        raise Missing
    today = local_day(now)
    same = (Role.account_id == account_id, Role.association_id == place.id, Role.name == role)
    if session.scalar(sa.select(Role.id).where(*same, holds_on(today))) is not None:
        return
    again = session.scalar(sa.select(Role).where(*same, Role.from_day == today))
    if again is not None:
        again.to_day = None
    else:
        session.add(Role(account_id=account_id, association_id=place.id, name=role, from_day=today))
    by = viewer.account_id if viewer else None
    audit.changed(session, by, "role_given", "account", account_id, now, place.id, role=role)


def end(session: Session, viewer: Viewer, role_id: int, now: datetime) -> None:
    """End a role from this moment; refused in words for the last one who answers for a place that is not closed."""
    found = session.execute(
        sa.select(Role, Association)
        .join(Association, Association.id == Role.association_id)
        .where(Role.id == role_id, holds_on(local_day(now)))
        .with_for_update()
    ).first()
    if found is None or not may_give(viewer, found[0].name, found[1].path):
        raise Missing
    role, place = found
    if place.closed_on is None and role.name in NEVER_EMPTY and _is_last(session, role, now):
        raise Refused("Det måste finnas någon kvar med den rollen här. Ge den till någon annan först.")
    role.to_day = local_day(now)
    audit.changed(session, viewer.account_id, "role_ended", "account", role.account_id, now, place.id, role=role.name)


def disable(session: Session, viewer: Viewer, account_id: int, now: datetime) -> None:
    """Close an account: its logins end at once and it opens nothing more; all its roles must lie within reach."""
    if account_id == viewer.account_id:
        raise Refused("Du kan inte stänga ditt eget konto. Be någon annan som får göra det.")
    for role_id in held_roles(session, account_id, now):
        end(session, viewer, role_id, now)
    session.execute(sa.update(Account).where(Account.id == account_id).values(disabled_at=now))
    end_logins(session, account_id, now)
    audit.changed(session, viewer.account_id, "account_closed", "account", account_id, now)


def held_roles(session: Session, account_id: int, now: datetime) -> list[int]:
    """The ids of the roles an account holds now."""
    return list(session.scalars(sa.select(Role.id).where(Role.account_id == account_id, holds_on(local_day(now)))))


def account_within_reach(session: Session, viewer: Viewer, account_id: int, now: datetime) -> Account:
    """The account if every role it holds is one the viewer may give, else Missing; nobody reaches above themselves."""
    account = session.get(Account, account_id)
    if account is None or account.disabled_at is not None:
        raise Missing
    places = session.execute(
        sa.select(Role.name, Association.path)
        .join(Association, Association.id == Role.association_id)
        .where(Role.account_id == account_id, holds_on(local_day(now)))
    ).all()
    if not all(may_give(viewer, name, path) for name, path in places):
        raise Missing
    return account


def _is_last(session: Session, role: Role, now: datetime) -> bool:
    """Whether nobody else with an open account holds the same role at the same place; others wait their turn."""
    session.execute(sa.select(Association.id).where(Association.id == role.association_id).with_for_update())
    others = (
        sa.select(Role.id)
        .join(Account, Account.id == Role.account_id)
        .where(
            Role.association_id == role.association_id,
            Role.name == role.name,
            Role.account_id != role.account_id,
            Account.disabled_at.is_(None),
            holds_on(local_day(now)),
        )
        .limit(1)
    )
    return session.scalar(others) is None
