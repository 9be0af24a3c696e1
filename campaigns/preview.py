"""What starting a campaign would do: how many can be rung, and why others cannot, with the rules the queue itself uses."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from campaigns import goals, hindrances, rests
from campaigns.models import Campaign
from campaigns.rests import Rests
from campaigns.statements import typed
from organizer import selections
from organizer.models import Association, Event, Kind, Person
from organizer.times import local_day


@dataclass(frozen=True, slots=True)
class Preview:
    """The people of a selection, sorted by what would happen to them at a start."""

    callable: int
    """Can be rung, now or when they have rested from another call."""
    resting: int
    """Of those: rung so lately, by any campaign, that they wait first (D14)."""
    done: int
    """Already where the campaign wants them: never enter (D3)."""
    hindered: dict[str, int]
    """Cannot be rung, by why, the most first."""

    @property
    def cannot(self) -> int:
        """How many cannot be rung."""
        return sum(self.hindered.values())


def of(session: Session, campaign: Campaign, now: datetime) -> Preview:
    """Sort everyone the saved target finds; nothing is written."""
    path = session.scalar(sa.select(Association.path).where(Association.id == campaign.association_id)) or ""
    meant = selections.people(campaign.target, now, place_path=path, session=session).subquery("x")
    person = aliased(Person, name="p")
    why = sa.type_coerce(typed(hindrances.BEFORE_ENTRY).bindparams(today=local_day(now)), sa.String).label("why")
    resting = _resting(meant.c.person_id, rests.in_force(session, local_day(now)), now)
    sorted_people = (
        sa.select(_met(campaign).label("met"), why, resting.label("resting"))
        .select_from(meant)
        .join(person, person.id == meant.c.person_id)
        .subquery()
    )
    columns = (sorted_people.c.met, sorted_people.c.why, sorted_people.c.resting)
    rows = session.execute(sa.select(*columns, sa.func.count().label("people")).group_by(*columns)).all()
    hindered: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: -row.people):
        if not row.met and row.why:
            hindered[row.why] = hindered.get(row.why, 0) + row.people
    return Preview(
        callable=sum(row.people for row in rows if not row.met and not row.why),
        resting=sum(row.people for row in rows if not row.met and not row.why and row.resting),
        done=sum(row.people for row in rows if row.met),
        hindered=hindered,
    )


def _met(campaign: Campaign) -> sa.ColumnElement[int]:
    """1 for those who already are where the campaign wants them; the SQL of goals speaks of a person `x`."""
    clause = goals.BEFORE_ENTRY[campaign.template]
    values = {name: value for name, value in goals.parameters(campaign).items() if f":{name}" in clause}
    return sa.type_coerce(typed(f"CASE WHEN {clause} THEN 1 ELSE 0 END").bindparams(**values), sa.Integer)


def _resting(person_id: sa.ColumnElement[int], rest: Rests, now: datetime) -> sa.ColumnElement[bool]:
    def since(kind: Kind, rest: timedelta) -> sa.ColumnElement[bool]:
        return sa.exists().where(
            Event.person_id == person_id, Event.kind == kind, Event.at > now - rest, Event.day >= local_day(now - rest)
        )

    return sa.or_(since(Kind.ATTEMPT, rest.after_attempt), since(Kind.CONVERSATION, rest.after_conversation))
