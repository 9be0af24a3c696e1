"""Lists of activities, and of the people in one of them, as far as whoever looks may see."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import guests
from organizer.activities import how_many
from organizer.db import search_key
from organizer.models import (
    Account,
    Activity,
    ActivityOrganizer,
    Association,
    Attendance,
    Membership,
    Person,
    Role,
    SignUp,
)
from organizer.seats import SIGNED_UP, WAITING
from organizer.times import moment
from organizer.words import Missing

LIMIT = 200
MOST = 600
"""The most a month shows."""
COLUMNS = (
    Activity.id, Activity.association_id, Activity.title, Activity.kind, Activity.starts_at, Activity.ends_at,
    Activity.place, Activity.capacity, Activity.description, Activity.cancelled_at, Activity.theme, Activity.link,
    Activity.responsible_id, Activity.travel_pool, Activity.public, Activity.remind_hours, Activity.reminded_at,
    Activity.series_id, Activity.uid,
    Association.short_name.label("organizer"), Association.path,
)  # fmt: skip


def listed(session: Session, paths: Sequence[str], now: datetime, *, past: bool) -> list[Any]:
    """Activities held at or below `paths`, or by what stands above them: the next first, or the latest first."""
    came = sa.select(sa.func.count()).select_from(Attendance).where(Attendance.activity_id == Activity.id)
    order = (Activity.starts_at.desc(), Activity.id.desc()) if past else (Activity.starts_at, Activity.id)
    columns = (
        how_many(SIGNED_UP).label("signed_up"), how_many(WAITING).label("waiting"),
        guests.waiting(Activity.id).label("unknown"),
    )  # fmt: skip
    rows = session.execute(
        sa.select(*COLUMNS, *columns, came.correlate(Activity).scalar_subquery().label("came"))
        .join(Association, Association.id == Activity.association_id)
        .where(Activity.id.in_(_held(paths)), Activity.ends_at <= now if past else Activity.ends_at > now)
        .order_by(*order)
        .limit(LIMIT)
    )
    return list(rows.all())


def within(session: Session, paths: Sequence[str], first: datetime, last: datetime) -> list[Any]:
    """Activities that go on between two moments, called off or not, held as `listed` says; the earliest first."""
    here = sa.select(*COLUMNS).join(Association, Association.id == Activity.association_id)
    when = (Activity.ends_at > first, Activity.starts_at < last)
    rows = session.execute(
        here.where(Activity.id.in_(_held(paths)), *when).order_by(Activity.starts_at, Activity.id).limit(MOST)
    )
    return list(rows)


def one(session: Session, paths: Sequence[str], activity_id: int) -> Any:
    """One activity that the holder of `paths` may look at, else Missing."""
    here = sa.select(*COLUMNS).join(Association, Association.id == Activity.association_id)
    row = session.execute(here.where(Activity.id == activity_id, Activity.id.in_(_held(paths)))).first()
    if row is None:
        raise Missing
    return row


def organizers(session: Session, activity_id: int) -> list[Any]:
    """The associations that hold an activity together: rows of id and short name."""
    here = sa.select(Association.id, Association.short_name).join(ActivityOrganizer)
    return list(
        session.execute(here.where(ActivityOrganizer.activity_id == activity_id).order_by(Association.sort_key))
    )


def people_of(session: Session, activity_id: int, reach: sa.Select[int]) -> list[Any]:
    """Who has answered or come, of those whose association lies within `reach`; nobody with protected identity."""
    waits = sa.case((SignUp.state == WAITING, 1), else_=0)
    rows = session.execute(
        sa.select(
            Person.id, Person.first_name, Person.last_name, Association.short_name.label("home"),
            SignUp.state, SignUp.needs_lift, SignUp.lift_seats, Attendance.id.is_not(None).label("came"),
        )
        .join(Membership, sa.and_(Membership.person_id == Person.id, Membership.to_day.is_(None)))
        .join(Association, Association.id == Membership.association_id)
        .outerjoin(SignUp, sa.and_(SignUp.person_id == Person.id, SignUp.activity_id == activity_id))
        .outerjoin(Attendance, sa.and_(Attendance.person_id == Person.id, Attendance.activity_id == activity_id))
        .where(
            sa.or_(SignUp.id.is_not(None), Attendance.id.is_not(None)),
            Person.protected.is_(False),
            Membership.association_id.in_(reach),
        )
        .order_by(waits, sa.case((waits == 1, SignUp.at)), Person.sort_key, Person.id)
    )  # fmt: skip
    return list(rows.all())


def how_many_people(session: Session, activity_id: int) -> dict[str, int]:
    """How many stand in each state, and how many `came`, whoever they are."""
    states = sa.select(SignUp.state, sa.func.count()).where(SignUp.activity_id == activity_id).group_by(SignUp.state)
    came = sa.select(sa.func.count()).select_from(Attendance).where(Attendance.activity_id == activity_id)
    return {row[0]: row[1] for row in session.execute(states)} | {"came": session.scalar(came) or 0}


def travel_pool(session: Session, activity_id: int) -> tuple[int, int, int]:
    """Of those with a seat: how many drive, how many can ride with them, and how many need a lift."""
    here = sa.select(
        sa.func.count().filter(SignUp.lift_seats > 0), sa.func.coalesce(sa.func.sum(SignUp.lift_seats), 0),
        sa.func.count().filter(SignUp.needs_lift),
    )  # fmt: skip
    row = session.execute(here.where(SignUp.activity_id == activity_id, SignUp.state == SIGNED_UP)).one()
    return row[0], row[1], row[2]


def may_answer_for(session: Session, places: sa.Select[int], day: date, also: Sequence[int]) -> list[Any]:
    """Accounts that can be the one responsible: whoever holds a role within `places` today, and `also`."""
    held = sa.select(Role.account_id).where(
        Role.association_id.in_(places), Role.from_day <= day, sa.or_(Role.to_day.is_(None), Role.to_day > day)
    )
    here = sa.select(Account.id, Account.name).where(
        sa.or_(Account.id.in_(held), Account.id.in_(also)), Account.disabled_at.is_(None)
    )
    return list(session.execute(here.order_by(Account.name, Account.id)))


def responsible(session: Session, account_id: int | None) -> str:
    """The name of whoever answers for it; empty when nobody does."""
    return session.scalar(sa.select(Account.name).where(Account.id == account_id)) or "" if account_id else ""


def on_days(session: Session, paths: Sequence[str], days: Sequence[date]) -> dict[date, list[Any]]:
    """What is planned on each of these days, as far as the holder of `paths` may look: rows of id and title."""
    found: dict[date, list[Any]] = {day: [] for day in days}
    for day in days:
        here = sa.select(Activity.id, Activity.title).where(
            Activity.id.in_(_held(paths)), Activity.cancelled_at.is_(None),
            Activity.starts_at < moment(day + timedelta(days=1), time()), Activity.ends_at > moment(day, time()),
        )  # fmt: skip
        found[day] = list(session.execute(here.order_by(Activity.starts_at).limit(5)))
    return found


def find(session: Session, words: str, reach: sa.Select[int], limit: int = 12) -> list[Any]:
    """Current members within `reach` whose name has every word; never anyone with protected identity."""
    wanted = search_key(words).split()
    rows = session.execute(
        sa.select(Person.id, Person.first_name, Person.last_name, Association.short_name.label("home"))
        .join(Membership, sa.and_(Membership.person_id == Person.id, Membership.to_day.is_(None)))
        .join(Association, Association.id == Membership.association_id)
        .where(
            *(Person.search_key.contains(word, autoescape=True) for word in wanted),
            Person.protected.is_(False),
            Person.deceased_on.is_(None),
            Membership.association_id.in_(reach),
        )
        .order_by(Person.sort_key, Person.id)
        .limit(limit)
    )
    return list(rows.all())


def _held(paths: Sequence[str]) -> sa.Select[int]:
    """Activities with an organizer at or below one of `paths`, or above it: the district invites everyone."""
    near = [
        clause
        for path in paths
        for clause in (Association.path.like(path + "%"), sa.literal(path).like(Association.path + "%"))
    ]
    here = sa.select(ActivityOrganizer.activity_id).join(Association)
    return here.where(sa.or_(*near)) if near else here.where(sa.false())
