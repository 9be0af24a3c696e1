"""Who is asking and what they may see: everything is locked unless marked public; fetch and access are one step."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import person_locks
from organizer.models import Association, Membership, Person, RoleName
from organizer.words import Missing

View = TypeVar("View", bound=Callable[..., Any])

STAFF = (RoleName.STEWARD, RoleName.CHAIR, RoleName.ORGANIZER, RoleName.APPROVER, RoleName.OWNER)
"""Roles that need password and second factor."""


@dataclass(frozen=True, slots=True)
class Held:
    """A role held at a place: the place's id and path in the tree."""

    name: str
    association_id: int
    path: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever is logged in, as flask-login carries them; `token` names the login row."""

    account_id: int
    name: str
    token: str
    level: str
    """`caller` or `full`; staff roles count only at `full`."""
    language: str = "sv"
    theme: str = "auto"
    person_id: int | None = None
    promised: bool = False
    roles: tuple[Held, ...] = field(default=())
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What flask-login keeps in the cookie: the login's token, never the account's number."""
        return self.token

    def holds(self, *names: str) -> bool:
        """Whether the viewer has one of the roles anywhere."""
        return any(role.name in names for role in self.roles)

    def paths(self, *names: str) -> tuple[str, ...]:
        """The places where the viewer has one of the roles."""
        return tuple(role.path for role in self.roles if role.name in names)

    def covers(self, path: str, *names: str) -> bool:
        """Whether one of the roles reaches the place at `path`."""
        return any(path.startswith(own) for own in self.paths(*names))


@dataclass(frozen=True, slots=True)
class Rule:
    """What a page asks of its visitor: nothing (public), a login, or one of some roles."""

    public: bool = False
    roles: tuple[str, ...] = ()


def public(view: View) -> View:
    """Open to everyone; the list of public pages stands in tests/test_access_matrix.py too."""
    view.access = Rule(public=True)  # type: ignore[attr-defined]
    return view


def allow(*roles: str) -> Callable[[View], View]:
    """Open to those who hold one of `roles` somewhere; no roles = everyone logged in. Scope is the view's job."""

    def mark(view: View) -> View:
        view.access = Rule(roles=roles)  # type: ignore[attr-defined]
        return view

    return mark


def reach(viewer: Viewer, *roles: str) -> sa.Select[int]:
    """The ids of all associations the viewer reaches through `roles`, as a SELECT to put in an IN."""
    paths = viewer.paths(*roles)
    here = sa.or_(*(Association.path.like(path + "%") for path in paths)) if paths else sa.false()
    return sa.select(Association.id).where(here)


def association(session: Session, viewer: Viewer, slug: str, *roles: str) -> Association:
    """The association with this slug if one of `roles` reaches it, else Missing."""
    found = session.scalar(sa.select(Association).where(Association.slug == slug))
    if found is None or not viewer.covers(found.path, *roles):
        raise Missing
    return found


def person(session: Session, viewer: Viewer, person_id: int, *roles: str) -> Person:
    """The person if the latest membership lies within reach, else Missing.

    Someone with protected identity exists only for the steward of exactly that association (D19).
    """
    found_here = (
        sa.select(Person, Association)
        .join(Membership, Membership.person_id == Person.id)
        .join(Association, Association.id == Membership.association_id)
        .where(Person.id == person_id, Person.merged_into_id.is_(None))
        .order_by(Membership.to_day.is_(None).desc(), Membership.to_day.desc(), Membership.id.desc())
        .limit(1)
    )
    if person_locks.is_writing(session):
        found_here = found_here.with_for_update(**person_locks.BESIDE_OTHERS)
    row = session.execute(found_here).first()
    if row is None:
        raise Missing
    found, place = row
    if found.protected:
        if any(role.name == RoleName.STEWARD and role.path == place.path for role in viewer.roles):
            return found
        raise Missing
    if not viewer.covers(place.path, *roles):
        raise Missing
    return found
