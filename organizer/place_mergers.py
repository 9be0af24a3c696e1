"""One association becomes part of another on a day (D22): members move by intervals, the history stays, work goes along."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from organizer import assignments, audit, district_figures, membership
from organizer.access import Viewer
from organizer.db import AS_IT_IS
from organizer.models import (
    Activity,
    ActivityOrganizer,
    Assignment,
    Association,
    AssociationKind,
    Membership,
    RoleName,
    Selection,
    Setting,
    SupportStep,
    Survey,
    Tag,
)
from organizer.times import local_day
from organizer.words import N_, Refused

MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Move:
    """Rows that get the other association's id, and how many of them there are in words."""

    one: str
    many: str
    column: Any
    """The column that names the association."""
    which: tuple[Any, ...] = ()
    """Which rows of the association that goes."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A line of the check: how many of what."""

    number: int
    one: str
    many: str


def moves(now: datetime) -> tuple[Move, ...]:
    """What is still going on and goes along; what is over stays where it was."""
    mine = sa.exists().where(Activity.id == ActivityOrganizer.activity_id, Activity.ends_at >= now)
    there = ActivityOrganizer.association_id
    return (
        Move(N_("kommande aktivitet"), N_("kommande aktiviteter"), Activity.association_id, (Activity.ends_at >= now,)),
        Move("", "", there, (mine,)),
        Move(N_("enkät"), N_("enkäter"), Survey.association_id),
        Move(N_("sparat urval"), N_("sparade urval"), Selection.association_id),
        Move(N_("öppet steg i stödplanen"), N_("öppna steg i stödplanen"), SupportStep.association_id,
             (SupportStep.done_at.is_(None),)),
    )  # fmt: skip


def districts_of(session: Session, viewer: Viewer) -> tuple[str, ...]:
    """The districts whose associations the viewer may merge: a merger touches more than the two."""
    every = district_figures.districts(session).values()
    return tuple(path for path in every if viewer.covers(path, RoleName.ORGANIZER, RoleName.OWNER))


def earliest(today: date) -> date:
    """The first day a merger may be said to be from: years that are over stay as they were told."""
    return date(today.year, 1, 1)


def choices(session: Session, gone: Association) -> list[Association]:
    """The associations it can become part of: the open ones of the same district."""
    district = district_figures.district_of(session, gone)
    here = (
        Association.id.in_(district_figures.below(district.path)), Association.closed_on.is_(None),
        Association.kind == AssociationKind.ASSOCIATION, Association.id != gone.id,
    )  # fmt: skip
    return list(session.scalars(sa.select(Association).where(*here).order_by(Association.sort_key, Association.id)))


def check(session: Session, gone: Association, into: Association | None, day: date | None, today: date) -> date:
    """The day, if it can be done; Refused in words, with the field, if not."""
    if gone.closed_on is not None:
        raise Refused("%(place)s är redan avslutad.", "into", place=gone.short_name)
    if gone.kind != AssociationKind.ASSOCIATION:
        raise Refused("Bara föreningar kan slås ihop, inte distrikt.", "into")
    if into is None or into.id not in {one.id for one in choices(session, gone)}:
        raise Refused("Välj vilken förening i samma distrikt den ska gå upp i.", "into")
    if day is None or not earliest(today) <= day <= today:
        raise Refused(
            "Välj en dag från den 1 januari i år till i dag. En sammanslagning längre fram skriver du in när den dagen är här.",
            "day",
        )
    if any(one.founded_on and one.founded_on >= day for one in (gone, into)):
        raise Refused("Båda föreningarna måste ha funnits före den dagen.", "day")
    below = sa.select(Association.id).where(
        Association.path.like(gone.path + "_%"), Association.closed_on.is_(None)
    )  # fmt: skip
    if session.scalar(below.limit(1)) is not None:
        raise Refused("Det finns föreningar under %(place)s. Slå ihop dem först.", "into", place=gone.short_name)
    return day


def counted(session: Session, gone: Association, today: date, moving: Sequence[Move]) -> list[Counted]:
    """What the check tells before anything is done."""
    found = [Counted(_members(session, gone, today), N_("medlem"), N_("medlemmar"))]
    for one in moving:
        if one.many:
            which = sa.select(sa.func.count()).select_from(one.column.table)
            number = session.scalar(which.where(one.column == gone.id, *one.which)) or 0
            found.append(Counted(number, one.one, one.many))
    found.append(Counted(_count(session, Tag.association_id, gone), N_("etikett"), N_("etiketter")))
    return [one for one in found if one.number]


