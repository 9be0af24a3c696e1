"""Offices and tasks that members hold from one day to another; whoever holds one is active while it lasts (P§6.1)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import timeline
from organizer.models import Assignment, Association, Event, Kind, Person
from organizer.timeline import Happening
from organizer.times import local_day, moment
from organizer.words import N_, Missing, Refused

OFFICES = {
    "chair": N_("Ordförande"),
    "vice_chair": N_("Vice ordförande"),
    "treasurer": N_("Kassör"),
    "secretary": N_("Sekreterare"),
    "board": N_("Ledamot i styrelsen"),
    "substitute": N_("Ersättare i styrelsen"),
    "studies": N_("Studieorganisatör"),
    "members": N_("Medlemsansvarig"),
    "nominating": N_("Valberedare"),
    "auditor": N_("Revisor"),
    "group_leader": N_("Gruppledare"),
    "elected": N_("Förtroendevald"),
}
"""What most associations have; anything else is written in words."""
AT_ONCE = 200


def add(
    session: Session, person_id: int, association_id: int, office: str, from_day: date, to_day: date | None,
    account_id: int | None, now: datetime,
) -> int:  # fmt: skip
    """Note that somebody holds an office at a place from a day (until `to_day`, the first day without it); its id."""
    office = " ".join(office.split())
    if not office:
        raise Refused("Välj ett uppdrag, eller skriv vad det heter.", field="office")
    if len(office) > 60:
        raise Refused("Skriv kortare: högst 60 tecken.", field="office")
    _check_days(from_day, to_day, now)
    same = sa.select(Assignment.id).where(
        Assignment.person_id == person_id, Assignment.association_id == association_id, Assignment.office == office,
        sa.or_(Assignment.to_day.is_(None), Assignment.to_day > from_day),
        Assignment.from_day < to_day if to_day else sa.true(),
    )  # fmt: skip
    if session.scalar(same) is not None:
        raise Refused("Personen har redan det uppdraget den tiden.", field="office")
    values = {"person_id": person_id, "association_id": association_id, "office": office, "from_day": from_day}
    new = sa.insert(Assignment).values(to_day=to_day, account_id=account_id, created_at=now, **values)
    made: int = session.execute(new.returning(Assignment.id)).scalar_one()
    _tell(session, made, now)
    return made


def end(session: Session, assignment_id: int, to_day: date, now: datetime) -> None:
    """Note the first day it is no longer held; may be corrected afterwards."""
    row = _one(session, assignment_id)
    _check_days(row.from_day, to_day, now)
    _retract(session, row)
    session.execute(sa.update(Assignment).where(Assignment.id == assignment_id).values(to_day=to_day))
    _tell(session, assignment_id, now)


def remove(session: Session, assignment_id: int) -> None:
    """Take away what was noted by mistake, as if it had never been."""
    _retract(session, _one(session, assignment_id))
    session.execute(sa.delete(Assignment).where(Assignment.id == assignment_id))


def keep(session: Session, now: datetime) -> int:
    """Once a year: whoever still holds an office is active this year too; how many were written, a handful at a time."""
    first = date(local_day(now).year, 1, 1)
    written = sa.literal(f"assignment:assignments.{first.year}:") + sa.cast(Assignment.id, sa.String)
    rows = session.execute(
        sa.select(*Assignment.__table__.columns)
        .where(
            Assignment.from_day < first, sa.or_(Assignment.to_day.is_(None), Assignment.to_day > first),
            ~sa.exists().where(Event.key == written),
        )
        .limit(AT_ONCE)
    ).all()  # fmt: skip
    for row in rows:
        timeline.record_all(session, _happenings(row, now))
    return len(rows)


def of_person(session: Session, person_id: int) -> list[Any]:
    """Everything a person holds and has held, the latest first."""
    here = sa.select(*Assignment.__table__.columns, Association.short_name, Association.path)
    rows = session.execute(
        here.join(Association, Association.id == Assignment.association_id)
        .where(Assignment.person_id == person_id)
        .order_by(Assignment.to_day.is_not(None), Assignment.from_day.desc(), Assignment.id)
    )
    return list(rows)


def held(session: Session, reach: sa.Select[int], day: date, offices: tuple[str, ...] = ()) -> list[Any]:
    """Who holds what on a day at the places within `reach`, by place and office; nobody with protected identity."""
    rows = session.execute(
        sa.select(
            Assignment.id, Assignment.office, Assignment.from_day, Assignment.to_day, Assignment.association_id,
            Association.short_name, Association.slug, Person.id.label("person_id"), Person.first_name, Person.last_name,
        )
        .join(Association, Association.id == Assignment.association_id)
        .join(Person, Person.id == Assignment.person_id)
        .where(
            Assignment.association_id.in_(reach), Assignment.from_day <= day,
            sa.or_(Assignment.to_day.is_(None), Assignment.to_day > day), Person.protected.is_(False),
            Person.merged_into_id.is_(None), Assignment.office.in_(offices) if offices else sa.true(),
        )
        .order_by(Association.path, Assignment.office, Person.sort_key, Assignment.id)
    )  # fmt: skip
    found, order = list(rows), list(OFFICES)
    places = {row.association_id: n for n, row in reversed(list(enumerate(found)))}
    return sorted(
        found, key=lambda row: (places[row.association_id], order.index(row.office) if row.office in OFFICES else 99)
    )


def _check_days(from_day: date, to_day: date | None, now: datetime) -> None:
    today = local_day(now)
    if not date(1950, 1, 1) <= from_day <= today + timedelta(days=730):
        raise Refused("Dagen ser fel ut. Skriv den som år-månad-dag, till exempel 2026-03-01.", field="from_day")
    if to_day is not None and to_day <= from_day:
        raise Refused("Uppdraget måste sluta efter att det börjar.", field="to_day")


def _tell(session: Session, assignment_id: int, now: datetime) -> None:
    timeline.record_all(session, _happenings(_one(session, assignment_id), now))


def _happenings(row: Any, now: datetime) -> Iterator[Happening]:
    """An event when it begins, on New Year's Day of each year it is held, and on its last day.

    So every window of a year in which it was held, if only for a day, has one.
    """
    today = local_day(now)
    days = {"assignments": row.from_day}
    last = row.to_day - timedelta(days=1) if row.to_day else today
    for year in range(row.from_day.year + 1, min(last, today).year + 1):
        days[f"assignments.{year}"] = date(year, 1, 1)
    if row.to_day and last > row.from_day:
        days["assignments.end"] = last
    for table, day in days.items():
        yield Happening(
            Kind.ASSIGNMENT, table, row.id, row.person_id, moment(day, time(12)), association_id=row.association_id
        )


def _retract(session: Session, row: Any) -> None:
    keys = Event.key.like(f"assignment:assignments%:{row.id}")
    session.execute(sa.delete(Event).where(Event.person_id == row.person_id, Event.kind == Kind.ASSIGNMENT, keys))


def _one(session: Session, assignment_id: int) -> Any:
    row = session.execute(sa.select(*Assignment.__table__.columns).where(Assignment.id == assignment_id)).first()
    if row is None:
        raise Missing
    return row
