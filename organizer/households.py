"""Who lives with whom: written down by hand, or seen from a number they share. Protected people are in no list (D19)."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from organizer import audit
from organizer.db import changed
from organizer.models import Association, HouseholdMember, Membership, Person, Phone
from organizer.words import N_, Missing, Refused

MOST = 12
"""People in one household: more is a mistake."""


@dataclass(frozen=True, slots=True)
class Housemate:
    """Somebody in the same household: by hand, or because they share `number` (as written in Sweden)."""

    id: int
    name: str
    association: str
    by_hand: bool
    number: str


def of(session: Session, person_id: int, reach: sa.Select[int]) -> list[Housemate]:
    """Everybody in the person's household whose membership lies within reach, by name."""
    mine, theirs = aliased(Phone), aliased(Phone)
    shared = sa.select(theirs.person_id, sa.func.min(theirs.national).label("number")).join(
        mine, mine.e164 == theirs.e164
    )
    shared = shared.where(mine.person_id == person_id).group_by(theirs.person_id)
    home = sa.select(HouseholdMember.household).where(HouseholdMember.person_id == person_id).scalar_subquery()
    hand = sa.select(HouseholdMember.person_id).where(HouseholdMember.household == home)
    by_hand, numbers = hand.subquery(), shared.subquery()
    rows = session.execute(
        sa.select(
            Person.id, Person.first_name, Person.last_name, Association.short_name,
            by_hand.c.person_id.is_not(None).label("by_hand"), sa.func.coalesce(numbers.c.number, "").label("number"),
        )
        .join(Membership, sa.and_(Membership.person_id == Person.id, Membership.to_day.is_(None)))
        .join(Association, Association.id == Membership.association_id)
        .outerjoin(by_hand, by_hand.c.person_id == Person.id)
        .outerjoin(numbers, numbers.c.person_id == Person.id)
        .where(
            Person.id != person_id, Person.id.in_(sa.union(hand, sa.select(numbers.c.person_id))),
            Person.protected.is_(False), Person.merged_into_id.is_(None), Membership.association_id.in_(reach),
        )
        .order_by(Person.sort_key, Person.id)
        .limit(MOST)
    )  # fmt: skip
    return [
        Housemate(row.id, f"{row.first_name} {row.last_name}".strip(), row.short_name, bool(row.by_hand), row.number)
        for row in rows
    ]


def join(session: Session, person_id: int, other_id: int, now: datetime, account_id: int | None = None) -> None:
    """Write down that two people live together: both households become one. Refused when it would be too many."""
    if person_id == other_id:
        raise Refused(N_("Välj någon annan än personen själv."), field="other")
    homes = {row.person_id: row.household for row in session.execute(
        sa.select(HouseholdMember.person_id, HouseholdMember.household)
        .where(HouseholdMember.person_id.in_([person_id, other_id])).with_for_update()
    )}  # fmt: skip
    if len(homes) == 2 and len(set(homes.values())) == 1:
        return
    household = min(homes.values(), default=min(person_id, other_id))
    together = sa.select(sa.func.count()).where(HouseholdMember.household.in_(homes.values()))
    if (session.scalar(together) or 0) + 2 - len(homes) > MOST:
        raise Refused(N_("Ett hushåll kan ha högst %(most)s personer."), field="other", most=MOST)
    session.execute(
        sa.update(HouseholdMember)
        .where(HouseholdMember.household.in_(homes.values()))
        .values(household=household)
        .execution_options(synchronize_session=False)
    )
    new = [one for one in (person_id, other_id) if one not in homes]
    rows = [{"person_id": one, "household": household, "account_id": account_id, "at": now} for one in new]
    if rows:
        session.execute(sa.insert(HouseholdMember), rows)
    for one in (person_id, other_id):
        audit.changed(session, account_id, "household", "person", one, now)


def leave(session: Session, person_id: int, now: datetime, account_id: int | None = None) -> None:
    """The person does not live there any more; somebody left alone is no household. Missing when they were in none."""
    home = session.scalar(sa.select(HouseholdMember.household).where(HouseholdMember.person_id == person_id))
    if not changed(session.execute(sa.delete(HouseholdMember).where(HouseholdMember.person_id == person_id))):
        raise Missing
    left = session.scalars(sa.select(HouseholdMember.person_id).where(HouseholdMember.household == home)).all()
    if len(left) == 1:
        session.execute(sa.delete(HouseholdMember).where(HouseholdMember.person_id == left[0]))
    audit.changed(session, account_id, "household", "person", person_id, now)
