"""Load the demo district: everything that has happened, in the order it happened, through the product's own functions."""

import io
import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaigns.demo.asking import asking
from campaigns.demo.blasting import blasting
from campaigns.demo.calendar import calendar
from campaigns.demo.calling import calling, handle
from campaigns.demo.care import care
from campaigns.demo.district import WORKING_MEMBERS, District, are_members, make_district
from campaigns.demo.gatherings import Step, gatherings
from campaigns.demo.importing import importing
from campaigns.demo.member_file import file_days, member_file
from campaigns.demo.planning import planning
from campaigns.demo.privacy import who_answers
from campaigns.demo.proposing import proposing
from campaigns.demo.register import YEARS, Member, make_register
from campaigns.demo.reporting import reporting
from campaigns.demo.selecting import selecting
from campaigns.demo.supporting import supporting
from campaigns.demo.texting import texting
from campaigns.models import Todo
from organizer import imports, installation
from organizer.imports import questions
from organizer.models import Association, Membership, Person, RoleName
from organizer.times import local_day, moment
from organizer.words import Refused

SEED = 2026


@dataclass(frozen=True, slots=True)
class Loaded:
    """What there is now."""

    people: int
    associations: int


def load(session: Session, now: datetime, *, seed: int = SEED, scale: float = 1.0) -> Loaded:
    """Fill an empty database with the demo district as it is at `now`; Refused when it is not empty.

    The same seed at the same moment gives the same district. `scale` makes a smaller one for tests.
    """
    if not empty(session):
        raise Refused("Databasen är inte tom, så demodistriktet läses inte in. Inget har ändrats.")
    installation.settle(session, "demo")
    dice, today = random.Random(seed), local_day(now)
    start = today - timedelta(days=365 * YEARS)
    register = make_register(seed, today, scale, WORKING_MEMBERS)
    district = make_district(session, start - timedelta(days=30), moment(start, time(8)))
    steps = [
        *_files(district, register, start, now),
        *gatherings(dice, district, register, start, today),
        *calendar(district, today),
        *calling(dice, district, start, now, scale),
        *blasting(district, now),
        *asking(district, today),
        *care(district, today),
        *importing(district, today),
        *supporting(district, today),
        *texting(district, now),
        *selecting(district, today),
        *proposing(district, today),
        *reporting(district, now, today),
        *planning(district, today),
    ]
    in_order = zip((step[0] for step in steps), count(), (step[1] for step in steps), strict=False)
    for at, _, step in sorted(in_order, key=lambda one: one[:2]):
        if at <= now:
            step(session, at)
    who_answers(session, district, now)
    people = session.scalar(sa.select(sa.func.count()).select_from(Person)) or 0
    return Loaded(people, len(district.places))


def empty(session: Session) -> bool:
    """Whether nothing has been put in the database yet."""
    return session.scalar(sa.select(Association.id).limit(1)) is None


def _files(district: District, register: list[Member], start: date, now: datetime) -> list[Step]:
    """The office's files, each applied in the morning."""
    steward = district.by_role[RoleName.ORGANIZER]

    def file_of(day: date) -> Step:
        def step(session: Session, at: datetime) -> None:
            handle(session, steward, at, Todo.created_at < at - timedelta(days=20))
            _leave_the_register(session, register, day)
            imports.import_file(
                session, io.BytesIO(member_file(register, day)), district.root, at,
                missing_means="left", account_id=steward, filename=f"medlemmar-{day.isoformat()}.csv",
                answers=questions.ALL,
            )  # fmt: skip
            if day == start:
                are_members(session, district)

        return moment(day, time(9)), step

    return [file_of(day) for day in file_days(start, local_day(now))]


def _leave_the_register(session: Session, register: list[Member], day: date) -> None:
    """Those who the callers heard had died or wanted to leave are not in the office's next file."""
    members = sa.exists().where(Membership.person_id == Person.id, Membership.to_day.is_(None))
    gone = set(session.scalars(sa.select(Person.member_number).where(~members)))
    for one in register:
        if one.number in gone and one.left is None:
            one.left = day
