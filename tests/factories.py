"""Plain functions that make rows; a test passes only what it is about."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from campaigns.models import Campaign, CampaignState, Shift, ShiftCaller, Template
from organizer.accounts import hashed
from organizer.db import search_key, sort_key
from organizer.models import Account, Activity, ActivityOrganizer, Association, Membership, Person, Phone, Role

NOW = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
_serial = count(1)


def fiction_number(mobile: bool = True) -> str:
    """A number nobody has: from the ranges reserved for fiction (sweden.md C4)."""
    n = next(_serial)
    return f"+467017406{5 + n % 95:02d}" if mobile else f"+4631390{600 + n % 100:04d}"


def make_association(
    session: Session, name: str, parent: Association | None = None, kind: str = "association"
) -> Association:
    row = Association(
        name=name, short_name=name.split(maxsplit=1)[0], slug=name.lower().replace(" ", "-").translate(str.maketrans("åäö", "aao")),
        kind=kind, parent_id=parent.id if parent else None, sort_key=sort_key(name), path="",
    )  # fmt: skip
    session.add(row)
    session.flush()
    row.path = f"{parent.path if parent else ''}{row.id}/"
    session.flush()
    return row


def make_person(
    session: Session,
    association: Association | None,
    name: str = "",
    number: str | None = "",
    joined: date | None = date(2020, 1, 1),
    **fields: Any,
) -> Person:
    """A member of `association` since `joined`, with one number (`None` for none, "" for a made-up mobile)."""
    first, _, last = (name or f"Person{next(_serial)} Prov").partition(" ")
    row = Person(
        first_name=first, last_name=last, sort_key=sort_key(f"{last} {first}"), search_key=search_key(f"{first} {last}"),
        created_at=NOW, **{"protected": False, **fields},
    )  # fmt: skip
    session.add(row)
    session.flush()
    if association:
        session.add(Membership(person_id=row.id, association_id=association.id, from_day=joined, from_why="joined"))
    if number is not None:
        add_number(session, row, number or unique_number())
    session.flush()
    return row


def unique_number() -> str:
    """A number of its own for each person of a test: more than the 95 fictional mobiles there are; nothing is ever sent."""
    return f"+4670174{next(_serial):05d}"


def add_number(session: Session, person: Person, e164: str, position: int = 0) -> Phone:
    mobile = e164.startswith("+467")
    row = Phone(
        person_id=person.id,
        e164=e164,
        national="0" + e164[3:],
        kind="mobile" if mobile else "landline",
        position=position,
    )
    session.add(row)
    session.flush()
    return row


def make_account(session: Session, name: str, *roles: tuple[str, Association], **fields: Any) -> Account:
    row = Account(
        name=name, email=fields.pop("email", f"konto{next(_serial)}@example.org"), created_at=NOW,
        promised_at=fields.pop("promised_at", NOW), speaks=["sv"], **fields,
    )  # fmt: skip
    session.add(row)
    session.flush()
    for role, association in roles:
        session.add(Role(account_id=row.id, association_id=association.id, name=role, from_day=date(2020, 1, 1)))
    session.flush()
    return row


def make_activity(
    session: Session, association: Association, title: str = "Introduktionsträff", **fields: Any
) -> Activity:
    starts = fields.pop("starts_at", NOW + timedelta(days=13))
    row = Activity(
        association_id=association.id, title=title, kind=fields.pop("kind", "introduction"), starts_at=starts,
        ends_at=fields.pop("ends_at", starts + timedelta(hours=2)), place=fields.pop("place", "Folkets hus"), **fields,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add(ActivityOrganizer(activity_id=row.id, association_id=association.id))
    session.flush()
    return row


def make_campaign(
    session: Session, association: Association, title: str = "Aktivera höst 2026", **fields: Any
) -> Campaign:
    """A running campaign for everyone in `association`, with an empty queue: fill it with the product's own function."""
    values: dict[str, Any] = {
        "template": Template.ACTIVATE, "state": CampaignState.RUNNING,
        "target": {"version": 1, "all": []},
        "opening": "Hej {förnamn}! Jag heter {ringare} och ringer från {förening}.", "steps": ["Bjud in till {aktivitet}."],
        "hours": {"weekday": ["09:00", "20:30"], "weekend": ["11:00", "18:00"]},
        "pauses": {"no_answer": 1200, "left_message": 2880, "busy": 30},
        "follow_ups": {"signed_up": True, "tried": False},
        "starts_on": date(2026, 11, 1), "created_at": NOW, "started_at": NOW,
    }  # fmt: skip
    row = Campaign(association_id=association.id, title=title, **{**values, **fields})
    session.add(row)
    session.flush()
    return row


def make_shift(
    session: Session, campaign: Campaign, *callers: Account, leader: Account | None = None, **fields: Any
) -> Shift:
    """A shift that began half an hour ago and lasts two more; each caller's link is "link-<account id>"."""
    row = Shift(
        campaign_id=campaign.id, starts_at=fields.pop("starts_at", NOW - timedelta(minutes=30)),
        ends_at=fields.pop("ends_at", NOW + timedelta(hours=2)), place="Folkets hus",
        leader_id=leader.id if leader else None, **fields,
    )  # fmt: skip
    session.add(row)
    session.flush()
    for caller in callers:
        session.add(
            ShiftCaller(shift_id=row.id, account_id=caller.id, invited_at=NOW, link_hash=hashed(f"link-{caller.id}"))
        )
    session.flush()
    return row
