"""The district itself: its seven associations, and those who work in it with the roles they have."""

from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.demo.register import ASSOCIATIONS, CALLERS_MOBILES
from organizer.db import search_key, sort_key
from organizer.models import Account, Association, AssociationKind, Person, Role, RoleName

NATIONAL, DISTRICT, HOME = "Riket", "Västernorrland", "Härnösand"
"""The demo's chair, steward, callers and shift leader belong to HOME."""
STAFF = (
    ("Disa Nordvall", "distrikt@example.org", RoleName.ORGANIZER, DISTRICT),
    ("Birgitta Norlin", "ringare@example.org", RoleName.CALLER, DISTRICT),
    ("Nils Åslund", "passledare@example.org", RoleName.SHIFT_LEADER, DISTRICT),
    ("Olle Viklander", "ordforande@example.org", RoleName.CHAIR, HOME),
    ("Sara Ängström", "medlem@example.org", RoleName.STEWARD, HOME),
    ("Gun Tallberg", "godkanna@example.org", RoleName.APPROVER, DISTRICT),
    ("Siv Ternström", "system@example.org", RoleName.OWNER, DISTRICT),
    ("Samira Khalil", "ringare2@example.org", RoleName.CALLER, DISTRICT),
    ("Leif Hamrin", "ringare3@example.org", RoleName.CALLER, DISTRICT),
    ("Tuula Rantanen", "ringare4@example.org", RoleName.CALLER, DISTRICT),
    ("Jonas Wiklöf", "ringare5@example.org", RoleName.CALLER, DISTRICT),
    ("Rojda Demirkan", "ringare6@example.org", RoleName.CALLER, DISTRICT),
)
"""In this order: the login page of the demo offers the oldest account of each role."""
WORKING_MEMBERS = tuple(
    name for name, _, role, _ in STAFF if role == RoleName.CHAIR or (role == RoleName.CALLER and name != STAFF[1][0])
)
"""Those of them who stand in the register of HOME; the first caller does not, and may ring everybody."""
SPEAKS = {"Samira Khalil": ["sv", "ar"], "Tuula Rantanen": ["sv", "fi"]}
CHAIRS = {
    "Kramfors": "Lovisa Ekbom", "Sollefteå": "Omar Darwish", "Sundsvall": "Ann-Marie Risberg", "Timrå": "Håkan Selin",
    "Ånge": "Märta Fällman", "Örnsköldsvik": "Göran Backlund",
}  # fmt: skip


@dataclass(slots=True)
class District:
    """What the rest of the demo needs to know of it: ids by name, and accounts by role."""

    root: int
    root_path: str
    places: dict[str, int] = field(default_factory=dict)
    by_role: dict[str, int] = field(default_factory=dict)
    callers: list[int] = field(default_factory=list)


def make_district(session: Session, from_day: date, now: datetime) -> District:
    """Write the tree, the accounts and their roles."""
    national = _place(session, NATIONAL, AssociationKind.NATIONAL, None)
    root = _place(session, DISTRICT, AssociationKind.DISTRICT, national)
    district = District(root.id, root.path)
    for name in sorted(ASSOCIATIONS, key=sort_key):
        district.places[name] = _place(session, name, AssociationKind.ASSOCIATION, root).id
    mobiles = iter(CALLERS_MOBILES)
    for name, email, role, place in STAFF:
        rings = role in {RoleName.CALLER, RoleName.SHIFT_LEADER}
        account_id = _account(session, name, email, next(mobiles, None) if rings else None, now)
        _give(session, account_id, district.places.get(place, root.id), role, from_day)
        district.by_role.setdefault(role, account_id)
        if role == RoleName.CALLER:
            district.callers.append(account_id)
    for place, name in CHAIRS.items():
        email = f"ordforande.{search_key(place)}@example.org"
        for role in (RoleName.CHAIR, RoleName.STEWARD):
            account_id = session.scalar(sa.select(Account.id).where(Account.email == email)) or _account(
                session, name, email, None, now
            )
            _give(session, account_id, district.places[place], role, from_day)
    return district


def are_members(session: Session, district: District) -> None:
    """The chair and most callers are members too, and their evenings count (D17)."""
    accounts = [district.by_role[RoleName.CHAIR], *district.callers[1:]]
    for account_id, name in zip(accounts, WORKING_MEMBERS, strict=True):
        here = sa.select(Person.id).where(Person.search_key == search_key(name), Person.protected.is_(False))
        session.get_one(Account, account_id).person_id = session.scalar(here.order_by(Person.id).limit(1))
    session.flush()


def _place(session: Session, name: str, kind: AssociationKind, parent: Association | None) -> Association:
    row = Association(
        name=name, short_name=name, slug=search_key(name).replace(" ", "-"), kind=kind, sort_key=sort_key(name), path="",
        parent_id=parent.id if parent else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    row.path = f"{parent.path if parent else ''}{row.id}/"
    session.flush()
    return row


def _account(session: Session, name: str, email: str, e164: str | None, now: datetime) -> int:
    row = Account(
        name=name, email=email, e164=e164, created_at=now, speaks=SPEAKS.get(name, ["sv"]), promised_at=now,
        language="sv", theme="auto",
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def _give(session: Session, account_id: int, association_id: int, role: str, from_day: date) -> None:
    session.add(Role(account_id=account_id, association_id=association_id, name=role, from_day=from_day))
    session.flush()