def ending(session: Session, gone: Association) -> list[Counted]:
    """What ends with the association."""
    held = session.scalar(sa.select(sa.func.count()).select_from(Assignment).where(*_held(gone))) or 0
    found = [
        Counted(held, N_("uppdrag i föreningen"), N_("uppdrag i föreningen")),
        Counted(_count(session, Setting.association_id, gone), N_("egen inställning"), N_("egna inställningar")),
    ]
    return [one for one in found if one.number]


def take(session: Session, *places: Association | None) -> None:
    """Hold these associations, as they stand now: somebody may just have merged or closed them."""
    here = sa.select(Association).where(Association.id.in_([one.id for one in places if one])).order_by(Association.id)
    session.scalars(here.with_for_update().execution_options(**AS_IT_IS)).all()


def merge(
    session: Session, gone: Association, into: Association, day: date, moving: Sequence[Move], account_id: int | None,
    now: datetime,
) -> None:  # fmt: skip
    """Let `gone` be part of `into` from `day`, both taken and checked; roles and goals wait for somebody to decide."""
    members = _members(session, gone, local_day(now))
    end_offices(session, gone, day, now)
    _move_members(session, gone.id, into.id, day)
    _rename_tags(session, gone, into)
    _both_hold(session, gone.id, into.id)
    for one in moving:
        here = sa.update(one.column.table).where(one.column == gone.id, *one.which)
        session.execute(here.values({one.column: into.id}))
    closing = sa.update(Association).where(Association.id == gone.id)
    session.execute(closing.values(closed_on=day, merged_into_id=into.id))
    audit.changed(
        session, account_id, "place_merged", "association", gone.id, now, into.id, into=into.id, day=day.isoformat(),
        members=members,
    )  # fmt: skip


def _move_members(session: Session, gone: int, into: int, day: date) -> None:
    """Intervals that lie over the day are cut there, in both; those that began later were in the other all along."""
    began_before = sa.or_(Membership.from_day.is_(None), Membership.from_day < day)
    over = sa.and_(
        Membership.association_id == gone, began_before, sa.or_(Membership.to_day.is_(None), Membership.to_day > day)
    )
    columns = ("person_id", "association_id", "from_day", "from_why", "to_day", "to_why")
    was = list(session.execute(sa.select(Membership.person_id, Membership.to_day, Membership.to_why).where(over)))
    session.execute(sa.update(Membership).where(over).values(to_day=day, to_why=MERGED))
    later = (Membership.association_id == gone, sa.not_(began_before))
    session.execute(sa.update(Membership).where(*later).values(association_id=into))
    rows = [dict(zip(columns, (row[0], into, day, MERGED, row[1], row[2]), strict=True)) for row in was]
    if rows:
        session.execute(sa.insert(Membership), rows)


def end_offices(session: Session, gone: Association, day: date, now: datetime) -> None:
    """An office of an association that is no more ends with it; whoever began later is given one day."""
    rows = session.execute(sa.select(Assignment.id, Assignment.from_day).where(*_held(gone))).all()
    for row in rows:  # a handful
        assignments.end(session, row.id, max(day, row.from_day + timedelta(days=1)), now)


def _rename_tags(session: Session, gone: Association, into: Association) -> None:
    """Tags go along; one whose name is taken there keeps where it came from in its name."""
    taken = {one.casefold() for one in session.scalars(sa.select(Tag.name).where(Tag.association_id == into.id))}
    for tag in session.scalars(sa.select(Tag).where(Tag.association_id == gone.id)).all():
        if tag.name.casefold() in taken:
            tag.name = f"{tag.name[: 57 - len(gone.short_name)]} ({gone.short_name})"
        tag.association_id = into.id


def _both_hold(session: Session, gone: int, into: int) -> None:
    """Where the two hold an activity together, it is held once."""
    both = ActivityOrganizer.__table__.alias()
    theirs = sa.exists().where(both.c.activity_id == ActivityOrganizer.activity_id, both.c.association_id == into)
    session.execute(sa.delete(ActivityOrganizer).where(ActivityOrganizer.association_id == gone, theirs))


def _held(gone: Association) -> tuple[Any, ...]:
    return (Assignment.association_id == gone.id, Assignment.to_day.is_(None))


def _members(session: Session, gone: Association, today: date) -> int:
    return membership.counted(session, today, [gone.id]).get(gone.id, 0)


def _count(session: Session, column: Any, gone: Association) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(column.table).where(column == gone.id)) or 0
