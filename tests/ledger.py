"""Ledger rows by hand, for tests of figures that must not depend on who writes the ledger."""

from datetime import date, time
from itertools import count

from sqlalchemy.orm import Session

from campaigns.models import Campaign, Target
from organizer.models import Association, Event, Fee, Kind, Membership, Person
from organizer.times import moment

_serial = count(1)
CONVERSATION = (Kind.ATTEMPT, Kind.CONTACT, Kind.CONVERSATION)


def happened(
    session: Session, person: Person, day: date, *kinds: Kind, campaign: Campaign | None = None, mass: bool = False
) -> None:
    """Something happened to a person on a day."""
    for kind in kinds:
        session.add(
            Event(
                key=f"{kind}:tests:{next(_serial)}", kind=kind, person_id=person.id, mass=mass,
                campaign_id=campaign.id if campaign else None, day=day, at=moment(day, time(18)),
                association_id=place_of(session, person),
            )
        )  # fmt: skip
    session.flush()


def place_of(session: Session, person: Person) -> int | None:
    intervals = session.query(Membership).filter_by(person_id=person.id).all()
    return intervals[-1].association_id if intervals else None


def target(session: Session, campaign: Campaign, association: Association, *people: Person, **fields) -> None:
    """Put people into T of a campaign."""
    values = {"entered_on": campaign.starts_on, **fields}
    for person in people:
        session.add(Target(campaign_id=campaign.id, person_id=person.id, association_id=association.id, **values))
    session.flush()


def moved(session: Session, person: Person, day: date, to: Association | None, why: str = "moved") -> None:
    """End the open interval on a day, and open another if the person came somewhere else."""
    interval = session.query(Membership).filter_by(person_id=person.id, to_day=None).one()
    interval.to_day, interval.to_why = day, why
    session.flush()
    if to:
        session.add(Membership(person_id=person.id, association_id=to.id, from_day=day, from_why="moved_in"))
    session.flush()


def paid(session: Session, person: Person, day: date) -> None:
    session.add(Fee(person_id=person.id, year=day.year, paid_on=day))
    session.flush()
