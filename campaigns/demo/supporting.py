"""How the demo's district looks after its associations: contacts, one plan of support, and who sees to the new members."""

from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.demo.district import District
from campaigns.demo.gatherings import Step
from organizer import membership, new_members, support
from organizer.models import Association, RoleName
from organizer.times import moment

CONTACTS = (
    (3, "called", "Planerar årsmötet i februari och vill ha hjälp att ringa inför det."),
    (17, "met", "Gick igenom listan över nya medlemmar. De ringer själva i veckan."),
    (31, "called", "Allt rullar. De söker en studieledare."),
    (75, "wrote", "Frågade hur det går. Inget svar än."),
)
"""Days ago, how, and what was said; one for each of the first associations, the last long enough ago to be a reason."""
STEPS = (
    ("Ordföranden och distriktet träffas en kväll", -12),
    ("Låna två ringare till nästa ringpass", 9),
    ("Bestäm en öppen träff före jul", 20),
)


def supporting(district: District, today: date) -> list[Step]:
    """The contacts on their days, the plan two weeks ago, and the owners yesterday evening."""
    who, places = district.by_role[RoleName.ORGANIZER], list(district.places.values())

    def contact(place_id: int, how: str, text: str, day: date) -> Step:
        def step(session: Session, at: datetime) -> None:
            support.log(session, session.get_one(Association, place_id), how, text, day, who, at)

        return moment(day, time(15)), step

    def plan(session: Session, at: datetime) -> None:
        place = session.get_one(Association, places[3])
        for text, days in STEPS:
            support.plan(session, place, text, today + timedelta(days=days), who, who, at)
        first = min(row.id for row in support.of(session, place, today).steps)
        support.done(session, place, first, who, at)

    def owners(session: Session, at: datetime) -> None:
        waiting = session.execute(membership.waiting(today, sa.select(Association.id))).all()
        for person, place_id, _ in waiting[::2]:
            place = session.get_one(Association, place_id)
            helpers = support.helpers(session, place, today)
            new_members.give(session, person, place, helpers[0].id, who, at)

    return [
        *(
            contact(place, how, text, today - timedelta(days=days))
            for place, (days, how, text) in zip(places, CONTACTS, strict=False)
        ),
        (moment(today - timedelta(days=14), time(16)), plan),
        (moment(today - timedelta(days=1), time(21)), owners),
    ]
