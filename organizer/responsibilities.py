"""Who answers for what in a district: roles that log in, offices that members hold, and what nobody answers for yet."""

from dataclasses import dataclass, field, replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import assignments
from organizer.access import Viewer
from organizer.accounts import holds_on
from organizer.models import Account, Association, AssociationKind, Phone, Role, RoleName
from organizer.roles import NAMES

ANSWERS = (RoleName.CHAIR, RoleName.STEWARD, RoleName.ORGANIZER)
"""The roles that answer for a place (P§1.4, needs 35 and 36)."""
ORGANIZERS_WANTED = 3
"""A district should have three who organise (P§1.4, need 35)."""


@dataclass(frozen=True, slots=True)
class Responsible:
    """Somebody with a role or an office; `e164` is empty for offices and for those who have left no number."""

    what: str
    """A sentence of NAMES or OFFICES, or what the association calls it."""
    name: str
    e164: str = ""
    role: str = ""
    person_id: int | None = None


@dataclass(slots=True)
class Place:
    """An association or the district with everybody who answers for something there."""

    name: str
    slug: str
    kind: str
    people: list[Responsible] = field(default_factory=list)

    @property
    def answered_for(self) -> bool:
        """Whether anybody answers for the place at all."""
        return any(one.role in ANSWERS for one in self.people)


@dataclass(frozen=True, slots=True)
class Register:
    """The whole district: its places in order, how many associations somebody answers for, and the chairs to ring."""

    places: list[Place]
    associations: int
    answered_for: int
    organizers: int
    chairs: list[tuple[str, str, str]]
    """Association, name, number (E.164), by association."""

    @property
    def organizers_missing(self) -> int:
        """How many more who organise the district needs."""
        return max(0, ORGANIZERS_WANTED - self.organizers)


def of_district(session: Session, viewer: Viewer, today: date) -> Register:
    """The register of the districts that the viewer's own places belong to.

    Whoever is the system's owner and nothing else sees who logs in, and no member (D19).
    """
    paths = _districts(session, viewer)
    within = sa.or_(sa.false(), *(Association.path.startswith(path) for path in paths))
    here = sa.and_(within, Association.closed_on.is_(None))
    found = session.scalars(
        sa.select(Association).where(here).order_by(sa.func.length(Association.path), Association.sort_key)
    ).all()
    places = {one.id: Place(one.short_name, one.slug, one.kind) for one in found}
    for row in _roles(session, here, today):
        place = places[row.association_id]
        place.people.append(Responsible(NAMES[RoleName(row.role)], row.name, row.e164 or "", row.role))
    reach = sa.select(Association.id).where(here)
    elected: dict[int, list[tuple[int, str]]] = {}
    members = any(role.name != RoleName.OWNER for role in viewer.roles)
    for row in assignments.held(session, reach, today) if members else ():
        if row.association_id in places:
            what = assignments.OFFICES.get(row.office, row.office)
            name = f"{row.first_name} {row.last_name}".strip()
            place = places[row.association_id]
            same = next((n for n, one in enumerate(place.people) if (one.what, one.name) == (what, name)), None)
            if same is None:
                place.people.append(Responsible(what, name, person_id=row.person_id))
            else:
                place.people[same] = replace(place.people[same], person_id=row.person_id)
            if row.office == "chair":
                elected.setdefault(row.association_id, []).append((row.person_id, name))
    local = [one for one in places.values() if one.kind == AssociationKind.ASSOCIATION]
    organizers = {
        (one.name, one.e164) for place in places.values() for one in place.people if one.role == RoleName.ORGANIZER
    }
    answered_for = sum(one.answered_for for one in local)
    return Register(list(places.values()), len(local), answered_for, len(organizers), _chairs(session, places, elected))


def _chairs(
    session: Session, places: dict[int, Place], elected: dict[int, list[tuple[int, str]]]
) -> list[tuple[str, str, str]]:
    """The chair of each association with a number: the one who logs in, else the one elected to the office."""
    numbers: dict[int, str] = {}
    people = [person_id for rows in elected.values() for person_id, _name in rows]
    for person_id, e164 in session.execute(
        sa.select(Phone.person_id, Phone.e164).where(Phone.person_id.in_(people)).order_by(Phone.position, Phone.id)
    ):
        numbers.setdefault(person_id, e164)
    found = []
    for association_id, place in places.items():
        if place.kind != AssociationKind.ASSOCIATION:
            continue
        known = {one.name: one.e164 for one in place.people if one.role == RoleName.CHAIR}
        for person_id, name in elected.get(association_id, ()):
            if name in known or not any(known.values()):
                known[name] = known.get(name) or numbers.get(person_id, "")
        found += [(place.name, name, e164) for name, e164 in known.items() if e164 or not any(known.values())]
    return found


def _districts(session: Session, viewer: Viewer) -> list[str]:
    """The paths of the districts that the viewer's places stand in; the place itself where no district is above it."""
    own = {role.path for role in viewer.roles}
    districts = session.scalars(sa.select(Association.path).where(Association.kind == AssociationKind.DISTRICT)).all()
    above = {district for district in districts if any(path.startswith(district) for path in own)}
    return sorted(above | {path for path in own if not any(path.startswith(district) for district in above)})


def _roles(session: Session, here: sa.ColumnElement[bool], today: date) -> sa.Result[str, str, str | None, int]:
    order = sa.case({role: n for n, role in enumerate((RoleName.ORGANIZER, *ANSWERS))}, value=Role.name, else_=9)
    return session.execute(
        sa.select(Role.name.label("role"), Account.name, Account.e164, Role.association_id)
        .join(Account, Account.id == Role.account_id)
        .join(Association, Association.id == Role.association_id)
        .where(here, holds_on(today), Account.disabled_at.is_(None), Role.name.in_([*ANSWERS, RoleName.APPROVER]))
        .order_by(order, Account.name, Account.id)
    )
