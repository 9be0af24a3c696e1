"""Interest lists: who wants to come next time something of a kind is arranged, and when they are enough for a new one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from organizer import audit, settings, survey_interests
from organizer.activities import how_many
from organizer.activity_drafts import INNER, KINDS
from organizer.membership import JOINED, MOVED, joined_on
from organizer.models import (
    Activity,
    ActivityOrganizer,
    Association,
    Attendance,
    Interest,
    Membership,
    Person,
    SignUp,
)
from organizer.seats import COMING, SIGNED_UP, WAITING
from organizer.times import local_day
from organizer.words import Refused

ASKED = tuple(kind for kind in KINDS if kind not in INNER)
"""The kinds that have a list."""
REMEMBERED = timedelta(days=365)
"""How long a place on a waiting list in vain counts as interest."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The list of one kind: how many there are, and the next activity of that kind, if one is planned."""

    kind: str
    people: int
    next_id: int | None
    next_title: str
    next_at: datetime | None
    wanted: int
    """So many are enough for a new one."""

    @property
    def enough(self) -> bool:
        """Whether they are enough for a new one and none is planned."""
        return self.people >= self.wanted and self.next_id is None


def add(session: Session, person_id: int, kind: str, now: datetime) -> None:
    """Put somebody on the list of a kind; once however often it is said."""
    if kind not in ASKED:
        raise Refused("Välj vad det är för slags aktivitet.", field="kind")
    insert: Any = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(Interest)
    session.execute(
        insert.values(person_id=person_id, kind=kind, at=now).on_conflict_do_nothing(
            index_elements=["person_id", "kind"]
        )
    )


def remove(session: Session, person_id: int, kind: str) -> None:
    """Take somebody off the list."""
    session.execute(sa.delete(Interest).where(Interest.person_id == person_id, Interest.kind == kind))


def settle(session: Session, person_id: int, kinds: Collection[str], now: datetime, account_id: int | None) -> None:
    """Let somebody stand on exactly the lists of these kinds."""
    stands = set(session.scalars(sa.select(Interest.kind).where(Interest.person_id == person_id)))
    wanted = {kind for kind in ASKED if kind in kinds}
    for kind in sorted(wanted - stands):
        add(session, person_id, kind, now)
    for kind in sorted(stands - wanted):
        remove(session, person_id, kind)
    if wanted != stands:
        audit.changed(session, account_id, "interests", "person", person_id, now)


def has(session: Session, person_id: int, kind: str) -> bool:
    """Whether somebody stands on the list."""
    here = sa.select(Interest.id).where(Interest.person_id == person_id, Interest.kind == kind)
    return session.scalar(here) is not None


def enough(session: Session, reach: sa.Select[int], day: date) -> dict[str, int]:
    """How many are enough for a new one, of each kind, at the widest place within reach."""
    widest = session.scalar(
        sa.select(Association.id).where(Association.id.in_(reach)).order_by(sa.func.length(Association.path)).limit(1)
    )
    return settings.get(session, widest or 0, settings.ENOUGH, day)


def lists(session: Session, reach: sa.Select[int], now: datetime) -> list[Waiting]:
    """Every kind with how many within reach want to come, how many are enough, and what is planned."""
    found, wanted = [], enough(session, reach, local_day(now))
    for kind in ASKED:
        people = (
            session.scalar(sa.select(sa.func.count()).select_from(_members(session, kind, reach, now).subquery())) or 0
        )
        planned = session.execute(
            sa.select(Activity.id, Activity.title, Activity.starts_at)
            .where(
                Activity.kind == kind, Activity.starts_at > now, Activity.cancelled_at.is_(None), _held_within(reach)
            )
            .order_by(Activity.starts_at)
            .limit(1)
        ).first()
        number, title, at = planned or (None, "", None)
        found.append(Waiting(kind, people, number, title, at, wanted[kind]))
    return found


def next_with_room(session: Session, kind: str, reach: sa.Select[int], now: datetime) -> Any:
    """The next activity of a kind within reach that is not full: id and title; None if there is none."""
    room = sa.or_(Activity.capacity.is_(None), how_many(SIGNED_UP) < Activity.capacity)
    ahead = (Activity.kind == kind, Activity.starts_at > now, Activity.cancelled_at.is_(None))
    here = sa.select(Activity.id, Activity.title).where(*ahead, room, _held_within(reach))
    return session.execute(here.order_by(Activity.starts_at, Activity.id).limit(1)).first()


