"""The demo's care for its register: a duplicate to find, one merged, a household, consents, an edit and a follow-up."""

from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns import merged_people, person_todos
from campaigns.demo.district import HOME, District
from campaigns.demo.gatherings import Step
from organizer import bulk_tags, chosen_people, consents, households, people, person_edits, refusals
from organizer.models import Membership, Person, Phone, RoleName
from organizer.times import moment

DRIVES = "Kör gärna bil"
ENOUGH = 5
"""Members a district must have for the story: the smallest ones of tests go without."""


def care(district: District, today: date) -> list[Step]:
    """What the steward of HOME has done with her members' entries during the last weeks."""
    home, steward = district.places[HOME], district.by_role[RoleName.STEWARD]

    def twice(session: Session, at: datetime) -> None:
        """Two were written in by hand although they stood there already; one of them has been found."""
        several = _on_a_landline(session, home, 14)
        if len(several) < ENOUGH:
            return
        first, second = several[:2]
        _again(session, first, f"{first.first_name} {first.last_name[:-1]}", home, at, steward)
        found = _again(session, second, f"{second.first_name} {second.last_name}", home, at, steward)
        merged_people.merge(session, second.id, found, {}, at + timedelta(days=2), steward)

    def told(session: Session, at: datetime) -> None:
        several = _on_a_landline(session, home, 14)
        if len(several) < ENOUGH:
            return
        one, other, third = several[2:5]
        households.join(session, one.id, other.id, at, steward)
        consents.record(session, one.id, "email", "offer", "paper", at, evidence="Anmälan till kursen, pärm 2",
                        account_id=steward)  # fmt: skip
        refusals.refuse(session, other.id, "email", "staff", at, account_id=steward, evidence="Sade det på höstmötet")
        values = {name: getattr(third, name) or "" for name in ("first_name", "last_name", "member_number", "email")}
        person_edits.edit(session, third.id, values | {"language": "fi"}, protected=False, reason="Bad om det i telefon",
                          now=at, account_id=steward)  # fmt: skip
        person_todos.add(
            session, third.id, home, "Ring på finska om studiecirkeln", steward, today + timedelta(days=4), at
        )
        drivers = [one.id, third.id, *(row.id for row in several[5:])]
        reach = sa.select(sa.literal(home))
        bulk_tags.run(session, chosen_people.ticked(drivers, reach), home, DRIVES, at, put=True, account_id=steward)

    return [
        (moment(today - timedelta(days=9), time(13)), twice),
        (moment(today - timedelta(days=2), time(13, 30)), told),
    ]


def _on_a_landline(session: Session, place: int, how_many: int) -> list[Any]:
    """The first so many living members with a number of their own that is no mobile."""
    rows = session.execute(
        sa.select(Person.id, Person.first_name, Person.last_name, Person.member_number, Person.email)
        .join(Membership, sa.and_(Membership.person_id == Person.id, Membership.to_day.is_(None)))
        .join(Phone, Phone.person_id == Person.id)
        .where(
            Membership.association_id == place, Phone.kind == "landline", Person.protected.is_(False),
            Person.deceased_on.is_(None), Person.member_number.is_not(None),
        )
        .order_by(Person.id)
        .limit(how_many)
    )  # fmt: skip
    return list(rows)


def _again(session: Session, person: Any, name: str, place: int, at: datetime, account_id: int) -> int:
    """The same person once more, under nearly the same name, without a member number."""
    number = session.scalars(sa.select(Phone.e164).where(Phone.person_id == person.id).order_by(Phone.position)).first()
    first, _, last = name.partition(" ")
    twin = people.create(session, first, last, at, account_id=account_id)
    people.open_membership(session, twin, place, None, at, account_id=account_id)
    people.add_number(session, twin, number or "", at, account_id=account_id)
    return twin