def people(session: Session, kind: str, reach: sa.Select[int], now: datetime, limit: int = 300) -> list[Any]:
    """Who within reach wants to come, in the order of their names; nobody with protected identity."""
    rows = session.execute(_members(session, kind, reach, now).order_by(Person.sort_key, Person.id).limit(limit))
    return list(rows)


def last_held(session: Session, kind: str, reach: sa.Select[int], now: datetime) -> Any:
    """The latest activity of a kind that has been held within reach: id, title and when; None if none has."""
    return session.execute(
        sa.select(Activity.id, Activity.title, Activity.starts_at)
        .where(Activity.kind == kind, Activity.ends_at <= now, Activity.cancelled_at.is_(None), _held_within(reach))
        .order_by(Activity.starts_at.desc())
        .limit(1)
    ).first()


def joined_since(session: Session, reach: sa.Select[int], day: date, now: datetime) -> int:
    """How many members within reach joined on or after a day: those who have not been offered an introduction yet."""
    joined = sa.select(Membership.person_id).where(
        Membership.to_day.is_(None), Membership.from_why.in_((*JOINED, *MOVED)), Membership.association_id.in_(reach),
        Membership.from_day.between(day, local_day(now)), joined_on() >= day,
    )  # fmt: skip
    here = sa.select(sa.func.count()).select_from(Person)
    return (
        session.scalar(here.where(Person.id.in_(joined), Person.protected.is_(False), Person.deceased_on.is_(None)))
        or 0
    )


def _members(session: Session, kind: str, reach: sa.Select[int], now: datetime) -> sa.Select[Any]:
    """Members who said so, answered so in a survey, or waited in vain for a seat, and have not come to one of the kind nor signed up since."""
    said = sa.select(Interest.person_id, Interest.at).where(Interest.kind == kind)
    waited = (
        sa.select(SignUp.person_id, Activity.starts_at.label("at"))
        .join(Activity, Activity.id == SignUp.activity_id)
        .where(
            Activity.kind == kind, SignUp.state == WAITING, SignUp.person_id.is_not(None), Activity.ends_at <= now,
            Activity.ends_at > now - REMEMBERED,
        )
    )  # fmt: skip
    wants = sa.union_all(said, waited, *survey_interests.answers(session, kind)).subquery()
    latest = sa.select(wants.c.person_id, sa.func.max(wants.c.at).label("at")).group_by(wants.c.person_id).subquery()
    came = sa.exists().where(
        Attendance.person_id == latest.c.person_id, Attendance.activity_id == Activity.id, Activity.kind == kind,
        Activity.starts_at > latest.c.at,
    )  # fmt: skip
    comes = sa.exists().where(
        SignUp.person_id == latest.c.person_id, SignUp.activity_id == Activity.id, SignUp.state.in_(COMING),
        Activity.kind == kind, Activity.starts_at > now, Activity.cancelled_at.is_(None),
    )  # fmt: skip
    return (
        sa.select(
            Person.id, Person.first_name, Person.last_name, Association.short_name.label("home"), latest.c.at,
            sa.exists().where(Interest.person_id == Person.id, Interest.kind == kind).label("said")
        )
        .join(latest, latest.c.person_id == Person.id)
        .join(Membership, sa.and_(Membership.person_id == Person.id, Membership.to_day.is_(None)))
        .join(Association, Association.id == Membership.association_id)
        .where(
            Membership.association_id.in_(reach), Person.protected.is_(False), Person.deceased_on.is_(None),
            Person.merged_into_id.is_(None), ~came, ~comes,
        )
    )  # fmt: skip


def _held_within(reach: sa.Select[int]) -> sa.ColumnElement[bool]:
    """Held by one within reach, or by the place itself."""
    held: sa.Select[int] = sa.select(ActivityOrganizer.activity_id).where(ActivityOrganizer.association_id.in_(reach))
    return Activity.id.in_(held)
